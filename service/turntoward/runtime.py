"""The loop: take an event from the inbox, decide, write the journal, only then let the actions out.

One thread decides. Everything slow happens elsewhere: sources put events into the inbox from their own threads, each
channel has a worker. No rule, gate or text is known here, and no client library.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from turntoward.core.actions import Action, SetTile, ShowHome
from turntoward.core.board import Board
from turntoward.core.engine import Decision, Engine, new_state
from turntoward.core.events import (
    ActionDelivered,
    ActionExpired,
    ActionFailed,
    ClockJumped,
    Event,
    PrivateAct,
    ServiceStarted,
    TimePassed,
)
from turntoward.core.state import HouseholdState
from turntoward.core.trace import NOTICEABLE, explain
from turntoward.delivery import RETRY, ChannelWorker, Stop
from turntoward.ports import Channel, Clock, Journal, Unfinished, Wakeup

log = logging.getLogger(__name__)

TICK = 5.0
"""Seconds. How often the loop looks up when nothing happens: a clock that was set is noticed this soon."""
_BEAT = timedelta(seconds=15)
_SHOWS_UNTIL = timedelta(days=1)
_PRUNE_EVERY = timedelta(hours=1)
KEEP_PRESENCE = timedelta(hours=48)
KEEP_FLEETING = timedelta(hours=24) - _PRUNE_EVERY
"""After 24 hours nothing of it is left, whenever in the hour the erasing comes."""
_ALWAYS_RECORDED = (ActionDelivered, ActionFailed, ActionExpired, ServiceStarted)


@dataclass(frozen=True, slots=True)
class _Changed:
    """The household or its rules have changed."""

    engine: Engine


class Runtime:
    """Holds the state, and is the only one who changes it."""

    def __init__(self, engine: Engine, journal: Journal, clock: Clock) -> None:
        self._engine, self._journal, self._clock = engine, journal, clock
        self._quiet = _quiet(engine)
        # Unbounded: what is in it has to be decided, and the adapters bound what they put in.
        # A SimpleQueue, because `stop` may interrupt the very thread that is taking something out: any other would wait
        # for itself.
        self._queue: queue.SimpleQueue[Event | _Changed | Stop] = queue.SimpleQueue()
        self._stopping = False
        self._workers: dict[str, ChannelWorker] = {}
        self._wakeup: Wakeup | None = None
        self._state: HouseholdState = new_state(clock.now())
        self._beat_at = self._prune_at = self._state.now - KEEP_PRESENCE
        self._journal_failed = False
        self._board: Board | None = None
        self._boards = 0

    def put(self, event: Event) -> None:
        """Take an event from any thread."""
        self._queue.put(event)

    def take(self, engine: Engine) -> None:
        """Decide by another engine from now on, from any thread: the household or its rules have changed."""
        self._queue.put(_Changed(engine))

    def start(self, channels: Mapping[str, Channel], wakeup: Wakeup, sources: tuple[str, ...], seed: int = 0) -> None:
        """Restore the state, take up what a former run left, and begin with a ServiceStarted.

        `seed`: a number drawn by chance, for a household that has none yet.
        """
        self._wakeup = wakeup
        self._workers = {n: ChannelWorker(c, self._journal, self._clock, self.put) for n, c in channels.items()}
        stored, left = self._journal.load(), self._journal.unfinished()  # before this start adds actions of its own
        if stored is not None:
            self._state = stored
            now = self._clock.now()
            if now < stored.now - timedelta(seconds=5):
                self._decide(ClockJumped(now - stored.now), now)
        self._decide(ServiceStarted(sources, seed), self._clock.now())
        self._take_up(left)
        self._show_board(self._clock.now())

    def run(self) -> None:
        """Decide until `stop`; then end the workers. The caller's thread is the one that decides."""
        try:
            while not self._tick():
                pass
        finally:
            for worker in self._workers.values():
                worker.stop()

    def stop(self) -> None:
        """Ask the loop to end, from any thread or a signal handler."""
        self._stopping = True
        self._queue.put(Stop())

    def _tick(self) -> bool:
        try:
            event = self._queue.get(timeout=self._until_next_look())
        except queue.Empty:
            event = None
        jump = self._clock.take_jump()
        now = self._clock.now()
        if jump is not None:
            log.warning("the clock was set by %s seconds", round(jump.total_seconds()))
            self._decide(ClockJumped(jump), now)
        if isinstance(event, Stop):
            return True
        if isinstance(event, _Changed):
            self._engine, self._quiet, event = event.engine, _quiet(event.engine), TimePassed()
        if isinstance(event, PrivateAct):
            self._decide(TimePassed(), now)  # what time alone brings is not to be found beside a private act
        if event is not None:
            self._decide(event, now)
        if not isinstance(event, PrivateAct):  # nothing moves at the moment of a private act; the next look shows it
            self._show_board(now)
            self._housekeeping(now)
        return False

    def _until_next_look(self) -> float:
        """Return the seconds to the next multiple of TICK: an event, which may be private, does not move the looks."""
        return TICK - self._clock.now().timestamp() % TICK

    def _show_board(self, now: datetime) -> None:
        """Show what has become of the household, where that is not what is shown already."""
        worker = self._workers.get("tile")
        if worker is None:
            return
        board = self._engine.board(self._state, now)
        if board == self._board:
            return
        self._board, self._boards = board, self._boards + 1
        worker.submit(show_home(board, now, self._boards), tell=False, quiet=True)

    def _decide(self, event: Event, now: datetime) -> None:
        decision = self._engine.decide(self._state, event, now)
        if decision.changes(self._state) or isinstance(event, _ALWAYS_RECORDED):
            if not self._record(event, decision):
                return
            self._report(decision)
        self._state = decision.state
        for action in decision.actions:
            self._submit(action)
        if self._wakeup is not None:
            self._wakeup.wake_at(self._engine.next_wakeup(self._state))

    def _record(self, event: Event, decision: Decision) -> bool:
        """Write before anything leaves. What cannot be written is not decided: wait, keep the inbox, and say so."""
        while True:
            try:
                self._journal.record(event, decision, self._engine.rulebook.digest)
            except (OSError, sqlite3.Error) as problem:  # a full disk, a locked file: nothing may leave
                if not self._journal_failed:
                    log.error("the journal cannot be written (%s); nothing is decided until it can", problem)
                    self._journal_failed = True
                self._clock.sleep(RETRY)
                if self._stopping:
                    return False
            except Exception as problem:  # it is this event that cannot be written, now or ever: the next one may be
                log.error("a %s could not be written and is left out (%s)", event.type, type(problem).__name__)
                return False
            else:
                if self._journal_failed:
                    log.warning("the journal can be written again")
                    self._journal_failed = False
                return True

    def _report(self, decision: Decision) -> None:
        """Log what the couple could notice; when somebody came home, or asked for a break, is not for a log."""
        for entry in decision.trace:
            told = entry.step in NOTICEABLE and not entry.fleeting and entry.ritual not in self._quiet
            log.log(logging.INFO if told else logging.DEBUG, "%s", explain(entry))

    def _is_quiet(self, action: Action) -> bool:
        return getattr(action, "ritual", "") in self._quiet

    def _submit(self, action: Action) -> None:
        worker = self._workers.get(action.channel)
        if worker is not None:
            worker.submit(action, quiet=self._is_quiet(action))
        else:
            self.put(ActionFailed(action.id, f"this home has no channel {action.channel!r}"))

    def _take_up(self, unfinished: Sequence[Unfinished]) -> None:
        """Deliver what a former run left; speech it may have begun counts as said and is never repeated."""
        for tile in self._engine.tiles(self._state):
            if worker := self._workers.get(tile.channel):
                worker.submit(tile, tell=False, quiet=self._is_quiet(tile))
        awaited = {action for occasion in self._state.occasions.values() for action in occasion.pending}
        for left in unfinished:
            worker = self._workers.get(left.action.channel)
            if worker is not None and worker.at_most_once and left.attempts:
                self.put(ActionDelivered(left.action.id, assumed=True))
            elif isinstance(left.action, SetTile) and left.action.id not in awaited:
                self.put(ActionExpired(left.action.id))  # a newer tile is shown by now
            else:
                self._submit(left.action)

    def _housekeeping(self, now: datetime) -> None:
        if abs(now - self._beat_at) >= _BEAT:
            self._beat_at = now
            self._journal.beat(now)
        if abs(now - self._prune_at) >= _PRUNE_EVERY:
            self._prune_at = now
            try:
                self._journal.prune(now - KEEP_PRESENCE, now - KEEP_FLEETING)
            except Exception as problem:  # tried again in an hour
                log.warning("old entries could not be erased: %s", problem)


def show_home(board: Board, now: datetime, number: int) -> ShowHome:
    """Return what asks a channel to show a board. It follows from the state and so is in no journal."""
    return ShowHome(f"home-{number}", board, now + _SHOWS_UNTIL)


def _quiet(engine: Engine) -> frozenset[str]:
    """Name the rituals that a log does not speak of: private ones, and time-outs."""
    return engine.rulebook.fleeting | {r.ritual for r in engine.rulebook.rituals if r.private}
