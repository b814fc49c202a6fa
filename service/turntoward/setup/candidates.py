"""What there is to choose from in a home: persons, phones, voices, speakers, doors. Pure.

Nothing here is taken without being asked for: it only says what is likely, so that Enter is a good answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from turntoward.core.household import partner_id
from turntoward.setup.asking import Option
from turntoward.setup.found import Entity, Found
from turntoward.setup.plan import ChosenSpeaker

PLAYS_MEDIA = 512
"""The bit of Home Assistant for a media player that can be given something to play."""
DOORS = ("door", "opening", "garage_door")
LIVED_IN = re.compile(r"kitchen|living|dining|hall|entry|küche|kueche|wohn|ess|flur|diele|corridor|lounge")
"""Rooms where a line disturbs nobody's sleep."""
OUTER = re.compile(r"front|entry|entrance|house|main|haus|eingang|wohnungs|garage")


def persons(found: Found, name: str) -> list[Option]:
    """Return the persons of Home Assistant, with the one of that name suggested."""
    meant = partner_id(name)
    people = found.of("person")
    return [Option(p.id, f"{p.name} ({p.id})", meant in (slug(p.name), p.id.partition(".")[2])) for p in people]


def phones(found: Found, name: str, person: str | None) -> list[Option]:
    """Return the phones that can be written to, with the one that a person carries suggested."""
    known = sorted(action for action in found.notify if action.startswith("mobile_app_"))
    carried = _carried(found, person) or {a for a in known if partner_id(name) in a.split("_")}
    return [Option(f"notify.{action}", f"notify.{action}", action in carried) for action in known]


def _carried(found: Found, person: str | None) -> set[str]:
    names = (f"mobile_app_{tracker.partition('.')[2]}" for tracker in found.trackers(person))
    return {name for name in names if name in found.notify}


def voices(found: Found) -> list[Option]:
    """Return what can turn text into speech."""
    return [Option(voice.id, f"{voice.name} ({voice.id})", n == 0) for n, voice in enumerate(found.of("tts"))]


def speakers(found: Found) -> list[tuple[Option, ChosenSpeaker]]:
    """Return what can say a line, each with its room; suggested is one for each room that is lived in."""
    listed, taken = [], set[str]()
    for entity in _can_speak(found):
        room = room_of(entity)
        suggested = bool(LIVED_IN.search(room)) and entity.state != "unavailable" and room not in taken
        taken |= {room} if suggested else set()
        away = ", not there at the moment" if entity.state == "unavailable" else ""
        option = Option(entity.id, f"{room}: {entity.name} ({entity.id}{away})", suggested)
        listed.append((option, ChosenSpeaker(room, entity.id)))
    listed += [
        (
            Option(f"notify.{action}", f"notify.{action}: Alexa, by its own action"),
            ChosenSpeaker("alexa", f"notify.{action}"),
        )
        for action in sorted(found.notify)
        if action.startswith("alexa_media_")
    ]
    return listed


def _can_speak(found: Found) -> Iterator[Entity]:
    """A satellite first: it needs no voice of its own, and speaks over what is playing."""
    yield from found.of("assist_satellite")
    if found.of("tts"):
        yield from (player for player in found.of("media_player") if _plays(player))
    yield from (entity for entity in found.of("notify") if entity.platform == "alexa_devices")


def _plays(player: Entity) -> bool:
    features = int(player.attributes.get("supported_features") or 0)
    return bool(features & PLAYS_MEDIA or player.state == "unavailable") and player.device_class != "tv"


def doors(found: Found) -> list[Option]:
    """Return sensors of doors; suggested are those that sound like a way into the home."""
    known = [sensor for sensor in found.of("binary_sensor") if sensor.device_class in DOORS]
    return [Option(d.id, f"{d.name} ({d.id})", bool(OUTER.search(d.words)) or len(known) == 1) for d in known]


def room_of(entity: Entity) -> str:
    """Name the room of an entity as household.yaml does: its area, else what its id says without its kind."""
    if entity.area:
        return slug(entity.area)
    name = entity.id.partition(".")[2]
    return re.sub(r"_(speaker|satellite|player|media_player|sonos|echo|display|assist_satellite)$", "", name)


def slug(name: str) -> str:
    """Write a name in small letters, digits and _: `Wohnküche` -> `wohnkueche`."""
    spelt = name.casefold()
    for letter, plain in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        spelt = spelt.replace(letter, plain)
    ascii_only = unicodedata.normalize("NFKD", spelt).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_") or "room"
