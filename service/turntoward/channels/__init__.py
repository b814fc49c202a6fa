"""Ways to reach the couple, one file (or folder) each, found by its name.

A channel's module has `build(reach) -> Channel | None`; None says that this home has no use for it. A channel carries
out actions and decides nothing; it imports the core, ports and settings, and reaches the world through a port.
Copy `_template.py` to begin a new one. Nothing here may name a single channel.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass

from turntoward.core.actions import SetTile, ShowHome
from turntoward.core.rules import Rulebook
from turntoward.ports import Broker, Channel, Clock, HomeAssistant, Inbox
from turntoward.settings import Settings


@dataclass(frozen=True, slots=True)
class Reach:
    """What a channel may use. A port is None where the home does not have the other side."""

    settings: Settings
    rulebook: Rulebook
    clock: Clock
    broker: Broker | None = None
    homeassistant: HomeAssistant | None = None
    inbox: Inbox | None = None
    """Where a channel puts what it heard (an answer to a spoken question)."""
    shown: tuple[SetTile | ShowHome, ...] = ()
    """What is to be shown from the first moment on: what a former run has left."""


class ChannelNotLoaded(Exception):
    """A channel's file could not be loaded or built; the message names it and says why."""


def build_channels(reach: Reach) -> dict[str, Channel]:
    """Build every channel this home has a use for, by name. Raises ChannelNotLoaded."""
    built: dict[str, Channel] = {}
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")):
        try:
            channel: Channel | None = importlib.import_module(f"{__name__}.{module}").build(reach)
        except Exception as problem:  # a broken extension must be named, whatever it raised
            raise ChannelNotLoaded(f"channel {module!r} could not be loaded: {problem}") from problem
        if channel is not None:
            built[channel.name] = channel
    return built
