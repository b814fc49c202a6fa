"""The steps about the home: who is who in Home Assistant, what can speak, the doors, and what else it may tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from turntoward.setup import candidates, suggestions
from turntoward.setup.asking import Asker, Option, choose, choose_one
from turntoward.setup.found import Found
from turntoward.setup.plan import ChosenSignal, ChosenSpeaker

T = TypeVar("T")
WHO = ("first", "second")


def persons(asker: Asker, found: Found, names: tuple[str, str]) -> tuple[str | None, str | None]:
    """Ask which person of Home Assistant each of the two is."""
    first, second = (_person(asker, found, name, who) for name, who in zip(names, WHO, strict=True))
    while first is not None and first == second:
        asker.refuse("second_person", f"{first} cannot be both of you")
        second = _person(asker, found, names[1], WHO[1])
    return first, second


def _person(asker: Asker, found: Found, name: str, who: str) -> str | None:
    options = candidates.persons(found, name)
    asker.say(f"Who is {name} in Home Assistant?")
    chosen = choose_one(asker, f"{who}_person", f"{name}:", options)
    if chosen is None:
        asker.say(f"  Then where {name} is has to be told by MQTT, on turntoward/presence/... (docs/mqtt.md).")
    return chosen.id if chosen else None


def phones(
    asker: Asker, found: Found, names: tuple[str, str], chosen: tuple[str | None, str | None]
) -> tuple[str | None, str | None]:
    """Ask which phone each carries, for short messages that are fit for a lock screen."""
    if not any(action.startswith("mobile_app_") for action in found.notify):
        asker.say("No phone has the app of Home Assistant, so short messages are left out.")
        return None, None
    first, second = (
        _phone(asker, found, name, person, who) for name, person, who in zip(names, chosen, WHO, strict=True)
    )
    return first, second


def _phone(asker: Asker, found: Found, name: str, person: str | None, who: str) -> str | None:
    asker.say(f"Which phone is {name}'s?")
    phone = choose_one(asker, f"{who}_phone", f"{name}'s phone:", candidates.phones(found, name, person))
    return phone.id if phone else None


def speakers(asker: Asker, found: Found) -> tuple[ChosenSpeaker, ...]:
    """Ask what may speak, and with which voice."""
    listed = candidates.speakers(found)
    if not listed:
        asker.say(
            "Nothing in Home Assistant can speak (a media player needs a voice: add a text-to-speech integration)."
        )
        return ()
    chosen = _chosen(asker, "speakers", "What may say a line?", listed)
    players = [speaker for speaker in chosen if speaker.entity.startswith("media_player.")]
    voice = _voice(asker, found) if players else None
    return tuple(replace(speaker, voice=voice) if speaker in players else speaker for speaker in chosen)


def _voice(asker: Asker, found: Found) -> str:
    options = candidates.voices(found)
    if len(options) == 1:
        return options[0].id
    asker.say("With which voice?")
    voice = choose_one(asker, "voice", "The voice", options, needed=True)
    assert voice is not None  # it is needed
    return voice.id


def doors(asker: Asker, found: Found) -> tuple[ChosenSignal, ...]:
    """Ask by which doors people come in."""
    options = candidates.doors(found)
    if not options:
        asker.say("No sensor of a door was found. With one, coming home is noticed much more surely.")
        return ()
    asker.say("Through which doors do you come home? With them a phone that flickers is not taken for a person.")
    chosen = choose(asker, "doors", "Doors?", options)
    return tuple(ChosenSignal(_door_name(n, door), door.id) for n, door in enumerate(chosen))


def _door_name(number: int, door: Option) -> str:
    return f"entry_door.{candidates.slug(door.id.partition('.')[2])}" if number else "entry_door"


def signals(
    asker: Asker,
    found: Found,
    names: tuple[str, str],
    chosen: tuple[str | None, str | None],
    speaking: Sequence[ChosenSpeaker],
) -> tuple[ChosenSignal, ...]:
    """Ask what else the home may tell."""
    listed = suggestions.signals(found, names, chosen, [speaker.room for speaker in speaking])
    if not listed:
        return ()
    asker.say("What else may the home tell? All of it is optional.")
    return _chosen(asker, "signals", "Which?", listed)


def _chosen(asker: Asker, key: str, question: str, listed: Sequence[tuple[Option, T]]) -> tuple[T, ...]:
    ids = {option.id for option in choose(asker, key, question, [option for option, _ in listed])}
    return tuple(thing for option, thing in listed if option.id in ids)
