"""Says a line aloud: through the speakers of Home Assistant, and as a message for whatever else can speak.

In a room with several speakers the first that is available speaks; the others are there for when it is not, because
two voices at once are an echo. Rooms speak one after the other. `<base>/announce` carries the line as JSON: it is the
delivery in a home without speakers of Home Assistant, and a copy for other programs in a home with them.

Whether and what to say is the core's decision, and when to try again the worker's; neither is here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from turntoward.channels import Reach
from turntoward.core.actions import Action, Announce
from turntoward.core.household import is_unknown
from turntoward.ports import EntityState, HomeAssistant, Impossible, NotNow, Unacknowledged
from turntoward.settings import Speaker

log = logging.getLogger(__name__)

SPEAKING_SECONDS = 30.0
"""How long a call may take: a satellite answers when it has finished speaking, a slow voice when it has begun."""

States = Mapping[str, EntityState]


@dataclass(frozen=True, slots=True)
class Order:
    """A call of an action of Home Assistant."""

    domain: str
    service: str
    data: dict[str, Any]


def build(reach: Reach) -> SpeakerChannel | None:
    """Build the channel; None where nothing could speak or tell others to."""
    channel = SpeakerChannel(reach)
    return channel if channel.rooms or reach.broker is not None else None


@dataclass(slots=True)
class _Progress:
    """How far one announcement has come, so that trying again repeats nothing.

    `outcomes` are by speaker: why it failed for good or may have been heard, or nothing when it spoke. A room has had
    its turn as soon as one of its speakers has one.
    """

    valid_until: datetime
    outcomes: dict[str, str] = field(default_factory=dict)
    copied: bool = False

    @property
    def spoken(self) -> bool:
        """Whether somebody has heard it for certain."""
        return "" in self.outcomes.values()


class SpeakerChannel:
    """The channel `speaker`."""

    name = "speaker"
    at_most_once = True

    def __init__(self, reach: Reach) -> None:
        self._homeassistant = reach.homeassistant
        self._broker = reach.broker
        self._clock = reach.clock
        self._topic = f"{reach.settings.base}/announce"
        self._zone = reach.settings.time_zone
        self.rooms = reach.settings.speakers if reach.homeassistant is not None else {}
        self._progress: dict[str, _Progress] = {}
        self._without_language: set[tuple[str, str]] = set()

    def deliver(self, action: Action) -> None:
        """Say it once in each room asked for; done when one of them has. Raises NotNow or Impossible."""
        if not isinstance(action, Announce):
            raise Impossible(f"a speaker cannot carry out {type(action).__name__}")
        if self.rooms:
            self._speak(action)
        else:
            self._publish(action)

    def close(self) -> None:
        """Nothing is left to put in order: what was said is said."""

    def _speak(self, action: Announce) -> None:
        progress = self._progress_of(action)
        waiting = [reason for room in self._rooms_for(action) if (reason := self._try_room(room, action, progress))]
        if progress.spoken:
            self._copy(action, progress)
        elif waiting:
            raise NotNow("; ".join(waiting))
        else:
            raise Impossible("; ".join(progress.outcomes.values()))

    def _progress_of(self, action: Announce) -> _Progress:
        """Return what is known of this announcement, and forget those whose time is over."""
        current = self._progress.get(action.id) or _Progress(action.valid_until)
        alive = {i: p for i, p in self._progress.items() if self._clock.seconds_until(p.valid_until) > 0}
        self._progress = {**alive, action.id: current}
        return current

    def _rooms_for(self, action: Announce) -> Sequence[str]:
        rooms = [room for room in action.rooms or self.rooms if room in self.rooms]
        if not rooms:
            raise Impossible(f"no speaker in {', '.join(action.rooms)}; there are some in {', '.join(self.rooms)}")
        return rooms

    def _try_room(self, room: str, action: Announce, progress: _Progress) -> str:
        """Speak in a room that has not had its turn; return why it must wait, or nothing."""
        if any(speaker.entity in progress.outcomes for speaker in self.rooms[room]):
            return ""
        if self._clock.seconds_until(action.valid_until) <= 0:
            return f"{room}: too late to speak"
        try:
            self._speak_in(room, action, progress)
        except NotNow as reason:
            return f"{room}: {reason}"
        return ""

    def _speak_in(self, room: str, action: Announce, progress: _Progress) -> None:
        assert self._homeassistant is not None  # a home without it has no rooms
        speakers = self.rooms[room]
        names = {name for speaker in speakers for name in (speaker.entity, speaker.tts) if name}
        states = self._homeassistant.states(sorted(names))
        reasons = [why_not(speaker, states) for speaker in speakers]
        if all(reasons):
            raise NotNow(", ".join(reasons))
        chosen = speakers[reasons.index("")]
        try:
            self._say(self._homeassistant, chosen, states, action)
            progress.outcomes[chosen.entity] = ""
        except Impossible as reason:
            progress.outcomes[chosen.entity] = f"{room}: {reason}"

    def _say(self, homeassistant: HomeAssistant, speaker: Speaker, states: States, action: Announce) -> None:
        """Call the speaker; with the voice's own language where it does not know the announcement's."""
        unknown_to_voice = (speaker.tts or "", action.language)
        language = None if unknown_to_voice in self._without_language else action.language
        try:
            _call(homeassistant, order_for(speaker, states, action.text, language))
        except Impossible as refusal:
            # Voices know "de" or "de-DE" but not both, and say so before they make a sound.
            if language is None or not is_about_language(str(refusal)):
                raise
            self._without_language.add(unknown_to_voice)
            _call(homeassistant, order_for(speaker, states, action.text, None))

    def _copy(self, action: Announce, progress: _Progress) -> None:
        """Publish an announcement that was spoken, once; whether that works changes nothing."""
        if self._broker is None or progress.copied:
            return
        progress.copied = True
        try:
            self._publish(action)
        except (NotNow, Impossible) as reason:
            log.debug("the copy of announcement %s was not published: %s", action.id, reason)

    def _publish(self, action: Announce) -> None:
        assert self._broker is not None  # build() made no channel without both
        left = self._clock.seconds_until(action.valid_until)
        if left <= 0:
            raise NotNow("too late to speak")
        try:
            self._broker.publish(self._topic, as_message(action, self._zone), expires_in=left)
        except Unacknowledged as reason:
            raise Impossible(f"it may have been announced: {reason}") from None


def _call(homeassistant: HomeAssistant, order: Order) -> None:
    homeassistant.call(order.domain, order.service, order.data, timeout=SPEAKING_SECONDS)


def as_message(action: Announce, zone: ZoneInfo) -> str:
    """Write an announcement as the JSON object of `<base>/announce`; `valid_until` is local time with its offset."""
    content = {
        "id": action.id,
        "ritual": action.ritual,
        "text": action.text,
        "language": action.language,
        "rooms": list(action.rooms),
        "valid_until": action.valid_until.astimezone(zone).isoformat(timespec="seconds"),
    }
    return json.dumps(content, ensure_ascii=False)


def why_not(speaker: Speaker, states: States) -> str:
    """Say why a speaker cannot speak now; empty when it can.

    Home Assistant answers "success" to a call for an entity that is missing or unavailable, so this is asked first.
    """
    state = states.get(speaker.entity)
    if _is_notify(speaker):
        # Its state is the time of its last message, so before the first it is unknown; and without a state
        # it is an action of this name (a phone), which says itself when it does not exist.
        return f"{speaker.entity} is unavailable" if state and state.state == "unavailable" else ""
    if state is None or is_unknown(state.state):
        return f"{speaker.entity} is {state.state if state else 'not there'}"
    return _voice_why_not(speaker, states)


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
        sound = {"media_content_id": speaker.media, "media_content_type": "music"}
        return Order(domain, "play_media", {"entity_id": speaker.entity, **sound, "announce": True})
    if domain == "media_player":
        said: dict[str, Any] = {"media_player_entity_id": speaker.entity, "message": text}
        chosen = {"language": language} if language else {}
        return Order("tts", "speak", {"entity_id": speaker.tts, **said, **chosen})
    if domain == "assist_satellite":
        return Order(domain, "announce", {"entity_id": speaker.entity, "message": text})
    if speaker.entity in states:
        return Order("notify", "send_message", {"entity_id": speaker.entity, "message": text})
    return Order("notify", name, {"message": text})


def is_about_language(refusal: str) -> bool:
    """Whether Home Assistant refused because the voice does not speak the language."""
    return "language" in refusal.casefold() and "not supported" in refusal.casefold()


def _is_notify(speaker: Speaker) -> bool:
    return speaker.entity.startswith("notify.")
