"""Warnings that could come a thousand times a minute: counted all, written once in ten minutes each.

Nothing may be dropped, retried or decided here.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from turntoward.ports import Clock

QUIET_FOR = timedelta(minutes=10)
MOST_KINDS = 200


class Complaints:
    """One line for each kind of trouble, however often it comes. For one thread."""

    def __init__(self, clock: Clock, log: logging.Logger) -> None:
        self._clock = clock
        self._log = log
        self._written: dict[tuple[str, str], datetime] = {}
        self.count = 0

    def tell(self, about: str, kind: str, text: str, *values: object, exc_info: bool = False) -> None:
        """Count a trouble; write it as a WARNING unless this kind was written a short while ago."""
        self.count += 1
        now = self._clock.now()
        last = self._written.get((about, kind))
        if last is not None and timedelta() <= now - last < QUIET_FOR:
            return
        if len(self._written) >= MOST_KINDS:
            self._written.clear()
        self._written[about, kind] = now
        self._log.warning(text, *values, exc_info=exc_info)
