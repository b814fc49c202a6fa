"""Whether what is to speak is there, has a voice, and reacted when it last spoke."""

from __future__ import annotations

from collections.abc import Iterator

from turntoward.channels.speaker.memory import Remembered
from turntoward.doctor.facts import Facts, Home
from turntoward.doctor.findings import Finding, notice, ok
from turntoward.doctor.lookup import meant, missing, silent
from turntoward.settings import Speaker

ORDER = 60


def look(facts: Facts) -> Iterator[Finding]:
    """Yield what keeps a line from being heard."""
    home = facts.known_home
    speakers = [(room, speaker) for room, several in facts.settings.speakers.items() for speaker in several]
    if home is None or not speakers:
        return
    found = [finding for room, speaker in speakers for finding in _one(home, room, speaker)]
    found += [
        finding
        for room, speaker in speakers
        if (known := facts.folder.speakers.get(speaker.entity)) and (finding := _unheard(room, speaker, known))
    ]
    yield from found
    if not found:
        yield ok("the speakers are there" if len(speakers) > 1 else "the speaker is there")


def _one(home: Home, room: str, speaker: Speaker) -> Iterator[Finding]:
    what = f"speaker in {room}"
    domain, _, name = speaker.entity.partition(".")
    is_action = domain == "notify" and name in home.services.get("notify", frozenset())
    known = {*home.states, *(f"notify.{action}" for action in home.services.get("notify", ()))}
    if not is_action and (trouble := missing(home, speaker.entity, what)):
        yield Finding(
            trouble.level, trouble.text, meant(speaker.entity, known) if domain == "notify" else trouble.advice
        )
    elif domain != "notify" and (mute := _mute(home, speaker.entity, what)):
        yield mute
    if speaker.listens and "ask_question" not in home.services.get("assist_satellite", frozenset()):
        yield notice(
            f"{what}: this Home Assistant cannot listen for an answer, so {speaker.entity} only speaks",
            "update it to 2025.7 or newer, or delete listens: true",
        )
    if speaker.tts and (voice := missing(home, speaker.tts, f"voice in {room}")):
        yield voice


def _mute(home: Home, entity: str, what: str) -> Finding | None:
    """A speaker that is unknown only has never spoken: no fault. Nobody hears one that is unavailable."""
    return silent(home, entity, what) if home.states[entity].state == "unavailable" else None


def _unheard(room: str, speaker: Speaker, known: Remembered) -> Finding | None:
    if known.last_failed:
        return notice(
            f"speaker in {room}: Home Assistant had an error when {speaker.entity} was last to speak",
            "play something on it from Home Assistant, whose log says more",
        )
    if known.last_silent:
        return notice(
            f"speaker in {room}: {speaker.entity} did not react to its last line, though it used to",
            "play something on it from Home Assistant; if that is silent too, restart the speaker",
        )
    return None
