"""Which rituals does this make due? Answered from an index, never by asking every rule.

The index is built once for a rulebook; looking something up costs the same with ten rules and with ten thousand.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from turntoward.core import civil
from turntoward.core.household import Household
from turntoward.core.rules import (
    WEEKDAYS,
    ReunionTrigger,
    Ritual,
    Rulebook,
    StateTrigger,
    TimeTrigger,
    Weekday,
)

_LOOK_AHEAD = 8
"""Days: every weekly occurrence lies within."""
_LOOK_BACK = timedelta(days=2)
"""After a longer gap, older occurrences are not looked at: no window is that long."""


@dataclass(frozen=True, slots=True)
class Due:
    """A ritual that a trigger asked for, and since when."""

    ritual: Ritual
    at: datetime
    cause: str
    tile_only: bool = False


@dataclass(frozen=True, slots=True)
class Watch:
    """A `state` trigger on a signal. `key` is its name in the state while its `for:` runs."""

    key: str
    ritual: Ritual
    trigger: StateTrigger


@dataclass(frozen=True, slots=True)
class _Slot:
    ritual: Ritual
    trigger: TimeTrigger


@dataclass(frozen=True)
class Index:
    """Triggers by what sets them off."""

    reunion: tuple[tuple[Ritual, ReunionTrigger], ...]
    watches: dict[str, tuple[Watch, ...]]
    watch_by_key: dict[str, Watch]
    slots: dict[Weekday, tuple[_Slot, ...]]
    _days: dict[date, list[tuple[datetime, Ritual]]] = field(default_factory=dict, compare=False)
    """Occurrences of a few civil days, computed once: a memo, not a state."""

    def occurrences(self, household: Household, after: datetime, until: datetime) -> Iterator[Due]:
        """Return the `time` occurrences in (after, until], oldest first."""
        zone = household.time_zone
        after = max(after, until - _LOOK_BACK)
        day, last = civil.local(after, zone).date() - timedelta(days=1), civil.local(until, zone).date()
        while day <= last:
            listed = self._on(day, household)
            first, end = (bisect_right(listed, moment, key=lambda pair: pair[0]) for moment in (after, until))
            for at, ritual in listed[first:end]:
                yield Due(ritual, at, "time")
            day += timedelta(days=1)

    def next_occurrence(self, household: Household, after: datetime) -> datetime | None:
        """Return the first `time` occurrence after an instant, or None where no rule has a time."""
        if not any(self.slots.values()):
            return None
        first = civil.local(after, household.time_zone).date() - timedelta(days=1)
        for ahead in range(_LOOK_AHEAD + 2):
            listed = self._on(first + timedelta(days=ahead), household)
            found = bisect_right(listed, after, key=lambda pair: pair[0])
            if found < len(listed):
                return listed[found][0]
        return None

    def _on(self, day: date, household: Household) -> list[tuple[datetime, Ritual]]:
        if day not in self._days:
            if len(self._days) > 2 * _LOOK_AHEAD:
                self._days.clear()
            zone, slots = household.time_zone, self.slots[WEEKDAYS[day.weekday()]]
            pairs = [(civil.instant(day, slot.trigger.at, zone), slot.ritual) for slot in slots]
            self._days[day] = sorted(pairs, key=lambda pair: (pair[0], pair[1].ritual))
        return self._days[day]


def index(rulebook: Rulebook) -> Index:
    """Sort the triggers of a rulebook by what sets them off."""
    reunion: list[tuple[Ritual, ReunionTrigger]] = []
    watches: dict[str, list[Watch]] = defaultdict(list)
    slots: dict[Weekday, list[_Slot]] = {day: [] for day in WEEKDAYS}
    for ritual in rulebook.rituals:
        for number, trigger in enumerate(ritual.triggers):
            if isinstance(trigger, ReunionTrigger):
                reunion.append((ritual, trigger))
            elif isinstance(trigger, StateTrigger):
                watches[trigger.signal].append(Watch(f"{ritual.ritual}:{number}", ritual, trigger))
            elif isinstance(trigger, TimeTrigger):
                for day in trigger.weekdays:
                    slots[day].append(_Slot(ritual, trigger))
    by_key = {watch.key: watch for listed in watches.values() for watch in listed}
    return Index(
        tuple(reunion),
        {signal: tuple(listed) for signal, listed in watches.items()},
        by_key,
        {day: tuple(listed) for day, listed in slots.items()},
    )
