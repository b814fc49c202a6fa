"""Who else may answer in your place, as far as that can be seen from here."""

from __future__ import annotations

from collections.abc import Iterator

from turntoward.doctor.facts import Facts
from turntoward.doctor.findings import Finding, notice, ok

ORDER = 32
ADVICE = "give the broker accounts and an access list; config/mosquitto has both, ready to be used (docs/mqtt.md)"


def look(facts: Facts) -> Iterator[Finding]:
    """Yield whether somebody without an account may write what is ours."""
    broker, base = facts.known_broker, facts.settings.base
    if broker is None:
        return
    if broker.strangers == "may write":
        yield notice(
            f"anybody in your network may write below {base} without an account: who is home, and answers", ADVICE
        )
    elif broker.strangers == "let in":
        yield notice("anybody in your network may connect to the broker without an account", ADVICE)
    else:
        yield ok("the broker lets nobody in without an account")
