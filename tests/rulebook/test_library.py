"""Rules, decks and what names them: what is read, what replaces what, and what is left out with which words."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.rulebook.homes import Home, tile
from turntoward.core.events import ANSWERS, PRIVATE
from turntoward.core.household import SEASONS
from turntoward.core.rules import ChannelName
from turntoward.core.texts import TEXT_NAMES
from turntoward.documents import Problems
from turntoward.rulebook import Library, Loaded, bound, read_deck, read_library, read_ritual, shipped_rules
from turntoward.rulebook.choice import choose
from turntoward.rulebook.playing import examples, failing_examples
from turntoward.rulebook.schema import DECK_FILE, deck_schema_text, schema_text

GOOD = Path(__file__).parent / "good"
LAMP = "rule: lamp\ntriggers: [{trigger: reunion}]\nactions: [{action: mqtt, topic: home/lamp}]\n"
WORDS = "deck: words\ncards:\n  - {id: one, tags: [day], text: One}\n  - {id: two, depth: 3, tags: [week], text: Two}\n"
DRAWS = "offer: {card: words}\n"


def told(loaded: Loaded) -> list[tuple[str, int, int, str]]:
    return [(p.file.name, p.line, p.column, p.path) for p in loaded.problems]


def test_a_rule_that_is_no_ritual_is_switched_on_like_one(home: Home) -> None:
    loaded = home("rituals: [lamp, tea]", lamp=LAMP, tea=tile("tea"))
    assert loaded.problems == ()
    assert [rule.rule for rule in loaded.rulebook.rules] == ["lamp"]
    assert [ritual.ritual for ritual in loaded.rulebook.rituals] == ["tea"]


@pytest.mark.parametrize("choice", ["{lamp: false}", "{lamp: {enabled: no}}", "[]"])
def test_a_rule_may_be_off(home: Home, choice: str) -> None:
    loaded = home(f"rituals: {choice}", lamp=LAMP)
    assert loaded.problems == ()
    assert loaded.rulebook.rules == ()


def test_a_rule_may_be_changed(home: Home) -> None:
    loaded = home("rituals: {lamp: {limits: {per_day: 2}}}", lamp=LAMP)
    assert loaded.problems == ()
    assert loaded.rulebook.rules[0].limits.per_day == 2
    assert loaded.rulebook.rules[0].actions == loaded.library.rules["lamp"].rule.actions


def test_what_is_wrong_with_the_change_of_a_rule_is_told_at_its_line(home: Home) -> None:
    loaded = home("rituals:\n  lamp:\n    offer: {after: 5s}", lamp=LAMP)
    assert told(loaded) == [("household.yaml", 7, 5, "rituals.lamp.offer")]
    assert loaded.rulebook.rules == ()


def test_only_decks_that_are_drawn_from_are_bound(home: Home) -> None:
    other = WORDS.replace("words", "other")
    loaded = home("rituals: [tea]", decks={"words": WORDS, "other": other}, tea=tile("tea", DRAWS))
    assert loaded.problems == ()
    assert set(loaded.rulebook.decks) == {"words"}
    assert [card.id for card in loaded.rulebook.decks["words"].cards] == ["one", "two"]


@pytest.mark.parametrize(
    "draws",
    [
        "short: {offer: {card: words}}",
        "apart: {run: {steps: [{action: tile, card: words}]}}",
        "run: {steps: [{action: announce, card: {deck: words, tags: [day]}}]}",
    ],
)
def test_a_deck_is_bound_wherever_something_is_drawn_from_it(home: Home, draws: str) -> None:
    assert set(home("rituals: [tea]", {"words": WORDS}, tea=tile("tea", draws)).rulebook.decks) == {"words"}


def test_the_deck_of_a_rule_is_bound(home: Home) -> None:
    lamp = LAMP.replace("{action: mqtt, topic: home/lamp}", "{action: announce, card: words}")
    assert set(home("rituals: [lamp]", {"words": WORDS}, lamp=lamp).rulebook.decks) == {"words"}


def test_the_digest_follows_the_cards(home: Home) -> None:
    first = home("rituals: [tea]", {"words": WORDS}, tea=tile("tea", DRAWS)).rulebook.digest
    assert home("rituals: [tea]", {"words": "# words\n" + WORDS}).rulebook.digest == first
    assert home("rituals: [tea]", {"words": WORDS.replace("One", "Another")}).rulebook.digest != first


def test_the_digest_follows_rules(home: Home) -> None:
    first = home("rituals: [lamp]", lamp=LAMP).rulebook.digest
    assert home("rituals: [lamp]", lamp=LAMP.replace("home/lamp", "home/light")).rulebook.digest != first


def test_a_deck_of_ones_own_replaces_ours(home: Home) -> None:
    ours = next(iter(read_library().decks))
    mine = WORDS.replace("deck: words", f"deck: {ours}")
    loaded = home("rituals: [tea]", {ours: mine}, tea=tile("tea", f"offer: {{card: {ours}}}"))
    assert [card.id for card in loaded.rulebook.decks[ours].cards] == ["one", "two"]


def test_what_draws_from_a_broken_deck_is_left_out_and_the_deck_is_told(home: Home) -> None:
    broken = WORDS.replace("id: two", "id: one")
    loaded = home("rituals: [tea, walk]", {"words": broken}, tea=tile("tea", DRAWS), walk=tile("walk"))
    assert told(loaded) == [("words.yaml", 4, 6, "cards.1.id")]
    assert [ritual.ritual for ritual in loaded.rulebook.rituals] == ["walk"]


def test_a_change_to_a_broken_deck_leaves_the_ritual_out(home: Home) -> None:
    changed = "rituals: {tea: {offer: {card: words}}}"
    loaded = home(changed, {"words": WORDS.replace("id: two", "id: one")}, tea=tile("tea"))
    assert told(loaded) == [("words.yaml", 4, 6, "cards.1.id")]
    assert loaded.rulebook.rituals == ()


@pytest.mark.parametrize(
    ("lines", "line", "path", "message"),
    [
        ("offer:\n  card: wrods", 5, "offer.card", "there is no deck 'wrods'; did you mean 'words'?"),
        (
            "offer:\n  card:\n    deck: words\n    tags:\n      - dya",
            8,
            "offer.card.tags.0",
            "no card of the deck 'words' has the tag 'dya'; did you mean 'day'?",
        ),
        (
            "offer:\n  card: {deck: words, tags: [zebra]}",
            5,
            "offer.card.tags.0",
            "no card of the deck 'words' has the tag 'zebra'; its tags are day, week",
        ),
        (
            "offer:\n  card: {deck: words, tags: [week], depth: 2}",
            5,
            "offer.card",
            "no card of the deck 'words' fits: none that has one of these tags is as light as that",
        ),
        (
            "short:\n  offer:\n    card: wrods",
            6,
            "short.offer.card",
            "there is no deck 'wrods'; did you mean 'words'?",
        ),
        (
            "apart:\n  triggers:\n    - {trigger: ritual, ritual: walkk}",
            6,
            "apart.triggers.0.ritual",
            "there is no ritual 'walkk'; did you mean 'walk'?",
        ),
        (
            "conditions:\n  - condition: any\n    conditions: [{condition: ritual, ritual: walkk, is: done}]",
            6,
            "conditions.0.conditions.0.ritual",
            "there is no ritual 'walkk'; did you mean 'walk'?",
        ),
        (
            "run:\n  steps:\n    - {action: start, ritual: walkk}",
            6,
            "run.steps.0.ritual",
            "there is no ritual 'walkk'; did you mean 'walk'?",
        ),
    ],
)
def test_a_name_that_is_not_there(home: Home, lines: str, line: int, path: str, message: str) -> None:
    loaded = home("rituals: [tea, walk]", {"words": WORDS}, tea=tile("tea", lines), walk=tile("walk"))
    assert [(p.line, p.path, p.message) for p in loaded.problems] == [(line, path, message)]
    assert [ritual.ritual for ritual in loaded.rulebook.rituals] == ["walk"]


def test_a_mistake_is_not_told_again_for_each_form(home: Home) -> None:
    forms = "short: {title: Short}\napart: {title: Apart}\n"
    loaded = home("rituals: [tea]", tea=tile("tea", "offer: {card: wrods}\n" + forms))
    assert [p.path for p in loaded.problems] == ["offer.card"]


def test_a_change_that_names_what_is_not_there_is_told_in_the_household(home: Home) -> None:
    loaded = home("rituals:\n  tea:\n    offer:\n      card: wrods", {"words": WORDS}, tea=tile("tea"))
    assert told(loaded) == [("household.yaml", 8, 7, "rituals.tea.offer.card")]


def test_a_ritual_that_has_problems_is_there_all_the_same(home: Home) -> None:
    loaded = home(
        "rituals: [tea]", tea=tile("tea", "triggers: [{trigger: ritual, ritual: walk}]"), walk="ritual: walk\n"
    )
    assert told(loaded) == [("walk.yaml", 1, 1, "")]
    assert [ritual.ritual for ritual in loaded.rulebook.rituals] == ["tea"]


def test_a_rule_is_no_ritual_that_could_be_started(home: Home) -> None:
    loaded = home("rituals: [tea]", lamp=LAMP, tea=tile("tea", "run: {steps: [{action: start, ritual: lamp}]}"))
    assert told(loaded) == [("tea.yaml", 4, 31, "run.steps.0.ritual")]


@pytest.mark.parametrize("form", ["short", "apart"])
@pytest.mark.parametrize("key", ["ritual", "examples", "short", "apart"])
def test_what_a_season_cannot_change(home: Home, form: str, key: str) -> None:
    loaded = home("rituals: []", tea=tile("tea", f"{form}:\n  {key}: {{}}\n"))
    assert [(p.line, p.message) for p in loaded.problems] == [(5, f"'{key}' cannot change with the season; delete it")]


def test_problems_of_both_forms_are_told_at_once_and_below_their_keys(home: Home) -> None:
    loaded = home("rituals: []", tea=tile("tea", "short:\n  offr: {}\napart:\n  limts: {}\n"))
    assert [(p.line, p.path) for p in loaded.problems] == [(5, "short.offr"), (7, "apart.limts")]


def test_one_file_can_be_read_alone(tmp_path: Path) -> None:
    (tmp_path / "tea.yaml").write_text(tile("tea", "offer: {card: wrods}"))
    assert read_ritual(tmp_path / "tea.yaml").ritual.title == "Ours"
    (tmp_path / "lamp.yaml").write_text(LAMP)
    with pytest.raises(Problems, match="this is a rule; a ritual is expected here"):
        read_ritual(tmp_path / "lamp.yaml")
    (tmp_path / "words.yaml").write_text(WORDS)
    assert len(read_deck(tmp_path / "words.yaml").cards) == 2


def test_nothing_bound_is_an_empty_rulebook() -> None:
    rulebook = bound([], Library({}))
    assert (rulebook.rituals, rulebook.rules, rulebook.decks) == ((), (), {})


def test_every_word_of_the_grammar_can_be_read_and_keeps_its_meaning_when_changed() -> None:
    library = read_library(GOOD)
    assert library.problems == ()
    everything = library.entries["everything"].ritual
    changes = {"everything": {"title": "All"}, "lamp": {"about": "Lamp"}}
    rulebook = choose(changes, library, library.entries["everything"].document, ())
    assert rulebook.rituals == (everything.model_copy(update={"title": "All"}),)
    assert rulebook.rules == (library.rules["lamp"].rule.model_copy(update={"about": "Lamp"}),)
    assert set(rulebook.decks) == {"words"}


README = re.findall(r"```yaml\n(.*?)```", (shipped_rules() / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_readme_shows_a_rule_and_a_deck_that_work(home: Home) -> None:
    rule, deck = README[3:]
    ritual = tile("chat", "offer: {card: {deck: small_talk, tags: [day], depth: 2}}")
    loaded = home("rituals: [tea_lamp, chat]", {"small_talk": deck}, tea_lamp=rule, chat=ritual)
    assert loaded.problems == ()
    assert [card.id for card in loaded.rulebook.decks["small_talk"].cards] == ["best_smell"]
    ours = replace(loaded.library, entries={})
    assert len(list(examples(ours))) == 1
    assert list(failing_examples(ours)) == []


def test_the_readme_shows_a_change_that_fits(home: Home) -> None:
    loaded = home(README[0])
    assert loaded.problems == ()
    assert loaded.rulebook.rituals[0].in_season("simplified") is None


def test_the_readme_names_every_action_answer_channel_and_private_act() -> None:
    text = (shipped_rules() / "README.md").read_text(encoding="utf-8")
    kinds = json.loads(schema_text())["$defs"]
    actions = [word for kind in kinds.values() for word in words(kind.get("properties", {}).get("action", {}))]
    assert len(actions) >= 9
    deck = json.loads(deck_schema_text())
    settings = {*deck["properties"], *deck["$defs"]["Card"]["properties"]}
    known = {*actions, *ANSWERS, *PRIVATE, *TEXT_NAMES, *get_args(ChannelName), *SEASONS, *settings}
    assert {word for word in known if word not in text} == set()


def words(property_of_a_kind: dict[str, Any]) -> list[str]:
    return [*property_of_a_kind.get("enum", []), *filter(None, [property_of_a_kind.get("const")])]


def test_the_schema_of_decks_is_fresh() -> None:
    assert (shipped_rules() / DECK_FILE).read_text(encoding="utf-8") == deck_schema_text()


def test_ours_are_read_with_their_decks() -> None:
    library = read_library()
    assert set(library.decks) == {path.stem for path in (shipped_rules() / "decks").glob("*.yaml")}
    assert set(library.entries) | set(library.rules) == {path.stem for path in shipped_rules().glob("*.yaml")}
