"""Signals: what the home says of itself, read with three answers: on, off, or not known.

A signal the household did not map, or that never said anything, is absent: nothing waits for it. One that became
unknown is waited for during `unknown_grace`, then it counts as absent too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from turntoward.core.events import SignalChanged
from turntoward.core.household import Household, Signal, is_unknown, signal_role
from turntoward.core.state import HouseholdState, SignalValue

ENTRY_DOOR = "entry_door"
FILM = "film"
OCCUPIED = "occupied"
CALL_ROLES = ("on_call", "focus", "meeting")


@dataclass(frozen=True, slots=True)
class Reading:
    """A signal at a moment. `until`: an unknown one counts as absent from then on."""

    says: Literal["on", "off", "unknown", "absent"]
    value: str = ""
    since: datetime | None = None
    until: datetime | None = None


_ABSENT = Reading("absent")


def words_for(name: str) -> tuple[str, ...]:
    """Return what a rule may call a signal: `table.1` by its name, or `table`, which means all of its kind."""
    return tuple(dict.fromkeys((name, signal_role(name))))


def of_kind(household: Household, name: str) -> tuple[str, ...]:
    """Return the signals a rule means by a name: `table.1` that one, `table` all that are called so before the dot."""
    return (name,) if "." in name else household.signals_of(name)


def all_are(household: Household, state: HouseholdState, name: str, wanted: str, now: datetime) -> bool:
    """Whether all signals of a kind that say anything have a value (`on` and `off` are understood of each)."""
    readings = [read(household, state, each, now) for each in of_kind(household, name)]
    told = [r for r in readings if r.says != "absent"]
    return bool(told) and all(wanted in (r.value.casefold(), r.says) for r in told)


def read(household: Household, state: HouseholdState, name: str, now: datetime) -> Reading:
    """Return what a signal says at `now`."""
    signal, known = household.signals.get(name), state.signals.get(name)
    if signal is None or known is None:
        return _ABSENT
    if not is_unknown(known.value):
        return Reading("on" if signal.is_on(known.value) else "off", known.value, known.since)
    until = known.since + household.presence.unknown_grace
    return Reading("unknown", known.value, known.since, until) if now < until else _ABSENT


def occupied(household: Household, state: HouseholdState, rooms: tuple[str, ...], now: datetime) -> tuple[str, ...]:
    """Return the rooms in which somebody is known to be; all of them where that is known of none."""
    there = (room for room in rooms if read(household, state, f"{OCCUPIED}.{room}", now).says == "on")
    return tuple(there) or rooms


def changed(household: Household, state: HouseholdState, event: SignalChanged, now: datetime) -> HouseholdState:
    """Return the state after a signal was told; the same object where that changes nothing."""
    signal = household.signals.get(event.signal)
    if signal is None:
        return state
    old = state.signals.get(event.signal)
    opened_at = _opening(household, old, event, now)
    if opened_at is not None:
        state = replace(state, openings=_remember(household, state.openings, opened_at, now))
    if old is not None and old.value == event.value:
        return state
    since = min(event.changed_at or now, now) if event.snapshot else now
    if old is not None and is_unknown(old.value) and is_unknown(event.value):
        since = old.since  # another word for not knowing does not begin the grace anew
    told = SignalValue(event.value, since, _off_since(signal, old, event.value, since))
    return replace(state, signals={**state.signals, event.signal: told})


def _off_since(signal: Signal, old: SignalValue | None, value: str, since: datetime) -> datetime | None:
    """When a signal last stopped being on. A sensor that says "idle 1" and then "idle 2" ended no call."""
    if old is None or (not is_unknown(value) and signal.is_on(value)):
        return None
    return since if signal.is_on(old.value) else old.off_since


def seen_happening(household: Household, event: SignalChanged, now: datetime) -> bool:
    """Whether a change counts as an edge: it came live, or its snapshot is young enough."""
    if not event.snapshot:
        return True
    return event.changed_at is not None and now - event.changed_at <= household.presence.stale_event


def _opening(household: Household, old: SignalValue | None, event: SignalChanged, now: datetime) -> datetime | None:
    """When an entry door opened, if this event tells of an opening.

    A door that says "open" live is open now, also when it says so again. A young snapshot tells when it last moved,
    and one of a *closed* door that it was open just before; but only of a door that had told something before,
    else it is a sensor that came back.
    """
    if signal_role(event.signal) != ENTRY_DOOR or is_unknown(event.value):
        return None
    if not seen_happening(household, event, now):
        return None
    is_open = household.signals[event.signal].is_on(event.value)
    if not event.snapshot:
        was_lost = old is not None and is_unknown(old.value)
        return now if is_open and not was_lost else None
    assert event.changed_at is not None  # seen_happening
    known_before = old is not None and not is_unknown(old.value) and old.since < event.changed_at
    return event.changed_at if known_before else None


def _remember(
    household: Household, openings: tuple[datetime, ...], opened_at: datetime, now: datetime
) -> tuple[datetime, ...]:
    numbers = household.presence
    useful = numbers.door_lookback + numbers.dwell_plain + numbers.startup_hold + numbers.stale_event
    oldest = now - useful - timedelta(minutes=1)
    kept = [q for q in openings if q >= oldest and q != opened_at]
    return tuple(sorted([*kept, opened_at])[-50:])


def door_required(household: Household, state: HouseholdState, now: datetime) -> bool:
    """Whether a reunion needs an opening of an entry door: as set, else where a door is mapped and not long silent."""
    if household.presence.require_door is not None:
        return household.presence.require_door
    return any(
        name not in state.signals or read(household, state, name, now).says != "absent"
        for name in household.signals_of(ENTRY_DOOR)
    )
