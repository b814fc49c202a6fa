"""What rituals and rules name: decks, tags of cards, other rituals; and whether it is there.

What only a home can have (signals, rooms, scenes) is a matter of `advice`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import cast

from turntoward.core.decks import CardChoice, Deck
from turntoward.core.rule_conditions import Condition, RitualCondition
from turntoward.core.rule_steps import AnnounceStep, StartStep, Step, TileStep
from turntoward.core.rule_triggers import RitualTrigger
from turntoward.core.rules import Ritual, Rule, Rulebook
from turntoward.documents import Document, Keys, Problem, nearest

Spec = Ritual | Rule
_SEASONS = {"short": "simplified", "apart": "apart"}
_FEW = 12


def wrong_references(
    spec: Spec, document: Document, at: Keys, rituals: Collection[str], decks: Mapping[str, Deck | None]
) -> Iterator[Problem]:
    """Yield a problem for each deck, tag or ritual that is named and not there.

    `rituals`: all there are. `decks`: all there are, None for one that has problems of its own.
    """
    told: set[tuple[Keys, str]] = set()
    for form_at, form in forms(spec):
        for keys, message in (*_wrong_cards(form, decks), *_wrong_rituals(form, rituals)):
            if (keys, message) not in told:  # what a form does not change was told already
                yield document.problem((*at, *form_at, *keys), message)
            told.add((keys, message))


def forms(spec: Spec) -> Iterator[tuple[Keys, Spec]]:
    """Yield a ritual as it usually is, then as it is in the seasons in which it is not; with where that stands."""
    yield (), spec
    if isinstance(spec, Ritual):
        for key, season in _SEASONS.items():
            if spec.form(season):
                # a form that says something does not rest
                yield (key,), cast(Ritual, spec.in_season(season))


def all_of(rulebook: Rulebook) -> tuple[Spec, ...]:
    """Return all rituals and rules of a rulebook."""
    return (*rulebook.rituals, *rulebook.rules)


def steps(spec: Spec) -> Iterator[tuple[Keys, Step]]:
    """Yield each step with where it stands."""
    at, listed = (("actions",), spec.actions) if isinstance(spec, Rule) else (("run", "steps"), spec.run.steps)
    yield from (((*at, index), step) for index, step in enumerate(listed))


def conditions(listed: Iterable[Condition], at: Keys = ("conditions",)) -> Iterator[tuple[Keys, Condition]]:
    """Yield each condition with where it stands, also those inside of others."""
    for index, condition in enumerate(listed):
        keys = (*at, index)
        yield keys, condition
        if condition.condition in ("all", "any", "not"):
            yield from conditions(condition.conditions, (*keys, "conditions"))


def cards(spec: Spec) -> Iterator[tuple[Keys, CardChoice]]:
    """Yield each choice of cards, in all forms of a ritual."""
    for form_at, form in forms(spec):
        yield from (((*form_at, *keys), choice) for keys, choice in _cards(form))


def decks_named(specs: Iterable[Spec]) -> tuple[str, ...]:
    """Return the decks from which something is drawn."""
    return tuple(sorted({choice.deck for spec in specs for _, choice in cards(spec)}))


def rituals_named(spec: Spec) -> Iterator[tuple[Keys, str]]:
    """Yield each other ritual that one form names."""
    for index, trigger in enumerate(spec.triggers):
        if isinstance(trigger, RitualTrigger):
            yield ("triggers", index, "ritual"), trigger.ritual
    for keys, condition in conditions(spec.conditions):
        if isinstance(condition, RitualCondition):
            yield (*keys, "ritual"), condition.ritual
    for keys, step in steps(spec):
        if isinstance(step, StartStep):
            yield (*keys, "ritual"), step.ritual


def no_such_ritual(name: str, known: Iterable[str]) -> str:
    """Say that there is no such ritual, and which one was probably meant."""
    return _no_such("ritual", name, known, "`turntoward rituals` lists all there are")


def _no_such(kind: str, name: str, known: Iterable[str], otherwise: str) -> str:
    near = nearest(name, known)
    return f"there is no {kind} '{name}'; " + (f"did you mean '{near}'?" if near else otherwise)


def _cards(form: Spec) -> Iterator[tuple[Keys, CardChoice]]:
    if isinstance(form, Ritual) and form.offer.card is not None:
        yield ("offer", "card"), form.offer.card
    if isinstance(form, Ritual) and form.card_of_day is not None:
        yield ("card_of_day",), form.card_of_day
    for keys, step in steps(form):
        if isinstance(step, AnnounceStep | TileStep) and step.card is not None:
            yield (*keys, "card"), step.card


def _wrong_rituals(form: Spec, known: Collection[str]) -> Iterator[tuple[Keys, str]]:
    yield from ((keys, no_such_ritual(name, known)) for keys, name in rituals_named(form) if name not in known)


def _wrong_cards(form: Spec, decks: Mapping[str, Deck | None]) -> Iterator[tuple[Keys, str]]:
    for keys, choice in _cards(form):
        if choice.deck not in decks:
            otherwise = "a deck is a file in the folder decks, beside the rules"
            yield (*keys, "deck"), _no_such("deck", choice.deck, decks, otherwise)
        elif deck := decks[choice.deck]:
            yield from _wrong_tags(keys, choice, deck)


def _wrong_tags(keys: Keys, choice: CardChoice, deck: Deck) -> Iterator[tuple[Keys, str]]:
    known = sorted({tag for card in deck.cards for tag in card.tags})
    unknown = [(index, tag) for index, tag in enumerate(choice.tags) if tag not in known]
    for index, tag in unknown:
        near = nearest(tag, known)
        few = known[:_FEW] if len(known) <= _FEW else []
        hint = f"did you mean '{near}'?" if near else f"its tags are {', '.join(few)}" if few else "look into its file"
        yield (*keys, "tags", index), f"no card of the deck '{deck.deck}' has the tag '{tag}'; {hint}"
    if not unknown and not any(card.depth <= choice.depth and choice.takes(card) for card in deck.cards):
        these = "all of these tags" if choice.match == "all" else "one of these tags"
        yield keys, f"no card of the deck '{deck.deck}' fits: none that has {these} is as light as that"
