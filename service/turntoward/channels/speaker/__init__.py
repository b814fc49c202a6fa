"""The channel `speaker`: says a line aloud, or makes a soft sound instead of one.

Through the speakers of Home Assistant, and as a message for whatever else can speak. In a room with several speakers
the first that can speak does; the others are there for when it cannot or was not heard, because two voices at once are
an echo. Rooms speak one after the other; only listening for an answer goes on beside that, so that nobody else's line
comes too late. `<base>/announce` carries the line as JSON: it is the delivery in a home without speakers of Home
Assistant, and a copy for other programs in a home with them.

`channel` keeps count of who has spoken, `readiness` says who cannot, `orders` knows how each kind of speaker is called,
`speaking` calls it, in the volume of `volumes`, and `asking` waits for an answer. `reactions` learns who shows that it
speaks, and `memory` keeps that. What to say is not decided here.
"""

from __future__ import annotations

from turntoward.channels import Reach
from turntoward.channels.speaker.channel import SpeakerChannel


def build(reach: Reach) -> SpeakerChannel | None:
    """Build the channel; None where nothing could speak or tell others to."""
    channel = SpeakerChannel(reach)
    return channel if channel.rooms or reach.broker is not None else None
