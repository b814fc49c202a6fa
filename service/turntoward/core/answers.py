"""What an answer does to an occasion: start, done, later, not today, stop, and the words of single rituals.

Who answered is not known here and nowhere else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from turntoward.core import offers, opening, programs, rituals, telling, timeouts, wording
from turntoward.core.draft import Draft
from turntoward.core.events import Answer
from turntoward.core.rule_steps import TileStep
from turntoward.core.rules import Ritual
from turntoward.core.spans import format_duration
from turntoward.core.state import Occasion, Outcome

SHARED_AT_MOST = 500
"""Letters of a line."""
LINES_AT_MOST = 6
_JOINS = "\u200c\u200d"
"""They have no shape of their own, but hold letters and emoji together."""
DOUBLE_TAP = timedelta(seconds=60)
"""A second "done" within this is the same tap, or the other partner's."""

MEANS: dict[Answer, Answer] = {
    "enough": "done",
    "accept": "done",
    "keep": "done",
    "change": "done",
    "drop": "done",
    "other_slot": "later",
    "skip": "not_today",
}
"""The words of single rituals, and which of the common ones each comes to."""


_OWN_WORDS: dict[Answer, tuple[Answer, ...]] = {
    "start": ("accept",),
    "done": ("enough", "accept"),
    "enough": ("done",),
    "later": ("other_slot",),
    "not_today": ("skip",),
}
"""What the common words come to where a ritual has words of its own."""


def fitting(draft: Draft, ritual: Ritual, said: Answer) -> Answer:
    """Return the ritual's own word for what somebody said who did not look at its buttons.

    What is not being offered cannot be accepted, but started.
    """
    own = next((word for word in _OWN_WORDS.get(said, ()) if word in ritual.answers), said)
    occasion = draft.state.occasions.get(ritual.name)
    is_offered = occasion is not None and occasion.phase == "offered"
    return said if said in ritual.answers or (own == "accept" and not is_offered) else own


def answer(draft: Draft, ritual: Ritual, said: Answer, lasts: timedelta | None = None, text: str = "") -> None:
    """Take an answer. One that does not fit the ritual, or comes twice, changes nothing and is traced.

    `text`: of "share".
    """
    name, occasion = ritual.name, draft.state.occasions.get(ritual.name)
    if not draft.household.both_agreed:
        draft.note(name, "refused", "not_agreed")
        return
    if said not in ("start", "stop") and said not in ritual.answers:
        draft.note(name, "refused", "not_an_answer", occasion.id if occasion else "", answer=said)
        return
    _hear(draft, ritual)
    means = MEANS.get(said, said)
    if means == "start":
        start(draft, ritual, lasts)
    elif means in _LEAVE_OPEN:
        _LEAVE_OPEN[means](draft, ritual, occasion)
    elif means == "stop":
        _stop(draft, ritual, occasion)
    elif means == "share":
        _share(draft, ritual, occasion, text)
    else:
        _close(draft, ritual, occasion, said, "done" if means == "done" else "declined")


def _hear(draft: Draft, ritual: Ritual) -> None:
    """Any answer is one: nothing fades that is answered. When a time-out was called or ended is not remembered."""
    if ritual.name in draft.book.fleeting:
        return
    draft.state = replace(draft.state, answered_at=draft.now, unanswered=0)
    if draft.past(ritual.name).unanswered:
        draft.change_past(ritual.name, unanswered=0, rested_on=None)


def start(draft: Draft, ritual: Ritual, lasts: timedelta | None = None, cause: str = "called") -> None:
    """Start a ritual, offered or not. It passes all gates but consent and a time-out: somebody asked for it.

    What you let go comes back by a person only, not by a rule or a sign (`cause`).
    """
    name, occasion = ritual.name, draft.state.occasions.get(ritual.name)
    if not draft.household.both_agreed:
        draft.note(name, "refused", "not_agreed")
        return
    if occasion is not None and occasion.runs:
        draft.note(name, "refused", "already_running", occasion.id)
        return
    if draft.state.is_held("everything"):
        draft.note(name, "refused", "time_out")
        return
    if draft.past(name).dropped:
        if cause != "called":
            draft.note(name, "refused", "dropped")
            return
        draft.change_past(name, dropped=False)
    opened = _with_words(
        draft, ritual, occasion or replace(opening.new_occasion(draft, ritual, "called", draft.now), cause=cause)
    )
    if opened is None:
        draft.note(name, "refused", "nothing_to_review" if ritual.offer.reviews else "no_new_card")
        return
    if opened.offered_at is None:
        offers.count(draft, name)
    opened = telling.clear_phones(draft, opened)
    if ritual.run.time_out is not None:
        begun = timeouts.begin(draft, ritual, ritual.run.time_out, opened, lasts)
    else:
        begun = programs.begun(draft, ritual, opened, lasts)
        telling.set_tile(draft, begun, "running", begun.text)
        begun = replace(begun, steps=begun.steps + 1)
    assert begun.ends_at is not None  # everything that runs ends
    draft.note(name, "started", begun.cause, begun.id, for_=format_duration(begun.ends_at - draft.now))
    draft.put(telling.tell(draft, begun, "started"))


def _with_words(draft: Draft, ritual: Ritual, occasion: Occasion) -> Occasion | None:
    """Return an occasion that has something to show while it runs: the words of its offer, where it shows no others."""
    if occasion.text or ritual.run.time_out or any(isinstance(step, TileStep) for step in ritual.run.steps):
        return occasion
    return offers.worded(draft, ritual, occasion)


def _stop(draft: Draft, ritual: Ritual, occasion: Occasion | None) -> None:
    if occasion is None:
        draft.note(ritual.name, "refused", "nothing_runs")
    else:
        rituals.end(draft, occasion, "stopped", "answered")


def _later(draft: Draft, ritual: Ritual, occasion: Occasion | None) -> None:
    """One re-offer inside the window, and only one: whoever says it twice means no."""
    if occasion is None or occasion.runs:
        draft.note(ritual.name, "refused", "nothing_to_postpone")
    elif occasion.postponed or draft.now + ritual.offer.later >= occasion.expires_at:
        rituals.end(draft, occasion, "expired", "postponed")
    else:
        waiting = replace(occasion, phase="waiting", postponed=True, due_at=draft.now + ritual.offer.later)
        draft.note(ritual.name, "postponed", "", occasion.id)
        telling.clear_tile(draft, occasion)
        waiting = telling.clear_phones(draft, waiting)
        draft.put(replace(telling.tell(draft, waiting, "postponed"), look_again_at=waiting.due_at))


def _another(draft: Draft, ritual: Ritual, occasion: Occasion | None) -> None:
    """Show the next card in the place of this one."""
    if occasion is None or occasion.phase == "waiting" or ritual.offer.card is None:
        draft.note(ritual.name, "refused", "nothing_runs")
        return
    drawn = wording.draw_card(draft, occasion, ritual.offer.card)
    if drawn is None:
        draft.note(ritual.name, "refused", "no_new_card", occasion.id)
        return
    text = drawn.card[1]
    if occasion.phase == "offered" and wording.names_card(draft, ritual.offer.say):
        text = wording.next_line(draft, drawn, ritual.offer.say, "offer").read
    draft.put(telling.tell(draft, programs.show_text(draft, drawn, text), "another"))


def _swap(draft: Draft, ritual: Ritual, occasion: Occasion | None) -> None:
    """It is the other one's turn; what is being offered says so."""
    if not ritual.turns:
        draft.note(ritual.name, "refused", "no_turns")
        return
    wording.pass_turn(draft, ritual)
    draft.note(ritual.name, "swapped", "", occasion.id if occasion else "")
    if occasion is not None and occasion.phase == "offered":
        text = wording.next_line(draft, occasion, ritual.offer.say, "offer")
        asked = telling.clear_phones(draft, occasion)  # it went to the one whose turn it was
        draft.put(telling.tell(draft, programs.show_text(draft, asked, text.read), "swapped"))


def _close(draft: Draft, ritual: Ritual, occasion: Occasion | None, said: Answer, outcome: Outcome) -> None:
    past = draft.past(ritual.name)
    if occasion is None:
        if past.last_outcome == outcome and past.last_end and draft.now - past.last_end < DOUBLE_TAP:
            draft.note(ritual.name, "refused", "answered_already")
            return
        occasion = opening.new_occasion(draft, ritual, "called", draft.now)
    if outcome == "done" and occasion.offered_at is None and not occasion.runs:
        offers.count(draft, ritual.name)  # they did it by themselves, so no prompt is needed soon
    if said == "accept":
        occasion = _accepted(draft, ritual, occasion)
    if said == "drop" and occasion.about:
        _drop(draft, occasion.about)
    rituals.end(draft, occasion, outcome, "answered")


def _share(draft: Draft, ritual: Ritual, occasion: Occasion | None, text: str) -> None:
    """Let both read on the tile until the day is over what was put there on purpose; not whose it is."""
    line, past, of = shared_line(text), draft.past(ritual.name), occasion.id if occasion else ""
    if not line:
        draft.note(ritual.name, "refused", "nothing_shared", of)
        return
    earlier = telling.shared_today(draft, ritual.name).splitlines()
    if line in earlier and past.last_end and draft.now - past.last_end < DOUBLE_TAP:
        draft.note(ritual.name, "refused", "answered_already", of)
        return
    if occasion is None:
        occasion = opening.new_occasion(draft, ritual, "called", draft.now)
    if occasion.offered_at is None and not occasion.runs:
        offers.count(draft, ritual.name)
    rituals.end(draft, occasion, "done", "answered", "\n".join([*earlier, line][-LINES_AT_MOST:]))


def shared_line(text: str) -> str:
    """Return what is shown of a text: one line, nothing in it that is no writing, and not without end."""
    spaced = "".join(" " if unicodedata.category(c)[0] in "CZ" and c not in _JOINS else c for c in text)
    return " ".join(spaced.split())[:SHARED_AT_MOST].strip()


def _drop(draft: Draft, ritual: str) -> None:
    draft.change_past(ritual, dropped=True)
    waits = draft.state.occasions.get(ritual)
    if waits is not None and waits.phase in ("waiting", "offered"):
        rituals.end(draft, waits, "expired", "dropped")


def _accepted(draft: Draft, ritual: Ritual, occasion: Occasion) -> Occasion:
    """What was planned is planned: it is the other one's turn next, and steps that take no time are done at once."""
    wording.pass_turn(draft, ritual)
    if ritual.run.lasts is not None or occasion.phase == "running" or draft.state.is_held("everything"):
        return occasion
    return programs.proceed(draft, ritual, programs.begun(draft, ritual, occasion, None))


_LEAVE_OPEN: dict[Answer, Callable[[Draft, Ritual, Occasion | None], None]] = {
    "later": _later,
    "another": _another,
    "swap": _swap,
}
"""Answers after which it goes on."""
