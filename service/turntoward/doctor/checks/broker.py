"""Whether the broker is there and lets us in."""

from __future__ import annotations

from collections.abc import Iterator

from turntoward.doctor.facts import Facts, Trouble
from turntoward.doctor.findings import Finding, ok, problem

ORDER = 30


def look(facts: Facts) -> Iterator[Finding]:
    """Yield what keeps us from the broker, or that nothing does."""
    broker, mqtt = facts.broker, facts.settings.mqtt
    if mqtt is None or broker is None:
        return
    if not isinstance(broker, Trouble):
        yield ok(f"the broker at {mqtt.host}:{mqtt.port} is there and lets us in")
    elif broker.refused:
        yield problem(
            broker.text, "correct mqtt.username and mqtt.password (or TURNTOWARD_MQTT_PASSWORD), or the broker's users"
        )
    else:
        yield problem(broker.text, "check whether the broker runs, and whether mqtt.host and mqtt.port are right")
