"""What a doctor knows of a home when the checks begin: values only, gathered once. Nothing is asked or judged here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from turntoward.adapters.journal import Entry
from turntoward.channels.speaker.memory import Remembered
from turntoward.rulebook import Loaded
from turntoward.settings import Settings

Row = Mapping[str, Any]
"""One entry of a registry of Home Assistant, as it tells it."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The other side could not be asked; `refused`: it answered, but did not let us in."""

    text: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """The state of an entity; `reported`: when its device last said anything, changed or not."""

    state: str
    attributes: Row
    reported: datetime


@dataclass(frozen=True, slots=True)
class Edge:
    """From when on a tracker or person was somewhere. Only whether that is home is kept, and never shown."""

    since: datetime
    home: bool


@dataclass(frozen=True, slots=True)
class Home:
    """Home Assistant, as it answered."""

    version: str
    running: bool
    zone: str
    admin: bool
    states: Mapping[str, Seen]
    services: Mapping[str, frozenset[str]]
    """By domain, the names of its actions."""
    entities: tuple[Row, ...] = ()
    tags: frozenset[str] | None = None
    """The ids of the tags it knows; None: it did not say."""
    history: Mapping[str, tuple[Edge, ...]] | None = None
    """By entity of presence, the last days; None: it keeps no history."""
    ahead: timedelta | None = None
    """How far its clock is ahead of ours."""

    def heard_from(self, entity_id: str) -> datetime:
        """Return when the device of an entity last said anything at all: some speak of a thing only when it changes."""
        devices = {str(row["entity_id"]): row.get("device_id") for row in self.entities}
        device = devices.get(entity_id)
        siblings = [other for other, its in devices.items() if device and its == device and other in self.states]
        return max(self.states[each].reported for each in (entity_id, *siblings))

    def registered(self, entity_id: str) -> Row | None:
        """Return what the registry has on an entity; a state may be without it, and it without a state."""
        return next((row for row in self.entities if row.get("entity_id") == entity_id), None)


@dataclass(frozen=True, slots=True)
class Broker:
    """The broker, as it treated us."""

    publish_refused: str = ""
    """Why it did not take a message below our base; empty: it did."""
    echoes: bool = True
    """Whether such a message came back to us."""
    filters_refused: tuple[str, ...] = ()
    discovery_refused: str = ""
    strangers: Literal["kept out", "let in", "may write"] = "kept out"
    """What a connection without an account may do."""
    kept: Mapping[str, bytes] = field(default_factory=dict)
    """What it keeps below our base and in our discovery messages, by topic."""
    home_publishes: Literal["heard", "not heard", "no mqtt", "not asked"] = "not asked"
    """Whether what Home Assistant publishes on a signal's topic arrives here."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder with the journal."""

    path: Path
    writable: bool = True
    free: int = 10**12
    """Bytes free on its disk."""
    beat: datetime | None = None
    """When the service was last alive."""
    journal: tuple[Entry, ...] | None = None
    """What was decided in the last week, without what is one partner's alone; None: there is no journal."""
    journal_trouble: str = ""
    journal_began: datetime | None = None
    speakers: Mapping[str, Remembered] = field(default_factory=dict)
    """By entity, what is remembered of how a speaker reacted."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it. A side that the household does not have is None."""

    settings: Settings
    loaded: Loaded
    now: datetime
    folder: Folder
    home: Home | Trouble | None = None
    broker: Broker | Trouble | None = None

    @property
    def known_home(self) -> Home | None:
        """Home Assistant, where it answered."""
        return self.home if isinstance(self.home, Home) else None

    @property
    def known_broker(self) -> Broker | None:
        """The broker, where it let us in."""
        return self.broker if isinstance(self.broker, Broker) else None
