"""The board of the household as JSON, as it lies on `<base>/home`. Pure.

Nothing may be in it that the board does not have: neither who is home nor what one of the two does in private.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from turntoward.channels.tile.answerable import Answerable
from turntoward.core.board import Board
from turntoward.core.rules import Rulebook
from turntoward.settings import HOME_ASSISTANT, Settings


class HomeShown:
    """Writes boards of one household, in its language and its local time."""

    def __init__(self, settings: Settings, rulebook: Rulebook, answerable: Answerable) -> None:
        self._settings = settings
        self._titles = {ritual.ritual: ritual.named(settings.language) for ritual in rulebook.rituals}
        self._answerable = answerable

    def as_json(self, board: Board) -> dict[str, Any]:
        """Return a board; instants are local with their offset, what there is not is null."""
        linked = self._settings.homeassistant is not None and HOME_ASSISTANT not in board.lost
        return {
            "rituals": _switch(board.agreed),
            "season": board.season,
            "season_until": board.season_until.isoformat() if board.season_until else None,
            "quiet": _switch(board.quiet_until is not None),
            "quiet_until": self._local(board.quiet_until),
            "now": self._now(board),
            "minutes_left": board.minutes_left,
            "next": self._next(board),
            "card": board.card,
            "turns": {r: {"partner": p, "name": self._settings.name_of(p)} for r, p in board.turns.items()},
            "homeassistant": _switch(linked),
        }

    def _now(self, board: Board) -> dict[str, Any] | None:
        now = board.now
        if now is None:
            return None
        return {
            "ritual": now.ritual,
            "title": self._title(now.ritual),
            "state": now.state,
            "text": now.text,
            "until": self._local(now.until),
            "occasion": now.occasion,
            "answers": self._answerable.answers(now.ritual, now.state, board.season),
        }

    def _next(self, board: Board) -> dict[str, Any] | None:
        if board.next is None:
            return None
        return {
            "ritual": board.next.ritual,
            "title": self._title(board.next.ritual),
            "at": self._local(board.next.at),
        }

    def _title(self, ritual: str) -> str:
        return self._titles.get(ritual, ritual)

    def _local(self, instant: datetime | None) -> str | None:
        return instant.astimezone(self._settings.time_zone).isoformat(timespec="seconds") if instant else None


def _switch(on: bool) -> str:
    return "ON" if on else "OFF"
