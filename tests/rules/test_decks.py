"""The decks we ship are large and varied enough for a couple that uses them for years."""

from __future__ import annotations

import re
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from turntoward.documents import read
from turntoward.rulebook import shipped_rules

FILES = sorted((shipped_rules() / "decks").glob("*.yaml"))
DECKS: dict[str, dict[str, Any]] = {path.stem: read(path).data for path in FILES}
CARDS: dict[str, list[dict[str, Any]]] = {name: deck["cards"] for name, deck in DECKS.items()}

LEAST = {
    "questions": 132,
    "dates": 66,
    "listening_cues": 20,
    "safety_phrases": 14,
    "repair_cards": 12,
    "appreciations": 20,
    "purpose": 12,
    "goals": 25,
    "agreement": 10,
}
NOVELTY = {"familiar", "new", "active"}
COST = {"free", "cheap", "treat"}
PLACE = {"indoors", "outdoors"}
LENGTH = {"ten_minutes", "hour", "evening"}
TAGS = {
    "questions": {"day", "week", "month"},
    "dates": NOVELTY | COST | PLACE | LENGTH | {"home"},
    "goals": {"build", "travel", "experiences", "evolve", "year", "reappraisal"},
}
THREE_A_WEEK_FOR_SIXTY_DAYS = 26


def tags(name: str) -> Counter[str]:
    return Counter(tag for card in CARDS[name] for tag in card["tags"])


def test_the_decks_are_all_there() -> None:
    assert set(DECKS) == set(LEAST)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_deck_has_the_name_of_its_file_and_only_known_words(path: Path) -> None:
    deck = DECKS[path.stem]
    assert list(deck) == ["deck", "title", "repeat_after", "cards"]
    assert deck["deck"] == path.stem
    assert path.read_text("utf-8").startswith("# yaml-language-server: $schema=deck.schema.json\n# ")


@pytest.mark.parametrize("name", LEAST)
def test_there_are_cards_enough(name: str) -> None:
    assert len(CARDS[name]) >= LEAST[name]


@pytest.mark.parametrize("name", LEAST)
def test_what_is_asked_rests_for_two_months_and_what_helps_comes_round(name: str) -> None:
    assert DECKS[name]["repeat_after"] == ("60d" if name in ("questions", "dates") else "0s")


@pytest.mark.parametrize("name", LEAST)
def test_every_card_has_a_name_of_its_own(name: str) -> None:
    ids = [card["id"] for card in CARDS[name]]
    assert [name for name, times in Counter(ids).items() if times > 1] == []
    assert [name for name in ids if not re.fullmatch(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*", name)] == []


@pytest.mark.parametrize("name", LEAST)
def test_every_card_speaks_both_languages(name: str) -> None:
    assert [card["id"] for card in CARDS[name] if set(card["text"]) != {"en", "de"}] == []
    forms = [form for card in CARDS[name] for form in card["text"].values() if isinstance(form, dict)]
    assert [form for form in forms if set(form) != {"say", "read"} or form["say"] == form["read"]] == []


@pytest.mark.parametrize("name", LEAST)
def test_tags_are_known_and_not_said_twice(name: str) -> None:
    for card in CARDS[name]:
        assert set(card.get("tags", ())) <= TAGS.get(name, set()), card["id"]
        assert len(set(card.get("tags", ()))) == len(card.get("tags", ())), card["id"]
        assert bool(card.get("tags")) == (name in TAGS), card["id"]


@pytest.mark.parametrize("name", LEAST)
def test_only_questions_have_a_depth(name: str) -> None:
    depths = {card.get("depth") for card in CARDS[name]}
    assert depths == ({1, 2, 3} if name == "questions" else {None})


def test_there_are_questions_for_every_depth_and_time() -> None:
    depth = Counter(card["depth"] for card in CARDS["questions"])
    assert depth[1] >= 60
    assert depth[2] >= 36
    assert depth[3] >= 24
    assert tags("questions")["day"] >= 50
    assert tags("questions")["week"] >= 40
    assert tags("questions")["month"] >= 30


def test_who_stays_light_does_not_run_out() -> None:
    light = Counter(tag for card in CARDS["questions"] if card["depth"] == 1 for tag in card["tags"])
    assert light["day"] >= 36
    assert min(light.values()) >= THREE_A_WEEK_FOR_SIXTY_DAYS


def test_a_date_is_one_of_each_kind() -> None:
    for card, kind in product(CARDS["dates"], (NOVELTY, COST, PLACE, LENGTH)):
        assert len(kind & set(card["tags"])) == 1, card["id"]


def test_dates_suit_every_purse_and_evening() -> None:
    found = tags("dates")
    assert all(found[novelty] >= 18 for novelty in NOVELTY)
    assert found["free"] >= 20
    assert found["home"] >= 20
    assert found["ten_minutes"] >= 12


@pytest.mark.parametrize(("novelty", "other"), list(product(sorted(NOVELTY), sorted(COST | PLACE | LENGTH))))
def test_dates_are_spread(novelty: str, other: str) -> None:
    assert any({novelty, other} <= set(card["tags"]) for card in CARDS["dates"])


@pytest.mark.parametrize(
    ("tag", "least"),
    [("build", 3), ("travel", 3), ("experiences", 3), ("evolve", 3), ("year", 6), ("reappraisal", 3)],
)
def test_every_talk_about_goals_has_its_prompts(tag: str, least: int) -> None:
    assert tags("goals")[tag] >= least
    assert all(len(card["tags"]) == 1 for card in CARDS["goals"])


def test_nobody_is_urged_to_touch_after_a_quarrel() -> None:
    texts = [
        str(text) for name in ("repair_cards", "safety_phrases") for c in CARDS[name] for text in c["text"].values()
    ]
    touch = r"\b(?:hugs?|kiss\w*|embrace\w*|cuddl\w*|umarm\w*|küss\w*|kuss|kuschel\w*|in den arm)\b"
    assert [text for text in texts if re.search(touch, text, re.IGNORECASE)] == []
    assert re.search(touch, "Now hug each other.", re.IGNORECASE)
