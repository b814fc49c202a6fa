"""What the board shows of the household, computed from the state. Nothing is changed, told or remembered here.

Whatever hangs on something one of the two does in private must never be asked here: not a pause, not a day of rest, not
how deep questions go, not who is ready.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from turntoward.core import seasons, waking, wording
from turntoward.core.board import Board, NextMoment, OnNow
from turntoward.core.chance import drawn
from turntoward.core.decks import Card
from turntoward.core.draft import Book
from turntoward.core.household import Household
from turntoward.core.planned import Plan
from turntoward.core.rules import Ritual
from turntoward.core.state import HouseholdState, Occasion

_MINUTE = timedelta(minutes=1)


class Overview:
    """Computes the boards of one season."""

    def __init__(self, household: Household, book: Book) -> None:
        self._household, self._book = household, book
        public = [r for r in book.rituals.values() if not r.private and r.name not in book.fleeting]
        self._plan = Plan(household, book.season, public)
        self._turns = tuple(ritual.name for ritual in public if ritual.turns)
        self._daily, self._deck, self._cards = _cards_of_day(public, book)
        self._orders: dict[tuple[int, int], tuple[Card, ...]] = {}
        """The orders of the cards of the day, by seed and round: a memo, not a state."""

    def board(self, state: HouseholdState, now: datetime) -> Board:
        """Return what is shown at `now`. `next` reaches as far as this season does."""
        season, last = seasons.current(self._household, state, now)
        quiet_until, lost = waking.quiet_evening_until(self._household, state, now), tuple(sorted(state.lost))
        if not self._household.both_agreed:
            return Board(False, season, last, quiet_until, lost=lost)
        occasion = on_now(self._book, state)
        return Board(
            agreed=True,
            season=season,
            season_until=last,
            quiet_until=quiet_until,
            now=_shown(occasion) if occasion else None,
            minutes_left=_minutes_left(occasion, now) if occasion and occasion.runs else None,
            next=self._next(state, now),
            card=self._card(state, now),
            turns={name: wording.whose_turn(self._household, state, name) for name in self._turns},
            lost=lost,
        )

    def planned(self, state: HouseholdState, after: datetime) -> NextMoment | None:
        """Return what the schedule of this season says comes next."""
        return self._plan.next(state, after)

    def _next(self, state: HouseholdState, now: datetime) -> NextMoment | None:
        moments = [
            NextMoment(o.ritual, o.due_at)
            for o in state.occasions.values()
            if o.postponed and o.phase == "waiting" and o.due_at > now and _is_public(self._book, o)
        ]
        planned = self._plan.next(state, now)
        return min([*moments, *([planned] if planned else [])], key=lambda moment: moment.at, default=None)

    def _card(self, state: HouseholdState, now: datetime) -> str:
        """Return the card of the day: the same all day, and none twice before all of them were there."""
        past = state.past.get(self._daily)
        if not self._cards or (past is not None and past.dropped):
            return ""
        turn, place = divmod(self._household.logical_day(now).toordinal(), len(self._cards))
        if (state.seed, turn) not in self._orders:
            self._orders = {(state.seed, turn): _order(self._deck, self._cards, state.seed, turn)}
        card = self._orders[state.seed, turn][place]
        names = wording.names(self._household, state, self._daily)
        return card.words(self._household.language).read.format_map({**names, "card": "", "until": "", "ritual": ""})


def _cards_of_day(rituals: Iterable[Ritual], book: Book) -> tuple[str, str, tuple[Card, ...]]:
    """Return the ritual, the deck and the cards of it that may be cards of the day; no cards where there are none.

    Everybody in the house can read them, and how deep they may go is private: they are light.
    """
    for ritual in rituals:
        choice = ritual.card_of_day
        if choice is not None:
            deck = book.decks.get(choice.deck)
            cards = deck.cards if deck else ()
            return ritual.name, choice.deck, tuple(card for card in cards if card.depth == 1 and choice.takes(card))
    return "", "", ()


def on_now(book: Book, state: HouseholdState) -> Occasion | None:
    """Return what runs, the latest first, or else what a tile offers; never what nobody may know of."""
    runs = [o for o in state.occasions.values() if o.runs and _is_public(book, o)]
    return max(runs, key=lambda o: (o.began_at or o.opened_at, o.ritual), default=None) or offered_now(book, state)


def offered_now(book: Book, state: HouseholdState, heard: bool = False) -> Occasion | None:
    """Return what was offered last of what a tile offers now; `heard`: also what was only said, or sent to a phone."""
    offered = [o for o in state.occasions.values() if o.phase == "offered" and _is_public(book, o)]
    known = [o for o in offered if heard or state.shown.get(o.ritual) == "offered"]
    return max(known, key=lambda o: (o.offered_at or o.opened_at, o.ritual), default=None)


def _is_public(book: Book, occasion: Occasion) -> bool:
    return occasion.kind == "ritual" and occasion.ritual not in book.fleeting


def _shown(occasion: Occasion) -> OnNow:
    if occasion.runs:
        return OnNow(occasion.ritual, occasion.id, "running", occasion.text, occasion.ends_at)
    return OnNow(occasion.ritual, occasion.id, "offered", occasion.text, occasion.expires_at)


def _minutes_left(occasion: Occasion, now: datetime) -> int | None:
    left = occasion.ends_at - now if occasion.ends_at else None
    return max(0, -(-left // _MINUTE)) if left is not None else None


def _order(deck: str, cards: tuple[Card, ...], seed: int, turn: int) -> tuple[Card, ...]:
    """Return the cards in this household's own order for one round; the next round does not begin where one ended."""
    mixed = _mixed(deck, cards, seed, turn)
    if len(mixed) > 2 and mixed[0] is _mixed(deck, cards, seed, turn - 1)[-1]:
        mixed[:2] = reversed(mixed[:2])
    return tuple(mixed)


def _mixed(deck: str, cards: tuple[Card, ...], seed: int, turn: int) -> list[Card]:
    return sorted(cards, key=lambda card: drawn(seed, "card of the day", deck, turn, card.id))
