"""Sending to phones: to each one that is asked for, and what comes of it when one cannot be reached.

How a message looks is in `notices`; whether there is one is decided in the core.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from turntoward.channels.phone.notices import CLEAR, Style, notice, tag_of
from turntoward.core.actions import Action, ClearNotice, Notify
from turntoward.ports import Clock, HomeAssistant, Impossible, NotNow

log = logging.getLogger(__name__)

PATIENCE = 15.0
"""Seconds. Home Assistant itself waits ten for the makers' server, and then says that all is well."""


class PhoneChannel:
    """Sends to each phone asked for; what one of them cannot do is no matter for the other."""

    name = "phone"
    at_most_once = False

    def __init__(self, phones: Mapping[str, str], homeassistant: HomeAssistant, clock: Clock, style: Style) -> None:
        """`phones`: by partner, the notify action of Home Assistant, or a notify entity."""
        self._phones = phones
        self._homeassistant = homeassistant
        self._clock = clock
        self._style = style
        self._wordy: set[str] = set()

    def deliver(self, action: Action) -> None:
        """Send a message or take it back; see ports.Channel."""
        if isinstance(action, Notify):
            self._to_each(action.to, lambda phone: self._send(phone, action.text, self._notice(action)))
        elif isinstance(action, ClearNotice):
            self._to_each(action.to, lambda phone: self._send(phone, CLEAR, {"tag": tag_of(action)}))
        else:
            raise Impossible(f"a phone cannot carry out {type(action).__name__}")

    def close(self) -> None:
        """Messages stay: they are taken back when their time has come, after the next start."""

    def _notice(self, action: Notify) -> dict[str, Any]:
        left = self._clock.seconds_until(action.valid_until)
        return notice(action, left, self._clock.to_wall(action.valid_until), self._style)

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
            self._homeassistant.call("notify", service, {"message": message, "data": dict(data)}, PATIENCE)
        elif message != CLEAR:
            self._say_what_is_missing(phone)
            order = {"entity_id": phone, "message": message}
            self._homeassistant.call("notify", "send_message", order, PATIENCE)

    def _say_what_is_missing(self, phone: str) -> None:
        """Say once what a notify entity cannot do; the message itself is none the worse for it."""
        if phone not in self._wordy:
            self._wordy.add(phone)
            log.warning(
                "%s is a notify entity: it gets the words, but no buttons, and nothing is taken back from it; "
                "write the action of the companion app instead, as in phone: notify.mobile_app_%s",
                phone,
                phone.removeprefix("notify."),
            )
