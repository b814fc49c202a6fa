"""What people choose by MQTT, as core events: an answer, a season, a quiet evening. Pure, as `meaning`.

None of it may be retained: it would be chosen again with each connect. Who it was is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from turntoward.adapters.mqtt.payloads import beginning, fields, line
from turntoward.adapters.mqtt.topics import Arrival, Topics, Unusable
from turntoward.core.events import Event, QuietChosen, RitualAnswered, SeasonChosen
from turntoward.core.household import SEASONS, Season
from turntoward.settings import NotAnAnswer

BEGINNING = ("start", "later", "another", "other_slot")
"""Answers that begin or move something: they are for the moment in which they are given."""

_SEASON = f'{", ".join(SEASONS)}, or {{"season": "simplified", "until": "2026-12-01"}}, not retained'
_QUIET = "ON or OFF, not retained"


def season(topics: Topics, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    """Translate the choice of a season. Raises Unusable, like the others here."""
    try:
        refuse_retained(arrival, "season")
        said = fields(payload, "season")
        if unknown := set(said) - {"season", "until"}:
            raise ValueError(f"{min(unknown)!r} beside it, which says nothing")
        yield SeasonChosen(_known_season(said["season"]), _day(said.get("until")))
    except ValueError as problem:
        raise Unusable(topics.ours.choose_season, str(problem), _SEASON, beginning(payload)) from None


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


def quiet(topics: Topics, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    """Translate the wish for a quiet evening, or that it is taken back."""
    try:
        refuse_retained(arrival, "wish")
        said = line(payload, ("quiet", "state")).casefold()
        if said not in ("on", "off", "true", "false"):
            raise ValueError("neither on nor off")
    except ValueError as problem:
        raise Unusable(topics.ours.choose_quiet, str(problem), _QUIET, beginning(payload)) from None
    yield QuietChosen(said in ("on", "true"))


def answer(topics: Topics, ritual: str, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    """Translate an answer to the ritual its topic names."""
    # A ritual that is not known is one fault, whatever it is called: else its names would fill the log.
    about = topics.ours.answer_to(ritual) if ritual in topics.listening.answers else topics.ours.answer_to("+")
    yield from _answered(topics, about, ritual, payload, arrival)


def answer_to_any(topics: Topics, payload: bytes, arrival: Arrival) -> Iterator[Event]:
    """Translate an answer to the ritual that the message names, or to whatever is on."""
    yield from _answered(topics, topics.ours.answer, None, payload, arrival)


def _answered(
    topics: Topics, about: str, ritual: str | None, payload: bytes, arrival: Arrival
) -> Iterator[RitualAnswered]:
    try:
        said = fields(payload, "answer")
        to = _named_ritual(said) if ritual is None else ritual
        more = (said.get("lasts"), said.get("text"), said.get("reply_to"))
        answered = topics.listening.answer(to, str(said["answer"]), *more)
        refuse_retained(arrival, "answer")
    except NotAnAnswer as problem:
        raise Unusable(about, str(problem), problem.expected, _shown(payload)) from None
    except ValueError as problem:
        allowed = ", ".join(topics.listening.allowed(ritual or ""))
        raise Unusable(
            about, str(problem), f'{allowed}, or {{"answer": "done"}}, not retained', _shown(payload)
        ) from None
    # What was meant for a moment long gone must not begin something now; that something is over stays true.
    if arrival == "live" or answered.answer not in BEGINNING:
        yield answered


def _named_ritual(said: Mapping[str, Any]) -> str:
    named = said.get("ritual") or ""
    if not isinstance(named, str):
        raise ValueError("a 'ritual' that is no name")
    return named


def _shown(payload: bytes) -> str:
    """Return what a log may show of an answer: nothing where it may hold what somebody shares, in whatever form."""
    return "" if b"text" in payload or b"share" in payload else beginning(payload)


def refuse_retained(arrival: Arrival, what: str) -> None:
    """Raise ValueError for what the broker has kept."""
    if arrival == "retained":
        raise ValueError(f"a retained {what}, which would come again for ever")
