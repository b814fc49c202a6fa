"""May it happen now? Conditions with three answers: true, false, unknown.

Strong Kleene logic: unknown only matters where it could change the answer. Unknown never lets a prompt out.
Source of the truth tables: S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from turntoward.core import civil, seasons, signals, waking
from turntoward.core.household import Household, signal_role
from turntoward.core.rule_conditions import (
    AllCondition,
    AnyCondition,
    AwakeCondition,
    Condition,
    HomeCondition,
    NotCondition,
    RitualCondition,
    SeasonCondition,
    SignalCondition,
    TimeCondition,
)
from turntoward.core.rule_triggers import WEEKDAYS
from turntoward.core.spans import TimeWindow
from turntoward.core.state import HouseholdState, Past, Presence


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
    if isinstance(condition, AllCondition | AnyCondition | NotCondition):
        answers = [check(part, here) for part in condition.conditions]
        if isinstance(condition, AllCondition):
            return all_of(answers)
        some = _any_of(answers)
        return some if isinstance(condition, AnyCondition) else _not(some)
    return _simple(condition, here)


def _simple(condition: Condition, here: Situation) -> Answer:
    if isinstance(condition, HomeCondition):
        return _home(condition, here)
    if isinstance(condition, SignalCondition):
        return _signal(condition, here)
    if isinstance(condition, TimeCondition):
        return _time(condition, here)
    if isinstance(condition, AwakeCondition):
        awake = waking.both_awake(here.household, here.now)
        return Answer(awake, waking.next_change(here.household, here.now), "both_awake")
    if isinstance(condition, SeasonCondition):
        season, _ = seasons.current(here.household, here.state, here.now)
        return Answer(season in condition.is_, seasons.next_change(here.household, here.state), "season")
    assert isinstance(condition, RitualCondition)  # there is no other
    return _ritual(condition, here)


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
    """Of several signals of a kind each is asked; one that does not exist or tell is taken for the default, if any."""
    wanted = {value.casefold() for value in condition.is_}
    names = signals.of_kind(here.household, condition.signal) or (condition.signal,)
    answers = [_one_signal(condition, name, wanted, here) for name in names]
    return _any_of(answers) if condition.match == "any" else all_of(answers)


def _one_signal(condition: SignalCondition, name: str, wanted: set[str], here: Situation) -> Answer:
    reading = signals.read(here.household, here.state, name, here.now)
    reason = f"signal {signal_role(name)}"
    if reading.says == "absent" and condition.default is not None:
        return Answer(condition.default.casefold() in wanted, None, reason)
    if reading.says in ("unknown", "absent"):
        return Answer(None, reading.until, reason)
    return Answer(reading.value.casefold() in wanted or reading.says in wanted, None, reason)


def _ritual(condition: RitualCondition, here: Situation) -> Answer:
    reason = "another_ritual"
    if condition.is_ == "done":
        done = here.state.past.get(condition.ritual, Past()).last_done
        until = done + condition.within if done else None
        return Answer(until is not None and here.now < until, until if until and here.now < until else None, reason)
    occasion = here.state.occasions.get(condition.ritual)
    if occasion is None:
        return Answer(False, None, reason)
    return Answer(occasion.runs if condition.is_ == "running" else occasion.phase == "offered", None, reason)


def _time(condition: TimeCondition, here: Situation) -> Answer:
    zone = here.household.time_zone
    local = civil.local(here.now, zone)
    window = TimeWindow(start=condition.after or time(0), end=condition.before or time(23, 59, 59, 999999))
    holds = WEEKDAYS[local.weekday()] in condition.weekdays and window.contains(local.time())
    bounds = [b for b in (condition.after, condition.before, time(0)) if b is not None]
    return Answer(holds, min(civil.next_at(b, here.now, zone) for b in bounds), "not_its_time")
