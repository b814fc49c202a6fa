"""Scenarios and rules together: which rituals are on in a scenario, and whether the examples in rules come true."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from turntoward.core.scenario import Scenario
from turntoward.core.simulator import Played, play
from turntoward.documents import Document, Keys, Problem, Problems, read
from turntoward.rulebook.choice import choose
from turntoward.rulebook.library import Library, our_library, read_library, shipped_rules
from turntoward.rulebook.references import Spec, no_such_ritual
from turntoward.rulebook.scenarios import scenario_household
from turntoward.settings import Settings


def play_scenario(
    scenario: Scenario, document: Document, library: Library, base: Settings | None = None, at: Keys = ()
) -> Played:
    """Play a scenario in the household `base` (None: a bare one) with the rituals it names.

    Without `rituals:` those of the household are on, or in a bare one all there are. Raises Problems.
    """
    household = scenario_household(scenario, base, document, at)
    if problems := list(_unknown_rituals(scenario, library, document, at)):
        raise Problems(problems)
    rulebook = choose(_choices(scenario, library, base), library, document, (*at, "rituals"))
    return play(household, rulebook, scenario)


def _unknown_rituals(scenario: Scenario, library: Library, document: Document, at: Keys) -> Iterator[Problem]:
    """A misspelt ritual would otherwise only show as an answer to nothing, or as something that never came."""
    named: list[tuple[Keys, str | None]] = [
        *((("when", index, "ritual"), happening.ritual) for index, happening in enumerate(scenario.when)),
        *((("then", index, "ritual"), expected.ritual) for index, expected in enumerate(scenario.then)),
    ]
    known = library.rituals_known | frozenset(library.rules)
    for keys, name in named:
        if name is not None and name not in known:
            yield document.problem((*at, *keys), no_such_ritual(name, known))


def problems_of_rules(household: Path) -> list[Problem]:
    """Return what is wrong with rules and examples beside a household file that cannot be used itself."""
    try:
        own = read(household).data.get("rules_dir")
        library = read_library(household.parent / own if isinstance(own, str) and own else None)
    except Problems:  # told with the household's own problems, or the folder is not there
        return []
    return [*library.problems, *failing_examples(library)]


def examples(library: Library) -> Iterator[tuple[str, int, Scenario, Document]]:
    """Yield every example with the ritual or rule it belongs to, its number there, and the file."""
    for name, document, spec in _files(library):
        yield from ((name, index, example, document) for index, example in enumerate(spec.examples))


def _files(library: Library) -> Iterator[tuple[str, Document, Spec]]:
    yield from ((name, entry.document, entry.ritual) for name, entry in library.entries.items())
    yield from ((name, entry.document, entry.rule) for name, entry in library.rules.items())


def failing_examples(library: Library) -> Iterator[Problem]:
    """Play the `examples:` of every rule file; yield a problem at the line of each that does not come true.

    Those of our own files are played with our own rituals: they do not prove anything of what replaces one of them.
    """
    ours, shipped = our_library(), shipped_rules()
    for name, index, example, document in examples(library):
        is_ours = document.path.parent == shipped
        at: Keys = ("examples", index)
        own = example if example.rituals is not None else example.model_copy(update={"rituals": (name,)})
        try:
            played = play_scenario(own, document, ours if is_ours else library, at=at)
        except Problems as found:
            yield from found.problems
            continue
        for difference in played.differences:
            yield document.problem(at, f"“{example.name or 'unnamed'}”: {difference}")


def _choices(scenario: Scenario, library: Library, base: Settings | None) -> Mapping[str, Any]:
    """A list chooses rituals, as the household has changed them; a mapping says it all itself."""
    everything = dict.fromkeys((*library.entries, *library.rules), True)
    usual: Mapping[str, Any] = base.rituals if base is not None else everything
    if scenario.rituals is None:
        return usual
    if isinstance(scenario.rituals, dict):
        return scenario.rituals
    return {name: usual.get(name) or True for name in scenario.rituals}
