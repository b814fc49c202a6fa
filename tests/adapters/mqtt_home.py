"""What the tests of the MQTT side need: a home's settings, an inbox that can be waited for, a second client.

Nothing here stands in for a broker; every test of a connection has a real one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.peers.ports import HOST
from turntoward.adapters.clock import SystemClock
from turntoward.adapters.mqtt import Mqtt
from turntoward.core.events import Event
from turntoward.core.rules import Rulebook
from turntoward.settings import Settings

PRIVATE_LOG = {"ritual": "bid_log", "title": "Small moments", "private": True, "offer": {"channels": ["page"]}}
RULEBOOK = Rulebook.model_validate(
    {
        "rituals": [
            {"ritual": "reunion_hug", "title": "Hug"},
            {"ritual": "evening_tea", "title": "Tea", "answers": ["done", "later", "enough"]},
            PRIVATE_LOG,
            {
                "ritual": "phones_away",
                "title": "Phones away",
                "triggers": [
                    {"trigger": "called", "tag": "phone_bowl"},
                    {"trigger": "mqtt", "topic": "home/table", "payload": "laid"},
                    {"trigger": "event", "event_type": "dinner_bell", "event_data": {"room": "hall"}},
                ],
            },
        ]
    }
)
HOME = {
    "partners": [{"name": "Alex"}, {"name": "Sam"}],
    "signals": {"guests": {"topic": "home/guests"}, "entry_door": {}},
    "tags": {"phone_bowl": "04-5F-77"},
    "presence": {"stale_event": "2min"},
}


def household(port: int, **mqtt_settings: Any) -> Settings:
    """Return a home that is told everything by MQTT."""
    return Settings.model_validate({**HOME, "mqtt": {"host": HOST, "port": port, **mqtt_settings}})


def eventually(condition: Callable[[], object], what: str, within: float = 15) -> None:
    """Wait until something is so, and fail naming it."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within} s")
        time.sleep(0.01)


class MovableClock(SystemClock):
    """A clock that a test can move on."""

    def __init__(self) -> None:
        super().__init__()
        self._moved = timedelta()

    def now(self) -> datetime:
        return super().now() + self._moved

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self._moved += by


class Arrived(list[Event]):
    """An inbox that keeps what came."""

    def wait_for(self, *events: Event) -> None:
        """Wait until all of them have come."""
        eventually(lambda: all(event in self for event in events), f"{events} in {self}")


@dataclass(frozen=True)
class Message:
    """A message as a second client saw it."""

    topic: str
    payload: str
    retain: bool


class Observer:
    """Another client of the broker, which sees and sends."""

    def __init__(self, port: int, *, version: int = mqtt.MQTTv5, login: tuple[str, str] | None = None) -> None:
        self.seen: list[Message] = []
        self._subscribed = threading.Event()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, "observer", protocol=version)  # type: ignore[arg-type]
        self.client.max_inflight_messages_set(0)
        if login:
            self.client.username_pw_set(*login)
        self.client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self.client.on_subscribe = lambda *_: self._subscribed.set()
        self.client.on_message = self._message
        self.client.connect(HOST, port)
        self.client.loop_start()
        assert self._subscribed.wait(10)

    def _message(self, _client: object, _userdata: object, message: mqtt.MQTTMessage) -> None:
        text = bytes(message.payload).decode(errors="replace")
        self.seen.append(Message(message.topic, text, bool(message.retain)))

    def send(self, topic: str, payload: str | bytes, *, retain: bool = False, qos: int = 1) -> None:
        """Publish and wait until the broker has it."""
        self.client.publish(topic, payload, qos, retain).wait_for_publish(10)

    def on(self, topic: str) -> list[str]:
        """Return the payloads seen on a topic, oldest first."""
        return [message.payload for message in self.seen if message.topic == topic]

    def wait_for(self, topic: str, payload: str) -> None:
        """Wait until the last payload seen on a topic is this one."""
        eventually(lambda: self.on(topic)[-1:] == [payload], f"{payload!r} on {topic}, saw {self.seen}")

    def close(self) -> None:
        """Leave the broker."""
        self.client.disconnect()
        self.client.loop_stop()


@contextmanager
def observing(port: int, **options: Any) -> Iterator[Observer]:
    """Have a second client for a while."""
    observer = Observer(port, **options)
    try:
        yield observer
    finally:
        observer.close()


class Home:
    """The adapter of one home with its inbox and clock."""

    def __init__(self, settings: Settings, last_alive: datetime | None = None) -> None:
        self.clock = MovableClock()
        self.inbox = Arrived()
        self.mqtt = Mqtt(settings, RULEBOOK, self.clock, self.inbox.append, last_alive)

    def wait_connected(self) -> None:
        """Wait until the broker has let us in."""
        eventually(lambda: self.mqtt.connected, "connected")

    def wait_lost(self) -> None:
        """Wait until the loss is noticed."""
        eventually(lambda: not self.mqtt.connected, "noticed the loss")


@contextmanager
def running(settings: Settings, *, wait: bool = True, last_alive: datetime | None = None) -> Iterator[Home]:
    """Run the adapter; nothing of it is left afterwards."""
    before = set(threading.enumerate())
    home = Home(settings, last_alive)
    home.mqtt.start()
    try:
        if wait:
            home.wait_connected()
        yield home
    finally:
        home.mqtt.stop()
    left = [t.name for t in set(threading.enumerate()) - before if "mqtt" in t.name and "observer" not in t.name]
    assert not left, f"threads were left: {left}"


def lines(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    """What the service has logged at a level."""
    return [r.getMessage() for r in caplog.records if r.levelno == level and r.name.startswith("turntoward")]
