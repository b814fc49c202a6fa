"""What Home Assistant is told of us: one device for the household, and one for each of the two. Pure.

Settings and rituals in, JSON out. Nothing here may publish.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from turntoward import __version__
from turntoward.channels.tile.entities import Component, node_of, own_client, partner_slugs
from turntoward.channels.tile.home_entities import home_entities
from turntoward.channels.tile.occasions import occasion_entities
from turntoward.channels.tile.ritual_entities import own_entities, ritual_entities
from turntoward.core.rules import Ritual, Rulebook
from turntoward.settings import Settings

Message = dict[str, Any]

NAME = "Turntoward"


def shown(rulebook: Rulebook) -> tuple[Ritual, ...]:
    """Return the rituals that have a tile: all but the private ones."""
    return tuple(ritual for ritual in rulebook.rituals if not ritual.private)


def messages(settings: Settings, rulebook: Rulebook) -> dict[str, Message]:
    """Return the discovery message of each device by its topic; none where discovery is switched off."""
    prefix = settings.mqtt.discovery if settings.mqtt else None
    if not prefix:
        return {}
    return {f"{prefix}/device/{device}/config": message for device, message in _devices(settings, rulebook).items()}


def components(settings: Settings, rulebook: Rulebook) -> list[Component]:
    """Return everything that is on one of our devices, wherever and whether it is told."""
    return [one for message in _devices(settings, rulebook).values() for one in message["components"].values()]


def gone(before: str | None, now: Mapping[str, Any]) -> dict[str, Component]:
    """Return the components of an earlier message of a device that are no more, by key."""
    try:
        earlier = json.loads(before or "{}").get("components", {})
        return {k: c for k, c in earlier.items() if k not in now["components"] and isinstance(c, dict) and c.get("p")}
    except (ValueError, AttributeError):  # not ours: nothing to take back
        return {}


def farewell(now: Mapping[str, Any], gone: Mapping[str, Component]) -> Message:
    """Return a message that removes components: named once with their platform alone, they go."""
    stubs = {key: {"p": component["p"]} for key, component in gone.items()}
    return {**now, "components": {**now["components"], **stubs}}


def former(kept: str | None) -> list[str]:
    """Return the topics under which an earlier run has told of its devices; none where that cannot be read."""
    try:
        topics = json.loads(kept or "[]")
    except ValueError:
        return []
    named = topics if isinstance(topics, list) else []
    return [t for t in named if isinstance(t, str) and "/device/turntoward" in t and t.endswith("/config")]


def _devices(settings: Settings, rulebook: Rulebook) -> dict[str, Message]:
    """Return the message of each device by its identifier: that of the household first, as the others hang on it."""
    node = node_of(settings)
    devices = {node: _message(node, _named(settings, NAME), _household(settings, rulebook))}
    for partner, slug in partner_slugs(settings).items():
        if own := _own(settings, rulebook, partner):
            name = _named(settings, f"{NAME} {settings.name_of(partner)}")
            devices[f"{node}_{slug}"] = _message(f"{node}_{slug}", name, own, via_device=node)
    return devices


def _named(settings: Settings, name: str) -> str:
    """Name a device, in a second household on the same broker so that it is known whose it is."""
    client = own_client(settings)
    return f"{name} ({client})" if client else name


def _household(settings: Settings, rulebook: Rulebook) -> dict[str, Component]:
    rituals = shown(rulebook)
    lasting = (ritual for ritual in rituals if ritual.ritual not in rulebook.fleeting)
    found = home_entities(settings) | occasion_entities(settings, lasting)
    for ritual in rituals:
        found |= ritual_entities(settings, ritual)
    return found


def _own(settings: Settings, rulebook: Rulebook, partner: str) -> dict[str, Component]:
    found: dict[str, Component] = {}
    for ritual in shown(rulebook):
        found |= own_entities(settings, partner, ritual)
    return found


def _message(identifier: str, name: str, found: dict[str, Component], **more: str) -> Message:
    made = {"manufacturer": NAME, "sw_version": __version__, **more}
    return {
        "device": {"identifiers": [identifier], "name": name, **made},
        "origin": {"name": "turntoward", "sw_version": __version__},
        "components": found,
    }
