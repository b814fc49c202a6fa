"""The waking hours of two people, each in the own zone, and the evening that is to be quiet.

Where they are is told by the household, never found out.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from turntoward.core import civil
from turntoward.core.household import Household, Season
from turntoward.core.state import HouseholdState

_STEP = timedelta(minutes=15)
_FARTHEST = timedelta(hours=12)
ROOM = timedelta(minutes=30)
"""What is moved into the waking hours of both has to have this much time left in them."""


def both_awake(household: Household, now: datetime) -> bool:
    """Whether it is outside the quiet hours for both, each in the own zone."""
    quiet = household.quiet_hours
    return not any(
        quiet.contains(civil.local(now, household.zone_of(partner)).time()) for partner in household.partner_ids
    )


def nearest(household: Household, wanted: datetime) -> datetime | None:
    """Return the time nearest to `wanted` at which both are awake, and still are for a while; None where there is none.

    Looked for in steps of a quarter of an hour, first after and then before: who would have to get up early waits.
    """
    away = timedelta()
    while away <= _FARTHEST:
        for moment in (wanted + away, wanted - away):
            if both_awake(household, moment) and both_awake(household, moment + ROOM):
                return moment
        away += _STEP
    return None


def quiet_from(household: Household, season: Season, now: datetime) -> datetime:
    """Return when the next quiet hours begin, in the season `apart` in the zone where that is sooner."""
    zones = [household.time_zone]
    if season == "apart":
        zones += [household.zone_of(partner) for partner in household.partner_ids]
    return min(civil.next_at(household.quiet_hours.start, now, zone) for zone in zones)


def quiet_evening_until(household: Household, state: HouseholdState, now: datetime) -> datetime | None:
    """Return when the quiet evening is over that somebody has asked for, or None where nobody has."""
    return household.day_after(now) if state.quiet_on == household.logical_day(now) else None


def next_change(household: Household, now: datetime) -> datetime:
    """Return when the quiet hours next begin or end for one of the two."""
    quiet = household.quiet_hours
    return min(
        civil.next_at(bound, now, household.zone_of(partner))
        for partner in household.partner_ids
        for bound in (quiet.start, quiet.end)
    )
