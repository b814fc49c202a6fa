"""What several checks ask of Home Assistant's entities: is it there, and if not, which one was meant?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from turntoward.core.household import is_unknown
from turntoward.doctor.facts import Home
from turntoward.doctor.findings import Finding, notice, problem


def missing(home: Home, entity: str, what: str) -> Finding | None:
    """Return a problem where an entity is not there, or is switched off; `what` says what it is for."""
    if entity in home.states:
        return None
    row = home.registered(entity)
    if row is not None and row.get("disabled_by"):
        return problem(
            f"{what}: {entity} is disabled in Home Assistant",
            "enable it in the settings of the entity, or name another",
        )
    return problem(f"{what}: Home Assistant has no {entity}", meant(entity, home.states))


def meant(name: str, known: Iterable[str]) -> str:
    """Advise what to write instead of a name that does not exist."""
    domain, _, called = name.partition(".")
    others = {each.partition(".")[2]: each for each in known if each.startswith(f"{domain}.")}
    near = [others[each] for each in difflib.get_close_matches(called, others, n=3)]
    hint = f"did you mean {' or '.join(near)}? " if near else ""
    return f"{hint}write it into household.yaml as Home Assistant shows it"


def silent(home: Home, entity: str, what: str) -> Finding | None:
    """Return a notice where an entity is there and says nothing."""
    seen = home.states.get(entity)
    if seen is None or not is_unknown(seen.state):
        return None
    return notice(
        f"{what}: {entity} is {seen.state} at the moment",
        "check whether its device has power and is connected; until it is back it counts as unknown",
    )
