"""The journal as the service writes it, and finds again after a start."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlite_utils import Database

from turntoward import __version__
from turntoward.adapters.journal.file import (
    ALIVE_NAME,
    FILE_NAME,
    MOVE_AWAY,
    JournalNotOpened,
    erase,
    last_beat,
    migrate,
    only_one,
    take_up_backup,
    unusable,
)
from turntoward.adapters.journal.reading import action_of
from turntoward.core.actions import Action
from turntoward.core.answers import shared_line
from turntoward.core.engine import Decision
from turntoward.core.events import (
    ActionDelivered,
    ActionExpired,
    ActionFailed,
    Event,
    NoticeAnswered,
    PrivateAct,
    RitualAnswered,
)
from turntoward.core.state import HouseholdState, state_from_json, state_to_json
from turntoward.core.trace import NOTICEABLE
from turntoward.ports import Unfinished

log = logging.getLogger(__name__)

_ACTION: TypeAdapter[Action] = TypeAdapter(Action)
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_PRIVATE = ("presence_changed", "signal_changed")
_NOT, _PARTLY, _WHOLLY = range(3)
"""How much of an entry is fleeting, as the column of that name has it."""
_ERASE_REPLIES = (
    "DELETE FROM actions WHERE json_extract(body, '$.kind') = 'reply' "
    "AND event_seq IN (SELECT seq FROM events WHERE at < ? AND NOT pruned)"
)
"""What was replied aloud was worth some seconds."""


class SqliteJournal:
    """The journal in a data folder. Opening it brings an older file up to date; `fresh`: begins anew instead."""

    def __init__(self, folder: Path, fresh: bool = False) -> None:
        self.path = folder / FILE_NAME
        self._alive = folder / ALIVE_NAME
        self._lock = threading.Lock()
        self._fleeting: set[str] = set()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._guard = only_one(folder / "lock")
            if fresh:
                erase(folder)
            elif take_up_backup(folder):
                log.info("the journal goes on from the backup in %s", folder)
            self.path.touch(mode=0o600)  # nobody else on this machine need read it; SQLite's own files follow
            connection = sqlite3.connect(self.path, check_same_thread=False, timeout=5)
            self._db = Database(connection)
            self._db.enable_wal()
            connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose seconds, never the file
            connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten, not just unlinked
            migrate(self._db)
        except sqlite3.DatabaseError as problem:
            if "not a database" not in str(problem) and "malformed" not in str(problem):
                raise unusable(self.path, problem) from problem
            raise JournalNotOpened(f"{self.path}: this is not a journal, or it is damaged; {MOVE_AWAY}") from problem
        except OSError as problem:
            raise unusable(self.path, problem) from problem

    def load(self) -> HouseholdState | None:
        """Return the state after the last recorded event, or None for a new household."""
        with self._lock:
            row = self._db.conn.execute("SELECT state FROM snapshots WHERE id = 1").fetchone()
        try:
            return state_from_json(row[0]) if row else None
        except ValidationError as problem:
            raise JournalNotOpened(f"{self.path}: what was remembered last cannot be read; {MOVE_AWAY}") from problem

    def record(self, event: Event, decision: Decision, digest: str) -> int:
        """Write event, trace, actions, what became of an earlier action, and the state, in one transaction."""
        now = decision.state.now.isoformat()
        trace, body = json.dumps([asdict(entry) for entry in decision.trace]), _body(event, decision)
        with self._lock, self._db.atomic():
            run = self._db.conn.execute
            seq = run(
                "INSERT INTO events (at, type, body, rulebook, engine, trace, fleeting) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (now, event.type, body, digest, __version__, trace, self._fleeting_part(event, decision)),
            ).lastrowid
            assert seq is not None  # an INSERT has one
            for action in decision.actions:
                row = (
                    action.id,
                    seq,
                    action.channel,
                    _ACTION.dump_json(action).decode(),
                    action.valid_until.isoformat(),
                )
                run("INSERT OR IGNORE INTO actions VALUES (?, ?, ?, ?, ?, 'planned', 0, '')", row)
            if isinstance(event, ActionDelivered | ActionFailed | ActionExpired):
                reason = event.reason if isinstance(event, ActionFailed) else ""
                run("UPDATE actions SET status = ?, reason = ? WHERE id = ?", (_became(event), reason, event.action))
            run(
                "INSERT OR REPLACE INTO snapshots (id, seq, at, state) VALUES (1, ?, ?, ?)",
                (seq, now, state_to_json(decision.state)),
            )
        return seq

    def mark_attempted(self, action_id: str) -> None:
        """Remember, before the call, that an action is about to be tried."""
        with self._lock, self._db.atomic():
            self._db.conn.execute(
                "UPDATE actions SET status = 'attempted', attempts = attempts + 1 WHERE id = ?", (action_id,)
            )

    def mark_not_done(self, action_id: str) -> None:
        """Take `mark_attempted` back: the try has certainly not done it."""
        with self._lock, self._db.atomic():
            self._db.conn.execute("UPDATE actions SET status = 'planned', attempts = 0 WHERE id = ?", (action_id,))

    def unfinished(self) -> Sequence[Unfinished]:
        """Return the actions no result was recorded for, oldest first; one nobody can do any more counts as expired."""
        with self._lock:
            rows = self._db.conn.execute(
                "SELECT id, body, attempts FROM actions WHERE status IN ('planned', 'attempted') "
                "ORDER BY event_seq, rowid"
            ).fetchall()
            left = [(row_id, action_of(body), attempts) for row_id, body, attempts in rows]
            with self._db.atomic():
                for row_id in (row_id for row_id, action, _ in left if action is None):
                    self._db.conn.execute("UPDATE actions SET status = 'expired' WHERE id = ?", (row_id,))
        return [Unfinished(action, attempts) for _, action, attempts in left if action is not None]

    def prune(self, before: datetime, fleeting_before: datetime) -> int:
        """Erase from the file and its log what presence and signals said before an instant, and what was thought of it.

        What a ritual did (offered, done, not for today) stays; of what was fleeting nothing does.
        """
        with self._lock:
            with self._db.atomic():
                run = self._db.conn.execute
                erased = self._erase_fleeting(fleeting_before)
                old = "SELECT seq, type, trace FROM events WHERE at < ? AND NOT pruned"
                rows = run(old, (before.isoformat(),)).fetchall()
                run(_ERASE_REPLIES, (before.isoformat(),))
                for seq, kind, trace in rows:
                    self._prune_one(seq, kind, [e for e in json.loads(trace) if e["step"] in NOTICEABLE])
            if rows or erased:
                self._db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(rows) + erased

    def _fleeting_part(self, event: Event, decision: Decision) -> int:
        """Return how much of an entry is fleeting: all of it where it is about such a ritual or about nothing else."""
        self._fleeting |= fleeting_rituals(decision.state)
        told = [entry.fleeting for entry in decision.trace]
        about = {entry.ritual for entry in decision.trace if entry.fleeting}
        about |= {getattr(action, "ritual", "") for action in decision.actions}
        about |= {event.ritual} if isinstance(event, RitualAnswered) else set()
        if about & self._fleeting or (told and all(told)) or self._reports_on_fleeting(event):
            return _WHOLLY
        return _PARTLY if any(told) else _NOT

    def _reports_on_fleeting(self, event: Event) -> bool:
        if not isinstance(event, ActionDelivered | ActionFailed | ActionExpired):
            return False
        asked = "SELECT 1 FROM actions JOIN events ON seq = event_seq WHERE id = ? AND fleeting = ?"
        return self._db.conn.execute(asked, (event.action, _WHOLLY)).fetchone() is not None

    def _erase_fleeting(self, before: datetime) -> int:
        """Delete what is wholly fleeting, and of what is partly so that part."""
        run, old = self._db.conn.execute, "FROM events WHERE at < ? AND fleeting = ?"
        wholly, partly = (before.isoformat(), _WHOLLY), (before.isoformat(), _PARTLY)
        run(f"DELETE FROM actions WHERE event_seq IN (SELECT seq {old})", wholly)
        erased = int(run(f"DELETE {old}", wholly).rowcount)
        for seq, trace in run(f"SELECT seq, trace {old}", partly).fetchall():
            kept = [entry for entry in json.loads(trace) if not entry.get("fleeting")]
            run("UPDATE events SET trace = ?, fleeting = ? WHERE seq = ?", (json.dumps(kept), _NOT, seq))
            erased += 1
        return erased

    def _prune_one(self, seq: int, kind: str, kept: list[dict[str, Any]]) -> None:
        """Delete an event nothing came of, its time too; of the others keep what a ritual did."""
        run = self._db.conn.execute
        acted = run("SELECT 1 FROM actions WHERE event_seq = ? LIMIT 1", (seq,)).fetchone()
        if not kept and not acted:
            run("DELETE FROM events WHERE seq = ?", (seq,))
            return
        body = "'{}'" if kind in _PRIVATE else "body"
        run(f"UPDATE events SET body = {body}, trace = ?, pruned = 1 WHERE seq = ?", (json.dumps(kept), seq))

    def beat(self, now: datetime) -> None:
        """Remember that the service was alive at `now`. A disk that refuses is noticed by `record`, not here."""
        try:
            self._alive.write_text(now.isoformat(), encoding="ascii")
        except OSError:
            return

    def last_beat(self) -> datetime | None:
        """Return when the service was last alive before this start, or None."""
        return last_beat(self._alive.parent)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()
            self._guard.close()


def fleeting_rituals(state: HouseholdState) -> set[str]:
    """Return the names of the rituals of which nothing may be kept for long: time-outs, and what follows them."""
    open_now = {name for name, occasion in state.occasions.items() if occasion.kind == "fleeting"}
    return open_now | {name for name, past in state.past.items() if past.fleeting}


def _body(event: Event, decision: Decision) -> str:
    """Write an event; of what one of the two did in private the state keeps what matters, and the journal nothing.

    Words that were not shared, because nothing was there to take them, are not kept either.
    """
    if isinstance(event, PrivateAct):
        return json.dumps({"type": event.type})
    told = {(entry.step, entry.reason) for entry in decision.trace}
    if isinstance(event, RitualAnswered | NoticeAnswered):
        line = shared_line(event.text)
        was_shared = ("done", "answered") in told and _stands_on_a_tile(line, decision.state)
        event = replace(event, text=line if was_shared else "")
    if isinstance(event, RitualAnswered) and event.reply_to and ("void", "no_such_ritual") in told:
        event = replace(event, ritual="")  # what somebody said aloud, and who knows what was understood
    return _EVENT.dump_json(event).decode()


def _stands_on_a_tile(line: str, state: HouseholdState) -> bool:
    return any(line in past.shared.splitlines() for past in state.past.values())


def _became(event: ActionDelivered | ActionFailed | ActionExpired) -> str:
    if isinstance(event, ActionDelivered):
        return "assumed" if event.assumed else "delivered"
    return "failed" if isinstance(event, ActionFailed) else "expired"
