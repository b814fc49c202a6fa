"""HouseholdState: all that is remembered between two events, as frozen values that survive JSON.

Only what a later decision needs: of presence the last edge of each partner, never a history.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter

from turntoward.core.actions import TileState
from turntoward.core.events import Raw

Phase = Literal["waiting", "offered", "running"]
Outcome = Literal["done", "declined", "expired", "undelivered", "stopped"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Presence:
    """Where one partner is: what the source says (`raw`) and what we believe (`confirmed`)."""

    raw: Raw = "unknown"
    raw_since: datetime | None = None
    live: bool = False
    """The last edge was seen happening, or was young enough to count as seen."""
    confirmed: Raw = "unknown"
    home_at: datetime | None = None
    """The raw edge behind the last confirmed arrival."""
    left_at: datetime | None = None
    """The raw edge behind the last confirmed departure."""


@dataclass(frozen=True, slots=True)
class SignalValue:
    """A signal's value and since when it has it."""

    value: str
    since: datetime
    off_since: datetime | None = None
    """When it last went from on to something else; None: it never was on, or is on."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One run of a ritual, from due to its end."""

    id: str
    ritual: str
    cause: str
    opened_at: datetime
    due_at: datetime
    expires_at: datetime
    phase: Phase = "waiting"
    tile_only: bool = False
    """A joint outing: they were together anyway, so nothing is said aloud."""
    held_by: str = ""
    """The gate that held it when it was last looked at."""
    look_again_at: datetime | None = None
    offered_at: datetime | None = None
    postponed: bool = False
    text: str = ""
    ends_at: datetime | None = None
    """When the running timer is over."""
    steps: int = 0
    """How many steps were told: makes the ids of later actions different."""
    pending: dict[str, str] = field(default_factory=dict)
    """Actions of the offer that no channel has reported on yet, each with its channel."""
    delivered: tuple[str, ...] = ()
    """Channels that have reached somebody."""


@dataclass(frozen=True, slots=True)
class Past:
    """What is remembered of a ritual's earlier occasions: enough for its limits and its rotation."""

    offered: tuple[datetime, ...] = ()
    """When it was offered or done in the last eight days, oldest first."""
    day: date | None = None
    number: int = 0
    """How many ids with `day` in them were given out."""
    spoken: int = 0
    """How many lines were taken from its texts: the next index of the rotation."""
    declined_on: date | None = None
    last_outcome: Outcome | None = None
    last_end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt that made itself heard, for the budget of the day."""

    at: datetime
    occasion: str


@dataclass(frozen=True, slots=True)
class HouseholdState:
    """Everything the engine remembers."""

    now: datetime
    presence: dict[str, Presence] = field(default_factory=dict)
    signals: dict[str, SignalValue] = field(default_factory=dict)
    openings: tuple[datetime, ...] = ()
    """Openings of an entry door that an arrival could still be explained by."""
    apart_since: datetime | None = None
    held_until: dict[str, datetime] = field(default_factory=dict)
    """By source: no presence of that source is confirmed before."""
    awaited: tuple[str, ...] = ()
    """Sources that have not been heard since the service started, or since a long outage."""
    lost: dict[str, datetime] = field(default_factory=dict)
    """Sources without a connection, and since when."""
    occasions: dict[str, Occasion] = field(default_factory=dict)
    """The open occasion of each ritual; a ritual has one at most."""
    holding: dict[str, datetime] = field(default_factory=dict)
    """`state` triggers whose `for:` runs, and when it is over."""
    shown: dict[str, TileState] = field(default_factory=dict)
    """Tiles that show something else than idle."""
    past: dict[str, Past] = field(default_factory=dict)
    prompts: tuple[Prompt, ...] = ()
    scheduled_to: datetime | None = None
    """Occurrences of `time` triggers up to here have been dealt with."""


_STATE: TypeAdapter[HouseholdState] = TypeAdapter(HouseholdState)


def state_to_json(state: HouseholdState) -> str:
    """Write a state as JSON text."""
    return _STATE.dump_json(state).decode()


def state_from_json(text: str) -> HouseholdState:
    """Read a state. Raises pydantic.ValidationError where the text is not one."""
    return _STATE.validate_json(text)


def shift(value: T, by: timedelta) -> T:
    """Move every instant in a value, so that elapsed times stay what they were when the wall clock is set."""
    return _shift(value, by)  # type: ignore[no-any-return]


def _shift(value: Any, by: timedelta) -> Any:
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, dict):
        return {key: _shift(item, by) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_shift(item, by) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _shift(getattr(value, f.name), by) for f in fields(value)})
    return value
