"""From raw edges to belief: what is believed when, and which arrivals are reunions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest

from tests.core.evening import Evening, home_since_noon, household, ritual, sam_is_out, with_door
from tests.fakes import at
from turntoward.core import presence
from turntoward.core.events import PresenceChanged, Raw
from turntoward.core.household import Household
from turntoward.core.presence import Arrival
from turntoward.core.state import HouseholdState, Presence

OPEN = household(presence={"require_door": False})


def told(state: HouseholdState, *edges: tuple[str, str, Raw], home: Household = OPEN) -> HouseholdState:
    """Live edges, with everything confirmed that is due before each."""
    for time, partner, raw in edges:
        state, _ = presence.settle(home, state, at(time))
        state = presence.changed(home, state, PresenceChanged(partner, raw), at(time))
    return state


def arrivals(state: HouseholdState, until: str, home: Household = OPEN) -> list[Arrival]:
    return presence.settle(home, state, at(until))[1]


@pytest.mark.parametrize(("raw", "confirmed"), list(product(("home", "away", "unknown"), repeat=2)))
def test_what_a_first_word_makes_pending(raw: Raw, confirmed: Raw) -> None:
    was = {"sam": Presence(raw="unknown", confirmed=confirmed)}
    state = presence.changed(OPEN, HouseholdState(at("17:00"), presence=was), PresenceChanged("sam", raw), at("17:00"))
    due = {"home": at("17:01:30"), "away": at("17:10:00")}.get(raw)
    assert presence.next_confirmation(OPEN, state) == (due if raw != confirmed else None)


def test_the_same_word_again_changes_nothing() -> None:
    state = told(sam_is_out(), ("18:00", "sam", "home"))
    assert presence.changed(OPEN, state, PresenceChanged("sam", "home"), at("18:00:30")) is state


def test_a_stranger_changes_nothing() -> None:
    state = sam_is_out()
    assert presence.changed(OPEN, state, PresenceChanged("kim", "home"), at("18:00")) is state


def test_unknown_stops_the_clock_and_changes_nothing_else() -> None:
    state = told(sam_is_out(), ("18:00", "sam", "home"), ("18:01", "sam", "unknown"))
    assert presence.next_confirmation(OPEN, state) is None
    assert state.presence["sam"].confirmed == "away"
    again = told(state, ("18:02", "sam", "home"))
    assert presence.next_confirmation(OPEN, again) == at("18:03:30")


def test_a_short_absence_is_no_absence() -> None:
    state = told(home_since_noon(), ("18:00", "sam", "away"), ("18:09:59", "sam", "home"))
    assert presence.next_confirmation(OPEN, state) is None
    assert state.presence["sam"].left_at is None
    assert state.apart_since is None


def test_away_is_dated_back_to_its_edge() -> None:
    state, _ = presence.settle(OPEN, told(home_since_noon(), ("18:00", "sam", "away")), at("18:10"))
    assert (state.presence["sam"].left_at, state.apart_since) == (at("18:00"), at("18:00"))


def test_apart_begins_with_who_left_first_and_ends_with_both_home() -> None:
    state = told(
        home_since_noon(),
        ("08:00", "alex", "away"),
        ("09:00", "sam", "away"),
        ("12:00", "alex", "home"),
        ("13:00", "alex", "away"),
        ("16:00", "alex", "home"),
        ("18:00", "sam", "home"),
    )
    (reunion,) = arrivals(state, "18:10")
    assert (reunion.refusal, reunion.apart, reunion.kind) == ("", timedelta(hours=10), "one_was_home")
    assert presence.settle(OPEN, state, at("18:10"))[0].apart_since is None


def test_both_believed_in_one_go_are_confirmed_in_the_order_of_time() -> None:
    state = told(sam_is_out(), ("08:00", "alex", "away"), ("18:00:30", "alex", "home"), ("18:00", "sam", "home"))
    assert [(a.at, a.refusal) for a in arrivals(state, "20:00")] == [
        (at("18:01:30"), "other_away"),
        (at("18:02:00"), ""),
    ]


@pytest.mark.parametrize(
    ("left", "home", "kind"),
    [
        ("14:00", "18:00", "joint_outing"),
        ("14:10", "18:10", "joint_outing"),
        ("14:11", "18:10", "joint_arrival"),
        ("14:10", "18:11", "one_was_home"),
    ],
)
def test_the_kind_of_a_reunion(left: str, home: str, kind: str) -> None:
    state = told(
        home_since_noon("13:00"),
        ("14:00", "alex", "away"),
        (left, "sam", "away"),
        ("18:00", "alex", "home"),
        (home, "sam", "home"),
    )
    assert arrivals(state, "18:15")[-1].kind == kind


def snapshot(state: HouseholdState, raw: Raw, age: timedelta | None, now: datetime) -> HouseholdState:
    since = None if age is None else now - age
    return presence.changed(OPEN, state, PresenceChanged("sam", raw, True, since), now)


@pytest.mark.parametrize(
    ("age", "believed", "live"),
    [
        (None, "home", False),  # retained: nobody knows since when
        (timedelta(seconds=121), "home", False),
        (timedelta(seconds=120), "away", True),
        (timedelta(0), "away", True),
        (timedelta(seconds=-5), "away", True),  # a clock over there that is ahead
    ],
)
def test_somebody_found_at_home(age: timedelta | None, believed: Raw, live: bool) -> None:
    found = snapshot(sam_is_out(), "home", age, at("18:00")).presence["sam"]
    assert (found.confirmed, found.live) == (believed, live)
    assert found.raw_since is not None
    assert found.raw_since <= at("18:00")


def test_somebody_found_away_left_when_the_source_says() -> None:
    state = snapshot(home_since_noon(), "away", timedelta(hours=2), at("18:00"))
    state, _ = presence.settle(OPEN, state, at("18:00"))
    assert state.apart_since == at("16:00")


def test_whom_nobody_knew_is_never_met_again() -> None:
    blank = replace(sam_is_out(), presence={"alex": sam_is_out().presence["alex"]})
    state = presence.changed(OPEN, blank, PresenceChanged("sam", "home"), at("18:00"))
    assert [a.refusal for a in arrivals(state, "18:10")] == ["not_seen"]


def test_a_hold_waits_and_an_arrival_that_grows_old_in_it_is_not_greeted() -> None:
    state = told(sam_is_out(), ("18:00", "sam", "home"))
    held = presence.hold(OPEN, state, "home", at("18:01"))
    assert presence.next_confirmation(OPEN, held) == at("18:03")
    assert [a.refusal for a in arrivals(held, "18:03")] == [""]
    again = presence.hold(OPEN, held, "home", at("18:02:01"))
    assert [(a.at, a.refusal) for a in arrivals(again, "18:10")] == [(at("18:04:01"), "not_seen")]


def test_the_hold_of_one_source_is_not_that_of_another() -> None:
    state = presence.hold(OPEN, told(sam_is_out(), ("18:00", "sam", "home")), "mqtt", at("18:01"))
    assert presence.next_confirmation(OPEN, state) == at("18:01:30")
    late = presence.hold(OPEN, presence.hold(OPEN, state, "home", at("18:01")), "mqtt", at("18:02:30"))
    assert [(a.at, a.refusal) for a in arrivals(late, "18:10")] == [(at("18:03"), "")]


@pytest.mark.parametrize(
    ("openings", "refusal", "believed_at"),
    [
        ([], "door_silent", "18:01:30"),
        (["17:49:59"], "no_door", "18:01:30"),
        (["17:50:00"], "", "18:00:15"),
        (["18:00:30"], "", "18:00:45"),
        (["18:01:20"], "", "18:01:30"),
        (["17:56", "18:01:20"], "", "18:00:15"),
    ],
)
def test_the_door(openings: list[str], refusal: str, believed_at: str) -> None:
    state = told(sam_is_out(), ("18:00", "sam", "home"))
    state = replace(state, openings=tuple(at(time) for time in openings))
    (arrival,) = arrivals(state, "18:10", with_door())
    assert (arrival.refusal, arrival.at) == (refusal, at(believed_at))


def merged_by_home_assistant(trackers: list[tuple[str, bool]]) -> Raw:
    """How a `person` follows its trackers: whoever says home and is no GPS, else the last GPS, else the last one.

    Each tracker is what it says and whether it is a GPS, the latest last.
    """
    speaking = [(says, gps) for says, gps in trackers if says not in ("unknown", "unavailable")]
    if any(says == "home" and not gps for says, gps in speaking):
        return "home"
    located = [says for says, gps in speaking if gps] or [says for says, _ in speaking]
    return "unknown" if not located else "home" if located[-1] == "home" else "away"


ROUTER_LATE = [  # time, what the GPS says, what the router says
    ("18:00", "home", "home"),
    ("18:02", "not_home", "home"),  # gone, but the router believes for three minutes more
    ("18:05", "not_home", "not_home"),
    ("18:40", "not_home", "home"),  # Wi-Fi is first at the door
    ("18:43", "home", "home"),
]


def test_a_router_that_lags_makes_leaving_late_and_arriving_early() -> None:
    edges = [(time, "sam", merged_by_home_assistant([(wifi, False), (gps, True)])) for time, gps, wifi in ROUTER_LATE]
    assert [edge[2] for edge in edges] == ["home", "home", "away", "home", "home"]
    (reunion,) = arrivals(told(home_since_noon("17:00"), *edges[:-1]), "18:43")
    assert (reunion.at, reunion.apart) == (at("18:41:30"), timedelta(minutes=35))


@pytest.mark.parametrize(
    ("trackers", "raw"),
    [
        ([("home", False), ("not_home", True)], "home"),
        ([("not_home", False), ("home", True)], "home"),
        ([("not_home", False), ("Work", True)], "away"),
        ([("unavailable", False), ("home", True)], "home"),
        ([("unavailable", False), ("unknown", True)], "unknown"),
        ([], "unknown"),
    ],
)
def test_a_person_as_home_assistant_merges_it(trackers: list[tuple[str, bool]], raw: Raw) -> None:
    state = presence.changed(
        OPEN, sam_is_out(), PresenceChanged("sam", merged_by_home_assistant(trackers)), at("18:00")
    )
    assert state.presence["sam"].raw == raw


def test_both_confirmed_home_needs_both_to_be_known() -> None:
    assert presence.both_confirmed_home(OPEN, home_since_noon())
    assert not presence.both_confirmed_home(OPEN, sam_is_out())
    assert not presence.both_confirmed_home(OPEN, replace(home_since_noon(), presence={}))


def test_a_door_that_never_told_anything_is_suspected_itself() -> None:
    silent = Evening(with_door(), (ritual(),), sam_is_out()).arrives("18:30:20").tell("18:31:50")
    assert any("check whether its entity or topic is right" in thought for thought in silent.thoughts)
    closed = Evening(with_door(), (ritual(),), sam_is_out(entry_door="off")).arrives("18:30:20").tell("18:31:50")
    assert any("no entry door was opened" in thought for thought in closed.thoughts)
