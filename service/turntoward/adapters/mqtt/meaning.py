"""What a message on one of our topics means, as core events. Pure: no client, no log, no clock.

What people choose (answers, a season, a quiet evening) is in `choices`. Nothing may be decided here, but whether a
message can be understood at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from turntoward.adapters.mqtt.choices import answer, answer_to_any, quiet, refuse_retained, season
from turntoward.adapters.mqtt.payloads import MAX_BYTES, MAX_TEXT, beginning, decoded, line
from turntoward.adapters.mqtt.topics import Arrival, Topics, Unusable
from turntoward.core.events import Event, MessageReceived, PresenceChanged, SignalChanged, raw_presence
from turntoward.settings import Told

_NO_PLACE = re.compile(r"on|off|true|false|yes|no|[\d.+-]+", re.IGNORECASE)
"""What people publish when they think of a switch; taken for a zone's name it would mean away."""

_PRESENCE = 'home, not_home, a zone\'s name, unknown, or {"state": "home"}'
_SIGNAL = f'a text of at most {MAX_TEXT} characters, or {{"state": "on"}}'
_TAG = "the name or the id of a tag, not retained"


def events_of(topics: Topics, topic: str, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    """Translate one message; a topic may tell several things at once. Raises Unusable, after all that could be used."""
    unusable: Unusable | None = None
    for translate in _translations(topics, topic):
        try:
            yield from translate(payload, arrival)
        except Unusable as problem:
            unusable = unusable or problem
    if unusable is not None:
        raise unusable


Translate = Callable[[bytes, Arrival], Iterator[Event]]


def _translations(topics: Topics, topic: str) -> Iterator[Translate]:
    """Yield all that a topic tells."""
    yield from (partial(_presence, told) for told in topics.presence if told.topic == topic)
    yield from (partial(_signal, told) for told in topics.signals if told.topic == topic)
    if topic in topics.listening.topics:
        yield partial(_message, topic)
    if topic == topics.ours.tag:
        yield partial(_tag, topics)
    elif topic == topics.ours.choose_season:
        yield partial(season, topics)
    elif topic == topics.ours.choose_quiet:
        yield partial(quiet, topics)
    elif topic == topics.ours.answer:
        yield partial(answer_to_any, topics)
    elif (ritual := topics.ritual_of(topic)) is not None:
        yield partial(answer, topics, ritual)


def _presence(told: Told, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    try:
        text = _told_line(told, payload)
        if _NO_PLACE.fullmatch(text):
            raise ValueError("a switch's value or a number")
    except ValueError as problem:
        expected = _PRESENCE if told.key is None else _keyed(told.key, "home")
        raise Unusable(told.topic, str(problem), expected) from None
    yield PresenceChanged(told.what, raw_presence(text), snapshot=arrival != "live")


def _signal(told: Told, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    try:
        text = _told_line(told, payload)
    except ValueError as problem:
        expected = _SIGNAL if told.key is None else _keyed(told.key, "on")
        raise Unusable(told.topic, str(problem), expected, beginning(payload)) from None
    yield SignalChanged(told.what, text, snapshot=arrival != "live")


def _keyed(key: str, value: str) -> str:
    return f'JSON with the key that household.yaml names, such as {{"{key}": "{value}"}}'


def _told_line(told: Told, payload: bytes) -> str:
    """Return what a payload says. Where a key is named, plain text has none; an empty payload says nothing at all."""
    if told.key is None:
        return line(payload, ("state", "value"))
    if payload.strip() and not payload.lstrip().startswith(b"{"):
        raise ValueError(f"no JSON with {told.key!r}")
    return line(payload, (told.key,))


def _message(topic: str, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    """What the broker has kept or queued did not happen now, and is none of a rule's business."""
    if arrival != "live":
        return
    try:
        yield MessageReceived(topic, decoded(payload))
    except ValueError as problem:
        raise Unusable(topic, str(problem), f"text of at most {MAX_BYTES} bytes", beginning(payload)) from None


def _tag(topics: Topics, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    try:
        refuse_retained(arrival, "tag")
        scanned = line(payload, ("tag", "tag_id"))
        if not scanned:
            raise ValueError("no tag")
    except ValueError as problem:
        raise Unusable(topics.ours.tag, str(problem), _TAG, beginning(payload)) from None
    if arrival == "live" and topics.listening.tags:
        yield topics.listening.tag(scanned)
