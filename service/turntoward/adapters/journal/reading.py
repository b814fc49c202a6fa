"""Reading the journal, also while the service writes it. Nothing is changed here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from turntoward.adapters.journal.file import FILE_NAME, JournalNotOpened
from turntoward.core.actions import Action
from turntoward.core.trace import TraceEntry

_ACTION: TypeAdapter[Action] = TypeAdapter(Action)
_TRACE: TypeAdapter[tuple[TraceEntry, ...]] = TypeAdapter(tuple[TraceEntry, ...])


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal as people read it."""

    seq: int
    at: datetime
    type: str
    trace: tuple[TraceEntry, ...]
    actions: tuple[tuple[Action, str], ...]
    """Actions with what became of them: planned, attempted, delivered, assumed, failed, expired."""


def action_of(body: str) -> Action | None:
    """Read an action; None for one of a kind there is no more."""
    try:
        return _ACTION.validate_json(body)
    except ValidationError:
        return None


def read_entries(folder: Path, most: int | None = None) -> Iterator[Entry]:
    """Read the journal of a running or stopped service, newest last, without writing to it.

    Only entries in which something was decided are returned. Raises JournalNotOpened where there is none.
    """
    path = folder / FILE_NAME
    if not path.exists():
        raise JournalNotOpened(f"{path}: there is no journal yet; it begins with the first `turntoward run`")
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
    try:
        wanted = "trace <> '[]' OR seq IN (SELECT event_seq FROM actions)"
        rows = connection.execute(
            f"SELECT seq, at, type, trace FROM events WHERE {wanted} ORDER BY seq DESC LIMIT ?", (most or -1,)
        ).fetchall()
        for seq, at, kind, trace in reversed(rows):
            acts = connection.execute("SELECT body, status FROM actions WHERE event_seq = ? ORDER BY rowid", (seq,))
            read = ((action_of(body), status) for body, status in acts)
            actions = tuple((action, status) for action, status in read if action is not None)
            yield Entry(seq, datetime.fromisoformat(at), kind, _TRACE.validate_json(trace), actions)
    except sqlite3.Error as problem:
        raise JournalNotOpened(f"{path}: the journal cannot be read ({problem})") from problem
    finally:
        connection.close()
