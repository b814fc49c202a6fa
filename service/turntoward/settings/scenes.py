"""`scenes:` and `tags:` of `household.yaml`: what a scene is at home and how it is undone, which tag has which name.

Setting and undoing is the work of the channel `scene`; nothing is connected here.
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core.decks import NAME
from turntoward.core.model import Model
from turntoward.settings.sections import Entity

SceneName = Annotated[str, StringConstraints(pattern=NAME)]
TagName = Annotated[str, StringConstraints(pattern=NAME)]
TagId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]


def _scene(entity: str) -> str:
    if not entity.startswith("scene."):
        raise PydanticCustomError(
            "scene", "{entity} is not a scene of Home Assistant; write one: scene.dinner", {"entity": repr(entity)}
        )
    return entity


SceneEntity = Annotated[Entity, AfterValidator(_scene)]


class Scene(Model):
    """A scene, and what undoes it. Left empty, it is only told by MQTT, for other programs to set."""

    set: SceneEntity | None = Field(None, description="the scene of Home Assistant: scene.dinner")
    undo: SceneEntity | None = Field(None, description="the scene that comes after it: scene.evening")
    restore: tuple[Entity, ...] = Field(
        (), description="what is put back as it was; with neither this nor undo: all that belongs to the scene"
    )

    @model_validator(mode="after")
    def _undone_in_one_way(self) -> Self:
        if self.undo and self.restore:
            raise PydanticCustomError(
                "scene", "'undo' names what comes after, 'restore' puts back what was before; keep one of them", {}
            )
        if (self.undo or self.restore) and not self.set:
            raise PydanticCustomError("scene", "there is nothing to undo; add the scene itself: set: scene.dinner", {})
        return self


def scene_from_text(value: object) -> object:
    """`scene.dinner` alone is what is set; nothing at all is a scene that is only told."""
    return {} if value is None else {"set": value} if isinstance(value, str) else value
