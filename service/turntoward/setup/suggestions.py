"""Which entities of a home could be signals, and which: guests, a bed, a call, a charger, a television. Pure.

A suggestion is a guess by kind and name. Each is shown before it is taken, and what is not sure is not suggested.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from turntoward.core.household import partner_id
from turntoward.setup.asking import Option
from turntoward.setup.candidates import room_of, slug
from turntoward.setup.found import Entity, Found
from turntoward.setup.plan import ChosenSignal

ROOM_SENSORS = ("occupancy", "presence", "motion")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of signal: what it is good for, which entities tell it, and whose or where it is."""

    role: str
    meaning: str
    fits: Callable[[Entity], bool]
    of: str = ""
    """`partner`: one for each of the two; `room`: one for each room; `thing`: of several, each by its name."""
    on: Mapping[str, tuple[str, ...]] | None = None
    """By domain, what counts as on where it is not the usual."""
    suggested: bool = True


def _named(words: str, *domains: str, classes: tuple[str, ...] = ()) -> Callable[[Entity], bool]:
    pattern = re.compile(words)

    def fits(entity: Entity) -> bool:
        right_class = not classes or entity.device_class in classes
        return entity.domain in domains and right_class and bool(pattern.search(entity.words))

    return fits


def _ends(*endings: str) -> Callable[[Entity], bool]:
    return lambda entity: entity.id.endswith(endings)


def _television(entity: Entity) -> bool:
    return entity.domain == "media_player" and entity.device_class == "tv"


SENSED = ("occupancy", "presence", "moving", "motion")
KINDS = (
    Kind("guests", "while it is on, nothing is offered", _named(r"guest|gäste|gaeste|besuch|visitor", "input_boolean")),
    Kind(
        "asleep",
        "while it is on, nothing makes a sound",
        _named(r"\bbed\b|bett|sleep|schl[aä]f", "binary_sensor", "input_boolean"),
        "partner",
    ),
    Kind(
        "on_call",
        "while it is on, an offer waits",
        _ends("_phone_state"),
        "partner",
        {"sensor": ("offhook", "ringing")},
    ),
    Kind(
        "focus",
        "while it is on, an offer waits; some phones have it on all night",
        _ends("_focus", "_do_not_disturb"),
        "partner",
        {"sensor": ("priority_only", "total_silence", "alarms_only")},
        suggested=False,
    ),
    Kind(
        "phones",
        "on its charger at dinner, the phone counts as put away; both of you need one",
        _ends("_is_charging", "_battery_state"),
        "partner",
        {"sensor": ("Charging", "Full")},
    ),
    Kind("television", "while it plays, the check-in waits", _television, "thing"),
    Kind("film", "while it is on, nothing is spoken", _named(r"film|movie|cinema|kino", "input_boolean"), "thing"),
    Kind(
        "hall",
        "a sign that somebody is about to leave, for the goodbye kiss",
        _named(r"hall|flur|entr|diele|corridor", "binary_sensor", classes=SENSED),
        "thing",
    ),
    Kind(
        "table",
        "somebody sits at the table",
        _named(r"table|dining|chair|esstisch|stuhl", "binary_sensor", classes=SENSED),
        "thing",
    ),
    Kind("sofa", "somebody sits there", _named(r"sofa|couch", "binary_sensor", classes=SENSED), "thing"),
)


def signals(
    found: Found, names: tuple[str, str], persons: Iterable[str | None], rooms: Iterable[str]
) -> list[tuple[Option, ChosenSignal]]:
    """Return what could be signals, each with its name. `rooms`: those with a speaker."""
    owners = _owners(found, names, tuple(persons))
    proposals = [p for kind in KINDS for p in _of_kind(kind, found, owners, names)]
    return [*proposals, *_occupied(found, frozenset(rooms))]


def _of_kind(
    kind: Kind, found: Found, owners: Mapping[str, str], names: tuple[str, str]
) -> Iterator[tuple[Option, ChosenSignal]]:
    fitting = sorted((entity for entity in found.entities if kind.fits(entity)), key=lambda e: e.id)
    taken = set[str]()
    for entity in fitting:
        name, sure = _name(kind, entity, owners, names, alone=len(fitting) == 1)
        on = (kind.on or {}).get(entity.domain, ())
        suggested = kind.suggested and sure and name not in taken
        label = f"{name}: {entity.name} ({entity.id}); {kind.meaning}"
        if name not in taken:
            taken.add(name)
            yield Option(f"{name}={entity.id}", label, suggested), ChosenSignal(name, entity.id, on)


def _name(
    kind: Kind, entity: Entity, owners: Mapping[str, str], names: tuple[str, str], alone: bool
) -> tuple[str, bool]:
    """Return what a signal is called, and whether it is sure whose or what it is."""
    thing = slug(entity.id.partition(".")[2])
    if kind.of == "partner":
        whose = owners.get(entity.device) or _whose_name(entity, names)
        return (f"{kind.role}.{whose}", True) if whose else (f"{kind.role}.{thing}", False)
    return (kind.role, True) if alone or not kind.of else (f"{kind.role}.{thing}", True)


def _whose_name(entity: Entity, names: tuple[str, str]) -> str | None:
    words = set(re.findall(r"\w+", entity.words))
    found = [partner_id(name) for name in names if name.casefold() in words or partner_id(name) in words]
    return found[0] if len(found) == 1 else None


def _owners(found: Found, names: tuple[str, str], persons: tuple[str | None, ...]) -> dict[str, str]:
    """Return whose each phone is: by device, the partner."""
    owners = {}
    for name, person in zip(names, persons, strict=True):
        for tracker in found.trackers(person):
            carried = found.entity(tracker)
            if carried and carried.device:
                owners[carried.device] = partner_id(name)
    return owners


def _occupied(found: Found, rooms: frozenset[str]) -> Iterator[tuple[Option, ChosenSignal]]:
    """Yield for each room with a speaker what tells that somebody is in it: a line goes where people are."""
    taken = set[str]()
    order = {kind: n for n, kind in enumerate(ROOM_SENSORS)}
    sensors = [s for s in found.of("binary_sensor") if s.device_class in order and s.area]
    for sensor in sorted(sensors, key=lambda s: (order[s.device_class], s.id)):
        room = room_of(sensor)
        if room in rooms and room not in taken:
            taken.add(room)
            label = f"occupied.{room}: {sensor.name} ({sensor.id}); lines go where somebody is"
            name = f"occupied.{room}"
            yield Option(f"{name}={sensor.id}", label, True), ChosenSignal(name, sensor.id)
