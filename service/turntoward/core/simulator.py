"""Plays a scenario through the engine, and says what came out and what did not fit.

Pure: the scenario's own times are the only clock. Nothing real is reached from here; the home is in `simulated_home`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from turntoward.core.household import Household
from turntoward.core.rules import Rulebook
from turntoward.core.scenario import Expected, Scenario
from turntoward.core.simulated_home import Emitted, Line, SimulatedHome
from turntoward.core.state import HouseholdState

EXHAUSTIVE = ("speaker", "phone", "page", "scene")
"""Channels on which anything that `then` does not name is a failure."""


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a scenario. `differences` is empty when `then` came out."""

    emitted: tuple[Emitted, ...]
    timeline: tuple[Line, ...]
    differences: tuple[str, ...]
    state: HouseholdState


def play(household: Household, rulebook: Rulebook, scenario: Scenario) -> Played:
    """Play a scenario to its end. Raises nothing: what does not fit is in `differences`."""
    home = SimulatedHome(household, rulebook, scenario)
    home.run()
    zone, start = household.time_zone, scenario.starts_on
    wanted = [(e, e.at.resolve(start, zone).astimezone(zone)) for e in scenario.then]
    differences = tuple(_differences(wanted, home.emitted, start))
    return Played(tuple(home.emitted), tuple(home.timeline), differences, home.state)


def _differences(wanted: list[tuple[Expected, datetime]], emitted: list[Emitted], start: date) -> Iterator[str]:
    left = list(emitted)
    for expected, at in wanted:
        found = next((e for e in left if _fits(expected, at, e)), None)
        if found is not None:
            left.remove(found)
            continue
        what = f"{expected.channel} at {_clock(at, start)}" + (f" for {expected.ritual}" if expected.ritual else "")
        near = [e for e in left if e.channel == expected.channel and expected.ritual in (None, e.ritual)]
        came = f"it came at {_clock(near[0].at, start)}" if near else "nothing of the kind came"
        yield f"expected {what}; {came}" + (f": {near[0].text!r}" if near and expected.text else "")
    for extra in left:
        if extra.channel in EXHAUSTIVE or not wanted:
            yield f"not expected: {extra.channel} at {_clock(extra.at, start)} for {extra.ritual}: {extra.text!r}"


def _clock(at: datetime, start: date) -> str:
    """Say a time as a scenario does: with its day where that is not the first."""
    return f"{at:%H:%M:%S}" if at.date() == start else f"{at:%Y-%m-%d %H:%M:%S}"


def _fits(expected: Expected, at: datetime, emitted: Emitted) -> bool:
    return (
        # by the world's clock: the hour that comes twice in autumn has the same civil times
        emitted.at.astimezone(UTC).replace(microsecond=0) == at.astimezone(UTC)
        and emitted.channel == expected.channel
        and expected.ritual in (None, emitted.ritual)
        and expected.text in (None, emitted.text)
    )
