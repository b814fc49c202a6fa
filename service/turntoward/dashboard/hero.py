"""What is on now, with the answers that fit: the heart of the page. And what is there while nothing is on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import get_args

from turntoward.channels.tile.words import ICONS
from turntoward.core.events import Answer
from turntoward.dashboard import templates
from turntoward.dashboard.cards import Card, heading, if_any, is_, is_not, led, markdown, only_when, press, width_of
from turntoward.dashboard.entities import Entities
from turntoward.dashboard.rituals import Shown, State
from turntoward.dashboard.words import Words

ACCENT = "pink"
CALM = "blue-grey"
_YES: tuple[Answer, ...] = ("start", "accept", "keep", "done", "enough")


def hero(home: Entities, words: Words, ritual: Shown, labels: Mapping[str, str]) -> Iterator[Card]:
    """Yield the cards of a ritual, which are seen while it is on."""
    if sensor := home.get("sensor", ritual.id):
        for state in get_args(State):
            for card in _ritual(home, words, ritual, sensor, state, labels):
                yield only_when(card, [is_(sensor, state)])


def _ritual(
    home: Entities, words: Words, ritual: Shown, sensor: str, state: State, labels: Mapping[str, str]
) -> Iterator[Card]:
    now, left = home.get("sensor", "now"), home.get("sensor", "minutes_left")
    yield heading(ritual.title, ritual.icon)
    if state == "running" and now and left:
        yield markdown(templates.running(words, ritual.id, sensor, now, left))
    else:
        yield markdown(templates.offered(sensor))
    if answers := list(_answers(home, words, ritual, state, labels)):
        yield from led(answers)


def _answers(home: Entities, words: Words, ritual: Shown, state: State, labels: Mapping[str, str]) -> Iterator[Card]:
    select = home.get("select", "season")
    for answer in ritual.fitting(state):
        if button := home.get("button", f"{ritual.id}_{answer}"):
            label = words.both_back if answer == "stop" and ritual.fleeting else labels[answer]
            color = CALM if ritual.fleeting or answer not in _YES else ACCENT
            card = press(button, label, ICONS[answer], color=color, columns=width_of(label))
            without = ritual.without(answer)
            yield only_when(card, [is_not(select, *without)]) if select and without else card


def shared(home: Entities, rituals: Iterable[Shown]) -> Iterator[Card]:
    """Yield what both have written for each other, which is there until the day is over."""
    for ritual in rituals:
        if ritual.shares and (sensor := home.get("sensor", ritual.id)):
            card = if_any(markdown(templates.shared(ritual.title, sensor)))
            yield only_when(card, [is_not(sensor, "offered", "running", "idle")])


def calm(home: Entities, words: Words, rituals: Iterable[Shown]) -> Iterator[Card]:
    """Yield what is seen while nothing is on: what comes next, and the card of the day."""
    sensors = [sensor for ritual in rituals if (sensor := home.get("sensor", ritual.id))]
    quiet = [is_not(sensor, "offered", "running") for sensor in sensors]
    if coming := home.get("sensor", "next"):
        yield only_when(heading(words.next, "mdi:calendar-heart-outline"), quiet)
        yield only_when(markdown(templates.next_moment(words, coming)), quiet)
    if card := home.get("sensor", "card"):
        drawn = [*quiet, is_not(card, "", "unknown", "unavailable")]
        yield only_when(heading(words.card, small=True), drawn)
        yield only_when(markdown(templates.card_of_the_day(card)), drawn)
