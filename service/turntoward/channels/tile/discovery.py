"""What Home Assistant is told of our tiles: one device, discovered by MQTT. Pure: settings and rituals in, JSON out.

Nothing here may publish. Entity ids and unique ids are for ever: people build dashboards on them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from turntoward import __version__
from turntoward.channels.tile.topics import answer_topic, attributes_topic, state_topic, status_topic
from turntoward.core.actions import TILE_STATES
from turntoward.core.events import Answer
from turntoward.core.rules import Ritual, Rulebook
from turntoward.settings import MqttSettings, Settings

Component = dict[str, Any]

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "start": "Start",
        "done": "Done",
        "later": "Later",
        "not_today": "Not today",
        "stop": "Stop",
        "another": "Another one",
        "enough": "Enough for now",
        "accept": "Yes, gladly",
        "other_slot": "Another time",
        "skip": "Skip this one",
        "swap": "Swap turns",
        "keep": "Keep it",
        "change": "Change it",
        "drop": "Let it go",
        "connection": "Connection",
    },
    "de": {
        "start": "Anfangen",
        "done": "Gemacht",
        "later": "Später",
        "not_today": "Heute nicht",
        "stop": "Beenden",
        "another": "Noch eine",
        "enough": "Genug für jetzt",
        "accept": "Ja, gern",
        "other_slot": "Andere Zeit",
        "skip": "Diesmal auslassen",
        "swap": "Tauschen",
        "keep": "Behalten",
        "change": "Ändern",
        "drop": "Loslassen",
        "connection": "Verbindung",
    },
}
ICONS: dict[str, str] = {
    "state": "mdi:heart-outline",
    "start": "mdi:play",
    "done": "mdi:check",
    "later": "mdi:clock-outline",
    "not_today": "mdi:weather-night",
    "stop": "mdi:stop",
    "another": "mdi:cards-outline",
    "enough": "mdi:cards-heart",
    "accept": "mdi:calendar-heart",
    "other_slot": "mdi:calendar-refresh",
    "skip": "mdi:skip-next",
    "swap": "mdi:swap-horizontal",
    "keep": "mdi:sprout",
    "change": "mdi:pencil-outline",
    "drop": "mdi:leaf",
}
NAME = "Turntoward"
DEFAULT_CLIENT = MqttSettings().client_id


def node_of(settings: Settings) -> str:
    """Return what all our ids begin with; a client id of its own keeps two households on one broker apart."""
    client = settings.mqtt.client_id if settings.mqtt else DEFAULT_CLIENT
    own = re.sub(r"[^a-z0-9]+", "_", client.casefold()).strip("_")
    return "turntoward" if client == DEFAULT_CLIENT else f"turntoward_{own}"


def config_topic(settings: Settings) -> str | None:
    """Return where Home Assistant looks for us, or None where discovery is switched off."""
    prefix = settings.mqtt.discovery if settings.mqtt else None
    return f"{prefix}/device/{node_of(settings)}/config" if prefix else None


def shown(rulebook: Rulebook) -> tuple[Ritual, ...]:
    """Return the rituals that have a tile: all but the private ones."""
    return tuple(ritual for ritual in rulebook.rituals if not ritual.private)


def config(settings: Settings, rulebook: Rulebook) -> dict[str, Any]:
    """Return the discovery message of the device with all its components."""
    node = node_of(settings)
    components = {"connection": _connection(settings)}
    for ritual in shown(rulebook):
        components |= _tile(settings, ritual)
    return {
        "device": {"identifiers": [node], "name": NAME, "manufacturer": NAME, "sw_version": __version__},
        "origin": {"name": "turntoward", "sw_version": __version__},
        "components": components,
    }


def gone(before: str | None, now: Mapping[str, Any]) -> dict[str, Component]:
    """Return the components of an earlier discovery message that are no more, by key."""
    try:
        earlier = json.loads(before or "{}").get("components", {})
        return {k: c for k, c in earlier.items() if k not in now["components"] and isinstance(c, dict) and c.get("p")}
    except (ValueError, AttributeError):  # not ours: nothing to take back
        return {}


def farewell(now: Mapping[str, Any], components: Mapping[str, Component]) -> dict[str, Any]:
    """Return a message that removes components: named once with their platform alone, they go."""
    stubs = {key: {"p": component["p"]} for key, component in components.items()}
    return {**now, "components": {**now["components"], **stubs}}


def _words(settings: Settings) -> dict[str, str]:
    return WORDS.get(settings.language.partition("-")[0], WORDS["en"])


def _component(settings: Settings, platform: str, unique: str, entity: str, **more: Any) -> Component:
    node = node_of(settings)
    return {
        "p": platform,
        "unique_id": f"{node}_{unique}",
        # Home Assistant before 2026 knows the one, later versions the other; each ignores what it does not know.
        "object_id": f"{node}_{entity}",
        "default_entity_id": f"{platform}.{node}_{entity}",
        "qos": 1,
        **more,
    }


def _connection(settings: Settings) -> Component:
    # The only one without availability: it would be unavailable just when it has something to say.
    return _component(
        settings,
        "binary_sensor",
        "connection",
        "connection",
        name=_words(settings)["connection"],
        device_class="connectivity",
        entity_category="diagnostic",
        state_topic=status_topic(settings.base),
        payload_on="online",
        payload_off="offline",
    )


def _tile(settings: Settings, ritual: Ritual) -> dict[str, Component]:
    answers = dict.fromkeys(("start", *ritual.answers))
    buttons = {f"{ritual.ritual}_{answer}": _button(settings, ritual, answer) for answer in answers}
    return {f"{ritual.ritual}_state": _sensor(settings, ritual), **buttons}


def _sensor(settings: Settings, ritual: Ritual) -> Component:
    return _component(
        settings,
        "sensor",
        f"{ritual.ritual}_state",
        ritual.ritual,
        name=ritual.named(settings.language),
        icon=ICONS["state"],
        device_class="enum",
        options=list(TILE_STATES),
        state_topic=state_topic(settings.base, ritual.ritual),
        json_attributes_topic=attributes_topic(settings.base, ritual.ritual),
        availability_topic=status_topic(settings.base),
    )


def _button(settings: Settings, ritual: Ritual, answer: Answer) -> Component:
    name = f"{ritual.ritual}_{answer}"
    return _component(
        settings,
        "button",
        name,
        name,
        name=f"{ritual.named(settings.language)}: {_words(settings)[answer]}",
        icon=ICONS[answer],
        command_topic=answer_topic(settings.base, ritual.ritual),
        payload_press=answer,
        availability_topic=status_topic(settings.base),
    )
