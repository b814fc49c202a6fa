"""Goes from check to check, each in its order, and lets none of them keep the others away."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from types import ModuleType

from turntoward.doctor import checks
from turntoward.doctor.facts import Facts
from turntoward.doctor.findings import Finding, problem

Look = Callable[[Facts], Iterable[Finding]]


def all_checks() -> tuple[str, ...]:
    """Return the names of all checks, in the order they are made."""
    names = [module.name for module in pkgutil.iter_modules(checks.__path__)]
    return tuple(sorted(names, key=lambda name: (_module(name).ORDER, name)))


def examine(facts: Facts) -> Iterator[Finding]:
    """Yield what all checks find."""
    for name in all_checks():
        yield from _made(name, _module(name).look, facts)


def _made(name: str, look: Look, facts: Facts) -> list[Finding]:
    try:
        return [replace(finding, check=name) for finding in look(facts)]
    except Exception as stumble:  # a home nobody thought of must not hide what else is wrong
        text = f"this could not be checked ({type(stumble).__name__}), which is a mistake in the program"
        return [replace(problem(text, "report it to the makers, with the version of your Home Assistant"), check=name)]


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{checks.__name__}.{name}")
