"""Why a speaker cannot speak now, in words. Pure: nothing is called."""

from __future__ import annotations

from collections.abc import Mapping

from turntoward.core.household import is_unknown
from turntoward.ports import EntityState
from turntoward.settings import Speaker

States = Mapping[str, EntityState]

PLAYING = ("playing", "buffering")
_ON = ("on", *PLAYING)
_FILMS = ("movie", "tvshow", "season", "episode", "video", "channel")
"""What a media player calls something to look at; one may speak into music, but never into these."""
_TALKING = ("listening", "processing", "responding")
"""A satellite that is in the middle of something with somebody."""


def why_not(speaker: Speaker, states: States) -> str:
    """Say why a speaker cannot speak now; empty when it can.

    Home Assistant answers "success" to a call for an entity that is missing or unavailable, so this is asked first.
    """
    if speaker.domain == "notify":
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
    if speaker.domain == "assist_satellite":
        return f"{speaker.entity} is in a conversation" if state.state in _TALKING else ""
    if shows_film(state):
        return f"{speaker.entity} shows a film"
    return f"{speaker.entity} is muted" if _is_muted(state) else ""


def shows_film(state: EntityState) -> bool:
    """Whether somebody looks at something there: a film on any player, or a television that is on."""
    if state.attributes.get("device_class") == "tv" and state.state in _ON:
        return True
    return state.state in PLAYING and str(state.attributes.get("media_content_type")).casefold() in _FILMS


def _is_muted(state: EntityState) -> bool:
    """Whether somebody wants to hear nothing from it: that is never undone."""
    return state.attributes.get("is_volume_muted") is True or state.attributes.get("volume_level") == 0


def _voice_why_not(speaker: Speaker, states: States) -> str:
    """Say why a media player has no voice now; a voice is unknown until it has spoken for the first time."""
    if not speaker.tts or speaker.media or speaker.domain != "media_player":
        return ""
    if speaker.tts not in states:
        return f"{speaker.tts} is not there"
    return f"{speaker.tts} is unavailable" if states[speaker.tts].state == "unavailable" else ""
