"""Scenario files, and the household a scenario plays in. Playing one is the work of `turntoward.core.simulator`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from turntoward.core.household import Household, Partner, Signal, partner_id
from turntoward.core.rules import merged
from turntoward.core.scenario import Scenario
from turntoward.documents import Document, Keys, Problem, Problems, nearest, read, validated
from turntoward.settings import HomeSignal, Settings

BARE_HOUSEHOLD: dict[str, Any] = {
    "partners": [{"name": "Alex"}, {"name": "Sam"}],
    "agreed": ["Alex", "Sam"],
    "zone": "Europe/Berlin",
}
"""The household of a scenario that is played without a `household.yaml`."""

_CONNECTIONS: dict[str, Any] = {"mqtt": {}, "homeassistant": {"url": "http://homeassistant.local:8123"}}


def load_scenario(path: Path) -> tuple[Scenario, Document]:
    """Read a scenario file. Raises Problems."""
    document = read(path)
    return validated(Scenario, document.data, document), document


def scenario_household(
    scenario: Scenario, base: Household | dict[str, Any] | None, document: Document, at: Keys = ()
) -> Household:
    """Return the household a scenario plays in: `base` (None: a bare one) with the scenario's changes laid over it.

    `at` is where the scenario stands in the document. Signals it names are mapped if the household does not. The result
    is `Settings` where `base` or the changes say how things are reached. Raises Problems, also for unknown partners.
    """
    values = merged(_values(base), scenario.household)
    place: Keys = (*at, "household")
    household: Household
    if _needs_settings(values):
        household = validated(Settings, {**_CONNECTIONS, **values} if base is None else values, document, place)
    else:
        household = validated(Household, values, document, place)
    if problems := list(_strangers(scenario, household, document, at)):
        raise Problems(problems)
    return _with_signals(household, scenario)


def _values(base: Household | dict[str, Any] | None) -> dict[str, Any]:
    if isinstance(base, Household):
        # only what was written: {topic: ...} laid over a full dump would meet `entity: null`
        return base.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude={"demo"})
    return BARE_HOUSEHOLD if base is None else base


def _needs_settings(values: Mapping[str, Any]) -> bool:
    """Whether something is written that only `Settings` knows."""
    known_here = set(Household.model_fields)
    return (
        bool(set(values) & (set(Settings.model_fields) - known_here))
        or any(set(item) - set(Partner.model_fields) for item in _mappings(values.get("partners")))
        or any(not isinstance(s, Mapping) or set(s) - set(Signal.model_fields) for s in _items(values.get("signals")))
    )


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    yield from (item for item in (value if isinstance(value, list | tuple) else ()) if isinstance(item, Mapping))


def _items(value: object) -> Iterator[object]:
    yield from value.values() if isinstance(value, Mapping) else ()


def _strangers(scenario: Scenario, household: Household, document: Document, at: Keys) -> Iterator[Problem]:
    known = household.partner_ids
    for keys, name in _people(scenario):
        if partner_id(name) not in known:
            near = nearest(name, known)
            hint = f"; did you mean '{near}'?" if near else f"; they are {' and '.join(known)}"
            yield document.problem((*at, *keys), f"'{name}' is not one of the partners{hint}")


def _people(scenario: Scenario) -> Iterator[tuple[Keys, str]]:
    for index, name in enumerate(scenario.given.home):
        yield ("given", "home", index), name
    for name in scenario.given.away:
        yield ("given", "away", name), name
    for index, happening in enumerate(scenario.when):
        for form in ("arrives", "leaves", "presence", "by"):
            if name := getattr(happening, form):
                yield ("when", index, form), name
        for name in happening.agreed or ():
            yield ("when", index, "agreed"), name


def _with_signals(household: Household, scenario: Scenario) -> Household:
    named = [*scenario.given.signals, *(h.signal for h in scenario.when if h.signal)]
    blank = HomeSignal() if isinstance(household, Settings) else Signal()
    missing = {name: blank for name in named if name not in household.signals}
    return household.model_copy(update={"signals": {**household.signals, **missing}}) if missing else household
