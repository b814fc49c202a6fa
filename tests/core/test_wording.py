"""Words and cards: in turn, with their names filled in, no card again too soon, and no deeper than both want."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.evening import Evening, checkin, deck, home_since_noon, household, ritual
from tests.fakes import at
from turntoward.core.actions import Announce, Notify
from turntoward.core.decks import Card, CardChoice, Deck, draw
from turntoward.core.lock_screen import LOCK_SAFE
from turntoward.core.rules import Ritual

FREE = {"cooldown": 0, "per_day": None}
NOW = at("20:00")


def asks(card: Any = "cards", **changes: Any) -> Ritual:
    return checkin(offer={"card": card, "say": ["Ask: {card}"], **changes.pop("offer", {})}, **changes)


def with_cards(ritual_: Ritual, *cards: Any, **words: Any) -> Evening:
    return Evening(household(), (ritual_,), home_since_noon("20:00"), decks=deck(*cards, **words))


# -- lines -------------------------------------------------------------------------------------------------------------


def test_each_place_takes_its_lines_in_turn() -> None:
    steps = [{"action": "announce", "say": ["a", "b", "c"]}, {"action": "announce", "say": ["x", "y"]}]
    talk = ritual(offer={"say": ["One", "Two"]}, run={"timer": "1min", "steps": steps}, limits=FREE)
    evening = Evening(household(limits={"min_gap": 0, "prompts_per_day": 9}), (talk,), home_since_noon("05:00"))
    for hour in (9, 12, 15, 18):
        evening.leaves(f"{hour:02}:00").arrives(f"{hour + 1:02}:00").answer(f"{hour + 1:02}:03", "start")
    assert evening.words == ["One", "a", "x", "Two", "b", "y", "One", "c", "x", "Two", "a", "y"]


def test_a_line_has_a_form_to_hear_and_a_form_to_read() -> None:
    until = {"say": "Back at {until}.", "read": "Until {until}: {couple}"}
    steps = [{"action": "announce", "say": until}, {"action": "tile", "say": until}]
    evening = Evening(household(), (ritual(run={"timer": "40min", "steps": steps}),), home_since_noon())
    evening.answer("18:00", "start")
    assert (evening.words, evening.texts) == (["Back at eighteen forty."], ["Until 18:40: Alex and Sam"])


@pytest.mark.parametrize(
    ("language", "lines", "said"),
    [
        ("de", {"en": ["Hello"], "de": ["Hallo, {couple}"]}, "Hallo, Alex und Sam"),
        ("de", {"en": ["Hello"]}, "Hello"),
        ("en", {"de": ["Hallo"]}, "Hallo"),
        ("de", ["Servus"], "Servus"),
    ],
)
def test_in_the_language_of_the_house_or_the_nearest_there_is(language: str, lines: Any, said: str) -> None:
    evening = Evening(household(language=language), (checkin(offer={"say": lines}),), home_since_noon("20:00"))
    assert evening.tell("20:31").words == [said]


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_message_is_always_from_the_list_for_lock_screens(language: str) -> None:
    secret = checkin(offer={"channels": ["phone"], "say": ["{card}"], "card": "cards", "valid_for": "30min"})
    evening = Evening(household(language=language), (secret,), home_since_noon("20:00"), decks=deck("deep", "sea"))
    evening.tell(at("21:00", "2026-11-21"))
    texts = [action.text for _, action in evening.actions if isinstance(action, Notify)]
    assert len(texts) == len(set(texts)) == 2
    assert set(texts) <= set(LOCK_SAFE[language])


# -- which card --------------------------------------------------------------------------------------------------------


def test_a_year_of_evenings_brings_no_card_back_within_its_sixty_days() -> None:
    evening = with_cards(asks(), *(f"card_{n}" for n in range(80))).tell(at("21:00", "2027-09-15"))
    lines = [(when, action.text) for when, action in evening.actions if isinstance(action, Announce)]
    assert len(lines) == 301
    last: dict[str, datetime] = {}
    for when, text in lines:
        assert text not in last or when - last[text] >= timedelta(days=60)
        last[text] = when
    assert len(last) == 80


def test_a_deck_that_is_used_up_is_silent_until_a_card_has_rested() -> None:
    evening = with_cards(asks(), "ant", "bee", repeat_after="4d").tell(at("21:00", "2026-11-25"))
    days = [when.day for when, action in evening.actions if isinstance(action, Announce)]
    assert days == [19, 20, 23, 24]
    assert evening.words[:2] == evening.words[2:]
    assert {entry.reason for entry in evening.entries if entry.step == "held"} == {"no_new_card"}


def test_a_deck_without_rest_goes_round() -> None:
    evening = with_cards(asks(), "ant", "bee", "cat", repeat_after="0s").tell(at("21:00", "2026-11-24"))
    assert evening.words[:3] == evening.words[3:]
    assert len(set(evening.words)) == 3


def test_a_deck_that_is_not_there_offers_nothing() -> None:
    evening = Evening(household(), (asks("nowhere"),), home_since_noon("20:00")).tell("23:00")
    assert evening.actions == []


def test_two_rituals_that_share_a_deck_share_what_was_seen() -> None:
    first, second = asks(), checkin("second", "21:30", offer={"card": "cards", "say": ["{card}"]})
    evening = Evening(household(), (first, second), home_since_noon("20:00"), decks=deck("ant", "bee")).tell("23:00")
    assert len({line.removeprefix("Ask: ") for line in evening.words}) == 2


def test_a_card_speaks_for_itself_and_is_read_as_it_is_written() -> None:
    card = {"id": "ant", "text": {"say": "Say it", "read": "Read it"}}
    plain = checkin(offer={"card": "cards", "channels": ["speaker", "tile"], "say": []})
    evening = with_cards(plain, card).tell("20:31")
    assert (evening.words, evening.texts) == (["Say it"], ["Read it"])


def test_what_was_put_off_keeps_its_card_and_a_deck_that_is_empty_by_then_does_not_matter() -> None:
    evening = with_cards(asks(answers=["later"]), "only").answer("20:31", "later", "evening_checkin").tell("21:00")
    assert evening.words == ["Ask: only", "Ask: only"]


def test_what_is_silent_draws_no_card() -> None:
    evening = with_cards(asks(conditions=[{"condition": "nobody_home"}]), "only").tell("23:00")
    paused = with_cards(asks(), "only").private("20:10", "pause").tell("23:00")
    assert (evening.state.drawn, paused.state.drawn) == ({}, {})


TAGGED = [
    {"id": "ant", "tags": ["day"]},
    {"id": "bee", "tags": ["week"]},
    {"id": "cat", "tags": ["day", "week"]},
    {"id": "dog"},
]


@pytest.mark.parametrize(
    ("tags", "match", "cards"),
    [
        ([], "any", "ant bee cat dog"),
        ([], "all", "ant bee cat dog"),
        (["day"], "any", "ant cat"),
        (["day", "week"], "any", "ant bee cat"),
        (["day", "week"], "all", "cat"),
        (["month"], "any", ""),
        (["day", "month"], "all", ""),
    ],
)
def test_only_cards_with_the_tags_that_are_wanted(tags: list[str], match: str, cards: str) -> None:
    choice = {"deck": "cards", "tags": tags, "match": match}
    evening = with_cards(asks(choice, answers=["done"]), *TAGGED).tell(at("21:00", "2026-11-24"))
    assert sorted(evening.words) == [f"Ask: {card}" for card in cards.split()]


@pytest.mark.parametrize(
    ("alex", "sam", "most", "cards"),
    [
        (1, 3, 3, "light"),
        (2, 3, 3, "light middle"),
        (3, 3, 3, "deep light middle"),
        (3, 3, 1, "light"),
        (3, 3, 2, "light middle"),
    ],
)
def test_no_card_is_deeper_than_both_want_and_the_ritual_allows(alex: int, sam: int, most: int, cards: str) -> None:
    depths = {"light": 1, "middle": 2, "deep": 3}
    evening = with_cards(asks({"deck": "cards", "depth": most}), *({"id": c, "depth": d} for c, d in depths.items()))
    evening.private("20:10", "depth", "alex", level=alex).private("20:10", "depth", "sam", level=sam)
    assert sorted(evening.tell(at("21:00", "2026-11-24")).words) == [f"Ask: {card}" for card in cards.split()]


def test_every_household_has_an_order_of_its_own() -> None:
    def order(seed: int) -> list[str]:
        state = replace(home_since_noon("20:00"), seed=seed)
        evening = Evening(household(), (asks(),), state, decks=deck(*(f"card_{n}" for n in range(6))))
        return evening.tell(at("21:00", "2026-11-24")).words

    assert order(1) == order(1)
    assert len({tuple(order(seed)) for seed in range(1, 6)}) == 5


def test_who_begins_hangs_on_the_household_and_not_on_the_file() -> None:
    begins = set()
    for seed in range(1, 9):
        turns = checkin(turns=True, offer={"say": ["{turn} plans, {other} waits"]})
        evening = Evening(household(), (turns,), replace(home_since_noon("20:00"), seed=seed)).tell("20:31")
        begins.update(evening.words)
    assert begins == {"Alex plans, Sam waits", "Sam plans, Alex waits"}


CARDS = st.lists(
    st.builds(
        lambda n, depth, tags: Card.model_validate({"id": f"c{n}", "depth": depth, "tags": tags, "text": "x"}),
        st.integers(0, 9),
        st.integers(1, 3),
        st.lists(st.sampled_from(["day", "week"]), unique=True),
    ),
    unique_by=lambda card: card.id,
)
SEEN = st.dictionaries(st.integers(0, 9).map("c{}".format), st.integers(0, 90))


@given(
    cards=CARDS,
    seen=SEEN,
    depth=st.integers(1, 3),
    seed=st.integers(0, 3),
    tags=st.lists(st.sampled_from(["day", "week"])),
)
def test_a_card_is_drawn_where_one_fits_and_a_new_one_first(
    cards: list[Card], seen: dict[str, int], depth: int, seed: int, tags: list[str]
) -> None:
    drawn = {name: NOW - timedelta(days=days) for name, days in seen.items()}
    choice = CardChoice.model_validate({"deck": "cards", "tags": tags})
    card = draw(Deck(deck="cards", cards=tuple(cards)), choice, drawn, depth, seed, NOW)
    right = [c for c in cards if c.depth <= depth and (not tags or set(tags) & set(c.tags))]
    rested = {c.id for c in right if seen.get(c.id, 60) >= 60}
    assert (card is None) == (not rested)
    if card is not None:
        new = {name for name in rested if name not in seen}
        oldest = max((seen[name] for name in rested if name in seen), default=0)
        assert card.id in new if new else card.id in rested and seen[card.id] == oldest
