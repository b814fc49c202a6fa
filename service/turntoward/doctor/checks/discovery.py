"""Whether Home Assistant is at the same broker and has made our entities, and what became of them since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from turntoward.doctor.announced import announced
from turntoward.doctor.facts import Broker, Facts, Home, Row
from turntoward.doctor.findings import Finding, notice, ok, problem

ORDER = 40
ONLINE = b"online"


def look(facts: Facts) -> Iterator[Finding]:
    """Yield what stands between our tiles and a dashboard."""
    home, broker, settings = facts.known_home, facts.known_broker, facts.settings
    if home is None or broker is None or settings.mqtt is None or not settings.mqtt.discovery:
        return
    yield from _same_broker(broker, settings.base)
    components = announced(facts)
    if not components:
        yield notice("no entities are announced yet", "they come with the first `turntoward run`")
        return
    rows = {row.get("unique_id"): row for row in home.entities if row.get("platform") == "mqtt"}
    found = [finding for component in components for finding in _one(component, rows, home)]
    online = broker.kept.get(settings.topics.status) == ONLINE
    yield from _in_sum(components, rows, online, home, settings.mqtt.discovery)
    yield from found


def _same_broker(broker: Broker, base: str) -> Iterator[Finding]:
    if broker.home_publishes == "no mqtt":
        yield problem(
            "Home Assistant has no MQTT: it cannot see our entities",
            "add the integration MQTT in Home Assistant (Settings, Devices), with the same broker as in household.yaml",
        )
    elif broker.home_publishes == "not heard":
        yield problem(
            f"what Home Assistant publishes on {base}/signal/doctor does not arrive here",
            "check whether its MQTT integration has the same broker, and whether its account may write there",
        )


def _in_sum(
    components: tuple[Row, ...], rows: dict[Any, Row], online: bool, home: Home, prefix: str
) -> Iterator[Finding]:
    there = [rows[c["unique_id"]] for c in components if c["unique_id"] in rows]
    if not there:
        yield problem(
            "Home Assistant has made none of our entities",
            f"check whether the discovery prefix of its MQTT integration is {prefix!r}, as in household.yaml",
        )
        return
    seen = [home.states.get(str(row["entity_id"])) for row in there if not row.get("disabled_by")]
    mute = [state for state in seen if state is None or state.state == "unavailable"]
    if mute and online:
        yield problem(
            f"{len(mute)} of our {len(there)} entities are unavailable in Home Assistant, though the service runs",
            "restart the service; if that does not help, reload the MQTT integration in Home Assistant",
        )
    elif not mute:
        yield ok(f"Home Assistant has {len(there)} of our entities")


def _one(component: Row, rows: dict[Any, Row], home: Home) -> Iterator[Finding]:
    row, expected = rows.get(component["unique_id"]), str(component.get("default_entity_id", ""))
    if row is None:
        if rows:
            yield notice(f"{expected} was announced, but Home Assistant does not have it", "restart the service")
    elif row.get("disabled_by"):
        yield notice(f"{row['entity_id']} is disabled in Home Assistant", "enable it there if you want to see it")
    elif expected and row["entity_id"] != expected:
        yield notice(
            f"{expected} is called {row['entity_id']} in your home",
            "nothing is wrong; automations and dashboards of ours have to use that name",
        )
