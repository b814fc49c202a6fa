"""What Home Assistant's Supervisor lends to an app: Home Assistant itself, a broker, the options people chose.

All of it goes into the environment, under names of their own, and lies below what household.yaml says. Nothing of it is
ever logged or written to a file, and no other part of the service asks the Supervisor anything.
"""

from turntoward.adapters.supervisor.lending import TOKEN, lend
from turntoward.adapters.supervisor.starter import STARTER, is_untouched, write_starter

__all__ = ["STARTER", "TOKEN", "is_untouched", "lend", "write_starter"]
