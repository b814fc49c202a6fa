"""Scenarios: a piece of an evening told as data, for `turntoward simulate` and for the `examples:` in rules.

The shape only; playing one is the work of `turntoward.core.simulator`.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, NoReturn, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core import civil
from turntoward.core.events import Answer, Private
from turntoward.core.household import Season, SignalName, partner_id
from turntoward.core.model import Model
from turntoward.core.spans import Duration, parse_time

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\S+))?")


class CivilMoment(Model):
    """A civil time, with a date or without: without one it is on the day the scenario starts."""

    day: date | None
    clock: time

    def resolve(self, start: date, zone: ZoneInfo) -> datetime:
        """Return the UTC instant, for a scenario that starts on the day `start`."""
        return civil.instant(self.day or start, self.clock, zone)


def parse_moment(value: object) -> CivilMoment:
    """Read `18:30:05` or `2026-11-19 18:30:05`. Raises PydanticCustomError."""
    if isinstance(value, CivilMoment):
        return value
    text = value.isoformat(sep=" ") if isinstance(value, datetime) else value
    if isinstance(text, str):
        try:
            if dated := _DATE.fullmatch(text.strip()):
                day = date(int(dated[1]), int(dated[2]), int(dated[3]))
                return CivilMoment(day=day, clock=parse_time(dated[4] or "00:00"))
            return CivilMoment(day=None, clock=parse_time(text))
        except (ValueError, PydanticCustomError):
            pass  # the message below shows the whole text
    raise PydanticCustomError(
        "moment", '{found} is not a moment; write "18:30:05" or "2026-11-19 18:30:05"', {"found": repr(value)}
    )


Moment = Annotated[
    CivilMoment,
    BeforeValidator(parse_moment),
    WithJsonSchema({"type": "string", "examples": ["18:30:05", "2026-11-19 18:30"]}),
]


def _as_text(value: object) -> object:
    """`is: on` is text in YAML 1.2, but people also write true, 1 and 21.5."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if isinstance(value, int | float) else value


SignalText = Annotated[str, BeforeValidator(_as_text, json_schema_input_type=str | bool | float)]
OnOrOff = Annotated[Literal["on", "off"], BeforeValidator(_as_text, json_schema_input_type=Literal["on", "off"] | bool)]
PartnerRef = Annotated[str, BeforeValidator(lambda v: partner_id(v) if isinstance(v, str) else v)]


class Given(Model):
    """The home before anything happens: who is home, who has been away since when, what the signals say."""

    at: Moment
    home: tuple[PartnerRef, ...] = ()
    away: dict[PartnerRef, Moment] = Field(default_factory=dict)
    signals: dict[SignalName, SignalText] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _in_one_place(self) -> Self:
        for name in self.home:
            if name in self.away:
                raise PydanticCustomError(
                    "given",
                    "{name} is both home and away; keep one of them",
                    {"name": repr(name), "at": ("away", name)},
                )
        return self


class Happening(Model):
    """One thing that happens. Exactly one of the forms; `kind` names it."""

    at: Moment
    arrives: PartnerRef | None = None
    leaves: PartnerRef | None = None
    presence: PartnerRef | None = None
    signal: SignalName | None = None
    is_: SignalText | None = Field(None, alias="is")
    answer: Answer | None = None
    notice: Answer | None = None
    ritual: str | None = None
    lasts: Duration | None = None
    text: str | None = None
    quiet: OnOrOff | None = None
    tag: str | None = None
    season: Season | None = None
    private: Private | None = None
    by: PartnerRef | None = None
    level: int | None = Field(None, ge=1, le=3)
    message: str | None = None
    payload: SignalText | None = None
    event: str | None = None
    event_data: dict[str, SignalText] | None = None
    down: Literal["service", "mqtt", "homeassistant"] | None = None
    until: Moment | None = None
    clock: Moment | None = None
    agreed: tuple[str, ...] | None = None

    @property
    def kind(self) -> str:
        """Which of the forms this is."""
        return next(name for name in _FORMS if getattr(self, name) is not None)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        given = [name for name in _FORMS if getattr(self, name) is not None]
        if len(given) != 1:
            raise PydanticCustomError(
                "happening",
                "one of {forms} is expected here, found {found}",
                {"forms": ", ".join(_FORMS), "found": " and ".join(given) or "none of them"},
            )
        needs, may = _FORMS[given[0]]
        for name in _BESIDE:
            there = getattr(self, name) is not None
            if there and name not in (*needs, *may):
                self._misfits(given[0], "does not take", name)
            if not there and name in needs:
                self._misfits(given[0], "needs", name)
        return self

    def _misfits(self, form: str, word: str, name: str) -> NoReturn:
        raise PydanticCustomError(
            "happening",
            "'{form}' {word} '{name}:' beside it",
            {"form": form, "word": word, "name": name.rstrip("_")},
        )

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        """With a date on one side only, the day of the other is not known here."""
        if self.until is None or (self.at.day is None) != (self.until.day is None):
            return self
        if (self.until.day or date.min, self.until.clock) < (self.at.day or date.min, self.at.clock):
            message = "'until' is before 'at'; where midnight lies between, give it a date: \"2026-11-20 00:10\""
            raise PydanticCustomError("until", message)
        return self


_FORMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "arrives": ((), ()), "leaves": ((), ()), "presence": (("is_",), ()), "signal": (("is_",), ()),
    "answer": ((), ("ritual", "lasts", "text")), "notice": (("ritual",), ("text",)), "quiet": ((), ()),
    "tag": ((), ()), "season": ((), ("until",)),
    "private": (("by",), ("until", "ritual", "level")), "message": ((), ("payload",)), "event": ((), ("event_data",)),
    "down": (("until",), ()), "clock": ((), ()), "agreed": ((), ()),
}  # fmt: skip
"""Each form, with what it needs beside it and what it may have."""
_BESIDE = ("is_", "ritual", "lasts", "text", "until", "by", "level", "payload", "event_data")


class Expected(Model):
    """One thing that must come out: when, through which channel, and if written, for which ritual and in which words.

    The words of a scene are `dinner on` and `dinner off`, of a message its topic and payload.
    """

    at: Moment
    channel: Literal["speaker", "phone", "tile", "page", "scene", "mqtt"]
    ritual: str | None = None
    text: str | None = None


class Scenario(Model):
    """A scenario: given, when, then.

    `then` is exhaustive for speaker, phone, page and scene: whatever else would have come is a failure.
    Empty, it means that nothing comes at all, on tiles neither.
    """

    name: str = ""
    household: dict[str, Any] = Field(default_factory=dict, description="settings that differ from the usual household")
    rituals: tuple[str, ...] | dict[str, Any] | None = Field(
        None,
        description="rituals that are switched on; left out: those of the household, or of the rule's file",
    )
    given: Given
    when: tuple[Happening, ...] = ()
    then: tuple[Expected, ...] = ()
    until: Moment | None = Field(None, description="how long to go on; left out: six hours after the last thing named")

    def ends(self, zone: ZoneInfo) -> datetime:
        """Return the UTC instant at which playing stops."""
        start = self.starts_on
        if self.until:
            return self.until.resolve(start, zone)
        named = [self.given.at, *(h.at for h in self.when), *(e.at for e in self.then)]
        named += [h.until for h in self.when if h.until]
        return max(moment.resolve(start, zone) for moment in named) + timedelta(hours=6)

    @property
    def starts_on(self) -> date:
        """The civil day that undated times mean."""
        assert self.given.at.day is not None  # checked below
        return self.given.at.day

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.given.at.day is None:
            raise PydanticCustomError("moment", 'given.at needs a date: "2026-11-19 17:00"', {"at": ("given", "at")})
        return self
