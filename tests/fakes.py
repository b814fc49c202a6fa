"""Small real stand-ins for the ports: they record what happened, so that tests can assert on outcomes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from turntoward.core.actions import Action
from turntoward.core.engine import Decision
from turntoward.core.events import ActionDelivered, ActionExpired, ActionFailed, Event
from turntoward.core.state import HouseholdState, state_from_json, state_to_json
from turntoward.ports import NotNow, Unfinished


def at(text: str, day: str = "2026-11-19") -> datetime:
    """18:31:35 in Berlin's winter, as UTC."""
    return datetime.fromisoformat(f"{day}T{text}+01:00").astimezone(UTC)


class ManualClock:
    """Time passes when the test says so."""

    def __init__(self, now: datetime) -> None:
        self._now, self._jump = now, timedelta()

    def now(self) -> datetime:
        return self._now

    def take_jump(self) -> timedelta | None:
        jump, self._jump = self._jump, timedelta()
        return jump or None

    def from_wall(self, instant: datetime) -> datetime:
        return instant

    def to_wall(self, instant: datetime) -> datetime:
        return instant

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self._now).total_seconds()

    def sleep(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)

    def set(self, now: datetime) -> None:
        self._now = now

    def jump(self, by: timedelta) -> None:
        self._now, self._jump = self._now + by, self._jump + by


class RecordingWakeup:
    """Remembers when the loop wants to be woken."""

    def __init__(self) -> None:
        self.at: datetime | None = None

    def wake_at(self, instant: datetime | None) -> None:
        self.at = instant

    def stop(self) -> None:
        self.at = None


class RecordingChannel:
    """Takes what it is told to; `refuse` decides what it raises instead."""

    def __init__(self, name: str, at_most_once: bool = False) -> None:
        self.name, self.at_most_once = name, at_most_once
        self.taken: list[Action] = []
        self.tried: list[str] = []
        self.closed = False
        self.refuse: Callable[[Action], Exception | None] = lambda action: None
        self.came = threading.Condition()

    def deliver(self, action: Action) -> None:
        self.tried.append(action.id)
        if (problem := self.refuse(action)) is not None:
            raise problem
        with self.came:
            self.taken.append(action)
            self.came.notify_all()

    def close(self) -> None:
        self.closed = True

    def wait_for(self, count: int, seconds: float = 5.0) -> list[Action]:
        with self.came:
            assert self.came.wait_for(lambda: len(self.taken) >= count, seconds), f"only {self.taken} came"
            return list(self.taken)


class MemoryJournal:
    """The journal's promises without a file."""

    def __init__(self) -> None:
        self.events: list[tuple[Event, Decision]] = []
        self.full = False
        self._state: str | None = None
        self._actions: dict[str, Unfinished] = {}
        self._beat: datetime | None = None

    def load(self) -> HouseholdState | None:
        return state_from_json(self._state) if self._state else None

    def record(self, event: Event, decision: Decision, digest: str) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        for action in decision.actions:
            self._actions.setdefault(action.id, Unfinished(action, 0))
        if isinstance(event, ActionDelivered | ActionFailed | ActionExpired):
            self._actions.pop(event.action, None)
        self._state = state_to_json(decision.state)
        self.events.append((event, decision))
        return len(self.events)

    def mark_attempted(self, action_id: str) -> None:
        if action_id in self._actions:
            old = self._actions[action_id]
            self._actions[action_id] = replace(old, attempts=old.attempts + 1)

    def mark_not_done(self, action_id: str) -> None:
        if action_id in self._actions:
            self._actions[action_id] = replace(self._actions[action_id], attempts=0)

    def unfinished(self) -> Sequence[Unfinished]:
        return list(self._actions.values())

    def prune(self, before: datetime, fleeting_before: datetime) -> int:
        return 0

    def beat(self, now: datetime) -> None:
        self._beat = now

    def last_beat(self) -> datetime | None:
        return self._beat

    def close(self) -> None:
        """Nothing is open."""


def offline(action: Action) -> Exception:
    """A channel that has no connection."""
    return NotNow("no connection")
