"""The channel `phone`: sends a message to the phones of the two, by Home Assistant, and takes it back.

A message replaces the one with the same tag, so it may be sent again; one phone that took it is enough. Nothing may be
written here that is not fit for a lock screen: the text comes as it is from the core.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping
from typing import Any

from turntoward.channels import Reach
from turntoward.core.actions import Action, ClearNotice, Notify
from turntoward.ports import Clock, HomeAssistant, Impossible, NotNow

log = logging.getLogger(__name__)

GROUP = "turntoward"
ANDROID_CHANNEL = "Turntoward"
CLEAR = "clear_notification"
"""What the companion app takes for an order to remove the message with a tag."""


def build(reach: Reach) -> PhoneChannel | None:
    """Build the channel where somebody has a phone in Home Assistant."""
    phones = {partner.id: partner.phone for partner in reach.settings.partners if partner.phone}
    if reach.homeassistant is None or not phones:
        return None
    return PhoneChannel(phones, reach.homeassistant, reach.clock)


class PhoneChannel:
    """Sends to each phone asked for; what one of them cannot do is no matter for the other."""

    name = "phone"
    at_most_once = False

    def __init__(self, phones: Mapping[str, str], homeassistant: HomeAssistant, clock: Clock) -> None:
        self._phones = phones
        self._homeassistant = homeassistant
        self._clock = clock

    def deliver(self, action: Action) -> None:
        """Send a message or take it back; see ports.Channel."""
        if isinstance(action, Notify):
            left = self._clock.seconds_until(action.valid_until)
            self._to_each(action.to, lambda phone: self._send(phone, action.text, notice(action, left)))
        elif isinstance(action, ClearNotice):
            self._to_each(action.to, lambda phone: self._send(phone, CLEAR, {"tag": tag_of(action)}))
        else:
            raise Impossible(f"a phone cannot carry out {type(action).__name__}")

    def close(self) -> None:
        """Messages stay: they are taken back when their time has come, after the next start."""

    def _to_each(self, partners: tuple[str, ...], send: Callable[[str], None]) -> None:
        """Send to all; raise only when nobody took it: NotNow where somebody may later."""
        phones = [self._phones[partner] for partner in partners if partner in self._phones]
        waiting: list[str] = []
        refused: list[str] = []
        for phone in phones:
            try:
                send(phone)
            except NotNow as reason:
                waiting.append(f"{phone}: {reason}")
            except Impossible as reason:
                refused.append(f"{phone}: {reason}")
        if len(waiting) + len(refused) < len(phones):
            for failure in (*waiting, *refused):
                log.warning("one of the phones was not reached: %s", failure)
        elif waiting:
            raise NotNow("; ".join(waiting))
        else:
            raise Impossible(
                "; ".join(refused) or "no phone is named in household.yaml; add one: 'phone:' of a partner"
            )

    def _send(self, phone: str, message: str, data: Mapping[str, Any]) -> None:
        """Call a phone's action; a notify entity takes the words alone, and nothing can be taken back from it."""
        if phone not in self._homeassistant.states([phone]):
            service = phone.removeprefix("notify.")
            self._homeassistant.call("notify", service, {"message": message, "data": dict(data)})
        elif message != CLEAR:
            self._homeassistant.call("notify", "send_message", {"entity_id": phone, "message": message})


def tag_of(action: Notify | ClearNotice) -> str:
    """Return the tag as phones get it: the same for the same, and without the ritual's name, as it passes strangers."""
    return f"turntoward-{hashlib.sha256(action.tag.encode()).hexdigest()[:12]}"


def notice(action: Notify, seconds_left: float) -> dict[str, Any]:
    """Return what the app is told beside the words: which message it replaces, and until when it is worth showing."""
    left = max(1, round(seconds_left))
    return {
        "tag": tag_of(action),
        "group": GROUP,
        "channel": ANDROID_CHANNEL,
        "importance": "default",
        "visibility": "private",
        "ttl": left,
        "timeout": left,
    }
