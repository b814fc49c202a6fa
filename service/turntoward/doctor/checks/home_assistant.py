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
                "the token belongs to a user who is no administrator, so buttons on phones and tags are not heard",
                "make one as an administrator (your name, Security, Long-lived access tokens), and put it in its place",
            )
        if not home.running:
            yield notice("Home Assistant is still starting", "wait a minute and ask again")
        yield from _version(home.version)


def _trouble(trouble: Trouble) -> Finding:
    if trouble.refused:
        return problem(
            trouble.text.partition(". ")[0],
            "make a long-lived access token as an administrator (your profile in Home Assistant, tab Security), and put"
            " it into secrets.yaml or TURNTOWARD_HA_TOKEN",
        )
    return problem(
        trouble.text, "check whether it runs, and whether homeassistant: url: is what your browser shows, with the port"
    )


def _version(version: str) -> Iterator[Finding]:
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST:
        oldest = ".".join(str(part) for part in OLDEST)
        yield problem(f"Home Assistant {version} is older than {oldest}, the oldest we work with", "update it")
    else:
        yield ok(f"Home Assistant {version} is there and accepts the token")
