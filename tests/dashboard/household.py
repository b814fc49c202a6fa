"""Households for the tests of the dashboard, and what there is on one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from turntoward.channels.tile.discovery import components
from turntoward.core.rules import Rulebook
from turntoward.dashboard import Couple, Entities, dashboard, shown
from turntoward.rulebook import load_rulebook, read_library
from turntoward.settings import Settings

NODE = "turntoward"
ROOT = Path(__file__).parents[2]
Row = dict[str, Any]


@cache
def household(language: str = "en", *rituals: str) -> tuple[Settings, Rulebook]:
    """Return a household with these rituals, or with all that there are."""
    chosen = {name: {} for name in rituals or read_library().entries}
    partners = [{"name": "Alex"}, {"name": "Sam"}]
    settings = Settings.model_validate(
        {"partners": partners, "agreed": ["Alex", "Sam"], "language": language, "mqtt": {}, "rituals": chosen}
    )
    return settings, load_rulebook(settings)


def registry(language: str = "en", *rituals: str) -> list[Row]:
    """Return what Home Assistant's registry says where nobody has changed anything."""
    return [
        {"entity_id": one["default_entity_id"], "unique_id": one["unique_id"], "platform": "mqtt", "disabled_by": None}
        for one in components(*household(language, *rituals))
        if "default_entity_id" in one
    ]


@cache
def couple(language: str, *rituals: str) -> Couple:
    settings, book = household(language, *rituals)
    names = tuple(partner.name for partner in settings.partners)
    return Couple(settings.couple, names, language, shown(book, language))


def page(language: str = "en", *rituals: str, rows: list[Row] | None = None) -> dict[str, Any]:
    """Return the dashboard of a household."""
    settings, book = household(language, *rituals)
    rows = registry(language, *rituals) if rows is None else rows
    found = Entities.found(NODE, components(settings, book), rows)
    return dashboard(couple(language, *rituals), found)


def sections(made: dict[str, Any]) -> list[Row]:
    found: list[Row] = made["views"][0]["sections"]
    return found


def cards(made: dict[str, Any]) -> list[Row]:
    """Return all cards, wherever they are."""
    return [card for section in sections(made) for card in section["cards"]]


def seen(made: dict[str, Any], **states: str) -> list[Row]:
    """Return the cards that are seen while the sensors of rituals say this, and all others are idle."""
    now = {f"sensor.{NODE}_{ritual}": state for ritual, state in states.items()}
    others = {"select": "normal", "sensor": "idle", "binary_sensor": "on"}

    def holds(condition: Row) -> bool:
        if condition["condition"] == "or":
            return any(holds(inner) for inner in condition["conditions"])
        entity = condition["entity"]
        state = now.get(entity, others.get(entity.partition(".")[0], "off"))
        wanted = condition.get("state", condition.get("state_not"))
        listed = wanted if isinstance(wanted, list) else [wanted]
        return (state in listed) == ("state" in condition)

    def shows(part: Row) -> bool:
        return all(holds(condition) for condition in part.get("visibility", ()))

    return [card for section in sections(made) if shows(section) for card in section["cards"] if shows(card)]


def tiles(made: dict[str, Any], name: str) -> list[Row]:
    return [card for card in cards(made) if card["type"] == "tile" and card["name"] == name]


def every(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every plain value with the key it stands below."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from every(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from every(inner, key)
    else:
        yield key, value


def entities(made: Any) -> set[str]:
    """Return the entities that are shown, pressed or looked at outside of templates."""
    return {value for key, value in every(made) if key in ("entity", "entity_id")}


def texts(made: Any) -> set[str]:
    """Return what people read: names, headings, texts."""
    return {value for key, value in every(made) if key in ("name", "heading", "content", "title")}
