"""Whether the entities that tell who is home and what the home knows are there, and whether they still speak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from turntoward.doctor.facts import Facts, Home
from turntoward.doctor.findings import Finding, notice, ok
from turntoward.doctor.lookup import missing, silent

ORDER = 50

STALE: Mapping[str, timedelta] = {
    "device_tracker": timedelta(days=1),
    "sensor": timedelta(days=2),
    "binary_sensor": timedelta(days=8),
}
"""How long the device of an entity may say nothing before its battery is suspected. Others speak only of changes."""


def look(facts: Facts) -> Iterator[Finding]:
    """Yield entities of presence and signals that are missing, mute, or have said nothing for long."""
    home = facts.known_home
    if home is None:
        return
    named = dict(_named(facts))
    found = [finding for entity, what in named.items() for finding in _one(home, entity, what, facts)]
    yield from found
    if named and not found:
        yield ok(f"all {len(named)} entities for presence and signals speak")


def _named(facts: Facts) -> Iterator[tuple[str, str]]:
    settings = facts.settings
    yield from (
        (entity, f"presence of {settings.name_of(who)}") for entity, who in settings.presence_entities().items()
    )
    yield from ((entity, f"signal {', '.join(names)}") for entity, names in settings.signal_entities().items())


def _one(home: Home, entity: str, what: str, facts: Facts) -> Iterator[Finding]:
    found = missing(home, entity, what) or silent(home, entity, what)
    if found is not None:
        yield found
        return
    longest = STALE.get(entity.partition(".")[0])
    if longest is not None and facts.now - home.heard_from(entity) > longest:
        yield notice(
            f"{what}: {entity} has said nothing for more than {longest.days} day{'s' if longest.days > 1 else ''}",
            "look at its battery and its connection; what it said last is still believed",
        )
