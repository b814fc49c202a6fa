"""The journal's file: what is erased is gone, what is newer is refused, and two services do not share it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes import at
from turntoward.adapters.journal import FILE_NAME, JournalNotOpened, SqliteJournal, erase, read_entries
from turntoward.core.actions import Announce
from turntoward.core.engine import Decision, new_state
from turntoward.core.events import ActionDelivered, PresenceChanged, SignalChanged, TimePassed
from turntoward.core.trace import TraceEntry

NOW = at("18:31:35")


def record(journal: SqliteJournal, hours_ago: int, *trace: TraceEntry) -> None:
    when = NOW - timedelta(hours=hours_ago)
    journal.record(PresenceChanged("canary_partner", "home"), Decision(new_state(when), (), trace), "d")
    journal.record(SignalChanged("guests", "canary_value"), Decision(new_state(when)), "d")


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def test_presence_older_than_the_limit_is_in_no_file(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    record(journal, 50)
    assert b"canary_partner" in bytes_of(tmp_path)
    assert journal.prune(NOW - timedelta(hours=48)) == 2
    journal.close()
    assert b"canary_partner" not in bytes_of(tmp_path)
    assert b"canary_value" not in bytes_of(tmp_path)


def test_pruning_keeps_what_is_younger_and_what_rituals_did(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    record(journal, 50, TraceEntry("hug", "refused", "other_away"), TraceEntry("hug", "offered", "", "hug-1"))
    record(journal, 2, TraceEntry("hug", "refused", "other_away"))
    journal.prune(NOW - timedelta(hours=48))
    steps = [[step.step for step in entry.trace] for entry in read_entries(tmp_path)]
    journal.close()
    assert steps == [["offered"], ["refused"]]
    assert b"canary_partner" in bytes_of(tmp_path)


def test_pruning_twice_finds_nothing_the_second_time(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    record(journal, 50, TraceEntry("hug", "offered", "", "hug-1"))
    journal.prune(NOW - timedelta(hours=48))
    assert journal.prune(NOW - timedelta(hours=48)) == 0
    journal.close()


def test_a_second_service_is_refused_and_told_what_to_do(tmp_path: Path) -> None:
    first = SqliteJournal(tmp_path)
    with pytest.raises(JournalNotOpened, match="another Turntoward is running with this data folder"):
        SqliteJournal(tmp_path)
    first.close()
    SqliteJournal(tmp_path).close()


def test_a_file_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    SqliteJournal(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as db:
        db.execute("INSERT INTO migrations VALUES (999, '99.0')")
    with pytest.raises(JournalNotOpened, match=r"written by a newer Turntoward: schema 999"):
        SqliteJournal(tmp_path)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("this is not a database, but somebody's shopping list" * 40)
    with pytest.raises(JournalNotOpened, match=r"journal\.db: this is not a journal, or it is damaged; move the file"):
        SqliteJournal(tmp_path)


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(JournalNotOpened, match="check that the folder exists"):
        SqliteJournal(tmp_path / "data")


def test_reading_where_nothing_is_says_how_it_begins(tmp_path: Path) -> None:
    with pytest.raises(JournalNotOpened, match="it begins with the first `turntoward run`"):
        list(read_entries(tmp_path))


def test_reading_goes_on_while_the_service_writes(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    journal.record(TimePassed(), Decision(new_state(NOW), (), (TraceEntry("hug", "due", "time", "hug-1"),)), "d")
    assert [entry.trace[0].step for entry in read_entries(tmp_path)] == ["due"]
    journal.close()


def test_erasing_leaves_other_files_alone(tmp_path: Path) -> None:
    SqliteJournal(tmp_path).close()
    (tmp_path / "holiday.jpg").write_text("mine")
    erase(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["holiday.jpg", "lock"]


def test_a_full_disk_writes_nothing_of_an_event(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    journal.record(TimePassed(), Decision(new_state(NOW)), "d")
    pages = journal._db.conn.execute("PRAGMA page_count").fetchone()[0]
    journal._db.conn.execute(f"PRAGMA max_page_count = {pages}")
    big = tuple(TraceEntry("hug", "refused", "x" * 500) for _ in range(500))
    with pytest.raises(sqlite3.Error, match="full"):
        journal.record(TimePassed(), Decision(new_state(NOW + timedelta(hours=1)), (), big), "d")
    assert journal.load() == new_state(NOW)
    journal.close()


def test_a_state_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    journal.record(TimePassed(), Decision(new_state(NOW)), "d")
    journal._db.conn.execute("UPDATE snapshots SET state = '{\"x\": 1}'")
    journal._db.conn.commit()
    with pytest.raises(JournalNotOpened, match="what was remembered last cannot be read; move the file"):
        journal.load()
    journal.close()


def test_a_fresh_journal_waits_for_the_lock_before_it_erases(tmp_path: Path) -> None:
    running = SqliteJournal(tmp_path)
    running.record(TimePassed(), Decision(new_state(NOW)), "d")
    with pytest.raises(JournalNotOpened, match="another Turntoward"):
        SqliteJournal(tmp_path, fresh=True)
    running.close()
    kept = SqliteJournal(tmp_path)
    assert kept.load() == new_state(NOW)
    kept.close()
    begun = SqliteJournal(tmp_path, fresh=True)
    assert begun.load() is None
    begun.close()


def test_what_may_have_been_said_is_told_apart(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    line = Announce("hug-1-0-speaker", "hug", "hug-1", "Hello.", "en", (), NOW)
    journal.record(TimePassed(), Decision(new_state(NOW), (line,)), "d")
    journal.record(ActionDelivered(line.id, assumed=True), Decision(new_state(NOW)), "d")
    journal.close()
    assert [status for entry in read_entries(tmp_path) for _, status in entry.actions] == ["assumed"]


def test_the_times_of_old_events_are_gone_too(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    record(journal, 50)
    record(journal, 2)
    journal.prune(NOW - timedelta(hours=48))
    journal.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        assert db.execute("SELECT count(*), min(at) FROM events").fetchone() == (
            2,
            (NOW - timedelta(hours=2)).isoformat(),
        )


def test_nobody_else_may_read_the_files(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "data")
    record(journal, 1)
    modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "data").iterdir() if "journal" in path.name}
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0
    assert set(modes.values()) == {0}
    assert len(modes) >= 2
    journal.close()
