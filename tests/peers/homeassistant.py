"""A real headless Home Assistant with two people, for tests.

Everything is reached as a client would reach it. `start` on a new work folder creates the home; on
a folder used before it goes on with the same port, token, ids and states.
"""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.peers import configuration, first_start
from tests.peers.api import Api
from tests.peers.controls import Controls
from tests.peers.install import venv
from tests.peers.mosquitto import Mosquitto
from tests.peers.people import Phone
from tests.peers.ports import free_port
from tests.peers.process import Process
from tests.peers.push_sink import PushSink

GUARD = Path(__file__).parent / "loopback"
# Home Assistant writes its registries and persons this long after a change.
SAVED_AFTER = 11.0
# Removing a discovered entity takes a moment after its message is gone.
REMOVED_AFTER = 3.0


class HomeAssistant(Controls):
    """A Home Assistant process and everything around it that a test can turn."""

    def __init__(
        self,
        work: Path,
        *,
        broker: Mosquitto | None = None,
        mqtt_login: tuple[str, str] | None = None,
        time_zone: str = "Europe/Berlin",
        language: str = "en",
        country: str = "DE",
    ) -> None:
        self.work = work
        self.broker = broker
        self.mqtt_login = mqtt_login
        self.region = configuration.Region(time_zone, language, country)
        self.folder = work / "config"
        self.log_path = work / "hass.log"
        self.refused_path = work / "refused.jsonl"
        self._identity = work / "identity.json"
        known = json.loads(self._identity.read_text()) if self._identity.exists() else {}
        api = Api(known.get("port") or free_port(), known.get("token"))
        phones = {who: Phone(who, hook) for who, hook in known.get("webhooks", {}).items()}
        super().__init__(api, PushSink(known.get("sink_port")), phones, self.folder / "calls.jsonl")
        self._process = Process(self.log_path)
        self._created = 0.0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def port(self) -> int:
        """Return the port, the same for the life of the work folder."""
        return self.api.port

    @property
    def url(self) -> str:
        """Return the address of the REST interface, without a slash at its end."""
        return self.api.url

    @property
    def ws_url(self) -> str:
        """Return the address of the WebSocket."""
        return self.api.ws_url

    @property
    def token(self) -> str:
        """Return the owner's long-lived token."""
        if self.api.token is None:
            raise RuntimeError("not started yet")
        return self.api.token

    @property
    def pid(self) -> int | None:
        """Return the process id while Home Assistant runs."""
        return self._process.pid

    def start(self) -> None:
        """Start Home Assistant and return when people, phones and devices are there."""
        configuration.write(self.folder, self.port, self.region)
        self.sink.start()
        # Not "python -m homeassistant": that could find a file of this name in the current folder.
        command: list[str | Path] = [
            venv() / "bin" / "hass",
            "-c",
            self.folder,
            "--skip-pip",
            "--log-no-color",
        ]
        self._process.spawn(command, self._environment())
        try:
            self._become_ready()
        except BaseException as error:
            self._process.kill()
            if isinstance(error, Exception):
                raise RuntimeError(f"no Home Assistant:\n{self._process.log_tail()}") from error
            raise

    def _environment(self) -> dict[str, str]:
        """Return our environment without proxies and Python settings, but with the guard."""
        dropped = ("PYTHON", "VIRTUAL_ENV", "COV_")
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(dropped) and not name.lower().endswith("_proxy")
        }
        guard = {"PYTHONPATH": str(GUARD), "TURNTOWARD_REFUSED": str(self.refused_path)}
        return {**inherited, **guard, "TMPDIR": str(self.work)}

    def _become_ready(self) -> None:
        def alive() -> bool:
            return self.pid is not None

        first_start.wait_until(lambda: first_start.is_up(self.api), alive)
        if self.api.token is None:
            phones = first_start.create_home(self.api, self.sink, self.region.language, alive)
            self.phones.update(phones)
            if self.broker is not None:
                first_start.add_broker(self.api, self.broker.port, self.mqtt_login)
                self.wait_mqtt()
            self._created = time.monotonic()
            self._remember()
        else:
            first_start.wait_until(lambda: first_start.is_running(self.api), alive)
            first_start.wait_until(lambda: first_start.is_complete(self.api), alive)

    def _remember(self) -> None:
        webhooks = {who: phone.webhook_id for who, phone in self.phones.items()}
        ports = {"port": self.port, "sink_port": self.sink.port}
        self._identity.write_text(json.dumps({**ports, "token": self.token, "webhooks": webhooks}))

    def stop(self) -> None:
        """End Home Assistant in good order (SIGTERM); it stores its states."""
        self._process.terminate()

    def kill(self) -> None:
        """End Home Assistant like a power cut (SIGKILL).

        A home that was created only seconds ago is given the time to store people and devices
        first: a test of a power cut wants to lose the moment, not the home.
        """
        if self._created:
            time.sleep(max(0.0, self._created + SAVED_AFTER - time.monotonic()))
        self._process.kill()

    def restart(self) -> None:
        """Stop and start with the same port, token, ids and states."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Keep the sockets open but answer nothing (SIGSTOP)."""
        self._process.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after `freeze` (SIGCONT)."""
        self._process.send(signal.SIGCONT)

    def close(self) -> None:
        """Stop Home Assistant and the push sink."""
        self.stop()
        self.sink.stop()

    def reset(self, **places: str) -> None:
        """Make the home as quiet as after its start, with everybody home or where asked.

        `reset(alex="work")` leaves Sam at home. A stopped, killed or frozen Home Assistant is
        brought back, and so is its broker, which forgets its retained messages.
        """
        if self.broker is not None:
            self.broker.thaw()
            if self.broker.pid is None:
                self.broker.start()
        self.thaw()
        self.sink.start()
        if self.pid is None:
            self.start()
        if self.broker is not None:
            # Connected first: only then does Home Assistant see its discovered entities go.
            self.wait_mqtt()
            if any(topic.startswith("homeassistant/") for topic in self.broker.clear_retained()):
                self._await_removal()
        self.restore(**places)

    def _await_removal(self) -> None:
        """Wait for discovered entities to go; a service still running may hold on to its own."""
        deadline = time.monotonic() + REMOVED_AFTER
        while time.monotonic() < deadline:
            if all(entity["platform"] != "mqtt" for entity in self.entity_registry()):
                return
            time.sleep(0.02)
