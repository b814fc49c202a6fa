"""The household as the core sees it: who lives here, the numbers of presence, quiet hours, limits, signals.

How to reach anything (entities, topics, passwords) is never here; `turntoward.settings` adds that.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from turntoward.core import civil
from turntoward.core.spans import Duration, TimeOfDay, Window, parse_window

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


class Model(BaseModel):
    """Settings are frozen, and a key that does not exist is an error, never a shrug."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


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


class Partner(Model):
    """One of the two."""

    name: PartnerName = Field(description="how this partner is called")

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


class PresenceSettings(Model):
    """The numbers of presence. All but the last two are elapsed times, 0 s and more."""

    dwell_door: Duration = Field(timedelta(seconds=15), description="home counts after this long when a door opened")
    dwell_plain: Duration = Field(timedelta(seconds=90), description="home counts after this long without a door")
    door_lookback: Duration = Field(timedelta(minutes=5), description="how long before an arrival a door may open")
    away_dwell: Duration = Field(timedelta(minutes=10), description="away counts after this long")
    min_apart: Duration = Field(timedelta(minutes=30), description="a reunion needs to have been apart this long")
    joint_in: Duration = Field(timedelta(minutes=5), description="two arrivals within this are one joint arrival")
    joint_out: Duration = Field(timedelta(minutes=10), description="two departures within this are a joint outing")
    post_call: Duration = Field(timedelta(seconds=30), description="wait after a call has ended")
    hold_stable: Duration = Field(timedelta(seconds=15), description="a presence that dropped must be back this long")
    startup_hold: Duration = Field(timedelta(minutes=2), description="nothing is confirmed this long after connecting")
    stale_event: Duration = Field(timedelta(minutes=2), description="a change older than this is adopted silently")
    voice_ttl: Duration = Field(timedelta(minutes=2), description="a spoken line that is later than this is dropped")
    unknown_grace: Duration = Field(
        timedelta(minutes=30), description="a mapped signal that stays unknown this long counts as absent"
    )
    require_door: bool | None = Field(
        None, description="a reunion needs an opening of an entry door; left out: true where one is mapped"
    )
    joint_outing: Literal["tile", "speak", "nothing"] = Field(
        "tile", description="what to do when both come back from an outing together"
    )


class HouseholdLimits(Model):
    """The dose for the couple, over all rituals."""

    prompts_per_day: int = Field(3, ge=0, le=50, description="spoken or pushed prompts in a logical day")
    min_gap: Duration = Field(timedelta(minutes=45), description="shortest time between two of them")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError(
            "zone", "{found} is not a time zone; write a name like Europe/Berlin", {"found": repr(name)}
        ) from None
    return name


class Household(Model):
    """What the engine needs to know about a home."""

    partners: tuple[Partner, Partner]
    agreed: tuple[PartnerName, ...] = Field(
        (), description="who has agreed to be offered rituals; nothing is offered until both names are here"
    )
    zone: Annotated[str, AfterValidator(_zone)] = Field("Europe/Berlin", description="the time zone of the home")
    language: Literal["en", "de"] = Field("en", description="what is said and shown")
    season: Literal["normal", "simplified"] = Field("normal", description="simplified: short forms, one prompt a day")
    quiet_hours: Window = Field(
        parse_window("22:30-07:00"),
        description="no sound inside",
    )
    day_starts: TimeOfDay = Field(civil.DAY_STARTS, description="when a day of yours begins; before, it is yesterday")
    presence: PresenceSettings = PresenceSettings()
    limits: HouseholdLimits = HouseholdLimits()
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
