"""What a signal says: on, off, not known, or nothing at all; and which words of a door are an opening."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.core.evening import home_since_noon, household, with_door
from tests.fakes import at
from turntoward.core import signals
from turntoward.core.events import SignalChanged
from turntoward.core.household import Household
from turntoward.core.state import HouseholdState

HOME = with_door(signals={"asleep.alex": {}, "lock": {"on": ["unlocked"]}})
NOW = at("18:00")


def told(state: HouseholdState, *words: tuple[str, str, str], home: Household = HOME) -> HouseholdState:
    for time, name, value in words:
        state = signals.changed(home, state, SignalChanged(name, value), at(time))
    return state


def seen(state: HouseholdState, value: str, changed_at: datetime | None, now: datetime = NOW) -> HouseholdState:
    return signals.changed(HOME, state, SignalChanged("entry_door", value, True, changed_at), now)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("asleep.alex", "on", "on"),
        ("asleep.alex", "off", "off"),
        ("asleep.alex", "unavailable", "unknown"),
        ("lock", "unlocked", "on"),
        ("lock", "on", "off"),
    ],
)
def test_what_it_says(name: str, value: str, says: str) -> None:
    assert signals.read(HOME, told(home_since_noon(), ("18:00", name, value)), name, NOW).says == says


def test_what_is_not_mapped_or_never_spoke_is_absent() -> None:
    state = told(home_since_noon(), ("18:00", "window", "on"))
    assert state.signals == {}
    assert [signals.read(HOME, state, name, NOW).says for name in ("window", "asleep.alex")] == ["absent", "absent"]


@pytest.mark.parametrize(("now", "says"), [("18:29:59", "unknown"), ("18:30:00", "absent")])
def test_not_knowing_is_waited_for_half_an_hour_whatever_its_word(now: str, says: str) -> None:
    state = told(home_since_noon(), ("18:00", "asleep.alex", "unavailable"), ("18:20", "asleep.alex", "unknown"))
    reading = signals.read(HOME, state, "asleep.alex", at(now))
    assert reading.says == says
    assert reading.until == (at("18:30") if says == "unknown" else None)


def test_who_speaks_again_is_heard_from_then_on() -> None:
    state = told(home_since_noon(), ("18:00", "asleep.alex", "unavailable"), ("18:20", "asleep.alex", "off"))
    assert signals.read(HOME, state, "asleep.alex", at("18:21")).since == at("18:20")


def test_the_same_word_again_keeps_its_age_and_the_state() -> None:
    state = told(home_since_noon(), ("18:00", "asleep.alex", "on"))
    assert told(state, ("18:05", "asleep.alex", "on")) is state


@pytest.mark.parametrize(
    ("words", "openings"),
    [
        ([("18:00", "on")], ["18:00"]),
        ([("18:00", "on"), ("18:01", "off")], ["18:00"]),
        ([("18:00", "on"), ("18:01", "on")], ["18:00", "18:01"]),  # it says again that it is open now
        ([("18:00", "off")], []),
        ([("18:00", "unavailable"), ("18:01", "on")], []),  # a sensor that came back
        ([("18:00", "unavailable"), ("18:01", "off"), ("18:02", "on")], ["18:02"]),
        ([("18:00", "open"), ("18:00", "open")], ["18:00"]),
    ],
)
def test_openings_as_they_happen(words: list[tuple[str, str]], openings: list[str]) -> None:
    state = told(home_since_noon(entry_door="off"), *[(time, "entry_door", value) for time, value in words])
    assert state.openings == tuple(at(time) for time in openings)


@pytest.mark.parametrize(
    ("before", "value", "age", "is_opening"),
    [
        ("off", "on", 60, True),
        ("off", "off", 60, True),  # it closed a minute ago, so it was open just before
        ("off", "off", 120, True),
        ("off", "off", 121, False),
        ("off", "on", 121, False),
        ("unavailable", "off", 10, False),  # a sensor that came back
        ("off", "unavailable", 10, False),
        ("off", "on", None, False),  # retained: nobody knows since when
    ],
)
def test_openings_found_afterwards(before: str, value: str, age: int | None, is_opening: bool) -> None:
    since = None if age is None else NOW - timedelta(seconds=age)
    state = seen(home_since_noon(entry_door=before), value, since)
    assert state.openings == ((since,) if is_opening else ())


def test_a_door_that_never_spoke_before_tells_of_no_opening() -> None:
    assert seen(home_since_noon(), "off", NOW - timedelta(seconds=10)).openings == ()


def test_the_same_snapshot_twice_is_one_opening() -> None:
    since = NOW - timedelta(seconds=30)
    state = seen(home_since_noon(entry_door="off"), "off", since)
    assert seen(state, "off", since, NOW + timedelta(seconds=20)).openings == (since,)


def test_openings_are_forgotten_when_they_can_explain_nothing_any_more() -> None:
    for later, kept in (("17:16:30", 2), ("17:16:31", 1)):
        state = told(home_since_noon(entry_door="off"), ("17:00", "entry_door", "on"), (later, "entry_door", "on"))
        assert len(state.openings) == kept
    for second in range(200):
        change = SignalChanged("entry_door", "on")
        state = signals.changed(HOME, state, change, at("17:31") + timedelta(seconds=second))
    assert len(state.openings) == 50


def test_every_entry_door_counts() -> None:
    home = household(signals={"entry_door.front": {}, "entry_door.garage": {}, "entry_doorbell": {}})
    state = home_since_noon()
    for name in home.signals:
        state = signals.changed(home, state, SignalChanged(name, "on"), NOW)
    assert state.openings == (NOW,)


@pytest.mark.parametrize(
    ("mapped", "required", "value", "now", "answer"),
    [
        (False, None, None, "18:00", False),
        (True, None, "off", "18:00", True),
        (True, None, None, "18:00", True),  # mapped, and has not said anything yet
        (True, None, "unavailable", "17:29:59", True),
        (True, None, "unavailable", "17:30:00", False),  # broken for long: better no door than no reunion
        (True, False, "off", "18:00", False),
        (False, True, None, "18:00", True),
    ],
)
def test_whether_a_door_is_asked_for(
    mapped: bool, required: bool | None, value: str | None, now: str, answer: bool
) -> None:
    home = household(signals={"entry_door": {}} if mapped else {}, presence={"require_door": required})
    state = home_since_noon()
    if value:
        state = signals.changed(home, state, SignalChanged("entry_door", value), at("17:00"))
    assert signals.door_required(home, state, at(now)) is answer
