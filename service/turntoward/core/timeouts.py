"""A time-out: a break with a time to come back, and a quiet way out of it.

Who asked for it is not known, and nothing of it is kept for longer than a day. At the time to come back both are asked,
each for themselves, whether they are ready; who is not, adds time for both, and nobody sees who it was. Source of the
twenty minutes: they are a common minimum (docs/rituals.md), no more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from turntoward.core import programs, telling, wording
from turntoward.core.actions import Ask
from turntoward.core.draft import Draft
from turntoward.core.events import PrivateAct
from turntoward.core.household import Household
from turntoward.core.rules import Break, Ritual
from turntoward.core.state import HouseholdState, Occasion

FORGOTTEN_AFTER = timedelta(hours=24)
ANSWERS = ("ready", "more_time")
"""Private acts by which both come back, each for themselves."""
_ROUND = timedelta(minutes=5)
_RESTS = timedelta(hours=3)
"""It is remembered for so long in any case: what comes after it has to know of it."""


def begin(draft: Draft, ritual: Ritual, rule: Break, occasion: Occasion, lasts: timedelta | None) -> Occasion:
    """Let a time-out begin: it names its end, and what was being offered is taken back."""
    span = min(max(lasts or rule.lasts, rule.at_least), rule.at_most)
    running = programs.begun(draft, ritual, occasion, span)
    return show_return(draft, ritual, replace(running, due_at=draft.now + span))


def show_return(draft: Draft, ritual: Ritual, occasion: Occasion) -> Occasion:
    """Show both when the break ends; it is all that is ever shown."""
    text = wording.next_line(draft, replace(occasion, ends_at=occasion.due_at), ritual.offer.say, "offer")
    return programs.show_text(draft, occasion, text.read)


def ask(draft: Draft, rule: Break, occasion: Occasion) -> Occasion | None:
    """Ask both, each for themselves, whether they are ready; None where it is too late for that."""
    until = min(draft.now + rule.asks_for, occasion.opened_at + rule.at_most + rule.asks_for)
    if until <= draft.now:
        return None
    for partner in draft.household.partner_ids:
        key = f"{occasion.id}-{occasion.steps}-ask-{partner}"
        draft.actions.append(Ask(key, occasion.ritual, occasion.id, partner, "ready", until))
    return replace(occasion, phase="asking", ends_at=until, ready=(), steps=occasion.steps + 1)


def answered(draft: Draft, event: PrivateAct) -> Occasion | None:
    """Take `ready` or `more time` from one of the two; return the occasion when both are ready."""
    for occasion in list(draft.state.occasions.values()):
        ritual = draft.book.rituals.get(occasion.ritual)
        rule = ritual.run.time_out if ritual is not None else None
        if ritual is None or rule is None or occasion.phase != "asking":
            continue
        if event.act == "more_time":
            _more_time(draft, ritual, rule, occasion)
            continue
        ready = tuple(dict.fromkeys((*occasion.ready, event.partner)))
        draft.put(replace(occasion, ready=ready))
        if set(draft.household.partner_ids) <= set(ready):
            return draft.state.occasions[occasion.ritual]
    return None


def _more_time(draft: Draft, ritual: Ritual, rule: Break, occasion: Occasion) -> None:
    """Name a new time for both: so much after the last one, and never one that has passed."""
    returns = occasion.due_at + rule.more
    if returns <= draft.now + _ROUND:
        returns = _rounded(draft.now + rule.more)
    returns = min(returns, occasion.opened_at + rule.at_most)
    if returns <= draft.now:
        return  # it has lasted as long as it may; it closes by itself
    again = replace(occasion, phase="running", due_at=returns, ends_at=returns, ready=())
    draft.put(telling.tell(draft, show_return(draft, ritual, again), "prolonged"))


def _rounded(moment: datetime) -> datetime:
    over = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment - over + (_ROUND if over else timedelta())


def forget(draft: Draft) -> None:
    """Let go of a time-out, and of what it kept away, at a time that tells nothing; see `forgets_at`."""
    forgets = forgets_at(draft.household, draft.state)
    if forgets is None or draft.now < forgets:
        return
    over = [name for name, ended in _ended(draft.state) if draft.now >= _forgotten_at(draft.household, ended)]
    left = {name: past for name, past in draft.state.past.items() if name not in over}
    closeness_from = draft.state.affection_from
    still = closeness_from is not None and draft.now < closeness_from
    prompts = tuple(p for p in draft.state.prompts if p.occasion.rpartition("-")[0] not in over)
    draft.state = replace(draft.state, past=left, prompts=prompts)
    if not still:
        draft.state = replace(draft.state, affection_from=None)


def forgets_at(household: Household, state: HouseholdState) -> datetime | None:
    """Return when a time-out is to be forgotten, or None.

    That is when the couple's next day begins, so that the moment itself does not tell when there was one; a day after
    its end at the latest.
    """
    known = [_forgotten_at(household, ended) for _, ended in _ended(state)]
    if not known and state.affection_from is not None:  # it outlasts the day
        return household.day_after(state.affection_from)
    return min(known, default=None)


def _ended(state: HouseholdState) -> Iterator[tuple[str, datetime]]:
    for name, past in state.past.items():
        if past.fleeting and past.last_end is not None and name not in state.occasions:
            yield name, past.last_end


def _forgotten_at(household: Household, ended: datetime) -> datetime:
    return min(household.day_after(ended + _RESTS), ended + FORGOTTEN_AFTER)
