"""The broker configuration we ship, with a real Mosquitto: nobody but the service may write its states."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.peers.mosquitto import Mosquitto

ACL = Path(__file__).parents[2] / "config" / "mosquitto" / "acl"
USERS = {"turntoward": "t", "homeassistant": "h", "devices": "d"}
pytestmark = pytest.mark.integration


def allowed(broker: Mosquitto, user: str, topic: str) -> bool:
    """Whether a broker takes a message of an account; MQTT 5 says so in the acknowledgement."""
    told: list[bool] = []
    done = threading.Event()
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv5)
    client.username_pw_set(user, USERS[user])

    def acknowledged(_c: object, _u: object, _mid: int, reason: object, _p: object) -> None:
        told.append(not reason.is_failure)  # type: ignore[attr-defined]
        done.set()

    client.on_publish = acknowledged
    client.on_connect = lambda c, *_: c.publish(topic, "x", qos=1)
    client.connect(broker.host, broker.port)
    client.loop_start()
    assert done.wait(5), "the broker did not answer"
    client.disconnect()
    client.loop_stop()
    return told[0]


@pytest.mark.parametrize(
    ("topic", "who"),
    [
        ("turntoward/status", {"turntoward"}),
        ("turntoward/announce", {"turntoward"}),
        ("turntoward/event", {"turntoward"}),
        ("turntoward/ritual/reunion_hug/state", {"turntoward"}),
        ("turntoward/ritual/reunion_hug/attributes", {"turntoward"}),
        ("turntoward/ritual/reunion_hug/answer", {"turntoward", "homeassistant"}),
        ("turntoward/answer", {"turntoward", "homeassistant"}),
        ("turntoward/home", {"turntoward"}),
        ("turntoward/reply", {"turntoward"}),
        ("turntoward/devices", {"turntoward"}),
        ("turntoward/quiet/set", {"turntoward", "homeassistant"}),
        ("turntoward/season", {"turntoward"}),
        ("turntoward/season/set", {"turntoward", "homeassistant"}),
        ("turntoward/scene/dinner", {"turntoward"}),
        ("turntoward/tag", {"turntoward", "homeassistant", "devices"}),
        ("turntoward/presence/alex", {"turntoward", "homeassistant", "devices"}),
        ("turntoward/signal/entry_door", {"turntoward", "homeassistant", "devices"}),
        ("homeassistant/device/turntoward/config", {"turntoward", "homeassistant", "devices"}),
    ],
)
def test_who_may_write_what(make_mosquitto: Callable[..., Mosquitto], topic: str, who: set[str]) -> None:
    broker = make_mosquitto(users=USERS, acl=ACL.read_text("utf-8"))
    assert {user for user in USERS if allowed(broker, user, topic)} == who
