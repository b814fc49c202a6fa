"""The tiles in a real Home Assistant: they appear, show what is so, answer, and go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.adapters.mqtt_home import Home, eventually, household
from tests.peers.homeassistant import HomeAssistant
from tests.peers.mosquitto import Mosquitto
from turntoward.channels import Reach
from turntoward.channels.tile import build
from turntoward.channels.tile.channel import TileChannel
from turntoward.core.actions import SetTile
from turntoward.core.events import RitualAnswered
from turntoward.core.rules import Ritual, Rulebook

pytestmark = pytest.mark.integration

HUG = {"ritual": "reunion_hug", "title": "Hug"}
TEA = {"ritual": "evening_tea", "title": "Tea", "answers": ["done"]}
SENSOR = "sensor.turntoward_reunion_hug"


@contextmanager
def service(broker: Mosquitto, *rituals: dict[str, Any]) -> Iterator[tuple[Home, TileChannel]]:
    settings = household(broker.port)
    ours = Home(settings)
    book = Rulebook(rituals=tuple(Ritual.model_validate(r) for r in rituals))
    channel = build(Reach(settings, book, ours.clock, ours.mqtt))
    assert channel is not None
    ours.mqtt.start()
    try:
        yield ours, channel
    finally:
        ours.mqtt.stop()


def test_the_life_of_a_tile(home: HomeAssistant, home_broker: Mosquitto) -> None:
    with service(home_broker, HUG, TEA) as (ours, channel):
        home.wait_state(SENSOR, "idle")
        home.wait_state("binary_sensor.turntoward_connection", "on")
        valid_until = ours.clock.now() + timedelta(minutes=5)
        channel.deliver(SetTile("1", "reunion_hug", "hug/1", "offered", "Welcome home.", None, valid_until))
        shown = home.wait_state(SENSOR, "offered")
        assert shown["attributes"]["text"] == "Welcome home."
        assert shown["attributes"]["title"] == "Hug"
        for what in ("start", "done", "not_today"):
            home.call("button", "press", entity_id=f"button.turntoward_reunion_hug_{what}")
        home.call("button", "press", entity_id="button.turntoward_evening_tea_done")
        ours.inbox.wait_for(
            RitualAnswered("reunion_hug", "start"),
            RitualAnswered("reunion_hug", "done"),
            RitualAnswered("reunion_hug", "not_today"),
            RitualAnswered("evening_tea", "done"),
        )
        assert home.state("button.turntoward_evening_tea_not_today") is None
    home.wait_state(SENSOR, "unavailable")
    home.wait_state("binary_sensor.turntoward_connection", "off")
    with service(home_broker, TEA):
        home.wait_state("sensor.turntoward_evening_tea", "idle")
        eventually(lambda: home.state(SENSOR) is None, "the tile of what was switched off went")
        eventually(lambda: home.state("button.turntoward_reunion_hug_done") is None, "and its buttons")
