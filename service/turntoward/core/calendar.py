"""Which days and times a `time` or `schedule` trigger means. Civil dates in, instants out; nothing is fired here."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from turntoward.core import civil, waking
from turntoward.core.chance import drawn
from turntoward.core.household import Household
from turntoward.core.rule_triggers import WEEKDAYS, Period, ScheduleTrigger, TimeTrigger

_MONTHS: dict[Period, tuple[int, ...]] = {
    "month": tuple(range(1, 13)),
    "quarter": (1, 4, 7, 10),
    "four_months": (1, 5, 9),
    "year": (1,),
}
"""The months in which a period begins."""


def instant_on(
    day: date, trigger: TimeTrigger | ScheduleTrigger, owner: str, household: Household, seed: int
) -> datetime | None:
    """Return when a trigger fires on a day, or None. `owner`: the ritual, which draws by itself."""
    zone = household.time_zone
    if isinstance(trigger, ScheduleTrigger):
        wanted = day + timedelta(days=trigger.ahead.days)
        return civil.instant(day, trigger.at, zone) if _is_first(wanted, trigger) else None
    if WEEKDAYS[day.weekday()] not in trigger.weekdays:
        return None
    if trigger.chance < 1 and drawn(seed, "time", owner, trigger.at, day) >= trigger.chance:
        return None
    at = civil.instant(day, trigger.at, zone)
    return waking.nearest(household, at) if trigger.both_awake else at


def _is_first(day: date, trigger: ScheduleTrigger) -> bool:
    begins_here = day.month in _MONTHS[trigger.every]
    return begins_here and day.day <= 7 and WEEKDAYS[day.weekday()] == trigger.weekday
