"""The household as the core sees it: who lives here, the numbers of presence, quiet hours, limits, signals.

How to reach anything (entities, topics, passwords) is never here; `turntoward.settings` adds that.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core import civil
from turntoward.core.defaults import HouseholdLimits, PresenceSettings, Silence
from turntoward.core.model import Model
from turntoward.core.spans import Days, TimeOfDay, Window, parse_window

Season = Literal["normal", "simplified", "apart"]
SEASONS: tuple[Season, ...] = ("normal", "simplified", "apart")
"""normal; simplified: short forms and one prompt a day; apart: what works at a distance."""

_NAME = re.compile(r"[^\W\d_][\w' -]{0,39}")
_SIGNAL = re.compile(r"[a-z][a-z0-9_]*(\.\w+)?")

ON_VALUES = (
    "on",
    "true",
    "yes",
    "1",
    "open",
    "home",
    "playing",
    "detected",
    "occupied",
    "offhook",
    "in_call",
)
"""What counts as "on" where a signal does not say it itself; compared without case."""

UNKNOWN_VALUES = ("unknown", "unavailable", "none", "")
"""Values that say nothing about the home: Home Assistant's two, its text for no state, and an empty payload."""


@cache
def partner_id(name: str) -> str:
    """Return the form of a partner's name that topics, signals and scenarios use: `Mary Ann` -> `mary_ann`."""
    return re.sub(r"[^\w]+", "_", name.strip().casefold()).strip("_")


def signal_role(name: str) -> str:
    """Return what a signal is about: `asleep.alex` -> `asleep`."""
    return name.partition(".")[0]


def _partner_name(name: str) -> str:
    if not _NAME.fullmatch(name.strip()):
        raise PydanticCustomError("name", "{found} is not a name; use letters, as in Alex", {"found": repr(name)})
    return name.strip()


PartnerName = Annotated[str, AfterValidator(_partner_name)]


def _signal_name(name: str) -> str:
    if not _SIGNAL.fullmatch(name):
        raise PydanticCustomError(
            "signal_name",
            "{found} is not a signal's name; use small letters, digits and _, with at most one dot: asleep.alex",
            {"found": repr(name)},
        )
    return name


SignalName = Annotated[str, AfterValidator(_signal_name)]


def _on_values(value: object) -> object:
    """One value or several. What a sensor calls `false` and `1` comes as text, so that is what is compared."""
    values = value if isinstance(value, list | tuple) else [value]
    return [_on_value(item) for item in values] if value is not None else value


def _on_value(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError(
            "zone", "{found} is not a time zone; write a name like Europe/Berlin", {"found": repr(name)}
        ) from None
    return name


Zone = Annotated[str, AfterValidator(_zone)]


class Partner(Model):
    """One of the two."""

    name: PartnerName = Field(description="how this partner is called")
    zone: Zone | None = Field(None, description="where this partner is at the moment; left out: the zone of the home")

    @property
    def id(self) -> str:
        """The name as topics, signals and scenarios write it."""
        return partner_id(self.name)


class Signal(Model):
    """A named fact about the home."""

    on: Annotated[tuple[str, ...], BeforeValidator(_on_values)] = Field(
        default=ON_VALUES, description="the values that count as on"
    )

    def is_on(self, value: str) -> bool:
        """Whether a value of this signal counts as on."""
        return value.casefold() in {on.casefold() for on in self.on}


def is_unknown(value: str) -> bool:
    """Whether a value says nothing about the home."""
    return value.casefold() in UNKNOWN_VALUES


class Household(Model):
    """What the engine needs to know about a home."""

    partners: tuple[Partner, Partner]
    agreed: tuple[PartnerName, ...] = Field(
        (), description="who has agreed to be offered rituals; nothing is offered until both names are here"
    )
    zone: Zone = Field("Europe/Berlin", description="the time zone of the home")
    language: Literal["en", "de"] = Field("en", description="what is said and shown")
    season: Season = Field(
        "normal", description="simplified: short forms, one prompt a day; apart: what works at a distance"
    )
    season_until: date | None = Field(None, description="the last day of that season; then it is normal again")
    vacation: tuple[Days, ...] = Field((), description="days on which nothing is offered until you are both back")
    quiet_hours: Window = Field(
        parse_window("22:30-07:00"),
        description="no sound inside",
    )
    day_starts: TimeOfDay = Field(civil.DAY_STARTS, description="when a day of yours begins; before, it is yesterday")
    presence: PresenceSettings = PresenceSettings()
    limits: HouseholdLimits = HouseholdLimits()
    silence: Silence = Silence()
    signals: dict[SignalName, Signal] = Field(default_factory=dict)

    @field_validator("partners", mode="before")
    @classmethod
    def _two_partners(cls, value: object) -> object:
        if isinstance(value, list | tuple) and len(value) != 2:
            raise PydanticCustomError(
                "partners",
                "two partners are expected, found {n}; the service is made for two adults",
                {"n": len(value)},
            )
        return value

    @model_validator(mode="after")
    def _names_fit(self) -> Household:
        first, second = self.partner_ids
        if first == second:
            raise PydanticCustomError(
                "partners",
                "both partners are called {name}; write one of them so that both can be told apart",
                {"name": repr(first), "at": ("partners", 1, "name")},
            )
        for name in self.agreed:
            if partner_id(name) not in self.partner_ids:
                raise PydanticCustomError(
                    "agreed",
                    "agreed names {name}, who is not one of the partners ({known})",
                    {"name": repr(name), "known": ", ".join(p.name for p in self.partners)},
                )
        return self

    @property
    def partner_ids(self) -> tuple[str, str]:
        """Both partners, in the order of the file."""
        return self.partners[0].id, self.partners[1].id

    @property
    def both_agreed(self) -> bool:
        """Whether anything may be offered at all."""
        return set(self.partner_ids) <= {partner_id(name) for name in self.agreed}

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone of the home (ZoneInfo caches by name)."""
        return ZoneInfo(self.zone)

    def zone_of(self, partner: str) -> ZoneInfo:
        """The zone a partner is in."""
        own = next((p.zone for p in self.partners if p.id == partner), None)
        return ZoneInfo(own) if own else self.time_zone

    def name_of(self, partner: str) -> str:
        """How a partner is called."""
        return next((p.name for p in self.partners if p.id == partner), partner)

    def on_vacation(self, now: datetime) -> bool:
        """Whether a logical day is one of a vacation."""
        return any(days.first <= self.logical_day(now) <= days.last for days in self.vacation)

    @property
    def couple(self) -> str:
        """Both names, for texts: `Alex & Sam` would be read badly aloud, so a word stands between."""
        word = "und" if self.language == "de" else "and"
        return f"{self.partners[0].name} {word} {self.partners[1].name}"

    def logical_day(self, now: datetime) -> date:
        """Return the day of the couple that an instant belongs to."""
        return civil.logical_day(now, self.time_zone, self.day_starts)

    def day_after(self, now: datetime) -> datetime:
        """Return when the next day of the couple starts."""
        return civil.day_start(self.logical_day(now) + timedelta(days=1), self.time_zone, self.day_starts)

    def signals_of(self, role: str) -> tuple[str, ...]:
        """All mapped signals of one role, in the order of the file: `asleep` -> asleep.alex, asleep.sam."""
        return tuple(name for name in self.signals if signal_role(name) == role)

    def source_of(self, partner: str) -> str:
        """Name the source a partner's presence comes from. A bare household has one source for everything."""
        return "home"

    @property
    def presence_sources(self) -> tuple[str, ...]:
        """The sources that tell who is home, each once."""
        return tuple(dict.fromkeys(self.source_of(partner) for partner in self.partner_ids))

    def source_of_signal(self, name: str) -> str:
        """Name the source a signal comes from."""
        return "home"

    def reached_by(self, channel: str) -> str:
        """Name the source whose connection a channel needs."""
        return "home"

    def speaker_rooms(self) -> tuple[str, ...]:
        """Rooms with a speaker. A bare household has none to name."""
        return ()
