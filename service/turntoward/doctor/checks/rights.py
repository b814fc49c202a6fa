"""Whether the broker's access list lets us write our topics and hear those we listen to."""

from __future__ import annotations

from collections.abc import Iterator

from turntoward.doctor.facts import Broker, Facts
from turntoward.doctor.findings import Finding, ok, problem

ORDER = 31


def look(facts: Facts) -> Iterator[Finding]:
    """Yield what the access list keeps from us."""
    broker, base = facts.known_broker, facts.settings.base
    if broker is None:
        return
    found = list(_kept_from_us(broker, base, facts))
    yield from found
    if not found:
        yield ok(f"the broker lets us write and listen below {base}")


def _kept_from_us(broker: Broker, base: str, facts: Facts) -> Iterator[Finding]:
    allow = "in the broker's access list, give our account"
    if broker.publish_refused:
        yield problem(broker.publish_refused, f"{allow} 'topic readwrite {base}/#'")
    elif not broker.echoes:
        yield problem(
            f"what is published below {base} does not come back to us: we may not read it, or may only seem to write",
            f"{allow} 'topic readwrite {base}/#'",
        )
    for name in broker.filters_refused:
        yield problem(f"the broker does not let us listen to {name!r}", f"{allow} 'topic read {name}'")
    if broker.discovery_refused:
        prefix = facts.settings.mqtt.discovery if facts.settings.mqtt else ""
        yield problem(
            f"{broker.discovery_refused}, so Home Assistant would learn of no entity of ours",
            f"{allow} 'topic readwrite {prefix}/#'",
        )
