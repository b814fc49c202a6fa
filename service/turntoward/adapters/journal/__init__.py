"""The journal: one SQLite file, written by one thread at a time, through sqlite-utils.

An event, the decision on it and the new state are one transaction, before any action leaves. Nothing is decided here.
What presence and signals said is erased after 48 hours, with its time; what a ritual did stays. Of a private act only
that there was one is written, and of what is fleeting (a time-out) nothing is left after a day.
"""

from turntoward.adapters.journal.backup import NotBackedUp, back_up
from turntoward.adapters.journal.file import ALIVE_NAME, BACKUP_NAME, FILE_NAME, JournalNotOpened, erase, last_beat
from turntoward.adapters.journal.reading import Entry, read_entries
from turntoward.adapters.journal.writing import SqliteJournal

__all__ = [
    "ALIVE_NAME",
    "BACKUP_NAME",
    "FILE_NAME",
    "Entry",
    "JournalNotOpened",
    "NotBackedUp",
    "SqliteJournal",
    "back_up",
    "erase",
    "last_beat",
    "read_entries",
]
