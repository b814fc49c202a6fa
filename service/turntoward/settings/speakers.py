"""The section `speakers`: what can say a line in a room, how loud, and whether it may listen for an answer.

How each kind is called belongs to the channel; nothing is read or connected here.
"""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core.model import Model
from turntoward.core.spans import TimeOfDay, TimeWindow
from turntoward.settings.sections import Entity

SPEAKER_DOMAINS = ("media_player", "assist_satellite", "notify")

Volume = Annotated[int, Field(ge=1, le=100)]
"""Percent of a speaker's loudest."""


class Evening(Model):
    """How loud a speaker is late in the day: from a time on, until the next day begins (`day_starts`)."""

    from_: TimeOfDay = Field(alias="from")
    volume: Volume


class Speaker(Model):
    """Something that can say a line in a room."""

    entity: Entity = Field(description="media_player.x, assist_satellite.x or notify.x")
    tts: Entity | None = Field(None, description="the voice, for a media_player: tts.home_assistant_cloud")
    media: str | None = Field(None, description="a sound to play instead of words, for a media_player")
    chime: str | None = Field(None, description="a soft sound for what is not said in words: media-source://...")
    volume: Volume | None = Field(None, description="percent, while it speaks; left out: as loud as it is")
    evening: Evening | None = Field(None, description='another volume late in the day: {from: "20:00", volume: 20}')
    integration: Literal["sonos", "music_assistant"] | None = Field(
        None, description="of Home Assistant, where that takes a volume for one announcement"
    )
    listens: bool = Field(False, description="an assist_satellite may hear the answer to what it has offered")

    def volume_at(self, clock: time, day_starts: time) -> int | None:
        """Return how loud it speaks at a civil time, in percent; None: as loud as it is."""
        if self.evening and TimeWindow(start=self.evening.from_, end=day_starts).contains(clock):
            return self.evening.volume
        return self.volume

    @property
    def domain(self) -> str:
        """What kind of entity it is: `media_player`."""
        return self.entity.partition(".")[0]

    @model_validator(mode="after")
    def _can_speak(self) -> Self:
        if self.domain not in SPEAKER_DOMAINS:
            raise PydanticCustomError(
                "speaker",
                "{entity} cannot speak; a speaker is a media_player, an assist_satellite or a notify entity or action",
                {"entity": repr(self.entity)},
            )
        if self.domain == "media_player" and not (self.tts or self.media):
            raise PydanticCustomError(
                "speaker",
                "{entity} needs a voice: write {entity: {entity}, tts: tts.your_voice}",
                {"entity": self.entity},
            )
        if self.domain == "notify" and self.chime:
            raise PydanticCustomError(
                "speaker",
                "{entity} cannot play a sound; a chime needs a media_player or an assist_satellite",
                {"entity": repr(self.entity)},
            )
        return self

    @model_validator(mode="after")
    def _has_a_volume(self) -> Self:
        given = next((name for name in ("volume", "evening", "integration") if getattr(self, name)), None)
        if given and self.domain != "media_player":
            raise PydanticCustomError(
                given,
                "{entity} has no volume that can be set from here; '{given}' needs a media_player, so delete it",
                {"entity": repr(self.entity), "given": given},
            )
        if self.integration and not (self.volume or self.evening):
            raise PydanticCustomError(
                "integration",
                "'integration' is there for a volume of announcements; write one beside it, volume: 30, or delete it",
                {},
            )
        return self

    @model_validator(mode="after")
    def _may_listen(self) -> Self:
        if self.listens and self.domain != "assist_satellite":
            raise PydanticCustomError(
                "listens",
                "{entity} cannot listen; only an assist_satellite can, so delete 'listens'",
                {"entity": repr(self.entity)},
            )
        return self


def speakers_from_text(value: object) -> object:
    """One speaker or several in a room, each as a mapping or as its entity alone."""
    items = value if isinstance(value, list | tuple) else [value]
    return [{"entity": item} if isinstance(item, str) else item for item in items]
