"""What the tests of the listener share: a household, an inbox that can be waited for, and its log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.peers.homeassistant import HomeAssistant
from turntoward.adapters.homeassistant import Timings
from turntoward.core.events import Event, PresenceChanged, SignalChanged, SourceConnected, SourceLost
from turntoward.settings import Settings

QUICK = Timings(tick=1.0, first_retry=0.1, longest_retry=0.5, refused_retry=0.2, starting=0.1)
CONNECTED = SourceConnected("homeassistant")
LOST = SourceLost("homeassistant")
LOGGER = "turntoward.adapters.homeassistant.listener"


def household(home: HomeAssistant, token: str | None = None, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "partners": [
            {"name": "Alex", "presence": "person.alex"},
            {"name": "Sam", "presence": "person.sam"},
        ],
        "signals": {"entry_door": "binary_sensor.front_door", "guests": "input_boolean.guests"},
        "homeassistant": {"url": home.url, "token": token or home.token},
    }
    return Settings.model_validate(values | changes)


class Inbox:
    """Remembers events, and lets a test wait for them."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._arrived = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._arrived:
            self.events.append(event)
            self._arrived.notify_all()

    def wait(self, reached: Callable[[list[Event]], bool], timeout: float = 20) -> list[Event]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: reached(self.events), timeout), self.events
            return list(self.events)

    def wait_snapshots(self, count: int, timeout: float = 60) -> list[Event]:
        """Wait until the last event of so many snapshots (Sam's presence) is here."""
        sam = "sam"

        def complete(events: list[Event]) -> bool:
            return sum(isinstance(e, PresenceChanged) and e.snapshot and e.partner == sam for e in events) >= count

        return self.wait(complete, timeout)

    def stays_quiet(self, seconds: float) -> bool:
        """Return whether nothing arrives for so long: the one case where time itself is waited for."""
        with self._arrived:
            before = len(self.events)
            return not self._arrived.wait_for(lambda: len(self.events) > before, seconds)


def wait_until(reached: Callable[[], bool], timeout: float = 20) -> None:
    deadline = time.monotonic() + timeout
    while not reached():
        assert time.monotonic() < deadline, "not reached in time"
        time.sleep(0.02)


def without_time(event: Event) -> Event:
    if isinstance(event, PresenceChanged | SignalChanged):
        return replace(event, changed_at=None)
    return event


def switch(home: HomeAssistant, name: str, value: str) -> None:
    home.call("input_boolean", f"turn_{value}", entity_id=f"input_boolean.{name}")


def lines(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.name == LOGGER and r.levelno == level]
