"""The steps of rules: what a ritual does while it runs, and what a rule without a ritual does at all.

Only their shape; carrying them out is the work of `programs`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core.decks import CardChoiceOrName
from turntoward.core.household import Season
from turntoward.core.model import Model
from turntoward.core.rule_triggers import OneTopic
from turntoward.core.spans import Duration
from turntoward.core.texts import Lines


class _Wording(Model):
    say: Lines = Field(default_factory=dict, description="lines, used in turn, by language")
    card: CardChoiceOrName | None = Field(None, description="draw a card, which is {card} in the lines")

    @model_validator(mode="after")
    def _has_words(self) -> Self:
        if not any(self.say.values()) and self.card is None:
            raise PydanticCustomError("step", "there is nothing to say: add 'say:' or 'card:'", {})
        return self


class AnnounceStep(_Wording):
    """Say a line aloud; in a moment without sound it is left out."""

    action: Literal["announce"]
    rooms: tuple[str, ...] = ()


class TileStep(_Wording):
    """Show a line on the ritual's tile."""

    action: Literal["tile"]


class NotifyStep(Model):
    """Send a message to both phones; on a lock screen it says no more than that there is something for the two."""

    action: Literal["notify"]


class SceneStep(Model):
    """Set a scene of the home, which is undone once when the ritual ends."""

    action: Literal["scene"]
    scene: str = Field(description="a name below scenes: in household.yaml")


class MqttStep(Model):
    """Publish a message."""

    action: Literal["mqtt"]
    topic: OneTopic
    payload: str = ""
    retain: bool = False


class WaitStep(Model):
    """Wait before the next step."""

    action: Literal["wait", "timer"]
    for_: Duration = Field(alias="for")


class StartStep(Model):
    """Start another ritual, as if somebody had called it."""

    action: Literal["start"]
    ritual: str


class SeasonStep(Model):
    """Change the season of the two, for a while."""

    action: Literal["season"]
    season: Season
    for_: Duration = Field(timedelta(days=14), alias="for")


Step = Annotated[
    AnnounceStep | TileStep | NotifyStep | SceneStep | MqttStep | WaitStep | StartStep | SeasonStep,
    Field(discriminator="action"),
]
