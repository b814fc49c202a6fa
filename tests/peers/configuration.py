"""Write the configuration folder a headless Home Assistant starts from."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.peers.ports import HOST

COMPONENTS = Path(__file__).parent / "ha_component"
# Far enough from each other that a fix with 10 m of accuracy is in one place only.
PLACES = {"home": (52.5200, 13.4000), "work": (52.5000, 13.4500), "not_home": (52.6000, 13.6000)}
ZONE_RADIUS = 100
SWITCHES = {"guests": "Guests", "front_door": "Front door", "bed_alex": "Bed Alex"}
# Binary sensors that follow a switch of the same name, so that a test can set them.
SENSORS = {"front_door": "door", "bed_alex": "occupancy"}
# The lamps of each scene; before, the ceiling is bright and the table dark.
SCENES = {
    "Dinner": {"light.table_lamp": {"state": "on", "brightness": 60}, "light.ceiling_lamp": {"state": "off"}},
    "Evening": {"light.table_lamp": {"state": "on", "brightness": 20}, "light.ceiling_lamp": {"state": "off"}},
}
# Where the editor of automations keeps them.
AUTOMATIONS = "automations.yaml"
# A library for camera pictures that nobody here takes.
QUIET = {"homeassistant.components.camera.img_util": "fatal"}


@dataclass(frozen=True)
class Region:
    """Where and in which language the home is."""

    time_zone: str = "Europe/Berlin"
    language: str = "en"
    country: str = "DE"


def _core(url: str, region: Region) -> dict[str, Any]:
    latitude, longitude = PLACES["home"]
    return {
        "name": "Test home",
        "latitude": latitude,
        "longitude": longitude,
        "elevation": 30,
        "radius": ZONE_RADIUS,
        "unit_system": "metric",
        "currency": "EUR",
        "time_zone": region.time_zone,
        "language": region.language,
        "country": region.country,
        "internal_url": url,
        "external_url": url,
    }


def _sensor(key: str) -> dict[str, str]:
    return {
        "name": SWITCHES[key],
        "unique_id": key,
        "device_class": SENSORS[key],
        "state": f"{{{{ is_state('input_boolean.{key}', 'on') }}}}",
    }


def _settings(port: int, region: Region) -> dict[str, Any]:
    latitude, longitude = PLACES["work"]
    work = {"name": "Work", "latitude": latitude, "longitude": longitude, "radius": ZONE_RADIUS}
    return {
        "homeassistant": _core(f"http://{HOST}:{port}", region),
        "http": {"server_host": HOST, "server_port": port},
        "logger": {"default": "warning", "logs": QUIET},
        # Written within a second, so that a test need not wait for the history.
        "recorder": {"commit_interval": 1, "auto_purge": False, "auto_repack": False},
        "zone": [work],
        "input_boolean": {key: {"name": name} for key, name in SWITCHES.items()},
        "scene": [{"name": name, "entities": lamps} for name, lamps in SCENES.items()],
        "template": [{"binary_sensor": [_sensor(key) for key in SENSORS]}],
        **dict.fromkeys(("assist_pipeline", "config", "conversation", "history")),
        **dict.fromkeys(("intent_script", "media_source", "mobile_app", "script", "system_health")),
    }


def _yaml(settings: dict[str, Any]) -> str:
    """Write the settings down; JSON is YAML too, but has no tags for what lies in files of its own."""
    lines = {key: json.dumps(value) for key, value in settings.items()}
    lines["homeassistant"] = lines["homeassistant"].removesuffix("}") + ', "packages": !include_dir_named packages}'
    lines["automation"] = f"!include {AUTOMATIONS}"
    return "".join(f"{key}: {line}\n" for key, line in lines.items())


def _store(folder: Path, key: str, version: int, content: dict[str, Any]) -> None:
    """Put a first content into Home Assistant's own storage."""
    path = folder / ".storage" / key
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        document = {"version": version, "minor_version": 1, "key": key, "data": content}
        path.write_text(json.dumps(document))


def write(folder: Path, port: int, region: Region) -> None:
    """Write the configuration; what Home Assistant has stored by itself stays."""
    folder.mkdir(parents=True, exist_ok=True)
    ignored = shutil.ignore_patterns("__pycache__")
    target = folder / "custom_components"
    shutil.copytree(COMPONENTS, target, dirs_exist_ok=True, ignore=ignored)
    (folder / "configuration.yaml").write_text(_yaml(_settings(port, region)))
    automations = folder / AUTOMATIONS
    if not automations.exists():
        automations.write_text("[]\n")
    _store(folder, "core.network", 1, {"configured_adapters": ["lo"]})
    # Only the account is left to do: the other steps would add integrations that ask the internet.
    _store(folder, "onboarding", 4, {"done": ["core_config", "analytics", "integration"]})
