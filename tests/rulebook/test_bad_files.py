"""Mistakes people make, one file each in `bad/`, and the exact words they get for it.

The words are half of the program for somebody who sets it up. After changing them run `SNAPSHOTS=write pytest
tests/rulebook`, and read the difference as if you had never seen the program.
"""

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from turntoward.documents import Problem, Problems
from turntoward.rulebook import Entry, load, load_scenario, read_deck, read_library
from turntoward.rulebook.playing import failing_examples, play_scenario
from turntoward.settings import load_settings_and_document

BAD = Path(__file__).parent / "bad"
FILES = sorted(path.stem for path in BAD.glob("*_*.yaml"))


def read_household(path: Path) -> tuple[Problem, ...]:
    return load(*load_settings_and_document(path, {})).problems


def read_rule(path: Path) -> tuple[Problem, ...]:
    """A household whose own folder holds this one file."""
    with TemporaryDirectory() as folder:
        (Path(folder) / path.name).symlink_to(path.absolute())
        library = read_library(Path(folder))
    others = {name: without_examples(entry) for name, entry in library.entries.items() if name != path.stem}
    alone = replace(library, entries={**library.entries, **others}, rules={})
    problems = (*library.problems, *failing_examples(alone))
    return tuple(replace(problem, file=path) for problem in sorted(problems) if problem.file.name == path.name)


def without_examples(entry: Entry) -> Entry:
    return replace(entry, ritual=entry.ritual.model_copy(update={"examples": ()}))


def read_one_deck(path: Path) -> tuple[Problem, ...]:
    read_deck(path)
    return ()


def read_scenario(path: Path) -> tuple[Problem, ...]:
    scenario, document = load_scenario(path)
    play_scenario(scenario, document, read_library())
    return ()


READERS = {"household": read_household, "rule": read_rule, "deck": read_one_deck, "scenario": read_scenario}


def problems_in(path: Path) -> str:
    try:
        found = READERS[path.name.partition("_")[0]](path)
    except Problems as problems:
        found = problems.problems
    return "".join(f"{problem}\n" for problem in found)


@pytest.mark.parametrize("name", FILES)
def test_the_words_for_a_mistake(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    said, expected = problems_in(Path(f"{name}.yaml")), BAD / f"{name}.txt"
    if os.environ.get("SNAPSHOTS") == "write":
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_no_file_is_good_and_no_words_are_foreign(name: str) -> None:
    said = (BAD / f"{name}.txt").read_text(encoding="utf-8")
    assert said.startswith(f"{name}.yaml:")
    for jargon in (
        "Input should",
        "Field required",
        "Extra inputs",
        "Value error",
        "pydantic",
        "None",
        "True",
        "False",
        "tuple",
        "geheim",
    ):
        assert jargon not in said


def test_every_expectation_has_its_file() -> None:
    assert sorted(path.stem for path in BAD.glob("*.txt")) == FILES
