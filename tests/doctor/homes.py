"""A home where all is well, as facts, and ways to break one thing in it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.fakes import at
from turntoward.adapters.journal import Entry
from turntoward.channels.tile.discovery import messages
from turntoward.core.trace import TraceEntry
from turntoward.doctor.facts import Broker, Edge, Facts, Folder, Home, Seen
from turntoward.doctor.findings import Finding
from turntoward.doctor.rounds import examine
from turntoward.rulebook import load
from turntoward.settings import Settings

NOW = at("12:00:00")
HOUSEHOLD: dict[str, Any] = {
    "partners": [
        {"name": "Alex", "presence": "person.alex", "phone": "notify.mobile_app_alex_phone"},
        {"name": "Sam", "presence": "person.sam"},
    ],
    "agreed": ["Alex", "Sam"],
    "homeassistant": {"url": "http://127.0.0.1:8123", "token": "t"},
    "mqtt": {"host": "127.0.0.1"},
    "signals": {"entry_door": "binary_sensor.front_door"},
    "speakers": {"kitchen": {"entity": "media_player.kitchen", "tts": "tts.voice"}},
    "scenes": {"dinner": {"set": "scene.dinner", "restore": ["light.table"]}},
    "tags": {"bowl": "04-AA"},
    "rituals": ["reunion_hug"],
}
ENTITIES = (
    "person.alex", "person.sam", "device_tracker.phone", "binary_sensor.front_door", "media_player.kitchen",
    "tts.voice", "scene.dinner", "light.table",
)  # fmt: skip


def seen(state: str = "home", ago: timedelta = timedelta(minutes=5), **attributes: Any) -> Seen:
    return Seen(state, attributes, NOW - ago)


def daily() -> tuple[Edge, ...]:
    """Nine days of a job: away in the morning, home in the evening."""
    days = [NOW - timedelta(days=n) for n in range(9, 0, -1)]
    return tuple(
        Edge(day + after, home) for day in days for after, home in ((timedelta(0), False), (timedelta(hours=9), True))
    )


def settings(**changes: Any) -> Settings:
    return Settings.model_validate({**HOUSEHOLD, **changes})


def journal(*steps: TraceEntry, ago: timedelta = timedelta(days=1), kind: str = "time_passed") -> tuple[Entry, ...]:
    return (Entry(1, NOW - ago, kind, steps, ()),)


def facts(household: Settings | None = None) -> Facts:
    """All is well: the service runs, everything is there and moves."""
    household = household or settings()
    loaded = load(household)
    told = messages(household, loaded.rulebook)
    entities = [registered(c) for message in told.values() for c in message["components"].values() if "unique_id" in c]
    states = {entity: seen("on" if entity.startswith("binary") else "home") for entity in ENTITIES}
    states |= {row["entity_id"]: seen("idle") for row in entities}
    states["person.alex"] = states["person.sam"] = seen("home", device_trackers=["device_tracker.phone"])
    home = Home(
        version="2026.11.0",
        running=True,
        zone="Europe/Berlin",
        admin=True,
        states=states,
        services={"notify": frozenset({"mobile_app_alex_phone"}), "mqtt": frozenset({"publish"})},
        entities=tuple(entities),
        tags=frozenset({"04-AA"}),
        history={"person.alex": daily(), "person.sam": daily()},
        ahead=timedelta(seconds=0.3),
    )
    kept = {topic: json.dumps(message).encode() for topic, message in told.items()}
    broker = Broker(kept={**kept, "turntoward/status": b"online"}, home_publishes="heard")
    offered = TraceEntry("reunion_hug", "offered")
    folder = Folder(
        path=Path("data"), beat=NOW - timedelta(seconds=10), journal=journal(offered), journal_began=_long_ago()
    )
    return Facts(household, loaded, NOW, folder, home, broker)


def _long_ago() -> datetime:
    return NOW - timedelta(days=30)


def registered(component: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An entity as Home Assistant registers it."""
    return {
        "entity_id": component["default_entity_id"],
        "unique_id": component["unique_id"],
        "platform": "mqtt",
        **more,
    }


def with_home(known: Facts, **changes: Any) -> Facts:
    assert isinstance(known.home, Home)
    return replace(known, home=replace(known.home, **changes))


def with_states(known: Facts, **changes: Seen | None) -> Facts:
    """Change states; the first _ of a name stands for the dot, and None takes the entity away."""
    assert isinstance(known.home, Home)
    states = {**known.home.states, **{name.replace("__", "."): state for name, state in changes.items()}}
    return with_home(known, states={name: state for name, state in states.items() if state is not None})


def with_broker(known: Facts, **changes: Any) -> Facts:
    assert isinstance(known.broker, Broker)
    return replace(known, broker=replace(known.broker, **changes))


def with_folder(known: Facts, **changes: Any) -> Facts:
    return replace(known, folder=replace(known.folder, **changes))


def wrong(found: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.level != "ok"]


def examined(known: Facts) -> list[Finding]:
    return wrong(examine(known))
