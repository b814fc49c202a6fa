"""What a message on one of our topics means, as core events. Pure: no client, no log, no clock.

Nothing may be decided here, but whether a message can be understood at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Literal

from turntoward.adapters.mqtt.payloads import MAX_BYTES, MAX_TEXT, beginning, decoded, fields, line
from turntoward.core.events import (
    Event,
    MessageReceived,
    PresenceChanged,
    SeasonChosen,
    SignalChanged,
    raw_presence,
)
from turntoward.core.household import SEASONS, Season
from turntoward.core.rules import Rulebook
from turntoward.settings import Listening, NotAnAnswer, Settings, Told

BEGINNING = ("start", "later", "another", "other_slot")
"""Answers that begin or move something: they are for the moment in which they are given."""

Arrival = Literal["live", "late", "retained"]
"""How a message came: as it happened; queued for us until it was too old to count as seen; kept by the broker."""

_NO_PLACE = re.compile(r"on|off|true|false|yes|no|[\d.+-]+", re.IGNORECASE)
"""What people publish when they think of a switch; taken for a zone's name it would mean away."""

_PRESENCE = 'home, not_home, a zone\'s name, unknown, or {"state": "home"}'
_SIGNAL = f'a text of at most {MAX_TEXT} characters, or {{"state": "on"}}'
_SEASON = f'{", ".join(SEASONS)}, or {{"season": "simplified", "until": "2026-12-01"}}, not retained'
_TAG = "the name or the id of a tag, not retained"


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
    presence: tuple[Told, ...] = ()
    signals: tuple[Told, ...] = ()
    listening: Listening = field(default_factory=Listening)
    birth: str | None = None

    @classmethod
    def of(cls, settings: Settings, rulebook: Rulebook) -> Topics:
        """Collect the topics of a household and of its rules."""
        discovery = settings.mqtt.discovery if settings.mqtt else None
        birth = f"{discovery}/status" if discovery else None
        listening = Listening.of(settings, rulebook)
        return cls(settings.base, settings.presence_topics(), settings.signal_topics(), listening, birth)

    @property
    def answers(self) -> str:
        """The filter under which answers come."""
        return f"{self.base}/ritual/+/answer"

    @property
    def tag(self) -> str:
        """Where a tag is told that was scanned."""
        return f"{self.base}/tag"

    @property
    def season(self) -> str:
        """Where a season is chosen."""
        return f"{self.base}/season/set"

    def filters(self) -> list[str]:
        """Return what to subscribe to, each once."""
        told = [told.topic for told in (*self.presence, *self.signals)]
        tag = [self.tag] if self.listening.tags else []
        birth = [self.birth] if self.birth else []
        return list(dict.fromkeys([*told, self.answers, self.season, *tag, *self.listening.topics, *birth]))

    def ritual_of(self, topic: str) -> str | None:
        """Return the ritual an answer's topic names, known or not; None for another topic."""
        before, _, after = self.answers.partition("+")
        fits = topic.startswith(before) and topic.endswith(after) and len(topic) > len(before + after)
        return topic[len(before) : -len(after)] if fits else None


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
    if topic == topics.tag:
        yield partial(_tag, topics)
    elif topic == topics.season:
        yield partial(_season, topics)
    elif (ritual := topics.ritual_of(topic)) is not None:
        yield partial(_answer, topics, ritual)


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
        _refuse_retained(arrival, "tag")
        scanned = line(payload, ("tag", "tag_id"))
        if not scanned:
            raise ValueError("no tag")
    except ValueError as problem:
        raise Unusable(topics.tag, str(problem), _TAG, beginning(payload)) from None
    if arrival == "live" and topics.listening.tags:
        yield topics.listening.tag(scanned)


def _season(topics: Topics, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    try:
        _refuse_retained(arrival, "season")
        said = fields(payload, "season")
        if unknown := set(said) - {"season", "until"}:
            raise ValueError(f"{min(unknown)!r} beside it, which says nothing")
        yield SeasonChosen(_known_season(said["season"]), _day(said.get("until")))
    except ValueError as problem:
        raise Unusable(topics.season, str(problem), _SEASON, beginning(payload)) from None


def _known_season(said: object) -> Season:
    for season in SEASONS:
        if season == str(said).strip().casefold():
            return season
    raise ValueError("no season we know")


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(str(said)) if said else None
    except ValueError:
        raise ValueError("'until' is no day") from None


def _answer(topics: Topics, ritual: str, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    allowed = topics.listening.answers.get(ritual, ())
    # A ritual that is not known is one fault, whatever it is called: else its names would fill the log.
    about = topics.answers.replace("+", ritual) if allowed else topics.answers
    try:
        said = fields(payload, "answer")
        answered = topics.listening.answer(ritual, str(said["answer"]), said.get("lasts"))
        _refuse_retained(arrival, "answer")
    except NotAnAnswer as problem:
        raise Unusable(about, str(problem), problem.expected, beginning(payload)) from None
    except ValueError as problem:
        expected = f'{", ".join(allowed)}, or {{"answer": "done"}}, not retained'
        raise Unusable(about, str(problem), expected, beginning(payload)) from None
    # What was meant for a moment long gone must not begin something now; that something is over stays true.
    if arrival == "live" or answered.answer not in BEGINNING:
        yield answered


def _refuse_retained(arrival: Arrival, what: str) -> None:
    if arrival == "retained":
        raise ValueError(f"a retained {what}, which would come again for ever")
