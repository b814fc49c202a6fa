"""The one place that asks the machine what time it is, the one place that waits, and the one that draws a number.

Everything else is told. A clock may run faster than life (the demo, a rehearsal); nothing else in the service knows.
"""

from __future__ import annotations

import random
import threading
import time
from datetime import UTC, datetime, timedelta

_A_JUMP = timedelta(seconds=5)
"""A difference between wall clock and elapsed time up to this is drift, and is followed silently."""


def draw_seed() -> int:
    """Draw the number that a new household starts with; all that is left to chance later follows from it."""
    return random.SystemRandom().randrange(1, 2**128)


def _elapsed() -> float:
    """Seconds that have really passed, time asleep included where the system can tell."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(boot_time) if boot_time is not None else time.monotonic()


class SystemClock:
    """The wall clock, watched: a small step back is waited out, a large one is reported as a jump.

    `speed` > 1 runs that many times faster than life, from `starts_at` on; such a clock does not follow the wall.
    """

    def __init__(self, speed: float = 1.0, starts_at: datetime | None = None) -> None:
        self._lock = threading.Lock()
        self._speed = speed
        self._follows_wall = speed == 1.0 and starts_at is None
        self._wall0 = self._read_wall()
        self._start = starts_at or self._wall0
        self._elapsed0 = _elapsed()
        self._last = self._start

    def now(self) -> datetime:
        """Return aware UTC; never less than the last answer, but for a jump that `take_jump` has reported."""
        with self._lock:
            reading = self._expected()
            if self._follows_wall and abs(self._read_wall() - reading) < _A_JUMP:
                reading = self._read_wall()
            self._last = max(self._last, reading)
            return self._last

    def take_jump(self) -> timedelta | None:
        """Return how far the wall clock was set since last asked; from then on `now` is the new time."""
        with self._lock:
            if not self._follows_wall:
                return None
            wall = self._read_wall()
            jump = wall - self._expected()
            self._start, self._elapsed0 = wall, _elapsed()
            if abs(jump) < _A_JUMP:
                return None
            self._last = wall
            return jump

    def from_wall(self, instant: datetime) -> datetime:
        """Translate an instant that another program wrote to this clock's time."""
        if self._follows_wall:
            return instant
        return self._start + (instant - self._wall0) * self._speed

    def to_wall(self, instant: datetime) -> datetime:
        """Translate an instant of this clock to the wall's time, for timers of the machine."""
        if self._follows_wall:
            return instant
        return self._wall0 + (instant - self._start) / self._speed

    def seconds_until(self, instant: datetime) -> float:
        """Return real seconds to an instant of this clock; 0 or less when it has passed."""
        return (instant - self.now()).total_seconds() / self._speed

    def sleep(self, seconds: float) -> None:
        """Wait real seconds."""
        time.sleep(max(0.0, seconds))

    def _expected(self) -> datetime:
        return self._start + timedelta(seconds=(_elapsed() - self._elapsed0) * self._speed)

    @staticmethod
    def _read_wall() -> datetime:
        return datetime.now(UTC)
