"""Which days a schedule means, chance by the day, and a next time that is the same however it is looked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.evening import Evening, checkin, home_since_noon, household
from turntoward.core import calendar
from turntoward.core.rule_triggers import WEEKDAYS, ScheduleTrigger, TimeTrigger
from turntoward.core.rules import Rulebook
from turntoward.core.triggers import Index, index

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(366)]
BERLIN = household()


def schedule(**words: Any) -> ScheduleTrigger:
    return ScheduleTrigger.model_validate({"trigger": "schedule", "at": "11:00", **words})


def days_of(trigger: ScheduleTrigger | TimeTrigger, days: list[date] = YEAR, seed: int = 0) -> list[str]:
    return [f"{day:%m-%d}" for day in days if calendar.instant_on(day, trigger, "owner", BERLIN, seed)]


# -- first Saturdays ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ({"every": "quarter"}, ["01-03", "04-04", "07-04", "10-03"]),
        ({"every": "four_months"}, ["01-03", "05-02", "09-05"]),
        ({"every": "year"}, ["01-03"]),
        ({"every": "year", "weekday": "thu"}, ["01-01"]),
        ({"every": "year", "weekday": "wed"}, ["01-07"]),
        ({"every": "quarter", "weekday": "sun", "ahead": "14d"}, ["03-22", "06-21", "09-20", "12-20"]),
        ({"every": "year", "ahead": "14d"}, ["12-19"]),  # of 2 January 2027
        ({"every": "year", "ahead": "1d"}, ["01-02", "01-01"]),  # of 3 January 2026 and of 2 January 2027
        ({"every": "quarter", "ahead": "5d"}, ["03-30", "06-29", "09-28", "12-28"]),
    ],
)
def test_the_first_such_weekday_of_a_period_and_so_many_days_before(words: dict[str, str], days: list[str]) -> None:
    assert days_of(schedule(**words)) == days


def test_every_month_has_one_in_its_first_week() -> None:
    for weekday in WEEKDAYS:
        found = days_of(schedule(every="month", weekday=weekday), YEAR[:365])
        assert [day[:2] for day in found] == [f"{month:02}" for month in range(1, 13)]
        assert {int(day[3:]) for day in found} <= set(range(1, 8))
        assert {WEEKDAYS[date.fromisoformat(f"2026-{day}").weekday()] for day in found} == {weekday}


@pytest.mark.parametrize(
    ("day", "clock", "fires"),
    [
        ("2027-03-27", "02:30", "2027-03-27T02:30:00+01:00"),
        ("2027-03-28", "02:30", "2027-03-28T03:00:00+02:00"),
        ("2026-10-25", "02:30", "2026-10-25T02:30:00+02:00"),
    ],
)
def test_a_time_of_day_in_the_night_of_the_change(day: str, clock: str, fires: str) -> None:
    trigger = TimeTrigger.model_validate({"trigger": "time", "at": clock})
    found = calendar.instant_on(date.fromisoformat(day), trigger, "owner", BERLIN, 0)
    assert found == datetime.fromisoformat(fires)


def test_two_weeks_ahead_it_is_offered_in_the_old_year_and_once() -> None:
    talk = checkin(
        "talk", triggers=[{"trigger": "schedule", "every": "year", "weekday": "sun", "at": "11:00", "ahead": "14d"}]
    )
    evening = Evening(BERLIN, (talk,), home_since_noon("12:00", "2026-12-01"))
    evening.tell(datetime(2027, 1, 31, 12, tzinfo=UTC))
    assert [f"{when:%Y-%m-%d %H:%M}" for when, action in evening.actions if action.channel == "speaker"] == [
        "2026-12-20 10:00"
    ]


# -- chance ------------------------------------------------------------------------------------------------------------

MANY = [date(2026, 1, 1) + timedelta(days=n) for n in range(4_000)]


def by_chance(chance: float) -> TimeTrigger:
    return TimeTrigger.model_validate({"trigger": "time", "at": "20:30", "chance": chance})


@pytest.mark.parametrize(("chance", "low", "high"), [(0.25, 918, 1_082), (0.5, 1_905, 2_095), (1, 4_000, 4_000)])
def test_on_how_many_days_it_comes(chance: float, low: int, high: int) -> None:
    assert low <= len(days_of(by_chance(chance), MANY, seed=5)) <= high  # 2.6 to 3 deviations to each side


def test_what_was_drawn_stays_drawn_and_others_draw_for_themselves() -> None:
    def days(owner: str, seed: int) -> list[date]:
        return [day for day in MANY if calendar.instant_on(day, by_chance(0.25), owner, BERLIN, seed)]

    assert days("one", 1) == days("one", 1)
    both = set(days("one", 1)) & set(days("two", 1))
    assert 190 < len(both) < 310  # a sixteenth: neither hangs on the other
    assert 190 < len(set(days("one", 1)) & set(days("one", 2))) < 310
    more = {day for day in MANY if calendar.instant_on(day, by_chance(0.5), "one", BERLIN, 1)}
    assert set(days("one", 1)) <= more


def test_chance_draws_no_run_of_days() -> None:
    found = [day for day in MANY if calendar.instant_on(day, by_chance(0.25), "one", BERLIN, 1)]
    neighbours = sum(later - earlier == timedelta(days=1) for earlier, later in pairwise(found))
    assert 190 < neighbours < 310


# -- the next one ------------------------------------------------------------------------------------------------------

CLOCKS = st.sampled_from([time(hour, minute) for hour in (0, 1, 2, 3, 4, 12, 22, 23) for minute in (0, 30)])
TIMES = st.fixed_dictionaries(
    {
        "trigger": st.just("time"),
        "at": CLOCKS.map(lambda clock: f"{clock:%H:%M}"),
        "weekdays": st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True),
        "both_awake": st.booleans(),
        "chance": st.sampled_from([1.0, 0.5, 0.1]),
    }
)
SCHEDULES = st.fixed_dictionaries(
    {
        "trigger": st.just("schedule"),
        "every": st.sampled_from(["month", "quarter", "four_months", "year"]),
        "weekday": st.sampled_from(WEEKDAYS),
        "at": CLOCKS.map(lambda clock: f"{clock:%H:%M}"),
        "ahead": st.sampled_from(["0s", "1d", "14d", "30d"]),
    }
)
FAR = household(partners=[{"name": "Alex"}, {"name": "Sam", "zone": "America/Los_Angeles"}])


def indexed(*triggers: dict[str, Any]) -> Index:
    return index(Rulebook(rituals=tuple(checkin(f"r{n}", triggers=[t]) for n, t in enumerate(triggers))))


def by_looking_at_every_day(found: Index, seed: int) -> list[datetime]:
    days = [date(2025, 12, 29) + timedelta(days=n) for n in range(380)]
    slots = [calendar.instant_on(day, f.trigger, f.ritual.name, FAR, seed) for f in found.slots for day in days]
    return sorted({at for at in slots if at and NEW_YEAR < at <= NEW_YEAR + timedelta(days=366)})


@settings(max_examples=25)
@given(triggers=st.lists(TIMES | SCHEDULES, min_size=1, max_size=3), seed=st.integers(0, 9))
def test_the_next_one_is_found_as_if_every_day_was_looked_at(triggers: list[dict[str, Any]], seed: int) -> None:
    found, expected, listed = indexed(*triggers), by_looking_at_every_day(indexed(*triggers), seed), []
    now: datetime | None = NEW_YEAR
    while (now := found.next_occurrence(FAR, now, seed)) is not None and now <= NEW_YEAR + timedelta(days=366):
        listed.append(now)
    assert listed == expected
    due = found.occurrences(FAR, NEW_YEAR + timedelta(days=100), NEW_YEAR + timedelta(days=102), seed)
    window = (NEW_YEAR + timedelta(days=100), NEW_YEAR + timedelta(days=102))
    assert sorted({d.at for d in due}) == [at for at in expected if window[0] < at <= window[1]]


@settings(max_examples=25)
@given(
    trigger=TIMES | SCHEDULES,
    asked=st.lists(st.tuples(st.integers(0, 365 * 24), st.integers(0, 2)), min_size=2, max_size=8),
)
def test_the_order_of_asking_changes_no_answer(trigger: dict[str, Any], asked: list[tuple[int, int]]) -> None:
    one = indexed(trigger)
    for hours, seed in asked:
        now = NEW_YEAR + timedelta(hours=hours)
        assert one.next_occurrence(FAR, now, seed) == indexed(trigger).next_occurrence(FAR, now, seed)
