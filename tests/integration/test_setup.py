"""`turntoward setup` with a real Home Assistant and real brokers, at a real terminal, until a hug is offered."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from tests.integration.coming_home import both_leave, enter
from tests.integration.test_homeassistant_listener import member_token
from tests.peers.homeassistant import HomeAssistant
from tests.peers.mosquitto import Mosquitto
from tests.peers.ports import free_port
from tests.service import PAUSE, Process, command, until
from tests.setup.homes import Listed
from tests.setup.terminal import Terminal
from turntoward.adapters.mqtt.trial import Trial
from turntoward.cli import app
from turntoward.settings import load_settings
from turntoward.setup import Stopped, former
from turntoward.setup.interview import interview
from turntoward.setup.reaching_home import reach

pytestmark = pytest.mark.integration

ACL = Path(__file__).parents[2] / "config" / "mosquitto" / "acl"
USERS = {"turntoward": "canary-password", "homeassistant": "h", "devices": "d"}
FAST = """
quiet_hours: "00:00-00:00"
presence:
  {dwell_door: 0.2s, dwell_plain: 0.6s, away_dwell: 0.4s, min_apart: 1s, startup_hold: 0.3s, joint_in: 0, joint_out: 0,
   hold_stable: 0, voice_ttl: 8s, door_lookback: 60s}
"""
HUG = "reunion_hug: {offer: {after: 0.5s, valid_for: 60s}, limits: {cooldown: 0}}"


def in_a_hurry(config: Path) -> None:
    """Change numbers of the written file, as people may, so that an evening takes seconds."""
    lines = config.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("quiet_hours")]
    config.write_text("\n".join("  " + HUG if "reunion_hug:" in line else line for line in kept) + FAST, "utf-8")


def test_from_the_first_question_to_the_first_hug(tmp_path: Path, home: HomeAssistant) -> None:
    assert home.broker is not None
    config = tmp_path / "new" / "household.yaml"
    with Terminal("setup", "--config", str(config)) as terminal:
        terminal.answer(What_is_the_first_of_you_called="", And_the_other="Sam")
        terminal.answer(The_address_of_Home_Assistant=f"http://127.0.0.1:{free_port()}")
        terminal.expect("nothing answers at its address")
        terminal.answer(The_address_of_Home_Assistant=home.url, The_token="")
        terminal.expect("nothing was pasted")
        terminal.answer(The_address_of_Home_Assistant="", The_token="wrong-canary-token")
        terminal.expect("does not accept this token")
        terminal.answer(The_token=member_token(home))
        terminal.expect("no administrator")
        terminal.answer(The_token=home.token, language="", time_zone="")
        terminal.answer(Who_is_Alex="", Who_is_Sam="", Which_phone_is_Alex="", Which_phone_is_Sam="")
        terminal.answer(What_may_say_a_line="media_player.kitchen_speaker")
        terminal.expect("Doors?")
        terminal.type()
        terminal.expect("Which?")
        terminal.type()
        terminal.answer(The_broker="127.0.0.1", Its_port=str(free_port()), The_account="")
        terminal.expect("there is no broker at 127.0.0.1")
        terminal.answer(The_broker="", Its_port=str(home.broker.port), The_account="")
        terminal.expect("lets us write and listen")
        terminal.expect("Rituals?")
        terminal.type("1")
        terminal.answer(Are_both_of_you_here="yes", Alex="yes", Sam="yes")
        terminal.answer(Which_room="kitchen")
        terminal.expect("did you hear it?")
        terminal.expect("turntoward doctor --config")
        assert terminal.exit_code() == 0
    shown = terminal.shown
    assert home.token not in shown
    assert "canary" not in shown, "what is typed as a token is not seen"
    (first,) = home.wait_calls("media_player", "media_player.kitchen_speaker")
    assert first
    assert "is fine" in command("check", "--config", str(config))
    offered(config, home)


def offered(config: Path, home: HomeAssistant) -> None:
    """The service runs from the file, and two people come home."""
    in_a_hurry(config)
    before = len(home.calls("media_player", "media_player.kitchen_speaker"))
    with Process(config) as running:
        running.wait_log("connected to Home Assistant")
        PAUSE.wait(0.6)
        both_leave(home)
        for who in ("alex", "sam"):
            enter(home, who)
        home.wait_calls("media_player", "media_player.kitchen_speaker", count=before + 1)
        home.wait_state("sensor.turntoward_reunion_hug", "offered")
        until(lambda: home.pushes("alex") or "reunion_hug is offered" in running.log(), what="the offer")
        assert running.stop() == 0
        assert home.token not in running.log()


def ask(folder: Path, config: Path, **answers: object) -> Result:
    """Set up from a file of answers."""
    path = folder / "answers.yaml"
    path.write_text(json.dumps(answers), "utf-8")
    return CliRunner().invoke(app, ["setup", "--config", str(config), "--answers", str(path)])


def usual(home: HomeAssistant, port: int, **more: Any) -> dict[str, Any]:
    return {"homeassistant": home.url, "token": home.token, "mqtt_host": "127.0.0.1", "mqtt_port": port, **more}


def test_from_a_file_of_answers_with_an_account_at_the_broker(
    tmp_path: Path, home: HomeAssistant, make_mosquitto: Callable[..., Mosquitto]
) -> None:
    broker = make_mosquitto(users=USERS, acl=ACL.read_text("utf-8"))
    config = tmp_path / "new" / "household.yaml"
    answers = usual(home, broker.port, mqtt_username="turntoward", mqtt_password="canary-password", speakers="none")
    done = ask(tmp_path, config, **answers)
    assert done.exit_code == 0, done.output
    assert home.token not in done.output
    assert "canary-password" not in done.output + config.read_text("utf-8")
    settings = load_settings(config, {})
    assert settings.mqtt
    assert (settings.mqtt.username, settings.mqtt.password) == ("turntoward", SecretStr("canary-password"))
    assert settings.homeassistant
    assert settings.homeassistant.token == SecretStr(home.token)
    assert not settings.agreed
    assert settings.presence_entities() == {"person.alex": "alex", "person.sam": "sam"}
    assert [p.phone for p in settings.partners] == ["notify.mobile_app_alex_phone", "notify.mobile_app_sam_phone"]
    assert {name: signal.entity for name, signal in settings.signals.items()} == {
        "entry_door": "binary_sensor.front_door",
        "guests": "input_boolean.guests",
        "asleep.alex": "binary_sensor.bed_alex",
    }
    with Trial(settings.mqtt) as looking:
        assert looking.kept("#") == {}, "nothing stays at the broker"


@pytest.mark.parametrize(
    ("user", "acl", "told"),
    [
        ("turntoward", "topic read #", "refuses to take"),
        ("turntoward", "topic write turntoward/#\ntopic write homeassistant/#", "does not come back"),
        ("nobody", "topic readwrite #", "refuses the user 'nobody'"),
    ],
)
def test_what_the_broker_does_not_allow_is_told_at_once(
    tmp_path: Path, home: HomeAssistant, make_mosquitto: Callable[..., Mosquitto], user: str, acl: str, told: str
) -> None:
    broker = make_mosquitto(users=USERS, acl=f"user turntoward\n{acl}\n")
    config = tmp_path / "household.yaml"
    done = ask(tmp_path, config, **usual(home, broker.port, mqtt_username=user, mqtt_password="canary-password"))
    assert done.exit_code == 2
    assert told in done.stderr
    assert "canary-password" not in done.output
    assert not config.exists()


def test_a_second_time_nothing_is_lost(tmp_path: Path, home: HomeAssistant) -> None:
    assert home.broker is not None
    config = tmp_path / "household.yaml"
    config.write_text("partners: mine\n", "utf-8")
    answers = usual(home, home.broker.port, rituals="reunion_hug")
    assert ask(tmp_path, config, **answers).exit_code == 1
    assert config.read_text("utf-8") == "partners: mine\n"
    done = ask(tmp_path, config, **answers, replace=True)
    assert done.exit_code == 0, done.output
    (copy,) = tmp_path.glob("household.yaml.bak-*")
    assert copy.read_text("utf-8") == "partners: mine\n"
    assert str(copy) in done.output.replace("\n", "")


def test_once_more_enter_keeps_everything_and_one_thing_can_be_added(
    tmp_path: Path, home: HomeAssistant, make_mosquitto: Callable[..., Mosquitto]
) -> None:
    broker = make_mosquitto(users=USERS, acl=ACL.read_text("utf-8"))
    config = tmp_path / "household.yaml"
    account = {"mqtt_username": "turntoward", "mqtt_password": "canary-password"}
    names = {"first_name": "Sam", "second_name": "Alex", "language": "de"}
    kitchen = "media_player.kitchen_speaker"
    answers = usual(home, broker.port, **account, **names, speakers=[kitchen], doors=[], rituals="questions")
    assert ask(tmp_path, config, **answers).exit_code == 0
    text = config.read_text("utf-8").replace(f"entity: {kitchen}", f"volume: 30, entity: {kitchen}")
    config.write_text(text.replace("agreed: []", "agreed: [Sam, Alex]") + "limits: {min_gap: 2h}\n", "utf-8")
    before = load_settings(config, {})
    again = ask(tmp_path, config, replace=True)
    assert again.exit_code == 0, again.output
    assert load_settings(config, {}) == before
    assert before.both_agreed
    more = ask(tmp_path, config, replace=True, speakers=[kitchen, "assist_satellite.hall_satellite"])
    assert more.exit_code == 0, more.output
    now = load_settings(config, {})
    assert sorted(now.speaker_rooms()) == ["hall", "kitchen"]
    assert now.speakers["kitchen"] == before.speakers["kitchen"]
    assert now.model_copy(update={"speakers": before.speakers}) == before
    assert home.token not in again.output + more.output + config.read_text("utf-8")
    assert "canary-password" not in again.output + more.output + config.read_text("utf-8")


def test_a_token_that_is_not_accepted_any_more_is_not_kept(tmp_path: Path, home: HomeAssistant) -> None:
    config = tmp_path / "household.yaml"
    config.write_text(
        "partners: [{name: Mia, presence: person.alex}, {name: Noa, presence: person.sam}]\n"
        f'homeassistant: {{url: "{home.url}", token: old}}\n',
        "utf-8",
    )
    asker = Listed(token=["", home.token])
    reached = reach(asker, {}, former.read(config, {}))
    assert reached is not None
    assert reached.settings.token == SecretStr(home.token)
    assert [key for key, _ in asker.refused] == ["token"]


def test_without_home_assistant_everything_is_told_by_mqtt(tmp_path: Path, mosquitto: Mosquitto) -> None:
    config = tmp_path / "household.yaml"
    done = ask(tmp_path, config, homeassistant="none", mqtt_host="127.0.0.1", mqtt_port=mosquitto.port, language="de")
    assert done.exit_code == 0, done.output
    settings = load_settings(config, {})
    assert settings.homeassistant is None
    assert [told.topic for told in settings.presence_topics()] == [
        "turntoward/presence/alex",
        "turntoward/presence/sam",
    ]
    assert settings.language == "de"


def test_as_an_app_neither_address_nor_token_nor_broker_is_asked(tmp_path: Path, home: HomeAssistant) -> None:
    assert home.broker is not None
    lent = {
        "TURNTOWARD_APP_HA_URL": home.url,
        "TURNTOWARD_APP_HA_TOKEN": home.token,
        "TURNTOWARD_APP_MQTT_HOST": "127.0.0.1",
        "TURNTOWARD_APP_MQTT_PORT": str(home.broker.port),
    }
    config = tmp_path / "household.yaml"
    nobody = Listed(rituals="reunion_hug", speakers="none")
    interview(nobody, config, lent)
    assert any("runs us as an app" in line for line in nobody.told)
    assert [path.name for path in tmp_path.iterdir()] == ["household.yaml"]
    settings = load_settings(config, lent)
    assert settings.homeassistant
    assert settings.homeassistant.url == home.url
    assert settings.mqtt
    assert settings.mqtt.port == home.broker.port
    assert home.token not in config.read_text("utf-8")


def test_what_the_environment_tells_is_neither_asked_nor_written(
    tmp_path: Path, home: HomeAssistant, make_mosquitto: Callable[..., Mosquitto]
) -> None:
    broker = make_mosquitto(users=USERS, acl=ACL.read_text("utf-8"))
    environ = {
        "TURNTOWARD_HA_URL": home.url,
        "TURNTOWARD_HA_TOKEN": home.token,
        "TURNTOWARD_MQTT_HOST": "127.0.0.1",
        "TURNTOWARD_MQTT_USERNAME": "turntoward",
        "TURNTOWARD_MQTT_PASSWORD": "canary-password",
    }
    config = tmp_path / "new" / "household.yaml"
    interview(Listed(mqtt_port=str(broker.port), speakers="none"), config, environ)
    assert [path.name for path in config.parent.iterdir()] == ["household.yaml"]
    assert load_settings(config, environ).homeassistant
    with pytest.raises(Stopped, match=r"TURNTOWARD_HA_TOKEN: .* does not accept"):
        interview(Listed(replace="yes"), config, {**environ, "TURNTOWARD_HA_TOKEN": "wrong"})


@pytest.mark.parametrize("until_here", range(4))
def test_ctrl_c_leaves_everything_as_it_was(tmp_path: Path, home: HomeAssistant, until_here: int) -> None:
    assert home.broker is not None
    config, secrets = tmp_path / "household.yaml", tmp_path / "secrets.yaml"
    config.write_text("partners: mine\n", "utf-8")
    secrets.write_text("ha_token: mine\n", "utf-8")
    before = {path.name: (path.read_text("utf-8"), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    with Terminal("setup", "--config", str(config)) as terminal:
        terminal.answer(Go_on="yes")
        if until_here == 0:
            terminal.expect("the first of you called")
        if until_here >= 1:
            terminal.answer(the_first_of_you_called="", And_the_other="", The_address=home.url)
            terminal.expect("The token")
        if until_here >= 2:
            terminal.type(home.token)
            for question in (
                "language",
                "zone",
                "Alex:",
                "Sam:",
                "Alex's phone:",
                "Sam's phone:",
                "What may",
                "Doors?",
            ):
                terminal.expect(question)
                terminal.type()
            terminal.expect("Which?")
        if until_here == 3:
            terminal.type()
            terminal.answer(broker="127.0.0.1", Its_port=str(home.broker.port), The_account="")
            for question in ("Rituals?", "Are both of you here now?"):
                terminal.expect(question)
                terminal.type()
            terminal.expect("Which room?")
        terminal.interrupt()
        assert terminal.exit_code() == 1
    assert "Nothing was changed." in terminal.shown
    after = {path.name: (path.read_text("utf-8"), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    assert after == before
