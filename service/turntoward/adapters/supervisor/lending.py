"""Asks the Supervisor for the broker, reads the app's options, and puts both into the environment.

No password and no token may get into a text of this module.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, MutableMapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

TOKEN = "SUPERVISOR_TOKEN"
"""The Supervisor sets it in the environment of every app; where it is, we are one."""
_PATIENCE = 5.0
"""Seconds. The Supervisor is on the same machine."""
_BROKER = ("HOST", "PORT", "USERNAME", "PASSWORD", "TLS")

_NO_BROKER = (
    "there is no MQTT broker yet. Install the app 'Mosquitto broker' in Home Assistant and start it (tiles and "
    "buttons need it); or name a broker of your own in household.yaml: mqtt: {host: ...}"
)


class _NotLent(Exception):
    """The Supervisor does not lend a broker; the message says why, and what to do."""


def lend(environ: MutableMapping[str, str]) -> str:
    """Put what the Supervisor lends into the environment, as TURNTOWARD_APP_...; may be repeated.

    Return why there is no broker, in words for people, or "". Never raises.
    """
    url = environ.get("TURNTOWARD_SUPERVISOR_URL", "http://supervisor").rstrip("/")
    token = environ[TOKEN]
    given = {"HA_URL": f"{url}/core", "HA_TOKEN": token, "ZONE": environ.get("TZ", "")}
    given |= _options(Path(environ.get("TURNTOWARD_DATA_DIR", "/data")) / "options.json")
    missing = ""
    try:
        given |= _broker(_asked(f"{url}/services/mqtt", token))
    except _NotLent as problem:
        missing = str(problem)
        for name in _BROKER:
            environ.pop(f"TURNTOWARD_APP_MQTT_{name}", None)
    environ.update({f"TURNTOWARD_APP_{name}": value for name, value in given.items()})
    return missing


def _options(path: Path) -> dict[str, str]:
    """Return what was chosen on the app's page; the Supervisor has checked it."""
    try:
        chosen = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):  # what is not chosen has a default
        return {}
    names = ("language", "log_level", "dashboard")
    return {n.upper(): str(chosen[n]) for n in names if chosen.get(n)} if isinstance(chosen, dict) else {}


def _asked(url: str, token: str) -> Mapping[str, Any]:
    """Return the data of an answer of the Supervisor."""
    request = Request(url, headers={"Authorization": f"Bearer {token}"})
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=_PATIENCE) as answer:
            return _data(answer.read())
    except HTTPError as refusal:
        raise _refused(refusal) from None
    except (URLError, HTTPException, OSError):
        raise _NotLent("the Supervisor does not answer; if that lasts, restart the app") from None


def _refused(refusal: HTTPError) -> _NotLent:
    if refusal.code in (401, 403):
        return _NotLent(
            f"the Supervisor does not let this app ask for the MQTT broker (status {refusal.code}); "
            "install the app again, so that it gets its rights anew"
        )
    try:
        said = json.loads(refusal.read()).get("message", "")
    except (OSError, ValueError, AttributeError):
        said = ""
    if "not enabled" in said:
        return _NotLent(_NO_BROKER)
    return _NotLent(f"the Supervisor cannot tell the MQTT broker (status {refusal.code}{': ' if said else ''}{said})")


def _data(body: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(body)["data"]
    except (ValueError, KeyError, TypeError):
        data = None
    if not isinstance(data, Mapping):
        raise _NotLent("the Supervisor's answer about the MQTT broker cannot be read; update it")
    return data


def _broker(data: Mapping[str, Any]) -> dict[str, str]:
    if not data.get("host"):  # an empty record: nobody provides it
        raise _NotLent(_NO_BROKER)
    told = {
        "HOST": data["host"],
        "PORT": data.get("port", 1883),
        "USERNAME": data.get("username") or "",
        "PASSWORD": data.get("password") or "",
        "TLS": "true" if data.get("ssl") else "",
    }
    return {f"MQTT_{name}": str(value) for name, value in told.items()}
