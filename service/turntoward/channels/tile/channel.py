"""Keeps what is shown in step with what was asked, whenever the broker comes and goes.

Only the latest state of a ritual, and of the household, counts: an older one that still waits is done with,
unpublished. Nothing here may decide what a state should be.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

from turntoward.channels.tile import discovery
from turntoward.channels.tile.answerable import Answerable
from turntoward.channels.tile.home import HomeShown
from turntoward.channels.tile.introduction import Introduction
from turntoward.core.actions import Action, SetTile, ShowHome
from turntoward.core.board import Board
from turntoward.core.household import Season
from turntoward.core.rules import Ritual, Rulebook
from turntoward.ports import Broker, Clock, Impossible, NotNow
from turntoward.settings import Settings

REMEMBERED = 64
"""How many outdated actions are still recognised when they are tried again."""


class TileChannel:
    """Retained `<base>/ritual/<id>/state` and `.../attributes`, `<base>/home` and `<base>/season`; all of it is
    republished on each connect, after the discovery.
    """

    name = "tile"
    at_most_once = False

    def __init__(
        self,
        settings: Settings,
        rulebook: Rulebook,
        broker: Broker,
        clock: Clock,
        shown: tuple[SetTile | ShowHome, ...] = (),
    ) -> None:
        self._settings = settings
        self._rituals = {ritual.ritual: ritual for ritual in discovery.shown(rulebook)}
        self._introduction = Introduction(settings, rulebook, broker)
        self._answerable = Answerable(rulebook)
        self._home = HomeShown(settings, rulebook, self._answerable)
        self._broker = broker
        self._clock = clock
        # What is asked comes from the channel's worker, what is republished from the broker's thread.
        self._lock = threading.Lock()
        # Known before the first connect: a tile that says idle for a second would end what runs, for an automation.
        tiles = (one for one in shown if isinstance(one, SetTile))
        self._latest: dict[str, SetTile] = {tile.ritual: tile for tile in tiles if tile.ritual in self._rituals}
        self._board: Board | None = next((one.board for one in shown if isinstance(one, ShowHome)), None)
        self._shown: dict[str, str] = {}
        self._season_shown: tuple[Season, date | None] | None = None
        self._outdated: deque[str] = deque(maxlen=REMEMBERED)
        broker.on_connect(self._show_everything)

    def deliver(self, action: Action) -> None:
        """Show a state; do nothing where a later one was asked for, or where there is no tile. See ports.Channel."""
        if isinstance(action, ShowHome):
            with self._lock:
                self._take(action.board)
            return
        if not isinstance(action, SetTile):
            raise Impossible(f"the channel {self.name!r} sets tiles; it cannot do {type(action).__name__}")
        if action.ritual not in self._rituals:  # switched off, or private, since it was asked
            return
        with self._lock:
            if action.id in self._outdated or action.id == self._shown.get(action.ritual):
                return
            self._note(action)
            self._show(self._rituals[action.ritual])

    def close(self) -> None:
        """Show that nothing is on, wherever something else is shown, if the broker is there."""
        with self._lock, suppress(NotNow, Impossible):
            for name in [name for name, action in self._latest.items() if action.state != "idle"]:
                del self._latest[name]
                self._show(self._rituals[name])
            if self._board is not None and self._board.now is not None:
                self._board = replace(self._board, now=None, minutes_left=None)
                self._show_home()

    def _note(self, action: SetTile) -> None:
        before = self._latest.get(action.ritual)
        if before is not None and before.id != action.id:
            self._outdated.append(before.id)
        self._latest[action.ritual] = action

    def _take(self, board: Board) -> None:
        self._board = board
        self._show_home()
        if self._season_shown != (board.season, board.season_until):
            for ritual in self._rituals.values():  # each has the answers of its form in this season
                self._show_attributes(ritual, self._current(ritual.ritual))
            self._show_season()

    def _show_everything(self) -> None:
        with self._lock:
            self._introduction.publish()
            for ritual in self._rituals.values():
                self._show(ritual)
            self._show_home()
            self._show_season()

    def _show(self, ritual: Ritual) -> None:
        action = self._current(ritual.ritual)
        # First what the state is about: who is woken by the state reads it then.
        self._show_attributes(ritual, action)
        topic = self._settings.topics.state(ritual.ritual)
        self._broker.publish(topic, action.state if action else "idle", retain=True)
        if action is not None:
            self._shown[ritual.ritual] = action.id

    def _show_attributes(self, ritual: Ritual, action: SetTile | None) -> None:
        self._keep(self._settings.topics.attributes(ritual.ritual), self._attributes(ritual, action))

    def _show_home(self) -> None:
        """Show the household as soon as it is known how it is."""
        if self._board is not None:
            self._keep(self._settings.topics.home, self._home.as_json(self._board))

    def _show_season(self) -> None:
        if self._board is not None:
            until = self._board.season_until
            shown = {"season": self._board.season, "until": until.isoformat() if until else None}
            self._keep(self._settings.topics.season, shown)
            self._season_shown = self._board.season, self._board.season_until

    def _current(self, ritual: str) -> SetTile | None:
        """Return what to show; what was never shown in its time is not shown after it."""
        action = self._latest.get(ritual)
        if action is None or action.id == self._shown.get(ritual):
            return action
        return action if self._clock.seconds_until(action.valid_until) > 0 else None

    def _attributes(self, ritual: Ritual, action: SetTile | None) -> dict[str, Any]:
        until = action.until.astimezone(self._settings.time_zone) if action and action.until else None
        season: Season = self._board.season if self._board else self._settings.season
        return {
            "title": ritual.named(self._settings.language),
            "text": action.text if action else "",
            "until": until.isoformat(timespec="seconds") if until else None,
            "occasion": action.occasion if action else "",
            "answers": self._answerable.answers(ritual.ritual, action.state if action else "idle", season),
        }

    def _keep(self, topic: str, value: dict[str, Any]) -> None:
        self._broker.publish(topic, json.dumps(value, ensure_ascii=False), retain=True)
