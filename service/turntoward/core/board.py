"""What is shown of the whole household: one value, computed from the state whenever somebody looks.

Nothing on it may change by a private act, and nothing on it says where somebody is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from turntoward.core.household import Season


@dataclass(frozen=True, slots=True)
class OnNow:
    """The ritual that is on: running, or else offered. Never a time-out or what follows from one."""

    ritual: str
    occasion: str
    state: Literal["offered", "running"]
    text: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class NextMoment:
    """When which ritual is planned next: by its own schedule, or because somebody said "later"."""

    ritual: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Board:
    """Everything about the household that both may see at any time."""

    agreed: bool
    """Both have agreed; otherwise rituals are off."""
    season: Season
    season_until: date | None = None
    quiet_until: datetime | None = None
    """Somebody asked for a quiet evening; None: nobody did."""
    now: OnNow | None = None
    minutes_left: int | None = None
    """Of what runs, rounded up; None where nothing runs."""
    next: NextMoment | None = None
    card: str = ""
    """The card of the day, as it is read; the same all day."""
    turns: dict[str, str] = field(default_factory=dict)
    """By ritual, whose turn is next (a partner's id)."""
    lost: tuple[str, ...] = ()
    """Sources (`mqtt`, `homeassistant`) we have no connection to at the moment."""
