"""All rituals there are: ours, and the household's own folder, where a file of the same name replaces ours.

Which of them are switched on, and what is changed in them, is not decided here.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turntoward.core.rules import Ritual
from turntoward.documents import Document, Keys, Problem, Problems, read, validated


@dataclass(frozen=True, slots=True)
class Entry:
    """A ritual and the file it stands in, so that whatever is found later can be told at its line."""

    ritual: Ritual
    document: Document


@dataclass(frozen=True, slots=True)
class Library:
    """Every ritual that could be read, by name and in the order of the names."""

    entries: Mapping[str, Entry]
    left_out: frozenset[str] = frozenset()
    """Rituals whose file has problems. One of the household's own is left out and not replaced by ours."""
    problems: tuple[Problem, ...] = ()


def read_library(own: Path | None = None) -> Library:
    """Read our rituals and those in `own`. Problems are in the library, and nothing with a problem is.

    Raises Problems where `own` is not a folder that can be listed, or where our own rules are missing.
    """
    files = {path.stem: path for folder in (shipped_rules(), own) if folder for path in _rule_files(folder)}
    entries: dict[str, Entry] = {}
    problems: list[Problem] = []
    for name in sorted(files):
        try:
            entries[name] = read_ritual(files[name])
        except Problems as found:
            problems += found.problems
    return Library(entries, frozenset(files) - frozenset(entries), tuple(problems))


def read_ritual(path: Path) -> Entry:
    """Read one rule file, `NAME.yaml` with the ritual NAME. Raises Problems."""
    document = read(path)
    ritual = validated_ritual(document.data, document)
    if ritual.ritual != path.stem:
        message = f"the ritual is called '{ritual.ritual}' and its file {path.name}; give both the same name"
        raise Problems([document.problem(("ritual",), message)])
    return Entry(ritual, document)


def validated_ritual(values: dict[str, Any], document: Document, at: Keys = ()) -> Ritual:
    """Validate a ritual whose values stand at `at` in a document, or are laid over it. Raises Problems.

    The short form is a ritual of its own; what is wrong with it is told below `short:`, and after the rest.
    """
    full = {key: value for key, value in values.items() if key != "short"}
    ritual = validated(Ritual, full, document, at)
    return validated(Ritual, values, document, (*at, "short")) if "short" in values else ritual


def shipped_rules() -> Path:
    """Return our own `rules` folder: inside the installed package, or beside `service/` in a checkout."""
    package = Path(str(importlib.resources.files("turntoward")))
    for folder in (package / "rules", *(above / "rules" for above in package.parents[:2])):
        if folder.is_dir():
            return folder
    raise Problems(
        [Problem(package / "rules", 0, 0, "", "the rules that belong to the program are missing; reinstall it")]
    )


def _rule_files(folder: Path) -> Iterator[Path]:
    try:
        yield from (
            path for path in sorted(folder.iterdir()) if path.suffix == ".yaml" and not path.name.startswith(".")
        )
    except OSError as error:
        raise Problems([Problem(folder, 0, 0, "", f"this folder cannot be read ({error.strerror})")]) from None
