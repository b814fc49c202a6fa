"""Who has spoken, who has to wait, and who may not be asked again, for each announcement.

How a speaker is made to speak is in `orders`; whether and what to say is the core's decision, and when to try again the
worker's.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from turntoward.channels import Reach
from turntoward.channels.speaker.orders import (
    Order,
    States,
    as_message,
    chime_for,
    is_about_language,
    order_for,
    soft_sound,
    why_no_chime,
    why_not,
)
from turntoward.core.actions import Action, Announce
from turntoward.ports import HomeAssistant, Impossible, NotNow, Unacknowledged
from turntoward.settings import Speaker

log = logging.getLogger(__name__)

SPEAKING_SECONDS = 30.0
"""How long a call may take: a satellite answers when it has finished speaking, a slow voice when it has begun."""


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
        rooms = [room for room in rooms if self._speakers_in(room, action)]
        if not rooms:  # that there is no sound is not a reason for words
            raise Impossible("no speaker there has a chime; write 'chime: media-source://...' beside one")
        return rooms

    def _speakers_in(self, room: str, action: Announce) -> Sequence[Speaker]:
        return [speaker for speaker in self.rooms[room] if not action.chime or soft_sound(speaker)]

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
        speakers = self._speakers_in(room, action)
        names = {name for speaker in speakers for name in (speaker.entity, speaker.tts) if name}
        states = self._homeassistant.states(sorted(names))
        reasons = [(why_no_chime if action.chime else why_not)(speaker, states) for speaker in speakers]
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
        if action.chime:
            _call(homeassistant, chime_for(speaker))
            return
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
