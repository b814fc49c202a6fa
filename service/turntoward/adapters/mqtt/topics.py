"""What a message on one of our topics means, as core events. Pure: no client, no log, no clock.

Nothing may be decided here, but whether a message can be understood at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from turntoward.core.events import (
    ANSWERS,
    Answer,
    Event,
    PresenceChanged,
    RitualAnswered,
    SignalChanged,
    raw_presence,
)
from turntoward.settings import Settings, Told

MAX_BYTES = 4096
MAX_TEXT = 255
SHOWN = 40

Arrival = Literal["live", "late", "retained"]
"""How a message came: as it happened; queued for us until it was too old to count as seen; kept by the broker."""

_NO_PLACE = re.compile(r"on|off|true|false|yes|no|[\d.+-]+", re.IGNORECASE)
"""What people publish when they think of a switch; taken for a zone's name it would mean away."""

_PRESENCE = 'home, not_home, a zone\'s name, unknown, or {"state": "home"}'
_SIGNAL = f'a text of at most {MAX_TEXT} characters, or {{"state": "on"}}'
_ANSWER = f'{", ".join(ANSWERS)}, or {{"answer": "done"}}, not retained'


class Unusable(Exception):
    """A message that says nothing to us.

    `kind`: what is wrong, the same words for the same fault. `about`: the topic, or the filter of all topics that
    could have the fault. `shown`: its beginning, empty where it could tell where somebody is.
    """

    def __init__(self, about: str, kind: str, expected: str, shown: str = "") -> None:
        super().__init__(kind)
        self.about = about
        self.kind = kind
        self.expected = expected
        self.shown = shown


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics we listen to, and what each is about."""

    base: str
    presence: tuple[Told, ...]
    signals: tuple[Told, ...]
    rituals: frozenset[str]
    birth: str | None

    @classmethod
    def of(cls, settings: Settings, rituals: Iterable[str]) -> Topics:
        """Collect the topics of a household and of its rituals."""
        discovery = settings.mqtt.discovery if settings.mqtt else None
        birth = f"{discovery}/status" if discovery else None
        return cls(settings.base, settings.presence_topics(), settings.signal_topics(), frozenset(rituals), birth)

    @property
    def answers(self) -> str:
        """The filter under which answers come."""
        return f"{self.base}/ritual/+/answer"

    def filters(self) -> list[str]:
        """Return what to subscribe to, each once."""
        birth = [self.birth] if self.birth else []
        told = [told.topic for told in (*self.presence, *self.signals)]
        return list(dict.fromkeys([*told, self.answers, *birth]))

    def ritual_of(self, topic: str) -> str | None:
        """Return the ritual an answer's topic names, known or not; None for another topic."""
        before, _, after = self.answers.partition("+")
        fits = topic.startswith(before) and topic.endswith(after) and len(topic) > len(before + after)
        return topic[len(before) : -len(after)] if fits else None


def events_of(topics: Topics, topic: str, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    """Translate one message; a topic may tell several things at once. Raises Unusable, after all that could be used."""
    unusable: Unusable | None = None
    for told, translate in _told_on(topics, topic):
        try:
            yield translate(told, payload, arrival)
        except Unusable as problem:
            unusable = unusable or problem
    if unusable is not None:
        raise unusable
    ritual = topics.ritual_of(topic)
    if ritual is not None:
        yield from _answers(topics, ritual, topic, payload, arrival)


def _told_on(topics: Topics, topic: str) -> Iterator[tuple[Told, Callable[[Told, bytes, Arrival], Event]]]:
    yield from ((told, _presence) for told in topics.presence if told.topic == topic)
    yield from ((told, _signal) for told in topics.signals if told.topic == topic)


def _presence(told: Told, payload: bytes, arrival: Arrival) -> PresenceChanged:
    try:
        text = _told_text(told, payload)
        if _NO_PLACE.fullmatch(text):
            raise ValueError("a switch's value or a number")
    except ValueError as problem:
        expected = _PRESENCE if told.key is None else _keyed(told.key, "home")
        raise Unusable(told.topic, str(problem), expected) from None
    return PresenceChanged(told.what, raw_presence(text), snapshot=arrival != "live")


def _signal(told: Told, payload: bytes, arrival: Arrival) -> SignalChanged:
    try:
        text = _told_text(told, payload)
    except ValueError as problem:
        expected = _SIGNAL if told.key is None else _keyed(told.key, "on")
        raise Unusable(told.topic, str(problem), expected, _beginning(payload)) from None
    return SignalChanged(told.what, text, snapshot=arrival != "live")


def _keyed(key: str, value: str) -> str:
    return f'JSON with the key that household.yaml names, such as {{"{key}": "{value}"}}'


def _told_text(told: Told, payload: bytes) -> str:
    """Return what a payload says. Where a key is named, plain text has none; an empty payload says nothing at all."""
    if told.key is None:
        return _text(payload, ("state", "value"))
    if payload.strip() and not payload.lstrip().startswith(b"{"):
        raise ValueError(f"no JSON with {told.key!r}")
    return _text(payload, (told.key,))


def _answers(topics: Topics, ritual: str, topic: str, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    if ritual not in topics.rituals:
        known = ", ".join(sorted(topics.rituals)) or "none, as no ritual is switched on"
        raise Unusable(topics.answers, "an answer to no ritual of this home", known, _beginning(payload))
    try:
        answer = _known_answer(_text(payload, ("answer",)))
        if arrival == "retained":
            raise ValueError("a retained answer, which would answer for ever")
    except ValueError as problem:
        raise Unusable(topic, str(problem), _ANSWER, _beginning(payload)) from None
    # What was meant for a moment long gone must not begin something now; that something is over stays true.
    if arrival == "live" or answer not in ("start", "later"):
        yield RitualAnswered(ritual, answer)


def _known_answer(text: str) -> Answer:
    for answer in ANSWERS:
        if answer == text.casefold():
            return answer
    raise ValueError("no answer we know")


def _text(payload: bytes, keys: tuple[str, ...]) -> str:
    """Return what a payload says, as one line of text. Raises ValueError, whose message says what is wrong with it."""
    if len(payload) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES} bytes")
    try:
        text = payload.decode().strip()
    except UnicodeDecodeError:
        raise ValueError("no UTF-8 text") from None
    if text[:1] in ("{", "[", '"'):
        text = _from_json(text, keys)
    if len(text) > MAX_TEXT or not text.isprintable():
        raise ValueError(f"more than {MAX_TEXT} characters, or several lines")
    return text


def _from_json(text: str, keys: tuple[str, ...]) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("broken JSON") from None
    if isinstance(value, dict):
        value = next((value[key] for key in keys if key in value), value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise ValueError(f"JSON without {' or '.join(map(repr, keys))}")
    return "" if value is None else str(value).strip()


def _beginning(payload: bytes) -> str:
    return payload[: SHOWN * 4].decode(errors="replace")[:SHOWN]
