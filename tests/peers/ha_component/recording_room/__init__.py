"""Speakers, a voice, lights, a satellite and a notice board that write down what they are asked to do.

An integration for Home Assistant, used by the integration tests only. Each call becomes one JSON
line in `calls.jsonl` of the configuration folder. How the devices behave beyond that is in `staging.json` there:
`silent`, speakers that take a call and do nothing; `heard`, what is answered to a satellite (absent: nobody ever does).
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from custom_components.recording_room.const import CALLS, DOMAIN, STAGING
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo

PLATFORMS = [Platform.ASSIST_SATELLITE, Platform.LIGHT, Platform.MEDIA_PLAYER, Platform.NOTIFY, Platform.TTS]


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Make the entities of every kind."""
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Take the entities away again."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


def device(key: str, name: str) -> DeviceInfo:
    """Give an entity a device of its own, as bought hardware has."""
    return DeviceInfo(identifiers={(DOMAIN, key)}, name=name, manufacturer="Turntoward tests")


def _append(path: Path, line: str) -> None:
    with path.open("a", encoding="utf-8") as calls:
        calls.write(line)


async def staged(hass: HomeAssistant, key: str) -> Any:
    """Return what a test wants of the devices, None where it wants nothing."""
    path = Path(hass.config.path(STAGING))
    text = await hass.async_add_executor_job(lambda: path.read_text() if path.exists() else "{}")
    return json.loads(text).get(key)


async def write_down(hass: HomeAssistant, entity_id: str, call: str, **details: Any) -> None:
    """Record one call; the kind is the entity's domain."""
    kind = entity_id.partition(".")[0]
    record = {"time": time.time(), "kind": kind, "entity_id": entity_id, "call": call, **details}
    line = json.dumps(record, default=str) + "\n"
    await hass.async_add_executor_job(_append, Path(hass.config.path(CALLS)), line)
