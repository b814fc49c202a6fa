"""The whole line with a real broker and the real process: presence comes in, one line goes out, and why is known."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.peers.mosquitto import Mosquitto
from tests.service import PAUSE, Process, command, until

pytestmark = pytest.mark.integration

CONFIG = """
partners: [{{name: Alex}}, {{name: Sam}}]
agreed: [Alex, Sam]
quiet_hours: "00:00-00:00"
mqtt: {{host: 127.0.0.1, port: {port}, keepalive: 5s}}
signals: {{entry_door: {{}}, guests: {{}}}}
limits: {{min_gap: 0, prompts_per_day: 50}}
presence:
  {{dwell_door: 0.2s, dwell_plain: 0.4s, away_dwell: 0.3s, min_apart: 1s, startup_hold: {hold}, joint_in: 0,
   joint_out: 0, hold_stable: 0, voice_ttl: 5s, require_door: {door}}}
rituals:
  reunion_hug: {{offer: {{after: 0.5s, valid_for: 20s}}, limits: {{cooldown: 0, per_day: 50}}}}
data_dir: data
log_level: debug
"""


class Listener:
    """Hears everything below turntoward/, and tells what the home has to tell."""

    def __init__(self, broker: Mosquitto) -> None:
        self.heard: list[tuple[str, str, bool]] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2, "the-home")
        self._client.on_message = lambda c, u, m: self.heard.append(
            (m.topic, m.payload.decode("utf-8", "replace"), m.retain)
        )
        self._client.on_connect = lambda c, *_: c.subscribe("turntoward/#", qos=1)
        self._client.reconnect_delay_set(1, 1)
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()
        until(self._client.is_connected)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def tell(self, topic: str, payload: str, retain: bool = False) -> None:
        self._client.publish(f"turntoward/{topic}", payload, qos=1, retain=retain).wait_for_publish(5)

    def on(self, topic: str) -> list[str]:
        return [payload for name, payload, _ in self.heard if name == f"turntoward/{topic}"]

    def said(self) -> list[dict[str, Any]]:
        return [json.loads(payload) for payload in self.on("announce")]


@pytest.fixture
def home(make_mosquitto: Callable[..., Mosquitto]) -> Iterator[tuple[Mosquitto, Listener]]:
    broker = make_mosquitto(persistence=True)
    listener = Listener(broker)
    yield broker, listener
    listener.close()


def config(folder: Path, broker: Mosquitto, hold: str = "0.2s", door: str = "false") -> Path:
    path = folder / "household.yaml"
    path.write_text(CONFIG.format(port=broker.port, hold=hold, door=door), "utf-8")
    return path


def both_leave(home: Listener, service: Process) -> None:
    until(lambda: "online" in home.on("status"), what="status online")
    PAUSE.wait(0.3)  # the hold after connecting
    home.tell("presence/alex", "not_home")
    home.tell("presence/sam", "work")
    PAUSE.wait(1.6)  # away, and apart for longer than min_apart


def said_once(home: Listener) -> None:
    until(home.said, what="the line")
    PAUSE.wait(1.0)
    assert len(home.said()) == 1


def test_one_line_once_and_everything_tells_of_it(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    path = config(tmp_path, broker, door="true")
    with Process(path) as service:
        both_leave(listener, service)
        listener.tell("signal/entry_door", "on")
        listener.tell("presence/alex", "home")
        PAUSE.wait(0.6)
        assert listener.said() == []
        listener.tell("presence/sam", "home")
        until(listener.said, what="the line")
        until(lambda: "offered" in listener.on("ritual/reunion_hug/state"), what="the tile")
        PAUSE.wait(1.5)
        said = listener.said()
        assert len(said) == 1
        assert set(said[0]) == {"id", "ritual", "text", "chime", "language", "rooms", "valid_until"}
        assert said[0]["chime"] is False
        assert said[0]["ritual"] == "reunion_hug"
        assert said[0]["language"] == "en"
        listener.tell("ritual/reunion_hug/answer", "done")
        until(lambda: "done" in listener.on("ritual/reunion_hug/state"), what="done on the tile")
        assert service.stop() == 0
    until(lambda: listener.on("status")[-1] == "offline", what="status offline")
    assert [json.loads(e)["step"] for e in listener.on("event")] == ["offered", "done"]
    journal = [json.loads(line) for line in command("journal", "--config", str(path), "--json").splitlines()]
    speech = [a for entry in journal for a in entry["actions"] if a["channel"] == "speaker"]
    assert [(a["text"], a["status"]) for a in speech] == [(said[0]["text"], "delivered")]
    reasons = command("why", "--config", str(path))
    assert "you are both home again after having been apart" in reasons
    assert said[0]["text"] in reasons
    assert "Traceback" not in service.log()


def test_kill_9_between_the_arrivals(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    with Process(config(tmp_path, broker)) as service:
        both_leave(listener, service)
        listener.tell("presence/alex", "home")
        PAUSE.wait(0.6)
        service.kill()
        until(lambda: listener.on("status")[-1] == "offline", what="the last will")
        service.start()
        until(lambda: listener.on("status")[-1] == "online", what="status online")
        PAUSE.wait(0.3)
        listener.tell("presence/sam", "home")
        said_once(listener)
        assert service.stop() == 0


def test_kill_9_while_the_people_put_their_bags_down(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    with Process(config(tmp_path, broker)) as service:
        both_leave(listener, service)
        listener.tell("presence/alex", "home", retain=True)
        listener.tell("presence/sam", "home", retain=True)
        until(lambda: "reunion_hug is due" in service.log(), what="due")
        service.kill()
        service.start()
        until(listener.said, what="the line")
        service.kill()
        service.start()
        until(lambda: listener.on("status").count("online") >= 3, what="online again")
        PAUSE.wait(2.0)
        assert len(listener.said()) == 1
        assert service.stop() == 0


def test_a_restart_does_not_greet_those_who_were_home_all_along(
    tmp_path: Path, home: tuple[Mosquitto, Listener]
) -> None:
    broker, listener = home
    listener.tell("presence/alex", "home", retain=True)
    listener.tell("presence/sam", "home", retain=True)
    with Process(config(tmp_path, broker)) as service:
        for starts in (1, 2, 3):
            until(lambda n=starts: listener.on("status").count("online") == n, what="online")
            PAUSE.wait(1.5)
            service.kill()
            service.start()
    assert listener.said() == []


def test_the_broker_restarts_between_the_arrivals(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    """G13 with the broker in the place of Home Assistant."""
    broker, listener = home
    with Process(config(tmp_path, broker)) as service:
        both_leave(listener, service)
        listener.tell("presence/alex", "home")
        PAUSE.wait(0.6)
        broker.restart()
        until(lambda: listener.on("status").count("online") >= 2, what="online again")
        PAUSE.wait(0.5)
        listener.tell("presence/sam", "home")
        said_once(listener)
        assert service.stop() == 0


def test_g26_the_broker_is_down_before_the_delivery(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    with Process(config(tmp_path, broker)) as service:
        both_leave(listener, service)
        listener.tell("presence/alex", "home")
        listener.tell("presence/sam", "home")
        until(lambda: "reunion_hug is due" in service.log(), what="due")
        broker.kill()
        service.wait_log("did not reach you and does not count")
        broker.start()
        until(lambda: "online" in listener.on("status")[-1:], what="online again")
        PAUSE.wait(2.0)
        assert listener.said() == []
        assert "offered" not in listener.on("ritual/reunion_hug/state")
        listener.tell("presence/sam", "not_home")
        PAUSE.wait(1.6)
        listener.tell("presence/sam", "home")
        until(listener.said, what="the next one, because a line that was not said does not count")
        assert service.stop() == 0


def test_g27_found_at_home_after_a_long_outage(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    path = config(tmp_path, broker)
    path.write_text(path.read_text("utf-8").replace("hold_stable: 0,", "hold_stable: 0, stale_event: 1s,"), "utf-8")
    with Process(path) as service:
        both_leave(listener, service)
        listener.tell("presence/alex", "home", retain=True)
        PAUSE.wait(0.6)
        service.stop()
        listener.tell("presence/sam", "home", retain=True)
        PAUSE.wait(1.5)
        service.start()
        until(lambda: listener.on("status")[-1] == "online", what="online")
        PAUSE.wait(2.5)
        assert listener.said() == []
        assert service.stop() == 0


def test_nothing_before_both_agreed_and_it_says_so(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    path = config(tmp_path, broker)
    path.write_text(path.read_text("utf-8").replace("agreed: [Alex, Sam]", "agreed: [Alex]"), "utf-8")
    with Process(path) as service:
        both_leave(listener, service)
        listener.tell("presence/alex", "home")
        listener.tell("presence/sam", "home")
        PAUSE.wait(2.0)
        assert listener.said() == []
        assert "nothing will be offered until both have agreed" in service.log()
        assert service.stop() == 0
    assert "you have not both agreed yet" in command("why", "--config", str(path))


def test_g42_a_withdrawn_agreement_ends_it_within_seconds(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    path = config(tmp_path, broker)
    with Process(path) as service:
        both_leave(listener, service)
        listener.tell("presence/alex", "home")
        text = path.read_text("utf-8")
        path.write_text(text.replace("agreed: [Alex, Sam]", "agreed: [Alex]"), "utf-8")
        service.wait_log("taken over: agreed", 5)
        listener.tell("presence/sam", "home")
        PAUSE.wait(2.0)
        assert listener.said() == []
        path.write_text(text, "utf-8")
        until(lambda: service.log().count("taken over: agreed") == 2, 5, "taking it over")
        listener.tell("presence/sam", "not_home")
        PAUSE.wait(1.6)
        listener.tell("presence/sam", "home")
        until(listener.said, what="the line, because both agree again")
        assert service.stop() == 0


def test_a_withdrawn_agreement_takes_an_offer_off_the_tile(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    path = config(tmp_path, broker)
    with Process(path) as service:
        both_leave(listener, service)
        listener.tell("presence/alex", "home")
        listener.tell("presence/sam", "home")
        until(lambda: listener.on("ritual/reunion_hug/state")[-1:] == ["offered"], what="the offer")
        path.write_text(path.read_text("utf-8").replace("agreed: [Alex, Sam]", "agreed: []"), "utf-8")
        until(lambda: listener.on("ritual/reunion_hug/state")[-1] == "idle", 6, "an empty tile")
        assert service.stop() == 0


def test_a_wrong_change_changes_nothing_and_is_told(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    path = config(tmp_path, broker)
    with Process(path) as service:
        both_leave(listener, service)
        listener.tell("presence/alex", "home")
        text = path.read_text("utf-8")
        path.write_text(text.replace("agreed:", "agred:"), "utf-8")
        service.wait_log("did you mean 'agreed'?", 6)
        service.wait_log("going on as before")
        path.write_text(text + "language: de\n", "utf-8")
        service.wait_log("these changes wait for a restart: language", 6)
        listener.tell("presence/sam", "home")
        until(listener.said, what="the line")
        assert listener.said()[0]["language"] == "en"
        assert service.stop() == 0


def test_bad_messages_do_not_stop_a_good_one(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    with Process(config(tmp_path, broker)) as service:
        both_leave(listener, service)
        client = listener._client
        for topic in ("presence/alex", "signal/guests", "ritual/reunion_hug/answer", "ritual/nope/answer"):
            for payload in (b"\xff\xfe\x00", b"x" * 200_000, b"{" * 3000, b"", b"null", b"[1,2]", b"\x00"):
                client.publish(f"turntoward/{topic}", payload, qos=1)
        listener.tell("ritual/reunion_hug/answer", "done", retain=True)
        listener.tell("signal/guests", "off")
        listener.tell("presence/alex", "not_home")
        PAUSE.wait(1.5)
        listener.tell("presence/alex", "home")
        listener.tell("presence/sam", "home")
        until(listener.said, what="the line")
        assert service.stop() == 0
    assert "Traceback" not in service.log()


def test_a_refused_password_is_named_and_the_service_waits(
    tmp_path: Path, make_mosquitto: Callable[..., Mosquitto]
) -> None:
    broker = make_mosquitto(users={"turntoward": "right-password"})
    path = config(tmp_path, broker)
    mqtt = f"mqtt: {{host: 127.0.0.1, port: {broker.port}, username: turntoward}}"
    lines = [mqtt if line.startswith("mqtt:") else line for line in path.read_text("utf-8").splitlines()]
    path.write_text("\n".join(lines), "utf-8")
    with Process(path, TURNTOWARD_MQTT_PASSWORD="wrong-canary") as service:
        service.wait_log("turntoward")
        until(lambda: "password" in service.log(), what="a word about the password")
        assert service.running
        assert service.stop() == 0
    assert "wrong-canary" not in service.log()
    with Process(path, TURNTOWARD_MQTT_PASSWORD="right-password") as service:
        until(lambda: broker.retained("turntoward/status").get("turntoward/status") == b"online", what="online")
        assert service.stop() == 0
    assert "right-password" not in service.log()


def test_a_second_service_on_the_same_data_is_refused(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    path = config(tmp_path, broker)
    with Process(path) as service:
        until(lambda: "online" in listener.on("status"), what="online")
        assert "another Turntoward is running with this data folder" in command("run", "--config", str(path), code=1)
        assert service.running


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="needs a small disk of its own to fill")
def test_a_full_disk_silences_and_says_so_and_nothing_is_lost(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    path = config(tmp_path, broker)
    disk = tmp_path / "data"
    disk.mkdir()
    if os.system(f"mount -t tmpfs -o size=1M tmpfs {disk} 2>/dev/null") != 0:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with Process(path) as service:
            both_leave(listener, service)
            (disk / "filler").write_bytes(b"x" * os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize)
            until(lambda: _refused(service, listener), what="the word about the full disk")
            assert service.running
            (disk / "filler").unlink()
            service.wait_log("the journal can be written again")
            assert service.stop() == 0
        with closing(sqlite3.connect(disk / "journal.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        os.system(f"umount {disk}")


def _refused(service: Process, listener: Listener) -> bool:
    listener.tell("signal/guests", "on")
    listener.tell("signal/guests", "off")
    return "nothing is decided until it can" in service.log()


def test_sigint_ends_it_cleanly(tmp_path: Path, home: tuple[Mosquitto, Listener]) -> None:
    broker, listener = home
    with Process(config(tmp_path, broker)) as service:
        until(lambda: "online" in listener.on("status"), what="online")
        os.kill(service.pid, signal.SIGINT)
        until(lambda: not service.running, what="the end")
        assert service.exit_code == 0
    until(lambda: listener.on("status")[-1] == "offline", what="offline")
