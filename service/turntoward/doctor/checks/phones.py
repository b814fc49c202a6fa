"""Whether the phones that short messages go to are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from turntoward.doctor.facts import Facts, Home
from turntoward.doctor.findings import Finding, ok, problem
from turntoward.doctor.lookup import meant

ORDER = 61


def look(facts: Facts) -> Iterator[Finding]:
    """Yield notify actions that Home Assistant does not have."""
    home = facts.known_home
    named = [(partner.name, partner.phone) for partner in facts.settings.partners if partner.phone]
    if home is None or not named:
        return
    found = [finding for name, phone in named for finding in _one(home, name, phone)]
    yield from found
    if not found:
        yield ok("both phones can be written to" if len(named) > 1 else "the phone can be written to")


def _one(home: Home, name: str, phone: str) -> Iterator[Finding]:
    known = {f"notify.{action}" for action in home.services.get("notify", frozenset())}
    if phone in home.states and phone not in known:
        yield problem(
            f"phone of {name}: {phone} is an entity, which takes no buttons",
            f"write its action instead: {min(_apps(known), default='notify.mobile_app_phone')}",
        )
    elif phone not in known:
        yield problem(f"phone of {name}: Home Assistant has no action {phone}", meant(phone, known))


def _apps(actions: Iterable[str]) -> list[str]:
    return [action for action in actions if action.startswith("notify.mobile_app_")]
