"""Whether what has to be remembered can be written."""

from __future__ import annotations

from collections.abc import Iterator

from turntoward.doctor.facts import Facts
from turntoward.doctor.findings import Finding, notice, ok, problem

ORDER = 70
MEGABYTE = 1024 * 1024
TIGHT, FULL = 500 * MEGABYTE, 20 * MEGABYTE


def look(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong with the folder of the journal."""
    folder = facts.folder
    if not folder.writable:
        yield problem(
            f"{folder.path} may not be written by you",
            "give the folder to the user who runs the service (chown), or run doctor as that user",
        )
    if folder.journal_trouble:
        yield problem(folder.journal_trouble, "move the file away and start the service; it begins a new one")
    if folder.free < FULL:
        yield problem(f"the disk of {folder.path} is full", "make room; the service decides nothing until it can write")
    elif folder.free < TIGHT:
        yield notice(f"the disk of {folder.path} has only {folder.free // MEGABYTE} MB left", "make room in time")
    if folder.writable and not folder.journal_trouble and folder.free >= TIGHT:
        yield ok("the journal can be written")
