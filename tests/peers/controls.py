"""What a test can do to a running home and what it can see of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tests.peers.api import Api, ApiError
from tests.peers.configuration import SWITCHES
from tests.peers.people import PEOPLE, Phone
from tests.peers.push_sink import PushSink

# The state of a person is the name of the zone, and "home" and "not_home" are special.
SHOWN = {"home": "home", "not_home": "not_home", "work": "Work"}
Row = dict[str, Any]
T = TypeVar("T")


class Controls:
    """The side of Home Assistant that people and devices touch."""

    def __init__(self, api: Api, sink: PushSink, phones: dict[str, Phone], calls: Path) -> None:
        self.api = api
        self.sink = sink
        self.phones = phones
        self._calls = calls
        self._staging = calls.with_name("staging.json")
        self._forced: dict[str, Row | None] = {}

    def move(self, who: str, place: str) -> None:
        """Let a phone report "home", "not_home" or "work"; return when the person follows."""
        self.phones[who].locate(self.api, place)
        self.wait_state(f"person.{who}", SHOWN[place])

    def answer_push(self, who: str, action: str, tag: str, **more: Any) -> None:
        """Tap a button of a notification on a phone."""
        self.phones[who].answer(self.api, action, tag, **more)

    def scan_tag(self, who: str, tag_id: str) -> None:
        """Hold a phone to an NFC tag."""
        self.phones[who].scan(self.api, tag_id)

    def call(self, domain: str, service: str, /, **data: Any) -> list[Row]:
        """Run an action; return the states it changed, raise ApiError when it failed."""
        changed: list[Row] = self.api.request("POST", f"/api/services/{domain}/{service}", data)
        return changed

    def fire(self, event_type: str, data: Row | None = None) -> None:
        """Put an event on Home Assistant's bus."""
        self.api.request("POST", f"/api/events/{event_type}", data or {})

    def state(self, entity_id: str) -> Row | None:
        """Return one entity's state object, or None when there is no such entity."""
        try:
            found: Row = self.api.request("GET", f"/api/states/{entity_id}")
        except ApiError as error:
            if error.code == 404:
                return None
            raise
        return found

    def states(self) -> list[Row]:
        """Return all state objects."""
        found: list[Row] = self.api.request("GET", "/api/states")
        return found

    def set_state(self, entity_id: str, state: str, /, **attributes: Any) -> None:
        """Force a state until the entity's own next change; `reset` puts back what was before."""
        before = self.state(entity_id)
        self._forced.setdefault(entity_id, before)
        if before is not None:
            attributes = {**before["attributes"], **attributes}
        self._write_state(entity_id, state, attributes)

    def _write_state(self, entity_id: str, state: str, attributes: Row) -> None:
        body = {"state": state, "attributes": attributes}
        self.api.request("POST", f"/api/states/{entity_id}", body)

    def stage(self, **wanted: Any) -> None:
        """Let devices behave: `silent=["media_player.x"]` does nothing when called, `heard="Yes."` is answered."""
        self._staging.write_text(json.dumps(wanted))

    def wait_state(self, entity_id: str, value: str, timeout: float = 10) -> Row:
        """Wait until an entity has a state; return the state object."""

        def reached() -> Row | None:
            found = self.state(entity_id)
            return found if found and found["state"] == value else None

        return _wait(reached, timeout, lambda: f"{entity_id} is not {value}: {self.state(entity_id)}")

    def entity_registry(self) -> list[Row]:
        """Return the registered entities."""
        found: list[Row] = self.api.command("config/entity_registry/list")
        return found

    def device_registry(self) -> list[Row]:
        """Return the registered devices."""
        found: list[Row] = self.api.command("config/device_registry/list")
        return found

    def calls(self, kind: str | None = None, entity_id: str | None = None) -> list[Row]:
        """Return what speakers, voice, satellite and board were told; kind is the domain."""
        if not self._calls.exists():
            return []
        # A line without its end is still being written.
        lines = self._calls.read_text().rpartition("\n")[0].splitlines()
        rows = [json.loads(line) for line in lines]
        return [row for row in rows if kind in (None, row["kind"]) and entity_id in (None, row["entity_id"])]

    def wait_calls(
        self,
        kind: str | None = None,
        entity_id: str | None = None,
        *,
        count: int = 1,
        timeout: float = 10,
    ) -> list[Row]:
        """Wait for at least so many calls and return them."""

        def enough() -> list[Row] | None:
            found = self.calls(kind, entity_id)
            return found if len(found) >= count else None

        return _wait(enough, timeout, lambda: f"only these calls: {self.calls()}")

    def pushes(self, who: str) -> list[Row]:
        """Return what reached a phone: message, title, data, and the time."""
        return self.sink.received(who)

    def wait_pushes(self, who: str, *, count: int = 1, timeout: float = 10) -> list[Row]:
        """Wait for at least so many pushes and return them."""

        def enough() -> list[Row] | None:
            found = self.pushes(who)
            return found if len(found) >= count else None

        return _wait(enough, timeout, lambda: f"only these pushes: {self.pushes(who)}")

    def wait_mqtt(self, timeout: float = 60) -> None:
        """Wait until Home Assistant is connected to its broker, for instance after a restart."""

        def connected() -> bool | None:
            try:
                self.call("mqtt", "publish", topic="peers/connected", payload="")
            except ApiError:
                return None
            return True

        # Slowly, because Home Assistant writes a page into its log for each attempt that fails.
        _wait(connected, timeout, lambda: "Home Assistant has no connection to its broker", pause=0.25)

    def restore(self, **places: str) -> None:
        """Take back what a test did, put people in place, forget calls and pushes."""
        for entity_id, before in self._forced.items():
            if before is None:
                self.api.request("DELETE", f"/api/states/{entity_id}")
            else:
                self._write_state(entity_id, before["state"], before["attributes"])
        self._forced.clear()
        on = [f"input_boolean.{key}" for key in SWITCHES]
        self.call("input_boolean", "turn_off", entity_id=on)
        self.call("light", "turn_on", entity_id="light.ceiling_lamp", brightness=200)
        self.call("light", "turn_off", entity_id="light.table_lamp")
        for who in PEOPLE:
            self.move(who, places.get(who, "home"))
        self._calls.unlink(missing_ok=True)
        self._staging.unlink(missing_ok=True)
        self.sink.clear()


def _wait(ask: Callable[[], T | None], timeout: float, complaint: Callable[[], str], pause: float = 0.02) -> T:
    deadline = time.monotonic() + timeout
    while True:
        found = ask()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(complaint())
        time.sleep(pause)
