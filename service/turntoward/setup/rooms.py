"""The steps about the home: who is who in Home Assistant, what can speak, the doors, and what else it may tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from turntoward.setup import candidates, suggestions
from turntoward.setup.asking import NOTHING, Asker, Option, as_before, choose, choose_one
from turntoward.setup.former import Former
from turntoward.setup.found import Found
from turntoward.setup.plan import ChosenSignal, ChosenSpeaker

T = TypeVar("T")
WHO = ("first", "second")
DOOR = "entry_door"


def persons(
    asker: Asker, found: Found, names: tuple[str, str], former: Former | None = None
) -> tuple[str | None, str | None]:
    """Ask which person of Home Assistant each of the two is."""
    before = former.presences if former else (None, None)
    listed = [_before(candidates.persons(found, name), one) for name, one in zip(names, before, strict=True)]
    first, second = (_person(asker, name, who, one) for name, who, one in zip(names, WHO, listed, strict=True))
    while first is not None and first == second:
        asker.refuse("second_person", f"{first} cannot be both of you")
        second = _person(asker, names[1], WHO[1], listed[1])
    return first, second


def _before(options: list[Option], before: str | None) -> list[Option]:
    return as_before(options, [before]) if before else options


def _person(asker: Asker, name: str, who: str, options: list[Option]) -> str | None:
    asker.say(f"Who is {name} in Home Assistant?")
    chosen = choose_one(asker, f"{who}_person", f"{name}:", options)
    if chosen is None:
        asker.say(f"  Then MQTT has to say whether {name} is home, on turntoward/presence/... (docs/mqtt.md).")
    return chosen.id if chosen else None


def phones(
    asker: Asker,
    found: Found,
    names: tuple[str, str],
    chosen: tuple[str | None, str | None],
    former: Former | None = None,
) -> tuple[str | None, str | None]:
    """Ask which phone each carries, for short messages that are fit for a lock screen."""
    if not any(action.startswith("mobile_app_") for action in found.notify):
        asker.say("No phone has Home Assistant's app yet, so there are no short messages for now.")
        return None, None
    before = [partner.phone for partner in former.settings.partners] if former else [None, None]
    listed = [
        _before(candidates.phones(found, name, person), one)
        for name, person, one in zip(names, chosen, before, strict=True)
    ]
    first, second = (_phone(asker, name, who, one) for name, who, one in zip(names, WHO, listed, strict=True))
    while first is not None and first == second:
        asker.refuse("second_phone", f"{first} is {names[0]}'s already; {NOTHING!r} is fine, too")
        second = _phone(asker, names[1], WHO[1], listed[1])
    return first, second


def _phone(asker: Asker, name: str, who: str, options: list[Option]) -> str | None:
    asker.say(f"Which phone is {name}'s?")
    phone = choose_one(asker, f"{who}_phone", f"{name}'s phone:", options)
    return phone.id if phone else None


def speakers(asker: Asker, found: Found, former: Former | None = None) -> tuple[ChosenSpeaker, ...]:
    """Ask what may speak, and with which voice."""
    listed = _speakers(found, former)
    if not listed:
        asker.say(
            "Nothing in Home Assistant can speak (a media player needs a voice: add a text-to-speech integration)."
        )
        return ()
    chosen = _chosen(asker, "speakers", "What may say a line?", listed)
    known = former.speakers if former else ()
    players = [one for one in chosen if one.entity.startswith("media_player.") and one not in known]
    voice = _voice(asker, found) if players else None
    return tuple(replace(speaker, voice=voice) if speaker in players else speaker for speaker in chosen)


def _speakers(found: Found, former: Former | None) -> list[tuple[Option, ChosenSpeaker]]:
    """Return what can speak: as before what speaks already, in its room, and what is new below it."""
    listed = candidates.speakers(found)
    if former is None:
        return listed
    told = {option.id: option for option, _ in listed}
    now = [
        (Option(one.entity, told[one.entity].label if one.entity in told else f"{one.room}: {one.entity}", True), one)
        for one in former.speakers
    ]
    taken = {one.entity for one in former.speakers}
    return now + [(replace(option, suggested=False), one) for option, one in listed if option.id not in taken]


def _voice(asker: Asker, found: Found) -> str:
    options = candidates.voices(found)
    if len(options) == 1:
        return options[0].id
    asker.say("With which voice?")
    voice = choose_one(asker, "voice", "The voice", options, needed=True)
    assert voice is not None  # it is needed
    return voice.id


def doors(asker: Asker, found: Found, former: Former | None = None) -> tuple[ChosenSignal, ...]:
    """Ask by which doors people come in."""
    known = {one.entity: one for one in former.signals if is_door(one)} if former else {}
    options = as_before(candidates.doors(found), known) if former else candidates.doors(found)
    if not options:
        asker.say("No door sensor was found. With one, coming home is noticed much more reliably.")
        return ()
    asker.say("Through which doors do you come home? With them, a phone that drops out is not taken for an arrival.")
    chosen = choose(asker, "doors", "Doors?", options)
    kept = [known[door.id] for door in chosen if door.id in known]
    new = [door.id for door in chosen if door.id not in known]
    is_first = all(one.name != DOOR for one in kept)
    return (*kept, *(ChosenSignal(_door_name(n, id, is_first), id) for n, id in enumerate(new)))


def is_door(signal: ChosenSignal) -> bool:
    """Whether a signal tells of a way into the home."""
    return signal.name.partition(".")[0] == DOOR


def _door_name(number: int, door: str, is_first: bool) -> str:
    return DOOR if is_first and number == 0 else f"{DOOR}.{candidates.slug(door.partition('.')[2])}"


def signals(
    asker: Asker,
    found: Found,
    names: tuple[str, str],
    chosen: tuple[str | None, str | None],
    speaking: Sequence[ChosenSpeaker],
    former: Former | None = None,
) -> tuple[ChosenSignal, ...]:
    """Ask what else the home may tell."""
    listed = suggestions.signals(found, names, chosen, [speaker.room for speaker in speaking])
    if former is not None:
        known = [one for one in former.signals if not is_door(one)]
        taken = {one.name for one in known}
        listed = [(replace(option, suggested=False), one) for option, one in listed if one.name not in taken]
        now = [(Option(f"{one.name}={one.entity}", f"{one.name}: {one.entity}", True), one) for one in known]
        listed = [*now, *listed]
    if not listed:
        return ()
    asker.say("What else may the home tell? All of it is optional.")
    return _chosen(asker, "signals", "Which?", listed)


def _chosen(asker: Asker, key: str, question: str, listed: Sequence[tuple[Option, T]]) -> tuple[T, ...]:
    ids = {option.id for option in choose(asker, key, question, [option for option, _ in listed])}
    return tuple(thing for option, thing in listed if option.id in ids)
