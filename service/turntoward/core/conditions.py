"""May it happen now? Conditions with three answers: true, false, unknown.

Strong Kleene logic: unknown only matters where it could change the answer. Unknown never lets a prompt out.
Source of the truth tables: S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from turntoward.core import civil, signals
from turntoward.core.household import Household, signal_role
from turntoward.core.rules import (
    WEEKDAYS,
    AllCondition,
    AnyCondition,
    Condition,
    HomeCondition,
    SignalCondition,
    TimeCondition,
)
from turntoward.core.spans import TimeWindow
from turntoward.core.state import HouseholdState, Presence


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a condition holds (None: unknown), and when time alone may change that (None: time does not)."""

    holds: bool | None
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What conditions are asked about: a home, its state, a moment, and since when an offer has been waiting."""

    household: Household
    state: HouseholdState
    now: datetime
    waiting_since: datetime | None = None


def check(condition: Condition, here: Situation) -> Answer:
    """Answer one condition."""
    if isinstance(condition, HomeCondition):
        return _home(condition, here)
    if isinstance(condition, SignalCondition):
        return _signal(condition, here)
    if isinstance(condition, TimeCondition):
        return _time(condition, here)
    answers = [check(part, here) for part in condition.conditions]
    if isinstance(condition, AllCondition):
        return all_of(answers)
    some = _any_of(answers)
    return some if isinstance(condition, AnyCondition) else _not(some)


def all_of(answers: Iterable[Answer]) -> Answer:
    """False if one is false, else unknown if one is unknown, else true."""
    listed = list(answers)
    for verdict in (False, None):
        for answer in listed:
            if answer.holds is verdict:
                return Answer(verdict, _soonest(listed), answer.reason)
    return Answer(True, _soonest(listed))


def _any_of(answers: Iterable[Answer]) -> Answer:
    listed = list(answers)
    for verdict in (True, None):
        for answer in listed:
            if answer.holds is verdict:
                return Answer(verdict, _soonest(listed), answer.reason)
    return Answer(False, _soonest(listed), listed[0].reason if listed else "")


def _not(answer: Answer) -> Answer:
    if answer.holds is None:
        return answer
    return Answer(not answer.holds, answer.until, "not_like_this")


def _soonest(answers: Iterable[Answer]) -> datetime | None:
    return min((a.until for a in answers if a.until is not None), default=None)


def _home(condition: HomeCondition, here: Situation) -> Answer:
    answers = [_is_home(here, partner) for partner in here.household.partner_ids]
    if condition.condition == "both_home":
        return all_of(answers)
    reason = "nobody_home" if condition.condition == "nobody_home" else "one_home"
    if any(answer.holds is None for answer in answers):
        return Answer(None, _soonest(answers), "presence_unknown")
    wanted = 0 if condition.condition == "nobody_home" else 1
    return Answer(sum(bool(a.holds) for a in answers) == wanted, _soonest(answers), reason)


def _is_home(here: Situation, partner: str) -> Answer:
    """Home is confirmed *and* what the source says now; one that dropped in between must be back a while."""
    presence = here.state.presence.get(partner, Presence())
    if presence.confirmed == "unknown" or presence.raw == "unknown":
        return Answer(None, reason="presence_unknown")
    if presence.confirmed != "home" or presence.raw != "home":
        return Answer(False, reason="both_home")
    if here.waiting_since and presence.raw_since and presence.raw_since > here.waiting_since:
        stable_at = presence.raw_since + here.household.presence.hold_stable
        if here.now < stable_at:
            return Answer(False, stable_at, "both_home")
    return Answer(True)


def _signal(condition: SignalCondition, here: Situation) -> Answer:
    reading = signals.read(here.household, here.state, condition.signal, here.now)
    reason = f"signal {signal_role(condition.signal)}"
    if reading.says in ("unknown", "absent"):
        return Answer(None, reading.until, reason)
    wanted = {value.casefold() for value in condition.is_}
    return Answer(reading.value.casefold() in wanted or reading.says in wanted, None, reason)


def _time(condition: TimeCondition, here: Situation) -> Answer:
    zone = here.household.time_zone
    local = civil.local(here.now, zone)
    window = TimeWindow(start=condition.after or time(0), end=condition.before or time(23, 59, 59, 999999))
    holds = WEEKDAYS[local.weekday()] in condition.weekdays and window.contains(local.time())
    bounds = [b for b in (condition.after, condition.before, time(0)) if b is not None]
    return Answer(holds, min(civil.next_at(b, here.now, zone) for b in bounds), "not_its_time")
