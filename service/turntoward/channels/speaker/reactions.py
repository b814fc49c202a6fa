"""Whether a media player that was told to speak did something, for Home Assistant says "success" in any case.

Some show that they play when they speak, some never do. Which one a speaker is, it is learnt from: only of one that has
always shown it, a silence means something. Nothing is called here but for its state.
"""

from __future__ import annotations

from dataclasses import replace

from turntoward.channels.speaker.memory import Memory, to_the_hour
from turntoward.channels.speaker.readiness import PLAYING
from turntoward.core.household import is_unknown
from turntoward.ports import Clock, EntityState, HomeAssistant, NotNow

NOTICED_SECONDS = 6.0
"""How long a speaker may take until it shows that it plays: a voice from a cloud and a speaker that wakes up."""
_LOOK_EVERY = 0.25
_SURE = 2
_SUREST = 3
"""Twice seen is sure, for once may be somebody who pressed play. After two silences nothing is sure any more: a speaker
that speaks and no longer shows it (an update) is then repeated by the next one twice at most, and not for ever."""


class Reactions:
    """What the speakers show when they speak."""

    def __init__(self, homeassistant: HomeAssistant, clock: Clock, memory: Memory) -> None:
        self._homeassistant, self._clock, self._memory = homeassistant, clock, memory

    def tell_something(self, before: EntityState) -> bool:
        """Whether anything can be seen at all: one that plays already only goes on playing."""
        return before.state not in PLAYING

    def are_sure(self, before: EntityState) -> bool:
        """Whether a speaker that shows nothing now has said nothing."""
        return self.tell_something(before) and self._memory.of(before.entity_id).reactions >= _SURE

    def seen(self, before: EntityState) -> bool:
        """Watch a speaker that was told to speak until it shows it; False after some seconds. Remembers which."""
        for _ in range(round(NOTICED_SECONDS / _LOOK_EVERY)):
            try:
                found = self._homeassistant.states([before.entity_id])
            except NotNow:
                return True  # nothing is known, and what may have been heard was heard
            if has_reacted(before, found.get(before.entity_id)):
                self._note(before.entity_id, reacted=True)
                return True
            self._clock.sleep(_LOOK_EVERY)
        self._note(before.entity_id, reacted=False)
        return False

    def _note(self, entity: str, reacted: bool) -> None:
        known = self._memory.of(entity)
        hour = to_the_hour(self._clock.now())
        if reacted:
            known = replace(known, last_ok=hour, last_silent=None, reactions=min(_SUREST, known.reactions + 1))
        else:
            silent = hour if known.reactions >= _SURE else known.last_silent
            known = replace(known, last_silent=silent, reactions=max(0, known.reactions - 1))
        self._memory.note(entity, known)


def has_reacted(before: EntityState, now: EntityState | None) -> bool:
    """Whether a speaker plays, or has played or woken up in between."""
    if now is None or is_unknown(now.state):
        return False
    return now.state in PLAYING or now.last_changed > before.last_changed
