"""Looks into the data folder, without opening the journal for writing: the service may be doing that."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from turntoward.adapters.journal import FILE_NAME, Entry, JournalNotOpened, last_beat, read_entries
from turntoward.channels.speaker.memory import remembered
from turntoward.doctor.facts import Folder

A_WEEK = timedelta(days=7)


def ask(path: Path, now: datetime) -> Folder:
    """Return what there is to know of a data folder."""
    existing = next(folder for folder in (path, *path.absolute().parents) if folder.is_dir())
    folder = Folder(
        path=path,
        writable=os.access(existing, os.W_OK | os.X_OK) and _may_write(path / FILE_NAME),
        free=shutil.disk_usage(existing).free,
        beat=last_beat(path),
        speakers=remembered(path),
    )
    return _with_journal(folder, now) if (path / FILE_NAME).exists() else folder


def _may_write(file: Path) -> bool:
    return not file.exists() or os.access(file, os.W_OK)


def _with_journal(folder: Folder, now: datetime) -> Folder:
    try:
        entries = list(read_entries(folder.path))
    except JournalNotOpened as trouble:
        return replace(folder, journal_trouble=str(trouble))
    began = entries[0].at if entries else None
    recent = [entry for entry in entries if now - entry.at <= A_WEEK]
    return replace(folder, journal=tuple(_shared(recent)), journal_began=began)


def _shared(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Yield what both may know: not what one of the two did in private, nor what is soon to be forgotten."""
    for entry in entries:
        if entry.type != "private_act":
            yield replace(entry, trace=tuple(step for step in entry.trace if not step.fleeting), actions=())
