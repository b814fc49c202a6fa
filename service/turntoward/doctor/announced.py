"""What we have announced to Home Assistant, as the broker keeps it: the entities of our devices. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from turntoward.channels.tile.discovery import messages
from turntoward.doctor.facts import Facts, Row


def announced(facts: Facts) -> tuple[Row, ...]:
    """Return the components of our discovery messages that become entities."""
    broker = facts.known_broker
    topics = messages(facts.settings, facts.loaded.rulebook) if broker else {}
    return tuple(one for topic in topics if broker for one in _read(broker.kept.get(topic, b"")) if "unique_id" in one)


def all_unique_ids(kept: Mapping[str, bytes]) -> frozenset[str]:
    """Return the unique ids of all that any Turntoward has announced, a neighbour's too."""
    return frozenset(str(one["unique_id"]) for payload in kept.values() for one in _read(payload) if "unique_id" in one)


def _read(payload: bytes) -> list[dict[str, Any]]:
    try:
        said = json.loads(payload)
        if said.get("origin", {}).get("name") != "turntoward":
            return []
        return [component for component in said.get("components", {}).values() if isinstance(component, dict)]
    except (ValueError, AttributeError):  # of somebody else
        return []
