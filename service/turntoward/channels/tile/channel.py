"""Keeps what the tiles show in step with what was asked, whenever the broker comes and goes.

Only the latest state of a ritual counts: an older one that still waits is done with, unpublished. Nothing here may
decide what a state should be.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from contextlib import suppress
from typing import Any

from turntoward.channels.tile import discovery
from turntoward.channels.tile.topics import attributes_topic, season_topic, state_topic
from turntoward.core.actions import Action, SetTile, ShowSeason
from turntoward.core.rules import Ritual, Rulebook
from turntoward.ports import Broker, Clock, Impossible, NotNow
from turntoward.settings import Settings

REMEMBERED = 64
"""How many outdated actions are still recognised when they are tried again."""


class TileChannel:
    """Retained `<base>/ritual/<id>/state` and `.../attributes`, and `<base>/season`; all of it is republished on each
    connect, after the discovery.
    """

    name = "tile"
    at_most_once = False

    def __init__(
        self,
        settings: Settings,
        rulebook: Rulebook,
        broker: Broker,
        clock: Clock,
        shown: tuple[SetTile | ShowSeason, ...] = (),
    ) -> None:
        self._settings = settings
        self._rituals = {ritual.ritual: ritual for ritual in discovery.shown(rulebook)}
        self._config = discovery.config(settings, rulebook)
        self._config_topic = discovery.config_topic(settings)
        self._broker = broker
        self._clock = clock
        # What is asked comes from the channel's worker, what is republished from the broker's thread.
        self._lock = threading.Lock()
        # Known before the first connect: a tile that says idle for a second would end what runs, for an automation.
        tiles = (one for one in shown if isinstance(one, SetTile))
        self._latest: dict[str, SetTile] = {tile.ritual: tile for tile in tiles if tile.ritual in self._rituals}
        self._season = next((one for one in shown if isinstance(one, ShowSeason)), None)
        self._shown: dict[str, str] = {}
        self._outdated: deque[str] = deque(maxlen=REMEMBERED)
        broker.on_connect(self._show_everything)

    def deliver(self, action: Action) -> None:
        """Show a state, or do nothing where a later one was asked for; see ports.Channel."""
        if isinstance(action, ShowSeason):
            with self._lock:
                self._season = action
                self._show_season()
            return
        if not isinstance(action, SetTile):
            raise Impossible(f"the channel {self.name!r} sets tiles; it cannot do {type(action).__name__}")
        if action.ritual not in self._rituals:
            raise Impossible(f"there is no tile for {action.ritual!r}, which is not switched on")
        with self._lock:
            if action.id in self._outdated or action.id == self._shown.get(action.ritual):
                return
            self._note(action)
            self._show(self._rituals[action.ritual])

    def close(self) -> None:
        """Show idle wherever something else is shown, if the broker is there."""
        with self._lock, suppress(NotNow, Impossible):
            for name in [name for name, action in self._latest.items() if action.state != "idle"]:
                del self._latest[name]
                self._show(self._rituals[name])

    def _note(self, action: SetTile) -> None:
        before = self._latest.get(action.ritual)
        if before is not None and before.id != action.id:
            self._outdated.append(before.id)
        self._latest[action.ritual] = action

    def _show_everything(self) -> None:
        with self._lock:
            if self._config_topic is not None:
                self._introduce(self._config_topic)
            for ritual in self._rituals.values():
                self._show(ritual)
            self._show_season()

    def _introduce(self, topic: str) -> None:
        """Tell Home Assistant what there is, and once what there is no more."""
        gone = discovery.gone(self._broker.retained(topic), self._config)
        if gone:
            self._keep(topic, discovery.farewell(self._config, gone))
        self._keep(topic, self._config)
        kept = [c[key] for c in gone.values() for key in ("state_topic", "json_attributes_topic") if key in c]
        for old in kept:
            if str(old).startswith(f"{self._settings.base}/ritual/"):
                self._broker.publish(str(old), "", retain=True)

    def _show(self, ritual: Ritual) -> None:
        base, action = self._settings.base, self._current(ritual.ritual)
        # First what the state is about: who is woken by the state reads it then.
        self._keep(attributes_topic(base, ritual.ritual), self._attributes(ritual, action))
        self._broker.publish(state_topic(base, ritual.ritual), action.state if action else "idle", retain=True)
        if action is not None:
            self._shown[ritual.ritual] = action.id

    def _show_season(self) -> None:
        """Show the season as soon as it is known."""
        if self._season is not None:
            until = self._season.until
            shown = {"season": self._season.season, "until": until.isoformat() if until else None}
            self._keep(season_topic(self._settings.base), shown)

    def _current(self, ritual: str) -> SetTile | None:
        """Return what to show; what was never shown in its time is not shown after it."""
        action = self._latest.get(ritual)
        if action is None or action.id == self._shown.get(ritual):
            return action
        return action if self._clock.seconds_until(action.valid_until) > 0 else None

    def _attributes(self, ritual: Ritual, action: SetTile | None) -> dict[str, Any]:
        until = action.until.astimezone(self._settings.time_zone) if action and action.until else None
        return {
            "title": ritual.named(self._settings.language),
            "text": action.text if action else "",
            "until": until.isoformat(timespec="seconds") if until else None,
            "occasion": action.occasion if action else "",
        }

    def _keep(self, topic: str, value: dict[str, Any]) -> None:
        self._broker.publish(topic, json.dumps(value, ensure_ascii=False), retain=True)
