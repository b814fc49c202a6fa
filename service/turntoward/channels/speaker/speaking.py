"""Makes one speaker say one line: in its language and volume, as a question where it may listen; and was it heard?

Which speaker, and what follows when it was not heard, is in `channel`.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from turntoward.channels import Reach
from turntoward.channels.speaker.asking import Asking
from turntoward.channels.speaker.memory import Memory
from turntoward.channels.speaker.orders import Order, chime_for, is_about_language, order_for
from turntoward.channels.speaker.reactions import Reactions
from turntoward.channels.speaker.readiness import States
from turntoward.channels.speaker.volumes import Volumes
from turntoward.core.actions import Announce
from turntoward.core.civil import local
from turntoward.core.events import Event
from turntoward.ports import EntityState, HomeAssistant, Impossible, NotNow, Refused
from turntoward.settings import Speaker

log = logging.getLogger(__name__)

SPEAKING_SECONDS = 30.0
"""How long a call may take: a satellite answers when it has finished speaking, a slow voice when it has begun."""
_LETTERS_A_SECOND = 12.0
_A_SOUND = 5.0


class NotHeard(Exception):
    """Certainly nobody has heard it from this speaker, and nobody will: another one may say it."""


class Speaking:
    """Calls speakers, one line at a time."""

    def __init__(self, homeassistant: HomeAssistant, reach: Reach) -> None:
        self._memory = memory = Memory(reach.settings.journal_dir)
        self._homeassistant, self._clock = homeassistant, reach.clock
        self._zone, self._day_starts = reach.settings.time_zone, reach.settings.day_starts
        self._volumes = Volumes(homeassistant, memory)
        self._reactions = Reactions(homeassistant, reach.clock, memory)
        self._asking = Asking(homeassistant, reach.inbox or _nobody)
        self._without_language: set[tuple[str, str]] = set()

    def say(self, speaker: Speaker, states: States, action: Announce) -> None:
        """Say a line, or make its soft sound; returns when it is being heard.

        Raises NotNow where it may be said later, NotHeard where it certainly was not and will not, and Impossible
        where it may have been heard, so that nobody may repeat it.
        """
        before = states.get(speaker.entity)
        try:
            if speaker.domain == "media_player" and before is not None:
                self._play(speaker, states, before, action)
            elif not self._was_asked(speaker, before, action):
                self._order(speaker, states, action, None)
        except Impossible as reason:
            self._memory.note_failure(speaker.entity, self._clock.now())
            if isinstance(reason, Refused):
                raise NotHeard(str(reason)) from None
            raise
        self._memory.note_failure(speaker.entity, None)

    def close(self) -> None:
        """Put back the volumes that are not the speakers' own."""
        self._volumes.close()

    def _was_asked(self, speaker: Speaker, state: EntityState | None, action: Announce) -> bool:
        return self._asking.is_possible(speaker, state, action) and self._asking.ask(speaker, action)

    def _play(self, speaker: Speaker, states: States, before: EntityState, action: Announce) -> None:
        """Let a media player speak in its volume, and look whether it does."""
        percent = speaker.volume_at(local(self._clock.now(), self._zone).time(), self._day_starts)
        line = None if speaker.integration else self._volumes.set_for_line(before, percent)
        sure = self._reactions.are_sure(before)
        failure: Impossible | None = None
        try:
            self._order(speaker, states, action, percent)
        except (NotNow, Refused):
            self._leave(before, line, 0.0, learning=False)
            raise
        except Impossible as problem:  # it may be heard all the same
            failure = problem
        learning = failure is None and not sure and self._reactions.tell_something(before)
        self._leave(before, line, _seconds_of(speaker, action), learning)
        if sure and not self._reactions.seen(before):
            self._take_back(speaker)
            raise NotHeard(str(failure or f"{speaker.entity} did not react"))
        if failure is not None:
            raise failure

    def _leave(self, before: EntityState, line: int | None, seconds: float, learning: bool) -> None:
        """Leave to a thread of its own what has to be waited for."""
        if line is not None or learning:
            todo = (before, line, seconds, learning)
            threading.Thread(target=self._afterwards, args=todo, name="speaker-after", daemon=True).start()

    def _afterwards(self, before: EntityState, line: int | None, seconds: float, learning: bool) -> None:
        if learning:
            self._reactions.seen(before)
        if line is not None:
            self._volumes.put_back_after(before, line, seconds)

    def _take_back(self, speaker: Speaker) -> None:
        """Keep a line from coming after all, now that another speaker says it."""
        with suppress(NotNow, Impossible):
            self._homeassistant.call("media_player", "media_stop", {"entity_id": speaker.entity}, timeout=2.0)

    def _order(self, speaker: Speaker, states: States, action: Announce, percent: int | None) -> None:
        """Call the speaker; with the voice's own language where it does not know the announcement's."""
        if action.chime:
            self._call(chime_for(speaker, percent))
            return
        unknown_to_voice = (speaker.tts or "", action.language)
        language = None if unknown_to_voice in self._without_language else action.language
        try:
            self._call(order_for(speaker, states, action.text, language, percent))
        except Impossible as refusal:
            # Voices know "de" or "de-DE" but not both, and say so before they make a sound.
            if language is None or not is_about_language(str(refusal)):
                raise
            self._without_language.add(unknown_to_voice)
            self._call(order_for(speaker, states, action.text, None, percent))

    def _call(self, order: Order) -> None:
        self._homeassistant.call(order.domain, order.service, order.data, timeout=SPEAKING_SECONDS)


def _seconds_of(speaker: Speaker, action: Announce) -> float:
    """Guess how long a line takes, generously."""
    is_sound = action.chime or speaker.media
    return _A_SOUND if is_sound else _A_SOUND + len(action.text) / _LETTERS_A_SECOND


def _nobody(event: Event) -> None:
    """Take an answer where nobody waits for one."""
