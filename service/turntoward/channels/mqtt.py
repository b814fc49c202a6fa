"""The channel `mqtt`: tells other programs of each step, as JSON on `<base>/event`.

Nothing here may speak to the couple; what they see is the channel `tile`.
"""

from __future__ import annotations

import json

from turntoward.channels import Reach
from turntoward.core.actions import Action, TellStep
from turntoward.ports import Broker, Clock, Impossible
from turntoward.settings import Settings


class MqttChannel:
    """Publishes {"id", "ritual", "occasion", "step", "at"}, not retained; `at` is local time with its offset."""

    name = "mqtt"
    at_most_once = False

    def __init__(self, settings: Settings, broker: Broker, clock: Clock) -> None:
        self._topic = f"{settings.base}/event"
        self._zone = settings.time_zone
        self._broker = broker
        self._clock = clock

    def deliver(self, action: Action) -> None:
        """Publish a step; see ports.Channel."""
        if not isinstance(action, TellStep):
            raise Impossible(f"the channel {self.name!r} tells steps; it cannot do {type(action).__name__}")
        told = {
            "id": action.id,
            "ritual": action.ritual,
            "occasion": action.occasion,
            "step": action.step,
            "at": action.at.astimezone(self._zone).isoformat(timespec="seconds"),
        }
        left = self._clock.seconds_until(action.valid_until)
        self._broker.publish(self._topic, json.dumps(told), expires_in=left)

    def close(self) -> None:
        """Leave nothing behind: a step is not retained."""


def build(reach: Reach) -> MqttChannel | None:
    """Build the channel where there is a broker."""
    return MqttChannel(reach.settings, reach.broker, reach.clock) if reach.broker else None
