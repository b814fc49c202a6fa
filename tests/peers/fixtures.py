"""The peers as pytest fixtures; a `conftest.py` imports the ones its tests may ask for.

A missing peer skips the test with the command that installs it, or fails it where the environment
says REQUIRE_PEERS=1, so that a build server cannot pass by having nothing to test with.
"""

from __future__ import annotations

import itertools
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.peers import install, process
from tests.peers.homeassistant import HomeAssistant
from tests.peers.mosquitto import Mosquitto

MakeMosquitto = Callable[..., Mosquitto]
MakeHome = Callable[..., HomeAssistant]


def require(absent: list[str]) -> None:
    """Skip or fail when something is not installed."""
    if not absent:
        return
    text = f"missing: {', '.join(absent)}; install with: {install.COMMAND}"
    if os.environ.get("REQUIRE_PEERS") == "1":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@pytest.fixture(scope="session")
def peer_processes() -> Iterator[None]:
    """End every peer with the session, and before it those of a session that was killed."""
    process.end_orphans()
    # Without this a terminated run (a time limit, a closed terminal) would skip its own cleaning.
    mine = threading.current_thread() is threading.main_thread()
    before = {s: signal.signal(s, _interrupt) for s in (signal.SIGTERM, signal.SIGHUP) if mine}
    try:
        yield
    finally:
        process.end_all()
        for number, action in before.items():
            signal.signal(number, action)


@pytest.fixture
def make_mosquitto(peer_processes: None, tmp_path: Path) -> Iterator[MakeMosquitto]:
    """Start brokers with options: `make_mosquitto(users={"a": "b"}, persistence=True)`."""
    require(install.missing_packages())
    numbers = itertools.count(1)
    with ExitStack() as stack:

        def make(**options: Any) -> Mosquitto:
            return stack.enter_context(Mosquitto(tmp_path / f"mosquitto-{next(numbers)}", **options))

        yield make


@pytest.fixture
def make_home(peer_processes: None, tmp_path: Path) -> Iterator[MakeHome]:
    """Start a Home Assistant of the test's own, where `home` does not do: a few seconds each."""
    require(install.missing())
    numbers = itertools.count(1)
    with ExitStack() as stack:

        def make(**options: Any) -> HomeAssistant:
            return stack.enter_context(HomeAssistant(tmp_path / f"home-{next(numbers)}", **options))

        yield make


@pytest.fixture
def mosquitto(make_mosquitto: MakeMosquitto) -> Mosquitto:
    """Give a fresh broker that lets everybody in."""
    return make_mosquitto()


@pytest.fixture(scope="session")
def home_broker(peer_processes: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """Give the broker Home Assistant is connected to."""
    require(install.missing())
    with Mosquitto(tmp_path_factory.mktemp("home-broker"), persistence=True) as broker:
        yield broker


@pytest.fixture(scope="session")
def home_assistant(home_broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HomeAssistant]:
    """Give the one Home Assistant of the session; tests ask for `home` instead."""
    with HomeAssistant(tmp_path_factory.mktemp("home-assistant"), broker=home_broker) as home:
        yield home


@pytest.fixture
def home(home_assistant: HomeAssistant) -> HomeAssistant:
    """Give Home Assistant at rest: both at home, doors closed, nothing said, broker empty."""
    home_assistant.reset()
    return home_assistant
