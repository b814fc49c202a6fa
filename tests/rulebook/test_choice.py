"""Which rituals are on, and what the household changes in them."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from turntoward.core.rules import Ritual
from turntoward.documents import Problems
from turntoward.rulebook import Loaded, load, load_rulebook, read_library, warnings
from turntoward.settings import load_settings_and_document

HOME = "partners: [{name: Alex}, {name: Sam}]\nagreed: [Alex, Sam]\nmqtt: {}\nrules_dir: mine\n"
TILE = "ritual: {name}\ntitle: Ours\nlimits: {{cooldown: {{hours: 3}}}}\n"

Home = Callable[..., Loaded]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Write a household with rules of its own, and load it."""

    def loaded(rituals: str = "", **rules: str) -> Loaded:
        (tmp_path / "mine").mkdir(exist_ok=True)
        for name, text in rules.items():
            (tmp_path / "mine" / f"{name}.yaml").write_text(text, encoding="utf-8")
        path = tmp_path / "household.yaml"
        path.write_text(f"{HOME}{rituals}\n", encoding="utf-8")
        return load(*load_settings_and_document(path, {}))

    return loaded


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
    assert changed.offer.say["de"] == ("Hallo",)
    assert len(changed.offer.say["en"]) >= 5


def test_a_change_of_the_short_form(home: Home) -> None:
    rituals = "season: simplified\nrituals: {reunion_hug: {short: {run: {timer: 3s}}}}"
    assert hug(home(rituals)).run.timer == timedelta(seconds=3)


def test_the_season_chooses_the_short_form(home: Home) -> None:
    short = hug(home("season: simplified\nrituals: [reunion_hug]"))
    assert [choice.channel for choice in short.offer.channels] == ["tile"]


def test_a_file_of_ones_own_joins_ours_in_the_order_of_names(home: Home) -> None:
    loaded = home("rituals: [tea, reunion_hug, apple]", tea=TILE.format(name="tea"), apple=TILE.format(name="apple"))
    assert names(loaded) == ["apple", "reunion_hug", "tea"]


def test_a_file_of_the_same_name_replaces_ours(home: Home) -> None:
    assert hug(home("rituals: [reunion_hug]", reunion_hug=TILE.format(name="reunion_hug"))).title == "Ours"


def test_only_yaml_files_directly_in_the_folder_are_rules(home: Home, tmp_path: Path) -> None:
    (tmp_path / "mine" / "decks").mkdir(parents=True)
    for name in ("decks/deck.yaml", "notes.txt", "old.yaml.bak", ".hidden.yaml"):
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
    assert [p.message for p in loaded.problems] == ["there is no ritual 'nothing'; known: reunion_hug"]


def advice(tmp_path: Path, loaded: Loaded) -> str:
    settings, _ = load_settings_and_document(tmp_path / "household.yaml", {})
    return "\n".join(warnings(settings, loaded.rulebook))


def test_a_good_household_needs_no_advice(home: Home, tmp_path: Path) -> None:
    speaker = "homeassistant: {url: 'http://ha', token: abc}\nspeakers: {hall: assist_satellite.hall}\n"
    gates = "entry_door: {}, guests: {}, asleep.baby: {}, on_call.alex: {}, focus: {}, meeting.sam: {}"
    assert advice(tmp_path, home(f"{speaker}signals: {{{gates}}}\nrituals: [reunion_hug]")) == ""


def test_advice_about_a_missing_token_names_both_ways_to_give_it(home: Home, tmp_path: Path) -> None:
    said = advice(tmp_path, home("homeassistant: {url: 'http://ha'}"))
    assert "token: !secret ha_token" in said
    assert "TURNTOWARD_HA_TOKEN" in said
    settings, _ = load_settings_and_document(tmp_path / "household.yaml", {"TURNTOWARD_HA_TOKEN": "abc"})
    assert "ha_token" not in "\n".join(warnings(settings, home("homeassistant: {url: 'http://ha'}").rulebook))


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        ("gusts", "the signal 'gusts' is read by nothing; did you mean 'guests'?"),
        ("aslep.sam", "the signal 'aslep.sam' is read by nothing; did you mean 'asleep.sam'?"),
        ("kettel", "the signal 'kettel' is read by nothing; did you mean 'kettle'?"),
        ("weather", "the signal 'weather' is read by nothing; no ritual that is on names it"),
        ("on_call.samm", "'on_call.samm' is about 'samm', who is none of the partners; did you mean 'on_call.sam'?"),
        ("focus.baby", "'focus.baby' is about 'baby', who is none of the partners; they are alex and sam"),
    ],
)
def test_advice_about_a_signal_that_does_nothing(home: Home, tmp_path: Path, signal: str, said: str) -> None:
    rule = TILE.format(name="tea") + "triggers: [{trigger: state, signal: kettle, is: on}]\n"
    told = advice(tmp_path, home(f"signals: {{kettle: {{}}, {signal}: {{}}}}\nrituals: [tea]", tea=rule))
    assert told.splitlines()[-1].endswith(said)
    assert len(told.splitlines()) == 1


def test_advice_about_a_signal_that_only_a_ritual_reads_which_is_off(home: Home, tmp_path: Path) -> None:
    rule = TILE.format(name="tea") + "triggers: [{trigger: state, signal: kettle, is: on}]\n"
    told = advice(tmp_path, home("signals: {kettle: {}}\nrituals: []", tea=rule))
    assert told == "the signal 'kettle' is read by nothing; no ritual that is on names it"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("offer: {say: {de: [Tee]}}", "tea: offer.say has no words in 'en', the household's language, only in 'de'"),
        ("about: {de: Tee, fr: The}", "tea: about has no words in 'en', the household's language, only in 'de', 'fr'"),
        ("offer: {say: {en: [], de: [Tee]}}", "tea: offer.say has no words in 'en'"),
        ("offer: {say: {de: [Tee], en: [Tea]}}", None),
        ("offer: {say: [Tee]}", None),
        ("about: Tee", None),
    ],
)
def test_advice_about_words_in_another_language(home: Home, tmp_path: Path, words: str, said: str | None) -> None:
    told = advice(tmp_path, home("rituals: [tea]", tea=TILE.format(name="tea") + words + "\n"))
    assert told.startswith(said) if said else told == ""


def test_advice_about_signals_and_rooms(home: Home, tmp_path: Path) -> None:
    rule = TILE.format(name="tea") + (
        "triggers: [{trigger: state, signal: kettle, is: on}]\n"
        "conditions: [{condition: not, conditions: [{condition: signal, signal: guests, is: on}]}]\n"
        "offer: {channels: [{channel: speaker, rooms: [attic]}], say: Tea}\n"
    )
    speaker = "homeassistant: {url: 'http://ha'}\nspeakers: {hall: assist_satellite.hall}\n"
    said = advice(tmp_path, home(f"{speaker}signals: {{kettle: home/kettle}}\nrituals: [tea]", tea=rule))
    assert "the signal 'guests' is not mapped" in said
    assert "kettle" not in said
    assert "there is no speaker in 'attic'; rooms with one are hall" in said


def test_advice_about_a_silent_home(home: Home, tmp_path: Path) -> None:
    assert "no speaker is set up" in advice(tmp_path, home("rituals: [reunion_hug]"))


def test_advice_about_too_many_rituals(home: Home, tmp_path: Path) -> None:
    rules = {name: TILE.format(name=name) for name in ("a", "b", "c", "d")}
    assert "two or three are easier to keep" in advice(tmp_path, home("rituals: [a, b, c, d]", **rules))
    assert "easier" not in advice(tmp_path, home("rituals: [a, b, c]", **rules))


def test_advice_about_agreement_names_nobody(home: Home, tmp_path: Path) -> None:
    home("rituals: [reunion_hug]")
    path = tmp_path / "household.yaml"
    path.write_text(path.read_text().replace("agreed: [Alex, Sam]", "agreed: [Alex]"))
    said = advice(tmp_path, load(*load_settings_and_document(path, {})))
    assert "nothing will be offered until both have agreed" in said
    assert "Alex" not in said
    assert "Sam" not in said
