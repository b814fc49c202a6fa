"""One APScheduler job: wakes the runtime when the core asked for it.

Schedules are never kept here. What is next is computed by the core from its state, so after a restart there is nothing
to restore; APScheduler's own triggers for civil times are not used (CronTrigger of 3.11.3 loses 00:00-00:59 on the day
after the spring change and fires 02:30 twice in autumn).
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.date import DateTrigger

from turntoward.core.events import TimePassed
from turntoward.ports import Clock, Inbox

_JOB = "wakeup"
_LONGEST = 3600.0
"""Seconds. Looking at the clock once an hour costs nothing and finds a wall clock that was set meanwhile."""


class Scheduler:
    """Keeps exactly one date job, and puts a TimePassed into the inbox when it fires."""

    def __init__(self, clock: Clock, inbox: Inbox) -> None:
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._clock, self._inbox = clock, inbox
        self._scheduler = BackgroundScheduler(timezone=UTC, executors={"default": ThreadPoolExecutor(1)}, daemon=True)
        self._scheduler.start()

    def wake_at(self, instant: datetime | None) -> None:
        """Replace the job: at an instant, at once where it has passed, and in an hour where there is none."""
        seconds = _LONGEST if instant is None else min(self._clock.seconds_until(instant), _LONGEST)
        if seconds <= 0:
            self._inbox(TimePassed())
            return
        # APScheduler compares with the machine's own clock, whatever speed ours has.
        at = self._clock.to_wall(self._clock.now()) + timedelta(seconds=seconds)
        self._scheduler.add_job(
            self._inbox,
            DateTrigger(at, timezone=UTC),
            args=[TimePassed()],
            id=_JOB,
            replace_existing=True,
            misfire_grace_time=None,  # late is better than never: the core decides what is too late
        )

    def stop(self) -> None:
        """End the timer's thread."""
        self._scheduler.shutdown(wait=True)
