"""Decks: which card comes next, when it may come again, and what a household sees of the order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tests.fakes import at
from turntoward.core.decks import Card, CardChoice, CardChoiceOrName, Deck, draw

NOW = at("18:00:00")
ANY = CardChoice(deck="words")


def deck(*cards: dict[str, Any], **more: Any) -> Deck:
    return Deck.model_validate({"deck": "words", "cards": [{"text": "Hi", **card} for card in cards], **more})


def ten(**more: Any) -> Deck:
    return deck(*({"id": f"card_{number}"} for number in range(10)), **more)


def drawn_in_turn(cards: Deck, days: int, seed: int = 7) -> list[str | None]:
    """Draw one card a day."""
    drawn: dict[str, datetime] = {}
    out: list[str | None] = []
    for day in range(days):
        now = NOW + timedelta(days=day)
        card = draw(cards, ANY, drawn, 3, seed, now)
        out.append(card.id if card else None)
        if card:
            drawn[card.id] = now
    return out


def test_every_card_comes_before_one_comes_again() -> None:
    order = drawn_in_turn(ten(repeat_after="5d"), 30)
    assert len(set(order[:10])) == 10
    assert order[:10] == order[10:20] == order[20:]


def test_no_card_comes_back_too_soon() -> None:
    order = drawn_in_turn(ten(), 71)
    assert order[10:60] == [None] * 50
    assert order[60:70] == order[:10]
    assert order[70] is None


def test_it_comes_back_to_the_minute() -> None:
    cards = deck({"id": "one"}, repeat_after="2d")
    last = {"one": NOW}
    assert draw(cards, ANY, last, 3, 1, NOW + timedelta(days=2) - timedelta(seconds=1)) is None
    assert draw(cards, ANY, last, 3, 1, NOW + timedelta(days=2)) == cards.cards[0]


def test_without_a_pause_the_one_shown_longest_ago_comes_next() -> None:
    cards = deck({"id": "one"}, {"id": "two"}, {"id": "three"}, repeat_after="0s")
    last = {"one": NOW - timedelta(hours=2), "two": NOW - timedelta(hours=3), "three": NOW - timedelta(hours=1)}
    card = draw(cards, ANY, last, 3, 1, NOW)
    assert card is not None
    assert card.id == "two"


def test_a_new_card_comes_before_one_that_was_there() -> None:
    cards = deck({"id": "one"}, {"id": "two"}, repeat_after="0s")
    for known, new in (("one", "two"), ("two", "one")):
        card = draw(cards, ANY, {known: NOW - timedelta(days=900)}, 3, 1, NOW)
        assert card is not None
        assert card.id == new


def test_each_household_has_an_order_of_its_own_and_keeps_it() -> None:
    orders = {tuple(drawn_in_turn(ten(), 10, seed)) for seed in range(30)}
    assert len(orders) >= 29
    assert drawn_in_turn(ten(), 10, 3) == drawn_in_turn(ten(), 10, 3)


def test_the_order_does_not_depend_on_the_file() -> None:
    cards = ten()
    turned = cards.model_copy(update={"cards": tuple(reversed(cards.cards))})
    assert drawn_in_turn(cards, 10) == drawn_in_turn(turned, 10)


def test_two_decks_have_two_orders() -> None:
    assert drawn_in_turn(ten(), 10) != drawn_in_turn(ten(deck="others"), 10)


@pytest.mark.parametrize(
    ("choice", "depth", "fits"),
    [
        ({}, 3, {"light_day", "deep_day", "light_week", "plain"}),
        ({}, 1, {"light_day", "light_week", "plain"}),
        ({"depth": 1}, 3, {"light_day", "light_week", "plain"}),
        ({"depth": 3}, 1, {"light_day", "light_week", "plain"}),
        ({"tags": ["day"]}, 3, {"light_day", "deep_day"}),
        ({"tags": ["day"]}, 2, {"light_day"}),
        ({"tags": ["day", "week"]}, 2, {"light_day", "light_week"}),
        ({"tags": ["year"]}, 3, set()),
    ],
)
def test_only_cards_that_fit_are_drawn(choice: dict[str, Any], depth: int, fits: set[str]) -> None:
    cards = deck(
        {"id": "light_day", "tags": ["day"]},
        {"id": "deep_day", "tags": ["day"], "depth": 3},
        {"id": "light_week", "tags": ["week"]},
        {"id": "plain"},
    )
    found: dict[str, datetime] = {}
    while card := draw(cards, CardChoice(deck="words", **choice), found, depth, 1, NOW):
        found[card.id] = NOW
    assert set(found) == fits


@given(st.dictionaries(st.sampled_from([f"card_{n}" for n in range(10)]), st.integers(0, 100)), st.integers(0, 2**64))
def test_whatever_was_drawn_the_next_card_has_rested(days_ago: dict[str, int], seed: int) -> None:
    drawn = {name: NOW - timedelta(days=days) for name, days in days_ago.items()}
    card = draw(ten(), ANY, drawn, 3, seed, NOW)
    rested = {f"card_{n}" for n in range(10) if days_ago.get(f"card_{n}", 60) >= 60}
    assert (card is None) == (not rested)
    assert card is None or card.id in rested
    new = {name for name in rested if name not in drawn}
    assert card is None or not new or card.id in new


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [("Hi", "de", "Hi"), ({"en": "Hi", "de": "Hallo"}, "de", "Hallo"), ({"en": "Hi"}, "de", "Hi"), ({}, "de", "one")],
)
def test_the_words_of_a_card(text: object, language: str, said: str) -> None:
    assert Card.model_validate({"id": "one", "text": text}).words(language).say == said


@pytest.mark.parametrize("depth", [0, 4])
def test_there_are_three_depths(depth: int) -> None:
    with pytest.raises(ValidationError, match="equal to"):
        deck({"id": "one", "depth": depth})


@pytest.mark.parametrize("name", ["One", "1one", "one two", "", "o" * 41])
def test_a_card_has_a_plain_id(name: str) -> None:
    with pytest.raises(ValidationError, match="String should match pattern"):
        deck({"id": name})


def test_a_deck_may_be_chosen_by_its_name() -> None:
    adapter: TypeAdapter[CardChoice] = TypeAdapter(CardChoiceOrName)
    assert adapter.validate_python("words") == CardChoice(deck="words", tags=(), depth=3)
