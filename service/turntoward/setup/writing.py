"""From what was chosen to the text of household.yaml, with short comments for whoever reads it later. Pure.

No secret is ever in it: only its name in secrets.yaml.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from turntoward.setup.plan import ChosenSignal, ChosenSpeaker, Plan
from turntoward.setup.rituals import about, known

HA_TOKEN, MQTT_PASSWORD = "ha_token", "mqtt_password"


def household(plan: Plan) -> str:
    """Return the text of household.yaml."""
    sections = (_head, _partners, _agreed, _homeassistant, _speakers, _signals, _rituals, _behaviour, _mqtt)
    texts = ("\n".join(section(plan)) for section in sections)
    return "\n".join(f"{text}\n" for text in texts if text)


def _head(plan: Plan) -> Iterator[str]:
    yield "# Your household, as `turntoward setup` has written it. Change it as you like, and then:  turntoward check"
    yield "# What is not here has its usual value; docs/setup.md says where to find all there is."


def _partners(plan: Plan) -> Iterator[str]:
    yield "partners:"
    for name, person, phone in zip(plan.names, plan.persons, plan.phones, strict=True):
        yield f"  - name: {_text(name)}"
        if person:
            yield f"    presence: {person}"
        else:
            yield "    # presence is told by MQTT, on turntoward/presence/<name>"
        if phone:
            yield f"    phone: {phone}  # short messages, fit for a lock screen"


def _agreed(plan: Plan) -> Iterator[str]:
    yield "# Both names have to be here, each added by its owner: nothing is offered until both of you want it. Whoever"
    yield "# takes their own name out ends it for both, without a word."
    yield f"agreed: [{', '.join(_text(name) for name in plan.agreed)}]"


def _homeassistant(plan: Plan) -> Iterator[str]:
    if plan.homeassistant is None:
        return
    if "homeassistant" in plan.lent:
        yield "# homeassistant: not needed; it runs us as an app, and lends its address and its key at each start."
        return
    yield "homeassistant:"
    yield f"  url: {_text(plan.homeassistant.url)}"
    if HA_TOKEN in plan.secrets:
        yield f"  token: !secret {HA_TOKEN}  # in secrets.yaml beside this file"
    else:
        yield "  # the token comes from the environment"


def _speakers(plan: Plan) -> Iterator[str]:
    if not plan.speakers:
        return
    yield "# What can say a line, by room. Where a room has several, the next is used when one cannot speak."
    yield "speakers:"
    rooms = dict.fromkeys(speaker.room for speaker in plan.speakers)
    for room in rooms:
        here = [_speaker(speaker) for speaker in plan.speakers if speaker.room == room]
        yield f"  {_key(room)}: {here[0]}" if len(here) == 1 else f"  {_key(room)}: [{', '.join(here)}]"


def _speaker(speaker: ChosenSpeaker) -> str:
    return f"{{entity: {speaker.entity}, tts: {speaker.voice}}}" if speaker.voice else f"{{entity: {speaker.entity}}}"


def _signals(plan: Plan) -> Iterator[str]:
    if not plan.signals:
        return
    yield "# What the home knows. All are optional; what is not here is never waited for."
    yield "signals:"
    yield from (f"  {signal.name}: {_signal(signal)}" for signal in plan.signals)


def _signal(signal: ChosenSignal) -> str:
    if not signal.on:
        return signal.entity
    return f"{{entity: {signal.entity}, on: [{', '.join(_text(value) for value in signal.on)}]}}"


def _rituals(plan: Plan) -> Iterator[str]:
    yield "# `turntoward rituals` lists all there are; two or three are enough for the first weeks."
    if not plan.rituals:
        yield "rituals: []"
        return
    yield "rituals:"
    ours = known()
    yield from (f"  {name}:  # {about(ours[name], plan.language)}" for name in plan.rituals)


def _behaviour(plan: Plan) -> Iterator[str]:
    yield f"zone: {plan.zone}"
    yield f"language: {plan.language}"
    yield 'quiet_hours: "22:30-07:00"  # no sound; a tile may still show an offer'


def _mqtt(plan: Plan) -> Iterator[str]:
    if plan.mqtt is None:
        return
    if "mqtt" in plan.lent:
        yield "# mqtt: not needed; Home Assistant lends its broker at each start."
        return
    yield "# The broker that Home Assistant uses too: our tiles reach its dashboard through it."
    yield "mqtt:"
    yield f"  host: {_text(plan.mqtt.host)}"
    yield f"  port: {plan.mqtt.port}"
    if plan.mqtt.tls:
        yield "  tls: true"
    if plan.mqtt.username:
        yield f"  username: {_text(plan.mqtt.username)}"
        if MQTT_PASSWORD in plan.secrets:
            yield f"  password: !secret {MQTT_PASSWORD}  # in secrets.yaml beside this file"
        else:
            yield "  # its password comes from the environment"


def _key(room: str) -> str:
    """Write the name of a room; `1` and `null` are no texts where they stand alone."""
    return _text(room) if room[0].isdecimal() or room in ("null", "true", "false") else room


def _text(value: str) -> str:
    """Write a text so that YAML reads it as it is, whatever it looks like."""
    return json.dumps(value, ensure_ascii=False)
