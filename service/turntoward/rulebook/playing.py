"""Scenarios and rules together: which rituals are on in a scenario, and whether the examples in rules come true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from turntoward.core.scenario import Scenario
from turntoward.core.simulator import Played, play
from turntoward.documents import Document, Keys, Problem, Problems
from turntoward.rulebook.choice import choose
from turntoward.rulebook.library import Library
from turntoward.rulebook.scenarios import scenario_household
from turntoward.settings import Settings


def play_scenario(
    scenario: Scenario, document: Document, library: Library, base: Settings | None = None, at: Keys = ()
) -> Played:
    """Play a scenario in the household `base` (None: a bare one) with the rituals it names.

    Without `rituals:` those of the household are on, or in a bare one all there are. Raises Problems.
    """
    household = scenario_household(scenario, base, document, at)
    choices = _choices(scenario, library, base)
    rulebook = choose(choices, library, document, (*at, "rituals"), household.season)
    return play(household, rulebook, scenario)


def failing_examples(library: Library) -> Iterator[Problem]:
    """Play the `examples:` of every rule file; yield a problem at the line of each that does not come true."""
    for name, entry in library.entries.items():
        for index, example in enumerate(entry.ritual.examples):
            at: Keys = ("examples", index)
            own = example if example.rituals is not None else example.model_copy(update={"rituals": (name,)})
            try:
                played = play_scenario(own, entry.document, library, at=at)
            except Problems as found:
                yield from found.problems
                continue
            for difference in played.differences:
                yield entry.document.problem(at, f"“{example.name or 'unnamed'}”: {difference}")


def _choices(scenario: Scenario, library: Library, base: Settings | None) -> Mapping[str, Any]:
    """A list chooses rituals, as the household has changed them; a mapping says it all itself."""
    usual: Mapping[str, Any] = base.rituals if base is not None else dict.fromkeys(library.entries, True)
    if scenario.rituals is None:
        return usual
    if isinstance(scenario.rituals, dict):
        return scenario.rituals
    return {name: usual.get(name) or True for name in scenario.rituals}
