"""What events of Home Assistant mean to us: a tag, an answer, whatever a rule names.

Pure. Whose phone or account was behind an event is dropped here; nobody after this module could tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from turntoward.core.events import Event, HomeEventFired
from turntoward.settings import Listening

TAG_SCANNED = "tag_scanned"
ANSWER = "turntoward_answer"

_WHO: Mapping[str, tuple[str, ...]] = {TAG_SCANNED: ("device_id",)}
"""What of an event's data tells who it was."""
_ALWAYS_WHO = ("user_id", "context")


def event_types(listening: Listening) -> tuple[str, ...]:
    """Return the types of event that somebody wants to hear of."""
    ours = [ANSWER] if listening.answers else []
    tags = [TAG_SCANNED] if listening.tags else []
    return tuple(dict.fromkeys((*ours, *tags, *listening.events)))


def events_of(listening: Listening, event_type: str, data: Mapping[str, Any]) -> Iterator[Event]:
    """Translate one event. Raises NotAnAnswer for an answer that is none."""
    if event_type == TAG_SCANNED and listening.tags and (tag := data.get("tag_id")):
        yield listening.tag(str(tag))
    if (asked := listening.events.get(event_type)) is not None:
        who = (*_WHO.get(event_type, ()), *_ALWAYS_WHO)
        kept = {key: _as_text(data[key]) for key in asked if key in data and key not in who}
        yield HomeEventFired(event_type, {key: text for key, text in kept.items() if text is not None})
    if event_type == ANSWER:
        yield listening.answer(str(data.get("ritual", "")), str(data.get("answer", "")), data.get("lasts"))


def _as_text(value: object) -> str | None:
    """Write a value as rules write it; what has an inside (a list, a mapping) is nothing a rule can ask about."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if isinstance(value, str | int | float) else None
