"""Good files with a few things changed at random: the answer is a value or Problems with words for people."""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from turntoward.core.decks import Deck
from turntoward.core.rules import Rule
from turntoward.core.scenario import Scenario
from turntoward.documents import Document, Keys, Problem, Problems, read, validated
from turntoward.rulebook import load, scenario_household, shipped_rules, warnings
from turntoward.rulebook.files import validated_ritual
from turntoward.settings import Settings

ROOT = Path(__file__).parent.parent.parent
GOOD = Path(__file__).parent / "good"
JARGON = re.compile(
    r"Input should|Field required|Extra inputs|Value error|pydantic|tuple\[|\b(None|True|False|dict|NoneType)\b"
)
ODD_VALUES: list[Any] = [
    None, True, 5, -1, 1.5, float("nan"), 10**30, "", "x", "x" * 300, "10min", "22:30", "22:30-07:00", "home/#", "{x}",
    "{", "person.alex", "NO", "on", "speaker", "time", "2026-11-19 17:00", [], {}, ["x"], [[]], [{}], {"x": 1},
    {"": None}, [None],
]  # fmt: skip
ODD_NAMES = ["x", "is", "time", "name", "enabled", "short", "entity", "rooms", "cooldown", "presence"]


def check_household(document: Document) -> tuple[Problem, ...]:
    household = validated(Settings, document.data, document)
    loaded = load(household, document)
    assert all(isinstance(line, str) for line in warnings(household, loaded.rulebook))
    return loaded.problems


def check_rule(document: Document) -> tuple[Problem, ...]:
    ritual = validated_ritual(document.data, document)
    for index, example in enumerate(ritual.examples):
        scenario_household(example, None, document, ("examples", index))
    return ()


def check_scenario(document: Document) -> tuple[Problem, ...]:
    scenario_household(validated(Scenario, document.data, document), None, document)
    return ()


def check_deck(document: Document) -> tuple[Problem, ...]:
    validated(Deck, document.data, document)
    return ()


def check_rule_file(document: Document) -> tuple[Problem, ...]:
    validated(Rule, document.data, document)
    return ()


CHECKS = {
    ROOT / "config" / "household.yaml": check_household,
    shipped_rules() / "reunion_hug.yaml": check_rule,
    ROOT / "tests" / "golden" / "G27.yaml": check_scenario,
    GOOD / "everything.yaml": check_rule,
    GOOD / "lamp.yaml": check_rule_file,
    GOOD / "decks" / "words.yaml": check_deck,
}


def places(data: Any, keys: Keys = ()) -> Iterator[Keys]:
    yield keys
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*keys, key))


@st.composite
def changed(draw: st.DrawFn, path: Path) -> Document:
    """The data of a good file, with values replaced, names changed and things left out."""
    data = read(path).data
    for _ in range(draw(st.integers(1, 3))):
        *above, last = draw(st.sampled_from([keys for keys in places(data) if keys]))
        inside: Any = data
        for key in above:
            inside = inside[key]
        match draw(st.sampled_from(["replace", "replace", "remove", "rename"])):
            case "replace":
                inside[last] = deepcopy(draw(st.sampled_from(ODD_VALUES)))  # it may be changed in its turn
            case "remove":
                del inside[last]
            case _ if isinstance(inside, dict):
                inside[draw(st.sampled_from(ODD_NAMES))] = inside.pop(last)
    return Document(path, data, dict.fromkeys(places(data), (1, 1)))


@pytest.mark.parametrize("path", CHECKS, ids=lambda path: path.stem)
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_changed_file_is_understood_or_explained(path: Path, data: st.DataObject) -> None:
    document = data.draw(changed(path))
    try:
        problems = CHECKS[path](document)
    except Problems as found:
        problems = found.problems
    for problem in problems:
        assert problem.message
        assert not JARGON.search(problem.message), problem
