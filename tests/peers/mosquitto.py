"""A real Mosquitto broker for tests, on a loopback port of its own."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from paho.mqtt.publish import single

from tests.peers import retained
from tests.peers.install import program
from tests.peers.ports import HOST, free_port, wait_port
from tests.peers.process import Process


class Mosquitto:
    """A broker in a work folder; its port stays the same over restarts.

    `users` makes a password file and refuses everybody else; `acl` is the text of an access file.
    With `persistence` the broker keeps retained messages and sessions over `stop`, but, like any
    Mosquitto, what it wrote down last is all that is left after `kill`.
    """

    host = HOST

    def __init__(
        self,
        work: Path,
        *,
        users: dict[str, str] | None = None,
        acl: str | None = None,
        persistence: bool = False,
    ) -> None:
        self.work = work
        self.users = users
        self.acl = acl
        self.persistence = persistence
        self.port = free_port()
        self.log_path = work / "mosquitto.log"
        self._process = Process(self.log_path)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """Return the broker's process id while it runs."""
        return self._process.pid

    def start(self) -> None:
        """Start the broker and wait until it answers."""
        self.work.mkdir(parents=True, exist_ok=True)
        configuration = self.work / "mosquitto.conf"
        configuration.write_text("\n".join(self._configuration()) + "\n")
        self._process.spawn([program("mosquitto") or "mosquitto", "-c", configuration])
        try:
            wait_port(self.port, lambda: self.pid is not None)
        except BaseException as error:
            self._process.kill()
            if isinstance(error, TimeoutError):
                raise RuntimeError(f"no broker:\n{self._process.log_tail()}") from error
            raise

    def _configuration(self) -> list[str]:
        lines = [
            f"listener {self.port} {HOST}",
            "set_tcp_nodelay true",  # as in the configuration we ship
            f"allow_anonymous {'false' if self.users is not None else 'true'}",
            f"persistence {'true' if self.persistence else 'false'}",
            f"persistence_location {self.work}/",
            "log_dest stderr",
        ]
        if os.geteuid() == 0:
            # Else the broker turns into the user "mosquitto", who cannot read the work folder.
            lines.append(f"user {getpass.getuser()}")
        if self.users is not None:
            lines.append(f"password_file {self._write_passwords(self.users)}")
        if self.acl is not None:
            path = self._private("acl")
            path.write_text(self.acl)
            lines.append(f"acl_file {path}")
        return lines

    def _private(self, name: str) -> Path:
        # Newer brokers refuse files that others may read.
        path = self.work / name
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        return path

    def _write_passwords(self, users: dict[str, str]) -> Path:
        path = self._private("passwords")
        encrypt = program("mosquitto_passwd") or "mosquitto_passwd"
        for user, password in users.items():
            command = [encrypt, "-b", str(path), user, password]
            subprocess.run(command, check=True, capture_output=True)
        return path

    def stop(self) -> None:
        """End the broker in good order (SIGTERM)."""
        self._process.terminate(timeout=10)

    def kill(self) -> None:
        """End the broker like a power cut (SIGKILL)."""
        self._process.kill()

    def restart(self) -> None:
        """Stop and start on the same port."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Keep the sockets open but answer nothing (SIGSTOP)."""
        self._process.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Go on after `freeze` (SIGCONT)."""
        self._process.send(signal.SIGCONT)

    def _login(self) -> tuple[str, str] | None:
        return next(iter(self.users.items()), None) if self.users else None

    def publish(self, topic: str, payload: str | bytes, *, retain: bool = False) -> None:
        """Publish one message as the first of `users`; return when the broker has it."""
        login = self._login()
        auth: Any = {"username": login[0], "password": login[1]} if login else None
        single(topic, payload, qos=1, retain=retain, hostname=HOST, port=self.port, auth=auth)

    def retained(self, topic_filter: str = "#") -> dict[str, bytes]:
        """Return what the broker keeps, as seen by the first of `users`."""
        return retained.read(self.port, self._login(), topic_filter)

    def clear_retained(self, topic_filter: str = "#") -> list[str]:
        """Remove what the broker keeps, so that one test does not speak to the next; name it."""
        return retained.clear(self.port, self._login(), topic_filter)
