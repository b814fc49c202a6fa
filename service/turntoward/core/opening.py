"""How an occasion begins: what is due is opened, refused, left out this time, or started at once.

What made it due is found by `watching`, `leaving` and the calendar; what becomes of it is in `rituals`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from turntoward.core import civil, own, programs, telling
from turntoward.core.draft import Draft
from turntoward.core.gates import Moment
from turntoward.core.moments import may_run
from turntoward.core.offers import count
from turntoward.core.rules import Ritual, Rule
from turntoward.core.state import Occasion
from turntoward.core.triggers import Due

RESTS_FROM, SILENT_FROM = 3, 6
"""So many offers in a row without an answer: from then on every second is left out, and only the tile is used."""
RULE_VALID_FOR = timedelta(minutes=10)
"""What a rule was to do at its time, it does not do later than this."""


def become_due(draft: Draft, due: Due) -> None:
    """Open an occasion, unless one is open, the window has passed already, or it was closed for today."""
    ritual, name = due.ritual, due.ritual.name
    if isinstance(ritual, Rule):
        _run_rule(draft, ritual, due)
        return
    expires_at = _expires_at(draft, ritual, due.at)
    refusal = _refusal(draft, ritual, expires_at)
    if refusal and not (refusal == "already_open" and due.starts):
        open_one = draft.state.occasions.get(name)
        draft.note(name, "refused", refusal, open_one.id if open_one else "")
    elif due.starts:
        _start_by_itself(draft, ritual, due)
    elif _rests(draft, ritual):
        draft.change_past(name, rested_on=draft.day)
        draft.note(name, "refused", "rests")
    else:
        assert expires_at is not None  # else it was refused
        occasion = replace(new_occasion(draft, ritual, due.cause, due.at), expires_at=expires_at)
        draft.change_past(name, rested_on=draft.day if occasion.silenced else None)
        faded = draft.past(name).unanswered >= SILENT_FROM
        occasion = replace(occasion, tile_only=due.tile_only or faded)
        draft.note(name, "due", due.cause, occasion.id)
        draft.put(occasion)


def _refusal(draft: Draft, ritual: Ritual, expires_at: datetime | None) -> str:
    past = draft.past(ritual.name)
    if not draft.household.both_agreed:
        return "not_agreed"
    if ritual.name in draft.state.occasions:
        return "already_running" if draft.state.occasions[ritual.name].runs else "already_open"
    if past.dropped:
        return "dropped"
    if past.declined_on == draft.day:
        return "declined_today"
    if expires_at is None:
        return "not_its_time"
    return "too_late" if expires_at <= draft.now else ""


def _rests(draft: Draft, ritual: Ritual) -> bool:
    """Whether it is left out today: it was not answered lately, and was not left out on its last day either."""
    past = draft.past(ritual.name)
    if any(draft.household.logical_day(at) == draft.day for at in past.offered):
        return False  # it had its turn today
    return past.unanswered >= RESTS_FROM and past.rested_on in (None, draft.day)


def _expires_at(draft: Draft, ritual: Ritual, at: datetime) -> datetime | None:
    """Return when an offer dies that begins to wait at `at`; None outside the hours in which it may be offered."""
    latest, window, zone = at + ritual.offer.valid_for, ritual.offer.window, draft.household.time_zone
    if window is None:
        return latest
    if not window.contains(civil.local(at, zone).time()):
        return None
    return min(latest, civil.next_at(window.end, at, zone))


def _start_by_itself(draft: Draft, ritual: Ritual, due: Due) -> None:
    """Let a ritual begin by what people have done, if its conditions and its own limits allow."""
    if _may_run(draft, due, _blank(due)):
        draft.starts.append((ritual.name, due.cause))


def _blank(due: Due) -> Occasion:
    """Return an occasion that is not offered, and so has no window."""
    return Occasion("", due.ritual.name, due.cause, due.at, due.at, due.at)


def _may_run(draft: Draft, due: Due, occasion: Occasion) -> bool:
    """Whether something may run without being offered; why it may not is noted."""
    verdict = may_run(Moment(draft.household, draft.state, due.ritual, occasion, draft.now))
    if verdict.says != "open":
        draft.note(due.ritual.name, "refused", verdict.reason)
    return verdict.says == "open"


def _run_rule(draft: Draft, rule: Rule, due: Due) -> None:
    """Let a rule that is no ritual do its steps, if its conditions hold at this moment."""
    if draft.now - due.at > RULE_VALID_FOR:
        draft.note(rule.name, "refused", "too_late")
        return
    if rule.name in draft.state.occasions:
        draft.note(rule.name, "refused", "already_running", draft.state.occasions[rule.name].id)
        return
    occasion = _blank(due)
    if not _may_run(draft, due, occasion):
        return
    occasion = replace(occasion, id=telling.next_id(draft, rule.name), kind="rule")
    count(draft, rule.name)
    draft.note(rule.name, "runs", due.cause, occasion.id)
    draft.put(programs.begun(draft, rule, occasion, None))


def new_occasion(draft: Draft, ritual: Ritual, cause: str, at: datetime) -> Occasion:
    """Return an occasion with an id of its own, whose window begins at `at`."""
    occasion_id = telling.next_id(draft, ritual.name)
    silenced = own.silent(draft.household, draft.state, occasion_id, draft.now) or _less_of_it(draft, ritual)
    return Occasion(
        id=occasion_id,
        ritual=ritual.name,
        cause=cause,
        opened_at=at,
        due_at=at + ritual.offer.after,
        expires_at=at + ritual.offer.valid_for,
        kind="private" if ritual.private else "fleeting" if ritual.name in draft.book.fleeting else "ritual",
        silenced=cause != "called" and silenced,
    )


def _less_of_it(draft: Draft, ritual: Ritual) -> bool:
    """Whether one of you wants less of it, and it was not left out on its last day: every second time stays silent."""
    wanted = own.less_wanted(draft.household, draft.state, ritual.name)
    return wanted and draft.past(ritual.name).rested_on in (None, draft.day)
