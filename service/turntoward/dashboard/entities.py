"""Which of our entities a home has, and what they are called there. Nothing is asked or decided here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

PLATFORM = "mqtt"


@dataclass(frozen=True, slots=True)
class Entities:
    """Our entities: the id we proposed for each, and the one it has. What is not here, the home does not have."""

    node: str
    """What our proposed ids begin with."""
    ids: Mapping[str, str]

    @classmethod
    def proposed(cls, node: str, components: Iterable[Mapping[str, Any]]) -> Self:
        """Take the ids we propose: what a home has where nobody has renamed anything.

        `components` are those of our discovery messages.
        """
        ids = (str(component["default_entity_id"]) for component in components if "default_entity_id" in component)
        return cls(node, {id: id for id in ids})

    @classmethod
    def found(cls, node: str, components: Iterable[Mapping[str, Any]], registry: Iterable[Mapping[str, Any]]) -> Self:
        """Look our components up in Home Assistant's entity registry (`config/entity_registry/list`).

        People rename entities, so they are found by their unique id. What was disabled is left out.
        """
        there = {
            (row["entity_id"].partition(".")[0], row["unique_id"]): row["entity_id"]
            for row in registry
            if row["platform"] == PLATFORM and not row.get("disabled_by")
        }
        ours = {
            str(component["default_entity_id"]): there.get((component["p"], component["unique_id"]))
            for component in components
            if "default_entity_id" in component
        }
        return cls(node, {proposed: actual for proposed, actual in ours.items() if actual})

    def __bool__(self) -> bool:
        return bool(self.ids)

    def get(self, platform: str, name: str) -> str | None:
        """Return an entity's id, None where the home does not have it: `get("sensor", "now")`."""
        return self.ids.get(f"{platform}.{self.node}_{name}")
