"""What rituals that were taken away have left behind, on the broker and in Home Assistant."""

from __future__ import annotations

from collections.abc import Iterator

from turntoward.channels.tile.entities import node_of
from turntoward.doctor.announced import all_unique_ids, announced
from turntoward.doctor.facts import Broker, Facts, Home
from turntoward.doctor.findings import Finding, notice

ORDER = 41


def look(facts: Facts) -> Iterator[Finding]:
    """Yield topics and entities that nobody looks after any more."""
    broker, home = facts.known_broker, facts.known_home
    if broker is None:
        return
    on = {ritual.ritual for ritual in facts.loaded.rulebook.rituals}
    for name in sorted(_rituals_kept(broker, facts.settings.base) - on):
        yield notice(
            f"the broker still keeps what the ritual '{name}' showed, which is not on",
            "start the service, which takes it back; if it stays, publish empty retained messages on"
            f" {facts.settings.base}/ritual/{name}/state and .../attributes",
        )
    if home is not None:
        yield from _orphans(facts, broker, home)


def _rituals_kept(broker: Broker, base: str) -> set[str]:
    start = f"{base}/ritual/"
    parts = (topic.removeprefix(start).split("/") for topic in broker.kept if topic.startswith(start))
    return {part[0] for part in parts if part[-1] == "state"}


def _orphans(facts: Facts, broker: Broker, home: Home) -> Iterator[Finding]:
    if not announced(facts):  # nothing was told yet, so nothing can be compared
        return
    known = all_unique_ids(broker.kept)
    start = f"{node_of(facts.settings)}_"
    for row in home.entities:
        unique = str(row.get("unique_id", ""))
        if row.get("platform") == "mqtt" and unique.startswith(start) and unique not in known:
            yield notice(
                f"{row['entity_id']} is left from an earlier time, and nothing tells it anything",
                "delete it in Home Assistant (Settings, Devices, Entities)",
            )
