"""The waking hours of two people, each in the own zone, and what is moved into them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.evening import Evening, checkin, home_since_noon, household
from turntoward.core import waking
from turntoward.core.household import Household

ZONES = (None, "Europe/Berlin", "Asia/Tokyo", "America/Los_Angeles", "Pacific/Auckland", "Asia/Kathmandu")
NIGHTS = ("22:30-07:00", "21:00-09:00", "00:00-05:00")
INSTANTS = st.integers(0, 366 * 24 * 4).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + n * timedelta(minutes=15))


def two(first: str | None, second: str | None, quiet: str = "22:30-07:00") -> Household:
    zones = [{"zone": zone} if zone else {} for zone in (first, second)]
    return household(partners=[{"name": "Alex", **zones[0]}, {"name": "Sam", **zones[1]}], quiet_hours=quiet)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


def awake_in(zone: str | None, now: datetime) -> bool:
    """Outside 22:30-07:00 there, told without the code."""
    clock = now.astimezone(ZoneInfo(zone or "Europe/Berlin")).strftime("%H:%M")
    return "07:00" <= clock < "22:30"


@given(now=INSTANTS, first=st.sampled_from(ZONES), second=st.sampled_from(ZONES))
def test_both_are_awake_when_each_is(now: datetime, first: str | None, second: str | None) -> None:
    assert waking.both_awake(two(first, second), now) == (awake_in(first, now) and awake_in(second, now))


@pytest.mark.parametrize(
    ("second", "wanted", "moved"),
    [
        (None, "20:30", "20:30"),
        (None, "21:45", "21:45"),
        (None, "22:15", "21:45"),  # more than half an hour is left
        (None, "06:45", "07:00"),
        ("Asia/Tokyo", "20:30", "13:45"),  # 21:45 there; the next morning there is 23:00 here
        ("Asia/Tokyo", "12:00", "12:00"),
        ("Asia/Tokyo", "07:00", "07:00"),
        ("America/Los_Angeles", "20:30", "20:30"),
        ("America/Los_Angeles", "12:00", "16:00"),  # 07:00 there
        ("America/Los_Angeles", "07:30", "16:00"),  # 22:30 there, and before 07:00 it is quiet here
    ],
)
def test_the_nearest_time_at_which_both_are_awake(second: str | None, wanted: str, moved: str) -> None:
    found = waking.nearest(two(None, second), berlin(f"2026-11-19T{wanted}"))
    assert found == berlin(f"2026-11-19T{moved}")


@given(now=INSTANTS, second=st.sampled_from(ZONES), quiet=st.sampled_from(NIGHTS))
def test_nothing_nearer_would_do(now: datetime, second: str | None, quiet: str) -> None:
    home = two(None, second, quiet)

    def fits(moment: datetime) -> bool:
        return waking.both_awake(home, moment) and waking.both_awake(home, moment + waking.ROOM)

    found = waking.nearest(home, now)
    distance = abs(found - now) if found else timedelta(hours=12, minutes=15)
    assert found is None or fits(found)
    quarters = range(int(distance / timedelta(minutes=15)))
    assert not any(fits(now + sign * n * timedelta(minutes=15)) for n in quarters for sign in (1, -1))


@given(now=INSTANTS, second=st.sampled_from(ZONES))
def test_between_two_changes_nothing_changes(now: datetime, second: str | None) -> None:
    home = two(None, second)
    until = waking.next_change(home, now)
    assert now < until <= now + timedelta(days=1)
    minutes = int((until - now) / timedelta(minutes=15))
    assert {waking.both_awake(home, now + n * timedelta(minutes=15)) for n in range(minutes)} <= {
        waking.both_awake(home, now)
    }


NO_OVERLAP = two("Europe/Berlin", "Pacific/Auckland", "18:00-09:00")


def moved(home: Household, time: str, days: int = 1, start: str = "2026-11-19") -> list[str]:
    trigger = {"trigger": "time", "at": time, "both_awake": True}
    phone = checkin(triggers=[trigger], offer={"channels": ["tile"], "valid_for": "30min"}, conditions=[])
    evening = Evening(home, (phone,), home_since_noon("00:00", start))
    evening.tell(berlin(f"{start}T00:00") + timedelta(days=days) - timedelta(seconds=1))
    return [line.split()[0] for line in evening.shown if line.endswith("offered")]


def test_what_is_moved_is_offered_then_and_once_a_day() -> None:
    assert moved(two(None, "Asia/Tokyo"), "20:30", days=3) == ["13:45:00"] * 3
    assert moved(two(None, None), "20:30", days=3) == ["20:30:00"] * 3


def test_where_there_is_no_time_for_both_nothing_is_offered() -> None:
    assert waking.nearest(NO_OVERLAP, berlin("2026-11-19T20:30")) is None
    assert moved(NO_OVERLAP, "20:30", days=3) == []


def test_looking_for_a_time_that_never_comes_is_not_done_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[datetime] = []

    def counting(home: Household, wanted: datetime) -> None:
        asked.append(wanted)

    monkeypatch.setattr(waking, "nearest", counting)
    trigger = {"trigger": "time", "at": "20:30", "both_awake": True}
    evening = Evening(NO_OVERLAP, (checkin(triggers=[trigger]),), home_since_noon())
    evening.engine.next_wakeup(evening.state)
    once = len(asked)
    for _ in range(5):
        assert evening.engine.next_wakeup(evening.state) is None
    assert len(asked) <= 2 * once


@pytest.mark.parametrize(
    ("day", "clock"),
    [("2026-03-28", "15:00:00"), ("2026-03-30", "16:00:00"), ("2026-10-24", "16:00:00"), ("2026-10-26", "15:00:00")],
)
def test_where_only_one_of_two_zones_has_changed_its_clocks(day: str, clock: str) -> None:
    """Los Angeles is one hour nearer for a few weeks in spring (from 8 March on), and for one in autumn."""
    assert moved(two(None, "America/Los_Angeles"), "12:00", start=day) == [clock]
