"""From raw edges to confirmed home and away, and from there to a reunion: arrive fast, leave slowly.

A phone that flaps is not a person who moves. No ritual, gate or text is known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from turntoward.core import signals
from turntoward.core.events import PresenceChanged
from turntoward.core.household import Household
from turntoward.core.state import HouseholdState, Presence

Kind = Literal["one_was_home", "joint_arrival", "joint_outing"]
Refusal = Literal["", "other_away", "not_seen", "never_apart", "no_door", "door_silent"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One of the two is confirmed home. With no `refusal` it is a reunion, whose length apart each rule judges."""

    at: datetime
    refusal: Refusal = ""
    kind: Kind = "one_was_home"
    apart: timedelta = timedelta()


def changed(household: Household, state: HouseholdState, event: PresenceChanged, now: datetime) -> HouseholdState:
    """Return the state after a source told where a partner is; the same object where that changes nothing.

    A snapshot of somebody at home that is older than `stale_event` is adopted silently: nobody saw the arrival.
    """
    if event.partner not in household.partner_ids:
        return state
    old = state.presence.get(event.partner, Presence())
    if event.raw == old.raw:
        return state
    since = min(event.changed_at or now, now) if event.snapshot else now
    young = event.changed_at is not None and now - event.changed_at <= household.presence.stale_event
    live = young or not event.snapshot
    new = replace(old, raw=event.raw, raw_since=since, live=live)
    if event.raw == "home" and not live:
        new = replace(new, confirmed="home", home_at=since)
    return _with(household, state, event.partner, new)


def hold(household: Household, state: HouseholdState, source: str, now: datetime) -> HouseholdState:
    """Return the state after a source connected: nothing of it is confirmed for `startup_hold`.

    An arrival that was seen but not confirmed before the gap is too old to greet once it is older than `stale_event`.
    """
    presence = dict(state.presence)
    for partner in household.partner_ids:
        old = presence.get(partner)
        if old is None or old.raw_since is None or household.source_of(partner) != source:
            continue
        if now - old.raw_since > household.presence.stale_event and _pending(old):
            presence[partner] = replace(old, live=False)
    held = {**state.held_until, source: now + household.presence.startup_hold}
    return replace(state, presence=presence, held_until=held)


def next_confirmation(household: Household, state: HouseholdState) -> datetime | None:
    """Return when the next confirmation is due if nothing happens before, or None."""
    return min((due for due, _ in _confirmations(household, state)), default=None)


def settle(household: Household, state: HouseholdState, now: datetime) -> tuple[HouseholdState, list[Arrival]]:
    """Confirm all that is due by `now`, in the order of time; return the new state and the arrivals in it."""
    arrivals: list[Arrival] = []
    while True:
        due = min(_confirmations(household, state), default=None)
        if due is None or due[0] > now:
            return state, arrivals
        at, order = due
        state, arrival = _confirm(household, state, household.partner_ids[order], at)
        if arrival is not None:
            arrivals.append(arrival)


def both_confirmed_home(household: Household, state: HouseholdState) -> bool:
    """Whether both are believed to be home."""
    return all(state.presence.get(p, Presence()).confirmed == "home" for p in household.partner_ids)


def _pending(presence: Presence) -> bool:
    return presence.raw != "unknown" and presence.raw != presence.confirmed


def _confirmations(household: Household, state: HouseholdState) -> Iterator[tuple[datetime, int]]:
    for order, partner in enumerate(household.partner_ids):
        presence = state.presence.get(partner)
        if presence is None or presence.raw_since is None or not _pending(presence):
            continue
        due = _due(household, state, presence.raw, presence.raw_since)
        held = state.held_until.get(household.source_of(partner))
        yield (max(due, held) if held else due), order


def _due(household: Household, state: HouseholdState, raw: str, since: datetime) -> datetime:
    numbers = household.presence
    if raw == "away":
        return since + numbers.away_dwell
    # A door makes belief faster, never slower: one that opens at second 80 does not add to the 90.
    by_door = [max(since, q) + numbers.dwell_door for q in state.openings if q >= since - numbers.door_lookback]
    return min([since + numbers.dwell_plain, *by_door])


def _with(household: Household, state: HouseholdState, partner: str, new: Presence) -> HouseholdState:
    state = replace(state, presence={**state.presence, partner: new})
    return replace(state, apart_since=None) if both_confirmed_home(household, state) else state


def _confirm(
    household: Household, state: HouseholdState, partner: str, at: datetime
) -> tuple[HouseholdState, Arrival | None]:
    old = state.presence[partner]
    assert old.raw_since is not None  # only pending ones get here
    if old.raw == "away":
        new = replace(old, confirmed="away", left_at=old.raw_since)
        apart = min(state.apart_since or old.raw_since, old.raw_since)
        return replace(state, presence={**state.presence, partner: new}, apart_since=apart), None
    arrival = _arrival(household, state, partner, at)
    return _with(household, state, partner, replace(old, confirmed="home", home_at=old.raw_since)), arrival


def _arrival(household: Household, state: HouseholdState, partner: str, at: datetime) -> Arrival:
    me = state.presence[partner]
    other = state.presence.get(next(p for p in household.partner_ids if p != partner), Presence())
    assert me.raw_since is not None  # only pending ones get here
    if other.confirmed != "home":
        return Arrival(at, "other_away")
    if not me.live or me.confirmed == "unknown":
        return Arrival(at, "not_seen")
    if state.apart_since is None:
        return Arrival(at, "never_apart")
    apart, kind = me.raw_since - state.apart_since, _kind(household, me, other)
    if signals.door_required(household, state, at) and not _door_opened(household, state, me.raw_since, at):
        heard = bool(state.openings) or any(n in state.signals for n in household.signals_of(signals.ENTRY_DOOR))
        return Arrival(at, "no_door" if heard else "door_silent", kind, apart)
    return Arrival(at, "", kind, apart)


def _door_opened(household: Household, state: HouseholdState, since: datetime, at: datetime) -> bool:
    return any(since - household.presence.door_lookback <= q <= at for q in state.openings)


def _kind(household: Household, me: Presence, other: Presence) -> Kind:
    if not _within(me.raw_since, other.home_at, household.presence.joint_in):
        return "one_was_home"
    return "joint_outing" if _within(me.left_at, other.left_at, household.presence.joint_out) else "joint_arrival"


def _within(one: datetime | None, other: datetime | None, span: timedelta) -> bool:
    return one is not None and other is not None and abs(one - other) <= span
