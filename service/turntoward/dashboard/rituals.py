"""What the dashboard knows of a ritual: its name, its picture, and which answers fit when. Nothing is drawn here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from turntoward.channels.tile.words import icon_of
from turntoward.core.events import Answer
from turntoward.core.household import SEASONS, Season
from turntoward.core.rules import Ritual, Rulebook

State = Literal["offered", "running"]

_OFFERED: tuple[Answer, ...] = (
    "start", "accept", "keep", "change", "drop", "done", "another", "later", "other_slot", "swap", "not_today", "skip",
)  # fmt: skip
_RUNNING: tuple[Answer, ...] = ("done", "enough", "another", "stop")
_INSTEAD: dict[Answer, Answer] = {"accept": "start", "start": "done"}
"""While one of these is offered, the other has no button: it would be a second way to say yes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One ritual, as the dashboard shows it."""

    id: str
    title: str
    forms: Mapping[Season, tuple[Answer, ...]]
    """The answers it takes in each season; in a season that is not here it rests."""
    icon: str
    mode: bool = False
    """It has a switch."""
    turns: bool = False
    fleeting: bool = False
    """A time-out, or what follows one: it has a place of its own, and is never among the others."""
    time_out: bool = False
    """While it runs nothing else can begin."""
    called: bool = False
    """People may begin it when they like."""

    @property
    def rests(self) -> tuple[Season, ...]:
        """The seasons in which there is nothing of it."""
        return tuple(season for season in SEASONS if season not in self.forms)

    @property
    def shares(self) -> bool:
        """Whether people may write something for each other in it."""
        return any("share" in answers for answers in self.forms.values())

    def without(self, answer: Answer) -> tuple[Season, ...]:
        """Return the seasons in which an answer means nothing to it."""
        return tuple(season for season, answers in self.forms.items() if answer not in answers)

    def fitting(self, state: State) -> tuple[Answer, ...]:
        """Return the answers that have a button in a state, in whatever season; what moves it on comes first."""
        taken = {answer for answers in self.forms.values() for answer in answers}
        if state == "running":
            return tuple(answer for answer in _RUNNING if answer in taken)
        spare = {_INSTEAD[answer] for answer in taken if answer in _INSTEAD}
        return tuple(answer for answer in _OFFERED if answer in taken and answer not in spare)


def shown(rulebook: Rulebook, language: str) -> tuple[Shown, ...]:
    """Return the rituals that are on and that both may see, in the order of their names."""
    fleeting = rulebook.fleeting
    return tuple(_shown(ritual, language, ritual.name in fleeting) for ritual in rulebook.rituals if not ritual.private)


def _shown(ritual: Ritual, language: str, fleeting: bool) -> Shown:
    forms = {season: form for season in SEASONS if (form := ritual.in_season(season)) is not None}
    return Shown(
        id=ritual.name,
        title=ritual.named(language),
        forms={season: form.answers for season, form in forms.items()},
        icon=icon_of(ritual.name),
        mode=ritual.mode,
        turns=ritual.turns,
        fleeting=fleeting,
        time_out=ritual.is_time_out,
        called=ritual.run.lasts is not None or any(trigger.trigger == "called" for trigger in ritual.triggers),
    )
