"""What a message on one of our topics means, as core events. Pure: no client, no log, no clock.

Nothing may be decided here, but whether a message can be understood at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
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
from turntoward.settings import Settings

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
    presence: Mapping[str, str]
    signals: Mapping[str, str]
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
        return list(dict.fromkeys([*self.presence, *self.signals, self.answers, *birth]))

    def ritual_of(self, topic: str) -> str | None:
        """Return the ritual an answer's topic names, known or not; None for another topic."""
        before, _, after = self.answers.partition("+")
        fits = topic.startswith(before) and topic.endswith(after) and len(topic) > len(before + after)
        return topic[len(before) : -len(after)] if fits else None


def events_of(topics: Topics, topic: str, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    """Translate one message; a topic may tell a presence and a signal at once. Raises Unusable."""
    if topic in topics.presence:
        yield _presence(topics.presence[topic], topic, payload, arrival)
    if topic in topics.signals:
        yield _signal(topics.signals[topic], topic, payload, arrival)
    ritual = topics.ritual_of(topic)
    if ritual is not None:
        yield from _answers(topics, ritual, topic, payload, arrival)


def _presence(partner: str, topic: str, payload: bytes, arrival: Arrival) -> PresenceChanged:
    try:
        text = _text(payload, ("state", "value"))
        if _NO_PLACE.fullmatch(text):
            raise ValueError("a switch's value or a number")
    except ValueError as problem:
        raise Unusable(topic, str(problem), _PRESENCE) from None
    return PresenceChanged(partner, raw_presence(text), snapshot=arrival != "live")


def _signal(signal: str, topic: str, payload: bytes, arrival: Arrival) -> SignalChanged:
    try:
        text = _text(payload, ("state", "value"))
    except ValueError as problem:
        raise Unusable(topic, str(problem), _SIGNAL, _beginning(payload)) from None
    return SignalChanged(signal, text, snapshot=arrival != "live")


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
        return "on" if value else "off"
    if isinstance(value, dict | list):
        raise ValueError(f"JSON without {' or '.join(map(repr, keys))}")
    return "" if value is None else str(value).strip()


def _beginning(payload: bytes) -> str:
    return payload[: SHOWN * 4].decode(errors="replace")[:SHOWN]
