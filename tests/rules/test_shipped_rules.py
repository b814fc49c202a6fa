"""The rituals we ship: they load, their examples come out, and there are enough words. Each one: test_all_rituals."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest

from turntoward.core.rules import Ritual, Rulebook
from turntoward.core.simulator import Played, play
from turntoward.documents import read
from turntoward.rulebook import load_scenario, read_library, read_ritual, scenario_household, shipped_rules
from turntoward.rulebook.playing import play_scenario
from turntoward.rulebook.schema import FILE, schema_text

LIBRARY = read_library()
RITUALS = [pytest.param(entry.ritual, id=name) for name, entry in LIBRARY.entries.items()]
SHORTENED = [pytest.param(entry.ritual, id=name) for name, entry in LIBRARY.entries.items() if entry.ritual.short]
EXAMPLES = [
    pytest.param(name, index, id=f"{name}-{example.name}")
    for name, entry in LIBRARY.entries.items()
    for index, example in enumerate(entry.ritual.examples)
]
LANGUAGES = ("en", "de")
SEASONS = ("normal", "simplified", "apart")


def played(name: str, index: int) -> Played:
    """Play an example as `turntoward check` does: with the ritual it belongs to, or with those it names."""
    entry = LIBRARY.entries[name]
    example = entry.ritual.examples[index]
    named = example if example.rituals is not None else example.model_copy(update={"rituals": (name,)})
    return play_scenario(named, entry.document, LIBRARY, at=("examples", index))


def test_every_file_in_the_folder_is_a_good_ritual() -> None:
    assert LIBRARY.problems == ()
    assert "reunion_hug" in LIBRARY.entries


@pytest.mark.parametrize(("name", "index"), EXAMPLES)
def test_an_example_comes_out_as_it_says(name: str, index: int) -> None:
    result = played(name, index)
    assert result.differences == ()
    if not LIBRARY.entries[name].ritual.examples[index].then:
        assert result.emitted == ()  # silent means not even a tile, which `then` need not name


@pytest.mark.parametrize("ritual", RITUALS)
def test_examples_show_when_it_speaks_and_when_it_does_not(ritual: Ritual) -> None:
    assert len(ritual.examples) >= 4
    assert any(not example.then for example in ritual.examples)
    assert any(example.then for example in ritual.examples)


@pytest.mark.parametrize("ritual", SHORTENED)
def test_an_example_shows_the_short_form(ritual: Ritual) -> None:
    assert any(example.household.get("season") == "simplified" for example in ritual.examples)


@pytest.mark.parametrize("season", SEASONS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ritual", RITUALS)
def test_there_are_enough_lines_not_to_tire_of_them(ritual: Ritual, language: str, season: str) -> None:
    form = ritual.in_season(season)
    offers = form is not None and (form.run.time_out or any(t.trigger != "called" for t in form.triggers))
    if form is not None and (offers or form.offer.say):
        lines = form.offer.say[language]
        assert len(set(lines)) == len(lines) >= 5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("ritual", RITUALS)
def test_what_is_said_while_it_runs_has_variants_too(ritual: Ritual, language: str) -> None:
    for form in filter(None, map(ritual.in_season, SEASONS)):
        for step in form.run.steps:
            if step.action == "announce":
                assert len(set(step.say[language])) >= 2


@pytest.mark.parametrize("ritual", RITUALS)
def test_the_short_form_is_quieter(ritual: Ritual) -> None:
    short = ritual.in_season("simplified")
    if short is not None:
        assert (short.run.lasts or timedelta()) <= (ritual.run.lasts or timedelta())
        assert {choice.channel for choice in short.offer.channels} <= {c.channel for c in ritual.offer.channels}


@pytest.mark.parametrize("path", sorted(shipped_rules().glob("*.yaml")), ids=lambda path: path.stem)
def test_editors_find_the_schema(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=rule.schema.json\n")


def test_the_schema_is_fresh() -> None:
    written = (shipped_rules() / FILE).read_text(encoding="utf-8")
    assert written == schema_text(), "run: python -m turntoward.rulebook.schema"


def test_the_schema_knows_the_short_ways_to_write_things() -> None:
    kinds = json.loads(schema_text())["$defs"]
    say = kinds["Offer"]["properties"]["say"]["anyOf"]
    assert [form.get("type") or form["$ref"] for form in say] == ["string", "#/$defs/Text", "array", "object"]
    assert kinds["Given"]["properties"]["at"]["type"] == "string"
    assert {"type": "boolean"} in kinds["StateTrigger"]["properties"]["is"]["anyOf"]


def blocks() -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", (shipped_rules() / "README.md").read_text(encoding="utf-8"), re.DOTALL)


def test_the_readme_shows_a_ritual_that_works(tmp_path: Path) -> None:
    (tmp_path / "evening_tea.yaml").write_text(blocks()[1], encoding="utf-8")
    entry = read_ritual(tmp_path / "evening_tea.yaml")
    example = entry.ritual.examples[0]
    household = scenario_household(example, None, entry.document, ("examples", 0))
    assert play(household, Rulebook(rituals=(entry.ritual,)), example).differences == ()


def test_the_readme_shows_a_scenario_that_works(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(blocks()[2], encoding="utf-8")
    scenario, document = load_scenario(tmp_path / "scenario.yaml")
    household = scenario_household(scenario, None, document)
    assert play(household, Rulebook(rituals=(LIBRARY.entries["reunion_hug"].ritual,)), scenario).differences == ()


def test_the_readme_shows_a_change_that_works(tmp_path: Path) -> None:
    (tmp_path / "household.yaml").write_text(blocks()[0], encoding="utf-8")
    changes = read(tmp_path / "household.yaml").data["rituals"]
    assert set(changes) <= set(LIBRARY.entries)


def test_the_readme_names_every_word_of_the_grammar() -> None:
    text = (shipped_rules() / "README.md").read_text(encoding="utf-8")
    kinds = json.loads(schema_text())["$defs"]
    tags = [v for kind in kinds.values() for key in ("trigger", "condition") for v in tag_values(kind, key)]
    settings = [name for kind in kinds.values() for name in kind.get("properties", {})]
    missing = {word for word in [*tags, *settings, *Ritual.model_fields] if word not in text}
    assert missing == set()


def tag_values(kind: dict[str, object], key: str) -> list[str]:
    properties = kind.get("properties")
    tag = properties.get(key, {}) if isinstance(properties, dict) else {}
    return [*tag.get("enum", []), *([tag["const"]] if "const" in tag else [])]
