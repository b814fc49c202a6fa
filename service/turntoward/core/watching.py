"""What makes things due: a reunion, a signal that keeps a value, being apart for long, another ritual's step.

What is waited for is data in the state; nothing waits in here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from turntoward.core import presence, rituals, signals
from turntoward.core.draft import Draft
from turntoward.core.events import SignalChanged
from turntoward.core.household import Household, is_unknown
from turntoward.core.rule_triggers import StateTrigger
from turntoward.core.spans import format_duration
from turntoward.core.state import HouseholdState
from turntoward.core.triggers import Due, Index, Watch

_ENDED = ("done", "declined", "expired", "undelivered", "stopped")
ASKED_IN_VAIN = 3


def signal_changed(draft: Draft, event: SignalChanged, before: HouseholdState) -> None:
    """Begin or break off what waits for a signal to keep a value."""
    words = signals.words_for(event.signal)
    for watch in (watch for name in words for watch in draft.index.watches.get(name, ())):
        _watch(draft, watch, event, before)


def _watch(draft: Draft, watch: Watch, event: SignalChanged, before: HouseholdState) -> None:
    """Nothing begins where a value was only adopted, where a sensor came back with it, or where another word for the
    same value was told; nor does the end of something begin that does not run.
    """
    home, wanted = draft.household, watch.sign.is_.casefold()
    matches = _says(home, draft.state, watch, wanted, draft.now)
    if matches and _says(home, before, watch, wanted, draft.now):
        return
    holding = {key: at for key, at in draft.state.holding.items() if key != watch.key}
    old = before.signals.get(event.signal)
    came_back = old is not None and is_unknown(old.value) and not is_unknown(wanted)
    runs = not watch.ends or _runs(draft.state, watch)
    if matches and runs and not came_back and signals.seen_happening(home, event, draft.now):
        since = draft.state.signals[event.signal].since
        holding[watch.key] = max(since + watch.sign.for_, draft.state.now)
    draft.state = replace(draft.state, holding=dict(sorted(holding.items())))


def _says(home: Household, state: HouseholdState, watch: Watch, wanted: str, now: datetime) -> bool:
    if is_unknown(wanted):  # somebody waits for a sensor to fall silent
        known = (state.signals.get(name) for name in signals.of_kind(home, watch.sign.signal))
        return any(value is not None and value.value.casefold() == wanted for value in known)
    return signals.all_are(home, state, watch.sign.signal, wanted, now)


def _runs(state: HouseholdState, watch: Watch) -> bool:
    occasion = state.occasions.get(watch.ritual.name)
    return occasion is not None and occasion.phase == "running"


def held_long_enough(draft: Draft) -> list[Due]:
    """Return what signals make due that have kept their value; end what runs and was to end by them."""
    over = {key: at for key, at in draft.state.holding.items() if at <= draft.now}
    if not over:
        return []
    left = {key: at for key, at in draft.state.holding.items() if key not in over}
    draft.state = replace(draft.state, holding=left)
    known = draft.index.watch_by_key
    kept = [(known[key], at) for key, at in over.items() if key in known]
    for watch, _ in kept:
        if watch.ends and _runs(draft.state, watch):
            rituals.end(draft, draft.state.occasions[watch.ritual.name], "done", "sign")
    return [
        Due(watch.ritual, at, "state", starts=isinstance(watch.sign, StateTrigger) and watch.sign.starts)
        for watch, at in kept
        if not watch.ends
    ]


def reunions(draft: Draft, arrival: presence.Arrival) -> Iterator[Due]:
    """Yield what an arrival makes due, and note why it makes the others not."""
    for ritual, trigger in ((f.ritual, f.trigger) for f in draft.index.reunion):
        needed = draft.household.presence.min_apart if trigger.apart_for is None else trigger.apart_for
        outing = draft.household.presence.joint_outing if arrival.kind == "joint_outing" else "speak"
        refusal: str = arrival.refusal
        if not refusal and arrival.apart < needed:
            refusal = "apart_too_short"
        if not refusal and outing == "nothing":
            refusal = "joint_outing"
        if refusal:
            facts = {"apart": format_duration(arrival.apart), "needed": format_duration(needed)}
            draft.note(ritual.name, "refused", refusal, **(facts if refusal == "apart_too_short" else {}))
        else:
            yield Due(ritual, arrival.at, "reunion", tile_only=outing == "tile")


def next_apart(household: Household, state: HouseholdState, index: Index) -> datetime | None:
    """Return when the next `apart` trigger is due, or None."""
    if state.apart_since is None or presence.both_confirmed_home(household, state):
        return None
    times = [state.apart_since + found.trigger.for_ for found in index.apart]
    return min((at for at in times if at > state.now), default=None)


def apart_long_enough(draft: Draft) -> Iterator[Due]:
    """Yield what being apart for long makes due, each once."""
    since, last = draft.state.apart_since, draft.state.now
    if since is None:
        return
    for found in draft.index.apart:
        at = since + found.trigger.for_
        if last < at <= draft.now:
            yield Due(found.ritual, at, "apart")


def followers(draft: Draft, steps: Iterable[tuple[str, str]]) -> Iterator[Due]:
    """Yield what other rituals' steps make due."""
    for ritual, told in steps:
        for found in draft.index.followers.get(ritual, ()):
            if told == found.trigger.is_ or (found.trigger.is_ == "ended" and told in _ENDED):
                yield Due(found.ritual, draft.now, "ritual")
        if told == "unanswered":
            yield from _unanswered(draft)


def _unanswered(draft: Draft) -> Iterator[Due]:
    since = draft.state.answered_at or draft.now
    for found in draft.index.unanswered:
        if draft.state.unanswered >= ASKED_IN_VAIN and draft.now - since >= found.trigger.for_:
            yield Due(found.ritual, draft.now, "unanswered")
