"""What Home Assistant has, read once when the set-up reaches it. Nothing is chosen or judged here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from turntoward.adapters.homeassistant.questions import Questions

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity as people see it; `area` is the name of the room it is in, empty where none is set."""

    id: str
    name: str
    state: str
    attributes: Row = field(default_factory=dict)
    area: str = ""
    device: str = ""
    platform: str = ""

    @property
    def domain(self) -> str:
        """What kind it is: `media_player`."""
        return self.id.partition(".")[0]

    @property
    def device_class(self) -> str:
        """What it measures: `door`; empty where it does not say."""
        return str(self.attributes.get("device_class") or "")

    @property
    def words(self) -> str:
        """Its id and name, for looking for words in them."""
        return f"{self.id.partition('.')[2].replace('_', ' ')} {self.name}".casefold()


@dataclass(frozen=True, slots=True)
class Found:
    """A home, as far as something can be chosen from it. What is hidden or for technicians is left out."""

    version: str
    language: str
    zone: str
    admin: bool
    entities: tuple[Entity, ...] = ()
    notify: frozenset[str] = frozenset()
    """The names of its notify actions."""
    mqtt: bool = False
    """Whether it has the MQTT integration."""

    def of(self, domain: str) -> tuple[Entity, ...]:
        """Return all of a kind, by name."""
        return tuple(sorted((e for e in self.entities if e.domain == domain), key=lambda e: (e.name.casefold(), e.id)))

    def entity(self, entity_id: str) -> Entity | None:
        """Return one of them."""
        return next((entity for entity in self.entities if entity.id == entity_id), None)

    def trackers(self, person: str | None) -> tuple[str, ...]:
        """Return the trackers a person is followed by; none for nobody."""
        followed = self.entity(person) if person else None
        return tuple(str(tracker) for tracker in followed.attributes.get("device_trackers", ())) if followed else ()


def read(questions: Questions) -> Found:
    """Ask Home Assistant for all of it. Raises as `Questions.ask`."""
    config, services = questions.ask("get_config"), questions.ask("get_services")
    rows = {str(row["entity_id"]): row for row in questions.ask("config/entity_registry/list")}
    devices = {str(row["id"]): row for row in questions.ask("config/device_registry/list")}
    areas = {str(row["area_id"]): str(row["name"]) for row in questions.ask("config/area_registry/list")}
    return Found(
        version=str(config.get("version", "")),
        language=str(config.get("language", "")),
        zone=str(config.get("time_zone", "")),
        admin=bool(questions.ask("auth/current_user").get("is_admin")),
        entities=tuple(
            _entity(state, rows.get(str(state["entity_id"]), {}), devices, areas)
            for state in questions.ask("get_states")
            if _is_for_people(rows.get(str(state["entity_id"]), {}))
        ),
        notify=frozenset(services.get("notify", {})),
        mqtt="mqtt" in services,
    )


def _is_for_people(row: Row) -> bool:
    return not row.get("hidden_by") and row.get("entity_category") != "config"


def _entity(state: Row, row: Row, devices: Mapping[str, Row], areas: Mapping[str, str]) -> Entity:
    entity_id, attributes = str(state["entity_id"]), state.get("attributes") or {}
    device = str(row.get("device_id") or "")
    area = row.get("area_id") or devices.get(device, {}).get("area_id") or ""
    return Entity(
        id=entity_id,
        name=str(attributes.get("friendly_name") or entity_id),
        state=str(state["state"]),
        attributes=attributes,
        area=areas.get(str(area), ""),
        device=device,
        platform=str(row.get("platform") or ""),
    )
