"""What is known of the speakers from one start to the next: `speakers.json` in the data folder.

When each was last seen to react to a line, and when it was not, by the hour; and the volume that has to be put back.
Never what was said, and nothing about who heard it.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

log = logging.getLogger(__name__)

FILE = "speakers.json"


@dataclass(frozen=True, slots=True)
class Held:
    """A volume that was changed for a while: what it was, and what it was set to, both 0 to 1."""

    before: float
    ours: float


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known of one speaker.

    `last_ok`: when it was last seen to play what it was to say. `last_silent`: when it was not, although it always had
    been, and has not been since. `last_failed`: when Home Assistant had an error where it was to speak, and it has not
    spoken since. All of them aware UTC, cut to the hour. `reactions`: how sure it is that it shows when it
    plays, from 0. `held`: its volume is not its own yet.
    """

    last_ok: datetime | None = None
    last_silent: datetime | None = None
    reactions: int = 0
    held: Held | None = None
    last_failed: datetime | None = None


_FILE = TypeAdapter(dict[str, Remembered])


def remembered(folder: Path) -> Mapping[str, Remembered]:
    """Return what is known of the speakers, by entity: nothing where there is no file, or none that can be read."""
    try:
        return _FILE.validate_json((folder / FILE).read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValidationError) as problem:
        log.warning("%s cannot be read and is begun anew (%s)", folder / FILE, type(problem).__name__)
        return {}


def to_the_hour(now: datetime) -> datetime:
    """Return as much of an instant as may be remembered."""
    return now.replace(minute=0, second=0, microsecond=0)


class Memory:
    """The file, and the only one who writes it. Callable from any thread."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._known = dict(remembered(folder))

    def of(self, entity: str) -> Remembered:
        """Return what is known of a speaker."""
        with self._lock:
            return self._known.get(entity, Remembered())

    def held(self) -> Mapping[str, Held]:
        """Return the volumes that have to be put back, by entity."""
        with self._lock:
            return {entity: known.held for entity, known in self._known.items() if known.held}

    def hold(self, entity: str, held: Held | None) -> None:
        """Remember a volume that has to be put back, or that it has been."""
        with self._lock:
            self._keep(entity, replace(self._known.get(entity, Remembered()), held=held))

    def note(self, entity: str, known: Remembered) -> None:
        """Remember how a speaker reacted; its held volume, and whether it failed, stay as they are."""
        with self._lock:
            before = self._known.get(entity, Remembered())
            self._keep(entity, replace(known, held=before.held, last_failed=before.last_failed))

    def note_failure(self, entity: str, now: datetime | None) -> None:
        """Remember that a speaker could not be made to speak, or (None) that it could."""
        with self._lock:
            self._keep(entity, replace(self._known.get(entity, Remembered()), last_failed=now and to_the_hour(now)))

    def _keep(self, entity: str, known: Remembered) -> None:
        """Write what has changed, so that half a file is never read."""
        if self._known.get(entity, Remembered()) == known:
            return
        self._known[entity] = known
        fresh = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.touch(mode=0o600)
            fresh.write_bytes(_FILE.dump_json(self._known, indent=2, exclude_defaults=True))
            fresh.replace(self._path)
        except OSError as problem:  # speaking matters more
            log.warning("%s cannot be written: %s", self._path, problem)
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
