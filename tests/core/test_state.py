"""The state survives JSON, to the microsecond, and a clock that is set moves all of it."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.core.evening import Evening, checkin, home_since_noon, household, ritual, with_door
from tests.fakes import at
from turntoward.core.events import ServiceStarted, SourceLost
from turntoward.core.state import ChosenSeason, HouseholdState, Own, SceneAsked, shift, state_from_json, state_to_json


def full_state() -> HouseholdState:
    """A state in which every field holds something: offered, running, done, held, awaited, lost."""
    dinner = ritual("dinner", triggers=[{"trigger": "state", "signal": "table", "is": "on", "for": "9h"}])
    home = with_door(signals={"table": {}})
    evening = Evening(home, (ritual(), checkin(), dinner), home_since_noon(entry_door="off", table="off"))
    evening.signal("17:10", "table", "on").leaves("17:20").signal("19:00", "entry_door", "on").arrives("19:00:10")
    evening.answer("19:00:30", "done", "evening_checkin").tell("19:02").leaves("19:02:30", "alex").tell("19:12:30")
    evening.answer("19:13", "start").after_a_gap("19:13:05", ServiceStarted(("home", "mqtt")))
    evening.tell("19:13:06", SourceLost("mqtt"))
    return replace(
        evening.state,
        seed=2**128 - 1,
        season=ChosenSeason("simplified", date(2026, 12, 1)),
        own={"sam": Own(True, at("20:00"), 2, ("dinner",), ((date(2026, 11, 19), True),))},
        resting_on=date(2026, 11, 18),
        counter=3,
        rest_owed=1,
        rest_owed_on=date(2026, 11, 17),
        turns={"dinner": "sam"},
        drawn={"questions": {"small_joy": at("12:00")}},
        affection_from=at("19:30"),
        quiet_on=date(2026, 11, 19),
        scenes_asked={"dinner-2026-11-19-1-run-0": SceneAsked("dinner", "dinner-2026-11-19-1", "dinner")},
        unanswered=2,
    )


def test_every_field_is_filled_and_survives() -> None:
    state = full_state()
    assert [f.name for f in fields(state) if not getattr(state, f.name)] == []
    assert state_from_json(state_to_json(state)) == state
    assert state_to_json(state_from_json(state_to_json(state))) == state_to_json(state)


def test_what_is_no_state_is_refused() -> None:
    for text in (
        "",
        "{}",
        "[]",
        '{"now": "soon"}',
        '{"now": "2026-11-19T18:00:00Z", "presence": {"sam": {"raw": "work"}}}',
    ):
        with pytest.raises(ValidationError):
            state_from_json(text)


def test_a_state_of_an_older_version_lacks_a_field_and_is_read() -> None:
    older = json.loads(state_to_json(full_state()))
    del older["awaited"], older["past"]["reunion_hug"]["spoken"]
    assert state_from_json(json.dumps(older)).past["reunion_hug"].spoken == {}


def test_no_history_is_kept() -> None:
    evening = Evening(with_door(), (ritual(),), home_since_noon("07:00", entry_door="off"))
    for hour in range(8, 22):
        evening.leaves(f"{hour:02}:00").signal(f"{hour:02}:19", "entry_door", "on").arrives(f"{hour:02}:20")
    state = evening.state
    told = state_to_json(state)
    assert len(state.openings) == 1
    assert told.count("T") < 25, "an instant for each edge would be many more"


instants = st.integers(0, 480_000_000).map(lambda seconds: at("00:00", "2020-01-01") + timedelta(seconds=seconds))


@given(instants, st.timedeltas(timedelta(-400), timedelta(400)))
def test_a_shift_there_and_back_is_no_shift(now: datetime, by: timedelta) -> None:
    state = full_state()
    moved = shift(state, by)
    assert shift(moved, -by) == state
    assert moved.now == state.now + by
    assert moved.occasions["reunion_hug"].ends_at == (state.occasions["reunion_hug"].ends_at or now) + by


def test_a_shift_moves_instants_and_leaves_days_and_words() -> None:
    state, by = full_state(), timedelta(days=3, seconds=1)
    moved = shift(state, by)
    assert moved.past["reunion_hug"].day == state.past["reunion_hug"].day
    assert moved.past["evening_checkin"].offered == tuple(t + by for t in state.past["evening_checkin"].offered)
    assert moved.held_until == {name: t + by for name, t in state.held_until.items()}
    assert (moved.shown, moved.awaited) == (state.shown, state.awaited)


@given(st.integers(0, 999_999), st.sampled_from(["UTC", "+01:00"]))
def test_microseconds_and_other_zones_come_back_as_the_same_instant(micro: int, zone: str) -> None:
    now = at("18:00").replace(microsecond=micro)
    if zone != "UTC":
        now = now.astimezone(household().time_zone)
    assert state_from_json(state_to_json(HouseholdState(now))).now == now
