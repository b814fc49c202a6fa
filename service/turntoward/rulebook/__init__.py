"""From rule files and the household's choices to a rulebook, with every problem at its line.

What a rule means is in `turntoward.core`; how a file is read is in `turntoward.documents`.
"""

from turntoward.rulebook.advice import warnings
from turntoward.rulebook.choice import Loaded, bound, load, load_rulebook
from turntoward.rulebook.files import read_deck
from turntoward.rulebook.library import Entry, Library, RuleEntry, our_library, read_library, read_ritual, shipped_rules
from turntoward.rulebook.scenarios import BARE_HOUSEHOLD, load_scenario, scenario_household

__all__ = [
    "BARE_HOUSEHOLD",
    "Entry",
    "Library",
    "Loaded",
    "RuleEntry",
    "bound",
    "load",
    "load_rulebook",
    "load_scenario",
    "our_library",
    "read_deck",
    "read_library",
    "read_ritual",
    "scenario_household",
    "shipped_rules",
    "warnings",
]
