"""Documentation that cannot fall behind: links lead somewhere, commands exist, every number has its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from turntoward.cli.verbs import app
from turntoward.core.actions import TILE_STATES
from turntoward.core.events import ANSWERS
from turntoward.core.household import PresenceSettings

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *ROOT.glob("docs/**/*.md"),
    *ROOT.glob("rules/*.md"),
]
VERBS = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_exist(page: Path) -> None:
    for verb in re.findall(r"`turntoward ([a-z]+)", page.read_text("utf-8")):
        assert verb in VERBS
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for target in re.findall(r"(?:^ {4}|`)make ([a-z]+)", page.read_text("utf-8"), re.MULTILINE):
        assert target in targets


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert all(f"`turntoward {verb}" in readme for verb in VERBS)


def test_every_number_of_presence_is_explained() -> None:
    page = (ROOT / "docs" / "presence.md").read_text("utf-8")
    missing = [number for number in PresenceSettings.model_fields if f"`{number}" not in page]
    assert not missing


def test_every_answer_and_tile_state_is_explained() -> None:
    page = (ROOT / "docs" / "mqtt.md").read_text("utf-8")
    assert not [word for word in (*ANSWERS, *TILE_STATES) if f"`{word}`" not in page]


def test_the_demo_in_the_readme_is_what_the_demo_says() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    demo = (ROOT / "config" / "demo.yaml").read_text("utf-8")
    for clock in re.findall(r"^    (\d\d:\d\d:\d\d) +[🏠🚪]", readme, re.MULTILINE):
        assert clock in demo
