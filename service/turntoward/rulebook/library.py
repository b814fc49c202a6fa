"""All rituals, rules and decks there are: ours, and the household's own, where a file of the same name replaces ours.

Which of them are switched on, and what is changed in them, is not decided here.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from turntoward.core.decks import Deck
from turntoward.core.rules import Ritual, Rule
from turntoward.documents import Document, Problem, Problems
from turntoward.rulebook.files import read_deck, read_rule_file
from turntoward.rulebook.references import cards, wrong_references

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A ritual and the file it stands in, so that whatever is found later can be told at its line."""

    ritual: Ritual
    document: Document


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule that is no ritual, and the file it stands in."""

    rule: Rule
    document: Document


@dataclass(frozen=True, slots=True)
class Library:
    """Every ritual, rule and deck that could be read, by name and in the order of the names."""

    entries: Mapping[str, Entry]
    rules: Mapping[str, RuleEntry] = field(default_factory=dict)
    decks: Mapping[str, Deck] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()
    """Rituals and rules that have problems. One of the household's own is left out and not replaced by ours."""
    left_out_decks: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()

    @property
    def rituals_known(self) -> frozenset[str]:
        """The names that stand for a ritual; of a file with problems it may be one."""
        return self.left_out | frozenset(self.entries)

    @property
    def decks_known(self) -> dict[str, Deck | None]:
        """The decks by name, None for one that has problems."""
        return {**dict.fromkeys(self.left_out_decks), **self.decks}

    def lacks_a_deck(self, spec: Ritual | Rule) -> bool:
        """Whether a ritual or rule draws from a deck that has problems."""
        return any(choice.deck in self.left_out_decks for _, choice in cards(spec))


@dataclass(frozen=True, slots=True)
class _Files:
    """The files of a folder that could be read."""

    rules: Mapping[str, tuple[Ritual | Rule, Document]]
    decks: Mapping[str, Deck]
    left_out: frozenset[str]
    left_out_decks: frozenset[str]
    problems: tuple[Problem, ...]


def read_library(own: Path | None = None) -> Library:
    """Read our files and those in `own`. Problems are in the library, and nothing with a problem is.

    Raises Problems where `own` is not a folder that can be listed, or where our own rules are missing.
    """
    ours = _ours(shipped_rules())
    return _checked(_joined(ours, _read_folder(own)) if own else ours)


@cache
def our_library() -> Library:
    """Return what comes with us, which does not change while the program runs. Raises as `read_library`."""
    return read_library()


def read_ritual(path: Path) -> Entry:
    """Read the file of one ritual, without a look at what it names. Raises Problems."""
    spec, document = read_rule_file(path)
    if isinstance(spec, Rule):
        raise Problems([document.problem(("rule",), "this is a rule; a ritual is expected here")])
    return Entry(spec, document)


def shipped_rules() -> Path:
    """Return our own `rules` folder: inside the installed package, or beside `service/` in a checkout."""
    package = Path(str(importlib.resources.files("turntoward")))
    for folder in (package / "rules", *(above / "rules" for above in package.parents[:2])):
        if folder.is_dir():
            return folder
    raise Problems(
        [Problem(package / "rules", 0, 0, "", "the rules that belong to the program are missing; reinstall it")]
    )


@cache
def _ours(folder: Path) -> _Files:
    """Our own files do not change while the program runs, and they are many."""
    return _read_folder(folder)


def _read_folder(folder: Path) -> _Files:
    rules, wrong_rules, rule_problems = _read_all(folder, read_rule_file)
    below = folder / "decks"
    decks, wrong_decks, deck_problems = _read_all(below, read_deck) if below.is_dir() else ({}, frozenset(), [])
    return _Files(rules, decks, wrong_rules, wrong_decks, (*rule_problems, *deck_problems))


def _read_all(folder: Path, read: Callable[[Path], T]) -> tuple[dict[str, T], frozenset[str], list[Problem]]:
    """Return what could be read by name, the names of what could not, and why."""
    found: dict[str, T] = {}
    left_out: list[str] = []
    problems: list[Problem] = []
    for path in _yaml_files(folder):
        try:
            found[path.stem] = read(path)
        except Problems as wrong:
            left_out.append(path.stem)
            problems += wrong.problems
    return found, frozenset(left_out), problems


def _yaml_files(folder: Path) -> Iterator[Path]:
    try:
        yield from (
            path for path in sorted(folder.iterdir()) if path.suffix == ".yaml" and not path.name.startswith(".")
        )
    except OSError as error:
        raise Problems([Problem(folder, 0, 0, "", f"this folder cannot be read ({error.strerror})")]) from None


def _joined(ours: _Files, own: _Files) -> _Files:
    """Lay the household's files over ours; one of its own that has problems hides ours too."""
    return _Files(
        {name: it for name, it in {**ours.rules, **own.rules}.items() if name not in own.left_out},
        {name: it for name, it in {**ours.decks, **own.decks}.items() if name not in own.left_out_decks},
        (ours.left_out - set(own.rules)) | own.left_out,
        (ours.left_out_decks - set(own.decks)) | own.left_out_decks,
        (*ours.problems, *own.problems),
    )


def _checked(files: _Files) -> Library:
    """Look whether what the files name is there; what names something that is not is left out, and told."""
    specs = sorted(files.rules.items())
    all_there = Library(
        {name: Entry(spec, document) for name, (spec, document) in specs if isinstance(spec, Ritual)},
        {name: RuleEntry(spec, document) for name, (spec, document) in specs if isinstance(spec, Rule)},
        dict(sorted(files.decks.items())),
        files.left_out,
        files.left_out_decks,
        files.problems,
    )
    wrong = {name: _wrong(spec, document, all_there) for name, (spec, document) in specs}
    broken = {name for name, (spec, _) in specs if wrong[name] or all_there.lacks_a_deck(spec)}
    return replace(
        all_there,
        entries={name: entry for name, entry in all_there.entries.items() if name not in broken},
        rules={name: entry for name, entry in all_there.rules.items() if name not in broken},
        left_out=all_there.left_out | broken,
        problems=(*all_there.problems, *(problem for found in wrong.values() for problem in found)),
    )


def _wrong(spec: Ritual | Rule, document: Document, library: Library) -> list[Problem]:
    return list(wrong_references(spec, document, (), library.rituals_known, library.decks_known))
