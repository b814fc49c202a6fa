"""The loop: journal first, then the actions; a restart takes up what was left; a full disk silences, loudly."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.fakes import ManualClock, MemoryJournal, RecordingChannel, RecordingWakeup, at, offline
from turntoward.core.actions import Action, Announce, SetTile, ShowHome
from turntoward.core.board import Board
from turntoward.core.engine import Decision, Engine
from turntoward.core.events import (
    ClockJumped,
    PresenceChanged,
    PrivateAct,
    RitualAnswered,
    ServiceStarted,
    TimePassed,
)
from turntoward.core.household import Household
from turntoward.core.rules import Ritual, Rulebook
from turntoward.ports import Impossible
from turntoward.runtime import Runtime

HUG = Ritual.model_validate(
    {
        "ritual": "reunion_hug",
        "title": "Hug",
        "triggers": [{"trigger": "reunion"}],
        "conditions": [{"condition": "both_home"}],
        "offer": {"after": "60s", "valid_for": "10min", "channels": ["speaker", "tile"], "say": ["Welcome home."]},
        "limits": {"cooldown": "3h", "per_day": 2},
    }
)
HOME = Household.model_validate(
    {"partners": [{"name": "Alex"}, {"name": "Sam"}], "agreed": ["Alex", "Sam"], "presence": {"startup_hold": 0}}
)


class House:
    """A service with everything fake but its core, its loop and its workers."""

    def __init__(self, journal: MemoryJournal, clock: ManualClock) -> None:
        self.journal, self.clock, self.wakeup = journal, clock, RecordingWakeup()
        self.speaker, self.tile = RecordingChannel("speaker", at_most_once=True), RecordingChannel("tile")
        self.mqtt = RecordingChannel("mqtt")
        self.runtime = Runtime(Engine(HOME, Rulebook(rituals=(HUG,), digest="d")), journal, clock)
        self.thread = threading.Thread(target=self.runtime.run)

    def start(self) -> None:
        channels = {c.name: c for c in (self.speaker, self.tile, self.mqtt)}
        self.runtime.start(channels, self.wakeup, (), seed=7)
        self.thread.start()

    def happens(self, text: str, event: object) -> None:
        self.clock.set(at(text))
        count = len(self.journal.events)
        self.runtime.put(event)  # type: ignore[arg-type]
        wait(lambda: len(self.journal.events) > count)

    def crash(self) -> None:
        """End without a word to anybody, as a kill would: the workers must not finish what they do."""
        for worker in self.runtime._workers.values():
            worker._stopping.set()
        self.runtime.stop()
        self.thread.join(5)

    def evening(self) -> None:
        self.happens("08:05:00", PresenceChanged("alex", "away"))
        self.happens("08:15:00", TimePassed())
        self.happens("08:40:00", PresenceChanged("sam", "away"))
        self.happens("08:50:00", TimePassed())
        self.happens("17:10:00", PresenceChanged("alex", "home"))
        self.happens("17:11:30", TimePassed())

    def reunion(self) -> None:
        self.happens("18:30:20", PresenceChanged("sam", "home"))
        self.happens("18:31:50", TimePassed())
        self.happens("18:32:50", TimePassed())


def wait(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    pause = threading.Event()
    for _ in range(int(seconds / 0.005)):
        if condition():
            return
        pause.wait(0.005)
    raise AssertionError("it did not happen in time")


@contextmanager
def house(journal: MemoryJournal | None = None, clock: ManualClock | None = None) -> Iterator[House]:
    made = House(journal or MemoryJournal(), clock or ManualClock(at("08:00:00")))
    made.start()
    try:
        yield made
    finally:
        if made.thread.is_alive():
            made.runtime.stop()
            made.thread.join(10)
        assert not made.thread.is_alive()


def spoken(home: House) -> list[Action]:
    return [a for a in home.speaker.taken if isinstance(a, Announce)]


def test_a_reunion_is_said_once_and_shown() -> None:
    with house() as home:
        home.evening()
        home.reunion()
        said = home.speaker.wait_for(1)
        assert [a.text for a in said if isinstance(a, Announce)] == ["Welcome home."]
        wait(lambda: any(isinstance(a, SetTile) and a.state == "offered" for a in home.tile.taken))
    assert len(spoken(home)) == 1
    assert home.speaker.closed


def test_nothing_leaves_before_it_is_in_the_journal() -> None:
    seen: list[bool] = []
    journal = MemoryJournal()

    def look(action: Action) -> None:
        recorded = [a.id for _, decision in journal.events for a in decision.actions]
        seen.append(action.id in recorded or "-now" in action.id or isinstance(action, ShowHome))

    with house(journal) as home:
        for channel in (home.speaker, home.tile, home.mqtt):
            channel.refuse = look
        home.evening()
        home.reunion()
        home.speaker.wait_for(1)
    assert len(seen) >= 3
    assert all(seen)


def test_the_wakeup_is_what_the_core_asks_for() -> None:
    with house() as home:
        home.happens("08:05:00", PresenceChanged("alex", "away"))
        wait(lambda: home.wakeup.at == at("08:15:00"))


def test_after_a_crash_between_the_arrivals_the_hug_comes_when_it_would_have() -> None:
    with house() as before:
        before.evening()
        before.crash()
    with house(before.journal, before.clock) as after:
        after.reunion()
        after.speaker.wait_for(1)
    assert len(spoken(after)) == 1


def test_speech_that_may_have_been_said_before_a_crash_is_not_said_again() -> None:
    in_the_call, go_on = threading.Event(), threading.Event()

    def hangs(action: Action) -> None:
        in_the_call.set()
        go_on.wait(10)

    with house() as before:
        before.speaker.refuse = hangs
        before.evening()
        before.reunion()
        assert in_the_call.wait(5)
        left = before.journal.unfinished()
        go_on.set()
    crashed = MemoryJournal()
    state = before.journal.load()
    assert state is not None
    crashed.record(TimePassed(), Decision(state, tuple(u.action for u in left)), "d")
    speech = next(u for u in left if u.action.channel == "speaker")
    assert speech.attempts == 1
    crashed.mark_attempted(speech.action.id)
    with house(crashed, ManualClock(at("18:33:00"))) as after:
        wait(lambda: not after.journal.unfinished())
    assert after.speaker.tried == []


def test_speech_that_was_certainly_not_said_before_a_crash_is_said_in_time() -> None:
    with house() as before:
        before.speaker.refuse = offline
        before.evening()
        before.reunion()
        wait(lambda: len(before.speaker.tried) >= 2)
        before.crash()
    before.clock.set(at("18:33:00"))
    with house(before.journal, before.clock) as after:
        after.speaker.wait_for(1)
    assert len(spoken(after)) == 1


def test_speech_that_was_not_tried_is_said_after_a_restart_in_time() -> None:
    with house() as before:
        before.evening()
        before.crash()
    state = before.journal.load()
    assert state is not None
    line = Announce("hug-1-0-speaker", "reunion_hug", "hug-1", "Hello.", "en", (), at("18:34:50"))
    before.journal.record(TimePassed(), Decision(state, (line,)), "d")  # and then the power went
    before.clock.set(at("18:33:00"))
    with house(before.journal, before.clock) as after:
        assert after.speaker.wait_for(1) == [line]


def test_speech_that_is_too_late_is_dropped_and_does_not_count() -> None:
    with house() as home:
        home.speaker.refuse = home.tile.refuse = offline
        home.evening()
        home.reunion()
        wait(lambda: bool(home.speaker.tried))
        home.clock.set(at("18:34:51"))
        wait(lambda: any(e.type == "action_expired" and "speaker" in e.action for e, _ in home.journal.events))
        wait(lambda: any(s.step == "undelivered" for _, d in home.journal.events for s in d.trace))
        home.speaker.refuse = lambda action: None
    state = home.journal.load()
    assert state is not None
    assert state.prompts == ()
    assert state.past["reunion_hug"].offered == ()
    assert spoken(home) == []


def test_a_channel_that_fails_for_good_is_told_and_the_next_works() -> None:
    with house() as home:
        home.speaker.refuse = lambda action: Impossible("no such speaker")
        home.evening()
        home.reunion()
        wait(lambda: any(e.type == "action_failed" for e, _ in home.journal.events))
        wait(lambda: any(isinstance(a, SetTile) and a.state == "offered" for a in home.tile.taken))


def test_a_channel_with_a_bug_does_not_take_its_worker_along() -> None:
    with house() as home:
        home.mqtt.refuse = lambda action: ZeroDivisionError("a bug")
        home.evening()
        home.reunion()
        wait(lambda: any(e.type == "action_failed" for e, _ in home.journal.events))
        home.mqtt.refuse = lambda action: None
        home.happens("18:33:00", RitualAnswered("reunion_hug", "done"))
        home.mqtt.wait_for(1)


def test_a_full_disk_stops_deciding_loudly_and_loses_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with house() as home, caplog.at_level(logging.WARNING):
        home.evening()
        home.journal.full = True
        home.clock.set(at("18:30:20"))
        home.runtime.put(PresenceChanged("sam", "home"))
        wait(lambda: "nothing is decided until it can" in caplog.text)
        assert home.speaker.tried == []
        home.journal.full = False
        wait(lambda: "the journal can be written again" in caplog.text)
        wait(lambda: any(isinstance(e, PresenceChanged) and e.partner == "sam" and e.raw == "home"
                         for e, _ in home.journal.events))  # fmt: skip
    assert caplog.text.count("nothing is decided until it can") == 1


def test_an_event_that_cannot_be_written_at_all_stops_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    with house() as home:
        record = home.journal.record

        def refuses(event: object, decision: Decision, digest: str) -> int:
            if isinstance(event, RitualAnswered):
                raise ValueError("this is no text")
            return record(event, decision, digest)  # type: ignore[arg-type]

        home.journal.record = refuses  # type: ignore[method-assign, assignment]
        home.runtime.put(RitualAnswered("reunion_hug", "done"))
        home.evening()
    assert "a ritual_answered could not be written and is left out (ValueError)" in caplog.text
    assert "this is no text" not in caplog.text, "what cannot be written may be what somebody wrote"


@pytest.mark.parametrize(("clock", "seconds"), [("18:00:00", 5.0), ("18:00:02", 3.0), ("18:00:04.5", 0.5)])
def test_no_event_moves_the_moments_at_which_the_loop_looks_up(clock: str, seconds: float) -> None:
    """Else the second at which the minutes left are shown would tell that something private happened before."""
    moment = at("00:00") + timedelta(hours=18, seconds=float(clock[6:]))
    runtime = Runtime(Engine(HOME, Rulebook()), MemoryJournal(), ManualClock(moment))
    assert runtime._until_next_look() == pytest.approx(seconds)


def test_it_stops_while_the_disk_is_full() -> None:
    with house() as home:
        home.journal.full = True
        home.runtime.put(PresenceChanged("sam", "away"))
        home.runtime.stop()
        home.thread.join(10)
        assert not home.thread.is_alive()


def test_a_clock_that_was_set_is_journalled() -> None:
    with house() as home:
        home.happens("08:05:00", PresenceChanged("alex", "away"))
        home.clock.jump(timedelta(hours=-1))
        home.runtime.put(TimePassed())
        wait(lambda: any(e == ClockJumped(timedelta(hours=-1)) for e, _ in home.journal.events))


def test_a_start_on_an_earlier_clock_counts_as_a_jump() -> None:
    with house() as before:
        before.evening()
        before.crash()
    with house(before.journal, ManualClock(at("16:00:00"))) as after:
        kinds = [type(e) for e, _ in after.journal.events]
    assert ClockJumped in kinds
    assert kinds.index(ClockJumped) < len(kinds) - 1 - kinds[::-1].index(ServiceStarted)


def test_what_changes_nothing_is_not_written() -> None:
    with house() as home:
        home.happens("08:05:00", PresenceChanged("alex", "away"))
        written = len(home.journal.events)
        for _ in range(20):
            home.runtime.put(PresenceChanged("alex", "away"))
            home.runtime.put(TimePassed())
        home.happens("08:06:00", PresenceChanged("sam", "away"))
        assert len(home.journal.events) == written + 1


def test_what_comes_due_in_the_moment_of_a_start_is_done_once() -> None:
    """It is recorded by this start, so it is not taken up as something that a former run has left."""
    with house() as before:
        before.evening()
        before.happens("17:20:00", RitualAnswered("reunion_hug", "start"))
        before.crash()
    before.clock.set(at("23:00:00"))  # it has ended meanwhile
    with house(before.journal, before.clock) as after:
        wait(lambda: any(getattr(action, "step", "") == "stopped" for action in after.mqtt.taken))
        after.happens("23:00:05", PresenceChanged("alex", "away"))
        told = [action.id for action in after.mqtt.taken]
    assert len(told) == len(set(told))


def test_what_time_brings_is_not_recorded_beside_a_private_act() -> None:
    with house() as home:
        home.evening()
        home.happens("18:30:20", PresenceChanged("sam", "home"))
        home.clock.set(at("18:31:50"))
        home.runtime.put(PrivateAct("sam", "bid"))
        wait(lambda: any(isinstance(entry[0], PrivateAct) for entry in home.journal.events))
        kinds = [entry[0].type for entry in home.journal.events]
    assert kinds[kinds.index("private_act") - 1] == "time_passed"


def boards(home: House) -> list[Board]:
    return [action.board for action in home.tile.taken if isinstance(action, ShowHome)]


def test_the_board_is_shown_at_first_and_whenever_it_differs_and_is_in_no_journal() -> None:
    with house() as home:
        wait(lambda: len(boards(home)) == 1)
        home.evening()
        home.reunion()
        wait(lambda: boards(home)[-1].now is not None)
        shown = boards(home)
        assert shown[-1].now is not None
        assert (shown[-1].now.ritual, shown[-1].now.state) == ("reunion_hug", "offered")
        assert all(before != after for before, after in itertools.pairwise(shown))
    told = [action for _, decision in home.journal.events for action in decision.actions]
    assert not [action for action in told if isinstance(action, ShowHome)]
    assert not [event for event, _ in home.journal.events if "home-" in getattr(event, "action", "")]


def test_time_alone_moves_the_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("turntoward.runtime.TICK", 0.01)
    with house() as home:
        home.happens("18:00:00", RitualAnswered("reunion_hug", "start", timedelta(minutes=10)))
        wait(lambda: bool(boards(home)) and boards(home)[-1].minutes_left == 10)
        home.clock.set(at("18:03:30"))
        wait(lambda: boards(home)[-1].minutes_left == 7)
