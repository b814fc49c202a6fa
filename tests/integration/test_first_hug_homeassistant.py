"""The whole line with a real Home Assistant: two phones move, a speaker speaks once, tiles and buttons work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.coming_home import both_leave, enter
from tests.peers.homeassistant import HomeAssistant
from tests.service import PAUSE, Process, command, until

pytestmark = pytest.mark.integration

CONFIG = """
partners:
  - {{name: Alex, presence: person.alex}}
  - {{name: Sam, presence: person.sam}}
agreed: [Alex, Sam]
quiet_hours: "00:00-00:00"
mqtt: {{host: 127.0.0.1, port: {mqtt}, keepalive: 5s}}
homeassistant: {{url: "{url}"}}
speakers:
  kitchen: {{entity: media_player.kitchen_speaker, tts: tts.test_voice}}
signals:
  entry_door: binary_sensor.front_door
  guests: input_boolean.guests
  asleep.alex: binary_sensor.bed_alex
limits: {{min_gap: 0, prompts_per_day: 50}}
presence:
  {{dwell_door: 0.2s, dwell_plain: 0.6s, away_dwell: 0.4s, min_apart: 1s, startup_hold: {hold}, joint_in: 0,
   joint_out: 0, hold_stable: {stable}, voice_ttl: {voice_ttl}, stale_event: {stale}, door_lookback: 60s}}
rituals:
  reunion_hug: {{offer: {{after: {settle}, valid_for: 60s}}, limits: {{cooldown: 0, per_day: 50}}}}
data_dir: data
log_level: debug
"""
STATE, DONE, NOT_TODAY = (
    "sensor.turntoward_reunion_hug",
    "button.turntoward_reunion_hug_done",
    "button.turntoward_reunion_hug_not_today",
)


def config(folder: Path, home: HomeAssistant, **changes: str) -> Path:
    usual = {"hold": "0.3s", "stable": "0", "voice_ttl": "8s", "stale": "120s", "settle": "0.5s"}
    assert home.broker is not None
    path = folder / "household.yaml"
    path.write_text(CONFIG.format(url=home.url, mqtt=home.broker.port, **{**usual, **changes}), "utf-8")
    return path


def service(path: Path, home: HomeAssistant) -> Process:
    return Process(path, TURNTOWARD_HA_TOKEN=home.token)


def ready(running: Process, times: int = 1) -> None:
    until(lambda: running.log().count("connected to Home Assistant") >= times, 40, "the connection")
    PAUSE.wait(0.6)


def spoken(home: HomeAssistant) -> list[dict[str, object]]:
    return home.calls("media_player", "media_player.kitchen_speaker")


def spoken_once(home: HomeAssistant) -> None:
    until(lambda: spoken(home), what="the spoken line")
    PAUSE.wait(1.0)
    assert len(spoken(home)) == 1


def test_two_phones_come_home_and_the_speaker_says_one_line(tmp_path: Path, home: HomeAssistant) -> None:
    path = config(tmp_path, home)
    with service(path, home) as running:
        ready(running)
        both_leave(home)
        enter(home, "alex")
        PAUSE.wait(1.0)
        assert spoken(home) == []
        enter(home, "sam")
        until(lambda: spoken(home), what="the spoken line")
        home.wait_state(STATE, "offered")
        PAUSE.wait(1.5)
        assert len(spoken(home)) == 1
        voice = home.calls("tts")
        lines = {line for entry in voice if isinstance(line := entry["message"], str)}
        home.call("button", "press", entity_id=DONE)
        home.wait_state(STATE, "done")
        assert running.stop() == 0
    home.wait_state(STATE, "unavailable")
    reasons = command("why", "--config", str(path))
    assert "you are both home again after having been apart" in reasons
    journal = [json.loads(line) for line in command("journal", "--config", str(path), "--json").splitlines()]
    speech = [a for entry in journal for a in entry["actions"] if a["channel"] == "speaker"]
    assert [a["status"] for a in speech] == ["delivered"]
    assert not lines or lines == {speech[0]["text"]}
    assert home.token not in running.log()
    assert "Traceback" not in running.log()


def test_one_device_with_a_sensor_and_buttons_for_the_ritual(tmp_path: Path, home: HomeAssistant) -> None:
    with service(config(tmp_path, home), home) as running:
        ready(running)
        home.wait_state(STATE, "idle")
        devices = [d for d in home.device_registry() if d["manufacturer"] == "Turntoward"]
        assert len(devices) == 1
        entities = {e["entity_id"] for e in home.entity_registry() if e["device_id"] == devices[0]["id"]}
        assert {STATE, DONE, NOT_TODAY} <= entities
        home.call("button", "press", entity_id=NOT_TODAY)
        home.wait_state(STATE, "not_today")
        both_leave(home)
        enter(home, "alex")
        enter(home, "sam")
        PAUSE.wait(2.0)
        assert spoken(home) == []
        assert running.stop() == 0
    assert "closed it until tomorrow" in command("why", "reunion_hug", "--config", str(tmp_path / "household.yaml"))


def test_g14_guests(tmp_path: Path, home: HomeAssistant) -> None:
    home.call("input_boolean", "turn_on", entity_id="input_boolean.guests")
    path = config(tmp_path, home)
    with service(path, home) as running:
        ready(running)
        both_leave(home)
        enter(home, "alex")
        enter(home, "sam")
        until(lambda: "there are guests" in running.log(), what="the reason")
        PAUSE.wait(1.0)
        assert spoken(home) == []
        assert home.wait_state(STATE, "idle")
        assert running.stop() == 0
    assert "there are guests" in command("why", "--config", str(path))


def test_a_phone_that_moves_without_a_door_is_not_believed(tmp_path: Path, home: HomeAssistant) -> None:
    """G07: a GPS drift while the phone lies on the desk."""
    path = config(tmp_path, home)
    with service(path, home) as running:
        ready(running)
        home.move("alex", "not_home")
        PAUSE.wait(1.8)
        home.move("alex", "home")
        PAUSE.wait(2.0)
        assert spoken(home) == []
        assert running.stop() == 0
    assert "no entry door was opened" in command("why", "--config", str(path))


def test_g09_the_service_restarts_between_the_arrivals(tmp_path: Path, home: HomeAssistant) -> None:
    with service(config(tmp_path, home), home) as running:
        ready(running)
        both_leave(home)
        enter(home, "alex")
        PAUSE.wait(1.0)
        running.kill()
        running.start()
        ready(running, times=2)
        enter(home, "sam")
        spoken_once(home)
        assert running.stop() == 0


def test_g10_the_service_is_down_across_the_arrival(tmp_path: Path, home: HomeAssistant) -> None:
    with service(config(tmp_path, home, stale="1s"), home) as running:
        ready(running)
        both_leave(home)
        enter(home, "alex")
        PAUSE.wait(1.0)
        running.kill()
        enter(home, "sam")
        PAUSE.wait(1.5)
        running.start()
        ready(running, times=2)
        PAUSE.wait(2.0)
        assert spoken(home) == []
        assert running.stop() == 0


def test_g11_a_very_short_restart_at_the_arrival(tmp_path: Path, home: HomeAssistant) -> None:
    with service(config(tmp_path, home, hold="2s"), home) as running:
        ready(running)
        PAUSE.wait(2.0)
        both_leave(home)
        enter(home, "alex")
        PAUSE.wait(1.0)
        running.kill()
        enter(home, "sam")
        running.start()
        ready(running, times=2)
        assert spoken(home) == []
        until(lambda: spoken(home), what="the spoken line after the hold")
        PAUSE.wait(1.0)
        assert len(spoken(home)) == 1
        assert running.stop() == 0


def test_g12_home_assistant_restarts_while_both_are_home(tmp_path: Path, home: HomeAssistant) -> None:
    with service(config(tmp_path, home), home) as running:
        ready(running)
        home.restart()
        ready(running, times=2)
        PAUSE.wait(2.0)
        assert spoken(home) == []
        assert running.log().count("WARNING no connection to Home Assistant") == 1
        assert running.stop() == 0


def test_g13_home_assistant_restarts_between_the_arrivals(tmp_path: Path, home: HomeAssistant) -> None:
    with service(config(tmp_path, home), home) as running:
        ready(running)
        both_leave(home)
        enter(home, "alex")
        PAUSE.wait(1.0)
        home.restart()
        ready(running, times=2)
        enter(home, "sam")
        spoken_once(home)
        assert running.stop() == 0


def test_the_broker_restarts_between_the_arrivals(tmp_path: Path, home: HomeAssistant) -> None:
    with service(config(tmp_path, home), home) as running:
        ready(running)
        both_leave(home)
        enter(home, "alex")
        assert home.broker is not None
        home.broker.restart()
        home.wait_mqtt()
        enter(home, "sam")
        until(lambda: spoken(home), what="the spoken line")
        home.wait_state(STATE, "offered", timeout=30)
        assert len(spoken(home)) == 1
        assert running.stop() == 0


def test_home_assistant_is_down_before_the_delivery(tmp_path: Path, home: HomeAssistant) -> None:
    """G26 with Home Assistant in the place of the broker: dropped, told, and not made up for."""
    with service(config(tmp_path, home, voice_ttl="2s", settle="1.5s"), home) as running:
        ready(running)
        both_leave(home)
        enter(home, "alex")
        enter(home, "sam")
        until(lambda: "reunion_hug is due" in running.log(), what="due")
        home.kill()
        running.wait_log("could not be delivered in time and was dropped")
        home.start()
        ready(running, times=2)
        PAUSE.wait(2.0)
        assert spoken(home) == []
        assert running.stop() == 0


def test_a_wrong_token_is_named_and_the_rest_goes_on(tmp_path: Path, home: HomeAssistant) -> None:
    path = config(tmp_path, home)
    with Process(path, TURNTOWARD_HA_TOKEN="wrong-canary-token") as running:
        until(lambda: "token" in running.log(), what="a word about the token")
        assert running.running
        home.wait_state(STATE, "idle", timeout=20)
        assert running.stop() == 0
    assert "wrong-canary-token" not in running.log()


def test_an_entity_that_does_not_exist_is_named(tmp_path: Path, home: HomeAssistant) -> None:
    path = config(tmp_path, home)
    path.write_text(path.read_text("utf-8").replace("person.sam", "person.sma"), "utf-8")
    with service(path, home) as running:
        running.wait_log("person.sma")
        until(lambda: "person.sam" in running.log(), what="the suggestion")
        assert running.running
        assert running.stop() == 0


def test_a_misspelt_speaker_is_named_before_it_is_needed(tmp_path: Path, home: HomeAssistant) -> None:
    path = config(tmp_path, home)
    path.write_text(path.read_text("utf-8").replace("kitchen_speaker, tts: tts.test", "kitchn_speaker, tts: tts.tst"))
    with service(path, home) as running:
        running.wait_log("media_player.kitchn_speaker")
        assert "media_player.kitchen_speaker" in running.log()
        assert "tts.test_voice" in running.log()
        assert running.stop() == 0


@pytest.mark.parametrize("entity", ["media_player.gone", "media_player.broken_speaker"])
def test_a_speaker_that_does_not_work_is_told_and_the_tile_shows_it(
    tmp_path: Path, home: HomeAssistant, entity: str
) -> None:
    path = config(tmp_path, home, voice_ttl="2s")
    path.write_text(path.read_text("utf-8").replace("media_player.kitchen_speaker", entity), "utf-8")
    with service(path, home) as running:
        ready(running)
        both_leave(home)
        enter(home, "alex")
        enter(home, "sam")
        home.wait_state(STATE, "offered")
        until(lambda: "speaker: failed" in running.log() or "was dropped" in running.log(), what="a word about it")
        assert running.stop() == 0
    assert "could not be delivered" in command("why", "--config", str(path)) or "too late, dropped" in command(
        "why", "--config", str(path)
    )
