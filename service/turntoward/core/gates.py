"""The gates, one by one and in their order: each says open, silent (a tile, but no sound) or hold (look again later).

No gate ever ends an occasion: the window does. Consent is no gate: without it nothing even becomes due (see rituals).
Order and numbers: docs/presence.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from turntoward.core import civil, presence, seasons, signals, waking
from turntoward.core.actions import INTERRUPTING
from turntoward.core.conditions import Situation, all_of, check
from turntoward.core.household import Household, signal_role
from turntoward.core.rules import Ritual, Rule
from turntoward.core.state import HouseholdState, Occasion, Past


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says. `until`: when time alone may change it."""

    says: Literal["open", "silent", "hold"]
    reason: str = ""
    until: datetime | None = None


OPEN = Verdict("open")
QUIET = "quiet"
"""The one reason that is never told."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the gates look at."""

    household: Household
    state: HouseholdState
    ritual: Ritual | Rule
    occasion: Occasion
    now: datetime
    silent: bool = False
    """A gate has asked for silence already."""

    @property
    def earlier(self) -> tuple[datetime, ...]:
        """When this ritual was offered before. An offer put off with "later" does not stand in its own way."""
        past = self.state.past.get(self.ritual.name, Past())
        return tuple(at for at in past.offered if at != self.occasion.offered_at)

    @property
    def interrupts(self) -> bool:
        """Whether an offer would be heard or felt; what is only looked at interrupts nobody."""
        choices = self.ritual.offer.channels if isinstance(self.ritual, Ritual) else ()
        return not (self.silent or self.occasion.tile_only) and any(
            choice.channel in INTERRUPTING for choice in choices
        )


Gate = Callable[[Moment], Verdict]


def sources_heard(m: Moment) -> Verdict:
    """Right after a start, and in a long outage, the home is not heard: what is remembered may be old."""
    until = max((m.state.held_until.get(source, m.now) for source in m.state.awaited), default=m.now)
    if m.now < until:
        return Verdict("hold", "starting", until)
    for source in m.household.presence_sources:
        if m.now - m.state.lost.get(source, m.now) > m.household.presence.stale_event:
            return Verdict("hold", "source_lost")
    return OPEN


def quiet(m: Moment) -> Verdict:
    """A pause, a day of rest or chance: one class, which nobody can tell apart. It lasts as long as the occasion."""
    return Verdict("hold", QUIET) if m.occasion.silenced else OPEN


def time_out(m: Moment) -> Verdict:
    """A time-out silences everything but its own end."""
    return Verdict("hold", "time_out") if m.state.is_held("everything", m.occasion.ritual) else OPEN


def another_runs(m: Moment) -> Verdict:
    """A ritual runs that keeps our other prompts away."""
    return Verdict("hold", "another_runs") if m.state.is_held("prompts", m.occasion.ritual) else OPEN


def just_home(m: Moment) -> Verdict:
    """Who has just come home is given the time to arrive in, and the reunion's own offer goes first."""
    if not m.interrupts or m.occasion.cause == "reunion":
        return OPEN
    others = (o for o in m.state.occasions.values() if o.ritual != m.occasion.ritual)
    arriving = [o.due_at for o in others if o.cause == "reunion" and o.phase == "waiting" and m.now <= o.due_at]
    return Verdict("hold", "just_home", min(arriving) + timedelta(seconds=1)) if arriving else OPEN


def vacation(m: Moment) -> Verdict:
    """On vacation nothing is offered until both are back, but for what was asked for."""
    if not m.household.on_vacation(m.now) or (isinstance(m.ritual, Ritual) and m.ritual.offer.on_vacation):
        return OPEN
    if presence.both_confirmed_home(m.household, m.state):
        return OPEN
    return Verdict("hold", "vacation", m.household.day_after(m.now))


def conditions(m: Moment) -> Verdict:
    """The ritual's own conditions."""
    here = Situation(m.household, m.state, m.now, m.occasion.opened_at)
    answer = all_of(check(condition, here) for condition in m.ritual.conditions)
    return OPEN if answer.holds else Verdict("hold", answer.reason, answer.until)


def after_time_out(m: Moment) -> Verdict:
    """No gesture of closeness right after a time-out."""
    until = m.state.affection_from
    if until is None or m.now >= until or not (isinstance(m.ritual, Ritual) and m.ritual.affection):
        return OPEN
    return Verdict("hold", "after_time_out", until)


def guests(m: Moment) -> Verdict:
    """With guests, nothing."""
    return _any_on(m, ("guests",), "hold")


def quiet_hours(m: Moment) -> Verdict:
    """In the quiet hours, no sound. Apart, it is quiet when it is for one of the two, each in the own zone."""
    season, _ = seasons.current(m.household, m.state, m.now)
    if season == "apart":
        awake = waking.both_awake(m.household, m.now)
        return OPEN if awake else Verdict("silent", "quiet_hours", waking.next_change(m.household, m.now))
    hours, zone = m.household.quiet_hours, m.household.time_zone
    if not hours.contains(civil.local(m.now, zone).time()):
        return OPEN
    return Verdict("silent", "quiet_hours", civil.next_at(hours.end, m.now, zone))


def quiet_tonight(m: Moment) -> Verdict:
    """When one of you has asked for a quiet evening, no sound until your next day begins."""
    until = waking.quiet_evening_until(m.household, m.state, m.now)
    return Verdict("silent", "quiet_tonight", until) if until else OPEN


def asleep(m: Moment) -> Verdict:
    """While somebody sleeps, no sound."""
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


def on_call(m: Moment) -> Verdict:
    """On a call, in focus or a meeting: wait, and a little longer."""
    busy = _any_on(m, signals.CALL_ROLES, "hold")
    if busy is not OPEN:
        return busy
    names = [name for role in signals.CALL_ROLES for name in m.household.signals_of(role)]
    known = [m.state.signals[name].off_since for name in names if name in m.state.signals]
    ended = [off_since for off_since in known if off_since is not None]
    free_at = max(ended, default=m.now - m.household.presence.post_call) + m.household.presence.post_call
    return Verdict("hold", "call_just_ended", free_at) if m.now < free_at else OPEN


def film(m: Moment) -> Verdict:
    """Nothing is said into a film."""
    return _any_on(m, (signals.FILM,), "hold")


def film_for_prompts(m: Moment) -> Verdict:
    """What is heard or felt waits for the end of a film; what is only looked at may be about it."""
    return film(m) if m.interrupts else OPEN


def day_budget(m: Moment) -> Verdict:
    """So many prompts a day; one that you put off does not stand in its own way.

    In the season `simplified` one offer a day is enough, and what only a tile shows is one too.
    """
    season, _ = seasons.current(m.household, m.state, m.now)
    simplified = season == "simplified"
    if not (m.interrupts or simplified):
        return OPEN
    today = m.household.logical_day(m.now)
    cap = min(m.household.limits.prompts_per_day, 1) if simplified else m.household.limits.prompts_per_day
    counted = [p for p in m.state.prompts if p.heard or simplified]
    others = {p.occasion for p in counted if m.household.logical_day(p.at) == today} - {m.occasion.id}
    return OPEN if len(others) < cap else Verdict("hold", "day_budget", m.household.day_after(m.now))


def min_gap(m: Moment) -> Verdict:
    """So long between two prompts."""
    if not m.interrupts:
        return OPEN
    gap = m.household.limits.min_gap if m.ritual.limits.min_gap is None else m.ritual.limits.min_gap
    last = max((p.at for p in m.state.prompts if p.heard and p.occasion != m.occasion.id), default=None)
    return _not_before(m.now, last, gap, "min_gap")


def cooldown(m: Moment) -> Verdict:
    """So long between two occasions of this ritual."""
    last = max(m.earlier, default=None)
    return _not_before(m.now, last, m.ritual.limits.cooldown, "cooldown")


def _not_before(now: datetime, last: datetime | None, span: timedelta, reason: str) -> Verdict:
    if last is None or now >= last + span:
        return OPEN
    return Verdict("hold", reason, last + span)


def per_day(m: Moment) -> Verdict:
    """So often a day."""
    cap = m.ritual.limits.per_day
    today = m.household.logical_day(m.now)
    if cap is None or sum(m.household.logical_day(at) == today for at in m.earlier) < cap:
        return OPEN
    return Verdict("hold", "per_day", m.household.day_after(m.now))


def per_week(m: Moment) -> Verdict:
    """So often in seven days."""
    cap, week = m.ritual.limits.per_week, timedelta(days=7)
    recent = [at for at in m.earlier if at > m.now - week]
    if cap is None or len(recent) < cap:
        return OPEN
    return Verdict("hold", "per_week", min(recent, default=m.now) + week)


OWN_LIMITS: tuple[Gate, ...] = (cooldown, per_day, per_week)
SOUND: tuple[Gate, ...] = (time_out, guests, quiet_hours, quiet_tonight, asleep, on_call, film)
"""What a voice has to pass that nobody asked for at this moment: the steps of a ritual that runs, and rules."""
GATES: tuple[Gate, ...] = (
    sources_heard,
    time_out,
    another_runs,
    just_home,
    vacation,
    conditions,
    after_time_out,
    guests,
    quiet_hours,
    quiet_tonight,
    asleep,
    on_call,
    film_for_prompts,
    day_budget,
    min_gap,
    *OWN_LIMITS,
    quiet,
)
"""In the order in which they are asked; the first that holds is the reason that is told.

Quiet is asked last: a pause that begins while an offer waits for something else then changes no reason at that moment,
and so does not show itself.
"""
