"""Which words of a rulebook are not there in the household's language. How a language is chosen is in the core."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from turntoward.core.rule_steps import AnnounceStep, TileStep
from turntoward.core.rules import Ritual, Rulebook
from turntoward.rulebook.references import Spec, all_of, steps


def in_another_language(language: str, rulebook: Rulebook) -> Iterator[str]:
    """Yield which texts are there, but not in a language; one without a language is in any."""
    for spec in all_of(rulebook):
        for name, text in _texts(spec):
            if others := _others(language, text):
                yield f"{spec.name}: {name} has no words in '{language}', the household's language, only in {others}"
    for name, deck in rulebook.decks.items():
        foreign = [card.id for card in deck.cards if _others(language, card.text)]
        if foreign:
            which = f"the card '{foreign[0]}' has" if len(foreign) == 1 else f"{len(foreign)} cards have"
            yield f"deck {name}: {which} no words in '{language}', the household's language"


def _texts(spec: Spec) -> Iterator[tuple[str, object]]:
    if isinstance(spec, Ritual):
        yield from (("title", spec.title), ("about", spec.about), ("offer.say", spec.offer.say))
    for keys, step in steps(spec):
        if isinstance(step, AnnounceStep | TileStep):
            yield ".".join(map(str, (*keys, "say"))), step.say


def _others(language: str, text: object) -> str:
    there = [key for key, words in text.items() if words] if isinstance(text, Mapping) else []
    return "" if not there or {language, ""} & set(there) else ", ".join(f"'{key}'" for key in there)
