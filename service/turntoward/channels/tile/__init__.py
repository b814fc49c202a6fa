"""The channel `tile`: what is on where people look, retained on the broker and shown by Home Assistant.

`channel` keeps what is shown in step with what was asked, `introduction` tells Home Assistant what there is, in the
words of `discovery` and the files it uses. Nothing here may make a sound.
"""

from __future__ import annotations

from turntoward.channels import Reach
from turntoward.channels.tile.channel import TileChannel


def build(reach: Reach) -> TileChannel | None:
    """Build the channel where there is a broker."""
    if reach.broker is None:
        return None
    return TileChannel(reach.settings, reach.rulebook, reach.broker, reach.clock, reach.shown)
