"""From a file and the environment to settings. What they mean is not known here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from turntoward.documents import Document, read, validated
from turntoward.settings.home import Settings

BY_ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "TURNTOWARD_DATA_DIR": ("data_dir",),
    "TURNTOWARD_MQTT_HOST": ("mqtt", "host"),
    "TURNTOWARD_MQTT_USERNAME": ("mqtt", "username"),
    "TURNTOWARD_MQTT_PASSWORD": ("mqtt", "password"),
    "TURNTOWARD_HA_URL": ("homeassistant", "url"),
    "TURNTOWARD_HA_TOKEN": ("homeassistant", "token"),
}
"""What the environment may set: secrets, and what differs between a container and the machine around it."""

LENT: dict[str, tuple[str, ...]] = {
    "TURNTOWARD_APP_LANGUAGE": ("language",),
    "TURNTOWARD_APP_LOG_LEVEL": ("log_level",),
    "TURNTOWARD_APP_ZONE": ("zone",),
    "TURNTOWARD_APP_HA_URL": ("homeassistant", "url"),
    "TURNTOWARD_APP_HA_TOKEN": ("homeassistant", "token"),
    "TURNTOWARD_APP_MQTT_HOST": ("mqtt", "host"),
    "TURNTOWARD_APP_MQTT_PORT": ("mqtt", "port"),
    "TURNTOWARD_APP_MQTT_USERNAME": ("mqtt", "username"),
    "TURNTOWARD_APP_MQTT_PASSWORD": ("mqtt", "password"),
    "TURNTOWARD_APP_MQTT_TLS": ("mqtt", "tls"),
}
"""What Home Assistant lends where it runs us as an app. What the file says goes before it."""
_ADDRESS = {"homeassistant": "url", "mqtt": "host"}


def with_environment(values: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Lay the environment over what the file says; a section the file does not have stays away."""
    out = dict(values)
    for name, (key, *inner) in BY_ENVIRONMENT.items():
        if not (value := environ.get(name)):
            continue
        if not inner:
            out[key] = value
        elif isinstance(out.get(key), dict):
            out[key] = {**out[key], inner[0]: value}
    return out


def with_lent(values: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Lay the file over what is lent; a section that names its own address, or is empty, is taken as it is.

    So a password that is lent goes to nobody but the one it was lent for.
    """
    own = {key for key, address in _ADDRESS.items() if key in values and _is_own(values[key], address)}
    out = dict(values)
    for name, (key, *inner) in LENT.items():
        if not (value := environ.get(name)) or key in own:
            continue
        if inner:
            out[key] = {inner[0]: value, **out.get(key, {})}
        else:
            out.setdefault(key, value)
    return out


def _is_own(section: object, address: str) -> bool:
    return not isinstance(section, dict) or address in section


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read `household.yaml`, with the environment laid over it. Raises Problems."""
    return load_settings_and_document(path, environ)[0]


def load_settings_and_document(path: Path, environ: Mapping[str, str]) -> tuple[Settings, Document]:
    """Read `household.yaml`; also return its document, to point into it later. Raises Problems."""
    document = read(path)
    values = _with_folders(with_environment(with_lent(document.data, environ), environ), path.parent)
    return validated(Settings, values, document), document


def _with_folders(values: dict[str, Any], base: Path) -> dict[str, Any]:
    """Take folders relative to the file that names them, wherever the service was started."""
    default: dict[str, Any] = {"data_dir": str(Settings.model_fields["data_dir"].default)}
    folders = {
        key: base / Path(value).expanduser()
        for key in ("data_dir", "rules_dir")
        if isinstance(value := {**default, **values}.get(key), str)
    }
    return {**values, **folders}
