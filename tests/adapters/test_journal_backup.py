"""A backup of the journal: whole, made beside a running service, without what may not lie in a drawer for years."""

from __future__ import annotations

import json
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes import at
from turntoward.adapters.journal import (
    BACKUP_NAME,
    FILE_NAME,
    JournalNotOpened,
    NotBackedUp,
    SqliteJournal,
    back_up,
    read_entries,
)
from turntoward.core.actions import SetTile
from turntoward.core.engine import Decision, new_state
from turntoward.core.events import NoticeAnswered, PresenceChanged, RitualAnswered, SignalChanged, TimePassed
from turntoward.core.state import HouseholdState, Occasion, Past, Presence, Prompt, SignalValue
from turntoward.core.trace import TraceEntry

NOW = at("18:31:35")
HUG = TraceEntry("hug", "offered", "", "hug-1")
BREAK = TraceEntry("canary_break", "started", "called", "canary_break-1", fleeting=True)


def occasion(name: str, kind: str = "ritual") -> Occasion:
    return Occasion(f"{name}-1", name, "time", NOW, NOW, NOW + timedelta(hours=1), kind=kind)  # type: ignore[arg-type]


def lived() -> HouseholdState:
    """An evening: one is home, a break runs, a hug was offered, a date is next."""
    return replace(
        new_state(NOW),
        presence={"canary_partner": Presence("home", NOW, True, "home", NOW, NOW)},
        signals={"canary_signal": SignalValue("on", NOW)},
        openings=(NOW,),
        apart_since=NOW,
        lost={"canary_source": NOW},
        occasions={"hug": occasion("hug"), "canary_break": occasion("canary_break", "fleeting")},
        shown={"canary_break": "running"},
        past={
            "hug": Past(offered=(NOW,), day=NOW.date(), number=1),
            "canary_old": Past(fleeting=True, last_end=NOW),
            "canary_break": Past(offered=(NOW,)),  # that it is fleeting is remembered when it ends
        },
        prompts=(Prompt(NOW, "hug-1"), Prompt(NOW, "canary_old-1"), Prompt(NOW, "canary_break-1")),
        affection_from=NOW,
        turns={"date_night": "alex"},
        seed=77,
    )


def filled(folder: Path) -> SqliteJournal:
    journal = SqliteJournal(folder)
    journal.record(PresenceChanged("canary_partner", "home"), Decision(lived()), "d")
    journal.record(SignalChanged("canary_signal", "on"), Decision(lived()), "d")
    tile = SetTile("canary_break-1-1-tile", "canary_break", "canary_break-1", "running", "canary", None, NOW)
    journal.record(TimePassed(), Decision(lived(), (tile,), (BREAK,)), "d")
    asked = SetTile("hug-1-1-tile", "hug", "hug-1", "offered", "A hug?", None, NOW + timedelta(days=900))
    journal.record(TimePassed(), Decision(lived(), (asked,), (HUG,)), "d")
    return journal


def restored(backup: Path, folder: Path) -> SqliteJournal:
    folder.mkdir()
    (folder / BACKUP_NAME).write_bytes(backup.read_bytes())
    return SqliteJournal(folder)


def test_nothing_of_presence_signals_and_time_outs_is_in_a_backup(tmp_path: Path) -> None:
    journal = filled(tmp_path / "data")
    back_up(tmp_path / "data", tmp_path / "kept")
    journal.close()
    assert b"canary" in (tmp_path / "data" / FILE_NAME).read_bytes()
    assert b"canary" not in (tmp_path / "kept").read_bytes()


def test_what_you_wrote_for_each_other_comes_back(tmp_path: Path) -> None:
    """Words are not made again; those of today are on the tile again as well."""
    line = "You sang in the kitchen."
    journal = SqliteJournal(tmp_path / "data")
    state = replace(new_state(NOW), past={"thanks": Past(shared=line, last_end=NOW)}, shown={"thanks": "done"})
    shown = SetTile("thanks-1-1-tile", "thanks", "thanks-1", "done", line, None, NOW)
    thanked = TraceEntry("thanks", "done", "answered", "thanks-1")
    answered = RitualAnswered("thanks", "share", text=line)
    journal.record(answered, Decision(state, (shown,), (thanked,)), "d")
    journal.record(NoticeAnswered("token", line), Decision(state, (), (thanked,)), "d")
    journal.close()
    back_up(tmp_path / "data", tmp_path / "kept")
    again = restored(tmp_path / "kept", tmp_path / "new")
    restored_state = again.load()
    again.close()
    assert restored_state is not None
    assert (restored_state.past["thanks"].shared, restored_state.shown) == (line, {"thanks": "done"})
    assert [entry.trace for entry in read_entries(tmp_path / "new")] == [(thanked,), (thanked,)]
    with closing(sqlite3.connect(tmp_path / "new" / FILE_NAME)) as copy:
        bodies = [json.loads(body) for (body,) in copy.execute("SELECT body FROM events")]
    assert [body["text"] for body in bodies] == [line, line]


def test_what_rituals_did_and_whose_turn_it_is_comes_back(tmp_path: Path) -> None:
    filled(tmp_path / "data").close()
    back_up(tmp_path / "data", tmp_path / "kept")
    journal = restored(tmp_path / "kept", tmp_path / "new")
    state = journal.load()
    assert state is not None
    assert (state.turns, state.seed) == ({"date_night": "alex"}, 77)
    assert state.past == {"hug": lived().past["hug"]}
    assert [prompt.occasion for prompt in state.prompts] == ["hug-1"]
    assert [entry.trace for entry in read_entries(tmp_path / "new")] == [(HUG,)]
    journal.close()


def test_what_was_going_on_is_over_in_a_backup(tmp_path: Path) -> None:
    """Put back in a year, nothing of it may suddenly be done."""
    journal = filled(tmp_path / "data")
    assert [left.action.id for left in journal.unfinished()] == ["canary_break-1-1-tile", "hug-1-1-tile"]
    back_up(tmp_path / "data", tmp_path / "kept")
    journal.close()
    again = restored(tmp_path / "kept", tmp_path / "new")
    state = again.load()
    assert state is not None
    assert (state.occasions, state.shown, state.presence) == ({}, {}, {})
    assert list(again.unfinished()) == []
    again.close()


def test_the_journal_itself_stays_as_it_is(tmp_path: Path) -> None:
    journal = filled(tmp_path)
    back_up(tmp_path, tmp_path / "kept")
    assert journal.load() == lived()
    assert len(list(journal.unfinished())) == 2
    journal.close()


def test_a_service_that_goes_on_writing_disturbs_no_backup(tmp_path: Path) -> None:
    journal, done = filled(tmp_path), threading.Event()

    def write() -> None:
        while not done.is_set():
            journal.record(TimePassed(), Decision(lived(), (), (HUG,)), "d")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            back_up(tmp_path, tmp_path / f"kept-{number}")
    finally:
        done.set()
        writer.join()
        journal.close()
    for number in range(5):
        with closing(sqlite3.connect(tmp_path / f"kept-{number}")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute("SELECT count(*) FROM snapshots").fetchone() == (1,)


def test_nobody_else_may_read_a_backup_and_nothing_else_is_left(tmp_path: Path) -> None:
    filled(tmp_path / "data").close()
    (tmp_path / "out").mkdir()
    back_up(tmp_path / "data", tmp_path / "out" / "kept")
    assert (tmp_path / "out" / "kept").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["kept"]


def test_where_it_cannot_be_written_that_is_said_and_the_old_one_stays(tmp_path: Path) -> None:
    filled(tmp_path / "data").close()
    with pytest.raises(NotBackedUp, match="the backup cannot be written"):
        back_up(tmp_path / "data", tmp_path / "nowhere" / "kept")
    (tmp_path / "data" / FILE_NAME).write_text("no database, but a shopping list" * 40)
    (tmp_path / "kept").write_text("the old one")
    with pytest.raises(NotBackedUp, match="not a database"):
        back_up(tmp_path / "data", tmp_path / "kept")
    assert (tmp_path / "kept").read_text() == "the old one"


def test_where_there_is_no_journal_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(JournalNotOpened, match="there is no journal yet"):
        back_up(tmp_path, tmp_path / "kept")


def test_a_backup_is_not_taken_up_where_there_is_a_journal(tmp_path: Path) -> None:
    filled(tmp_path / "data").close()
    (tmp_path / "data" / BACKUP_NAME).write_text("something else")
    journal = SqliteJournal(tmp_path / "data")
    assert journal.load() == lived()
    journal.close()
    assert (tmp_path / "data" / BACKUP_NAME).exists()


def test_what_is_left_beside_a_journal_that_is_gone_does_not_spoil_the_backup(tmp_path: Path) -> None:
    filled(tmp_path / "data").close()
    back_up(tmp_path / "data", tmp_path / "kept")
    other = SqliteJournal(tmp_path / "other")
    other.record(TimePassed(), Decision(replace(lived(), seed=5)), "d")
    (tmp_path / "new").mkdir()
    for end in ("-wal", "-shm"):  # as a power cut leaves them
        name = f"{FILE_NAME}{end}"
        (tmp_path / "new" / name).write_bytes((tmp_path / "other" / name).read_bytes())
    other.close()
    (tmp_path / "new" / BACKUP_NAME).write_bytes((tmp_path / "kept").read_bytes())
    journal = SqliteJournal(tmp_path / "new")
    state = journal.load()
    journal.close()
    assert state is not None
    assert state.seed == 77
    assert not (tmp_path / "new" / BACKUP_NAME).exists()


def test_a_damaged_backup_is_named(tmp_path: Path) -> None:
    (tmp_path / BACKUP_NAME).write_text("no database, but a shopping list" * 40)
    with pytest.raises(JournalNotOpened, match="this is not a journal, or it is damaged"):
        SqliteJournal(tmp_path)
