"""Bring a new Home Assistant from its first start to a lived-in home, by its APIs alone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.peers.api import Api, ApiError
from tests.peers.people import (
    PEOPLE,
    Phone,
    attach_phones,
    create_member,
    create_owner,
    register_phone,
)
from tests.peers.push_sink import PushSink

VOICE = "tts.test_voice"
# Everything a test may rely on as soon as the home is up.
ENTITIES = {
    *(f"{domain}.{who}{suffix}" for who in PEOPLE for domain, suffix in (("person", ""), ("device_tracker", "_phone"))),
    *(f"media_player.{room}_speaker" for room in ("kitchen", "bedroom", "plain", "broken")),
    *("assist_satellite.hall_satellite", "notify.message_board", VOICE),
    *("light.table_lamp", "light.ceiling_lamp", "scene.dinner", "scene.evening"),
    *("binary_sensor.front_door", "binary_sensor.bed_alex", "input_boolean.guests"),
}
SERVICES = {f"mobile_app_{who}_phone" for who in PEOPLE}


def wait_until(ready: Callable[[], object], alive: Callable[[], bool], timeout: float = 90) -> None:
    """Ask until the answer is true; connection errors mean "not yet"."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            if ready():
                return
        except (ApiError, OSError):
            pass
        if not alive():
            raise RuntimeError("Home Assistant ended by itself")
        if time.monotonic() > deadline:
            raise TimeoutError(f"Home Assistant is not ready after {timeout:.0f} s")
        time.sleep(0.05)


def is_up(api: Api) -> bool:
    """Tell whether Home Assistant answers requests at all."""
    return bool(Api(api.port).request("GET", "/manifest.json", timeout=2))


def is_running(api: Api) -> bool:
    """Tell whether every integration of the configuration has been started."""
    return bool(api.request("GET", "/api/config")["state"] == "RUNNING")


def is_complete(api: Api) -> bool:
    """Tell whether all entities and both phones' notify actions are there."""
    there = {state["entity_id"] for state in api.request("GET", "/api/states")}
    domains = {item["domain"]: item["services"] for item in api.request("GET", "/api/services")}
    return there >= ENTITIES and domains.get("notify", {}).keys() >= SERVICES


def add_integration(api: Api, name: str, answer: dict[str, Any] | None = None) -> None:
    """Walk through a config flow of one form at most."""
    flow = api.request("POST", "/api/config/config_entries/flow", {"handler": name})
    if answer is not None:
        path = f"/api/config/config_entries/flow/{flow['flow_id']}"
        flow = api.request("POST", path, answer)
    if flow["type"] != "create_entry":
        raise RuntimeError(f"adding {name}: {flow}")


def add_broker(api: Api, port: int, login: tuple[str, str] | None) -> None:
    """Add the MQTT integration; its flow tries the connection before it agrees."""
    answer: dict[str, Any] = {"broker": "127.0.0.1", "port": port}
    if login is not None:
        answer |= {"username": login[0], "password": login[1]}
    add_integration(api, "mqtt", answer)


def add_people(api: Api, sink: PushSink) -> dict[str, Phone]:
    """Make the second account, register both phones, let both persons follow them."""
    owner, member = PEOPLE
    member_id, member_api = create_member(api, member)
    clients = {owner: api, member: member_api}
    phones = {who: register_phone(clients[who], who, sink.url(who)) for who in PEOPLE}
    # A phone's tracker appears with its first position.
    for phone in phones.values():
        phone.locate(api, "home")
    attach_phones(api, member, member_id)
    return phones


def choose_voice(api: Api) -> None:
    """Let the satellite speak with the offline voice."""
    with api.commands() as commands:
        found = commands.run("assist_pipeline/pipeline/list")
        chosen = next(p for p in found["pipelines"] if p["id"] == found["preferred_pipeline"])
        fields = {**chosen, "tts_engine": VOICE, "tts_language": "en", "tts_voice": None}
        commands.run("assist_pipeline/pipeline/update", pipeline_id=fields.pop("id"), **fields)


def create_home(api: Api, sink: PushSink, language: str, alive: Callable[[], bool]) -> dict[str, Phone]:
    """Make the owner, add people and devices; `api` has the owner's token afterwards."""
    api.token = create_owner(api, PEOPLE[0], language)
    wait_until(lambda: is_running(api), alive)
    add_integration(api, "recording_room")
    phones = add_people(api, sink)
    wait_until(lambda: is_complete(api), alive)
    choose_voice(api)
    return phones
