"""The journal's file: its place, its schema and how that changes, and who may open it.

What is written into it is not known here.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlite_utils import Database

from turntoward import __version__

FILE_NAME = "journal.db"
BACKUP_NAME = "journal.backup"
"""A backup that is put back: where there is no journal, it becomes the journal."""
ALIVE_NAME = "alive"
"""Holds when the service was last alive."""
MOVE_AWAY = "move the file to another place and start again: a new one is begun, and nobody is greeted for the gap"


class JournalNotOpened(Exception):
    """The journal's file cannot be used; the message says why and what to do."""


def _first_schema(db: Database) -> None:
    db.table("events").create(
        {
            "seq": int, "at": str, "type": str, "body": str, "rulebook": str, "engine": str, "trace": str,
            "pruned": int,
        },
        pk="seq",
        defaults={"pruned": 0},
    )  # fmt: skip
    db.table("actions").create(
        {
            "id": str, "event_seq": int, "channel": str, "body": str, "valid_until": str,
            "status": str, "attempts": int, "reason": str,
        },
        pk="id",
        foreign_keys=[("event_seq", "events", "seq")],
    )  # fmt: skip
    db.table("actions").create_index(["status"])
    db.table("actions").create_index(["event_seq"])
    db.table("snapshots").create({"id": int, "seq": int, "at": str, "state": str}, pk="id")


def _mark_what_is_fleeting(db: Database) -> None:
    db.conn.execute("ALTER TABLE events ADD COLUMN fleeting INTEGER NOT NULL DEFAULT 0")


MIGRATIONS: tuple[Callable[[Database], None], ...] = (_first_schema, _mark_what_is_fleeting)
"""Numbered by their place, never changed once released: a new schema is a new function at the end."""


def unusable(path: Path, problem: Exception) -> JournalNotOpened:
    """Say that the file cannot be opened, and what to look at."""
    return JournalNotOpened(
        f"{path}: the journal cannot be opened ({problem}); "
        "check that the folder exists, belongs to this user and has free space (data_dir in household.yaml)"
    )


def last_beat(folder: Path) -> datetime | None:
    """Return when the service of a data folder was last alive; None where that is not known."""
    try:
        return datetime.fromisoformat((folder / ALIVE_NAME).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def erase(folder: Path) -> None:
    """Begin anew: remove the journal of a folder, and nothing else in it."""
    for name in (FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", ALIVE_NAME):
        (folder / name).unlink(missing_ok=True)


def take_up_backup(folder: Path) -> bool:
    """Begin with the backup that lies in a folder without a journal; return whether there was one."""
    backup = folder / BACKUP_NAME
    if (folder / FILE_NAME).exists() or not backup.exists():
        return False
    erase(folder)  # what is left of a journal that was there belongs to another file
    backup.chmod(0o600)
    backup.replace(folder / FILE_NAME)
    return True


def only_one(path: Path) -> IO[str]:
    """Keep a second service out of a data folder, for as long as the returned file is open."""
    guard = path.open("w")
    try:
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        guard.close()
        raise JournalNotOpened(
            f"{path.parent}: another Turntoward is running with this data folder; stop it first, "
            "or give this one a data_dir of its own"
        ) from problem
    return guard


def migrate(db: Database) -> None:
    """Bring a file up to date. Raises sqlite3.DatabaseError where a newer version has written it."""
    db.conn.execute("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, version TEXT)")
    done = db.conn.execute("SELECT coalesce(max(number), 0) FROM migrations").fetchone()[0]
    if done > len(MIGRATIONS):
        raise sqlite3.DatabaseError(
            f"it was written by a newer Turntoward: schema {done}, this one knows {len(MIGRATIONS)}"
        )
    for number, migration in enumerate(MIGRATIONS[done:], start=done + 1):
        with db.atomic():
            migration(db)
            db.conn.execute("INSERT INTO migrations VALUES (?, ?)", (number, __version__))
