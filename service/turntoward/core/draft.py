"""A decision while it is being made: the state so far, the actions and the trace so far.

It lives within one call of `decide` and is thrown away; outside that call everything is frozen.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from turntoward.core.actions import Action
from turntoward.core.household import Household
from turntoward.core.state import HouseholdState, Occasion, Past
from turntoward.core.trace import TraceEntry


@dataclass(slots=True)
class Draft:
    """What a decision has come to so far."""

    household: Household
    state: HouseholdState
    now: datetime
    actions: list[Action] = field(default_factory=list)
    trace: list[TraceEntry] = field(default_factory=list)

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
        self.trace.append(TraceEntry(ritual, step, reason, occasion, facts))
