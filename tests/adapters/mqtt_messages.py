"""What the tests of messages need: the topics of one home, and what comes of a message on one of them."""

from __future__ import annotations

import pytest

from tests.adapters.mqtt_home import RULEBOOK, household
from turntoward.adapters.mqtt.meaning import events_of
from turntoward.adapters.mqtt.topics import Arrival, Topics, Unusable
from turntoward.core.events import Event

TOPICS = Topics.of(household(1883), RULEBOOK)
HUG = "turntoward/ritual/reunion_hug/answer"
TEA = "turntoward/ritual/evening_tea/answer"


def translated(topic: str, payload: str | bytes, arrival: Arrival = "live") -> list[Event]:
    raw = payload.encode() if isinstance(payload, str) else payload
    return list(events_of(TOPICS, topic, raw, arrival))


def fault(topic: str, payload: str | bytes, arrival: Arrival = "live") -> Unusable:
    with pytest.raises(Unusable) as caught:
        translated(topic, payload, arrival)
    return caught.value
