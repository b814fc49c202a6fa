"""Gathers the facts: one visit to each side. What they mean is never here, and nothing is left changed."""

from __future__ import annotations

from pathlib import Path

from turntoward.adapters.clock import SystemClock
from turntoward.doctor import ask_broker, ask_folder, ask_home
from turntoward.doctor.facts import Facts
from turntoward.rulebook import Loaded
from turntoward.settings import Settings


def gather(settings: Settings, loaded: Loaded) -> Facts:
    """Visit the folder, Home Assistant and the broker, as far as the household has them. Takes some seconds."""
    clock = SystemClock()
    return Facts(
        settings=settings,
        loaded=loaded,
        now=clock.now(),
        folder=ask_folder.ask(Path(settings.journal_dir), clock.now()),
        home=ask_home.ask(settings, clock) if settings.homeassistant else None,
        broker=ask_broker.ask(settings, loaded.rulebook) if settings.mqtt else None,
    )
