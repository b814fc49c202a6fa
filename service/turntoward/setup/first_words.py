"""The step in which a speaker says its first words, by the channel that will speak later."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from turntoward.adapters.clock import SystemClock
from turntoward.adapters.homeassistant.calls import Calls
from turntoward.channels import Reach
from turntoward.channels.speaker import build
from turntoward.core.actions import Announce
from turntoward.ports import Impossible, NotNow
from turntoward.settings import Settings
from turntoward.setup.asking import Asker, Option, choose
from turntoward.setup.saving import Draft

WORDS = {"en": "Hello {couple}. Here I am.", "de": "Hallo {couple}. Hier bin ich."}


def try_speakers(asker: Asker, draft: Draft) -> None:
    """Ask which rooms are to be tried now, and let each say a line."""
    settings = draft.settings
    if settings.homeassistant is None or not settings.speakers:
        return
    asker.say("Shall one of them say a line now, to try it?")
    for room in choose(asker, "try_speakers", "Which room?", [Option(room, room) for room in settings.speakers]):
        problem = _speak(draft, room.id)
        asker.say(f"  {room.id}: {problem or 'it was asked to; did you hear it?'}")


def _speak(draft: Draft, room: str) -> str:
    """Say the line in a room; return what is wrong, empty where nothing is."""
    # What a speaker learns about itself may be written a moment after the line, when the folder is on its way out.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as memory:
        return _said(draft, draft.settings.model_copy(update={"data_dir": Path(memory)}), room)


def _said(draft: Draft, settings: Settings, room: str) -> str:
    assert settings.homeassistant is not None  # the caller has looked
    clock = SystemClock()
    channel = build(Reach(settings, draft.loaded.rulebook, clock, homeassistant=Calls(settings.homeassistant)))
    if channel is None:
        return "there is nothing to speak with"
    words = WORDS[settings.language].format(couple=settings.couple)
    line = Announce("setup", "", "", words, settings.language, (room,), clock.now() + timedelta(minutes=1))
    try:
        channel.deliver(line)
    except (NotNow, Impossible) as problem:
        return f"it did not work: {problem}"
    finally:
        channel.close()
    return ""
