"""How one entity is described to Home Assistant: its ids, and what all of them share. Pure.

Entity ids and unique ids are for ever: people build dashboards on them. What an entity shows is not said here.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from turntoward.channels.tile.words import ICONS
from turntoward.settings import MqttSettings, Settings

Component = dict[str, Any]

DEFAULT_CLIENT = MqttSettings().client_id


def node_of(settings: Settings) -> str:
    """Return what all our ids begin with; a client id of its own keeps two households on one broker apart."""
    client = own_client(settings)
    return f"turntoward_{_slug(client)}" if client else "turntoward"


def own_client(settings: Settings) -> str:
    """Return the client id of a home where it is not the usual one."""
    client = settings.mqtt.client_id if settings.mqtt else DEFAULT_CLIENT
    return "" if client == DEFAULT_CLIENT else client


def partner_slugs(settings: Settings) -> dict[str, str]:
    """Return, for each partner's id, how it is written in ids of Home Assistant, which know no letter beyond a to z."""
    slugs: dict[str, str] = {}
    for number, partner in enumerate(settings.partner_ids, 1):
        slug = _slug(partner)
        slugs[partner] = slug if slug and slug not in slugs.values() else f"{slug}_{number}".strip("_")
    return slugs


def component(settings: Settings, platform: str, unique: str, entity: str, icon: str = "", **more: Any) -> Component:
    """Return an entity that is unavailable whenever we are; `unique` and `entity` are what follows in its ids."""
    node = node_of(settings)
    return {
        "p": platform,
        "unique_id": f"{node}_{unique}",
        # Home Assistant before 2026 knows the one, later versions the other; each ignores what it does not know.
        "object_id": f"{node}_{entity}",
        "default_entity_id": f"{platform}.{node}_{entity}",
        "qos": 1,
        **({"icon": ICONS[icon]} if icon else {}),
        "availability_topic": settings.topics.status,
        **more,
    }


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
