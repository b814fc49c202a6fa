"""Which rituals are on, and what the household changes in them."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.rulebook.homes import TILE, Home
from turntoward.core.rules import Ritual
from turntoward.documents import Problems
from turntoward.rulebook import Loaded, load, load_rulebook, read_library
from turntoward.settings import load_settings_and_document


def names(loaded: Loaded) -> list[str]:
    assert loaded.problems == ()
    return [ritual.ritual for ritual in loaded.rulebook.rituals]


def hug(loaded: Loaded) -> Ritual:
    assert names(loaded) == ["reunion_hug"]
    return loaded.rulebook.rituals[0]


@pytest.mark.parametrize("rituals", ["rituals: {}", "rituals: []", "rituals:"])
def test_nothing_is_on_where_nothing_was_chosen(home: Home, rituals: str) -> None:
    assert names(home(rituals)) == []


def test_where_rituals_are_left_out_it_is_the_hug(home: Home) -> None:
    assert hug(home()) == read_library().entries["reunion_hug"].ritual


@pytest.mark.parametrize("choice", ["{reunion_hug: {}}", "{reunion_hug: true}", "{reunion_hug: }", "[reunion_hug]"])
def test_ways_to_switch_on(home: Home, choice: str) -> None:
    assert hug(home(f"rituals: {choice}")) == read_library().entries["reunion_hug"].ritual


@pytest.mark.parametrize("choice", ["on", "yes", "{enabled: true}", "{enabled: on}"])
def test_other_words_for_on(home: Home, choice: str) -> None:
    assert names(home(f"rituals: {{reunion_hug: {choice}}}")) == ["reunion_hug"]


@pytest.mark.parametrize("choice", ["false", "off", "NO", "{enabled: false}", "{enabled: no, limits: {per_day: 1}}"])
def test_words_for_off(home: Home, choice: str) -> None:
    assert names(home(f"rituals: {{reunion_hug: {choice}}}")) == []


def test_a_change_is_laid_over_the_ritual(home: Home) -> None:
    changed = hug(home("rituals: {reunion_hug: {limits: {cooldown: {minutes: 30}}, offer: {channels: [tile]}}}"))
    ours = read_library().entries["reunion_hug"].ritual
    assert changed.limits.cooldown == timedelta(minutes=30)  # and not three hours and a half
    assert changed.limits.per_day == ours.limits.per_day
    assert [choice.channel for choice in changed.offer.channels] == ["tile"]
    assert changed.offer.say == ours.offer.say
    assert changed.triggers == ours.triggers
    assert changed.examples == ours.examples


def test_words_of_a_language_are_replaced_alone(home: Home) -> None:
    changed = hug(home("rituals: {reunion_hug: {offer: {say: {de: [Hallo]}}}}"))
    assert [text.say for text in changed.offer.say["de"]] == ["Hallo"]
    assert len(changed.offer.say["en"]) >= 5


def test_a_change_of_the_short_form(home: Home) -> None:
    changed = hug(home("rituals: {reunion_hug: {short: {run: {timer: 3s}}}}"))
    short = changed.in_season("simplified")
    assert short is not None
    assert short.run.timer == timedelta(seconds=3)
    assert [choice.channel for choice in short.offer.channels] == ["tile"]


@pytest.mark.parametrize("season", ["simplified", "apart"])
def test_a_form_may_be_switched_off_and_on_again(home: Home, season: str) -> None:
    key = "short" if season == "simplified" else "apart"
    off = f"rituals: {{tea: {{{key}: false}}}}"
    assert home(off, tea=TILE.format(name="tea")).rulebook.rituals[0].in_season(season) is None
    resting = TILE.format(name="tea") + f"{key}: false\n"
    awake = home(f"rituals: {{tea: {{{key}: {{title: Quiet}}}}}}", tea=resting).rulebook.rituals[0].in_season(season)
    assert awake is not None
    assert awake.title == "Quiet"


def test_the_season_is_not_applied_here(home: Home) -> None:
    assert hug(home("season: simplified\nrituals: [reunion_hug]")) == read_library().entries["reunion_hug"].ritual


def test_a_file_of_ones_own_joins_ours_in_the_order_of_names(home: Home) -> None:
    loaded = home("rituals: [tea, reunion_hug, apple]", tea=TILE.format(name="tea"), apple=TILE.format(name="apple"))
    assert names(loaded) == ["apple", "reunion_hug", "tea"]


def test_a_file_of_the_same_name_replaces_ours(home: Home) -> None:
    assert hug(home("rituals: [reunion_hug]", reunion_hug=TILE.format(name="reunion_hug"))).title == "Ours"


def test_only_yaml_files_directly_in_the_folder_are_rules(home: Home, tmp_path: Path) -> None:
    (tmp_path / "mine" / "old").mkdir(parents=True)
    for name in ("old/ritual.yaml", "notes.txt", "old.yaml.bak", ".hidden.yaml"):
        (tmp_path / "mine" / name).write_text("not: a rule")
    assert names(home("rituals: [reunion_hug]")) == ["reunion_hug"]


def test_the_digest_follows_what_is_said_and_not_how(home: Home) -> None:
    first = home("rituals: [tea]", tea=TILE.format(name="tea")).rulebook.digest
    same = home("rituals: {tea: true}", tea="# tea\n" + TILE.format(name="tea").replace("{hours: 3}", "180min"))
    other = home("rituals: {tea: {limits: {per_day: 2}}}")
    assert len(first) == 12
    assert first == same.rulebook.digest != other.rulebook.digest


def test_rules_that_are_not_switched_on_are_checked_too(home: Home) -> None:
    problems = home("rituals: [reunion_hug]", broken="ritual: broken\n").problems
    assert [(p.file.name, p.line, p.message) for p in problems] == [("broken.yaml", 1, "'title' is missing")]


def test_what_is_broken_is_left_out_and_the_rest_goes_on(home: Home) -> None:
    loaded = home(
        "rituals:\n  broken: {limits: {per_day: 1}}\n  tea: {limts: {}}\n  reunion_hug: {}\n  nothing: {}",
        tea=TILE.format(name="tea"),
        broken="ritual: broken\n",
    )
    assert [ritual.ritual for ritual in loaded.rulebook.rituals] == ["reunion_hug"]
    assert [(p.file.name, p.line) for p in loaded.problems] == [
        ("household.yaml", 7),
        ("household.yaml", 9),
        ("broken.yaml", 1),
    ]


def test_ours_does_not_step_in_for_a_broken_file_of_the_household(home: Home) -> None:
    loaded = home("rituals: [reunion_hug]", reunion_hug="ritual: reunion_hug\ntitle: Quiet\noffr: {channels: [tile]}\n")
    assert loaded.rulebook.rituals == ()
    assert len(loaded.problems) == 1


def test_checking_is_strict(home: Home, tmp_path: Path) -> None:
    home("rituals: [nothing]", broken="ritual: broken\n")
    with pytest.raises(Problems) as raised:
        load_rulebook(*load_settings_and_document(tmp_path / "household.yaml", {}))
    assert len(raised.value.problems) == 2


def test_settings_without_a_file_can_be_used_too(tmp_path: Path) -> None:
    path = tmp_path / "household.yaml"
    path.write_text("partners: [{name: Alex}, {name: Sam}]\nmqtt: {}\nrituals: [reunion_hug, nothing]\n")
    settings, _ = load_settings_and_document(path, {})
    loaded = load(settings)
    assert [ritual.ritual for ritual in loaded.rulebook.rituals] == ["reunion_hug"]
    assert [p.message for p in loaded.problems] == [
        "there is no ritual 'nothing'; `turntoward rituals` lists all there are"
    ]
