"""Signs that somebody is about to leave, before the door opens. Who it is, is neither known nor asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from turntoward.core import civil, presence, signals
from turntoward.core.events import SignalChanged
from turntoward.core.household import Household
from turntoward.core.rule_triggers import WEEKDAYS, LeavingTrigger
from turntoward.core.state import HouseholdState
from turntoward.core.triggers import Due, Found, Index

CAUSE = "leaving"
JUST_OPENED = timedelta(minutes=5)
"""Who opened a door this long ago is going already, or has just come in."""


def signs(index: Index, event: SignalChanged) -> Iterator[Found[LeavingTrigger]]:
    """Yield the triggers a signal is a sign for."""
    for word in signals.words_for(event.signal):
        yield from index.leaving.get(word, ())


def due(household: Household, state: HouseholdState, found: Found[LeavingTrigger], now: datetime) -> Due | str:
    """Return what a sign makes due, or why it does not."""
    local = civil.local(now, household.time_zone)
    trigger = found.trigger
    if WEEKDAYS[local.weekday()] not in trigger.weekdays or not trigger.between.contains(local.time()):
        return "not_its_time"
    both_here = presence.both_confirmed_home(household, state)
    if not both_here or any(state.presence[p].raw != "home" for p in household.partner_ids):
        return "both_home"
    if door_open(household, state, now):
        return "door_opened"
    return Due(found.ritual, now, CAUSE)


def door_open(household: Household, state: HouseholdState, now: datetime) -> bool:
    """Whether an entry door is open, or was a moment ago: then somebody is going already, or has just come."""
    doors = household.signals_of(signals.ENTRY_DOOR)
    if any(signals.read(household, state, door, now).says == "on" for door in doors):
        return True
    return any(now - opened <= JUST_OPENED for opened in state.openings)
