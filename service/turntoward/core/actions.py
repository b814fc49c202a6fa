"""What to do, as data. Each action has an id derived from its occasion, so the same decision has the same id.

How a thing is done belongs to `turntoward.channels`; no action holds an entity id or a topic.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

TileState = Literal["idle", "offered", "running", "done", "not_today"]
TILE_STATES: tuple[TileState, ...] = ("idle", "offered", "running", "done", "not_today")


@dataclass(frozen=True, slots=True)
class Announce:
    """Say a line aloud, at most once, never after `valid_until`. No rooms: wherever a speaker is."""

    id: str
    ritual: str
    occasion: str
    text: str
    language: str
    rooms: tuple[str, ...]
    valid_until: datetime
    channel: Literal["speaker"] = "speaker"


@dataclass(frozen=True, slots=True)
class SetTile:
    """Show a ritual's state where people look; the latest state counts, an older one is not worth repeating."""

    id: str
    ritual: str
    occasion: str
    state: TileState
    text: str
    until: datetime | None
    valid_until: datetime
    channel: Literal["tile"] = "tile"


@dataclass(frozen=True, slots=True)
class TellStep:
    """Tell other programs of a step in an occasion's life."""

    id: str
    ritual: str
    occasion: str
    step: str
    at: datetime
    valid_until: datetime
    channel: Literal["mqtt"] = "mqtt"


Action = Annotated[Announce | SetTile | TellStep, Field(discriminator="channel")]
"""Everything a channel can be asked."""

INTERRUPTING: frozenset[str] = frozenset({"speaker"})
"""Channels that make a sound or light up a phone; the others are looked at when somebody wants to."""
