"""Stopping the listener, whatever it is doing: it must not keep the service from ending."""

from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import ExitStack

import pytest

from tests.integration.listening import LOST, Inbox, household, lines, wait_until
from tests.peers.homeassistant import HomeAssistant
from tests.peers.ports import HOST, free_port
from turntoward.adapters.clock import SystemClock
from turntoward.adapters.homeassistant import Listener, Timings
from turntoward.core.rules import Rulebook

pytestmark = pytest.mark.integration


class TestStop:
    def stopped_within(self, listener: Listener) -> float:
        began = time.monotonic()
        listener.stop()
        return time.monotonic() - began

    def names(self) -> list[str]:
        return [thread.name for thread in threading.enumerate()]

    def test_while_connected(self, home: HomeAssistant) -> None:
        inbox = Inbox()
        listener = Listener(household(home), Rulebook(), SystemClock(), inbox)
        listener.start()
        inbox.wait_snapshots(1)
        assert self.stopped_within(listener) < 1
        assert "homeassistant" not in self.names()
        assert LOST not in inbox.events

    def test_while_home_assistant_hangs(self, home: HomeAssistant) -> None:
        home.freeze()
        listener = Listener(household(home), Rulebook(), SystemClock(), Inbox())
        listener.start()
        time.sleep(0.3)  # into the handshake, which nothing outside can see
        assert self.stopped_within(listener) < 2
        assert "homeassistant" not in self.names()

    def test_while_waiting_for_the_next_attempt(self, home: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
        nowhere = {"url": f"http://{HOST}:{free_port()}", "token": "x"}
        listener = Listener(
            household(home, homeassistant=nowhere), Rulebook(), SystemClock(), Inbox(), Timings(first_retry=60)
        )
        listener.start()
        wait_until(lambda: bool(lines(caplog, logging.WARNING)))
        assert self.stopped_within(listener) < 1
        assert "homeassistant" not in self.names()

    def test_while_connecting_to_a_machine_that_drops_everything(self, home: HomeAssistant) -> None:
        with socket.socket() as silent, ExitStack() as stack:
            silent.bind((HOST, 0))
            silent.listen(0)
            # A full queue: the kernel drops who knocks now.
            for _ in range(3):
                knocking = stack.enter_context(socket.socket())
                knocking.setblocking(False)
                knocking.connect_ex(silent.getsockname())
            where = {"url": f"http://{HOST}:{silent.getsockname()[1]}", "token": "x"}
            listener = Listener(household(home, homeassistant=where), Rulebook(), SystemClock(), Inbox())
            listener.start()
            time.sleep(0.3)  # into the connect, which nothing outside can see
            assert self.stopped_within(listener) < 2.5
            wait_until(lambda: "homeassistant" not in self.names(), timeout=5)
