"""The household's own files: what `turntoward check` would say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from turntoward.doctor.facts import Facts
from turntoward.doctor.findings import Finding, notice, ok, problem
from turntoward.rulebook import warnings

ORDER = 10


def look(facts: Facts) -> Iterator[Finding]:
    """Yield what is wrong in the rules, and the advice of `check`."""
    for wrong in facts.loaded.problems:
        yield problem(str(wrong), "correct that line; until then the ritual is left out")
    for advice in warnings(facts.settings, facts.loaded.rulebook):
        what, *then = re.split("; |: (?=when )", advice, maxsplit=1)
        yield notice(what, *then or ["change it in household.yaml if it is not what you want"])
    on = ", ".join(ritual.ritual for ritual in facts.loaded.rulebook.rituals)
    if on:
        yield ok(f"rituals that are on: {on}")
    else:
        yield notice("no ritual is switched on", "name one or two under rituals: in household.yaml")
