"""Delivery: a worker for each channel, with a thread of its own.

Nothing is decided here but whether it is too late; what came of an action goes back to the inbox as an event.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
from dataclasses import dataclass

from turntoward.core.actions import Action, ClearNotice, Notify, SetTile, ShowHome
from turntoward.core.events import ActionDelivered, ActionExpired, ActionFailed, Event
from turntoward.ports import Channel, Clock, Impossible, Inbox, Journal, NotNow

log = logging.getLogger(__name__)

RETRY = 1.0
"""Seconds between two tries of an action that was certainly not done."""
_WORTH_SAYING = 5
"""Tries of speech that fail before it is said: a connection that is just being made is not worth a line. Of the others
nothing is said; they catch up, and that the connection is gone is said by who keeps it."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Ends a queue's reader."""


@dataclass(frozen=True, slots=True)
class _Order:
    """An action as it waits."""

    action: Action
    tell: bool
    quiet: bool


def place_of(action: Action) -> str | None:
    """Name the place where only the latest of several actions counts; None: each of them does."""
    if isinstance(action, SetTile):
        return f"tile {action.ritual}"
    if isinstance(action, ShowHome):
        return "home"
    if isinstance(action, Notify | ClearNotice):
        return f"notice {action.tag}"  # a message that is answered by now must not light up a phone
    return None


class ChannelWorker:
    """Carries out the actions of one channel, one after another, in a thread of its own.

    A channel that hangs or fails delays nobody else. What is not delivered by `valid_until` is dropped, and that is
    told; a tile's older state, or a message that has been taken back, is passed over when a newer one is waiting.
    """

    def __init__(self, channel: Channel, journal: Journal, clock: Clock, inbox: Inbox) -> None:
        self._channel, self._journal, self._clock, self._inbox = channel, journal, clock, inbox
        self._queue: queue.Queue[_Order | Stop] = queue.Queue()
        self._stopping = threading.Event()
        self._newest: dict[str, str] = {}
        self._thread = threading.Thread(target=self._run, name=f"channel-{channel.name}", daemon=True)
        self._thread.start()

    @property
    def at_most_once(self) -> bool:
        """Whether an action that was tried before a crash must not be tried again."""
        return self._channel.at_most_once

    def submit(self, action: Action, *, tell: bool = True, quiet: bool = False) -> None:
        """Queue an action; `tell`: put what came of it into the inbox; `quiet`: its name is not for a log."""
        if place := place_of(action):
            self._newest[place] = action.id
        self._queue.put(_Order(action, tell, quiet))

    def stop(self, timeout: float = 5.0) -> None:
        """Finish what is being done, leave the rest for the next start, and close the channel."""
        self._stopping.set()
        self._queue.put(Stop())
        self._thread.join(timeout)

    def _run(self) -> None:
        while not isinstance(order := self._queue.get(), Stop):
            result = None if self._stopping.is_set() else self._carry_out(order.action, order.quiet)
            if order.tell and result is not None:
                self._inbox(result)
            self._forget(order.action)
        with contextlib.suppress(NotNow, Impossible):
            self._channel.close()

    def _forget(self, action: Action) -> None:
        """Let go of a message that is taken back: there is no end of them."""
        place = place_of(action)
        if isinstance(action, ClearNotice) and place and self._newest.get(place) == action.id:
            del self._newest[place]

    def _carry_out(self, action: Action, quiet: bool) -> Event | None:
        """Try until it is done, impossible or too late; None when the service stops in between."""
        tries = 0
        while not self._stopping.is_set():
            if (place := place_of(action)) and self._newest.get(place) != action.id:
                return ActionExpired(action.id)
            if self._clock.now() >= action.valid_until:
                level = logging.DEBUG if quiet else logging.WARNING
                log.log(level, "%s: %s could not be delivered in time and was dropped", self._channel.name, action.id)
                return ActionExpired(action.id)
            try:
                self._try(action)
            except NotNow as reason:
                tries += 1
                if tries == _WORTH_SAYING and self.at_most_once:
                    log.warning("%s: not now, will try until it is too late: %s", self._channel.name, reason)
                self._stopping.wait(RETRY)
            except Exception as reason:  # a broken channel must not take its worker along
                usual = logging.DEBUG if quiet else logging.WARNING
                level = usual if isinstance(reason, Impossible) else logging.ERROR
                log.log(level, "%s: failed: %s", self._channel.name, reason, exc_info=level == logging.ERROR)
                return ActionFailed(action.id, str(reason)[:200])
            else:
                return ActionDelivered(action.id)
        return None

    def _try(self, action: Action) -> None:
        """Do it. What may be done once only is marked before; the mark is taken back when it was certainly not done."""
        if not self.at_most_once:
            self._channel.deliver(action)
            return
        try:
            self._journal.mark_attempted(action.id)
        except Exception as problem:  # whatever the disk has: what is not marked is not tried
            raise NotNow(f"the journal cannot be written ({problem})") from problem
        try:
            self._channel.deliver(action)
        except NotNow:
            with contextlib.suppress(Exception):  # then it counts as tried, and is silent after a crash
                self._journal.mark_not_done(action.id)
            raise
