"""A time-out: it names a time to come back, silences the rest, asks each in private, and leaves nothing behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.core.evening import Evening, break_, checkin, home_since_noon, household, ritual
from tests.fakes import at
from turntoward.core.actions import TellStep
from turntoward.core.events import TimePassed
from turntoward.core.rules import Ritual
from turntoward.core.state import state_to_json

MINUTES = timedelta(minutes=1)


def called(lasts: int | None = None, *rituals: Ritual, **changes: Any) -> Evening:
    """A time-out that was called at 18:10."""
    evening = Evening(household(), (break_(**changes), *rituals), home_since_noon())
    return evening.answer("18:10", "start", "time_out", lasts * MINUTES if lasts else None)


def asked(evening: Evening) -> list[str]:
    return sorted({line.split()[0] for line in evening.asks})


# -- how long ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lasts", "text", "asks"),
    [
        (None, "Break until 18:30.", at("18:30")),
        (5, "Break until 18:30.", at("18:30")),
        (21, "Break until 18:31.", at("18:31")),
        (30, "Break until 18:40.", at("18:40")),
        (24 * 60, "Break until 18:10.", at("18:10", "2026-11-20")),
        (48 * 60, "Break until 18:10.", at("18:10", "2026-11-20")),
    ],
)
def test_it_lasts_as_long_as_was_said_from_the_answer_on(lasts: int | None, text: str, asks: datetime) -> None:
    evening = called(lasts)
    assert evening.texts == [text]
    assert evening.tell(asks - timedelta(seconds=1)).asks == []
    clock = f"{asks + timedelta(hours=1):%H:%M:%S}"
    assert evening.tell(asks).asks == [f"{clock} alex ready", f"{clock} sam ready"]


def test_an_elapsed_time_is_what_it_says_in_the_night_of_the_change() -> None:
    evening = Evening(household(), (break_(),), home_since_noon("01:00", "2026-10-24"))
    start = datetime.fromisoformat("2026-10-25T02:50:00+02:00")
    evening.answer(start, "start", "time_out", 30 * MINUTES).tell(start + 30 * MINUTES)
    assert evening.texts == ["Break until 02:20."]
    assert asked(evening) == ["02:20:00"]


# -- both are asked ----------------------------------------------------------------------------------------------------


def test_both_ready_ends_it_whatever_the_order() -> None:
    for first, second in (("alex", "sam"), ("sam", "alex")):
        evening = called().tell("18:30").private("18:31", "ready", first).private("18:31:30", "ready", first)
        assert evening.told == ["started"]
        evening.private("18:32", "ready", second)
        assert (evening.told, evening.state.occasions) == (["started", "done"], {})
        assert evening.shown == ["18:10:00 running", "18:32:00 idle"]


def test_ready_before_anybody_is_asked_is_not_kept() -> None:
    evening = called().private("18:15", "ready", "alex").private("18:15", "more_time", "sam").tell("18:30")
    assert evening.texts == ["Break until 18:30."]
    evening.private("18:31", "ready", "sam")
    assert evening.told == ["started"]


@pytest.mark.parametrize(
    ("said", "again"), [("18:41", "19:00"), ("18:54:59", "19:00"), ("18:55", "19:15"), ("18:57", "19:20")]
)
def test_more_time_names_a_new_time_for_both(said: str, again: str) -> None:
    evening = called(30).tell("18:40").private("18:40:30", "ready", "alex").private(said, "more_time", "sam")
    assert evening.texts == ["Break until 18:40.", f"Break until {again}."]
    assert evening.told == ["started", "prolonged"]
    evening.tell(again)
    assert asked(evening) == ["18:40:00", f"{again}:00"]
    evening.private(f"{again}:30", "ready", "sam")
    assert evening.told == ["started", "prolonged"]  # who was ready before is asked again
    assert evening.private(f"{again}:40", "ready", "alex").told[-1] == "done"


def test_nobody_sees_who_wants_more() -> None:
    def wanting_more(partner: str) -> Evening:
        other = {"alex": "sam", "sam": "alex"}[partner]
        evening = called().tell("18:30").private("18:31", "ready", other).private("18:32", "more_time", partner)
        return evening.tell("18:55")

    one, other = wanting_more("alex"), wanting_more("sam")
    assert (one.actions, one.entries, one.state) == (other.actions, other.entries, other.state)


def test_more_time_ends_at_the_most_and_then_it_closes_by_itself() -> None:
    evening = called(30, run={"time_out": {"at_most": "60min", "asks_for": "30min"}})
    evening.private("18:41", "more_time").private("19:01", "more_time")
    assert evening.texts == ["Break until 18:40.", "Break until 19:00.", "Break until 19:10."]
    evening.private("19:11", "more_time").tell("19:39:59")
    assert len(evening.texts) == 3
    assert evening.told == ["started", "prolonged", "prolonged"]
    assert evening.tell("19:40").told[-1] == "stopped"


def test_where_nobody_answers_it_closes_quietly() -> None:
    evening = called().private("18:31", "ready", "alex").tell("20:29:59")
    assert evening.told == ["started"]
    assert evening.tell("20:30").told == ["started", "stopped"]
    assert evening.shown == ["18:10:00 running", "20:30:00 idle"]


@pytest.mark.parametrize("when", ["18:11", "18:30", "18:31"])
def test_anybody_may_stop_it_at_any_time(when: str) -> None:
    evening = called().answer(when, "stop", "time_out").tell("23:00")
    assert evening.told == ["started", "stopped"]
    assert evening.state.occasions == {}


@pytest.mark.parametrize("when", ["18:15", "18:35"])
def test_calling_it_twice_is_calling_it_once(when: str) -> None:
    evening = called(25).tell(when).answer(when, "start", "time_out", timedelta(hours=5)).tag(when, "time_out")
    evening.tell("18:36")
    assert evening.texts == ["Break until 18:35."]
    assert evening.told == ["started"]


# -- everything else ---------------------------------------------------------------------------------------------------


def test_what_waits_waits_on_and_what_was_offered_is_taken_back() -> None:
    phone = checkin("asks", "18:00", offer={"channels": ["phone", "tile"]})
    waits = checkin("waits", "18:20", limits={"min_gap": "0s"})
    evening = called(30, phone, waits)
    assert evening.shown == ["18:00:00 offered", "18:10:00 running", "18:10:00 idle"]
    assert [when for when, action in evening.actions if action.kind == "clear_notice"] == [at("18:10")]
    assert evening.tell("18:45").said == []
    assert evening.answer("18:46", "stop", "time_out").said == ["18:46:00"]


def test_a_manual_start_of_another_ritual_is_refused_until_it_is_over() -> None:
    evening = called(30, ritual()).answer("18:20", "start").tell("18:40").answer("18:41", "start")
    assert evening.told == ["started"]
    assert evening.answer("18:42", "stop", "time_out").answer("18:43", "start").told == [
        "started",
        "stopped",
        "started",
    ]


def test_what_runs_ends_with_it_and_says_nothing_more() -> None:
    wait = {"action": "wait", "for": "5min"}
    steps = [
        wait,
        {"action": "announce", "say": "aloud"},
        {"action": "notify"},
        wait,
        {"action": "announce", "say": "x"},
    ]
    evening = Evening(household(), (ritual(run={"timer": 0, "steps": steps}), break_()), home_since_noon())
    evening.answer("18:08", "start").answer("18:10", "start", "time_out").tell("18:14")
    evening.answer("18:15", "stop", "time_out").tell("20:00")
    assert (evening.words, evening.notices) == ([], [])
    assert evening.told == ["started", "started", "stopped", "stopped"]


@pytest.mark.parametrize(("at_time", "said"), [("19:31:59", []), ("19:32:00", ["19:32:00"])])
def test_gestures_of_closeness_wait_an_hour_and_other_rituals_do_not(at_time: str, said: list[str]) -> None:
    close = checkin("close", "18:33", affection=True, limits={"min_gap": "0s"})
    other = checkin("other", "18:34", offer={"channels": ["tile"]})
    evening = called(None, close, other).private("18:31", "ready", "alex").private("18:32", "ready", "sam")
    evening.tell(at_time)
    assert evening.said == said
    assert evening.shown[-1] == "18:34:00 offered"


# -- what is left of it ------------------------------------------------------------------------------------------------


def states_after(evening: Evening) -> Evening:
    return evening.tell("18:30").private("18:31", "more_time").private("18:51", "ready", "alex")


def test_when_the_next_day_begins_nothing_is_left() -> None:
    """That moment tells nothing of when there was a break; a day after its end would tell it to the second."""
    plain = Evening(household(), (break_(),), home_since_noon()).tell("18:00")
    evening = states_after(called()).private("18:52", "ready", "sam")
    assert "time_out" in state_to_json(evening.tell(at("03:59:59", "2026-11-20")).state)
    left = evening.tell(at("04:00", "2026-11-20")).state
    assert "time_out" not in state_to_json(left)
    untouched = plain.tell(left.now).state
    assert replace(left, counter=0) == replace(untouched, counter=0)


@pytest.mark.parametrize("closed", ["00:30", "02:00", "04:30", "12:00"])
def test_a_day_after_its_end_nothing_is_left_whenever_it_was(closed: str) -> None:
    """The time from which closeness may be offered again would tell it as well."""
    evening = Evening(household(), (break_(),), home_since_noon("00:01"))
    evening.answer("00:05", "start", "time_out", timedelta(hours=20)).answer(closed, "stop", "time_out")
    left = evening.tell(at(closed, "2026-11-20")).state
    assert ("time_out" in state_to_json(left), left.affection_from) == (False, None)


def test_forgetting_needs_no_other_reason_to_wake_up() -> None:
    evening = called().answer("18:20", "stop", "time_out")
    while (wakeup := evening.engine.next_wakeup(evening.state)) and wakeup < at("00:00", "2026-11-23"):
        evening.after_a_gap(wakeup, TimePassed())
    assert "time_out" not in state_to_json(evening.state)


def test_whatever_is_told_of_it_is_for_a_day_only() -> None:
    close = checkin("close", "18:45", affection=True)
    evening = states_after(called(None, checkin("asks", "18:00"), checkin("waits", "18:20"), close, ritual()))
    evening.answer("18:21", "start").private("18:52", "ready", "sam").tell("23:00")
    about = [e for e in evening.entries if e.ritual == "time_out" or "time_out" in e.reason]
    assert {e.ritual for e in about} >= {"time_out", "asks", "waits", "close"}
    assert [e for e in about if not e.fleeting] == []


@pytest.mark.parametrize("phase", ["offered", "running"])
def test_what_it_took_back_does_not_remember_when(phase: str) -> None:
    """An end in the middle of a window would tell of a time-out for as long as that ritual rests."""
    asks = checkin(
        "asks", "18:00", offer={"channels": ["tile"]}, run={"steps": [{"action": "announce", "say": "One."}]}
    )
    evening = Evening(household(), (break_(), asks), home_since_noon()).tell("18:01")
    if phase == "running":
        evening.answer("18:02", "start", "asks")
    evening.answer("18:07:13", "start", "time_out").tell(at("18:16", "2026-11-20"))
    assert "17:07:13" not in state_to_json(evening.state)


def test_of_a_time_out_that_is_switched_off_nothing_is_left_either() -> None:
    evening = called()
    evening.rituals = ()
    evening.live_in(household()).tell("18:15").tell(at("18:16", "2026-11-20"))
    assert "time_out" not in state_to_json(evening.state)


def test_no_id_tells_the_day() -> None:
    evening = states_after(called()).private("18:52", "ready", "sam")
    assert [a.id for _, a in evening.actions if "2026" in a.id] == []
    steps = [a for _, a in evening.actions if isinstance(a, TellStep)]
    assert len({a.id for a in steps}) == len(steps) == 3


# -- nothing breaks it -------------------------------------------------------------------------------------------------


def a_break(restart: str = "") -> Evening:
    happens = [("18:31:00", "alex ready"), ("18:31:10", "sam more_time"), ("18:51:00", "sam ready")]
    happens += [("18:52:00", "alex ready")] + ([(restart, "restart")] if restart else [])
    evening = called()
    for time, what in sorted(happens):
        partner, _, act = what.partition(" ")
        evening.tell(time)
        evening.restarts(time) if what == "restart" else evening.private(time, act, partner)
    return evening.tell("19:00")


@pytest.mark.parametrize("when", ["18:10:30", "18:29:59", "18:30:30", "18:31:05", "18:49:59", "18:51:30"])
def test_a_restart_changes_nothing(when: str) -> None:
    restarted, untroubled = a_break(when), a_break()
    assert untroubled.told == ["started", "prolonged", "done"]
    assert asked(untroubled) == ["18:30:00", "18:50:00"]
    assert restarted.actions == untroubled.actions
