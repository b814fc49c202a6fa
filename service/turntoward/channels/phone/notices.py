"""How a message looks to the companion app, on Android and iOS alike: each reads what it knows and skips the rest.

Pure. All of this passes the makers of phones and can be read there: no ritual, no name, no partner, no text somebody
wrote. That a button is ours and what it answers is known by its token alone.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from turntoward.channels.phone import words
from turntoward.core.actions import Button, ClearNotice, Notify
from turntoward.settings import BUTTON_PREFIX

GROUP = "turntoward"
CLEAR = "clear_notification"
"""What the companion app takes for an order to remove the message with a tag."""
BUTTONS_SHOWN = 3
"""Android has room for three; iOS would take more, but both of you get the same."""


@dataclass(frozen=True, slots=True)
class Style:
    """What is the same of every message: its language, and the page of Home Assistant that a tap opens."""

    language: str
    opens: str | None = None


def tag_of(action: Notify | ClearNotice) -> str:
    """Return the tag as phones get it: the same for the same, and without the ritual's name, as it passes strangers."""
    return f"turntoward-{hashlib.sha256(action.tag.encode()).hexdigest()[:12]}"


def notice(action: Notify, seconds_left: float, ends: datetime, style: Style) -> dict[str, Any]:
    """Return what the app is told beside the words; `ends`: by the wall's clock, when it is of no use any more."""
    told: dict[str, Any] = {"tag": tag_of(action), "group": GROUP, "visibility": "private", "alert_once": True}
    told |= _passive(style.language) if action.passive else _active()
    told |= _until(max(1, round(seconds_left)), ends)
    if action.buttons:
        told["actions"] = [_button(button, style.language) for button in action.buttons[:BUTTONS_SHOWN]]
    if style.opens is not None:
        told |= {"url": style.opens, "clickAction": style.opens}
    return told


def _active() -> dict[str, Any]:
    # A sleeping Android phone puts off what has no priority, often for longer than an offer lives.
    return {
        "channel": words.CHANNEL,
        "importance": "default",
        "priority": "high",
        "push": {"interruption-level": "active"},
    }


def _passive(language: str) -> dict[str, Any]:
    # How loud a channel of Android is stays as it was at the first message, so the quiet ones have their own.
    return {
        "channel": words.quiet_channel(language),
        "importance": "low",
        "push": {"interruption-level": "passive", "sound": "none"},
    }


def _until(seconds: int, ends: datetime) -> dict[str, Any]:
    """Until when it is to be delivered (`ttl` in milliseconds, and Apple's header) and shown (`timeout` in seconds)."""
    expires = str(round(ends.timestamp()))
    return {"ttl": seconds * 1000, "timeout": seconds, "apns_headers": {"apns-expiration": expires}}


def _button(button: Button, language: str) -> dict[str, str]:
    shown = {"action": f"{BUTTON_PREFIX}{button.token}", "title": words.title(button.answer, language)}
    if button.answer != "share":
        return shown
    asked = words.asked(language)
    return {
        **shown,
        "behavior": "textInput",
        "textInputButtonTitle": asked.send,
        "textInputPlaceholder": asked.placeholder,
    }
