"""One file of rules: a ritual, a rule or a deck, validated, with every problem at its line.

What other files there are, and whether a file names something that is not there, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from turntoward.core.decks import Deck
from turntoward.core.rules import Ritual, Rule
from turntoward.documents import Document, Keys, Problem, Problems, read, validated

FORMS = ("short", "apart")
"""Where a ritual says what changes in it in the season `simplified` and in the season `apart`."""
_NOT_IN_A_FORM = ("ritual", "examples", *FORMS)


def read_rule_file(path: Path) -> tuple[Ritual | Rule, Document]:
    """Read `NAME.yaml` with the ritual or the rule NAME. Raises Problems."""
    document = read(path)
    if "ritual" in document.data and "rule" in document.data:
        message = "a file is a ritual or a rule and not both; delete 'ritual:', or 'rule:'"
        raise Problems([document.problem(("rule",), message)])
    is_rule = _is_rule(document.data)
    try:
        spec = validated(Rule, document.data, document) if is_rule else validated_ritual(document.data, document)
    except Problems as found:
        raise Problems([_nameless(problem, document) for problem in found.problems]) from None
    _same_name(document, "rule" if is_rule else "ritual", spec.name)
    return spec, document


def read_deck(path: Path) -> Deck:
    """Read `NAME.yaml` with the deck NAME. Raises Problems."""
    document = read(path)
    deck = validated(Deck, document.data, document)
    _same_name(document, "deck", deck.deck)
    if problems := _wrong_cards(deck, document):
        raise Problems(problems)
    return deck


def _is_rule(data: Mapping[str, Any]) -> bool:
    """Without a name at the top, a list of actions tells a rule; a ritual has them below `run:`."""
    return "rule" in data or ("ritual" not in data and "actions" in data)


def _nameless(problem: Problem, document: Document) -> Problem:
    if problem.path or not problem.message.startswith(("'ritual' is missing", "'rule' is missing")):
        return problem
    name = document.path.stem
    message = f"this is no ritual and no rule; begin with 'ritual: {name}', or 'rule: {name}' for one that only acts"
    return replace(problem, message=message)


def _same_name(document: Document, kind: str, name: str) -> None:
    if name != document.path.stem:
        message = f"the {kind} is called '{name}' and its file {document.path.name}; give both the same name"
        raise Problems([document.problem((kind,), message)])


def _wrong_cards(deck: Deck, document: Document) -> list[Problem]:
    """A deck remembers its cards by their ids, and each has something to say."""
    if not deck.cards:
        return [document.problem(("cards",), "a deck needs at least one card")]
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    for index, card in enumerate(deck.cards):
        keys: Keys = ("cards", index, "id")
        if card.id in lines:
            message = f"two cards are called '{card.id}', this one and the one in line {lines[card.id]}"
            problems.append(document.problem(keys, f"{message}; give one of them another id"))
        if not any(card.text.values()):
            problems.append(document.problem(("cards", index, "text"), "this card has no text; write one"))
        lines.setdefault(card.id, document.places[keys][0])
    return problems


def validated_ritual(values: Mapping[str, Any], document: Document, at: Keys = ()) -> Ritual:
    """Validate a ritual whose values stand at `at` in a document, or are laid over it. Raises Problems.

    Each form is a ritual of its own; what is wrong with it is told below its key, and after the rest.
    """
    plain = {key: value for key, value in values.items() if key not in FORMS}
    validated(Ritual, plain, document, at)
    problems: list[Problem] = []
    for key in (key for key in FORMS if key in values):
        problems += _wrong_form(plain, key, values[key], document, (*at, key))
    if problems:
        raise Problems(problems)
    return Ritual.model_validate(values)


def _wrong_form(plain: Mapping[str, Any], key: str, form: object, document: Document, at: Keys) -> list[Problem]:
    if form is False:
        return []
    if not isinstance(form, Mapping):
        season = "simplified" if key == "short" else key
        message = f"what changes in the season '{season}' is expected here, or false: then it rests"
        return [document.problem(at, message)]
    fixed = [name for name in _NOT_IN_A_FORM if name in form]
    if fixed:
        return [document.problem((*at, name), f"'{name}' cannot change with the season; delete it") for name in fixed]
    try:
        validated(Ritual, {**plain, key: dict(form)}, document, at)
    except Problems as found:
        return list(found.problems)
    return []
