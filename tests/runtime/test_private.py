"""What the loop keeps to itself: breaks are not in the log, what is private has no channel to go wrong in."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes import ManualClock, MemoryJournal, RecordingChannel, RecordingWakeup, at
from turntoward.core.actions import Action, Ask, SetScene, SetTile
from turntoward.core.engine import Decision, Engine, new_state
from turntoward.core.events import ActionDelivered, ActionExpired, ActionFailed, Event, ServiceStarted, TimePassed
from turntoward.core.household import Household
from turntoward.core.rules import Rulebook
from turntoward.core.state import HouseholdState
from turntoward.core.trace import TraceEntry
from turntoward.ports import Impossible
from turntoward.runtime import KEEP_FLEETING, Runtime

NOW = at("18:31:35")
HOME = Household.model_validate({"partners": [{"name": "Alex"}, {"name": "Sam"}], "agreed": ["Alex", "Sam"]})
ASK = Ask("break-1-1-page-alex", "break", "break-1", "alex", "ready", NOW + timedelta(minutes=5))
UNDO = SetScene("dinner-1-9-scene", "dinner", "dinner-1", "dinner", False, NOW + timedelta(minutes=5))


BOOK = Rulebook.model_validate(
    {
        "rituals": [
            {"ritual": "break", "title": "Time-out", "run": {"time_out": {"lasts": "20min"}}},
            {"ritual": "bid_log", "title": "Small moments", "private": True, "offer": {"channels": ["page"]}},
        ]
    }
)


class Told(Engine):
    """An engine that decides what the test says, on the next passing of time."""

    def __init__(self, actions: tuple[Action, ...] = (), trace: tuple[TraceEntry, ...] = ()) -> None:
        super().__init__(HOME, BOOK)
        self.next = Decision(new_state(NOW), actions, trace)

    def decide(self, state: HouseholdState, event: Event, now: Any) -> Decision:
        return self.next if isinstance(event, TimePassed) else Decision(state)


def run(
    engine: Engine, journal: MemoryJournal, until: Callable[[], bool], *channels: RecordingChannel, again: bool = False
) -> None:
    runtime = Runtime(engine, journal, ManualClock(NOW))
    runtime.start({c.name: c for c in channels}, RecordingWakeup(), (), seed=7)
    thread = threading.Thread(target=runtime.run)
    thread.start()
    runtime.put(TimePassed())
    pause = threading.Event()
    for _ in range(1000):
        if until():
            break
        if again:
            runtime.put(TimePassed())
        pause.wait(0.005)
    runtime.stop()
    thread.join(10)
    assert until(), [event for event, _ in journal.events]


def test_a_break_is_not_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    trace = (
        TraceEntry("break", "started", "called", "break-1", fleeting=True),
        TraceEntry("tea", "stopped", "time_out", "tea-1", fleeting=True),
        TraceEntry("hug", "done"),
    )
    journal = MemoryJournal()
    with caplog.at_level(logging.DEBUG):
        run(Told(trace=trace), journal, lambda: any(d.trace for _, d in journal.events))
    told = {r.getMessage().split()[0]: r.levelno for r in caplog.records if r.name == "turntoward.runtime"}
    assert told == {"break": logging.DEBUG, "tea": logging.DEBUG, "hug": logging.INFO}


def test_what_a_break_has_silenced_is_in_the_log_again_afterwards(caplog: pytest.LogCaptureFixture) -> None:
    engine, journal = Told(trace=(TraceEntry("hug", "stopped", "time_out", fleeting=True),)), MemoryJournal()

    def then() -> bool:
        engine.next = Decision(new_state(NOW), (), (TraceEntry("hug", "done"),))
        return "hug is done" in caplog.text

    with caplog.at_level(logging.INFO):
        run(engine, journal, then, again=True)


def test_not_even_that_it_could_not_be_shown(caplog: pytest.LogCaptureFixture) -> None:
    trace = (TraceEntry("break", "started", "called", "break-1", fleeting=True),)
    late = SetTile("break-1-1-tile", "break", "break-1", "running", "", None, NOW)
    other = SetTile("hug-1-1-tile", "hug", "hug-1", "running", "", None, NOW)
    journal, tiles = MemoryJournal(), RecordingChannel("tile")

    def expired() -> bool:
        return sum(isinstance(event, ActionExpired) for event, _ in journal.events) == 2

    with caplog.at_level(logging.INFO):
        run(Told((late, other), trace), journal, expired, tiles)
    assert [r.getMessage().split()[1] for r in caplog.records if "dropped" in r.getMessage()] == [other.id]


def test_not_even_that_there_is_no_tile_for_it(caplog: pytest.LogCaptureFixture) -> None:
    trace = (TraceEntry("break", "started", "called", "break-1", fleeting=True),)
    shown = SetTile("break-1-1-tile", "break", "break-1", "running", "", None, NOW + timedelta(minutes=5))
    journal, tiles = MemoryJournal(), RecordingChannel("tile")
    tiles.refuse = lambda action: Impossible(f"there is no tile for {action.id}")

    def failed() -> bool:
        return any(isinstance(event, ActionFailed) and event.action == shown.id for event, _ in journal.events)

    with caplog.at_level(logging.INFO):
        run(Told((shown,), trace), journal, failed, tiles)
    assert "break" not in caplog.text


def test_a_private_ritual_is_not_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    journal = MemoryJournal()
    engine = Told(trace=(TraceEntry("bid_log", "offered", "", "bid_log-1"), TraceEntry("hug", "offered")))
    with caplog.at_level(logging.INFO):
        run(engine, journal, lambda: any(d.trace for _, d in journal.events))
    assert "hug" in caplog.text
    assert "bid_log" not in caplog.text


def test_a_page_that_is_not_there_yet_fails_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    journal = MemoryJournal()

    def failed() -> bool:
        return any(isinstance(e, ActionFailed) and e.action == ASK.id for e, _ in journal.events)

    with caplog.at_level(logging.INFO):
        run(Told((ASK,)), journal, failed)
    assert "break" not in caplog.text
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_new_household_gets_its_seed() -> None:
    journal = MemoryJournal()
    run(Engine(HOME, Rulebook()), journal, lambda: bool(journal.events))
    started = [event for event, _ in journal.events if isinstance(event, ServiceStarted)]
    assert [event.seed for event in started] == [7]


def test_a_scene_that_may_have_been_undone_before_a_crash_is_not_undone_again() -> None:
    journal, scenes = MemoryJournal(), RecordingChannel("scene", at_most_once=True)
    journal.record(TimePassed(), Decision(new_state(NOW), (UNDO,)), "d")
    journal.mark_attempted(UNDO.id)
    assumed = ActionDelivered(UNDO.id, assumed=True)
    run(Told(), journal, lambda: any(event == assumed for event, _ in journal.events), scenes)
    assert scenes.tried == []


def test_a_scene_that_was_not_undone_before_a_crash_is_undone_after_it() -> None:
    journal, scenes = MemoryJournal(), RecordingChannel("scene", at_most_once=True)
    journal.record(TimePassed(), Decision(new_state(NOW), (UNDO,)), "d")
    run(Told(), journal, lambda: any(event == ActionDelivered(UNDO.id) for event, _ in journal.events), scenes)
    assert scenes.taken == [UNDO]


def test_what_is_fleeting_is_gone_after_a_day_whenever_in_the_hour_the_erasing_comes() -> None:
    class Pruned(MemoryJournal):
        asked: list[timedelta]

        def prune(self, before: Any, fleeting_before: Any) -> int:
            self.asked = [NOW - before, NOW - fleeting_before]
            return 0

    journal = Pruned()
    run(Told(), journal, lambda: hasattr(journal, "asked"))
    assert journal.asked == [timedelta(hours=48), KEEP_FLEETING]
    assert KEEP_FLEETING + timedelta(hours=1) <= timedelta(hours=24)
