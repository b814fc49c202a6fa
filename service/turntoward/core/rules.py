"""Rituals as data: the grammar of `rules/*.yaml`, one pydantic class for each word.

What a rule means when something happens is in triggers, conditions, moments and rituals; here is only its shape.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core.events import Answer
from turntoward.core.household import Model, SignalName
from turntoward.core.scenario import Scenario, SignalText
from turntoward.core.spans import Duration, TimeOfDay

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ChannelName = Literal["speaker", "tile"]
TEXT_NAMES = ("couple",)
"""What may stand in {braces} in a text."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str | dict | bool | int | float) else value


Weekdays = Annotated[
    tuple[Weekday, ...], BeforeValidator(_as_list, json_schema_input_type=Weekday | tuple[Weekday, ...])
]


class ReunionTrigger(Model):
    """Both are home again after having been apart."""

    trigger: Literal["reunion"]
    apart_for: Duration | None = Field(None, description="shortest time apart; left out: presence.min_apart")


class TimeTrigger(Model):
    """A civil time of day in the household's zone."""

    trigger: Literal["time"]
    at: TimeOfDay
    weekdays: Weekdays = WEEKDAYS


class StateTrigger(Model):
    """A signal takes a value and, with `for`, keeps it."""

    trigger: Literal["state"]
    signal: SignalName
    is_: SignalText = Field(alias="is")
    for_: Duration = Field(timedelta(), alias="for")


class CalledTrigger(Model):
    """Somebody starts it: a tile, a voice command, a tag. Every ritual can be started; this says it is meant to be."""

    trigger: Literal["called"]


Trigger = Annotated[ReunionTrigger | TimeTrigger | StateTrigger | CalledTrigger, Field(discriminator="trigger")]


class HomeCondition(Model):
    """How many of the two are home: confirmed, and right now."""

    condition: Literal["both_home", "one_home", "nobody_home"]


class SignalCondition(Model):
    """A signal has a value, or one of several."""

    condition: Literal["signal"]
    signal: SignalName
    is_: Annotated[
        tuple[SignalText, ...], BeforeValidator(_as_list, json_schema_input_type=SignalText | tuple[SignalText, ...])
    ] = Field(alias="is")


class TimeCondition(Model):
    """It is inside a part of the day (which may cross midnight), or one of some weekdays."""

    condition: Literal["time"]
    after: TimeOfDay | None = None
    before: TimeOfDay | None = None
    weekdays: Weekdays = WEEKDAYS


class AllCondition(Model):
    """Every one of them is true."""

    condition: Literal["all"]
    conditions: tuple[Condition, ...]


class AnyCondition(Model):
    """At least one of them is true."""

    condition: Literal["any"]
    conditions: tuple[Condition, ...]


class NotCondition(Model):
    """None of them is true."""

    condition: Literal["not"]
    conditions: tuple[Condition, ...]


Condition = Annotated[
    HomeCondition | SignalCondition | TimeCondition | AllCondition | AnyCondition | NotCondition,
    Field(discriminator="condition"),
]


class ChannelChoice(Model):
    """A channel, and for a speaker the rooms."""

    channel: ChannelName
    rooms: tuple[str, ...] = ()


def _channel(value: object) -> object:
    return {"channel": value} if isinstance(value, str) else value


ChannelOrName = Annotated[ChannelChoice, BeforeValidator(_channel, json_schema_input_type=ChannelName | ChannelChoice)]


def _in_braces(line: str) -> Iterator[str]:
    """Yield what stands in braces, with what follows the name: {couple!x} and {couple:d} are no names either."""
    for _, name, form, conversion in string.Formatter().parse(line):
        if name is not None:
            yield name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")


def _known_names_only(line: str) -> str:
    try:
        names = list(_in_braces(line))
    except ValueError:
        raise PydanticCustomError("text", "a lone brace is in this text; write {{ or }} for a real one", {}) from None
    for name in names:
        if name not in TEXT_NAMES:
            known = ", ".join(f"{{{name}}}" for name in TEXT_NAMES)
            raise PydanticCustomError(
                "text",
                "{name} is not a name for texts; there is {known}",
                {"name": f"'{{{name}}}'", "known": known},
            )
    return line


Line = Annotated[str, Field(min_length=1, max_length=240), AfterValidator(_known_names_only)]


def _lines_by_language(value: object) -> object:
    """A plain list, or a single line, means the household's language."""
    if isinstance(value, str):
        return {"": [value]}
    return {"": value} if isinstance(value, list | tuple) else value


Lines = Annotated[
    dict[str, tuple[Line, ...]],
    BeforeValidator(_lines_by_language, json_schema_input_type=Line | tuple[Line, ...] | dict[str, tuple[Line, ...]]),
]


class Offer(Model):
    """How a ritual is offered: when, for how long, where, and in which words."""

    after: Duration = Field(timedelta(), description="wait this long after the trigger")
    valid_for: Duration = Field(timedelta(minutes=10), description="after this long since the trigger it dies silently")
    channels: tuple[ChannelOrName, ...] = (ChannelChoice(channel="tile"),)
    say: Lines = Field(default_factory=dict, description="lines, used in turn, by language")

    @model_validator(mode="after")
    def _has_words_and_time(self) -> Self:
        if any(choice.channel == "speaker" for choice in self.channels) and not any(self.say.values()):
            raise PydanticCustomError("offer", "a speaker needs a line to say: add 'say:'", {})
        if self.after >= self.valid_for:
            raise PydanticCustomError("offer", "'after' is not shorter than 'valid_for', so it is never offered", {})
        return self

    def lines(self, language: str) -> tuple[str, ...]:
        """Return the lines in a language: its own, the household's unnamed ones, English, or whatever there is."""
        short = language.partition("-")[0]
        for key in (language, short, "", "en"):
            if self.say.get(key):
                return self.say[key]
        return next((lines for lines in self.say.values() if lines), ())


class Run(Model):
    """What happens while a ritual runs."""

    timer: Duration = Field(timedelta(), description="a wordless timer; it runs once and is never required")


class Limits(Model):
    """The dose of one ritual. The household's own limits come on top."""

    cooldown: Duration = Field(timedelta(), description="shortest time between two occasions")
    per_day: int | None = Field(1, ge=0, le=50, description="offers in a logical day; null: no limit")
    per_week: int | None = Field(None, ge=0, le=350, description="offers in seven days; null: no limit")
    min_gap: Duration | None = Field(
        None, description="time to the last prompt of any ritual, instead of limits.min_gap"
    )


class Ritual(Model):
    """One ritual: one file in `rules/`."""

    ritual: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,39}$", description="the file's name without .yaml: small letters, digits and _"
    )
    title: str | dict[str, str]
    about: str | dict[str, str] = ""
    evidence: Literal["supported", "mixed", "weak", "none"] = Field("none", description="what research says of it")
    triggers: tuple[Trigger, ...] = ()
    conditions: tuple[Condition, ...] = ()
    offer: Offer = Offer()
    run: Run = Run()
    answers: tuple[Answer, ...] = ("done", "not_today")
    limits: Limits = Limits()
    short: dict[str, Any] = Field(default_factory=dict, description="what changes in the season `simplified`")
    examples: tuple[Scenario, ...] = ()

    @model_validator(mode="after")
    def _short_form_is_a_ritual(self) -> Self:
        if self.short:
            self.in_season("simplified")
        return self

    def in_season(self, season: str) -> Ritual:
        """Return the ritual as it is in a season. Raises pydantic.ValidationError where `short` does not fit."""
        if season != "simplified" or not self.short:
            return self
        full = self.model_dump(by_alias=True, exclude={"short", "examples"}, mode="json")
        return Ritual.model_validate({**merged(full, self.short), "examples": self.examples})

    def named(self, language: str) -> str:
        """Return the title in a language."""
        if isinstance(self.title, str):
            return self.title
        short = language.partition("-")[0]
        return self.title.get(language) or self.title.get(short) or self.title.get("en") or self.ritual


class Rulebook(Model):
    """All rituals that are switched on, in the order of their names, with a digest of what they say."""

    rituals: tuple[Ritual, ...] = ()
    digest: str = ""


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return `base` with `changes` laid over it, key by key; lists are replaced, not joined."""
    out = dict(base)
    for key, value in changes.items():
        old = out.get(key)
        out[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return out


AllCondition.model_rebuild()
AnyCondition.model_rebuild()
NotCondition.model_rebuild()
