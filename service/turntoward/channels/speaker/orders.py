"""Which action of Home Assistant makes which kind of speaker speak, and when it cannot. Pure: nothing is called."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from turntoward.core.actions import Announce
from turntoward.core.household import is_unknown
from turntoward.ports import EntityState
from turntoward.settings import Speaker

States = Mapping[str, EntityState]


@dataclass(frozen=True, slots=True)
class Order:
    """A call of an action of Home Assistant."""

    domain: str
    service: str
    data: dict[str, Any]


def as_message(action: Announce, zone: ZoneInfo) -> str:
    """Write an announcement as the JSON object of `<base>/announce`; `valid_until` is local time with its offset.

    A chime has no words, so that no other program says them.
    """
    content = {
        "id": action.id,
        "ritual": action.ritual,
        "text": "" if action.chime else action.text,
        "chime": action.chime,
        "language": action.language,
        "rooms": list(action.rooms),
        "valid_until": action.valid_until.astimezone(zone).isoformat(timespec="seconds"),
    }
    return json.dumps(content, ensure_ascii=False)


def why_not(speaker: Speaker, states: States) -> str:
    """Say why a speaker cannot speak now; empty when it can.

    Home Assistant answers "success" to a call for an entity that is missing or unavailable, so this is asked first.
    """
    if _is_notify(speaker):
        state = states.get(speaker.entity)
        # Its state is the time of its last message, so before the first it is unknown; and without a state
        # it is an action of this name (a phone), which says itself when it does not exist.
        return f"{speaker.entity} is unavailable" if state and state.state == "unavailable" else ""
    return why_no_chime(speaker, states) or _voice_why_not(speaker, states)


def why_no_chime(speaker: Speaker, states: States) -> str:
    """Say why a speaker cannot make a sound now; empty when it can. It needs no voice for that."""
    state = states.get(speaker.entity)
    if state is None or is_unknown(state.state):
        return f"{speaker.entity} is {state.state if state else 'not there'}"
    return ""


def _voice_why_not(speaker: Speaker, states: States) -> str:
    """Say why a media player has no voice now; a voice is unknown until it has spoken for the first time."""
    if not speaker.tts or speaker.media or not speaker.entity.startswith("media_player."):
        return ""
    if speaker.tts not in states:
        return f"{speaker.tts} is not there"
    return f"{speaker.tts} is unavailable" if states[speaker.tts].state == "unavailable" else ""


def order_for(speaker: Speaker, states: States, text: str, language: str | None) -> Order:
    """Choose the action of Home Assistant that makes a speaker say a text, or play its sound instead."""
    domain, _, name = speaker.entity.partition(".")
    if speaker.media and domain == "media_player":
        return _sound(speaker, speaker.media)
    if domain == "media_player":
        said: dict[str, Any] = {"media_player_entity_id": speaker.entity, "message": text}
        chosen = {"language": language} if language else {}
        return Order("tts", "speak", {"entity_id": speaker.tts, **said, **chosen})
    if domain == "assist_satellite":
        return Order(domain, "announce", {"entity_id": speaker.entity, "message": text})
    if speaker.entity in states:
        return Order("notify", "send_message", {"entity_id": speaker.entity, "message": text})
    return Order("notify", name, {"message": text})


def soft_sound(speaker: Speaker) -> str | None:
    """Return what a speaker plays for a chime, None where it has nothing."""
    plays_media = speaker.entity.startswith("media_player.")
    return speaker.chime or (speaker.media if plays_media else None)


def chime_for(speaker: Speaker) -> Order:
    """Choose the action that makes a speaker's soft sound; it has one."""
    sound = soft_sound(speaker) or ""
    if speaker.entity.startswith("media_player."):
        return _sound(speaker, sound)
    # Its own sound before an announcement would be a second one.
    return Order("assist_satellite", "announce", {"entity_id": speaker.entity, "media_id": sound, "preannounce": False})


def _sound(speaker: Speaker, sound: str) -> Order:
    played = {"media_content_id": sound, "media_content_type": "music", "announce": True}
    return Order("media_player", "play_media", {"entity_id": speaker.entity, **played})


def is_about_language(refusal: str) -> bool:
    """Whether Home Assistant refused because the voice does not speak the language."""
    return "language" in refusal.casefold() and "not supported" in refusal.casefold()


def _is_notify(speaker: Speaker) -> bool:
    return speaker.entity.startswith("notify.")
