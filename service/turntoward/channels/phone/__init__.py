"""The channel `phone`: sends a message with its buttons to the phones of the two, by Home Assistant; takes it back.

A message replaces the one with the same tag, so it may be sent again; one phone that took it is enough. What is tapped
comes back by the listener to Home Assistant, never here. Nothing may be written in this folder that is not fit for a
lock screen: the text of a message comes as it is from the core.

`channel` sends, `notices` knows what the companion app is told, `words` how an answer is written on a button.
"""

from __future__ import annotations

from turntoward.channels import Reach
from turntoward.channels.phone.channel import PhoneChannel
from turntoward.channels.phone.notices import Style


def build(reach: Reach) -> PhoneChannel | None:
    """Build the channel where somebody has a phone in Home Assistant."""
    settings = reach.settings
    phones = {partner.id: partner.phone for partner in settings.partners if partner.phone}
    if reach.homeassistant is None or settings.homeassistant is None or not phones:
        return None
    style = Style(settings.language, settings.homeassistant.dashboard)
    return PhoneChannel(phones, reach.homeassistant, reach.clock, style)
