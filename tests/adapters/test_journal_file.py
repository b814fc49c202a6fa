"""The journal's file: what is erased is gone, what is newer is refused, and two services do not share it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.core.evening import household, ritual
from tests.fakes import at
from turntoward.adapters.journal import FILE_NAME, JournalNotOpened, SqliteJournal, erase, read_entries
from turntoward.core.actions import Announce, Reply, SetTile
from turntoward.core.engine import Decision, Engine, new_state
from turntoward.core.events import (
    ActionDelivered,
    Event,
    NoticeAnswered,
    PresenceChanged,
    PrivateAct,
    RitualAnswered,
    SignalChanged,
    TagScanned,
    TimePassed,
)
from turntoward.core.rules import Rulebook
from turntoward.core.state import Past
from turntoward.core.trace import TraceEntry

NOW = at("18:31:35")


def prune(journal: SqliteJournal) -> int:
    return journal.prune(NOW - timedelta(hours=48), NOW - timedelta(hours=24))


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
    assert prune(journal) == 2
    journal.close()
    assert b"canary_partner" not in bytes_of(tmp_path)
    assert b"canary_value" not in bytes_of(tmp_path)


def test_pruning_keeps_what_is_younger_and_what_rituals_did(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    record(journal, 50, TraceEntry("hug", "refused", "other_away"), TraceEntry("hug", "offered", "", "hug-1"))
    record(journal, 2, TraceEntry("hug", "refused", "other_away"))
    prune(journal)
    steps = [[step.step for step in entry.trace] for entry in read_entries(tmp_path)]
    journal.close()
    assert steps == [["offered"], ["refused"]]
    assert b"canary_partner" in bytes_of(tmp_path)


def test_pruning_twice_finds_nothing_the_second_time(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    record(journal, 50, TraceEntry("hug", "offered", "", "hug-1"))
    prune(journal)
    assert prune(journal) == 0
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
    prune(journal)
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


def test_of_a_private_act_only_that_there_was_one_is_written(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    act = PrivateAct("canary_partner", "pause", until=NOW + timedelta(days=1), ritual="canary_ritual")
    journal.record(act, Decision(new_state(NOW)), "d")
    journal.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        assert db.execute("SELECT type, body FROM events").fetchall() == [("private_act", '{"type": "private_act"}')]
    assert b"canary" not in bytes_of(tmp_path)


BREAK = TraceEntry("canary_break", "started", "called", "canary_break-1", fleeting=True)
BREAK_TILE = SetTile("canary_break-1-1-tile", "canary_break", "canary_break-1", "running", "canary", None, NOW)


def happened(
    journal: SqliteJournal, hours_ago: float, event: Event, *trace: TraceEntry, tile: SetTile | None = None
) -> None:
    """Record that the break was there, as the state of the core says it while it lasts and for a day after."""
    past = {"canary_break": Past(fleeting=True), "hug": Past()}
    state = replace(new_state(NOW - timedelta(hours=hours_ago)), past=past)
    journal.record(event, Decision(state, (tile,) if tile else (), trace), "d")


def a_break(journal: SqliteJournal, hours_ago: float) -> None:
    """Everything a time-out leaves: its start, its tile, that it was shown, an answer, its end without a word."""
    happened(journal, hours_ago, TagScanned("canary_tag"), BREAK, tile=BREAK_TILE)
    happened(journal, hours_ago, ActionDelivered(BREAK_TILE.id))
    happened(journal, hours_ago, RitualAnswered("canary_break", "stop"))
    later = replace(BREAK_TILE, id="canary_break-1-2-tile", state="idle")
    happened(journal, hours_ago, TimePassed(), tile=later)
    happened(journal, hours_ago, ActionDelivered(later.id))


def test_of_a_time_out_nothing_is_left_after_a_day(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    happened(journal, 30, RitualAnswered("hug", "done"), TraceEntry("hug", "done", "", "hug-1"))
    a_break(journal, 24.5)
    assert b"canary" in bytes_of(tmp_path)
    assert prune(journal) == 5
    assert [entry.trace[0].ritual for entry in read_entries(tmp_path)] == ["hug"]
    assert list(journal.unfinished()) == []
    journal.record(TimePassed(), Decision(new_state(NOW)), "d")  # the core has forgotten it too
    journal.close()
    assert b"canary" not in bytes_of(tmp_path)


STOPPED = TraceEntry("hug", "stopped", "canary_time_out", "hug-1", fleeting=True)


def test_of_what_it_has_silenced_only_that_is_forgotten(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    offered = TraceEntry("tea", "offered", "", "tea-1")
    happened(journal, 26, TimePassed(), STOPPED, offered)
    happened(journal, 26, TimePassed(), STOPPED)
    happened(journal, 25, RitualAnswered("hug", "done"), TraceEntry("hug", "done", "", "hug-2"))
    assert prune(journal) == 2
    assert [step.ritual for entry in read_entries(tmp_path) for step in entry.trace] == ["tea", "hug"]
    journal.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db:
        assert db.execute("SELECT count(*) FROM events").fetchone() == (2,)  # an event about nothing else is gone
    assert b"canary_time_out" not in bytes_of(tmp_path)


def test_within_the_day_it_can_be_explained(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    a_break(journal, 23)
    assert prune(journal) == 0
    assert [entry.trace for entry in read_entries(tmp_path)] == [(BREAK,), ()]
    journal.close()


def test_what_follows_a_restart_still_belongs_to_the_time_out(tmp_path: Path) -> None:
    before = SqliteJournal(tmp_path)
    happened(before, 25, TagScanned("canary_tag"), BREAK, tile=BREAK_TILE)
    before.close()
    journal = SqliteJournal(tmp_path)
    happened(journal, 24.5, RitualAnswered("canary_break", "stop"))
    happened(journal, 24.5, ActionDelivered(BREAK_TILE.id))
    assert prune(journal) == 3
    journal.record(TimePassed(), Decision(new_state(NOW)), "d")
    journal.close()
    assert b"canary" not in bytes_of(tmp_path)


def test_a_file_from_before_there_was_anything_fleeting_goes_on(tmp_path: Path) -> None:
    old = SqliteJournal(tmp_path)
    record(old, 2, TraceEntry("hug", "offered", "", "hug-1"))
    old.close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as db, db:
        db.execute("ALTER TABLE events DROP COLUMN fleeting")
        db.execute("DELETE FROM migrations WHERE number > 1")
    journal = SqliteJournal(tmp_path)
    a_break(journal, 25)
    assert prune(journal) == 5
    assert [entry.trace[0].ritual for entry in read_entries(tmp_path)] == ["hug"]
    journal.close()


def test_an_action_of_a_kind_there_is_no_more_stops_nobody(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    tile = SetTile("t1", "hug", "hug-1", "offered", "A hug?", None, NOW + timedelta(minutes=10))
    season = replace(tile, id="s1")
    journal.record(TimePassed(), Decision(new_state(NOW), (season, tile)), "d")
    with journal._db.atomic():
        journal._db.conn.execute("UPDATE actions SET body = replace(body, 'set_tile', 'show_season') WHERE id = 's1'")
    assert [left.action.id for left in journal.unfinished()] == ["t1"]
    assert [[action.id for action, _ in entry.actions] for entry in read_entries(tmp_path)] == [["t1"]]
    assert journal._db.conn.execute("SELECT status FROM actions WHERE id = 's1'").fetchone() == ("expired",)
    journal.close()


@pytest.mark.parametrize(
    ("event", "trace", "kept"),
    [
        (RitualAnswered("jar", "share", text="canary words"), TraceEntry("jar", "done", "answered"), True),
        (NoticeAnswered("0a", "canary words"), TraceEntry("jar", "done", "answered"), True),
        (RitualAnswered("jar", "share", text="canary words"), TraceEntry("jar", "refused", "not_an_answer"), False),
        (NoticeAnswered("0a", "canary words"), TraceEntry("an answer", "void", "old_notice"), False),
        (RitualAnswered("jar", "done", text="canary unasked"), TraceEntry("jar", "done", "answered"), False),
        (NoticeAnswered("0a", "canary unasked"), TraceEntry("jar", "done", "answered"), False),
        (
            RitualAnswered("Canary words", "start", reply_to="x"),
            TraceEntry("an answer", "void", "no_such_ritual"),
            False,
        ),
    ],
)
def test_of_what_people_said_only_what_was_taken_is_kept(
    tmp_path: Path, event: Event, trace: TraceEntry, kept: bool
) -> None:
    journal = SqliteJournal(tmp_path)
    state = replace(new_state(NOW), past={"jar": Past(shared="canary words")})
    journal.record(event, Decision(state, (), (trace,)), "d")
    body = journal._db.conn.execute("SELECT body FROM events").fetchone()[0]
    journal.close()
    assert ("anary" in body) is kept


def test_half_a_letter_is_no_reason_to_write_nothing(tmp_path: Path) -> None:
    """A program that cuts a text within an emoji sends what no file can hold."""
    engine = Engine(household(), Rulebook(rituals=(ritual("jar", answers=["share"]),)))
    shared = RitualAnswered("jar", "share", text="hello \ud83d")
    journal = SqliteJournal(tmp_path)
    journal.record(shared, engine.decide(new_state(NOW), shared, NOW), "d")
    state = journal.load()
    journal.close()
    assert state is not None
    assert state.past["jar"].shared == "hello"


def test_what_was_replied_aloud_is_kept_no_longer_than_what_presence_said(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path)
    for hours in (49, 1):
        when = NOW - timedelta(hours=hours)
        reply = Reply(f"reply-{hours}", "jar", "", "canary_asker", f"canary_{hours}", when)
        refused = TraceEntry("jar", "refused", "nothing_runs")
        asked = RitualAnswered("jar", "later", reply_to="canary_asker")
        journal.record(asked, Decision(new_state(when), (reply,), (refused,)), "d")
    prune(journal)
    journal.close()
    assert b"canary_49" not in bytes_of(tmp_path)
    assert b"canary_1" in bytes_of(tmp_path)
    assert len(list(read_entries(tmp_path))) == 1
