"""Answers from a file: what is in it, what is not, and what cannot be in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from turntoward.cli import app
from turntoward.documents import Problems
from turntoward.setup import AnswerRefused
from turntoward.setup.prepared import Prepared


def prepared(folder: Path, text: str) -> tuple[Prepared, list[str]]:
    told: list[str] = []
    path = folder / "answers.yaml"
    path.write_text(text, "utf-8")
    return Prepared(path, told.append), told


def setup(folder: Path, text: str, *more: str) -> Result:
    path = folder / "answers.yaml"
    path.write_text(text, "utf-8")
    words = ["setup", "--config", str(folder / "household.yaml"), "--answers", str(path), *more]
    return CliRunner().invoke(app, words)


def test_what_is_not_in_it_is_as_if_enter_was_pressed(tmp_path: Path) -> None:
    answers, told = prepared(tmp_path, "doors: [binary_sensor.a, 2]\nreplace: true\nmqtt_port: 1884\n")
    assert answers.ask("doors", "Doors?") == "binary_sensor.a, 2"
    assert answers.ask("replace", "Go on?", "no") == "yes"
    assert answers.ask("mqtt_port", "Port", "1883") == "1884"
    assert answers.ask("zone", "Zone", "Europe/Berlin") == "Europe/Berlin"
    assert told[0] == "Doors?: binary_sensor.a, 2"


def test_a_secret_is_not_told(tmp_path: Path) -> None:
    answers, told = prepared(tmp_path, "token: canary-token\n")
    assert answers.ask("token", "The token", secret=True) == "canary-token"
    assert "canary" not in "".join(told)


def test_an_answer_that_cannot_be_is_named_once(tmp_path: Path) -> None:
    answers, _ = prepared(tmp_path, "zone: Mars\n")
    with pytest.raises(AnswerRefused, match=r"answers\.yaml: zone: no such zone"):
        answers.refuse("zone", "no such zone")
    with pytest.raises(AnswerRefused, match=r"token .which is not in it.: needed"):
        answers.refuse("token", "needed")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sone: Europe/Berlin\n", "did you mean 'zone'?"),
        ("first_agrees: yes\n", "this cannot be prepared: both of you say it yourselves"),
        ("both_here: true\n", "this cannot be prepared"),
    ],
)
def test_what_is_never_asked_and_what_nobody_else_may_answer(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Problems, match=r"answers\.yaml:1:1"):
        prepared(tmp_path, text)
    done = setup(tmp_path, text)
    assert done.exit_code == 2
    assert told in done.stderr
    assert not (tmp_path / "household.yaml").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("first_name: '1'\n", "first_name: '1' is not a name"),
        ("homeassistant: http://\n", "homeassistant: there is no host in this address"),
        ("homeassistant: none\nmqtt_host: none\n", "mqtt_host: where Home Assistant does not say who is home"),
        ("homeassistant: http://127.0.0.1:1\ntoken: t\n", "nothing answers at its address"),
        ("homeassistant: none\nmqtt_host: 127.0.0.1\nmqtt_port: 1\n", "there is no broker at 127.0.0.1:1"),
        ("homeassistant: none\nlanguage: fr\n", "language: write en or de; there are no others yet"),
    ],
)
def test_a_wrong_answer_ends_it_and_nothing_is_changed(tmp_path: Path, text: str, told: str) -> None:
    done = setup(tmp_path, text)
    assert done.exit_code == 2, done.output
    assert told in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["answers.yaml"]


def test_a_household_that_is_there_is_not_replaced_without_a_yes(tmp_path: Path) -> None:
    (tmp_path / "household.yaml").write_text("mine\n", "utf-8")
    done = setup(tmp_path, "homeassistant: none\n")
    assert done.exit_code == 1
    assert "it stays as it is" in done.stderr
    assert (tmp_path / "household.yaml").read_text("utf-8") == "mine\n"


def test_without_a_terminal_it_says_what_to_do(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["setup", "--config", str(tmp_path / "household.yaml")])
    assert done.exit_code == 2
    assert "--answers FILE" in done.stderr
