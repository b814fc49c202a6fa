"""`make run` as somebody meets it: the demo config, the embedded broker, an evening, and a try of one's own."""

from __future__ import annotations

from pathlib import Path

import paho.mqtt.publish as publish
import pytest
from paho.mqtt.client import MQTTv311

from tests.peers.ports import free_port
from tests.service import Process, command, until

DEMO = Path(__file__).parents[2] / "config" / "demo.yaml"
pytestmark = pytest.mark.integration


def test_the_demo_lives_an_evening_and_takes_an_answer(tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "demo.yaml"
    text = DEMO.read_text("utf-8")
    assert "port: 18883" in text
    # A minute is too long for a test: the same evening, three times as fast.
    config.write_text(text.replace("port: 18883", f"port: {port}").replace("speed: 60", "speed: 180"), "utf-8")
    with Process(config) as demo:
        demo.wait_log("🏠 sam is home", 40)
        demo.wait_log("🔊 the speaker says:")
        demo.wait_log("That was the evening. Your turn")
        assert demo.log().count("🔊 the speaker says:") == 1
        publish.single(
            "turntoward/ritual/reunion_hug/answer", "done", qos=1, hostname="127.0.0.1", port=port, protocol=MQTTv311
        )
        demo.wait_log("reunion_hug is done")
        assert "you are both home again" in command("why", "--config", str(config))
        assert demo.stop() == 0
    assert "Traceback" not in demo.log()


def test_the_demo_finds_another_port_when_its_own_is_taken(tmp_path: Path, mosquitto: object) -> None:
    config = tmp_path / "demo.yaml"
    taken = mosquitto.port  # type: ignore[attr-defined]
    config.write_text(DEMO.read_text("utf-8").replace("port: 18883", f"port: {taken}"), "utf-8")
    with Process(config) as demo:
        demo.wait_log("connected to the MQTT broker", 30)
        until(lambda: f"port {taken} is taken" in demo.log(), what="a word about the port")
        assert demo.stop() == 0
