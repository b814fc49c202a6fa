"""The board: what is shown of the whole household, and what nothing private may change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.core.evening import Evening, break_, checkin, deck, home_since_noon, household, ritual, sam_is_out
from tests.fakes import at
from turntoward.core.board import Board, NextMoment
from turntoward.core.decks import Deck
from turntoward.core.events import ServiceStarted, SourceConnected, SourceLost
from turntoward.core.household import Household
from turntoward.core.rules import Ritual

ON_A_TILE: dict[str, Any] = {"offer": {"channels": ["tile"]}}


def at_home(*rituals: Ritual, home: Household | None = None, decks: dict[str, Deck] | None = None) -> Evening:
    return Evening(home or household(), rituals, home_since_noon(), decks=decks or {})


# -- what is on --------------------------------------------------------------------------------------------------------


def test_what_is_offered_on_a_tile_is_on() -> None:
    evening = at_home(checkin(**ON_A_TILE)).tell("20:31")
    now = evening.board.now
    assert now is not None
    assert (now.ritual, now.occasion, now.state, now.text) == (
        "evening_checkin",
        "evening_checkin-2026-11-19-1",
        "offered",
        "High and low?",
    )
    assert (now.until, evening.board.minutes_left) == (at("21:45"), None)


def test_what_runs_goes_before_what_is_offered_and_what_began_last_before_the_others() -> None:
    evening = at_home(checkin(**ON_A_TILE), ritual("first"), ritual("second", run={"timer": "10min"})).tell("20:31")
    evening.answer("20:32", "start", "second").answer("20:32:05", "start", "first")
    assert evening.board.now is not None
    assert (evening.board.now.ritual, evening.board.now.state) == ("first", "running")
    assert evening.board.now.until == at("20:32:25")
    assert evening.tell("20:33").board.now == replace(
        evening.board.now, ritual="second", occasion="second-2026-11-19-1", until=at("20:42")
    )


def test_what_is_only_said_is_not_on_the_board() -> None:
    assert at_home(checkin()).tell("20:31").board.now is None


@pytest.mark.parametrize(("seconds", "left"), [(0, 10), (1, 10), (60, 9), (599, 1)])
def test_the_minutes_that_are_left_are_rounded_up(seconds: int, left: int) -> None:
    evening = at_home(ritual(run={"timer": "10min"})).answer("18:00", "start")
    assert evening.tell(at("18:00") + timedelta(seconds=seconds)).board.minutes_left == left


def test_a_break_and_what_follows_it_are_never_on_the_board() -> None:
    repair = ritual("repair", triggers=[{"trigger": "ritual", "ritual": "time_out", "is": "done"}], **ON_A_TILE)
    evening = at_home(break_(), repair)
    quiet = evening.board
    evening.answer("18:00", "start", "time_out")
    evening.tell("18:21").private("18:22", "ready", "alex").private("18:23", "ready", "sam").tell("18:25")
    assert evening.state.occasions["repair"].phase == "offered"
    assert [board for _, board in evening.boards if board != quiet] == []


def test_a_private_ritual_and_a_rule_are_never_on_the_board() -> None:
    page = ritual("bids", private=True, offer={"channels": ["page"]}, triggers=[{"trigger": "time", "at": "18:00"}])
    evening = at_home(page).tell("18:01")
    assert evening.state.occasions["bids"].phase == "offered"
    assert (evening.board.now, evening.board.next) == (None, None)


def test_without_both_nothing_but_that_is_shown() -> None:
    evening = at_home(checkin(**ON_A_TILE), home=household(agreed=["Sam"], season="simplified")).tell("20:31")
    assert evening.board == Board(agreed=False, season="simplified")


def test_a_source_is_lost_until_it_says_that_it_is_there() -> None:
    evening = at_home(checkin())
    assert evening.board.lost == ()
    evening.after_a_gap("18:00", ServiceStarted(("homeassistant", "mqtt")))
    assert evening.board.lost == ("homeassistant", "mqtt")
    evening.tell("18:01", SourceConnected("mqtt"))
    assert evening.board.lost == ("homeassistant",)
    assert evening.tell("18:02", SourceLost("mqtt")).board.lost == ("homeassistant", "mqtt")


def test_whose_turn_it_is_stands_there_by_ritual() -> None:
    evening = at_home(checkin(turns=True), ritual())
    assert evening.board.turns == {"evening_checkin": "alex"}
    assert evening.answer("18:00", "done", "evening_checkin").board.turns == {"evening_checkin": "sam"}


# -- what is next ------------------------------------------------------------------------------------------------------


def next_of(*rituals: Ritual, home: Household | None = None, time: str = "17:01") -> NextMoment | None:
    return at_home(*rituals, home=home).tell(time).board.next


def test_the_earliest_of_all_schedules_is_next_and_then_the_one_after_it() -> None:
    late = checkin("late", "21:00")
    assert next_of(late, checkin()) == NextMoment("evening_checkin", at("20:30"))
    assert next_of(late, checkin(), time="20:30") == NextMoment("late", at("21:00"))
    assert next_of(late, checkin(), time="21:00") == NextMoment("evening_checkin", at("20:30", "2026-11-20"))


def test_a_talk_of_the_year_is_found_and_without_a_schedule_there_is_nothing() -> None:
    yearly = checkin("yearly", triggers=[{"trigger": "schedule", "every": "year", "weekday": "sun", "at": "11:00"}])
    assert next_of(yearly) == NextMoment("yearly", at("11:00", "2027-01-03"))
    assert next_of(ritual()) is None


def test_what_is_put_off_is_next_and_once_more_only() -> None:
    evening = at_home(checkin(**ON_A_TILE)).answer("20:31", "later", "evening_checkin")
    assert evening.board.next == NextMoment("evening_checkin", at("20:46"))
    assert evening.tell("20:46").board.next == NextMoment("evening_checkin", at("20:30", "2026-11-20"))


@pytest.mark.parametrize("said", ["done", "not_today"])
def test_what_had_its_turn_today_comes_tomorrow(said: str) -> None:
    evening = at_home(checkin()).answer("18:00", said, "evening_checkin")
    assert evening.board.next == NextMoment("evening_checkin", at("20:30", "2026-11-20"))


def test_what_was_let_go_does_not_come() -> None:
    review = checkin("review", "18:00", offer={"channels": ["tile"], "reviews": True, "say": ["{ritual}?"]},
                     answers=["drop", "keep"])  # fmt: skip
    evening = at_home(checkin(), review).answer("17:30", "done", "evening_checkin").answer("18:01", "drop", "review")
    assert evening.state.past["evening_checkin"].dropped
    assert evening.board.next == NextMoment("review", at("18:00", "2026-11-20"))


def test_what_chance_decides_stays_a_surprise() -> None:
    assert next_of(checkin(triggers=[{"trigger": "time", "at": "19:30", "chance": 0.9}])) is None


def test_on_vacation_nothing_is_next_but_what_was_asked_for() -> None:
    away = household(vacation=["2026-11-19..2026-11-25"])
    assert next_of(checkin(), home=away) == NextMoment("evening_checkin", at("20:30", "2026-11-26"))
    asked = checkin(offer={"on_vacation": True})
    assert next_of(asked, home=away) == NextMoment("evening_checkin", at("20:30"))


def test_each_season_has_its_own_and_the_end_of_one_is_looked_beyond() -> None:
    rests = checkin(short=False)
    assert next_of(rests, home=household(season="simplified")) is None
    ends = household(season="simplified", season_until="2026-11-21")
    assert next_of(rests, home=ends) == NextMoment("evening_checkin", at("20:30", "2026-11-22"))
    apart = checkin(conditions=[{"condition": "season", "is": "apart"}])
    assert next_of(apart) is None
    assert next_of(apart, home=household(season="apart")) == NextMoment("evening_checkin", at("20:30"))


def test_a_schedule_is_not_searched_at_each_look() -> None:
    yearly = checkin("yearly", triggers=[{"trigger": "schedule", "every": "year", "weekday": "sun", "at": "11:00"}])
    evening = at_home(yearly)
    first = evening.engine.board(evening.state, at("18:00")).next
    assert evening.engine.board(evening.state, at("18:05")).next is first


# -- the card of the day -----------------------------------------------------------------------------------------------

CARDS = deck(*(f"card_{number}" for number in range(5)), {"id": "deep", "depth": 2})


def with_cards(seed: int = 7, **changes: Any) -> Evening:
    question = ritual("questions", card_of_day={"deck": "cards", "depth": 1}, **changes)
    return Evening(household(), (question,), replace(home_since_noon(), seed=seed), decks=CARDS)


def test_it_is_light_whatever_a_ritual_wants() -> None:
    """A tablet on the wall has other readers too, and nobody has chosen more for them."""
    question = ritual("questions", card_of_day={"deck": "cards", "depth": 3})
    only_deep = Evening(household(), (question,), home_since_noon(), decks=deck({"id": "deep", "depth": 2}))
    assert only_deep.board.card == ""


def cards_of(evening: Evening, days: int) -> list[str]:
    start = at("12:00")
    return [evening.engine.board(evening.state, start + timedelta(days=day)).card for day in range(days)]


def test_it_is_the_same_all_day_and_another_one_each_day_until_all_were_there() -> None:
    evening = with_cards()
    one_day = [at("04:00"), at("12:00"), at("03:59", "2026-11-20")]
    assert len({evening.engine.board(evening.state, when).card for when in one_day}) == 1
    first = (-date(2026, 11, 19).toordinal()) % 5
    days = cards_of(evening, 30)
    for begin in range(first, 25, 5):
        assert sorted(days[begin : begin + 5]) == [f"card_{number}" for number in range(5)]
    assert all(one != other for one, other in pairwise(days))
    assert len({tuple(days[begin : begin + 5]) for begin in range(first, 25, 5)}) > 1, "each round has its own order"


def test_another_household_has_another_order_and_nothing_else_changes_it() -> None:
    assert cards_of(with_cards(), 20) != cards_of(with_cards(seed=8), 20)
    evening, untouched = with_cards(), with_cards()
    evening.private("18:00", "depth", "alex", level=3).private("18:01", "depth", "sam", level=3)
    evening.answer("18:02", "done", "questions")
    assert cards_of(evening, 20) == cards_of(untouched, 20)


def test_a_ritual_that_rests_has_no_card() -> None:
    evening = with_cards(short=False)
    assert evening.board.card
    assert evening.season("18:00", "simplified").board.card == ""


# -- nothing private ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["pause", "resume", "less", "more", "depth", "bid"])
def test_a_private_act_changes_nothing_on_it(act: Any) -> None:
    evening = Evening(household(), (checkin(**ON_A_TILE), ritual(run={"timer": "1h"})), sam_is_out())
    evening.arrives("18:00").answer("18:05", "start").tell("20:31")
    before = evening.board
    evening.private("20:31", act, level=3, ritual="evening_checkin")
    assert evening.board == before
    assert evening.engine.board(evening.state, at("12:00", "2026-11-20")) == with_no_act(evening)


def with_no_act(evening: Evening) -> Board:
    return evening.engine.board(replace(evening.state, own={}), at("12:00", "2026-11-20"))
