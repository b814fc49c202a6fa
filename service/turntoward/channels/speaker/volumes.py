"""The volume of a speaker while it speaks, and the way back to what it was, also after a crash.

What a speaker had is written down before it is changed. It is put back when the line is over, unless somebody has
turned it in the meantime: then it is theirs. How loud is said by the settings; nothing is spoken here.
"""

from __future__ import annotations

import logging
import threading

from turntoward.channels.speaker.memory import Held, Memory
from turntoward.channels.speaker.readiness import PLAYING
from turntoward.ports import EntityState, HomeAssistant, Impossible, NotNow, Refused

log = logging.getLogger(__name__)

_SET_SECONDS = 5.0
_LOOK_EVERY = 0.25
_LONGEST = 90.0
"""After this a line is over, whatever the speaker shows."""
_AGAIN = 30.0
_TRIES = 20
_LAG = 15.0
"""Seconds in which a speaker that was put back may still tell that it is as loud as its line was."""
_SAME = 0.015
"""Speakers round what they are set to; people turn by more."""


class Volumes:
    """Changes volumes and puts them back; callable from any thread."""

    def __init__(self, homeassistant: HomeAssistant, memory: Memory) -> None:
        self._homeassistant, self._memory = homeassistant, memory
        self._lock = threading.RLock()
        self._closing = threading.Event()
        self._lines: dict[str, int] = {}
        self._just_back: dict[str, Held] = {}
        if memory.held():  # a former run was ended in the middle of a line
            threading.Thread(target=self._finish_former, name="speaker-volumes", daemon=True).start()

    def set_for_line(self, before: EntityState, percent: int | None) -> int | None:
        """Set the volume for a line; return the line's number where it has to be put back after it.

        A speaker that does not tell how loud it is stays as it is. Never raises: a line too loud is still a line.
        """
        with self._lock:
            now = volume_of(before)
            held = self._memory.of(before.entity_id).held or self._just_back.get(before.entity_id)
            if percent is None or now is None:
                return None
            own = held.before if held and _same(now, held.ours) else now
            if held is None and _same(now, percent / 100):
                return None
            self._memory.hold(before.entity_id, Held(own, percent / 100))
            self._lines[before.entity_id] = line = self._lines.get(before.entity_id, 0) + 1
            try:
                self._set(before.entity_id, percent / 100)
            except (NotNow, Impossible) as problem:
                log.debug("the volume of %s was not set: %s", before.entity_id, problem)
            return line

    def put_back_after(self, before: EntityState, line: int, seconds: float) -> None:
        """Wait until a line is over, and put the volume back, unless a newer line needs it.

        `seconds`: how long the line takes, for a speaker that does not show it.
        """
        self._wait_until_over(before, seconds)
        self._try_again_and_again({before.entity_id: line})

    def close(self) -> None:
        """Put back what can be; the rest waits for the next start."""
        self._closing.set()
        for entity in self._memory.held():
            self._put_back(entity)

    def _finish_former(self) -> None:
        # Not at once: nothing connects while the service is still being put together.
        self._closing.wait(1.0)
        self._try_again_and_again(dict.fromkeys(self._memory.held(), 0))

    def _try_again_and_again(self, lines: dict[str, int]) -> None:
        """Put back each speaker whose line is still its last; one that cannot be keeps no other waiting."""
        left = lines
        for _ in range(_TRIES):
            left = {entity: line for entity, line in left.items() if not self._is_settled(entity, line)}
            if not left or self._closing.wait(_AGAIN):
                break
        self._closing.wait(_LAG)
        with self._lock:
            for entity, line in lines.items():
                if self._lines.get(entity, 0) == line:
                    self._just_back.pop(entity, None)

    def _is_settled(self, entity: str, line: int) -> bool:
        with self._lock:
            return self._closing.is_set() or self._lines.get(entity, 0) != line or self._put_back(entity)

    def _put_back(self, entity: str) -> bool:
        """Put a volume back; whether that is settled, one way or the other."""
        with self._lock:
            held = self._memory.of(entity).held
            if held is None:
                return True
            try:
                now = volume_of(self._homeassistant.states([entity]).get(entity))
                if now is None:
                    return False
                # What it had counts too: some tell of a change only much later.
                if _same(now, held.ours) or _same(now, held.before):
                    self._set(entity, held.before)
                    self._just_back[entity] = held
            except Refused as problem:
                log.warning("the volume of %s cannot be put back: %s", entity, problem)
            except (NotNow, Impossible):  # or it is not known whether it was done: doing it twice does no harm
                return False
            self._memory.hold(entity, None)
            return True

    def _set(self, entity: str, volume: float) -> None:
        self._homeassistant.call(
            "media_player", "volume_set", {"entity_id": entity, "volume_level": volume}, timeout=_SET_SECONDS
        )

    def _wait_until_over(self, before: EntityState, seconds: float) -> None:
        """Wait for the end of a line: when the speaker shows that it played and no longer does, or its time is over."""
        waited, playing = 0.0, False
        while waited < _LONGEST and not self._closing.wait(_LOOK_EVERY):
            waited += _LOOK_EVERY
            try:
                now = self._homeassistant.states([before.entity_id]).get(before.entity_id)
            except NotNow:
                now = None
            shows = before.state not in PLAYING and now is not None
            if shows and now and now.state in PLAYING:
                playing = True
            elif waited >= seconds or playing or (shows and now and _played_in_between(before, now)):
                return


def volume_of(state: EntityState | None) -> float | None:
    """Return how loud a speaker is, 0 to 1; None where it does not tell: it is off, or has no such thing."""
    level = state.attributes.get("volume_level") if state else None
    return float(level) if isinstance(level, int | float) else None


def _played_in_between(before: EntityState, now: EntityState) -> bool:
    return now.state == before.state and now.last_changed > before.last_changed


def _same(one: float, other: float) -> bool:
    return abs(one - other) < _SAME
