"""What belongs to one partner alone: a pause, less of something, how deep questions go, ready or not.

Nothing here may be traced, told or shown: whoever looks sees silence, and silence has many causes. What the other could
notice is held to `tests/core/test_own.py`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from turntoward.core.chance import drawn
from turntoward.core.draft import Draft
from turntoward.core.events import PrivateAct
from turntoward.core.household import Household
from turntoward.core.state import HouseholdState, Own

SILENCE = 0.15
REST = 1 / 7
_BIDS_KEPT = timedelta(days=35)


def of(state: HouseholdState, partner: str) -> Own:
    """Return what belongs to a partner."""
    return state.own.get(partner, Own())


def act(draft: Draft, event: PrivateAct) -> None:
    """Take a private act, of which nothing may be seen. Ready and more time are the time-out's; see `timeouts`."""
    if event.partner not in draft.household.partner_ids:
        return
    own = of(draft.state, event.partner)
    if event.act == "pause":
        own = replace(own, paused=True, paused_until=event.until)
        _owe_rest(draft)
        _silence_what_waits(draft)
    elif event.act == "resume":
        own = replace(own, paused=False, paused_until=None)
    elif event.act == "less":
        own = replace(own, less=tuple(dict.fromkeys((*own.less, event.ritual))))
    elif event.act == "more":
        own = replace(own, less=tuple(name for name in own.less if name != event.ritual))
    elif event.act == "depth":
        own = replace(own, depth=min(3, max(1, event.level)))
    elif event.act == "bid":
        own = replace(own, bids=(*own.bids, (draft.day, event.noticed)))
    draft.state = replace(draft.state, own={**draft.state.own, event.partner: own})


def depth(household: Household, state: HouseholdState) -> int:
    """Return how deep questions may go: as deep as both want."""
    return min(of(state, partner).depth for partner in household.partner_ids)


def less_wanted(household: Household, state: HouseholdState, ritual: str) -> bool:
    """Whether one of the two wants less of a ritual."""
    return any(ritual in of(state, partner).less for partner in household.partner_ids)


def paused(household: Household, state: HouseholdState, now: datetime) -> bool:
    """Whether one of the two has paused."""
    both = (of(state, partner) for partner in household.partner_ids)
    return any(own.paused and (own.paused_until is None or now < own.paused_until) for own in both)


def silent(household: Household, state: HouseholdState, occasion: str, now: datetime) -> bool:
    """Whether an occasion stays silent to its end: by a pause, a day of rest or chance. Which of them is not told."""
    if paused(household, state, now) or state.resting_on == household.logical_day(now):
        return True
    return household.silence.random and drawn(state.seed, "silence", occasion) < SILENCE


def begin_day(draft: Draft) -> None:
    """Once a day: draw whether it is a day of rest. A pause has used up one that was to come."""
    if draft.state.day == draft.day:
        return
    draft.state = replace(draft.state, day=draft.day, resting_on=None)
    _forget_bids(draft)
    if paused(draft.household, draft.state, draft.now):
        _owe_rest(draft)
    if not draft.household.silence.rest_days or drawn(draft.state.seed, "rest", draft.day) >= REST:
        return
    if draft.state.rest_owed:
        draft.state = replace(draft.state, rest_owed=draft.state.rest_owed - 1)
    else:
        draft.state = replace(draft.state, resting_on=draft.day)


def _owe_rest(draft: Draft) -> None:
    """Let a day with a pause in it use up a day of rest that is to come; one that is a day of rest already does not."""
    today = draft.day
    if draft.household.silence.rest_days and today not in (draft.state.rest_owed_on, draft.state.resting_on):
        draft.state = replace(draft.state, rest_owed=draft.state.rest_owed + 1, rest_owed_on=today)


def _silence_what_waits(draft: Draft) -> None:
    """What waits and was never offered stays silent to its end: the end of a pause must not let it out."""
    for occasion in draft.state.occasions.values():
        if occasion.phase == "waiting" and occasion.offered_at is None:
            draft.put(replace(occasion, silenced=True))


def _forget_bids(draft: Draft) -> None:
    oldest, changed = draft.day - _BIDS_KEPT, dict(draft.state.own)
    for partner, own in draft.state.own.items():
        kept = tuple(bid for bid in own.bids if bid[0] > oldest)
        if kept != own.bids:
            changed[partner] = replace(own, bids=kept)
    if changed != draft.state.own:
        draft.state = replace(draft.state, own=changed)
