"""What is built for which home."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from turntoward import bootstrap
from turntoward.channels import ChannelNotLoaded
from turntoward.core.rules import Rulebook
from turntoward.settings import Settings

MQTT = {"mqtt": {"host": "127.0.0.1", "port": 9}}
HA = {"homeassistant": {"url": "http://127.0.0.1:9"}}
SPEAKER = {"speakers": {"kitchen": "assist_satellite.kitchen"}}
PERSONS = {"partners": [{"name": "Alex", "presence": "person.alex"}, {"name": "Sam", "presence": "person.sam"}]}


def settings(folder: Path, *parts: dict[str, Any]) -> Settings:
    values: dict[str, Any] = {"partners": [{"name": "Alex"}, {"name": "Sam"}], "data_dir": folder / "data"}
    for part in parts:
        values |= part
    return Settings.model_validate(values)


@pytest.mark.parametrize(
    ("parts", "sources"),
    [
        ((MQTT,), ("mqtt",)),
        ((HA, PERSONS), ("homeassistant",)),
        ((MQTT, HA, PERSONS), ("mqtt", "homeassistant")),
        # Home Assistant only speaks here; nobody has to wait for what it might tell.
        ((MQTT, HA, SPEAKER), ("mqtt",)),
    ],
)
def test_only_sources_that_tell_something_are_waited_for(
    tmp_path: Path, parts: tuple[dict[str, Any], ...], sources: tuple[str, ...]
) -> None:
    home = settings(tmp_path, *parts)
    service = bootstrap.build(home, Rulebook(), bootstrap.make_clock(home))
    assert service.names == sources
    for close in service.finish:
        close()


def test_a_service_without_anybody_to_talk_to_starts_and_stops(tmp_path: Path) -> None:
    before = threading.active_count()
    home = settings(tmp_path, MQTT, HA, PERSONS)
    service = bootstrap.build(home, Rulebook(), bootstrap.make_clock(home))
    running = threading.Thread(target=service.run)
    running.start()
    service.stop()
    running.join(20)
    assert not running.is_alive()
    assert threading.active_count() <= before + 1  # a client library's watcher may end a moment later


def test_a_channel_that_cannot_be_built_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(reach: object) -> None:
        raise RuntimeError("the driver is missing")

    monkeypatch.setattr("turntoward.channels.mqtt.build", broken)
    home = settings(tmp_path, MQTT)
    with pytest.raises(ChannelNotLoaded, match="channel 'mqtt' could not be loaded: the driver is missing"):
        bootstrap.build(home, Rulebook(), bootstrap.make_clock(home))
