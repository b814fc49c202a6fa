"""The workers: what is worth trying, what has been overtaken, and what may happen only once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes import ManualClock, MemoryJournal, RecordingChannel, at, offline
from turntoward.core.actions import Action, ClearNotice, Notify, SetTile, ShowHome
from turntoward.core.board import Board
from turntoward.core.events import ActionDelivered, ActionExpired, Event
from turntoward.delivery import ChannelWorker

NOW = at("18:31:35")
SOON = NOW + timedelta(minutes=2)
HELLO = Notify("n1", "check_in", "check_in-1", "A moment for you two?", ("alex", "sam"), "check_in-1", SOON)
CLEAR = ClearNotice("n2", "check_in", "check_in-1", ("alex", "sam"), "check_in-1", SOON)
HOME = ShowHome("home-1", Board(True, "simplified"), SOON)
TILE = SetTile("t1", "check_in", "check_in-1", "offered", "Hello.", None, SOON)


class Worked:
    """A worker with a channel that can be cut off, and what it reported."""

    def __init__(self) -> None:
        self.channel = RecordingChannel("phone")
        self.reports: list[Event] = []
        self.worker = ChannelWorker(self.channel, MemoryJournal(), ManualClock(NOW), self.reports.append)

    def wait(self, reached: Callable[[], bool]) -> None:
        pause = threading.Event()
        for _ in range(1000):
            if reached():
                return
            pause.wait(0.005)
        raise AssertionError(f"only {self.reports}, tried {self.channel.tried}")


@contextmanager
def working() -> Iterator[Worked]:
    made = Worked()
    try:
        yield made
    finally:
        made.worker.stop()


@pytest.mark.parametrize(
    ("early", "late"),
    [
        (HELLO, CLEAR),
        (HELLO, replace(HELLO, id="n3", text="In ten minutes?")),
        (HOME, replace(HOME, id="home-2", board=Board(True, "normal"))),
        (TILE, replace(TILE, id="t2", state="done")),
    ],
)
def test_what_has_been_overtaken_is_not_sent_when_the_connection_is_back(early: Action, late: Action) -> None:
    with working() as home:
        home.channel.refuse = offline
        home.worker.submit(early)
        home.wait(lambda: early.id in home.channel.tried)
        home.worker.submit(late)
        home.channel.refuse = lambda action: None
        home.wait(lambda: len(home.reports) == 2)
        assert home.channel.taken == [late]
        assert home.reports == [ActionExpired(early.id), ActionDelivered(late.id)]


def test_other_messages_are_not_overtaken() -> None:
    with working() as home:
        other = replace(CLEAR, id="n9", tag="another")
        home_tile = replace(TILE, id="t9", ritual="home")
        for action in (HELLO, other, HOME, home_tile, TILE):
            home.worker.submit(action)
        home.wait(lambda: len(home.reports) == 5)
        assert home.channel.taken == [HELLO, other, HOME, home_tile, TILE]
