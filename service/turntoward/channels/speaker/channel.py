"""Who has spoken, who has to wait, and who may not be asked again, for each announcement.

How a speaker is made to speak is in `speaking`; whether and what to say is the core's decision, and when to try again
the worker's.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from turntoward.channels import Reach
from turntoward.channels.speaker.orders import as_message, soft_sound, without_words
from turntoward.channels.speaker.readiness import States, why_no_chime, why_not
from turntoward.channels.speaker.speaking import NotHeard, Speaking
from turntoward.core.actions import Action, Announce
from turntoward.ports import Impossible, NotNow, Unacknowledged
from turntoward.settings import Speaker

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Progress:
    """How far one announcement has come, so that trying again repeats nothing.

    `outcomes` are by speaker: why it failed and may have been heard, or nothing when it spoke. A room has had its turn
    as soon as one of its speakers has one. `unheard`, also by speaker: why it certainly was not heard and will not be.
    """

    valid_until: datetime
    outcomes: dict[str, str] = field(default_factory=dict)
    unheard: dict[str, str] = field(default_factory=dict)
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
        self._topic = reach.settings.topics.announce
        self._zone = reach.settings.time_zone
        self.rooms = reach.settings.speakers if reach.homeassistant is not None else {}
        self._speaking = Speaking(reach.homeassistant, reach) if reach.homeassistant and self.rooms else None
        self._progress: dict[str, _Progress] = {}
        self._failing: dict[str, str] = {}

    def deliver(self, action: Action) -> None:
        """Say it once in each room asked for; done when one of them has. Raises NotNow or Impossible."""
        if not isinstance(action, Announce):
            raise Impossible(f"a speaker cannot carry out {type(action).__name__}")
        if self.rooms:
            self._speak(action)
        else:
            self._publish(action)

    def close(self) -> None:
        """Put the speakers' volumes back; what was said is said."""
        if self._speaking is not None:
            self._speaking.close()

    def _speak(self, action: Announce) -> None:
        progress = self._progress_of(action)
        waiting = [reason for room in self._rooms_for(action) if (reason := self._try_room(room, action, progress))]
        if progress.spoken:
            self._tell_of_failures(progress)
            self._copy(action, progress)
        elif waiting:
            raise NotNow("; ".join(waiting))
        else:
            raise Impossible("; ".join((*progress.outcomes.values(), *progress.unheard.values())))

    def _tell_of_failures(self, progress: _Progress) -> None:
        """Warn of speakers that failed while another was heard: once, until they speak again or fail otherwise."""
        for entity, reason in {**progress.unheard, **progress.outcomes}.items():
            if reason and self._failing.get(entity) != reason:
                log.warning("%s failed, while another speaker was heard: %s", entity, reason)
            self._failing[entity] = reason

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
        """Let the first speaker of a room that can speak do it, and the next one where it was certainly not heard."""
        speakers = [s for s in self._speakers_in(room, action) if s.entity not in progress.unheard]
        states, waiting = self._states_of(speakers), []
        for speaker in speakers:
            if reason := (why_no_chime if action.chime else why_not)(speaker, states):
                waiting.append(reason)
            elif self._was_tried(room, speaker, states, action, progress):
                return
        if waiting:
            raise NotNow(", ".join(waiting))

    def _was_tried(self, room: str, speaker: Speaker, states: States, action: Announce, progress: _Progress) -> bool:
        """Let a speaker say it; False where it certainly was not heard."""
        assert self._speaking is not None  # a home without Home Assistant has no rooms
        if self._clock.seconds_until(action.valid_until) <= 0:
            raise NotNow("too late to speak")
        try:
            self._speaking.say(speaker, states, action)
            progress.outcomes[speaker.entity] = ""
        except NotHeard as reason:
            progress.unheard[speaker.entity] = f"{room}: {without_words(str(reason), action.text)}"
            return False
        except Impossible as reason:
            progress.outcomes[speaker.entity] = f"{room}: {without_words(str(reason), action.text)}"
        return True

    def _states_of(self, speakers: Sequence[Speaker]) -> States:
        assert self._homeassistant is not None  # as above
        names = {name for speaker in speakers for name in (speaker.entity, speaker.tts) if name}
        return self._homeassistant.states(sorted(names))

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
