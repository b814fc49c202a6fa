"""Days of a whole home with all its rituals: a pause is not to be told from chance, and without both there is nothing.

What people and the home do is drawn for each number, always the same for the same one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

import pytest

from tests.core.evening import Evening, checkin, home_since_noon, household, rule
from tests.fakes import at
from turntoward.core import own
from turntoward.core.actions import Announce, ClearNotice, Notify, Reply
from turntoward.core.board import Board
from turntoward.core.events import (
    Answer,
    Event,
    NoticeAnswered,
    PresenceChanged,
    PrivateAct,
    QuietChosen,
    RitualAnswered,
    SeasonChosen,
    SignalChanged,
    TagScanned,
    TimePassed,
)
from turntoward.rulebook import read_library

LIBRARY = read_library()
RITUALS = tuple(entry.ritual for entry in LIBRARY.entries.values())
SIGNALS = ("entry_door", "on_call.sam", "film", "guests", "asleep.alex", "occupied.kitchen")
ANSWERS: tuple[Answer, ...] = (
    "start", "done", "later", "not_today", "another", "stop", "swap", "enough", "accept", "share",
)  # fmt: skip
MORNING, DAYS = at("07:00"), timedelta(days=4)
LOUD = rule("loud", {"trigger": "time", "at": "12:00"}, {"action": "announce", "say": "Noon"}, {"action": "notify"})
Happening = tuple[datetime, Callable[[Evening], Event]]


@dataclass
class Home(Evening):
    """A home that remembers which occasions stayed silent to their end."""

    silenced: set[str] = field(default_factory=set)

    def _decide(self, event: Event, now: datetime) -> None:
        super()._decide(event, now)
        self.silenced |= {o.id for o in self.state.occasions.values() if o.silenced}


def lived(**changes: Any) -> Home:
    house = household(silence={"random": True}, signals={name: {} for name in SIGNALS}, **changes)
    state = replace(home_since_noon("07:00"), seed=7)
    return Home(house, RITUALS, state, rules=(LOUD,), decks=LIBRARY.decks)


def days(number: int) -> Iterator[Happening]:
    """Yield what happens in some days."""
    chance, now = random.Random(number), MORNING
    while now < MORNING + DAYS:
        now += timedelta(minutes=chance.choice((1, 3, 7, 15, 40, 90)), seconds=chance.randrange(60))
        yield now, _happening(chance)


def _happening(chance: random.Random) -> Callable[[Evening], Event]:
    """Draw something that happens; which button is tapped hangs on what the phones show then."""
    name, place = chance.choice(RITUALS).ritual, chance.random()
    events: tuple[tuple[int, Event], ...] = (
        (5, PresenceChanged(chance.choice(("alex", "sam")), chance.choice(("home", "away", "home")))),
        (4, SignalChanged(chance.choice(SIGNALS), chance.choice(("on", "off", "off")))),
        (4, RitualAnswered("", chance.choice(ANSWERS), text=f"line {place}", reply_to="kitchen")),
        (4, RitualAnswered(name, chance.choice(ANSWERS), text=f"line {place}")),
        (1, TagScanned(chance.choice(("time_out", "questions", "repair")))),
        (1, QuietChosen(chance.random() < 0.5)),
        (1, SeasonChosen(chance.choice(("normal", "simplified")))),
        (2, NoticeAnswered("")),
    )
    (event,) = chance.choices([event for _, event in events], [weight for weight, _ in events])
    if not isinstance(event, NoticeAnswered):
        return lambda evening: event

    def tapped(evening: Evening) -> Event:
        tokens = [*evening.buttons.values(), "of nobody"]
        return NoticeAnswered(tokens[int(place * len(tokens))])

    return tapped


def pauses(number: int) -> Iterator[tuple[datetime, PrivateAct]]:
    """Yield three pauses, each with its end."""
    chance, now = random.Random(-number - 1), MORNING
    for _ in range(3):
        who = chance.choice(("alex", "sam"))
        for act in ("pause", "resume"):
            now += timedelta(minutes=chance.randrange(60, 900))
            yield now, PrivateAct(who, "pause" if act == "pause" else "resume")


def play(evening: Home, happenings: Iterable[Happening], acts: Iterable[tuple[datetime, Event]] = ()) -> Home:
    """Let it all happen. What time alone brings comes before each event, as in the running service."""
    told = [*happenings, *((when, _always(act)) for when, act in acts)]
    for when, what in sorted(told, key=lambda one: one[0]):
        evening.tell(when)
        evening.after_a_gap(when, what(evening))
    return evening


def _always(event: Event) -> Callable[[Evening], Event]:
    return lambda evening: event


def seen(evening: Evening) -> tuple[object, ...]:
    """Everything that anybody can look at, in its order; a board counts when it has changed."""
    boards: list[Board] = [board for board, _ in groupby(board for _, board in evening.boards)]
    return evening.actions, evening.entries, boards, evening.engine.tiles(evening.state)


@pytest.mark.parametrize("number", range(4))
def test_a_pause_in_the_days_of_a_whole_home_is_not_to_be_told_from_chance(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_chance: set[str] = set()
    monkeypatch.setattr(own, "drawn", lambda seed, what, occasion: 0.0 if occasion in by_chance else 1.0)
    paused = play(lived(), days(number), pauses(number))
    assert paused.silenced
    by_chance |= paused.silenced
    unpaused = play(lived(), days(number), [(when, TimePassed()) for when, _ in pauses(number)])
    assert seen(paused) == seen(unpaused)


@pytest.mark.parametrize("agreed", [[], ["Alex"], ["Sam"]])
def test_without_both_nothing_is_offered_said_shown_or_sent_whatever_is_asked(agreed: list[str]) -> None:
    evening = play(lived(agreed=agreed), days(1))
    assert {type(action) for _, action in evening.actions} <= {Reply}
    assert [b for _, b in evening.boards if b.now or b.next or b.card or b.turns or b.agreed] == []
    assert evening.silenced == set()


def test_that_test_would_notice_a_voice_and_a_message() -> None:
    kinds = {type(action) for _, action in play(lived(), days(1)).actions}
    assert {Announce, Notify, Reply} <= kinds


def test_who_takes_the_own_name_away_takes_the_message_from_both_phones_and_its_buttons_with_it() -> None:
    asks = checkin(offer={"channels": ["phone", "tile"]})
    evening = Evening(household(), (asks,), home_since_noon()).tell("20:31")
    tokens = evening.buttons.values()
    evening.live_in(household(agreed=["Alex"])).tell("20:32")
    assert [a.to for _, a in evening.actions if isinstance(a, ClearNotice)] == [("alex", "sam")]
    assert evening.board == Board(agreed=False, season="normal")
    before = len(evening.actions)
    for home in (household(agreed=["Alex"]), household()):
        evening.live_in(home)
        for token in tokens:
            evening.taps("20:33", token)
    assert evening.actions[before:] == []
