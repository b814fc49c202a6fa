"""Which rituals and rules does this make due? Answered from an index, never by asking every rule.

The index is built once for a rulebook; looking something up costs as much as there is to be found.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from turntoward.core import calendar, civil
from turntoward.core.events import HomeEventFired, MessageReceived
from turntoward.core.household import Household
from turntoward.core.rule_triggers import (
    ApartTrigger,
    CalledTrigger,
    EventTrigger,
    LeavingTrigger,
    MqttTrigger,
    ReunionTrigger,
    RitualTrigger,
    ScheduleTrigger,
    SeasonTrigger,
    StateTrigger,
    TimeTrigger,
    Trigger,
    UnansweredTrigger,
)
from turntoward.core.rules import EndSign, Ritual, Rule, Rulebook
from turntoward.core.spans import format_duration

_LOOK_AHEAD = 400
"""Days: every yearly occurrence lies within."""
_LOOK_BACK = timedelta(days=2)
"""After a longer gap, older occurrences are not looked at, unless a window is longer."""
_KNOWN_FOR = timedelta(days=30)
"""That there is no occurrence is looked for anew after this long."""
_MEMO = 16

T = TypeVar("T", bound=Trigger)


@dataclass(frozen=True, slots=True)
class Due:
    """A ritual or a rule that a trigger asked for, and since when."""

    ritual: Ritual | Rule
    at: datetime
    cause: str
    tile_only: bool = False
    starts: bool = False
    """It is to begin, not to be offered: what people have done says enough."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A signal's value that is waited for: by a `state` trigger, or to end a running ritual (`ends`).

    `key` is its name in the state while its `for:` runs.
    """

    key: str
    ritual: Ritual | Rule
    sign: StateTrigger | EndSign
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A trigger and whose it is."""

    ritual: Ritual | Rule
    trigger: T


@dataclass(frozen=True)
class Index:
    """Triggers by what sets them off."""

    reunion: tuple[Found[ReunionTrigger], ...] = ()
    leaving: dict[str, tuple[Found[LeavingTrigger], ...]] = field(default_factory=dict)
    """By sign."""
    apart: tuple[Found[ApartTrigger], ...] = ()
    watches: dict[str, tuple[Watch, ...]] = field(default_factory=dict)
    watch_by_key: dict[str, Watch] = field(default_factory=dict)
    slots: tuple[Found[TimeTrigger | ScheduleTrigger], ...] = ()
    longest: timedelta = timedelta()
    """The longest window of those."""
    messages: dict[str, tuple[Found[MqttTrigger], ...]] = field(default_factory=dict)
    home_events: dict[str, tuple[Found[EventTrigger], ...]] = field(default_factory=dict)
    followers: dict[str, tuple[Found[RitualTrigger], ...]] = field(default_factory=dict)
    """By the ritual they follow."""
    seasons: tuple[Found[SeasonTrigger], ...] = ()
    unanswered: tuple[Found[UnansweredTrigger], ...] = ()
    tags: dict[str, tuple[Found[CalledTrigger], ...]] = field(default_factory=dict)
    _days: dict[tuple[int, date], list[tuple[datetime, Ritual | Rule]]] = field(default_factory=dict, compare=False)
    """Occurrences of a few civil days, computed once: a memo, not a state."""

    _next: dict[int, tuple[datetime, datetime | None]] = field(default_factory=dict, compare=False)
    """The next occurrence that was found, and from when on it is the next; by seed."""

    def occurrences(self, household: Household, after: datetime, until: datetime, seed: int = 0) -> Iterator[Due]:
        """Return the `time` and `schedule` occurrences in (after, until], oldest first."""
        if not self.slots:
            return
        zone = household.time_zone
        after = max(after, until - max(_LOOK_BACK, self.longest))
        # what is moved into waking hours may lie on the day before or after its own
        day, last = civil.local(after, zone).date() - timedelta(days=1), civil.local(until, zone).date()
        while day <= last + timedelta(days=1):
            listed = self._on(day, household, seed)
            first, end = (bisect_right(listed, moment, key=lambda pair: pair[0]) for moment in (after, until))
            for at, ritual in listed[first:end]:
                yield Due(ritual, at, "time")
            day += timedelta(days=1)

    def next_occurrence(self, household: Household, after: datetime, seed: int = 0) -> datetime | None:
        """Return the first `time` or `schedule` occurrence after an instant, or None where no rule has one."""
        if not self.slots:
            return None
        known = self._next.get(seed)
        if known is None or not known[0] <= after < (known[1] or known[0] + _KNOWN_FOR):
            self._next[seed] = known = (after, self._search(household, after, seed))
        return known[1]

    def _search(self, household: Household, after: datetime, seed: int) -> datetime | None:
        day = civil.local(after, household.time_zone).date() - timedelta(days=1)
        best: datetime | None = None
        for ahead in range(_LOOK_AHEAD):
            listed = self._on(day + timedelta(days=ahead), household, seed)
            found = bisect_right(listed, after, key=lambda pair: pair[0])
            before, candidates = best, [at for at, _ in listed[found : found + 1]]
            best = min([*candidates, *([best] if best else [])], default=None)
            if before is not None:
                break  # one day more was looked at, because what is moved may come before it
        return best

    def _on(self, day: date, household: Household, seed: int) -> list[tuple[datetime, Ritual | Rule]]:
        if (seed, day) not in self._days:
            if len(self._days) > _MEMO:
                self._days.clear()
            found = [
                (calendar.instant_on(day, f.trigger, f.ritual.name, household, seed), f.ritual) for f in self.slots
            ]
            pairs = [(at, ritual) for at, ritual in found if at is not None]
            self._days[seed, day] = sorted(pairs, key=lambda pair: (pair[0], pair[1].name))
        return self._days[seed, day]


def index(rulebook: Rulebook) -> Index:
    """Sort the triggers of a rulebook by what sets them off."""
    definitions: tuple[Ritual | Rule, ...] = (*rulebook.rituals, *rulebook.rules)
    found = [Found(definition, trigger) for definition in definitions for trigger in definition.triggers]
    slots = tuple(Found(f.ritual, f.trigger) for f in found if isinstance(f.trigger, TimeTrigger | ScheduleTrigger))
    windows = [f.ritual.offer.valid_for for f in slots if isinstance(f.ritual, Ritual)]
    watches = list(_watches(found, rulebook.rituals))
    return Index(
        reunion=_of(found, ReunionTrigger),
        leaving=_by((sign, f) for f in _of(found, LeavingTrigger) for sign in f.trigger.signs),
        apart=_of(found, ApartTrigger),
        watches=_by((watch.sign.signal, watch) for watch in watches),
        watch_by_key={watch.key: watch for watch in watches},
        slots=slots,
        longest=max(windows, default=timedelta()),
        messages=_by((f.trigger.topic, f) for f in _of(found, MqttTrigger)),
        home_events=_by((f.trigger.event_type, f) for f in _of(found, EventTrigger)),
        followers=_by((f.trigger.ritual, f) for f in _of(found, RitualTrigger)),
        seasons=_of(found, SeasonTrigger),
        unanswered=_of(found, UnansweredTrigger),
        tags=_by((f.trigger.tag, f) for f in _of(found, CalledTrigger) if f.trigger.tag),
    )


def told_by(index: Index, event: MessageReceived | HomeEventFired) -> list[Ritual | Rule]:
    """Return what a message or an event of Home Assistant makes due."""
    if isinstance(event, MessageReceived):
        listed = index.messages.get(event.topic, ())
        return [f.ritual for f in listed if f.trigger.payload in (None, event.payload)]
    wanted = index.home_events.get(event.event_type, ())
    return [f.ritual for f in wanted if f.trigger.event_data.items() <= event.event_data.items()]


def _watches(found: Iterable[Found[Trigger]], rituals: Iterable[Ritual]) -> Iterator[Watch]:
    for f in found:
        if isinstance(f.trigger, StateTrigger):
            yield Watch(_key(f.ritual.name, f.trigger), f.ritual, f.trigger)
    for ritual in rituals:
        for sign in ritual.run.ends.when:
            yield Watch(f"{_key(ritual.name, sign)} ends", ritual, sign, ends=True)


def _key(name: str, sign: StateTrigger | EndSign) -> str:
    """Name a watch by what it says: in another season the same words are the same watch."""
    starts = " starts" if isinstance(sign, StateTrigger) and sign.starts else ""
    return f"{name}: {sign.signal} {sign.is_} {format_duration(sign.for_)}{starts}"


def _of(found: Iterable[Found[Trigger]], kind: type[T]) -> tuple[Found[T], ...]:
    return tuple(Found(f.ritual, f.trigger) for f in found if isinstance(f.trigger, kind))


K = TypeVar("K")
V = TypeVar("V")


def _by(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    sorted_out: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        sorted_out[key].append(value)
    return {key: tuple(values) for key, values in sorted_out.items()}
