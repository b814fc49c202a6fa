"""The household's `rituals:` section: which rituals are on, and what is changed in them without copying their file.

Problems with a change are told at its line in `household.yaml`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turntoward.core.rules import Ritual, Rulebook, merged
from turntoward.documents import Document, Keys, Problem, Problems, nearest
from turntoward.rulebook.library import Entry, Library, read_library, validated_ritual
from turntoward.settings import Settings

_ON = ("on", "yes", "true")
_OFF = ("off", "no", "false")
_FIXED = ("ritual", "examples")
_NO_FILE = Document(Path("household.yaml"), {}, {(): (1, 1)})


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be loaded. With problems, the rulebook holds the rituals that have none."""

    rulebook: Rulebook
    library: Library
    problems: tuple[Problem, ...] = ()


def load_rulebook(settings: Settings, document: Document | None = None) -> Rulebook:
    """Return the rituals that are switched on, as the household wants them. Raises Problems: all of all files.

    `document` is the file the settings came from, so that problems can point into it.
    """
    loaded = load(settings, document)
    if loaded.problems:
        raise Problems(loaded.problems)
    return loaded.rulebook


def load(settings: Settings, document: Document | None = None) -> Loaded:
    """Like `load_rulebook`, but what has problems is left out and told, so that a service can go on with the rest."""
    document = document or _NO_FILE
    library, problems = _library(settings.rules_dir, document)
    rituals, wrong = _all_chosen(settings.rituals, library, document, ("rituals",), settings.season)
    return Loaded(_bound(rituals), library, tuple(sorted([*problems, *wrong])))


def choose(choices: Mapping[str, Any], library: Library, document: Document, at: Keys, season: str) -> Rulebook:
    """Return the rituals that `choices`, which stand at `at` in a document, switch on. Raises Problems."""
    rituals, wrong = _all_chosen(choices, library, document, at, season)
    if wrong:
        raise Problems(wrong)
    return _bound(rituals)


def _all_chosen(
    choices: Mapping[str, Any], library: Library, document: Document, at: Keys, season: str
) -> tuple[list[Ritual], list[Problem]]:
    rituals: list[Ritual] = []
    problems: list[Problem] = []
    for name, choice in sorted(choices.items()):
        try:
            ritual = _chosen(name, choice, library, document, at)
        except Problems as found:
            problems += found.problems
            continue
        if ritual is not None:
            rituals.append(ritual.in_season(season))
    return rituals, problems


def _library(own: Path | None, document: Document) -> tuple[Library, list[Problem]]:
    if own is None or own.is_dir():
        library = read_library(own)
        return library, list(library.problems)
    library = read_library()
    missing = document.problem(("rules_dir",), f"there is no folder {own}; create it, or delete this line")
    return library, [*library.problems, missing]


def _bound(rituals: list[Ritual]) -> Rulebook:
    said = [ritual.model_dump(mode="json", by_alias=True, exclude={"examples"}) for ritual in rituals]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Rulebook(rituals=tuple(rituals), digest=hashlib.sha256(text.encode()).hexdigest()[:12])


def _chosen(name: str, choice: object, library: Library, document: Document, section: Keys) -> Ritual | None:
    """Return a ritual as the household wants it, or None where it is switched off or left out."""
    at = _place(name, document, section)
    entry = library.entries.get(name)
    if entry is None:
        if name in library.left_out:
            return None
        raise Problems([document.problem(at, no_such_ritual(name, library))])
    changes = dict(choice) if isinstance(choice, Mapping) else {}
    wanted = changes.pop("enabled", True) if isinstance(choice, Mapping) else choice
    is_on = _switch(wanted)
    if is_on is None:
        keys = (*at, "enabled") if isinstance(choice, Mapping) else at
        message = "a ritual is switched by true or false, or is followed by the settings that change in it"
        raise Problems([document.problem(keys, message)])
    ritual = _changed(entry, changes, document, at) if changes else entry.ritual
    return ritual if is_on else None


def _place(name: str, document: Document, section: Keys) -> Keys:
    """Where a ritual is named: the section is a mapping, or a list of names."""
    listed: Any = document.data
    for key in section:
        try:
            listed = listed[key]
        except (KeyError, IndexError, TypeError):
            return (*section, name)
    return (*section, listed.index(name) if isinstance(listed, list) and name in listed else name)


def no_such_ritual(name: str, library: Library) -> str:
    """Say that there is no such ritual, and which one was probably meant."""
    known = tuple(library.entries)
    near = nearest(name, known)
    hint = f"did you mean '{near}'?" if near else f"known: {', '.join(known)}"
    return f"there is no ritual '{name}'; {hint}"


def _switch(wanted: object) -> bool | None:
    """Read on, off, yes, no, true, false; nothing at all means on. None: it is none of these."""
    if wanted is None or isinstance(wanted, bool):
        return wanted is not False
    word = str(wanted).casefold() if isinstance(wanted, str) else ""
    return True if word in _ON else False if word in _OFF else None


def _changed(entry: Entry, changes: dict[str, Any], document: Document, at: Keys) -> Ritual:
    for key in _FIXED:
        if key in changes:
            message = f"'{key}' cannot be changed here; copy the ritual's file into your rules_dir and change it there"
            raise Problems([document.problem((*at, key), message)])
    # a dump writes each duration in one form only; laid over the file's words, {minutes: 30} would join {hours: 3}
    values = entry.ritual.model_dump(mode="json", by_alias=True, exclude={"examples"})
    ritual = validated_ritual(merged(values, changes), document, at)
    return ritual.model_copy(update={"examples": entry.ritual.examples})
