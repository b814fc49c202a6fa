"""What is built for which home."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.mqtt_home import PRIVATE_LOG
from turntoward import bootstrap
from turntoward.adapters.clock import draw_seed
from turntoward.adapters.homeassistant import Calls, Listener
from turntoward.adapters.mqtt import Mqtt
from turntoward.channels import ChannelNotLoaded, Reach, build_channels
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


CALLED = Rulebook.model_validate({"rituals": [{"ritual": "tea", "title": "Tea"}]})
PRIVATE = Rulebook.model_validate({"rituals": [PRIVATE_LOG]})


@pytest.mark.parametrize(
    ("parts", "rulebook", "listens"),
    [
        ((MQTT, HA, SPEAKER), Rulebook(), False),
        ((MQTT, HA, SPEAKER), CALLED, True),  # by the event turntoward_answer
        ((MQTT, HA, SPEAKER), PRIVATE, False),
        ((HA, PERSONS), Rulebook(), True),
    ],
)
def test_home_assistant_is_listened_to_where_it_may_tell_something(
    tmp_path: Path, parts: tuple[dict[str, Any], ...], rulebook: Rulebook, listens: bool
) -> None:
    home = settings(tmp_path, *parts)
    service = bootstrap.build(home, rulebook, bootstrap.make_clock(home))
    assert any(isinstance(source, Listener) for source in service.sources) is listens
    for close in service.finish:
        close()


PHONES = {"partners": [{"name": "Alex", "phone": "notify.mobile_app_alex"}, {"name": "Sam"}]}


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        ((MQTT,), {"mqtt", "scene", "speaker", "tile"}),
        ((HA, PERSONS), set()),
        ((HA, PERSONS, SPEAKER, {"scenes": {"dinner": "scene.dinner"}}), {"scene", "speaker"}),
        ((MQTT, HA, PHONES), {"mqtt", "phone", "scene", "speaker", "tile"}),
    ],
)
def test_each_home_has_the_channels_it_has_a_use_for(
    tmp_path: Path, parts: tuple[dict[str, Any], ...], names: set[str]
) -> None:
    home = settings(tmp_path, *parts)
    clock = bootstrap.make_clock(home)
    broker = Mqtt(home, Rulebook(), clock, lambda event: None) if home.mqtt else None
    calls = Calls(home.homeassistant) if home.homeassistant else None
    assert set(build_channels(Reach(home, Rulebook(), clock, broker, calls))) == names


def test_each_household_draws_a_seed_of_its_own() -> None:
    seeds = {draw_seed() for _ in range(20)}
    assert len(seeds) == 20
    assert all(0 < seed < 2**128 for seed in seeds)
    assert max(seeds) > 2**110, "nobody guesses it, nor what hangs on it"


@pytest.mark.parametrize("adapter", ["mqtt", "homeassistant"])
def test_no_connection_knows_what_a_private_act_is(adapter: str) -> None:
    folder = Path(bootstrap.__file__).parent / "adapters" / adapter
    assert [path.name for path in folder.glob("*.py") if "PrivateAct" in path.read_text("utf-8")] == []


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
