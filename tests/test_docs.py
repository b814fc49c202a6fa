"""Documentation that cannot fall behind: links lead somewhere, commands exist, every number has its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from turntoward.cli import app
from turntoward.core.actions import TILE_STATES
from turntoward.core.defaults import PresenceSettings
from turntoward.core.events import ANSWERS
from turntoward.core.rule_triggers import LeavingTrigger, StateTrigger
from turntoward.core.rules import Ritual
from turntoward.rulebook import read_library

ROOT = Path(__file__).parents[1]
LIBRARY = read_library()
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


def test_every_ritual_has_its_line_in_the_guide() -> None:
    page = (ROOT / "docs" / "rituals.md").read_text("utf-8")
    table = re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE)
    assert sorted(table) == sorted(LIBRARY.entries)
    named = {name for name, entry in LIBRARY.entries.items() for name in needs(entry.ritual)}
    assert not [name for name in sorted(named) if f"`{name}`" not in page and f"`{name}.*`" not in page]


def needs(ritual: Ritual) -> set[str]:
    """Signals and tags a ritual speaks of, but for those that every ritual heeds."""
    signs = {sign for t in ritual.triggers if isinstance(t, LeavingTrigger) for sign in t.signs}
    signs |= {t.signal for t in ritual.triggers if isinstance(t, StateTrigger)}
    return signs | {sign.signal for sign in ritual.run.ends.when}


def test_the_readme_counts_right() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    cards = {name: len(deck.cards) for name, deck in LIBRARY.decks.items()}
    assert f"There are [{len(LIBRARY.entries)} rituals]" in readme
    assert f"hold {cards['questions']} questions, {cards['dates']} ideas for a date" in readme
    assert len(cards) == 9
    assert "Nine decks" in readme


def test_every_answer_and_tile_state_is_explained() -> None:
    page = (ROOT / "docs" / "mqtt.md").read_text("utf-8")
    assert not [word for word in (*ANSWERS, *TILE_STATES) if f"`{word}`" not in page]


def test_the_demo_in_the_readme_is_what_the_demo_says() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    demo = (ROOT / "config" / "demo.yaml").read_text("utf-8")
    for clock in re.findall(r"^    (\d\d:\d\d:\d\d) +[🏠🚪]", readme, re.MULTILINE):
        assert clock in demo
