"""Whether the tags that are named have ever been seen."""

from __future__ import annotations

from collections.abc import Iterator

from turntoward.doctor.facts import Facts
from turntoward.doctor.findings import Finding, notice, ok

ORDER = 63


def look(facts: Facts) -> Iterator[Finding]:
    """Yield tags that Home Assistant has never heard of."""
    home, tags = facts.known_home, facts.settings.tags
    if home is None or home.tags is None or not tags:
        return
    strange = [name for name, tag in tags.items() if tag not in home.tags]
    for name in strange:
        yield notice(
            f"Home Assistant does not know the tag '{name}' by its id",
            "scan it once with a phone, and copy its id from Settings, Tags",
        )
    if not strange:
        yield ok("the tags are known")
