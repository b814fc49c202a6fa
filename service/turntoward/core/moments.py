"""Is this a good moment? The gates in their order, for an offer that waits inside its window.

A gate says open, silent (a tile, but no sound) or hold (look again later). No gate ever ends an occasion: the window
does. Consent is no gate: without it nothing even becomes due (see rituals). Order and numbers: docs/presence.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from turntoward.core import civil, signals
from turntoward.core.conditions import Situation, all_of, check
from turntoward.core.household import Household, signal_role
from turntoward.core.rules import Ritual
from turntoward.core.state import HouseholdState, Occasion, Past


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says. `until`: when time alone may change it."""

    says: Literal["open", "silent", "hold"]
    reason: str = ""
    until: datetime | None = None


OPEN = Verdict("open")


@dataclass(frozen=True, slots=True)
class Moment:
    """What the gates look at."""

    household: Household
    state: HouseholdState
    ritual: Ritual
    occasion: Occasion
    now: datetime

    @property
    def earlier(self) -> tuple[datetime, ...]:
        """When this ritual was offered before. An offer put off with "later" does not stand in its own way."""
        past = self.state.past.get(self.ritual.ritual, Past())
        return tuple(at for at in past.offered if at != self.occasion.offered_at)


def judge(moment: Moment) -> Verdict:
    """Ask the gates in their order: the first that holds decides; else silent if one asked for silence."""
    silent = OPEN
    for gate in GATES:
        verdict = gate(moment)
        if verdict.says == "hold":
            return verdict
        if verdict.says == "silent" and silent is OPEN:
            silent = verdict
    return silent


def _sources_heard(m: Moment) -> Verdict:
    """Right after a start, and in a long outage, the home is not heard: what is remembered may be old."""
    until = max((m.state.held_until.get(source, m.now) for source in m.state.awaited), default=m.now)
    if m.now < until:
        return Verdict("hold", "starting", until)
    for source in m.household.presence_sources:
        if m.now - m.state.lost.get(source, m.now) > m.household.presence.stale_event:
            return Verdict("hold", "source_lost")
    return OPEN


def _conditions(m: Moment) -> Verdict:
    here = Situation(m.household, m.state, m.now, m.occasion.opened_at)
    answer = all_of(check(condition, here) for condition in m.ritual.conditions)
    return OPEN if answer.holds else Verdict("hold", answer.reason, answer.until)


def _guests(m: Moment) -> Verdict:
    return _any_on(m, ("guests",), "hold")


def _quiet_hours(m: Moment) -> Verdict:
    quiet, zone = m.household.quiet_hours, m.household.time_zone
    if not quiet.contains(civil.local(m.now, zone).time()):
        return OPEN
    return Verdict("silent", "quiet_hours", civil.next_at(quiet.end, m.now, zone))


def _asleep(m: Moment) -> Verdict:
    return _any_on(m, ("asleep",), "silent")


def _any_on(m: Moment, roles: tuple[str, ...], then: Literal["silent", "hold"]) -> Verdict:
    """One signal that is on is enough; one that is not known keeps the gate shut for its grace."""
    unsure = OPEN
    for name in (name for role in roles for name in m.household.signals_of(role)):
        reading = signals.read(m.household, m.state, name, m.now)
        if reading.says == "on":
            return Verdict(then, signal_role(name))
        if reading.says == "unknown":
            unsure = Verdict("hold", f"{signal_role(name)} unknown", reading.until)
    return unsure


def _on_call(m: Moment) -> Verdict:
    busy = _any_on(m, signals.CALL_ROLES, "hold")
    if busy is not OPEN:
        return busy
    names = [name for role in signals.CALL_ROLES for name in m.household.signals_of(role)]
    known = [m.state.signals[name].off_since for name in names if name in m.state.signals]
    ended = [off_since for off_since in known if off_since is not None]
    free_at = max(ended, default=m.now - m.household.presence.post_call) + m.household.presence.post_call
    return Verdict("hold", "call_just_ended", free_at) if m.now < free_at else OPEN


def _day_budget(m: Moment) -> Verdict:
    today = m.household.logical_day(m.now)
    cap = m.household.limits.prompts_per_day
    if m.household.season == "simplified":
        cap = min(cap, 1)
    used = sum(m.household.logical_day(p.at) == today for p in m.state.prompts)
    if used < cap:
        return OPEN
    return Verdict("hold", "day_budget", m.household.day_after(m.now))


def _min_gap(m: Moment) -> Verdict:
    gap = m.household.limits.min_gap if m.ritual.limits.min_gap is None else m.ritual.limits.min_gap
    last = max((p.at for p in m.state.prompts if p.occasion != m.occasion.id), default=None)
    return _not_before(m.now, last, gap, "min_gap")


def _cooldown(m: Moment) -> Verdict:
    last = max(m.earlier, default=None)
    return _not_before(m.now, last, m.ritual.limits.cooldown, "cooldown")


def _not_before(now: datetime, last: datetime | None, span: timedelta, reason: str) -> Verdict:
    if last is None or now >= last + span:
        return OPEN
    return Verdict("hold", reason, last + span)


def _per_day(m: Moment) -> Verdict:
    cap = m.ritual.limits.per_day
    today = m.household.logical_day(m.now)
    if cap is None or sum(m.household.logical_day(at) == today for at in m.earlier) < cap:
        return OPEN
    return Verdict("hold", "per_day", m.household.day_after(m.now))


def _per_week(m: Moment) -> Verdict:
    cap, week = m.ritual.limits.per_week, timedelta(days=7)
    recent = [at for at in m.earlier if at > m.now - week]
    if cap is None or len(recent) < cap:
        return OPEN
    return Verdict("hold", "per_week", min(recent, default=m.now) + week)


GATES: tuple[Callable[[Moment], Verdict], ...] = (
    _sources_heard,
    _conditions,
    _guests,
    _quiet_hours,
    _asleep,
    _on_call,
    _day_budget,
    _min_gap,
    _cooldown,
    _per_day,
    _per_week,
)
"""In the order in which they are asked; the first that holds is the reason that is told."""
