"""Whether the service is running."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from turntoward.doctor.facts import Facts
from turntoward.doctor.findings import Finding, notice, ok

ORDER = 71
LONGEST = timedelta(seconds=60)
"""The loop writes every 15 seconds that it lives."""


def look(facts: Facts) -> Iterator[Finding]:
    """Yield whether it has said lately that it lives."""
    broker, beat = facts.known_broker, facts.folder.beat
    left = broker is not None and broker.kept.get(facts.settings.topics.status) == b"offline"
    if beat is None:
        yield notice("the service has not run here yet", "start it with `turntoward run`")
    elif left or facts.now - beat > LONGEST:
        yield notice("the service does not run at the moment", "start it with `turntoward run`, and read its log")
    else:
        yield ok("the service is running")
