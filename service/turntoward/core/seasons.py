"""The season of the couple: which one it is, until when, and what it changes everywhere.

What a ritual looks like in a season stands in its file.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from turntoward.core import civil
from turntoward.core.household import Household, Season
from turntoward.core.state import ChosenSeason, HouseholdState


def current(household: Household, state: HouseholdState, now: datetime) -> tuple[Season, date | None]:
    """Return the season and its last day: what was chosen last, else the household's own, else normal."""
    today, chosen = household.logical_day(now), state.season
    if chosen is not None and (chosen.until is None or today <= chosen.until):
        return chosen.season, chosen.until
    if household.season_until is None or today <= household.season_until:
        return household.season, household.season_until
    return "normal", None


def next_change(household: Household, state: HouseholdState) -> datetime | None:
    """Return when a season that has a last day is over, or None."""
    _, last = current(household, state, state.now)
    return civil.day_start(last + timedelta(days=1), household.time_zone, household.day_starts) if last else None


def choose(state: HouseholdState, season: Season, until: date | None) -> HouseholdState:
    """Return the state after one of the two chose the season."""
    return replace(state, season=ChosenSeason(season, until))
