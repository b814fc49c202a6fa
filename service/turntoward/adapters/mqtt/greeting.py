"""What is published after a connect and after Home Assistant's birth, and that only then we are online.

What it is belongs to the channels. Nothing here may run in the network thread but `notice_birth`.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable

from turntoward.adapters.mqtt.attendant import Attendant
from turntoward.adapters.mqtt.complaints import Complaints
from turntoward.ports import Impossible, NotNow

log = logging.getLogger(__name__)

RETRY_AFTER = 5.0
"""Seconds until the next try when the broker did not take everything."""
LONGEST_PATIENCE_MS = 5000
"""After its birth Home Assistant has much to do, so each of its friends waits a part of this."""


def patience(client_id: str) -> float:
    """Return how many seconds we wait after a birth: always the same for us, another value for others."""
    return zlib.crc32(client_id.encode()) % LONGEST_PATIENCE_MS / 1000


class Greeting:
    """The greetings in their order, and after them `online`."""

    def __init__(
        self,
        attendant: Attendant,
        complaints: Complaints,
        *,
        online: Callable[[], None],
        connected: Callable[[], bool],
        patience: float,
    ) -> None:
        self._attendant = attendant
        self._complaints = complaints
        self._online = online
        self._connected = connected
        self._patience = patience
        self._greetings: list[Callable[[], None]] = []
        self._birth_noticed = False

    def add(self, then: Callable[[], None]) -> None:
        """Have something published on each occasion."""
        self._greetings.append(then)

    def notice_birth(self) -> None:
        """Greet in a few seconds, once for several births in a row."""
        if not self._birth_noticed:
            self._birth_noticed = True
            self._attendant.ask(self._greet_newborn)

    def _greet_newborn(self) -> None:
        if not self._attendant.wait(self._patience):
            self._birth_noticed = False
            self.greet()

    def greet(self) -> None:
        """Publish it all; for the attendant. Where the connection is lost meanwhile, the next connect greets."""
        try:
            for then in (*self._greetings, self._online):
                self._call(then)
        except NotNow as problem:
            log.debug("the broker did not take everything (%s)", problem)
            if self._connected() and not self._attendant.wait(RETRY_AFTER):
                self._attendant.ask(self.greet)

    def _call(self, then: Callable[[], None]) -> None:
        try:
            then()
        except NotNow:
            raise
        except Impossible as problem:
            self._complaints.tell("greeting", str(problem), "%s", problem)
        except Exception:
            log.exception("publishing after the connect failed; this is a mistake in the program")
