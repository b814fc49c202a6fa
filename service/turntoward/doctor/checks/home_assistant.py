"""Whether Home Assistant is there, lets us in, lets us hear, and is new enough."""

from __future__ import annotations

import re
from collections.abc import Iterator

from turntoward.doctor.facts import Facts, Trouble
from turntoward.doctor.findings import Finding, notice, ok, problem

ORDER = 20
OLDEST = (2025, 4)


def look(facts: Facts) -> Iterator[Finding]:
    """Yield what keeps us from Home Assistant, or that nothing does."""
    home = facts.home
    if isinstance(home, Trouble):
        yield _trouble(home)
    elif home is not None:
        if not home.admin:
            yield problem(
                "the token belongs to a user of Home Assistant who is no administrator, who hears nothing of buttons"
                " and tags",
                "make a token as an administrator (your name, Security, Long-lived access tokens) and put it in its"
                " place",
            )
        if not home.running:
            yield notice("Home Assistant is still starting", "wait a minute and ask again")
        yield from _version(home.version)


def _trouble(trouble: Trouble) -> Finding:
    if trouble.refused:
        return problem(trouble.text, "put a new token into secrets.yaml or TURNTOWARD_HA_TOKEN")
    return problem(
        trouble.text, "look whether it runs, and whether homeassistant: url: is what your browser shows, with the port"
    )


def _version(version: str) -> Iterator[Finding]:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST:
        oldest = ".".join(str(part) for part in OLDEST)
        yield problem(f"Home Assistant {version} is older than {oldest}, the first we know", "update it")
    else:
        yield ok(f"Home Assistant {version} is there and takes the token")
