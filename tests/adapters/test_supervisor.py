"""What the Supervisor lends, and what is said when it does not; against one that checks the token."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from tests.peers.ports import free_port
from tests.peers.supervisor import TOKEN, Supervisor
from turntoward.adapters.supervisor import STARTER, is_untouched, lend, write_starter

BROKER = {
    "host": "core-mosquitto",
    "port": 1884,
    "ssl": True,
    "protocol": "3.1.1",
    "username": "addons",
    "password": "canary-password",
    "addon": "core_mosquitto",
}


def lent(environ: dict[str, str]) -> dict[str, str]:
    start = "TURNTOWARD_APP_"
    return {name.removeprefix(start): value for name, value in environ.items() if name.startswith(start)}


def test_home_assistant_the_broker_and_the_zone_are_lent() -> None:
    with Supervisor(BROKER) as supervisor:
        environ = supervisor.environ()
        assert lend(environ) == ""
        assert supervisor.asked == ["/services/mqtt"]
    assert lent(environ) == {
        "HA_URL": f"{supervisor.url}/core",
        "HA_TOKEN": TOKEN,
        "ZONE": "Europe/Lisbon",
        "MQTT_HOST": "core-mosquitto",
        "MQTT_PORT": "1884",
        "MQTT_USERNAME": "addons",
        "MQTT_PASSWORD": "canary-password",
        "MQTT_TLS": "true",
    }


def test_the_options_of_the_app_are_lent(tmp_path: Path) -> None:
    (tmp_path / "options.json").write_text(json.dumps({"language": "de", "log_level": "debug", "other": 1}))
    with Supervisor(BROKER) as supervisor:
        environ = supervisor.environ() | {"TURNTOWARD_DATA_DIR": str(tmp_path)}
        lend(environ)
    assert lent(environ)["LANGUAGE"] == "de"
    assert lent(environ)["LOG_LEVEL"] == "debug"
    assert "OTHER" not in lent(environ)


@pytest.mark.parametrize("text", ["", "[]", "{not json", '{"language": null}'])
def test_options_that_cannot_be_read_are_left_to_the_defaults(tmp_path: Path, text: str) -> None:
    (tmp_path / "options.json").write_text(text)
    with Supervisor(BROKER) as supervisor:
        environ = supervisor.environ() | {"TURNTOWARD_DATA_DIR": str(tmp_path)}
        assert lend(environ) == ""
    assert "LANGUAGE" not in lent(environ)


def test_a_broker_without_an_account_is_lent_without_one() -> None:
    with Supervisor({"host": "broker", "port": 1883, "ssl": False}) as supervisor:
        environ = supervisor.environ()
        assert lend(environ) == ""
    assert (lent(environ)["MQTT_USERNAME"], lent(environ)["MQTT_TLS"]) == ("", "")


def test_without_a_broker_it_is_said_what_to_install_and_home_assistant_is_lent() -> None:
    with Supervisor() as supervisor:
        environ = supervisor.environ()
        said = lend(environ)
    assert "Install the app 'Mosquitto broker'" in said
    assert "mqtt: {host: ...}" in said
    assert lent(environ)["HA_TOKEN"] == TOKEN
    assert "MQTT_HOST" not in lent(environ)


def test_a_broker_that_is_gone_is_lent_no_longer() -> None:
    with Supervisor(BROKER) as supervisor:
        environ = supervisor.environ()
        lend(environ)
        supervisor.mqtt = None
        assert lend(environ)
    assert not [name for name in lent(environ) if name.startswith("MQTT")]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((HTTPStatus.FORBIDDEN, {"result": "error", "message": "No access"}), "install the app again"),
        ((HTTPStatus.BAD_REQUEST, {"result": "error", "message": "System is starting"}), "System is starting"),
        ((HTTPStatus.BAD_GATEWAY, "<html>"), "status 502"),
        ((HTTPStatus.OK, "no json"), "cannot be read"),
        ((HTTPStatus.OK, {"result": "ok"}), "cannot be read"),
        ((HTTPStatus.OK, {"result": "ok", "data": {}}), "Install the app 'Mosquitto broker'"),
    ],
)
def test_whatever_it_answers_there_is_a_word_for_it(answer: Any, words: str) -> None:
    with Supervisor(BROKER) as supervisor:
        supervisor.answer = answer
        said = lend(supervisor.environ())
    assert words in said
    assert TOKEN not in said


def test_a_wrong_token_is_told_without_naming_it() -> None:
    with Supervisor(BROKER) as supervisor:
        said = lend(supervisor.environ() | {"SUPERVISOR_TOKEN": "canary-other-token"})
    assert "status 401" in said
    assert "canary" not in said


def test_a_supervisor_that_does_not_answer_is_told() -> None:
    said = lend({"SUPERVISOR_TOKEN": TOKEN, "TURNTOWARD_SUPERVISOR_URL": f"http://127.0.0.1:{free_port()}"})
    assert "the Supervisor does not answer" in said


def test_the_starter_is_laid_out_once_and_known_again(tmp_path: Path) -> None:
    path = tmp_path / "config" / "household.yaml"
    assert not is_untouched(path)
    assert write_starter(path)
    assert is_untouched(path)
    path.write_text(STARTER.read_text("utf-8").replace("Alex", "Robin"), "utf-8")
    assert not is_untouched(path)
    assert not write_starter(path)
    assert "Robin" in path.read_text("utf-8")
