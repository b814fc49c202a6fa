"""When which ritual is planned next, for the board. Nothing is made due here; that is the work of `triggers`.

Only what both may know counts: the schedule, and what both have said to it. A pause, a day of rest or less of something
changes nothing here, and what is left to chance stays a surprise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from turntoward.core import calendar, civil
from turntoward.core.board import NextMoment
from turntoward.core.household import Household, Season
from turntoward.core.rule_conditions import AllCondition, Condition, SeasonCondition
from turntoward.core.rule_triggers import ScheduleTrigger, TimeTrigger
from turntoward.core.rules import Ritual
from turntoward.core.state import HouseholdState, Past

_LOOK_AHEAD = 400
"""Days: every yearly occurrence lies within."""

Known = tuple[int, date, frozenset[str], frozenset[str]]
"""What an answer hangs on besides the moment: the seed, the day, what is let go, and what had its turn today."""


class Plan:
    """The schedule of the public rituals of one season. Answers are kept until they are over: a memo, not a state."""

    def __init__(self, household: Household, season: Season, rituals: Iterable[Ritual]) -> None:
        """`rituals`: in their form for the season; what their conditions rule out in it is left out."""
        self._household = household
        rituals = [ritual for ritual in rituals if _is_of_season(ritual.conditions, season)]
        self._slots = [(ritual, trigger) for ritual in rituals for trigger in _planned(ritual)]
        self._scheduled = {ritual.name: ritual for ritual, _ in self._slots}
        self._known: tuple[Known, datetime, NextMoment | None] | None = None

    def next(self, state: HouseholdState, now: datetime) -> NextMoment | None:
        """Return the first occurrence after `now`; None where there is none within a year."""
        if not self._slots:
            return None
        had_turn, dropped = self._had_turn(state, now)
        key = (state.seed, self._household.logical_day(now), dropped, had_turn)
        if self._known is not None:
            known, since, found = self._known
            if known == key and since <= now and (found is None or now < found.at):
                return found
        found = self._search(state.seed, now, dropped, had_turn)
        self._known = key, now, found
        return found

    def _had_turn(self, state: HouseholdState, now: datetime) -> tuple[frozenset[str], frozenset[str]]:
        """Return which rituals come no more today, and which come no more at all."""
        today = self._household.logical_day(now)
        began = civil.day_start(today, self._household.time_zone, self._household.day_starts)
        dropped, over = [], []
        for name, past in state.past.items():
            ritual = self._scheduled.get(name)
            if ritual is None:
                continue
            if past.dropped:
                dropped.append(name)
            elif _is_over_today(ritual, past, today, began):
                over.append(name)
        return frozenset(over), frozenset(dropped)

    def _search(self, seed: int, now: datetime, dropped: frozenset[str], had_turn: frozenset[str]) -> NextMoment | None:
        home = self._household
        today = home.logical_day(now)
        # What is moved into waking hours may lie on the day before or after its own.
        first = civil.local(now, home.time_zone).date() - timedelta(days=1)
        slots = [(ritual, trigger) for ritual, trigger in self._slots if ritual.name not in dropped]
        best: NextMoment | None = None
        for ahead in range(_LOOK_AHEAD):
            before = best
            for ritual, trigger in slots:
                at = calendar.instant_on(first + timedelta(days=ahead), trigger, ritual.name, home, seed)
                if at is None or at <= now or (best is not None and at >= best.at):
                    continue
                if ritual.name in had_turn and home.logical_day(at) == today:
                    continue
                if ritual.offer.on_vacation or not home.on_vacation(at):
                    best = NextMoment(ritual.name, at)
            if before is not None:
                break  # one day more was looked at, because what is moved may come before it
        return best


def _planned(ritual: Ritual) -> Iterator[TimeTrigger | ScheduleTrigger]:
    """Yield the triggers that have their times, and may say so: what is left to chance is to surprise."""
    for trigger in ritual.triggers:
        if isinstance(trigger, ScheduleTrigger) or (isinstance(trigger, TimeTrigger) and trigger.chance == 1):
            yield trigger


def _is_of_season(conditions: tuple[Condition, ...], season: Season) -> bool:
    return all(season in c.is_ for c in conditions if isinstance(c, SeasonCondition)) and all(
        _is_of_season(c.conditions, season) for c in conditions if isinstance(c, AllCondition)
    )


def _is_over_today(ritual: Ritual, past: Past, today: date, began: datetime) -> bool:
    if past.declined_on == today:
        return True
    most = ritual.limits.per_day
    return most is not None and sum(at >= began for at in past.offered) >= most
