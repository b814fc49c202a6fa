"""The dashboard as YAML, and the command that prints it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.dashboard.household import ROOT, page
from tests.service import command
from turntoward.dashboard import as_yaml

STARTER = ROOT / "config" / "household.yaml"
EXAMPLE = ROOT / "config" / "homeassistant" / "dashboard.yaml"


@pytest.mark.parametrize("version", [(1, 1), (1, 2)], ids=["as a file", "pasted"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_the_yaml_says_what_is_stored(language: str, version: tuple[int, int]) -> None:
    """Home Assistant reads files as YAML 1.1, where `on` is no text, and its editor reads 1.2."""
    reader = YAML(typ="safe", pure=True)
    reader.version = version  # type: ignore[assignment]
    made = page(language)
    assert json.loads(json.dumps(reader.load(as_yaml(made, "A comment\nof two lines.")))) == made


def test_the_shipped_example_is_what_the_command_prints_for_the_starter() -> None:
    printed = command("dashboard", "--example", "--config", str(STARTER))
    assert printed == EXAMPLE.read_text("utf-8"), "make it anew: turntoward dashboard --example > " + str(EXAMPLE)


def config(tmp_path: Path, *lines: str) -> str:
    path = tmp_path / "household.yaml"
    path.write_text("\n".join(["partners: [{name: Alex}, {name: Sam}]", "agreed: [Alex, Sam]", *lines, ""]), "utf-8")
    return str(path)


def test_without_home_assistant_it_says_what_to_do(tmp_path: Path) -> None:
    said = command("dashboard", "--config", config(tmp_path, "mqtt: {}"), code=2)
    assert "no 'homeassistant:' section" in said
    assert "--example" in said


def test_an_example_is_not_saved(tmp_path: Path) -> None:
    said = command("dashboard", "--example", "--save", "--config", config(tmp_path, "mqtt: {}"), code=2)
    assert "leave one of them out" in said


def test_a_home_assistant_that_is_not_there_is_named_without_a_traceback(tmp_path: Path) -> None:
    nobody = "homeassistant: {url: 'http://127.0.0.1:9', token: abc}"
    said = command("dashboard", "--config", config(tmp_path, "mqtt: {}", nobody), code=1)
    assert "no connection to Home Assistant" in said
    assert "Traceback" not in said
