"""Times of day through the year in five zones, weekdays, and the index that finds who is concerned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.core.evening import Evening, checkin, home_since_noon, household, ritual
from tests.fakes import at
from turntoward.core.rule_triggers import WEEKDAYS
from turntoward.core.rules import Ritual, Rulebook
from turntoward.core.triggers import Index, index

HALF_HOURS = tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30))
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Europe/London")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def indexed(*rituals: Ritual) -> Index:
    return index(Rulebook(rituals=rituals))


def every_half_hour() -> tuple[Ritual, ...]:
    return tuple(checkin(f"at_{time.replace(':', '')}", time) for time in HALF_HOURS)


def a_year(step: timedelta) -> Iterator[tuple[datetime, datetime]]:
    now = NEW_YEAR
    while now < NEW_YEAR + timedelta(days=365):
        yield now, now + step
        now += step


@pytest.mark.parametrize("zone", ZONES)
def test_each_time_comes_once_on_each_local_day_of_a_year(zone: str) -> None:
    home, found = household(zone=zone), indexed(*every_half_hour())
    steps = a_year(timedelta(hours=7))
    due = [d for after, until in steps for d in found.occurrences(home, after, until)]
    count = Counter((d.ritual.ritual, d.at.astimezone(ZoneInfo(zone)).date()) for d in due)
    assert set(count.values()) == {1}
    days = Counter(name for name, _ in count)
    assert len(days) == len(HALF_HOURS)
    assert set(days.values()) <= {365, 366}


@pytest.mark.parametrize("zone", ZONES)
def test_looking_ahead_finds_the_same_as_looking_back(zone: str) -> None:
    home, found = (
        household(zone=zone),
        indexed(checkin(time="02:30"), checkin("early", "00:00"), checkin("late", "01:30")),
    )
    ahead, now = [], NEW_YEAR
    while (following := found.next_occurrence(home, now)) is not None and following <= NEW_YEAR + timedelta(days=365):
        ahead.append(following)
        now = following
    back = {d.at for after, until in a_year(timedelta(days=1)) for d in found.occurrences(home, after, until)}
    assert ahead == sorted(back)


@pytest.mark.parametrize(
    ("zone", "time", "day", "fires"),
    [
        ("Europe/Berlin", "02:30", "2027-03-28", "03:00:00+02:00"),
        ("Europe/Berlin", "02:30", "2026-10-25", "02:30:00+02:00"),
        ("Europe/Berlin", "00:00", "2027-03-29", "00:00:00+02:00"),  # the night after the change
        ("America/New_York", "02:00", "2026-03-08", "03:00:00-04:00"),
        ("America/New_York", "01:30", "2026-11-01", "01:30:00-04:00"),
        ("Australia/Lord_Howe", "02:00", "2026-10-04", "02:30:00+11:00"),
        ("Australia/Lord_Howe", "01:30", "2026-04-05", "01:30:00+11:00"),
        ("Europe/London", "01:00", "2026-03-29", "02:00:00+01:00"),
        ("Asia/Tokyo", "02:30", "2026-03-29", "02:30:00+09:00"),
    ],
)
def test_the_nights_of_the_change(zone: str, time: str, day: str, fires: str) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)) - timedelta(minutes=1)
    after = midnight.astimezone(UTC)
    due = list(indexed(checkin(time=time)).occurrences(household(zone=zone), after, after + timedelta(hours=20)))
    assert [d.at.astimezone(ZoneInfo(zone)).isoformat() for d in due] == [f"{day}T{fires}"]


@pytest.mark.parametrize(
    ("weekdays", "days"),
    [
        ("thu", [19]),
        (["mon", "fri"], [20, 23]),
        (["sat", "sun"], [21, 22]),
        (list(WEEKDAYS), [19, 20, 21, 22, 23, 24, 25]),
    ],
)
def test_weekdays_are_those_of_the_wall_calendar(weekdays: object, days: list[int]) -> None:
    late = checkin(triggers=[{"trigger": "time", "at": "00:30", "weekdays": weekdays}])  # still yesterday in UTC
    home, found, week = household(), indexed(late), at("00:00")
    one_by_one = [week + timedelta(days=n) for n in range(7)]
    due = [d for day in one_by_one for d in found.occurrences(home, day, day + timedelta(days=1))]
    assert [d.at.astimezone(home.time_zone).day for d in due] == days


def test_an_occurrence_belongs_to_the_moment_it_is_due_and_not_to_the_one_before() -> None:
    home, found, due = household(), indexed(checkin()), at("20:30")
    assert [d.at for d in found.occurrences(home, due - timedelta(seconds=1), due)] == [due]
    assert list(found.occurrences(home, due, due + timedelta(seconds=1))) == []
    assert found.next_occurrence(home, due - timedelta(seconds=1)) == due
    assert found.next_occurrence(home, due) == at("20:30", "2026-11-20")


def test_after_a_long_gap_only_two_days_are_looked_at() -> None:
    found = list(indexed(checkin()).occurrences(household(), at("12:00", "2025-11-19"), at("12:00")))
    assert [d.at for d in found] == [at("20:30", "2026-11-17"), at("20:30", "2026-11-18")]


def test_occurrences_of_one_instant_come_in_the_order_of_names() -> None:
    found = indexed(checkin("b", "20:30"), checkin("a", "20:30"), checkin("c", "20:00"))
    due = found.occurrences(household(), at("19:00"), at("21:00"))
    assert [d.ritual.ritual for d in due] == ["c", "a", "b"]


def test_a_rulebook_without_times_has_no_next_one() -> None:
    assert indexed(ritual()).next_occurrence(household(), at("12:00")) is None


def test_a_weekly_time_is_found_a_week_ahead() -> None:
    weekly = checkin(triggers=[{"trigger": "time", "at": "20:30", "weekdays": "thu"}])
    assert indexed(weekly).next_occurrence(household(), at("20:30")) == at("20:30", "2026-11-26")


def test_each_trigger_is_found_by_what_sets_it_off() -> None:
    mixed = ritual(
        "dinner",
        triggers=[
            {"trigger": "reunion", "apart_for": "2h"},
            {"trigger": "state", "signal": "table", "is": "on"},
            {"trigger": "state", "signal": "table", "is": "off", "for": "5min"},
            {"trigger": "time", "at": "18:00", "weekdays": "sun"},
            {"trigger": "called"},
        ],
    )
    found = indexed(mixed, checkin())
    assert [(f.ritual.name, f.trigger.apart_for) for f in found.reunion] == [("dinner", timedelta(hours=2))]
    keys = ["dinner: table on 0s", "dinner: table off 5min"]
    assert [(w.key, w.sign.is_) for w in found.watches["table"]] == [(keys[0], "on"), (keys[1], "off")]
    assert list(found.watch_by_key) == keys
    assert [f.ritual.name for f in found.slots] == ["dinner", "evening_checkin"]


# -- a state trigger begins with a change that was seen ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "times"),
    [
        (["off", "on"], 1),
        (["off", "on", "off", "on"], 2),
        (["off", "on", "unavailable", "on"], 1),  # a sensor that comes back is no event
        (["off", "unavailable", "on"], 0),
        (["off", "on", "open"], 1),  # another word for the same
    ],
)
def test_a_value_is_an_event_only_when_it_was_another_before(values: list[str], times: int) -> None:
    dinner = ritual(
        "dinner",
        triggers=[{"trigger": "state", "signal": "table", "is": "on"}],
        offer={"after": 0, "valid_for": "30s", "channels": ["tile"]},
        limits={"cooldown": 0, "per_day": None},
    )
    evening = Evening(household(signals={"table": {}}), (dinner,), home_since_noon())
    for minute, value in enumerate(values):
        evening.signal(f"18:{minute:02}:00", "table", value).tell(f"18:{minute:02}:40")
    assert len([shown for shown in evening.shown if shown.endswith("offered")]) == times
