"""Decks of cards: questions, ideas, cues, phrases. Which card comes next, without chance and without repeats.

The words are in `rules/decks/`; when a card is wanted is told by a ritual.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from turntoward.core.model import Model
from turntoward.core.spans import Duration
from turntoward.core.texts import Lines, Text, in_language

NAME = r"^[a-z][a-z0-9_]{0,39}$"


class Card(Model):
    """One card."""

    id: str = Field(pattern=NAME, description="never change it: by it the deck remembers what you have seen")
    depth: int = Field(1, ge=1, le=3, description="1 light, 2 a little deeper, 3 deep")
    tags: tuple[str, ...] = ()
    text: Lines

    def words(self, language: str) -> Text:
        """Return the card's text in a language."""
        return next(iter(in_language(self.text, language)), Text(say=self.id))


class Deck(Model):
    """A deck: one file in `rules/decks/`."""

    deck: str = Field(pattern=NAME, description="the file's name without .yaml")
    title: str | dict[str, str] = ""
    repeat_after: Duration = Field(
        timedelta(days=60), description="no card comes back sooner; 0s: the one shown longest ago comes next"
    )
    cards: tuple[Card, ...]


class CardChoice(Model):
    """Which cards of which deck a ritual may draw."""

    deck: str
    tags: tuple[str, ...] = Field((), description="a card needs one of them; left out: any card")
    match: Literal["any", "all"] = Field("any", description="all: a card needs all of the tags")
    depth: int = Field(3, ge=1, le=3, description="no deeper than this, whatever you both have chosen")

    def takes(self, card: Card) -> bool:
        """Whether a card's tags are those that are wanted."""
        wanted, tags = set(self.tags), set(card.tags)
        return wanted <= tags if self.match == "all" else not wanted or bool(wanted & tags)


def _choice(value: object) -> Any:
    return {"deck": value} if isinstance(value, str) else value


CardChoiceOrName = Annotated[CardChoice, BeforeValidator(_choice, json_schema_input_type=str | CardChoice)]


def draw(
    deck: Deck, choice: CardChoice, drawn: Mapping[str, datetime], depth: int, seed: int, now: datetime
) -> Card | None:
    """Return the next card, or None where every card that fits was there too recently.

    `drawn`: when each card was there last. New cards come first, in an order of this household's own (`seed`).
    """
    deepest = min(depth, choice.depth)
    fits = [card for card in deck.cards if card.depth <= deepest and choice.takes(card)]
    rested = [c for c in fits if c.id not in drawn or now - drawn[c.id] >= deck.repeat_after]
    return min(rested, key=lambda card: _order(deck, card, drawn, seed), default=None)


def _order(deck: Deck, card: Card, drawn: Mapping[str, datetime], seed: int) -> tuple[bool, str, str]:
    last = drawn.get(card.id)
    own = hashlib.sha256(f"{seed} {deck.deck} {card.id}".encode()).hexdigest()
    return last is not None, last.isoformat() if last else "", own
