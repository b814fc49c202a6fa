"""Which answers make sense to a ritual in the state it is in: what a tile offers to tap. It decides nothing.

An answer that is not among them is taken all the same, or refused with a reason, by the core.
"""

from __future__ import annotations

from turntoward.core.actions import TileState
from turntoward.core.events import Answer
from turntoward.core.household import Season
from turntoward.core.rules import Ritual, Rulebook

_WHILE_IT_RUNS: tuple[Answer, ...] = ("done", "another", "enough", "keep", "change", "drop", "share")
_AT_REST: tuple[Answer, ...] = ("done", "share")


class Answerable:
    """The answers of all rituals, in the form each has in a season."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._forms: dict[Season, dict[str, Ritual]] = {}

    def answers(self, ritual: str, state: TileState, season: Season) -> list[Answer]:
        """Return what can sensibly be said; nothing to a ritual that rests in this season."""
        form = self._in_season(season).get(ritual)
        if form is None:
            return []
        if state == "offered":
            return list(dict.fromkeys(("start", *form.answers)))
        if state == "running":
            return [*(answer for answer in form.answers if answer in _WHILE_IT_RUNS), "stop"]
        return ["start", *(answer for answer in form.answers if answer in _AT_REST)]

    def _in_season(self, season: Season) -> dict[str, Ritual]:
        if season not in self._forms:
            self._forms[season] = {form.ritual: form for form in self._rulebook.in_season(season).rituals}
        return self._forms[season]
