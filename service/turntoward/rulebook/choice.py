"""The household's `rituals:` section: which rituals and rules are on, and what is changed in them.

Problems with a change are told at its line in `household.yaml`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turntoward.core.rules import Ritual, Rule, Rulebook, merged
from turntoward.documents import Document, Keys, Problem, Problems, validated
from turntoward.rulebook.files import validated_ritual
from turntoward.rulebook.library import Library, read_library
from turntoward.rulebook.references import Spec, decks_named, no_such_ritual, wrong_references
from turntoward.settings import Settings

_ON = ("on", "yes", "true")
_OFF = ("off", "no", "false")
_FIXED = ("ritual", "rule", "examples")
_NO_FILE = Document(Path("household.yaml"), {}, {(): (1, 1)})


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be loaded. With problems, the rulebook holds the rituals that have none."""

    rulebook: Rulebook
    library: Library
    problems: tuple[Problem, ...] = ()


def load_rulebook(settings: Settings, document: Document | None = None) -> Rulebook:
    """Return what is switched on, as the household wants it. Raises Problems: all of all files.

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
    chosen, wrong = _all_chosen(settings.rituals, library, document, ("rituals",))
    return Loaded(bound(chosen, library), library, tuple(sorted([*problems, *wrong])))


def choose(choices: Mapping[str, Any], library: Library, document: Document, at: Keys) -> Rulebook:
    """Return what `choices`, which stand at `at` in a document, switch on. Raises Problems."""
    chosen, wrong = _all_chosen(choices, library, document, at)
    if wrong:
        raise Problems(wrong)
    return bound(chosen, library)


def bound(specs: Iterable[Spec], library: Library) -> Rulebook:
    """Bind rituals and rules, in their order, into a rulebook, with the decks they draw from."""
    listed = tuple(specs)
    decks = {name: library.decks[name] for name in decks_named(listed)}
    said = [spec.model_dump(mode="json", by_alias=True, exclude={"examples"}) for spec in listed]
    said += [deck.model_dump(mode="json") for deck in decks.values()]
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Rulebook(
        rituals=tuple(spec for spec in listed if isinstance(spec, Ritual)),
        rules=tuple(spec for spec in listed if isinstance(spec, Rule)),
        decks=decks,
        digest=hashlib.sha256(text.encode()).hexdigest()[:12],
    )


def _all_chosen(
    choices: Mapping[str, Any], library: Library, document: Document, at: Keys
) -> tuple[list[Spec], list[Problem]]:
    chosen: list[Spec] = []
    problems: list[Problem] = []
    for name, choice in sorted(choices.items()):
        try:
            spec = _chosen(name, choice, library, document, at)
        except Problems as found:
            problems += found.problems
            continue
        if spec is not None:
            chosen.append(spec)
    return chosen, problems


def _library(own: Path | None, document: Document) -> tuple[Library, list[Problem]]:
    if own is None or own.is_dir():
        library = read_library(own)
        return library, list(library.problems)
    library = read_library()
    missing = document.problem(("rules_dir",), f"there is no folder {own}; create it, or delete this line")
    return library, [*library.problems, missing]


def _chosen(name: str, choice: object, library: Library, document: Document, section: Keys) -> Spec | None:
    """Return a ritual or rule as the household wants it, or None where it is switched off or left out."""
    at = _place(name, document, section)
    spec = _named(name, library)
    if spec is None:
        if name in library.left_out:
            return None
        raise Problems([document.problem(at, no_such_ritual(name, (*library.entries, *library.rules)))])
    changes = dict(choice) if isinstance(choice, Mapping) else {}
    wanted = changes.pop("enabled", True) if isinstance(choice, Mapping) else choice
    is_on = _switch(wanted)
    if is_on is None:
        keys = (*at, "enabled") if isinstance(choice, Mapping) else at
        message = "a ritual is switched by true or false, or is followed by the settings that change in it"
        raise Problems([document.problem(keys, message)])
    spec = _changed(spec, changes, library, document, at) if changes else spec
    return spec if is_on and not library.lacks_a_deck(spec) else None


def _named(name: str, library: Library) -> Spec | None:
    if entry := library.entries.get(name):
        return entry.ritual
    rule = library.rules.get(name)
    return rule.rule if rule else None


def _place(name: str, document: Document, section: Keys) -> Keys:
    """Where a ritual is named: the section is a mapping, or a list of names."""
    listed: Any = document.data
    for key in section:
        try:
            listed = listed[key]
        except (KeyError, IndexError, TypeError):
            return (*section, name)
    return (*section, listed.index(name) if isinstance(listed, list) and name in listed else name)


def _switch(wanted: object) -> bool | None:
    """Read on, off, yes, no, true, false; nothing at all means on. None: it is none of these."""
    if wanted is None or isinstance(wanted, bool):
        return wanted is not False
    word = str(wanted).casefold() if isinstance(wanted, str) else ""
    return True if word in _ON else False if word in _OFF else None


def _changed(spec: Spec, changes: dict[str, Any], library: Library, document: Document, at: Keys) -> Spec:
    for key in _FIXED:
        if key in changes:
            message = f"'{key}' cannot be changed here; copy the ritual's file into your rules_dir and change it there"
            raise Problems([document.problem((*at, key), message)])
    # a dump writes each duration in one form only; laid over the file's words, {minutes: 30} would join {hours: 3}
    values = merged(spec.model_dump(mode="json", by_alias=True, exclude={"examples"}), changes)
    is_ritual = isinstance(spec, Ritual)
    changed = validated_ritual(values, document, at) if is_ritual else validated(Rule, values, document, at)
    if problems := list(wrong_references(changed, document, at, library.rituals_known, library.decks_known)):
        raise Problems(problems)
    return changed.model_copy(update={"examples": spec.examples})
