"""Every word we ship is one we would say to a couple; and each rule of tone bites."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from tests.rules.tone import RULES, faults, words_of
from turntoward.documents import read
from turntoward.rulebook import shipped_rules

FILES = sorted(shipped_rules().rglob("*.yaml"))

RITUAL: dict[str, Any] = {
    "ritual": "evening_tea",
    "title": {"en": "Tea for two", "de": "Tee zu zweit"},
    "about": {"en": "10 minutes with nothing to do.", "de": "10 Minuten, in denen nichts zu tun ist."},
    "evidence": "weak",
    "offer": {
        "say": {
            "en": [{"say": "Ten minutes for tea?", "read": "10 minutes for tea?"}, "The kettle has an idea, {couple}."],
            "de": [{"say": "Zehn Minuten Tee?", "read": "10 Minuten Tee?"}, "Ihr zwei, der Kessel hat eine Idee."],
        }
    },
    "run": {
        "steps": [
            {"action": "tile", "show": "listening_cues"},
            {"action": "announce", "say": {"en": "{turn} pours, {other} talks.", "de": "{turn} schenkt ein."}},
        ]
    },
    "short": {"offer": {"say": {"en": ["The kettle has an idea, {couple}."], "de": ["Der Kessel hat eine Idee."]}}},
    "examples": [{"name": "100 % of the scores you missed", "then": [{"text": "Only for tests!"}]}],
}
DECK: dict[str, Any] = {
    "deck": "questions",
    "title": {"en": "Questions", "de": "Fragen"},
    "cards": [
        {"id": "tea", "text": {"en": "Which tea are you today?", "de": "Welcher Tee bist du heute?"}},
        {
            "id": "sea",
            "text": {"en": {"say": "Ten waves?", "read": "10 waves?"}, "de": "Wie viele Wellen hat dein Tag?"},
        },
    ],
}
LONG = "and a little more of it "


def in_ritual(text: str, language: str = "en", **changes: object) -> list[str]:
    document = {**copy.deepcopy(RITUAL), **changes}
    document["offer"]["say"][language].append(text)
    return [fault.rule for fault in faults(document)]


def on_card(text: object, language: str = "en") -> list[str]:
    document = copy.deepcopy(DECK)
    document["cards"][0]["text"][language] = text
    return [fault.rule for fault in faults(document)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_we_would_say_all_of_it_to_a_couple(path: Path) -> None:
    assert faults(read(path).data) == []


def test_no_file_is_passed_over_and_none_is_without_words() -> None:
    assert {path.parent.name for path in FILES} >= {"rules", "decks"}
    assert [path.stem for path in FILES if len(list(words_of(read(path).data))) < 8] == []


def test_good_words_pass() -> None:
    assert faults(RITUAL) == []
    assert faults(DECK) == []


def test_every_form_of_every_text_is_found() -> None:
    found = [(words.language, words.spoken, words.text) for words in words_of(RITUAL)]
    assert ("en", True, "Ten minutes for tea?") in found
    assert ("en", False, "10 minutes for tea?") in found
    assert ("de", True, "{turn} schenkt ein.") in found
    assert ("de", False, "10 Minuten, in denen nichts zu tun ist.") in found
    assert len(found) == 4 + 8 + 4 + 4


@pytest.mark.parametrize(
    "text",
    [
        "Tea at 9?",
        "Tea & cake?",
        "Tea – now?",
        "A “nice” tea?",
        "Tea (green)?",
        "Tea / coffee?",
        "Tea_time?",
        "Tee 🫖?",
    ],
)
def test_a_voice_cannot_say_everything(text: str) -> None:
    assert in_ritual(text) == ["alphabet"]
    assert on_card(text) == ["alphabet"]


@pytest.mark.parametrize("text", ["Here comes the tea!", "Tea, perhaps", "Tea:"])
def test_a_line_ends_quietly(text: str) -> None:
    assert "ending" in in_ritual(text)


def test_a_line_may_end_in_a_card_and_say_nothing_else() -> None:
    assert in_ritual("How about this: {card}") == []
    document = {**copy.deepcopy(RITUAL), "run": {"steps": [{"say": {"en": ["{card}", "{card}"], "de": "{card}"}}]}}
    assert faults(document) == []


def test_a_line_is_one_breath() -> None:
    assert in_ritual("x" * 89 + ".") == []
    assert in_ritual("x" * 90 + ".") == ["length"]
    assert on_card("x" * 109 + ".") == []
    assert on_card("x" * 110 + ".") == ["length"]
    assert on_card({"say": "Ten cups?", "read": "x" * 140 + "."}) == ["length"]
    assert "length" in on_card("")


@pytest.mark.parametrize("text", ["Tea, {alex}?", "Tea, {couple!r}?", "Tea, {}?", "Tea, {couple?"])
def test_a_text_names_only_whom_it_knows(text: str) -> None:
    assert "name" in in_ritual(text)


@pytest.mark.parametrize(
    "text",
    [
        "You missed the tea.", "What a streak.", "Tea was ignored.", "A score for tea.", "You should drink tea.",
        "Tea must be hot.", "Your partner likes tea.", "Why don’t you drink tea?", "Rate this cup.",
        "How hot is it, on a scale?", "Tea is proven.", "Studies like tea.", "Tea releases warmth.", "Oxytocin?",
        "A hormone or two?", "Ten percent warmer.", "Ten per cent warmer.", "Tea, and a little therapy?",
        "FINALLY some tea.",
    ],
)  # fmt: skip
def test_no_guilt_no_duty_no_proof_in_english(text: str) -> None:
    assert in_ritual(text) == ["forbidden"]
    assert on_card(text) == ["forbidden"]


@pytest.mark.parametrize(
    "text",
    [
        "Den Tee habt ihr verpasst.", "Ihr solltet Tee trinken.", "Du solltest Tee trinken.", "Du musst Tee trinken.",
        "Müsst ihr noch weg?", "Studien mögen Tee.", "Das ist bewiesen.", "Hormone für zwei?", "Zehn Prozent wärmer.",
        "Der Tee wurde ignoriert.", "Da seid ihr ja endlich.", "Schon wieder kein Tee.", "Dein Partner mag Tee.",
        "Bewertet den Tee.", "Wer hat Schuld?",
    ],
)  # fmt: skip
def test_no_guilt_no_duty_no_proof_in_german(text: str) -> None:
    assert in_ritual(text, "de") == ["forbidden"]
    assert on_card(text, "de") == ["forbidden"]


@pytest.mark.parametrize(
    "text", ["Tea, unscored.", "Mustard, anybody?", "Shoulder to shoulder?", "Ein Studio für zwei."]
)
def test_only_whole_words_are_forbidden(text: str) -> None:
    assert in_ritual(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Twenty seconds of hugging lower the pulse.", "A six-second kiss makes love last.", "Two minutes bring luck.",
        "This brings you closer.", "Tea is good for your heart.", "Research likes tea.", "Scientists agree.",
        "Zwanzig Sekunden Umarmung senken den Puls.", "Drei Tassen Tee machen froh und munter.",
        "Das macht euch glücklicher.", "Die Forschung mag Tee.", "Tee ist gesund.",
    ],
)  # fmt: skip
def test_weak_evidence_promises_nothing(text: str) -> None:
    assert in_ritual(text) == ["claim"]
    assert in_ritual(text, evidence="none") == ["claim"]
    assert on_card(text) == ["claim"]
    assert in_ritual(text, evidence="mixed") == []


@pytest.mark.parametrize(
    "text",
    [
        "Two minutes count.",
        "What do the two of you make for tea?",
        "Ten minutes to make tea?",
        "Wie wäre es, zehn Minuten zu halten?",
    ],
)
def test_a_number_may_be_a_length_of_time(text: str) -> None:
    assert in_ritual(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "{other} has answered.", "{other} wants a break.", "{turn} is home.", "{other} left.", "One of you paused.",
        "{other} ist wieder da.", "{turn} hat abgesagt.", "{other} hat die Pause gewollt.", "Einer von euch war still.",
        "{other} möchte Ruhe.",
    ],
)  # fmt: skip
def test_nobody_is_told_about_the_other(text: str) -> None:
    assert in_ritual(text) == ["tells"]


@pytest.mark.parametrize("text", ["{turn} begins, and {other} may be curious.", "{turn} hat diese Woche die Wahl."])
def test_whose_turn_it_is_may_be_said(text: str) -> None:
    assert in_ritual(text) == []


@pytest.mark.parametrize("text", ["Sie zwei haben Zeit.", "Möchten Sie Tee?", "Ein Tee mit Ihnen?", "Wo ist Ihr Tee?"])
def test_german_says_du(text: str) -> None:
    assert in_ritual(text, "de") == ["formal"]
    assert on_card(text, "de") == ["formal"]


def test_german_may_say_ihr() -> None:
    assert in_ritual("Ihr beide, und sonst nichts? Ihr und eure Tassen.", "de") == []


@pytest.mark.parametrize("text", ["Tea?", ["Tea?"], {"en": "Tea?"}, {"say": "Tea?", "read": "Tea?"}])
@pytest.mark.parametrize("key", ["say", "text", "title", "about"])
def test_every_text_is_there_in_both_languages(key: str, text: object) -> None:
    changed = {**RITUAL, "run": {"steps": [{"action": "announce", key: text}]}}
    assert [(fault.rule, fault.where) for fault in faults(changed)] == [("languages", place_of(key, text))]


def place_of(key: str, text: object) -> str:
    return f"run.steps.0.{key}.0" if isinstance(text, list) else f"run.steps.0.{key}"


def test_no_third_language_is_half_begun() -> None:
    assert "languages" in on_card("Quel thé?", "fr")


@pytest.mark.parametrize(
    "text",
    ["The kettle has an idea, {couple}.", "the kettle has an idea, {couple}?", "The kettle had an idea, {couple}."],
)
def test_no_line_is_heard_twice(text: str) -> None:
    assert set(in_ritual(text)) == {"repeated"}


def test_no_card_is_drawn_twice() -> None:
    document = copy.deepcopy(DECK)
    document["cards"][1]["text"]["de"] = "Welcher Tee bist du heute so?"
    assert {fault.where for fault in faults(document)} == {"cards.0.text.de, cards.1.text.de"}


def test_each_rule_has_its_example() -> None:
    shown = {"alphabet", "ending", "length", "name", "forbidden", "claim", "tells", "formal"}
    assert set(RULES) == shown
