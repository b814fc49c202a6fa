"""What events of Home Assistant mean to us: a tag, an answer, a button on a phone, whatever a rule names.

Pure. Whose phone or account was behind an event is dropped here; nobody after this module could tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from turntoward.core.answers import SHARED_AT_MOST
from turntoward.core.events import Event, HomeEventFired, NoticeAnswered
from turntoward.settings import BUTTON_PREFIX, Listening

TAG_SCANNED = "tag_scanned"
ANSWER = "turntoward_answer"
BUTTON = "mobile_app_notification_action"
"""A button of a message was tapped, on Android or iOS; whose message it was shows in the action alone."""

_OURS = re.compile(rf"{BUTTON_PREFIX}([0-9A-Za-z]{{1,64}})")
_WHO: Mapping[str, tuple[str, ...]] = {TAG_SCANNED: ("device_id",), BUTTON: ("device_id", "webhook_id")}
"""What of an event's data tells who it was."""
_ALWAYS_WHO = ("user_id", "context")


def event_types(listening: Listening, phones: bool) -> tuple[str, ...]:
    """Return the types of event that somebody wants to hear of; `phones`: whether messages with buttons are sent."""
    ours = [ANSWER] if listening.answers else []
    buttons = [BUTTON] if phones and listening.answers else []
    tags = [TAG_SCANNED] if listening.tags else []
    return tuple(dict.fromkeys((*ours, *buttons, *tags, *listening.events)))


def events_of(listening: Listening, event_type: str, data: Mapping[str, Any]) -> Iterator[Event]:
    """Translate one event. Raises NotAnAnswer for an answer that is none."""
    if event_type == BUTTON and (ours := _OURS.fullmatch(str(data.get("action")))):
        typed = data.get("reply_text")
        yield NoticeAnswered(ours[1], typed[:SHARED_AT_MOST] if isinstance(typed, str) else "")
        return  # it is nothing for a rule: somebody may have typed something into it
    if event_type == TAG_SCANNED and listening.tags and (tag := data.get("tag_id")):
        yield listening.tag(str(tag))
    if (asked := listening.events.get(event_type)) is not None:
        who = (*_WHO.get(event_type, ()), *_ALWAYS_WHO)
        kept = {key: _as_text(data[key]) for key in asked if key in data and key not in who}
        yield HomeEventFired(event_type, {key: text for key, text in kept.items() if text is not None})
    if event_type == ANSWER:
        ritual, said = (str(data.get(key) or "") for key in ("ritual", "answer"))
        yield listening.answer(ritual, said, data.get("lasts"), data.get("text"), data.get("reply_to"))


def _as_text(value: object) -> str | None:
    """Write a value as rules write it; what has an inside (a list, a mapping) is nothing a rule can ask about."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if isinstance(value, str | int | float) else None
