"""The words of an occasion: which line and which card come next, with their names filled in, and whose turn it is.

Nothing is said or shown here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from turntoward.core import civil, decks, own
from turntoward.core.decks import CardChoice
from turntoward.core.draft import Draft
from turntoward.core.household import Household
from turntoward.core.rules import Ritual
from turntoward.core.state import HouseholdState, Occasion
from turntoward.core.texts import Text, filled, in_language, spoken_time

Lines = Mapping[str, tuple[Text, ...]]
REVIEWED_AGAIN = timedelta(days=14)
"""No ritual is asked about twice within this."""


def next_line(draft: Draft, occasion: Occasion, lines: Lines, place: str) -> Text:
    """Return the next of some lines for an occasion, filled in; a card without lines speaks for itself.

    `place`: where in the ritual the lines stand; each place takes turns by itself.
    """
    known = in_language(lines, draft.household.language)
    if not known:
        return Text.model_construct(say=occasion.card[0], read=occasion.card[1])
    return fill(draft, occasion, known[counted(draft, occasion.ritual, place) % len(known)])


def counted(draft: Draft, ritual: str, place: str) -> int:
    """Return how often a place in a ritual was counted before, and count it."""
    spoken = draft.past(ritual).spoken
    number = spoken.get(place, 0)
    draft.change_past(ritual, spoken={**spoken, place: number + 1})
    return number


def names_card(draft: Draft, lines: Lines) -> bool:
    """Whether lines speak of the card; without lines the card speaks for itself."""
    known = in_language(lines, draft.household.language)
    return not known or any("{card}" in text.say or "{card}" in text.read for text in known)


def fill(draft: Draft, occasion: Occasion, text: Text) -> Text:
    """Fill in the names a text may speak of."""
    about = draft.book.rituals.get(occasion.about)
    known = names(draft.household, draft.state, occasion.ritual)
    known["ritual"] = about.named(draft.household.language) if about else ""
    spoken_until, read_until = _until(draft, occasion.ends_at)
    return filled(
        text,
        {**known, "card": occasion.card[0], "until": spoken_until},
        {**known, "card": occasion.card[1], "until": read_until},
    )


def names(household: Household, state: HouseholdState, ritual: str) -> dict[str, str]:
    """Return the names of the two as texts of a ritual speak of them: both, and in turns."""
    turn = whose_turn(household, state, ritual)
    other = next(partner for partner in household.partner_ids if partner != turn)
    return {"couple": household.couple, "turn": household.name_of(turn), "other": household.name_of(other)}


def _until(draft: Draft, ends_at: datetime | None) -> tuple[str, str]:
    if ends_at is None:
        return "", ""
    clock = civil.local(ends_at, draft.household.time_zone).time()
    return spoken_time(clock, draft.household.language), f"{clock:%H:%M}"


def draw_card(draft: Draft, occasion: Occasion, choice: CardChoice) -> Occasion | None:
    """Draw the next card for an occasion; None where there is none that is new enough."""
    deck = draft.book.decks.get(choice.deck)
    if deck is None:
        return None
    before = draft.state.drawn.get(deck.deck, {})
    depth = own.depth(draft.household, draft.state)
    if draft.book.season == "simplified":
        depth = 1
    fleeting = occasion.kind == "fleeting"  # then no card may remember a day; chance alone chooses among all
    seed = draft.state.counter if fleeting else draft.state.seed
    card = decks.draw(deck, choice, {} if fleeting else before, depth, seed, draft.now)
    if card is None:
        return None
    if not fleeting:
        draft.state = replace(draft.state, drawn={**draft.state.drawn, deck.deck: {**before, card.id: draft.now}})
    words = fill(draft, replace(occasion, card=("", "")), card.words(draft.household.language))
    return replace(occasion, card=(words.say, words.read))


def whose_turn(household: Household, state: HouseholdState, ritual: str) -> str:
    """Return whose turn is next; who begins is drawn."""
    first, second = household.partner_ids
    begins = second if state.seed % 2 else first
    turn = state.turns.get(ritual, begins)
    return turn if turn in household.partner_ids else first


def pass_turn(draft: Draft, ritual: Ritual) -> None:
    """It is the other one's turn from now on."""
    if ritual.turns:
        turn = whose_turn(draft.household, draft.state, ritual.ritual)
        other = next(partner for partner in draft.household.partner_ids if partner != turn)
        draft.state = replace(draft.state, turns={**draft.state.turns, ritual.ritual: other})


def to_review(draft: Draft, ritual: str) -> str:
    """Return the ritual to ask about next: one that you know, asked about longest ago."""
    known = [
        name
        for name, other in draft.book.rituals.items()
        if name != ritual and other.ritual in draft.state.past and not (other.private or other.run.time_out)
        and not other.offer.reviews and not draft.past(name).dropped
    ]  # fmt: skip
    never = datetime.min.replace(tzinfo=draft.now.tzinfo)
    asked = {name: draft.past(name).reviewed or never for name in known}
    due = [name for name in known if asked[name] == never or draft.now - asked[name] >= REVIEWED_AGAIN]
    return min(due, key=lambda name: (asked[name], name), default="")
