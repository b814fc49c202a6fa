"""The conditions of rules: what has to be so. Only their shape; what they mean is in `conditions`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from turntoward.core.household import Season, SignalName
from turntoward.core.model import Model
from turntoward.core.rule_triggers import WEEKDAYS, Weekdays, as_list
from turntoward.core.scenario import SignalText
from turntoward.core.spans import Duration, TimeOfDay


class HomeCondition(Model):
    """How many of the two are home: confirmed, and right now."""

    condition: Literal["both_home", "one_home", "nobody_home"]


class AwakeCondition(Model):
    """It is day for both, each in the own zone: outside the quiet hours there."""

    condition: Literal["both_awake"]


class SignalCondition(Model):
    """A signal has a value, or one of several. Of several signals of a kind all have to, or with `match: any` one."""

    condition: Literal["signal"]
    signal: SignalName
    is_: Annotated[
        tuple[SignalText, ...], BeforeValidator(as_list, json_schema_input_type=SignalText | tuple[SignalText, ...])
    ] = Field(alias="is")
    match: Literal["all", "any"] = "all"
    default: SignalText | None = Field(
        None, description="the value to go by where the home has no such signal; left out: then it is not known"
    )


class TimeCondition(Model):
    """It is inside a part of the day (which may cross midnight), or one of some weekdays."""

    condition: Literal["time"]
    after: TimeOfDay | None = None
    before: TimeOfDay | None = None
    weekdays: Weekdays = WEEKDAYS


class SeasonCondition(Model):
    """The season of the two is this one, or one of several."""

    condition: Literal["season"]
    is_: Annotated[tuple[Season, ...], BeforeValidator(as_list, json_schema_input_type=Season | tuple[Season, ...])] = (
        Field(alias="is")
    )


class RitualCondition(Model):
    """Another ritual is running or offered now, or was done within a while."""

    condition: Literal["ritual"]
    ritual: str
    is_: Literal["running", "offered", "done"] = Field(alias="is")
    within: Duration = Field(timedelta(hours=12), description="for done: at most this long ago")


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
    HomeCondition
    | AwakeCondition
    | SignalCondition
    | TimeCondition
    | SeasonCondition
    | RitualCondition
    | AllCondition
    | AnyCondition
    | NotCondition,
    Field(discriminator="condition"),
]
AllCondition.model_rebuild()
AnyCondition.model_rebuild()
NotCondition.model_rebuild()
