"""Tells Home Assistant what there is, and takes back what there is no more: entities, and whole devices.

What was told before is read from the broker, so nothing has to be remembered here. Nothing here may tell a state.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from turntoward.channels.tile import discovery
from turntoward.channels.tile.entities import Component
from turntoward.core.rules import Rulebook
from turntoward.ports import Broker
from turntoward.settings import Settings


class Introduction:
    """The devices of a home; `publish` raises NotNow and Impossible like the broker does."""

    def __init__(self, settings: Settings, rulebook: Rulebook, broker: Broker) -> None:
        self._messages = discovery.messages(settings, rulebook)
        self._remembered = settings.topics.devices
        self._ours = f"{settings.base}/ritual/"
        self._broker = broker

    def publish(self) -> None:
        """Tell of every device, and take back those of an earlier run that are no more."""
        now, before = list(self._messages), discovery.former(self._broker.retained(self._remembered))
        # Remembered before anything is told: what is told and then forgotten would stay for ever.
        if set(now) - set(before):
            self._remember(dict.fromkeys([*now, *before]))
        for topic in before:
            if topic not in self._messages:
                self._broker.publish(topic, "", retain=True)
        for topic, message in self._messages.items():
            self._introduce(topic, message)
        if set(before) - set(now):
            self._remember(now)

    def _remember(self, topics: Iterable[str]) -> None:
        self._broker.publish(self._remembered, json.dumps(list(topics)), retain=True)

    def _introduce(self, topic: str, message: discovery.Message) -> None:
        gone = discovery.gone(self._broker.retained(topic), message)
        if gone:
            self._tell(topic, discovery.farewell(message, gone))
        self._tell(topic, message)
        needed = self._kept_for(message["components"].values())
        for kept in self._kept_for(gone.values()):
            if kept not in needed:
                self._broker.publish(kept, "", retain=True)

    def _tell(self, topic: str, message: discovery.Message) -> None:
        self._broker.publish(topic, json.dumps(message, ensure_ascii=False), retain=True)

    def _kept_for(self, components: Iterable[Component]) -> list[str]:
        """Return the topics of rituals that entities show; nobody else writes them."""
        named = (str(c[key]) for c in components for key in ("state_topic", "json_attributes_topic") if key in c)
        return [topic for topic in dict.fromkeys(named) if topic.startswith(self._ours)]
