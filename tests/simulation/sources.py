"""Home Assistant and the broker, stood in for: what they know, what they tell at once, and what after an outage.

A snapshot of Home Assistant says since when a thing is so, unless it has just started; a retained message never does.
What was published while only the service was gone waits in the broker's queue. Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tests.simulation.telling import Fact
from tests.simulation.year import PARTNERS
from turntoward.core.events import Event, PresenceChanged, SignalChanged, raw_presence
from turntoward.settings import Settings

SOURCES = ("homeassistant", "mqtt")


@dataclass(frozen=True, slots=True)
class _Known:
    value: str
    since: datetime | None
    """None: it was so when Home Assistant started."""
    cause: str


@dataclass
class Sources:
    """What would be said if somebody asked, and who is cut off. All times are those of the wall clock."""

    settings: Settings
    down: set[str] = field(default_factory=lambda: {"service"})
    known: dict[str, _Known] = field(default_factory=dict)
    queued: list[Fact] = field(default_factory=list)
    broker_lost: datetime | None = None

    def hear(self, fact: Fact, since: datetime) -> Event | None:
        """Something is different at home; return what the service is told of it now."""
        self.known[fact.subject] = _Known(fact.value, since, fact.cause)
        source = self._source(fact.subject)
        if "service" not in self.down and source not in self.down:
            return _event(fact.subject, fact.value)
        if source == "mqtt" and "mqtt" not in self.down:
            self.queued.append(fact)
        return None

    def cut(self, what: str, clock: datetime) -> None:
        """Something is gone."""
        self.down.add(what)
        if what in ("service", "mqtt") and self.broker_lost is None:
            self.broker_lost = clock

    def join(self, what: str, made_anew: bool, clock: datetime) -> tuple[str, ...]:
        """Something is there again; return the sources that now connect."""
        self.down.discard(what)
        if made_anew:
            self._start_anew(clock)
        return (
            () if "service" in self.down else tuple(s for s in SOURCES if what in (s, "service") and s not in self.down)
        )

    def connected(self, source: str, clock: datetime) -> Iterator[Event]:
        """What a source tells right after it has connected: first what was queued, if that is not too old."""
        if source == "mqtt":
            if clock - (self.broker_lost or clock) <= self.settings.presence.stale_event:
                yield from (_event(fact.subject, fact.value) for fact in self.queued)
            self.queued, self.broker_lost = [], None
        signals_first = sorted(self.known.items(), key=lambda item: item[0] in PARTNERS)
        for subject, known in signals_first:
            if self._source(subject) == source:
                yield _event(subject, known.value, snapshot=True, since=known.since if source != "mqtt" else None)

    def _start_anew(self, clock: datetime) -> None:
        """A Home Assistant that starts makes all states anew: a phone seems to have moved just now."""
        for subject, known in self.known.items():
            if self._source(subject) == "homeassistant":
                self.known[subject] = _Known(known.value, clock if subject in PARTNERS else None, known.cause)

    def _source(self, subject: str) -> str:
        of = self.settings.source_of if subject in PARTNERS else self.settings.source_of_signal
        return of(subject)


def _event(subject: str, value: str, snapshot: bool = False, since: datetime | None = None) -> Event:
    if subject in PARTNERS:
        return PresenceChanged(subject, raw_presence(value), snapshot, since)
    return SignalChanged(subject, value, snapshot, since)
