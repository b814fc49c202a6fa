"""A copy of the journal for a backup, made while the service goes on writing.

A backup may be kept for years, so it holds less than the journal itself: nothing of who was where, of what a sensor
said or of a time-out, and nothing that was going on. What rituals did, what you wrote for each other, limits, turns and
cards are all there.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from turntoward.adapters.journal.file import FILE_NAME, JournalNotOpened
from turntoward.adapters.journal.writing import SqliteJournal, fleeting_rituals
from turntoward.core.state import HouseholdState, state_to_json

_EVERYTHING = datetime.max.replace(tzinfo=UTC)


class NotBackedUp(Exception):
    """The copy could not be written; the message says why and what to do."""


def back_up(folder: Path, target: Path) -> None:
    """Write a copy of a data folder's journal to `target`, whole or not at all, readable by its owner alone.

    What is at `target` is replaced. Raises JournalNotOpened where there is no journal that can be read, NotBackedUp
    where the copy cannot be written.
    """
    source = folder / FILE_NAME
    if not source.exists():
        raise JournalNotOpened(f"{source}: there is no journal yet; it begins with the first `turntoward run`")
    try:
        with TemporaryDirectory(prefix=".backup-", dir=target.parent) as name:
            work = Path(name)
            _copy(source, work / FILE_NAME)
            _leave_out_what_a_backup_must_not_keep(work)
            _copy(work / FILE_NAME, work / target.name)  # anew, so that no freed page holds what was left out
            (work / target.name).replace(target)
    except (OSError, sqlite3.Error) as problem:
        raise NotBackedUp(
            f"{target}: the backup cannot be written ({problem}); "
            "check that the folder exists, belongs to this user and has free space"
        ) from problem


def _copy(source: Path, target: Path) -> None:
    target.touch(mode=0o600)
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _leave_out_what_a_backup_must_not_keep(folder: Path) -> None:
    journal = SqliteJournal(folder)
    try:
        state = journal.load()
        journal.prune(_EVERYTHING, _EVERYTHING)
    finally:
        journal.close()
    with closing(sqlite3.connect(folder / FILE_NAME)) as connection, connection:
        run = connection.execute
        run("UPDATE actions SET status = 'expired' WHERE status IN ('planned', 'attempted')")
        if state is not None:
            run("UPDATE snapshots SET state = ?", (state_to_json(_for_years(state)),))


def _for_years(state: HouseholdState) -> HouseholdState:
    """Return what of a state may be kept: all that was going on, and all that a time-out has left, is not in it."""
    fleeting = fleeting_rituals(state)
    past = {name: each for name, each in state.past.items() if name not in fleeting}
    return replace(
        state,
        presence={},
        signals={},
        openings=(),
        apart_since=None,
        held_until={},
        awaited=(),
        lost={},
        occasions={},
        holding={},
        shown={name: tile for name, tile in state.shown.items() if tile in ("done", "not_today") and name in past},
        scenes_asked={},
        past=past,
        prompts=tuple(p for p in state.prompts if p.occasion.rpartition("-")[0] not in fleeting),
        affection_from=None,
    )
