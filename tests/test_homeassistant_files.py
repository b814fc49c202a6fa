"""Blueprints and sentences for Home Assistant: whole, in step with our entities and rituals, the same on every road."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests import spoken
from turntoward.channels.tile import discovery
from turntoward.core.events import ANSWERS
from turntoward.core.rules import Rulebook
from turntoward.rulebook import read_library
from turntoward.settings import load_settings

REPOSITORY = "https://github.com/turntoward/turntoward"
ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "automations.md"
LIBRARY = read_library()
PUBLIC = {name: entry.ritual for name, entry in LIBRARY.entries.items() if not entry.ritual.private}
FILES = sorted(spoken.BLUEPRINTS.glob("*.yaml"))
BEGIN = {"en": "start the", "de": "starte"}
every_blueprint = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def address(path: Path) -> str:
    return f"{REPOSITORY}/blob/main/{path.relative_to(ROOT)}"


def used(content: Any) -> Iterable[str]:
    """The names of all inputs that something refers to."""
    if isinstance(content, spoken.Input):
        yield content.name
    elif isinstance(content, dict | list):
        for part in content.values() if isinstance(content, dict) else content:
            yield from used(part)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The ids of all entities of a household with every ritual on."""
    path = tmp_path_factory.mktemp("home") / "household.yaml"
    path.write_text("partners: [{name: Alex}, {name: Sam}]\nmqtt: {host: localhost}\n", "utf-8")
    rulebook = Rulebook(rituals=tuple(PUBLIC.values()))
    found = discovery.components(load_settings(path, {}), rulebook)
    return {component["default_entity_id"] for component in found if "default_entity_id" in component}


@every_blueprint
def test_a_blueprint_says_what_it_is_and_where_it_comes_from(path: Path) -> None:
    about = spoken.read(path)["blueprint"]
    assert about["name"].startswith("Turntoward: ")
    assert len(about["description"]) > 60
    assert about["domain"] == "automation"
    assert about["source_url"] == address(path)
    assert about["homeassistant"] == {"min_version": "2025.4.0"}


@every_blueprint
def test_every_input_can_be_filled_in_and_is_used(path: Path) -> None:
    blueprint = spoken.read(path)
    inputs = spoken.inputs(blueprint)
    for name, details in inputs.items():
        assert details["name"], name
        assert len(details["selector"]) == 1, name
    assert set(used({key: part for key, part in blueprint.items() if key != "blueprint"})) == set(inputs)


@every_blueprint
def test_a_blueprint_speaks_of_entities_that_exist(path: Path, ours: set[str]) -> None:
    for name, details in spoken.inputs(spoken.read(path)).items():
        default = details.get("default")
        if "entity" in details["selector"] and default:
            assert default in ours, name


def test_the_package_speaks_of_entities_that_exist(ours: set[str]) -> None:
    named = set(re.findall(r"'((?:sensor|switch)\.turntoward_\w+)'", spoken.PACKAGE.read_text("utf-8")))
    assert len(named) == 5
    assert named <= ours


@every_blueprint
def test_the_guide_offers_each_blueprint_by_one_click(path: Path) -> None:
    link = f"https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url={quote(address(path), safe='')}"
    assert link in GUIDE.read_text("utf-8")


def test_every_sentence_in_the_guide_is_understood() -> None:
    by_voice = GUIDE.read_text("utf-8").split("## By voice")[1].split("\n\nWhat names")[0]
    sentences = re.findall(r"\*([^*]+)\*", by_voice)
    assert len(sentences) > 30
    understood = by_way("blueprint")
    open_ended = tuple(way.partition("{")[0] for way in understood if way.endswith("{text}"))
    lost = [s for s in sentences if s.casefold() not in understood and not s.casefold().startswith(open_ended)]
    assert lost == []


def test_the_address_of_the_project_is_the_same_everywhere() -> None:
    for path in (*FILES, *ROOT.glob("docs/**/*.md")):
        text = path.read_text("utf-8").replace("%3A", ":").replace("%2F", "/")
        for found in re.findall(r"https://github\.com/turn[\w./-]*", text):
            assert found.startswith(REPOSITORY), path


@pytest.mark.parametrize("road", ["blueprint", *spoken.LANGUAGES])
def test_a_sentence_has_no_punctuation_and_one_meaning(road: str) -> None:
    meant: dict[str, spoken.Says] = {}
    for sentence, says in said(road):
        assert not re.search(r"[.。,，?¿!¡;:’]", sentence), sentence
        for way in spoken.ways(sentence):
            assert meant.setdefault(way, says) == says, way


def said(road: str) -> Iterable[tuple[str, spoken.Says]]:
    return spoken.of_the_blueprint() if road == "blueprint" else spoken.of_the_files(road)


@cache
def by_way(road: str) -> dict[str, spoken.Says]:
    return {way: says for sentence, says in said(road) for way in spoken.ways(sentence)}


def test_both_roads_understand_the_same() -> None:
    blueprint = by_way("blueprint")
    files = {way: says for language in spoken.LANGUAGES for way, says in by_way(language).items()}
    own = {way for way in blueprint if way not in files}
    of_your_own = spoken.inputs(spoken.read(spoken.BLUEPRINTS / "voice.yaml"))
    assert own == {words.casefold() for name in ("own_done", "own_time_out") for words in of_your_own[name]["default"]}
    assert files == {way: says for way, says in blueprint.items() if way not in own}


def test_what_is_said_is_an_answer_of_that_ritual() -> None:
    for sentence, says in said("blueprint"):
        if "asks" in says:
            continue
        ritual = says.get("ritual", "{ritual}")
        allowed = ANSWERS if ritual == "{ritual}" else ("start", "stop", *PUBLIC[ritual].answers)
        assert says["answer"] in allowed, sentence


@pytest.mark.parametrize("ritual", PUBLIC)
@pytest.mark.parametrize("language", spoken.LANGUAGES)
def test_every_ritual_can_be_begun_by_each_of_its_names(ritual: str, language: str) -> None:
    understood = by_way("blueprint")
    called = [PUBLIC[ritual].named(language), *PUBLIC[ritual].spoken_as.get(language, ())]
    for name in called:
        plain = re.sub(r"[^\w\s'-]", "", name).casefold()
        plain = re.sub(r"^(the|an?|der|die|das|eine?) ", "", plain)
        found = understood.get(plain) or understood.get(f"{BEGIN[language]} {plain}")
        assert found == {"ritual": ritual, "answer": "start"}, name
