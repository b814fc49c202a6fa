"""The page: what is on, your evening, what you may begin. Each part is there where the home has something for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from turntoward.channels.tile.words import words_of
from turntoward.core.household import Season
from turntoward.dashboard import templates
from turntoward.dashboard.cards import (
    FULL,
    Card,
    Condition,
    choose,
    filled,
    heading,
    is_,
    is_not,
    markdown,
    only_when,
    press,
    section,
    tile,
    width_of,
)
from turntoward.dashboard.entities import Entities
from turntoward.dashboard.hero import ACCENT, CALM, calm, hero
from turntoward.dashboard.rituals import Shown
from turntoward.dashboard.words import Words, words_in

TITLE = "Turntoward"
PATH = "home"
ICON = "mdi:heart-outline"
WHENEVER = "purple"
NO_TAP = {"action": "none"}
_SEASONS: dict[Season, str] = {
    "normal": "mdi:white-balance-sunny", "simplified": "mdi:feather", "apart": "mdi:map-marker-distance",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Couple:
    """Who it is for: their names as they are written ("Alex and Sam"), their language, and their rituals."""

    names: str
    language: str
    rituals: Sequence[Shown]


def dashboard(couple: Couple, home: Entities) -> dict[str, Any]:
    """Return the configuration of a dashboard, as Home Assistant stores it."""
    page = _Page(couple, home)
    view: dict[str, Any] = {
        "title": couple.names,
        "path": PATH,
        "icon": ICON,
        "type": "sections",
        "max_columns": 3,
        "header": {"layout": "start", "card": markdown(templates.greeting(page.words, couple.names), plain=True)},
        "sections": list(page.sections()),
    }
    return {"title": TITLE, "views": [view]}


class _Page:
    """The parts of the page, in their order."""

    def __init__(self, couple: Couple, home: Entities) -> None:
        self.words: Words = words_in(couple.language)
        self._labels = words_of(couple.language)
        self._home = home
        self._rituals = couple.rituals

    def sections(self) -> Iterator[Card]:
        """Yield the parts that have something in them, each while there is something to see."""
        yield from self._instead()
        always = [*self._there(), *self._agreed()]
        begin = self._no_break()
        for part in (self._now, self._at_home, self._begin, self._turns, self._seasons):
            cards = list(part())
            if any(card["type"] != "heading" for card in cards):
                yield only_when(section(*cards), [*always, *(begin if part == self._begin else ())])

    def _there(self) -> list[Condition]:
        connection = self._home.get("binary_sensor", "connection")
        return [is_(connection, "on")] if connection else []

    def _agreed(self) -> list[Condition]:
        agreed = self._home.get("binary_sensor", "rituals")
        return [is_not(agreed, "off")] if agreed else []

    def _instead(self) -> Iterator[Card]:
        """Say in one line why there is nothing else."""
        if connection := self._home.get("binary_sensor", "connection"):
            yield only_when(section(markdown(self.words.away)), [is_not(connection, "on")])
        if agreed := self._home.get("binary_sensor", "rituals"):
            yield only_when(section(markdown(self.words.off)), [is_(agreed, "off")])

    def _now(self) -> Iterator[Card]:
        yield from hero(self._home, self.words, self._rituals, self._labels)
        yield from calm(self._home, self.words, self._rituals)

    def _at_home(self) -> Iterator[Card]:
        yield heading(self.words.today_at_home, "mdi:home-heart")
        yield from self._switches()
        yield from self._break()

    def _no_break(self) -> list[Condition]:
        """Hold while there is no time-out: in one nothing else can begin."""
        breaks = (self._home.get("sensor", ritual.id) for ritual in self._rituals if ritual.time_out)
        return [is_not(sensor, "offered", "running") for sensor in breaks if sensor]

    def _switches(self) -> Iterator[Card]:
        for ritual in self._rituals:
            if ritual.mode and (switch := self._home.get("switch", ritual.id)):
                yield self._awake(tile(switch, ritual.title, ritual.icon, color=ACCENT, columns=FULL), ritual)
        if quiet := self._home.get("switch", "quiet_tonight"):
            yield tile(quiet, self.words.quiet, "mdi:weather-night", color="indigo", columns=FULL)

    def _seasons(self) -> Iterator[Card]:
        """Yield the three seasons; the one that is now has a colour."""
        select = self._home.get("select", "season")
        if not select:
            return
        yield heading(self.words.weeks, "mdi:weather-partly-cloudy")
        for season, icon in _SEASONS.items():
            name = self.words.seasons[season]
            yield only_when(choose(select, season, name, icon, color="amber"), [is_(select, season)])
            yield only_when(choose(select, season, name, icon, color="disabled"), [is_not(select, season)])

    def _break(self) -> Iterator[Card]:
        """Yield what is there for when it gets too much: within reach, and quiet."""
        fleeting = sorted((r for r in self._rituals if r.fleeting), key=lambda ritual: not ritual.time_out)
        cards = filled(card for ritual in fleeting for card in self._start(ritual, CALM))
        if cards:
            still = self._no_break()
            yield only_when(heading(self.words.break_, small=True), still)
            yield from (only_when(card, still) for card in cards)

    def _turns(self) -> Iterator[Card]:
        turns = filled(
            tile(sensor, ritual.title, ritual.icon, columns=width_of(ritual.title), color=CALM, tap_action=NO_TAP)
            for ritual in self._rituals
            if ritual.turns and (sensor := self._home.get("sensor", f"{ritual.id}_turn"))
        )
        if turns:
            yield heading(self.words.turns, "mdi:swap-horizontal")
            yield from turns

    def _begin(self) -> Iterator[Card]:
        usual = (ritual for ritual in self._rituals if ritual.called and not ritual.fleeting and not ritual.mode)
        yield heading(self.words.start, "mdi:heart-outline")
        yield from filled(card for ritual in usual for card in self._start(ritual, WHENEVER))

    def _start(self, ritual: Shown, color: str) -> Iterator[Card]:
        """Yield what begins a ritual."""
        if button := self._home.get("button", f"{ritual.id}_start"):
            card = press(button, ritual.title, ritual.icon, color=color, columns=width_of(ritual.title))
            yield self._awake(card, ritual)

    def _awake(self, card: Card, ritual: Shown) -> Card:
        """Show a card only in the seasons in which the ritual does not rest."""
        select = self._home.get("select", "season")
        return only_when(card, [is_not(select, *ritual.rests)]) if select and ritual.rests else card
