"""What a real Home Assistant cannot be made to do on demand: odd messages, a slow start, an answer that never comes.

The other side is scripted here; it speaks Home Assistant's WebSocket protocol up to the point where it misbehaves.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from tests.integration.listening import wait_until
from tests.peers.ports import free_port
from turntoward.adapters.clock import SystemClock
from turntoward.adapters.homeassistant import Calls, Listener, Timings
from turntoward.core.events import Event, PresenceChanged, SourceConnected, SourceLost
from turntoward.core.rules import Rulebook
from turntoward.ports import Impossible, NotNow
from turntoward.settings import HomeAssistantSettings, Settings

SINCE = "2026-11-20T07:00:00+00:00"
STATES: list[dict[str, Any]] = [
    {"entity_id": "person.alex", "state": "home", "last_changed": SINCE},
    {"entity_id": "person.sam", "state": "home", "last_changed": SINCE},
    # Somebody else's broken entity is none of our business.
    {"entity_id": "sensor.odd", "state": "x", "last_changed": SINCE, "attributes": None, "context": 7},
]
QUICK = Timings(tick=0.5, first_retry=0.05, longest_retry=0.1, starting=0.05)
LEFT = {
    "trigger": {
        "entity_id": "person.alex",
        "to_state": {"entity_id": "person.alex", "state": "not_home", "last_changed": SINCE},
    }
}
Answer = Callable[["Script", ServerConnection, dict[str, Any]], None]


class Script:
    """A server that knows the commands of the listener; `answers` replace its own, by command."""

    def __init__(self, **answers: Answer) -> None:
        self.core_state = "RUNNING"
        self.asked: list[str] = []
        self._answers = answers
        self._server: Server | None = None

    @contextmanager
    def running(self) -> Iterator[str]:
        """Serve; give the address."""
        with serve(self._talk, "127.0.0.1", 0) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
            finally:
                server.shutdown()
                thread.join(10)

    def _talk(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "auth_required", "ha_version": "1"}))
        try:
            connection.recv()
            connection.send(json.dumps({"type": "auth_ok", "ha_version": "1"}))
            for text in connection:
                self._answer(connection, json.loads(text))
        except ConnectionClosed:
            pass

    def _answer(self, connection: ServerConnection, asked: dict[str, Any]) -> None:
        self.asked.append(asked["type"])
        if asked["type"] in self._answers:
            self._answers[asked["type"]](self, connection, asked)
        elif asked["type"] == "ping":
            connection.send(json.dumps({"id": asked["id"], "type": "pong"}))
        else:
            results = {"get_config": {"state": self.core_state}, "get_states": STATES}
            self.result(connection, asked, results.get(asked["type"]))

    def result(self, connection: ServerConnection, asked: dict[str, Any], content: object) -> None:
        message = {"id": asked["id"], "type": "result", "success": True, "result": content}
        connection.send(json.dumps(message))

    def refuse(self, connection: ServerConnection, asked: dict[str, Any], code: str) -> None:
        error = {"code": code, "message": "no"}
        connection.send(json.dumps({"id": asked["id"], "type": "result", "success": False, "error": error}))


def household(url: str) -> Settings:
    return Settings.model_validate(
        {
            "partners": [
                {"name": "Alex", "presence": "person.alex"},
                {"name": "Sam", "presence": "person.sam"},
            ],
            "homeassistant": {"url": url, "token": "t"},
        }
    )


@contextmanager
def listening(url: str) -> Iterator[list[Event]]:
    events: list[Event] = []
    listener = Listener(household(url), Rulebook(), SystemClock(), events.append, QUICK)
    listener.start()
    try:
        yield events
    finally:
        listener.stop()


ODD: dict[str, str] = {
    "an event nobody asked for": json.dumps({"id": 99, "type": "event", "event": {}}),
    "an event of no known form": json.dumps({"id": 3, "type": "event", "event": {"a": 1}}),
    "a list": "[]",
    "no id": json.dumps({"type": "event"}),
    "an unknown type": json.dumps({"id": 3, "type": "surprise"}),
    "a trigger of nothing": json.dumps({"id": 3, "type": "event", "event": {"variables": {}, "context": None}}),
    "no instant": json.dumps(
        {
            "id": 3,
            "type": "event",
            "event": {
                "variables": {
                    "trigger": {"entity_id": "person.alex", "to_state": {"state": "x", "last_changed": "now"}}
                },
                "context": None,
            },
        }
    ),
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_odd_message_costs_a_connection_and_nothing_else(odd: str) -> None:
    def states_and_then(script: Script, connection: ServerConnection, asked: dict[str, Any]) -> None:
        script.result(connection, asked, STATES)
        if script.asked.count("get_states") == 1:
            connection.send(odd)
        else:
            event = {"variables": LEFT, "context": None}
            connection.send(json.dumps({"id": 3, "type": "event", "event": event}))

    with Script(get_states=states_and_then).running() as url, listening(url) as events:
        wait_until(lambda: any(isinstance(e, PresenceChanged) and e.raw == "away" for e in events))
        assert [e for e in events if isinstance(e, SourceConnected | SourceLost)] == [
            SourceConnected("homeassistant"),
            SourceLost("homeassistant"),
            SourceConnected("homeassistant"),
        ]


def test_that_there_never_was_a_connection_is_told_once() -> None:
    with listening(f"http://127.0.0.1:{free_port()}") as events:
        wait_until(lambda: len(events) == 1)
        time.sleep(0.5)  # room for the next attempts
        assert events == [SourceLost("homeassistant")]


def test_what_the_snapshot_has_told_is_not_told_again() -> None:
    def state_after_its_event(script: Script, connection: ServerConnection, asked: dict[str, Any]) -> None:
        event = {"variables": LEFT, "context": None}
        connection.send(json.dumps({"id": 3, "type": "event", "event": event}))
        script.result(connection, asked, [{**STATES[0], "state": "not_home"}, STATES[1]])

    with Script(get_states=state_after_its_event).running() as url, listening(url) as events:
        wait_until(lambda: len(events) == 3)
        time.sleep(0.3)  # room for a fourth
        assert [e.snapshot for e in events if isinstance(e, PresenceChanged)] == [True, True]


def test_nothing_is_read_before_home_assistant_has_started() -> None:
    script = Script()
    script.core_state = "STARTING"
    with script.running() as url, listening(url) as events:
        wait_until(lambda: script.asked.count("get_config") >= 3)
        assert events == []
        assert "get_states" not in script.asked
        script.core_state = "RUNNING"
        wait_until(lambda: len(events) == 3)


class TestCalls:
    def call(self, script: Script) -> None:
        with script.running() as url:
            settings = HomeAssistantSettings.model_validate({"url": url, "token": "t"})
            Calls(settings).call("tts", "speak", {}, timeout=0.5)

    def test_no_answer_after_it_was_sent_may_have_been_heard(self) -> None:
        with pytest.raises(Impossible, match=r"tts\.speak may have been done: it does not answer in time"):
            self.call(Script(call_service=lambda *_: None))

    def test_a_connection_lost_after_it_was_sent_may_have_been_heard(self) -> None:
        with pytest.raises(Impossible, match=r"tts\.speak may have been done: it ended the connection"):
            self.call(Script(call_service=lambda _script, connection, _asked: connection.close()))

    def test_an_action_may_still_come_while_home_assistant_starts(self) -> None:
        script = Script(call_service=lambda script, connection, asked: script.refuse(connection, asked, "not_found"))
        script.core_state = "STARTING"
        with pytest.raises(NotNow, match="still starting"):
            self.call(script)

    def test_an_action_that_does_not_come_any_more(self) -> None:
        refuse = Script(call_service=lambda script, connection, asked: script.refuse(connection, asked, "not_found"))
        with pytest.raises(Impossible, match="not_found"):
            self.call(refuse)
