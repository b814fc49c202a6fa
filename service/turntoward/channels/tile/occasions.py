"""What automations can wait for: an event entity, and a device trigger for each step of each ritual. Pure.

Both hear what is told on `<base>/event`. Of a time-out, and of what follows from one, there is neither: Home Assistant
keeps what an event entity told and when an automation ran.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from turntoward.channels.tile.entities import Component, component
from turntoward.channels.tile.ritual_entities import pressed
from turntoward.channels.tile.words import words_of
from turntoward.core.events import Answer
from turntoward.core.rules import Ritual
from turntoward.settings import Settings

STEPS = (
    "offered",
    "started",
    "postponed",
    "another",
    "swapped",
    "done",
    "declined",
    "expired",
    "undelivered",
    "stopped",
)
"""The steps in an occasion's life that other programs are told of."""
_NEEDS: dict[str, tuple[Answer, ...]] = {
    "postponed": ("later", "other_slot"),
    "another": ("another",),
    "swapped": ("swap",),
    "declined": ("not_today", "skip"),
}
"""Steps to which only an answer leads."""


def occasion_entities(settings: Settings, rituals: Iterable[Ritual]) -> dict[str, Component]:
    """Return the event entity and the device triggers of rituals, by key."""
    rituals = tuple(rituals)
    found = {"occasion": _event(settings, rituals)}
    for ritual in rituals:
        answers = pressed(ritual)
        for step in STEPS:
            if step not in _NEEDS or any(answer in answers for answer in _NEEDS[step]):
                found[f"{ritual.ritual}_when_{step}"] = _trigger(settings, ritual, step)
    return found


def _event(settings: Settings, rituals: tuple[Ritual, ...]) -> Component:
    told, steps = json.dumps([ritual.ritual for ritual in rituals]), json.dumps(STEPS)
    kept = ", ".join(f"'{key}': value_json.{key}" for key in ("ritual", "title", "occasion", "at"))
    return component(
        settings,
        "event",
        "occasion",
        "occasion",
        "occasion",
        name=words_of(settings.language)["occasion"],
        event_types=list(STEPS),
        state_topic=settings.topics.event,
        # What renders to nothing is passed over without a word.
        value_template=(
            f"{{% if value_json.ritual in {told} and value_json.step in {steps} %}}"
            f"{{{{ {{'event_type': value_json.step, {kept}}} | to_json }}}}{{% endif %}}"
        ),
    )


def _trigger(settings: Settings, ritual: Ritual, step: str) -> Component:
    return {
        "p": "device_automation",
        "automation_type": "trigger",
        "type": step,
        "subtype": ritual.ritual,
        "topic": settings.topics.event,
        "value_template": "{{ value_json.ritual }} {{ value_json.step }}",
        "payload": f"{ritual.ritual} {step}",
        "qos": 1,
    }
