"""Whether the scenes that rituals set are there, with all that is put back after them."""

from __future__ import annotations

from collections.abc import Iterator

from turntoward.doctor.facts import Facts
from turntoward.doctor.findings import Finding, ok
from turntoward.doctor.lookup import missing

ORDER = 62


def look(facts: Facts) -> Iterator[Finding]:
    """Yield scenes and lamps that Home Assistant does not have."""
    home = facts.known_home
    scenes = {name: scene for name, scene in facts.settings.scenes.items() if scene.set}
    if home is None or not scenes:
        return
    named = [(e, n) for n, s in scenes.items() for e in (s.set, s.undo, *s.restore) if e]
    found = [finding for entity, name in named if (finding := missing(home, entity, f"scene {name}"))]
    yield from found
    if not found:
        yield ok("the scenes are there")
