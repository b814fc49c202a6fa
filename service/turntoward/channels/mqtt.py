"""The channel `mqtt`: tells of each step on `<base>/event`, answers whoever asked aloud on `<base>/reply`,
and publishes what a rule says.

Nothing here may speak to the couple, what they see is the channel `tile`; and of what is private nothing is told.
"""

from __future__ import annotations

import json

from turntoward.channels import Reach
from turntoward.core.actions import Action, Publish, Reply, TellStep
from turntoward.core.rules import Rulebook
from turntoward.ports import Broker, Clock, Impossible
from turntoward.settings import Settings


class MqttChannel:
    """Publishes {"id", "ritual", "title", "occasion", "step", "at"}, and {"to", "text"}; neither is retained.

    `at` is local time with its offset.
    """

    name = "mqtt"
    at_most_once = False

    def __init__(self, settings: Settings, rulebook: Rulebook, broker: Broker, clock: Clock) -> None:
        self._event, self._replies = settings.topics.event, settings.topics.reply
        self._zone = settings.time_zone
        self._titles = {ritual.ritual: ritual.named(settings.language) for ritual in rulebook.rituals}
        self._private = {ritual.ritual for ritual in rulebook.rituals if ritual.private}
        self._broker = broker
        self._clock = clock

    def deliver(self, action: Action) -> None:
        """Publish a step, a reply or a message; see ports.Channel."""
        if isinstance(action, TellStep):
            if action.ritual not in self._private:
                self._tell(action)
        elif isinstance(action, Reply):
            self._reply(action)
        elif isinstance(action, Publish):
            self._publish(action)
        else:
            raise Impossible(f"the channel {self.name!r} tells steps; it cannot do {type(action).__name__}")

    def _tell(self, action: TellStep) -> None:
        told = {
            "id": action.id,
            "ritual": action.ritual,
            "title": self._titles.get(action.ritual, action.ritual),
            "occasion": action.occasion,
            "step": action.step,
            "at": action.at.astimezone(self._zone).isoformat(timespec="seconds"),
        }
        left = self._clock.seconds_until(action.valid_until)
        self._broker.publish(self._event, json.dumps(told, ensure_ascii=False), expires_in=left)

    def _reply(self, action: Reply) -> None:
        said = {"to": action.to, "text": action.text}
        left = self._clock.seconds_until(action.valid_until)
        self._broker.publish(self._replies, json.dumps(said, ensure_ascii=False), expires_in=left)

    def _publish(self, action: Publish) -> None:
        # What is kept is kept until something else is published; the rest is worth nothing when it comes late.
        left = None if action.retain else self._clock.seconds_until(action.valid_until)
        self._broker.publish(action.topic, action.payload, retain=action.retain, expires_in=left)

    def close(self) -> None:
        """A step is not retained, and what a rule keeps is the rule's."""


def build(reach: Reach) -> MqttChannel | None:
    """Build the channel where there is a broker."""
    if reach.broker is None:
        return None
    return MqttChannel(reach.settings, reach.rulebook, reach.broker, reach.clock)
