"""Whether each person has something that tells where they are."""

from __future__ import annotations

from collections.abc import Iterator

from turntoward.doctor.facts import Facts, Home
from turntoward.doctor.findings import Finding, problem

ORDER = 51


def look(facts: Facts) -> Iterator[Finding]:
    """Yield persons without a tracker, and trackers that are not there."""
    home = facts.known_home
    if home is None:
        return
    for entity, who in facts.settings.presence_entities().items():
        if entity.startswith("person.") and entity in home.states:
            yield from _person(home, entity, facts.settings.name_of(who))


def _person(home: Home, entity: str, name: str) -> Iterator[Finding]:
    trackers = home.states[entity].attributes.get("device_trackers")
    if trackers is None:  # this version does not tell
        return
    if not trackers:
        yield problem(
            f"{entity} has no device that tells where {name} is",
            "in Home Assistant under Settings, People, choose the phone for this person",
        )
    elif not any(tracker in home.states for tracker in trackers):
        yield problem(
            f"the device of {entity} does not exist any more",
            "in Home Assistant under Settings, People, choose the phone that is used now",
        )
