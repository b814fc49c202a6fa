"""Civil time: what the clock on the kitchen wall shows, in the household's zone.

Never the machine's zone, never the machine's clock. Times that do not exist (spring) mean the first valid minute
after the gap; times that exist twice (autumn) mean the first of the two.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_STARTS = time(4)
"""A day of the couple ends when they are asleep, not at midnight."""


def instant(day: date, moment: time, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a civil time on a day; see the module's words on gap and overlap."""
    civil = datetime.combine(day, moment, tzinfo=zone)
    there = civil.astimezone(UTC)
    if there.astimezone(zone).replace(tzinfo=None) == civil.replace(tzinfo=None):
        return there
    return _end_of_gap(there, zone)


def _end_of_gap(near: datetime, zone: ZoneInfo) -> datetime:
    # The offset changes once within these three hours; halve the span until the change is found.
    before, after = near - timedelta(hours=3), near + timedelta(hours=3)
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def next_at(moment: time, after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first UTC instant after another at which the household's clock comes to a time of day."""
    today = after.astimezone(zone).date()
    days = (today, today + timedelta(days=1), today + timedelta(days=2))
    return min(there for day in days if (there := instant(day, moment, zone)) > after)


def local(now: datetime, zone: ZoneInfo) -> datetime:
    """Return an instant as the household's clock shows it."""
    return now.astimezone(zone)


def logical_day(now: datetime, zone: ZoneInfo, starts: time = DAY_STARTS) -> date:
    """Return the day of the couple that an instant belongs to."""
    here = now.astimezone(zone)
    today = here.date()
    # In autumn an hour comes twice: a day that has begun in it does not end in it again.
    has_begun = here.time() >= starts or (here.fold and now >= day_start(today, zone, starts))
    return today if has_begun else today - timedelta(days=1)


def day_start(day: date, zone: ZoneInfo, starts: time = DAY_STARTS) -> datetime:
    """Return the UTC instant at which a logical day starts."""
    return instant(day, starts, zone)
