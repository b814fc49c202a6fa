"""What every journal promises, asked of the one in memory and of the one in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes import MemoryJournal, at
from turntoward.adapters.journal import SqliteJournal
from turntoward.core.actions import Action, Announce, SetTile
from turntoward.core.engine import Decision, new_state
from turntoward.core.events import ActionDelivered, ActionExpired, ActionFailed, PresenceChanged, TimePassed
from turntoward.core.trace import TraceEntry
from turntoward.ports import Journal

NOW = at("18:31:35")
SPEECH = Announce("hug-1-0-speaker", "hug", "hug-1", "Hello, you two.", "en", ("kitchen",), NOW + timedelta(minutes=2))
TILE = SetTile("hug-1-0-tile", "hug", "hug-1", "offered", "Hello.", NOW, NOW + timedelta(minutes=9))


@pytest.fixture(params=["memory", "file"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Journal]]:
    """Return a function that opens the same journal again, as a new process would."""
    memory, opened = MemoryJournal(), []

    def open_again() -> Journal:
        while opened:
            opened.pop().close()
        journal: Journal = memory if request.param == "memory" else SqliteJournal(tmp_path)
        opened.append(journal)
        return journal

    yield open_again
    while opened:
        opened.pop().close()


def decision(*actions: Action) -> Decision:
    return Decision(new_state(NOW), actions, (TraceEntry("hug", "offered", "", "hug-1"),))


def test_a_new_journal_knows_nothing(reopen: Callable[[], Journal]) -> None:
    journal = reopen()
    assert journal.load() is None
    assert list(journal.unfinished()) == []
    assert journal.last_beat() is None


def test_the_state_of_the_last_event_survives(reopen: Callable[[], Journal]) -> None:
    journal = reopen()
    journal.record(TimePassed(), Decision(new_state(NOW)), "d")
    journal.record(TimePassed(), Decision(new_state(NOW + timedelta(hours=1))), "d")
    assert reopen().load() == new_state(NOW + timedelta(hours=1))


def test_actions_without_a_result_are_unfinished_in_their_order(reopen: Callable[[], Journal]) -> None:
    journal = reopen()
    journal.record(TimePassed(), decision(SPEECH, TILE), "d")
    assert [(u.action, u.attempts) for u in reopen().unfinished()] == [(SPEECH, 0), (TILE, 0)]


@pytest.mark.parametrize("result", [ActionDelivered(TILE.id), ActionFailed(TILE.id, "why"), ActionExpired(TILE.id)])
def test_a_result_finishes_its_action_and_no_other(
    reopen: Callable[[], Journal], result: ActionDelivered | ActionFailed | ActionExpired
) -> None:
    journal = reopen()
    journal.record(TimePassed(), decision(SPEECH, TILE), "d")
    journal.record(result, Decision(new_state(NOW)), "d")
    assert [u.action.id for u in reopen().unfinished()] == [SPEECH.id]


def test_attempts_are_counted_before_the_result(reopen: Callable[[], Journal]) -> None:
    journal = reopen()
    journal.record(TimePassed(), decision(SPEECH), "d")
    journal.mark_attempted(SPEECH.id)
    journal.mark_attempted(SPEECH.id)
    assert [u.attempts for u in reopen().unfinished()] == [2]


def test_an_attempt_that_did_nothing_is_taken_back(reopen: Callable[[], Journal]) -> None:
    journal = reopen()
    journal.record(TimePassed(), decision(SPEECH), "d")
    journal.mark_attempted(SPEECH.id)
    journal.mark_not_done(SPEECH.id)
    assert [u.attempts for u in reopen().unfinished()] == [0]


def test_the_same_action_is_kept_once(reopen: Callable[[], Journal]) -> None:
    journal = reopen()
    journal.record(TimePassed(), decision(SPEECH), "d")
    journal.record(TimePassed(), decision(SPEECH), "d")
    assert len(list(journal.unfinished())) == 1


def test_the_beat_survives(reopen: Callable[[], Journal]) -> None:
    reopen().beat(NOW)
    assert reopen().last_beat() == NOW


def test_an_event_with_a_partner_is_recorded_like_any_other(reopen: Callable[[], Journal]) -> None:
    journal = reopen()
    assert journal.record(PresenceChanged("alex", "home"), Decision(new_state(NOW)), "d") >= 1
