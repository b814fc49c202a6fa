"""Home Assistant, by homeassistant-api: `Listener` tells what happens there, `Calls` makes it do things.

Nothing here decides: states are translated into events, orders into calls of actions. No other part of the service
knows this library, and no name of a zone leaves this package.
"""

from __future__ import annotations

from turntoward.adapters.homeassistant.calls import Calls
from turntoward.adapters.homeassistant.listener import Listener, Timings

__all__ = ["Calls", "Listener", "Timings"]
