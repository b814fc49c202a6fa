"""Prove that the peers do what the other integration tests take for granted."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers import install, process
from tests.peers.api import ApiError
from tests.peers.fixtures import MakeHome, MakeMosquitto
from tests.peers.homeassistant import GUARD, HomeAssistant
from tests.peers.login import try_login
from tests.peers.mosquitto import Mosquitto
from tests.peers.ports import bound_hosts

pytestmark = pytest.mark.integration

KITCHEN = "media_player.kitchen_speaker"
VOICE = "tts.test_voice"
# 127.0.0.1, ::1 and ::ffff:127.0.0.1, as the kernel writes them.
LOOPBACK = ("0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F")
PR_SET_CHILD_SUBREAPER = 36
KILLED_RUN = """
import os, pathlib, signal, sys
from tests.peers.mosquitto import Mosquitto
broker = Mosquitto(pathlib.Path(sys.argv[1]))
broker.start()
print(broker.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
WAYS_OUT = (
    "socket.create_connection(('192.0.2.1', 80), 1)",
    "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('192.0.2.1', 9))",
    "socket.getaddrinfo('example.invalid', 80)",
)
MOOD = {"platform": "sensor", "unique_id": "proof_mood", "name": "Mood", "state_topic": "proof/mood"}
SENSOR = {
    "device": {"identifiers": ["proof"], "name": "Proof"},
    "origin": {"name": "proof"},
    "components": {"mood": MOOD},
}


def speak(home: HomeAssistant, speaker: str, message: str) -> None:
    home.call("tts", "speak", entity_id=VOICE, media_player_entity_id=speaker, message=message)


class TestMosquitto:
    def test_refuses_a_wrong_password_and_strangers(self, make_mosquitto: MakeMosquitto) -> None:
        broker = make_mosquitto(users={"alex": "right"})
        assert try_login(broker.port, "alex", "right") == "Success"
        assert try_login(broker.port, "alex", "wrong") == "Not authorized"
        assert try_login(broker.port, None, None) == "Not authorized"

    def test_keeps_to_its_access_list(self, make_mosquitto: MakeMosquitto) -> None:
        broker = make_mosquitto(users={"alex": "a"}, acl="user alex\ntopic readwrite own/#\ntopic readwrite peers/#\n")
        broker.publish("own/a", "1", retain=True)
        broker.publish("other/a", "1", retain=True)
        assert broker.retained() == {"own/a": b"1"}

    def test_persistence_outlives_a_restart_on_the_same_port(self, make_mosquitto: MakeMosquitto) -> None:
        broker = make_mosquitto(persistence=True)
        broker.publish("kept", "1", retain=True)
        broker.restart()
        assert broker.retained() == {"kept": b"1"}
        broker.clear_retained()
        assert broker.retained() == {}

    def test_comes_back_after_kill_without_what_it_did_not_store(self, mosquitto: Mosquitto) -> None:
        mosquitto.publish("lost", "1", retain=True)
        mosquitto.kill()
        mosquitto.start()
        assert mosquitto.retained() == {}

    def test_a_frozen_broker_answers_again_after_thaw(self, mosquitto: Mosquitto) -> None:
        mosquitto.freeze()
        assert try_login(mosquitto.port, None, None, patience=0.5) == ""
        mosquitto.thaw()
        assert try_login(mosquitto.port, None, None) == "Success"


class TestHome:
    def test_a_move_reaches_the_person(self, home: HomeAssistant) -> None:
        for place, shown in (("work", "Work"), ("not_home", "not_home"), ("home", "home")):
            home.move("sam", place)
            person, phone = home.state("person.sam"), home.state("device_tracker.sam_phone")
            assert person is not None
            assert phone is not None
            assert person["state"] == phone["state"] == shown
        home.move("alex", "not_home")
        home.wait_state("zone.home", "1")

    def test_door_and_bed_follow_their_switches(self, home: HomeAssistant) -> None:
        for key in ("front_door", "bed_alex"):
            home.wait_state(f"binary_sensor.{key}", "off")
            home.call("input_boolean", "turn_on", entity_id=f"input_boolean.{key}")
            home.wait_state(f"binary_sensor.{key}", "on")

    def test_a_forced_state_is_taken_back_by_reset(self, home: HomeAssistant) -> None:
        home.set_state(KITCHEN, "unavailable")
        home.wait_state(KITCHEN, "unavailable")
        home.set_state("sensor.invented", "1")
        home.reset(alex="work")
        home.wait_state(KITCHEN, "idle")
        assert home.state("sensor.invented") is None
        home.wait_state("person.alex", "Work")

    def test_an_entity_that_does_not_exist_has_no_state(self, home: HomeAssistant) -> None:
        assert home.state("person.nobody") is None

    def test_two_users_own_the_two_persons(self, home: HomeAssistant) -> None:
        persons = [home.state(f"person.{who}") for who in ("alex", "sam")]
        assert len({person["attributes"]["user_id"] for person in persons if person}) == 2


class TestChannels:
    def test_speech_reaches_the_kitchen_once(self, home: HomeAssistant) -> None:
        speak(home, KITCHEN, "Hello you two")
        call = home.wait_calls("media_player", KITCHEN)[0]
        assert call["message"] == "Hello you two"
        assert call["announce"] is True
        assert call["fetched"]["size"] > 500
        home.wait_state(KITCHEN, "idle")
        assert len(home.calls("media_player")) == 1

    def test_a_broken_speaker_fails_the_call_and_records_it(self, home: HomeAssistant) -> None:
        with pytest.raises(ApiError) as failure:
            speak(home, "media_player.broken_speaker", "Hello")
        assert failure.value.code == 500
        assert home.calls("media_player")[0]["error"] == "broken"

    def test_the_satellite_announces(self, home: HomeAssistant) -> None:
        hall = "assist_satellite.hall_satellite"
        home.call("assist_satellite", "announce", entity_id=hall, message="Dinner is ready")
        (call,) = home.calls("assist_satellite")
        assert (call["call"], call["message"]) == ("announce", "Dinner is ready")

    def test_the_board_takes_a_message(self, home: HomeAssistant) -> None:
        board = "notify.message_board"
        home.call("notify", "send_message", entity_id=board, message="Hi", title="Note")
        (call,) = home.calls("notify", board)
        assert (call["message"], call["title"]) == ("Hi", "Note")

    def test_a_push_reaches_one_phone_and_its_answer_comes_back(self, home: HomeAssistant) -> None:
        extra = {"tag": "t1", "actions": [{"action": "YES.1", "title": "Yes"}]}
        with home.api.commands() as commands:
            commands.run("subscribe_events", event_type="mobile_app_notification_action")
            home.call("notify", "mobile_app_sam_phone", message="A walk?", data=extra)
            (push,) = home.wait_pushes("sam")
            home.answer_push("sam", "YES.1", "t1")
            event = commands.next_event()
        assert (push["message"], push["data"]) == ("A walk?", extra)
        assert home.pushes("alex") == []
        assert event["data"] == {"action": "YES.1", "tag": "t1"}
        sam = home.state("person.sam")
        assert sam is not None
        assert event["context"]["user_id"] == sam["attributes"]["user_id"]

    def test_mqtt_discovery_makes_an_entity_until_reset(self, home: HomeAssistant) -> None:
        assert home.broker is not None
        home.broker.publish("homeassistant/device/proof/config", json.dumps(SENSOR), retain=True)
        home.broker.publish("proof/mood", "calm", retain=True)
        home.wait_state("sensor.proof_mood", "calm")
        assert "proof_mood" in {entity["unique_id"] for entity in home.entity_registry()}
        assert "Proof" in {device["name"] for device in home.device_registry()}
        home.reset()
        assert home.state("sensor.proof_mood") is None


class TestLife:
    def test_a_restart_keeps_token_port_and_state(self, home: HomeAssistant) -> None:
        home.call("input_boolean", "turn_on", entity_id="input_boolean.guests")
        home.move("alex", "work")
        before = (home.token, home.port, len(home.entity_registry()))
        home.restart()
        assert (home.token, home.port, len(home.entity_registry())) == before
        home.wait_state("input_boolean.guests", "on")
        home.wait_state("person.alex", "Work")
        home.move("alex", "home")
        speak(home, KITCHEN, "Back again")
        assert home.wait_calls("media_player")[0]["message"] == "Back again"

    def test_a_power_cut_keeps_the_home(self, home: HomeAssistant) -> None:
        home.kill()
        assert home.pid is None
        home.start()
        home.move("sam", "not_home")

    def test_a_frozen_home_answers_nothing_until_thaw(self, home: HomeAssistant) -> None:
        home.freeze()
        with pytest.raises(TimeoutError):
            home.api.request("GET", "/api/config", timeout=0.5)
        home.thaw()
        home.wait_state("person.alex", "home")

    def test_the_broker_may_go_and_come_back(self, home: HomeAssistant) -> None:
        assert home.broker is not None
        home.broker.restart()
        home.wait_mqtt()

    def test_a_home_of_its_own_far_away_behind_a_password(
        self, make_mosquitto: MakeMosquitto, make_home: MakeHome
    ) -> None:
        broker = make_mosquitto(users={"ha": "secret"})
        other = make_home(broker=broker, mqtt_login=("ha", "secret"), time_zone="Pacific/Auckland")
        assert other.api.request("GET", "/api/config")["time_zone"] == "Pacific/Auckland"
        # Another test process may go on with the same folder.
        assert HomeAssistant(other.work, broker=broker).token == other.token


class TestNothingLeaves:
    def test_home_assistant_listens_on_loopback_only(self, home: HomeAssistant) -> None:
        assert home.pid is not None
        hosts = bound_hosts(home.pid)
        assert LOOPBACK[0] in hosts
        assert hosts <= set(LOOPBACK)

    @pytest.mark.parametrize("attempt", WAYS_OUT)
    def test_the_guard_refuses_the_way_out(self, attempt: str, tmp_path: Path) -> None:
        log = tmp_path / "refused.jsonl"
        env = {**os.environ, "PYTHONPATH": str(GUARD), "TURNTOWARD_REFUSED": str(log)}
        code = f"import socket\n{attempt}"
        run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
        assert "kept on loopback" in run.stderr
        assert len(log.read_text().splitlines()) == 1


class TestNothingStays:
    def test_the_broker_of_a_killed_run_is_ended_by_the_next(self, tmp_path: Path, peer_processes: None) -> None:
        # Inherit the orphan, so that it can be waited for whatever the machine's first process does.
        adopt = ctypes.CDLL(None).prctl
        adopt(PR_SET_CHILD_SUBREAPER, 1)
        try:
            command = [sys.executable, "-c", KILLED_RUN, str(tmp_path)]
            run = subprocess.run(command, cwd=install.ROOT, capture_output=True, text=True)
            pid = int(run.stdout)
            assert process.born(pid)
            process.end_orphans()
            assert os.waitpid(pid, 0) == (pid, signal.SIGKILL)
        finally:
            adopt(PR_SET_CHILD_SUBREAPER, 0)
