"""A simulated home: what is really so, what is cut off, and a service that is told of it.

Stands in for sources, channels and the clock, with their promises: a queue for MQTT, snapshots after an outage, tiles
that show the latest state, speech that is dropped when it is late. What should come out is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from turntoward.core import seasons, trace
from turntoward.core import simulated_words as words_for
from turntoward.core.actions import Action, Announce, Notify, SetTile, TellStep
from turntoward.core.engine import Engine, new_state
from turntoward.core.events import (
    ActionDelivered,
    ActionExpired,
    ClockJumped,
    Event,
    NoticeAnswered,
    PresenceChanged,
    ServiceStarted,
    SignalChanged,
    SourceConnected,
    SourceLost,
    TimePassed,
    raw_presence,
)
from turntoward.core.household import Household
from turntoward.core.rules import Rulebook
from turntoward.core.scenario import Given, Happening, Scenario
from turntoward.core.state import ChosenSeason, HouseholdState, Presence, SignalValue

_LONG_AGO = timedelta(days=1)
_MOST_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class Emitted:
    """A prompt that reached people: `at` is local time in the household's zone."""

    at: datetime
    channel: str
    ritual: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline: something happened, was decided, or came out."""

    at: datetime
    kind: Literal["happens", "decides", "emits"]
    text: str


def initial_state(household: Household, given: Given) -> HouseholdState:
    """Return the state of a home that has been as `given` says for a while."""
    zone, start = household.time_zone, given.at.day
    assert start is not None  # a scenario's given.at has a date
    now = given.at.resolve(start, zone)
    presence = {p: Presence("home", now - _LONG_AGO, True, "home", now - _LONG_AGO, None) for p in given.home}
    for partner, left in given.away.items():
        at = left.resolve(start, zone)
        at = at if at <= now else at - _LONG_AGO  # "22:40" in a scenario that starts at 00:10 was yesterday
        presence[partner] = Presence("away", at, True, "away", None, at)
    left_at = [p.left_at for p in presence.values() if p.left_at is not None]
    signals = {name: SignalValue(value, now - _LONG_AGO) for name, value in given.signals.items()}
    blank = new_state(now)
    blank = replace(blank, season_was=ChosenSeason(*seasons.current(household, blank, now)))
    return replace(blank, presence=presence, signals=signals, apart_since=min(left_at, default=None))


@dataclass
class SimulatedHome:
    """The simulated home: what is really so, what is cut off, and the service that is told of it."""

    household: Household
    rulebook: Rulebook
    scenario: Scenario
    emitted: list[Emitted] = field(default_factory=list)
    timeline: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.zone = self.household.time_zone
        self.engine = Engine(self.household, self.rulebook)
        self.state = initial_state(self.household, self.scenario.given)
        self.truth: dict[str, tuple[str, datetime]] = {
            **{p: (str(s.raw), s.raw_since or self.state.now) for p, s in self.state.presence.items()},
            **{f"signal {n}": (s.value, s.since) for n, s in self.state.signals.items()},
        }
        self.down: dict[str, list[datetime]] = {}
        """What is cut off, and since when; outages of one kind may overlap."""
        self.missed: list[tuple[str, Event]] = []
        self.undelivered: list[Action] = []
        self._shown: dict[str, str] = {}
        self._buttons: dict[str, dict[str, str]] = {}
        """The tokens of the buttons that reached somebody last, by ritual and answer."""
        self.offset = timedelta()
        """The wall clock minus the scenario's own, unbroken time."""

    def run(self) -> None:
        """Let everything happen that the scenario names, and time pass to its end."""
        steps = list(self._script())
        end = self.scenario.ends(self.zone)
        for at, happening in [*steps, (None, None)]:
            until = at if at is not None else max(end - self.offset, steps[-1][0] if steps else end)
            self._let_time_pass(until)
            if happening is not None:
                self._happen(happening, until + self.offset)

    def _script(self) -> Iterator[tuple[datetime, Happening | str]]:
        """Yield what happens in unbroken time; what follows a set clock is written in the new time."""
        offset, start = timedelta(), self.scenario.starts_on
        pending: list[tuple[datetime, Happening | str]] = []
        for happening in self.scenario.when:
            at = happening.at.resolve(start, self.zone) - offset
            pending.append((at, happening))
            if happening.down and happening.until:
                pending.append((happening.until.resolve(start, self.zone) - offset, happening.down))
            if happening.clock:
                yield from sorted(pending, key=lambda p: p[0])
                pending = []
                offset = happening.clock.resolve(start, self.zone) - at
        yield from sorted(pending, key=lambda p: p[0])

    # -- time ---------------------------------------------------------------------------------------------------

    def _let_time_pass(self, until: datetime) -> None:
        for _ in range(_MOST_STEPS):
            at = self._next_instant()
            if at is None or at - self.offset >= until:
                return
            self._expire(at)
            self._tell(TimePassed(), at)

    def _next_instant(self) -> datetime | None:
        if "service" in self.down:
            return None
        wakeup = self.engine.next_wakeup(self.state)
        times = [a.valid_until for a in self.undelivered] + ([wakeup] if wakeup else [])
        return min(times, default=None)

    # -- what happens -------------------------------------------------------------------------------------------

    def _happen(self, happening: Happening | str, now: datetime) -> None:
        if isinstance(happening, str):
            self._back(happening, now)
            return
        self._line(now, "happens", words_for.happening(happening))
        kind = happening.kind
        if kind in ("arrives", "leaves", "presence"):
            partner = happening.arrives or happening.leaves or happening.presence or ""
            raw = raw_presence({"arrives": "home", "leaves": "not_home"}.get(kind) or happening.is_ or "")
            self.truth[partner] = (raw, now)
            self._from(self.household.source_of(partner), PresenceChanged(partner, raw), now)
        elif kind == "signal":
            name, value = happening.signal or "", happening.is_ or ""
            self.truth[f"signal {name}"] = (value, now)
            self._from(self._source_of_signal(name), SignalChanged(name, value), now)
        elif kind == "down":
            self._cut(happening.down or "", now)
        elif kind == "notice":
            token = self._buttons.get(happening.ritual or "", {}).get(happening.notice or "", "")
            self._from(self.household.reached_by("phone"), NoticeAnswered(token, happening.text or ""), now)
        elif kind == "clock" and happening.clock:
            self._set_clock(happening.clock.resolve(self.scenario.starts_on, self.zone), now)
        elif kind == "agreed":
            self.household = self.household.model_copy(update={"agreed": happening.agreed})
            self.engine = Engine(self.household, self.rulebook)
            if "service" not in self.down:
                self._tell(TimePassed(), now)
        else:
            until = happening.until.resolve(self.scenario.starts_on, self.zone) if happening.until else None
            self._from(*words_for.told(self.household, happening, until), now)

    def _source_of_signal(self, name: str) -> str:
        return self.household.source_of_signal(name) if name in self.household.signals else "home"

    def _set_clock(self, new: datetime, now: datetime) -> None:
        self.offset += new - now
        if "service" not in self.down:
            self._tell(ClockJumped(new - now), new)

    # -- outages ------------------------------------------------------------------------------------------------

    def _is_cut(self, source: str) -> bool:
        """A household that says nothing of its connections hangs on all of them."""
        return "service" in self.down or source in self.down or (source == "home" and bool(self.down))

    def _from(self, source: str, event: Event, now: datetime) -> None:
        if self._is_cut(source):
            self.missed.append((source, event))
        else:
            self._tell(event, now)

    def _sources(self) -> tuple[str, ...]:
        of_signals = (self.household.source_of_signal(name) for name in self.household.signals)
        return tuple(dict.fromkeys((*self.household.presence_sources, *of_signals)))

    def _cut(self, what: str, now: datetime) -> None:
        before = {s for s in self._sources() if self._is_cut(s)}
        self.down[what] = [*self.down.get(what, []), now]
        for source in self._sources():
            if what != "service" and self._is_cut(source) and source not in before and "service" not in self.down:
                self._tell(SourceLost(source), now)

    def _back(self, what: str, now: datetime) -> None:
        began = self.down.get(what, [])
        if len(began) != 1:  # another outage of this kind goes on, or it ends before it began
            self.down |= {what: began[:-1]} if began else {}
            return
        gone = now - began[0]
        cut = [s for s in self._sources() if self._is_cut(s)]
        del self.down[what]
        self._line(now, "happens", f"{what} is back")
        if what == "service":
            self._tell(ServiceStarted(self._sources()), now)
        if "service" in self.down:
            return
        for source in (s for s in cut if not self._is_cut(s)):
            self._reconnect(source, gone, now)
        self._expire(now)
        self._retry(now)

    def _reconnect(self, source: str, gone: timedelta, now: datetime) -> None:
        self._tell(SourceConnected(source), now)
        queued = [event for where, event in self.missed if where == source]
        self.missed = [(where, event) for where, event in self.missed if where != source]
        if source == "mqtt" and gone <= self.household.presence.stale_event:
            for event in queued:  # the broker kept them for our session
                self._tell(event, now)
        for name, (value, since) in self.truth.items():
            known_since = None if source == "mqtt" else since  # a retained message has no time
            is_signal = name.startswith("signal ")
            signal = name.removeprefix("signal ")
            if is_signal and self._source_of_signal(signal) == source:
                self._tell(SignalChanged(signal, value, True, known_since), now)
            elif not is_signal and self.household.source_of(name) == source:
                self._tell(PresenceChanged(name, raw_presence(value), True, known_since), now)

    # -- the service and its channels ---------------------------------------------------------------------------

    def _tell(self, event: Event, now: datetime) -> None:
        before = self.state
        decision = self.engine.decide(before, event, now)
        self.state = decision.state
        for entry in decision.trace:
            self._line(now, "decides", trace.explain(entry))
        for action in decision.actions:
            self._deliver(action, now)

    def _deliver(self, action: Action, now: datetime) -> None:
        if self._is_cut(self.household.reached_by(action.channel)):
            self.undelivered.append(action)
            return
        if isinstance(action, Announce | Notify) and action.buttons:
            self._buttons[action.ritual] = {button.answer: button.token for button in action.buttons}
        words = words_for.noticed(action, self._shown)
        if words is not None:
            self.emitted.append(Emitted(now.astimezone(self.zone), action.channel, words_for.subject(action), words))
            self._line(now, "emits", f"{action.channel}: {words or words_for.subject(action)}")
        if not isinstance(action, TellStep):
            self._tell(ActionDelivered(action.id), now)

    def _retry(self, now: datetime) -> None:
        waiting, self.undelivered = self.undelivered, []
        latest = {words_for.subject(a): a.id for a in waiting if isinstance(a, SetTile)}
        for action in waiting:
            if isinstance(action, SetTile) and latest[words_for.subject(action)] != action.id:
                continue  # a tile shows the latest state, not its history
            self._deliver(action, now)

    def _expire(self, now: datetime) -> None:
        late = [a for a in self.undelivered if a.valid_until <= now]
        self.undelivered = [a for a in self.undelivered if a.valid_until > now]
        for action in late:
            if not isinstance(action, TellStep):
                self._line(now, "decides", f"{action.channel}: could not be reached in time; dropped")
                self._tell(ActionExpired(action.id), now)

    def _line(self, at: datetime, kind: Literal["happens", "decides", "emits"], text: str) -> None:
        self.timeline.append(Line(at.astimezone(self.zone), kind, text))
