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
    any_of,
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
from turntoward.dashboard.hero import ACCENT, CALM, calm, hero, shared
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
    """Who it is for: their names, also as both are spoken of ("Alex and Sam"), their language, and their rituals."""

    both: str
    names: Sequence[str]
    language: str
    rituals: Sequence[Shown]


def dashboard(couple: Couple, home: Entities) -> dict[str, Any]:
    """Return the configuration of a dashboard, as Home Assistant stores it."""
    page = _Page(couple, home)
    view: dict[str, Any] = {
        "title": couple.both,
        "path": PATH,
        "icon": ICON,
        "type": "sections",
        "max_columns": 3,
        "header": {"layout": "start", "card": markdown(templates.greeting(page.words, couple.both), plain=True)},
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
        self._longest = max(couple.names, key=len, default="")

    def sections(self) -> Iterator[Card]:
        """Yield the columns that have something in them, each while there is something to see.

        What can be begun grows with the rituals, so it has a column of its own; on a phone it comes last.
        """
        yield from self._instead()
        always = [*self._there(), *self._agreed()]
        columns = ((self._now, self._turns), (self._at_home, self._seasons), (self._begin,))
        for parts in columns:
            cards = [card for part in parts for card in _unless_bare(part())]
            still = self._no_break() if self._begin in parts else []
            if cards:
                yield only_when(section(*cards), [*always, *still])

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
        for ritual in self._rituals:
            on = hero(self._home, self.words, ritual, self._labels)
            yield from on if ritual.time_out else (only_when(card, self._no_break()) for card in on)
        yield from calm(self._home, self.words, self._rituals)
        yield from shared(self._home, self._rituals)

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
                card = tile(switch, ritual.title, ritual.icon, color=ACCENT, columns=FULL)
                yield only_when(self._awake(card, ritual), self._no_break())
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
        still = self._no_break()
        yield only_when(heading(self.words.turns, "mdi:swap-horizontal"), [*self._some_turn(), *still])
        yield from filled(
            only_when(
                tile(sensor, ritual.title, ritual.icon, columns=self._width(ritual), color=CALM, tap_action=NO_TAP),
                [_known(sensor), *still],
            )
            for ritual, sensor in self._with_turns()
        )

    def _width(self, ritual: Shown) -> int:
        """Return how wide a tile has to be for whoever's turn it is to be read in full."""
        return width_of(max(ritual.title, self._longest, key=len))

    def _some_turn(self) -> list[Condition]:
        """Hold while any turn is known: in some seasons a ritual has none."""
        known = [_known(sensor) for _, sensor in self._with_turns()]
        return known if len(known) == 1 else [any_of(known)]

    def _with_turns(self) -> Iterator[tuple[Shown, str]]:
        for ritual in self._rituals:
            if ritual.turns and (sensor := self._home.get("sensor", f"{ritual.id}_turn")):
                yield ritual, sensor

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


def _unless_bare(part: Iterator[Card]) -> list[Card]:
    """Return the cards of a part; none where there is nothing below its headings."""
    cards = list(part)
    return cards if any(card["type"] != "heading" for card in cards) else []


def _known(sensor: str) -> Condition:
    return is_not(sensor, "unknown", "unavailable")
