"""Which action of Home Assistant makes which kind of speaker speak. Pure: nothing is called."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from turntoward.channels.speaker.readiness import States
from turntoward.core.actions import Announce
from turntoward.settings import Speaker

_VOLUME_OF_ANNOUNCEMENT = {"sonos": "volume", "music_assistant": "announce_volume"}
"""What each integration calls the volume of one announcement, in percent; music keeps its own."""


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


def order_for(speaker: Speaker, states: States, text: str, language: str | None, volume: int | None = None) -> Order:
    """Choose the action of Home Assistant that makes a speaker say a text, or play its sound instead.

    `volume`: in percent, for those that take one with the announcement.
    """
    domain, _, name = speaker.entity.partition(".")
    if speaker.media and domain == "media_player":
        return _sound(speaker, speaker.media, volume)
    if domain == "media_player" and speaker.integration and volume:
        return _sound(speaker, _as_sound(speaker, text, language), volume)
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
    return speaker.chime or (speaker.media if speaker.domain == "media_player" else None)


def chime_for(speaker: Speaker, volume: int | None = None) -> Order:
    """Choose the action that makes a speaker's soft sound; it has one."""
    sound = soft_sound(speaker) or ""
    if speaker.domain == "media_player":
        return _sound(speaker, sound, volume)
    # Its own sound before an announcement would be a second one.
    return Order("assist_satellite", "announce", {"entity_id": speaker.entity, "media_id": sound, "preannounce": False})


def _as_sound(speaker: Speaker, text: str, language: str | None) -> str:
    """Name the sound of a text as Home Assistant's voices make it: `tts.speak` passes no volume on."""
    said = {"message": text} | ({"language": language} if language else {})
    return f"media-source://tts/{speaker.tts}?{urlencode(said, quote_via=quote)}"


def _sound(speaker: Speaker, sound: str, volume: int | None) -> Order:
    played: dict[str, Any] = {"media_content_id": sound, "media_content_type": "music", "announce": True}
    if speaker.integration and volume:
        played["extra"] = {_VOLUME_OF_ANNOUNCEMENT[speaker.integration]: volume}
    return Order("media_player", "play_media", {"entity_id": speaker.entity, **played})


def without_words(refusal: str, text: str) -> str:
    """Return what Home Assistant said of a line without the line, which it may quote."""
    return re.sub(r"media-source://\S+", "the sound", refusal).replace(text, "the line") if text else refusal


def is_about_language(refusal: str) -> bool:
    """Whether Home Assistant refused because the voice does not speak the language."""
    return "language" in refusal.casefold() and "not supported" in refusal.casefold()
