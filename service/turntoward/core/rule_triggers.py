"""The triggers of rules: what may make a ritual due. Only their shape; what they mean is in `triggers`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core.events import Answer
from turntoward.core.household import Season, SignalName
from turntoward.core.model import Model
from turntoward.core.scenario import SignalText
from turntoward.core.spans import Duration, TimeOfDay, Window

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Period = Literal["month", "quarter", "four_months", "year"]


def as_list(value: object) -> object:
    """One value or several."""
    return [value] if isinstance(value, str | dict | bool | int | float) else value


Weekdays = Annotated[
    tuple[Weekday, ...], BeforeValidator(as_list, json_schema_input_type=Weekday | tuple[Weekday, ...])
]


def _one_topic(topic: str) -> str:
    if any(c in topic for c in "+#\0"):
        message = "{found} is not one topic; write it without + and #"
        raise PydanticCustomError("topic", message, {"found": repr(topic)})
    return topic


OneTopic = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_one_topic)]


class ReunionTrigger(Model):
    """Both are home again after having been apart."""

    trigger: Literal["reunion"]
    apart_for: Duration | None = Field(None, description="shortest time apart; left out: presence.min_apart")


class LeavingTrigger(Model):
    """Signs that somebody is about to leave, while both are home and the door has not opened."""

    trigger: Literal["leaving"]
    signs: Annotated[tuple[SignalName, ...], BeforeValidator(as_list)] = Field(
        ("hall",), description="signals that turn on then: motion in the hall, a tag at the coats"
    )
    between: Window = Field(description="when you usually leave")
    weekdays: Weekdays = WEEKDAYS


class ApartTrigger(Model):
    """You have not both been home for this long."""

    trigger: Literal["apart"]
    for_: Duration = Field(alias="for")

    @field_validator("for_")
    @classmethod
    def _long_enough(cls, span: timedelta) -> timedelta:
        if span < timedelta(minutes=30):
            raise PydanticCustomError("apart", "'for' begins at 30min here; for less, use the trigger 'state'", {})
        return span


class TimeTrigger(Model):
    """A civil time of day in the household's zone."""

    trigger: Literal["time"]
    at: TimeOfDay
    weekdays: Weekdays = WEEKDAYS
    both_awake: bool = Field(
        False, description="moved to the nearest time at which both are awake, each in the own zone (partners.zone)"
    )
    chance: float = Field(1.0, gt=0, le=1, description="on how many of these days, drawn for each; 0.25: a quarter")


class ScheduleTrigger(Model):
    """The first such weekday of a month, a quarter, four months or a year."""

    trigger: Literal["schedule"]
    every: Period
    weekday: Weekday = "sat"
    at: TimeOfDay
    ahead: Duration = Field(timedelta(), description="this much earlier, in whole days: 14d, to plan for it")

    @field_validator("ahead")
    @classmethod
    def _in_days(cls, span: timedelta) -> timedelta:
        if span % timedelta(days=1):
            raise PydanticCustomError("ahead", "'ahead' is in whole days; write 14d", {})
        return span


class StateTrigger(Model):
    """A signal takes a value and, with `for`, keeps it. Of several signals of a kind (table.1, table.2) all have to."""

    trigger: Literal["state"]
    signal: SignalName
    is_: SignalText = Field(alias="is")
    for_: Duration = Field(timedelta(), alias="for")
    starts: bool = Field(False, description="it starts the ritual, if its conditions hold, instead of offering it")


class MqttTrigger(Model):
    """A message on a topic; one that the broker had kept is none."""

    trigger: Literal["mqtt"]
    topic: OneTopic
    payload: str | None = Field(None, description="left out: any")


class EventTrigger(Model):
    """An event of Home Assistant whose data says this."""

    trigger: Literal["event"]
    event_type: str = Field(pattern=r"^[\w.:-]{1,64}$")
    event_data: dict[str, SignalText] = Field(default_factory=dict)

    @field_validator("event_type")
    @classmethod
    def _is_one_thing(cls, event_type: str) -> str:
        """Home Assistant fires these for every state of every entity, and tells them to nobody who asks by name."""
        if event_type in ("state_changed", "state_reported"):
            message = "{found} comes with every state there is; use the trigger 'state' with a signal"
            raise PydanticCustomError("event_type", message, {"found": repr(event_type)})
        return event_type


class RitualTrigger(Model):
    """Another ritual took a step."""

    trigger: Literal["ritual"]
    ritual: str
    is_: Literal["started", "done", "declined", "stopped", "ended"] = Field("ended", alias="is")


class SeasonTrigger(Model):
    """The season of the two has changed to this one."""

    trigger: Literal["season"]
    is_: Season = Field(alias="is")


class UnansweredTrigger(Model):
    """For this long nothing that asked was answered, and at least three things asked."""

    trigger: Literal["unanswered"]
    for_: Duration = Field(timedelta(days=7), alias="for")


class CalledTrigger(Model):
    """Somebody starts it: a tile, a voice command, a tag. Every ritual can be started; this says it is meant to be."""

    trigger: Literal["called"]
    tag: str | None = Field(
        None,
        min_length=1,
        max_length=64,
        description="an NFC tag: its name below tags:, or where it has none there, its id",
    )
    answer: Answer = Field("start", description="what scanning the tag says: start, or done for 'we did it'")

    @model_validator(mode="after")
    def _answer_of_a_tag(self) -> Self:
        if self.tag is None and self.answer != "start":
            raise PydanticCustomError("called", "'answer' says what a tag means; add 'tag:', or leave it out", {})
        return self


Trigger = Annotated[
    ReunionTrigger
    | LeavingTrigger
    | ApartTrigger
    | TimeTrigger
    | ScheduleTrigger
    | StateTrigger
    | MqttTrigger
    | EventTrigger
    | RitualTrigger
    | SeasonTrigger
    | UnansweredTrigger
    | CalledTrigger,
    Field(discriminator="trigger"),
]
