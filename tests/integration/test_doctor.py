"""`turntoward doctor` with a real Home Assistant and real brokers: what it finds, and that it disturbs nobody."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.integration.test_homeassistant_listener import member_token
from tests.peers.homeassistant import HomeAssistant
from tests.peers.mosquitto import Mosquitto
from tests.peers.ports import free_port
from tests.service import PAUSE, Process, until
from turntoward.adapters.broker import EmbeddedBroker
from turntoward.cli import app

pytestmark = pytest.mark.integration

ACL = Path(__file__).parents[2] / "config" / "mosquitto" / "acl"
USERS = {"turntoward": "t", "homeassistant": "h", "devices": "d"}
CONFIG = """
partners:
  - {{name: Alex, presence: person.alex, phone: notify.mobile_app_alex_phone}}
  - {{name: Sam, presence: person.sam}}
agreed: [Alex, Sam]
mqtt: {{host: 127.0.0.1, port: {mqtt}{login}}}
homeassistant: {{url: "{url}"}}
speakers:
  kitchen: {{entity: media_player.kitchen_speaker, tts: tts.test_voice}}
signals: {{entry_door: binary_sensor.front_door}}
rituals: [reunion_hug]
"""
NO_HOME = """
partners: [{{name: Alex}}, {{name: Sam}}]
agreed: [Alex, Sam]
mqtt: {{host: 127.0.0.1, port: {mqtt}{login}}}
rituals: [reunion_hug]
"""


def config(folder: Path, mqtt: int, url: str = "", login: str = "", text: str = CONFIG) -> Path:
    path = folder / "household.yaml"
    path.write_text(text.format(mqtt=mqtt, url=url, login=login), "utf-8")
    return path


def doctor(path: Path, token: str = "") -> list[dict[str, Any]]:
    words = ["doctor", "--json", "--config", str(path)]
    done = CliRunner().invoke(app, words, env={"TURNTOWARD_HA_TOKEN": token}, catch_exceptions=False)
    assert not done.stderr, done.stderr
    assert not token or token not in done.stdout
    found = [json.loads(line) for line in done.stdout.splitlines()]
    worst = any(finding["level"] == "problem" for finding in found)
    assert done.exit_code == int(worst)
    return found


def troubles(found: list[dict[str, Any]], *but: str) -> list[str]:
    """What is not well, without some checks."""
    return [f"{f['check']}: {f['text']}" for f in found if f["level"] != "ok" and f["check"] not in but]


def test_a_home_that_is_well_while_the_service_runs_beside_it(tmp_path: Path, home: HomeAssistant) -> None:
    assert home.broker is not None
    path = config(tmp_path, home.broker.port, home.url)
    with Process(path, TURNTOWARD_HA_TOKEN=home.token) as running:
        running.wait_log("connected to Home Assistant")
        home.wait_state("sensor.turntoward_reunion_hug", "idle")
        until(lambda: (tmp_path / "data" / "alive").exists(), what="the first sign of life")
        before = running.log()
        found = doctor(path, home.token)
        PAUSE.wait(1)
        assert running.log() == before, "the service notices nothing"
        assert not [topic for topic in home.broker.retained() if "doctor" in topic], "nothing is left on the broker"
        assert running.stop() == 0
    # a broker for tests lets everybody in, and the home is too young for a history of a week
    assert troubles(found, "habits", "strangers") == []
    assert any("Home Assistant has" in f["text"] for f in found if f["check"] == "discovery")
    assert "the service is running" in [f["text"] for f in found]


def test_what_people_do_to_the_entities_is_told(
    tmp_path: Path, mosquitto: Mosquitto, make_home: Callable[..., HomeAssistant]
) -> None:
    home = make_home(broker=mosquitto)  # of its own: Home Assistant remembers a new name for ever
    path = config(tmp_path, mosquitto.port, home.url)
    hug, done = "sensor.turntoward_reunion_hug", "button.turntoward_reunion_hug_done"
    with Process(path, TURNTOWARD_HA_TOKEN=home.token) as running:
        home.wait_state(hug, "idle", timeout=30)
        until(lambda: home.state(done), what="the button")
        home.api.command("config/entity_registry/update", entity_id=hug, new_entity_id="sensor.our_hug")
        home.api.command("config/entity_registry/update", entity_id=done, disabled_by="user")
        until(lambda: home.state("sensor.our_hug"), what="the new name")
        told = troubles(doctor(path, home.token))
        assert running.stop() == 0
    assert f"discovery: {hug} is called sensor.our_hug in your home" in told
    assert f"discovery: {done} is disabled in Home Assistant" in told


def test_a_token_that_is_wrong_and_one_that_is_no_administrators(tmp_path: Path, home: HomeAssistant) -> None:
    assert home.broker is not None
    path = config(tmp_path, home.broker.port, home.url)
    (refused,) = [f for f in doctor(path, "wrong-canary-token") if f["check"] == "home_assistant"]
    assert (refused["level"], "does not accept the token" in refused["text"]) == ("problem", True)
    assert "no administrator" in " ".join(troubles(doctor(path, member_token(home))))


def test_home_assistant_is_not_there(tmp_path: Path, mosquitto: Mosquitto) -> None:
    found = doctor(config(tmp_path, mosquitto.port, f"http://127.0.0.1:{free_port()}"), "token")
    assert [f["check"] for f in found if f["level"] == "problem"] == ["home_assistant"]
    assert "nothing answers at its address" in " ".join(troubles(found))


def test_entities_phones_and_speakers_that_are_not_there(tmp_path: Path, home: HomeAssistant) -> None:
    assert home.broker is not None
    path = config(tmp_path, home.broker.port, home.url)
    wrong = path.read_text("utf-8")
    for right, misspelt in (("person.sam", "person.sma"), ("alex_phone", "alex_phon"), ("tts.test", "tts.tset")):
        wrong = wrong.replace(right, misspelt)
    path.write_text(wrong, "utf-8")
    advice = {f["text"]: f["advice"] for f in doctor(path, home.token) if f["level"] == "problem"}
    assert "did you mean person.sam" in advice["presence of Sam: Home Assistant has no person.sma"]
    phone = advice["phone of Alex: Home Assistant has no action notify.mobile_app_alex_phon"]
    assert "notify.mobile_app_alex_phone" in phone
    assert "tts.test_voice" in advice["voice in kitchen: Home Assistant has no tts.tset_voice"]


def test_home_assistant_is_at_another_broker(tmp_path: Path, home: HomeAssistant, mosquitto: Mosquitto) -> None:
    told = troubles(doctor(config(tmp_path, mosquitto.port, home.url), home.token))
    assert "discovery: what Home Assistant publishes on turntoward/signal/doctor does not arrive here" in told


def test_home_assistant_knows_no_broker(tmp_path: Path, home: HomeAssistant, mosquitto: Mosquitto) -> None:
    (entry,) = [e["entry_id"] for e in home.api.command("config_entries/get") if e["domain"] == "mqtt"]
    home.api.command("config_entries/disable", entry_id=entry, disabled_by="user")
    try:
        told = troubles(doctor(config(tmp_path, mosquitto.port, home.url), home.token))
    finally:
        home.api.command("config_entries/disable", entry_id=entry, disabled_by=None)
        home.wait_mqtt()
    assert "discovery: Home Assistant has no MQTT: it cannot see our entities" in told


def test_the_broker_is_not_there(tmp_path: Path) -> None:
    told = troubles(doctor(config(tmp_path, free_port(), text=NO_HOME)))
    assert any("broker: there is no broker at 127.0.0.1" in line for line in told)


def test_something_else_than_a_broker_answers(tmp_path: Path, home: HomeAssistant) -> None:
    told = troubles(doctor(config(tmp_path, home.port, text=NO_HOME)))
    assert any("does not speak MQTT" in line or "there is no broker" in line for line in told)


@pytest.mark.parametrize("login", [", username: turntoward, password: wrong", ""])
def test_the_broker_does_not_let_us_in(tmp_path: Path, make_mosquitto: Callable[..., Mosquitto], login: str) -> None:
    broker = make_mosquitto(users=USERS, acl=ACL.read_text("utf-8"))
    found = doctor(config(tmp_path, broker.port, login=login, text=NO_HOME))
    (told,) = [f for f in found if f["check"] == "broker"]
    assert (told["level"], "refuses" in told["text"]) == ("problem", True)
    assert "wrong" not in told["text"]


def test_the_access_list_we_ship_gives_us_all_we_need_and_keeps_strangers_out(
    tmp_path: Path, make_mosquitto: Callable[..., Mosquitto]
) -> None:
    broker = make_mosquitto(users=USERS, acl=ACL.read_text("utf-8"))
    found = doctor(config(tmp_path, broker.port, login=", username: turntoward, password: t", text=NO_HOME))
    assert troubles(found, "heartbeat", "household") == []
    assert {"broker", "rights", "strangers"} <= {f["check"] for f in found}


@pytest.mark.parametrize(
    ("acl", "told"),
    [
        ("topic read #", "refuses to take 'turntoward/doctor'"),
        ("topic write turntoward/#\ntopic readwrite homeassistant/#", "does not come back to us"),
        ("topic readwrite turntoward/#", "Home Assistant would learn of no entity of ours"),
    ],
)
def test_an_access_list_that_keeps_something_from_us(
    tmp_path: Path, make_mosquitto: Callable[..., Mosquitto], acl: str, told: str
) -> None:
    broker = make_mosquitto(users=USERS, acl=f"user turntoward\n{acl}\n")
    found = doctor(config(tmp_path, broker.port, login=", username: turntoward, password: t", text=NO_HOME))
    assert [f for f in found if f["check"] == "rights" and f["level"] == "problem" and told in f["text"]]


def test_a_broker_for_everybody_is_noticed(tmp_path: Path, mosquitto: Mosquitto) -> None:
    (told,) = [f for f in doctor(config(tmp_path, mosquitto.port, text=NO_HOME)) if f["check"] == "strangers"]
    assert (told["level"], "without an account" in told["text"]) == ("notice", True)


def test_what_a_ritual_left_behind_is_noticed(tmp_path: Path, mosquitto: Mosquitto) -> None:
    mosquitto.publish("turntoward/ritual/tea/state", "idle", retain=True)
    told = troubles(doctor(config(tmp_path, mosquitto.port, text=NO_HOME)))
    assert "left_overs: the broker still keeps what the ritual 'tea' showed, which is not on" in told


def test_a_file_that_is_wrong_is_told_as_check_tells_it(tmp_path: Path) -> None:
    path = tmp_path / "household.yaml"
    path.write_text("partners: [{name: Alex}]\nmqtt: {}\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "turntoward", "doctor", "--config", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "two partners are expected" in done.stderr


def test_a_broker_of_another_make(tmp_path: Path) -> None:
    broker = EmbeddedBroker(free_port())
    broker.start()
    try:
        found = doctor(config(tmp_path, broker.port, text=NO_HOME))
    finally:
        broker.stop()
    assert troubles(found, "heartbeat", "household", "strangers", "discovery") == []
    assert {"broker", "rights"} <= {f["check"] for f in found}
