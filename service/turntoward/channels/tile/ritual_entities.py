"""The entities of single rituals: a state, a button for each answer, a switch, whose turn it is. Pure.

Nothing here may be about a private ritual: whoever calls this has left it out.
"""

from __future__ import annotations

from turntoward.channels.tile.entities import Component, component, partner_slugs
from turntoward.channels.tile.words import icon_of, words_of
from turntoward.core.actions import TILE_STATES
from turntoward.core.events import Answer
from turntoward.core.rules import Ritual
from turntoward.settings import Settings


def ritual_entities(settings: Settings, ritual: Ritual) -> dict[str, Component]:
    """Return the entities of a ritual on the device of the household, by key."""
    found = {f"{ritual.ritual}_state": _sensor(settings, ritual)}
    if ritual.mode:
        found[f"{ritual.ritual}_mode"] = _switch(settings, ritual)
    if ritual.turns:
        found[f"{ritual.ritual}_turn"] = _turn(settings, ritual)
    return found | {f"{ritual.ritual}_{answer}": _button(settings, ritual, answer) for answer in pressed(ritual)}


def own_entities(settings: Settings, partner: str, ritual: Ritual) -> dict[str, Component]:
    """Return what a ritual in which you take turns shows on the device of one partner."""
    if not ritual.turns:
        return {}
    name = f"{partner_slugs(settings)[partner]}_{ritual.ritual}_turn"
    theirs = f"'ON' if value_json.turns.get('{ritual.ritual}', {{}}).get('partner') == '{partner}' else 'OFF'"
    return {
        f"{ritual.ritual}_turn": component(
            settings,
            "binary_sensor",
            name,
            name,
            "your_turn",
            name=words_of(settings.language)["your_turn"].format(ritual=ritual.named(settings.language)),
            state_topic=settings.topics.home,
            value_template=f"{{{{ {theirs} }}}}",
        )
    }


def pressed(ritual: Ritual) -> tuple[Answer, ...]:
    """Return the answers that have a button, in whatever season they can be given; what is shared needs words."""
    of_all_forms = (answer for form in ritual.forms() for answer in form.answers)
    answers: dict[Answer, None] = dict.fromkeys(("start", *ritual.answers, *of_all_forms))
    return tuple(answer for answer in answers if answer != "share")


def _sensor(settings: Settings, ritual: Ritual) -> Component:
    shown = component(
        settings,
        "sensor",
        f"{ritual.ritual}_state",
        ritual.ritual,
        name=ritual.named(settings.language),
        device_class="enum",
        options=list(TILE_STATES),
        state_topic=settings.topics.state(ritual.ritual),
        json_attributes_topic=settings.topics.attributes(ritual.ritual),
    )
    return shown | {"icon": icon_of(ritual.ritual)}


def _button(settings: Settings, ritual: Ritual, answer: Answer) -> Component:
    name = f"{ritual.ritual}_{answer}"
    return component(
        settings,
        "button",
        name,
        name,
        answer,
        name=f"{ritual.named(settings.language)}: {words_of(settings.language)[answer]}",
        command_topic=settings.topics.answer_to(ritual.ritual),
        payload_press=answer,
    )


def _switch(settings: Settings, ritual: Ritual) -> Component:
    return component(
        settings,
        "switch",
        f"{ritual.ritual}_mode",
        ritual.ritual,
        "mode",
        name=ritual.named(settings.language),
        state_topic=settings.topics.state(ritual.ritual),
        value_template="{{ 'ON' if value == 'running' else 'OFF' }}",
        state_on="ON",
        state_off="OFF",
        command_topic=settings.topics.answer_to(ritual.ritual),
        payload_on="start",
        payload_off="done" if "done" in ritual.answers else "stop",
        # Turned off while it is off, by an automation that makes sure, it has not been done.
        command_template="{{ 'stop' if value == 'done' and this.state != 'on' else value }}",
    )


def _turn(settings: Settings, ritual: Ritual) -> Component:
    return component(
        settings,
        "sensor",
        f"{ritual.ritual}_turn",
        f"{ritual.ritual}_turn",
        "turn",
        name=words_of(settings.language)["turn"].format(ritual=ritual.named(settings.language)),
        # No enum: with the state of before, a name that has changed would be an error in Home Assistant's log.
        state_topic=settings.topics.home,
        value_template=f"{{{{ value_json.turns.get('{ritual.ritual}', {{}}).get('name') }}}}",
    )
