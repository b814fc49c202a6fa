"""The app's option `dashboard`: people who have no shell get their page all the same, where there is none yet.

It happens beside the service, which neither waits for it nor notices how it ends. Nothing that is there is replaced.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from turntoward.cli import placing
from turntoward.core.rules import Rulebook
from turntoward.ports import Impossible, NotNow
from turntoward.settings import HomeAssistantSettings, Settings

log = logging.getLogger("turntoward")

LOOK_EVERY = 5.0
"""Seconds; where two looks find the same entities, all of them have come."""
LOOKS = 60
"""After this many nobody waits any longer; the next start looks again."""


@contextmanager
def put_meanwhile(settings: Settings, rulebook: Rulebook) -> Iterator[None]:
    """Put the dashboard there while the block runs."""
    over = Event()
    if settings.homeassistant is not None:
        page, where = placing.Page(settings, rulebook), settings.homeassistant
        Thread(target=_put, args=(page, where, over), name="dashboard", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _put(page: placing.Page, where: HomeAssistantSettings, over: Event) -> None:
    before, why = None, "it has none of our entities yet"
    for _ in range(LOOKS):
        if over.wait(LOOK_EVERY):
            return
        try:
            before, is_done = _look(page, where, before)
        except (NotNow, Impossible) as problem:
            why = str(problem)
            continue
        if is_done:
            return
    log.warning("no dashboard was put into Home Assistant: %s", why)


def _look(page: placing.Page, where: HomeAssistantSettings, before: object) -> tuple[object, bool]:
    """Return what can be put there by now, and whether there is one."""
    from turntoward.adapters.homeassistant.questions import Questions  # its client library takes a second

    with Questions(where) as home_assistant:
        if placing.there(home_assistant):
            return None, True
        made = page.made_for(home_assistant)
        if made is None or made != before:
            return made, False
        placing.create(home_assistant, made)
    log.info("there is a dashboard in the sidebar of Home Assistant now, at /%s", placing.URL)
    return made, True
