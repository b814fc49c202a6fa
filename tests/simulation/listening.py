"""Turntoward in a made-up home: it hears what is told while it is connected, and people answer some of its offers.

After every decision the promises that nobody may break are looked at. Whether it was right to say something is judged
elsewhere, and the truth is not known here but for one thing: people who are not there answer nothing.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.simulation.chance import Dice
from tests.simulation.sources import SOURCES, Sources
from tests.simulation.telling import Agree, Back, ClockSet, Down, Fact, Step, Whim
from turntoward.core.actions import Action, Announce, Ask, SetTile, TellStep
from turntoward.core.engine import Decision, Engine, new_state
from turntoward.core.events import (
    ANSWERS,
    ActionDelivered,
    ActionExpired,
    ClockJumped,
    Event,
    PresenceChanged,
    PrivateAct,
    RitualAnswered,
    ServiceStarted,
    SourceConnected,
    SourceLost,
    TimePassed,
)
from turntoward.core.rules import Rulebook
from turntoward.core.state import HouseholdState, state_from_json, state_to_json
from turntoward.core.trace import TraceEntry
from turntoward.settings import Settings

TIME_OUT = "time_out"
_ROUND_TRIP_EVERY = 500
_WAKEUPS_AT_ONE_MOMENT = 20
_A_JUMP_AT_START = timedelta(seconds=5)
_AS_GOOD_AS_SEEN = timedelta(minutes=2)
_TRY_AGAIN = timedelta(minutes=1)
_SAYINGS = (("", 60), ("done", 22), ("not_today", 6), ("later", 7), ("start", 5))
"""What people make of an offer, of a hundred: mostly nothing."""


@dataclass(frozen=True, slots=True)
class Offered:
    """An offer that reached people. `at` is the time that passed, `clock` what the wall clock showed."""

    at: datetime
    clock: datetime
    ritual: str
    occasion: str
    aloud: bool
    because: str
    """What made it due."""
    arrival: str = ""
    """Why the later of the two phones says "home"."""
    told: tuple[str, ...] = ()
    """Signals that were on when it was said, and a time-out."""


@dataclass
class Home:
    """The service and what is around it."""

    settings: Settings
    rulebook: Rulebook
    start: datetime
    somebody_hears: Callable[[datetime], bool]
    seed: int = 0
    offered: list[Offered] = field(default_factory=list)
    answered: list[tuple[datetime, str, str]] = field(default_factory=list)
    thoughts: list[tuple[datetime, TraceEntry]] = field(default_factory=list)
    repeated: int = 0
    """Actions whose id had been used before."""

    def __post_init__(self) -> None:
        self.now, self.offset = self.start, timedelta()
        self.dice = Dice(f"the people of {self.seed}")
        self.sources = Sources(self.settings)
        self.found: set[str] = set()
        """Partners whose phone's last word was found, in a snapshot of what had long been so."""
        self.undelivered: list[tuple[Action, Offered | None]] = []
        self.replies: list[tuple[datetime, int, RitualAnswered | PrivateAct]] = []
        self.ids: set[str] = set()
        self.wakeup: datetime | None = None
        self.spoken = {r.ritual for r in self.rulebook.rituals if any(c.channel == "speaker" for c in r.offer.channels)}
        self.decisions = self.at_one_moment = self.taps = 0
        self.state: HouseholdState = new_state(self.start)
        self._agree(())

    @property
    def clock(self) -> datetime:
        """What the wall clock shows."""
        return self.now + self.offset

    @property
    def _is_off(self) -> bool:
        return "service" in self.sources.down

    # -- what happens -------------------------------------------------------------------------------------------------

    def live(self, steps: list[tuple[datetime, Step]], until: datetime) -> None:
        """Go through everything that happens, and let time pass in between."""
        earlier = [(at, step) for at, step in steps if at < self.start]
        for at, step in (*earlier, (self.start, Back("service")), *steps[len(earlier) :]):
            self._let_time_pass(at)
            self.now = max(self.now, at)
            self._happen(step, at)
        self._let_time_pass(until)

    def _happen(self, step: Step, at: datetime) -> None:
        if isinstance(step, Fact):
            if event := self.sources.hear(step, at + self.offset):
                self._tell(event)
        elif isinstance(step, Down):
            self._cut(step.what)
        elif isinstance(step, Back):
            self._back(step)
        elif isinstance(step, ClockSet):
            self._set_clock(step.by)
        elif isinstance(step, Agree):
            self._agree(step.names)
        else:
            self._tap(self._whim() if isinstance(step, Whim) else step)

    def _agree(self, names: tuple[str, ...]) -> None:
        self.settings = self.settings.model_copy(update={"agreed": names})
        self.engine = Engine(self.settings, self.rulebook)
        if not self._is_off:
            self._tell(TimePassed())

    def _set_clock(self, by: timedelta) -> None:
        self.offset += by
        if not self._is_off:
            self._tell(ClockJumped(by))

    def _cut(self, what: str) -> None:
        self.sources.cut(what, self.clock)
        if what in SOURCES and not self._is_off:
            self._tell(SourceLost(what))

    def _back(self, back: Back) -> None:
        connecting = self.sources.join(back.what, back.made_anew, self.clock)
        if self._is_off:
            return
        if back.what == "service":
            if self.clock < self.state.now - _A_JUMP_AT_START:
                self._tell(ClockJumped(self.clock - self.state.now))
            self._tell(ServiceStarted(SOURCES))
        for source in connecting:
            self._tell(SourceConnected(source))
            for event in self.sources.connected(source, self.clock):
                self._tell(event)
        self._expire()
        waiting, self.undelivered = self.undelivered, []
        for action, offer in waiting:
            self._deliver(action, offer)

    # -- time ---------------------------------------------------------------------------------------------------------

    def _let_time_pass(self, until: datetime) -> None:
        while (at := self._next_instant()) is not None and at < until:
            self.now = max(self.now, at)
            self._expire()
            if self.replies and self.replies[0][0] <= self.now:
                self._tap(heapq.heappop(self.replies)[2])
            elif not self._is_off:
                self._tell(TimePassed())

    def _next_instant(self) -> datetime | None:
        times = [self.replies[0][0]] if self.replies else []
        if not self._is_off:
            times += [action.valid_until - self.offset for action, _ in self.undelivered]
            if self.wakeup is not None:
                times.append(self.wakeup - self.offset)
        return min(times, default=None)

    # -- people -------------------------------------------------------------------------------------------------------

    def _whim(self) -> RitualAnswered:
        return RitualAnswered(
            self.dice.choice([r.ritual for r in self.rulebook.rituals if r.ritual != TIME_OUT]), "start"
        )

    def _tap(self, answer: RitualAnswered | PrivateAct) -> None:
        """Whoever needs a time-out, or is ready to end one, tries again until the tile takes it."""
        if not self.sources.down & {"service", "mqtt"}:
            if isinstance(answer, RitualAnswered):
                self.answered.append((self.now, answer.ritual, answer.answer))
            self._tell(answer)
        elif isinstance(answer, PrivateAct) or answer.ritual == TIME_OUT:
            self._answer_at(self.now + _TRY_AGAIN, answer)

    def _answer_at(self, at: datetime, answer: RitualAnswered | PrivateAct) -> None:
        self.taps += 1
        heapq.heappush(self.replies, (at, self.taps, answer))

    def _consider(self, offer: Offered) -> None:
        said = self.dice.choices([what for what, _ in _SAYINGS], [often for _, often in _SAYINGS])[0]
        at = offer.at + self.dice.seconds(10, 240)
        allowed = next(r.answers for r in self.rulebook.rituals if r.ritual == offer.ritual)
        answer = next((a for a in ANSWERS if a == said and a in (*allowed, "start")), None)
        if answer is not None and self.somebody_hears(offer.at):
            self._answer_at(at, RitualAnswered(offer.ritual, answer))

    # -- the service and its channels ---------------------------------------------------------------------------------

    def _tell(self, event: Event) -> None:
        if isinstance(event, PresenceChanged):
            self._remember_how(event)
        decision = self.engine.decide(self.state, event, self.clock)
        self._look_at_promises(decision, event)
        self.state = decision.state
        self.thoughts += [(self.now, entry) for entry in decision.trace]
        for action in decision.actions:
            self._deliver(action, self._offer(action))

    def _remember_how(self, event: PresenceChanged) -> None:
        before = self.state.presence.get(event.partner)
        if before is not None and before.raw == event.raw:
            return
        seen = not event.snapshot or (
            event.changed_at is not None and self.clock - event.changed_at <= _AS_GOOD_AS_SEEN
        )
        self.found = self.found - {event.partner} if seen else self.found | {event.partner}

    def _look_at_promises(self, decision: Decision, event: Event) -> None:
        self.decisions += 1
        wakeup = self.wakeup = self.engine.next_wakeup(decision.state)
        assert wakeup is None or wakeup >= decision.state.now, f"a wake-up in the past after {event}"
        again = isinstance(event, TimePassed) and wakeup == self.state.now == decision.state.now
        self.at_one_moment = self.at_one_moment + 1 if again else 0
        assert self.at_one_moment < _WAKEUPS_AT_ONE_MOMENT, f"woken again and again at {wakeup}"
        if self.decisions % _ROUND_TRIP_EVERY == 0:
            assert state_from_json(state_to_json(decision.state)) == decision.state
        for action in decision.actions:
            shown = (
                action.state in ("offered", "running") if isinstance(action, SetTile) else isinstance(action, Announce)
            )
            assert self.settings.both_agreed or not shown, f"{action.id} before both have agreed"
            self.repeated += action.id in self.ids
            self.ids.add(action.id)

    def _offer(self, action: Action) -> Offered | None:
        """What an action offers; a step of what runs and a tile that rests offer nothing."""
        if not isinstance(action, Announce | SetTile):
            return None
        occasion = self.state.occasions.get(action.ritual)
        if occasion is None or action.id not in occasion.pending:
            return None
        aloud, cause = isinstance(action, Announce), occasion.cause
        return Offered(self.now, self.clock, action.ritual, occasion.id, aloud, cause, self._last_arrival())

    def _last_arrival(self) -> str:
        homes = [(p.home_at, name) for name, p in self.state.presence.items() if p.home_at]
        if not homes:
            return ""
        partner = max(homes)[1]
        return self.sources.known[partner].cause + (", found" if partner in self.found else "")

    def _deliver(self, action: Action, offer: Offered | None) -> None:
        if self.settings.reached_by(action.channel) in self.sources.down:
            self.undelivered.append((action, offer))
            return
        if offer is not None:
            self._reaches_people(offer)
        if isinstance(action, Ask) and action.about == "ready":
            self._answer_at(self.now + self.dice.seconds(10, 120), PrivateAct(action.partner, "ready"))
        if not isinstance(action, TellStep):
            self._tell(ActionDelivered(action.id))

    def _reaches_people(self, offer: Offered) -> None:
        signals = self.settings.signals
        told = tuple(name for name, said in self.state.signals.items() if signals[name].is_on(said.value))
        told += (TIME_OUT,) if TIME_OUT in self.state.occasions else ()
        self.offered.append(replace(offer, at=self.now, clock=self.clock, told=told))
        if offer.aloud or offer.ritual not in self.spoken:
            self._consider(self.offered[-1])

    def _expire(self) -> None:
        """Drop what has become too late; a service that is off drops nothing."""
        if self._is_off:
            return
        late = [action for action, _ in self.undelivered if action.valid_until <= self.clock]
        self.undelivered = [(a, offer) for a, offer in self.undelivered if a.valid_until > self.clock]
        for action in late:
            if not isinstance(action, TellStep):
                self._tell(ActionExpired(action.id))
