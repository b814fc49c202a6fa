"""Civil time where it is odd: hours that do not exist, hours that come twice, zones that shift by half an hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turntoward.core import civil

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney", "Australia/Lord_Howe", "Europe/London", "Asia/Tokyo",
         "Asia/Kathmandu", "America/St_Johns", "Africa/Casablanca", "Asia/Beirut", "America/Santiago")  # fmt: skip


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "civil_time", "instant"),
    [
        ("Europe/Berlin", "2026-11-19 18:00", "2026-11-19 17:00"),
        ("Europe/Berlin", "2027-03-28 01:59", "2027-03-28 00:59"),
        ("Europe/Berlin", "2027-03-28 02:00", "2027-03-28 01:00"),  # does not exist: 03:00
        ("Europe/Berlin", "2027-03-28 02:30", "2027-03-28 01:00"),
        ("Europe/Berlin", "2027-03-28 02:59:59", "2027-03-28 01:00"),
        ("Europe/Berlin", "2027-03-28 03:00", "2027-03-28 01:00"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30"),  # comes twice: the first
        ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00"),
        ("America/New_York", "2027-03-14 02:30", "2027-03-14 07:00"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),
        ("Europe/London", "2027-03-28 01:15", "2027-03-28 01:00"),
        ("Australia/Sydney", "2026-10-04 02:30", "2026-10-03 16:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30"),  # half an hour: 02:30
        ("Australia/Lord_Howe", "2027-04-04 01:45", "2027-04-03 14:45"),
        ("Asia/Beirut", "2027-03-28 00:20", "2027-03-27 22:00"),  # the gap begins at midnight
        ("Asia/Tokyo", "2027-03-28 02:30", "2027-03-27 17:30"),  # no summer time at all
        ("Asia/Kathmandu", "2026-11-19 18:00", "2026-11-19 12:15"),
    ],
)
def test_the_instant_of_a_civil_time(zone: str, civil_time: str, instant: str) -> None:
    day, moment = datetime.fromisoformat(civil_time).date(), datetime.fromisoformat(civil_time).time()
    assert civil.instant(day, moment, ZoneInfo(zone)) == utc(instant)


days = st.dates(date(2015, 1, 1), date(2037, 12, 31))
times = st.times().map(lambda t: t.replace(microsecond=0))


@given(days, times, st.sampled_from(ZONES))
def test_an_instant_shows_its_civil_time_or_the_end_of_a_gap(day: date, moment: time, name: str) -> None:
    zone = ZoneInfo(name)
    there = civil.instant(day, moment, zone)
    shown = there.astimezone(zone).replace(tzinfo=None)
    wanted = datetime.combine(day, moment)
    assert timedelta() <= shown - wanted <= timedelta(hours=1)
    if shown == wanted:
        earlier = (there - timedelta(hours=1)).astimezone(zone).replace(tzinfo=None)
        assert earlier != wanted, "of two the first is meant"
    else:
        before = (there - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert before < wanted < shown, "nothing between the two exists"


@pytest.mark.parametrize(
    ("now", "moment", "then"),
    [
        ("2026-11-19 17:00:00", time(18), "2026-11-20 17:00"),  # it is 18:00 right now: tomorrow
        ("2026-11-19 16:59:59", time(18), "2026-11-19 17:00"),
        ("2027-03-28 00:30:00", time(2, 30), "2027-03-28 01:00"),
        ("2027-03-28 01:00:00", time(2, 30), "2027-03-29 00:30"),
        ("2026-10-25 00:30:00", time(2, 30), "2026-10-26 01:30"),  # the second 02:30 is none of ours
    ],
)
def test_the_next_time_the_clock_comes_there(now: str, moment: time, then: str) -> None:
    assert civil.next_at(moment, utc(now), ZoneInfo("Europe/Berlin")) == utc(then)


@given(days, times, times, st.sampled_from(ZONES))
def test_the_next_time_is_later_and_within_two_days(day: date, clock: time, moment: time, name: str) -> None:
    now = datetime.combine(day, clock, UTC)
    assert timedelta() < civil.next_at(moment, now, ZoneInfo(name)) - now < timedelta(days=2)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-19 02:59:59", "2026-11-18"),
        ("2026-11-19 03:00:00", "2026-11-19"),
        ("2026-11-19 23:30:00", "2026-11-19"),
        ("2027-03-28 01:59:59", "2027-03-27"),  # 03:59:59 in summer
        ("2027-03-28 02:00:00", "2027-03-28"),
    ],
)
def test_the_day_of_the_couple_begins_at_four(now: str, day: str) -> None:
    assert civil.logical_day(utc(now), ZoneInfo("Europe/Berlin")).isoformat() == day


@given(days, st.sampled_from(ZONES))
def test_a_day_begins_when_the_day_before_ends(day: date, name: str) -> None:
    start = civil.day_start(day, ZoneInfo(name))
    assert civil.logical_day(start, ZoneInfo(name)) == day
    assert civil.logical_day(start - timedelta(seconds=1), ZoneInfo(name)) == day - timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-10-25 00:29:59", "2026-10-24"),
        ("2026-10-25 00:30:00", "2026-10-25"),
        ("2026-10-25 01:00:00", "2026-10-25"),  # it is two again: the day that has begun goes on
        ("2026-10-25 01:29:59", "2026-10-25"),
        ("2026-10-25 01:30:00", "2026-10-25"),
    ],
)
def test_a_day_that_begins_in_an_hour_that_comes_twice_begins_once(now: str, day: str) -> None:
    assert civil.logical_day(utc(now), ZoneInfo("Europe/Berlin"), time(2, 30)).isoformat() == day


@given(days, times, times, st.sampled_from(ZONES))
def test_every_moment_lies_within_its_day(day: date, clock: time, starts: time, name: str) -> None:
    """Else something that is to wake up when the day is over would wake up again and again."""
    now, zone = datetime.combine(day, clock, UTC), ZoneInfo(name)
    today = civil.logical_day(now, zone, starts)
    tomorrow = civil.day_start(today + timedelta(days=1), zone, starts)
    assert civil.day_start(today, zone, starts) <= now < tomorrow
