"""What the runtime needs from the world, as Protocols. The promises are here; the work is in adapters and channels.

No implementation may be here, and nothing that knows a client library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from turntoward.core.actions import Action
from turntoward.core.engine import Decision
from turntoward.core.events import Event
from turntoward.core.state import HouseholdState

Inbox = Callable[[Event], None]
"""Where sources put what happened. Callable from any thread, never blocks, never raises."""


class NotNow(Exception):
    """It was certainly not done, and may be possible later: no connection, the target is unavailable."""


class Unacknowledged(NotNow):
    """It was sent and not acknowledged: it may have been done after all. What may happen only once ends here."""


class Impossible(Exception):
    """It was not done and will not be possible: the target does not exist, the request was refused."""


class Refused(Impossible):
    """It was refused before anything was done: nobody has heard or seen it, and something else may be tried."""


class Clock(Protocol):
    """The one place that knows what time it is."""

    def now(self) -> datetime:
        """Return aware UTC; never less than before, but for a jump that `take_jump` has reported."""

    def take_jump(self) -> timedelta | None:
        """Return how far the wall clock was set since last asked, if it was; from then on `now` is the new time."""

    def from_wall(self, instant: datetime) -> datetime:
        """Translate an instant another program wrote (a state's `last_changed`) to this clock's time."""

    def to_wall(self, instant: datetime) -> datetime:
        """Translate an instant of this clock to the wall's time, for timers of the machine."""

    def seconds_until(self, instant: datetime) -> float:
        """Return real seconds to an instant of this clock; 0 or less when it has passed."""

    def sleep(self, seconds: float) -> None:
        """Wait real seconds."""


class Wakeup(Protocol):
    """One timer. Setting it again replaces it."""

    def wake_at(self, instant: datetime | None) -> None:
        """Put a TimePassed into the inbox at an instant, or at once where it has passed; None: not at all."""

    def stop(self) -> None:
        """End the timer's thread."""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An action of an earlier run that no channel has reported on; `attempts` > 0: it may have been done."""

    action: Action
    attempts: int


class Journal(Protocol):
    """The memory. One writer; whatever returns has been written for good."""

    def load(self) -> HouseholdState | None:
        """Return the state after the last recorded event, or None for a new household."""

    def record(self, event: Event, decision: Decision, digest: str) -> int:
        """Write event, trace, actions and state in one transaction; return the event's number.

        Raises OSError or sqlite3.Error when it could not: then nothing of it was written.
        """

    def mark_attempted(self, action_id: str) -> None:
        """Remember, before the call, that an action is about to be tried."""

    def mark_not_done(self, action_id: str) -> None:
        """Take `mark_attempted` back: the try has certainly not done it."""

    def unfinished(self) -> Sequence[Unfinished]:
        """Return the actions no result was recorded for, oldest first."""

    def beat(self, now: datetime) -> None:
        """Remember that the service was alive at `now`; cheap, at most a few times a minute."""

    def last_beat(self) -> datetime | None:
        """Return when the service was last alive before this start, or None."""

    def prune(self, before: datetime, fleeting_before: datetime) -> int:
        """Erase what presence and signals said before an instant, and all that was fleeting before another.

        Of what was fleeting nothing is left: no event, no action, no report, no answer. Return how many entries it was.
        """

    def close(self) -> None:
        """Close the file."""


class Channel(Protocol):
    """A way to reach the couple. One worker thread calls `deliver`, one action at a time."""

    name: str
    at_most_once: bool
    """True: after a crash an attempted action is not tried again (speech). False: it is (tiles)."""

    def deliver(self, action: Action) -> None:
        """Do it, or raise NotNow (tried again until valid_until) or Impossible (given up).

        Returns when the target has taken it. May take seconds; a call that may already have been heard and then
        failed must raise Impossible, never NotNow.
        """

    def close(self) -> None:
        """Leave everything in order (tiles show idle); called once, after the last deliver."""


class Source(Protocol):
    """Something that tells what happens: it puts events into the inbox from a thread of its own."""

    def start(self) -> None:
        """Begin to connect; returns at once, and never raises because the other side is not there."""

    def stop(self) -> None:
        """Disconnect cleanly and end the thread."""


class Broker(Protocol):
    """An MQTT connection as channels use it."""

    def publish(
        self, topic: str, payload: str, *, retain: bool = False, expires_in: float | None = None, wait: float = 5.0
    ) -> None:
        """Publish with QoS 1 and wait for the broker's acknowledgement; raise NotNow when it does not come.

        Nothing is queued while offline or for a broker that hangs: what raised may be published again, but never
        arrives late by itself. Raises Unacknowledged (a NotNow) in the rare case that the connection broke or the
        broker stopped after the message had left, and Impossible when the broker refuses the topic. `expires_in`
        seconds: with MQTT 5 the broker drops it after that. Must not be called in the inbox.
        """

    def retained(self, topic: str, wait: float = 5.0) -> str | None:
        """Return what the broker keeps under a topic, None where that is nothing (or no text). Raises NotNow."""

    def on_connect(self, then: Callable[[], None]) -> None:
        """Call `then` on each connect, and when Home Assistant announces its birth; may be called before `start`.

        `then` runs in a thread of the broker's own, after which the service is announced as online: it may publish,
        and when it raises NotNow it is called again. Each is called alone, in the order they were given.
        """


class HomeAssistant(Protocol):
    """Home Assistant as channels use it."""

    def call(self, domain: str, service: str, data: Mapping[str, Any], timeout: float = 10.0) -> None:
        """Call an action. Raises NotNow when there is no connection, Impossible when it failed or timed out.

        Refused (an Impossible) where Home Assistant has not even begun: no such action, data it does not take.
        """

    def ask(self, domain: str, service: str, data: Mapping[str, Any], timeout: float = 10.0) -> Mapping[str, Any]:
        """Call an action that answers, and return its answer; raises as `call`."""

    def states(self, entity_ids: Iterable[str]) -> dict[str, EntityState]:
        """Return the current state of those entities that exist. Raises NotNow when there is no connection."""


@dataclass(frozen=True, slots=True)
class EntityState:
    """The state of one entity of Home Assistant."""

    entity_id: str
    state: str
    attributes: Mapping[str, Any]
    last_changed: datetime
