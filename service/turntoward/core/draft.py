"""A decision while it is being made: the state so far, the actions and the trace so far.

It lives within one call of `decide` and is thrown away; outside that call everything is frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from turntoward.core.actions import Action
from turntoward.core.decks import Deck
from turntoward.core.events import Answer
from turntoward.core.household import Household, Season
from turntoward.core.rules import Ritual, Rule
from turntoward.core.state import HouseholdState, Occasion, Past
from turntoward.core.trace import TraceEntry
from turntoward.core.triggers import Index

_OF_TIME_OUTS = ("time_out", "after_time_out")
"""Reasons that tell of one."""


@dataclass(frozen=True, slots=True)
class Book:
    """What there is in a season, by name: rituals and rules in their form for it, and the decks."""

    season: Season = "normal"
    rituals: Mapping[str, Ritual] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    decks: Mapping[str, Deck] = field(default_factory=dict)
    fleeting: frozenset[str] = frozenset()
    """Time-outs and what they lead to, in whatever season: nothing of them may be kept."""

    def definition(self, name: str) -> Ritual | Rule | None:
        """Return the ritual or the rule of a name."""
        return self.rituals.get(name) or self.rules.get(name)


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody waits for a reply in words: who (as they gave it), about which ritual, what they said, and since when.

    `since`: how long the trace was by then.
    """

    by: str
    ritual: str
    answer: Answer
    since: int


@dataclass(slots=True)
class Draft:
    """What a decision has come to so far."""

    household: Household
    state: HouseholdState
    now: datetime
    book: Book = field(default_factory=Book)
    index: Index = field(default_factory=Index)
    actions: list[Action] = field(default_factory=list)
    trace: list[TraceEntry] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    """Steps that rituals took, for rules that are triggered by them."""
    starts: list[tuple[str, str]] = field(default_factory=list)
    """Rituals that are to start without anybody having called them, and why."""

    asked: Asked | None = None

    @property
    def day(self) -> date:
        """The logical day it is."""
        return self.household.logical_day(self.now)

    def past(self, ritual: str) -> Past:
        """What is remembered of a ritual."""
        return self.state.past.get(ritual, Past())

    def change_past(self, ritual: str, **changes: Any) -> None:
        """Remember something else of a ritual."""
        past = {**self.state.past, ritual: replace(self.past(ritual), **changes)}
        self.state = replace(self.state, past=past)

    def put(self, occasion: Occasion) -> None:
        """Open an occasion, or replace the one of the same ritual."""
        occasions = {**self.state.occasions, occasion.ritual: occasion}
        self.state = replace(self.state, occasions=dict(sorted(occasions.items())))

    def drop(self, ritual: str) -> None:
        """Forget the open occasion of a ritual."""
        left = {name: o for name, o in self.state.occasions.items() if name != ritual}
        self.state = replace(self.state, occasions=left)

    def note(self, ritual: str, step: str, reason: str = "", occasion: str = "", **facts: str) -> None:
        """Add to the trace."""
        fleeting = ritual in self.book.fleeting or reason in _OF_TIME_OUTS or self.past(ritual).fleeting
        self.trace.append(TraceEntry(ritual, step, reason, occasion, facts, fleeting))
