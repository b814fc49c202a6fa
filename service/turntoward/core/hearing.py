"""What an event changes: presence, signals, the season, what was answered and what was told.

What follows from the change (who is confirmed home, what becomes due, what is offered) is the engine's next step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from turntoward.core import answers, leaving, presence, rituals, seasons, signals, timeouts, triggers, watching
from turntoward.core.draft import Draft
from turntoward.core.events import (
    ActionDelivered,
    ActionExpired,
    ActionFailed,
    Event,
    HomeEventFired,
    MessageReceived,
    PresenceChanged,
    PrivateAct,
    RitualAnswered,
    SeasonChosen,
    ServiceStarted,
    SignalChanged,
    SourceConnected,
    SourceLost,
    TagScanned,
)
from turntoward.core.household import is_unknown
from turntoward.core.state import HouseholdState
from turntoward.core.triggers import Due


def hear(draft: Draft, event: Event) -> list[Due]:
    """Let an event change what is known; return what it makes due by itself."""
    if isinstance(event, PresenceChanged):
        _presence_changed(draft, event)
    elif isinstance(event, SignalChanged):
        return _signal_changed(draft, event)
    elif isinstance(event, MessageReceived | HomeEventFired):
        return [Due(ritual, draft.now, "told") for ritual in triggers.told_by(draft.index, event)]
    elif isinstance(event, RitualAnswered):
        _answered(draft, event)
    elif isinstance(event, TagScanned):
        _tag_scanned(draft, event)
    elif isinstance(event, PrivateAct):
        _private_act(draft, event)
    elif isinstance(event, SeasonChosen):
        _season_chosen(draft, event)
    else:
        _heard_of_the_shell(draft, event)
    return []


def _season_chosen(draft: Draft, event: SeasonChosen) -> None:
    if event.until is not None and event.until < draft.day:
        draft.note("season", "unchanged", "season_over")
    else:
        draft.state = seasons.choose(draft.state, event.season, event.until)


def _heard_of_the_shell(draft: Draft, event: Event) -> None:
    if isinstance(event, ServiceStarted):
        draft.state = replace(draft.state, awaited=event.sources, lost={}, seed=draft.state.seed or event.seed)
        hold_all(draft)
    elif isinstance(event, SourceConnected):
        _source_connected(draft, event.source)
    elif isinstance(event, SourceLost):
        draft.state = replace(draft.state, lost={event.source: draft.now, **draft.state.lost})
    elif isinstance(event, ActionDelivered):
        rituals.report(draft, event.action, "delivered")
    elif isinstance(event, ActionFailed):
        rituals.report(draft, event.action, "failed")
    elif isinstance(event, ActionExpired):
        rituals.report(draft, event.action, "expired")


def _presence_changed(draft: Draft, event: PresenceChanged) -> None:
    before = draft.state.presence.get(event.partner)
    draft.state = presence.changed(draft.household, draft.state, event, draft.now)
    now = draft.state.presence.get(event.partner)
    if before is not None and now is not None and before.confirmed == "away" and now.confirmed == "home":
        for found in draft.index.reunion:  # adopted silently: worth a word for `why`
            draft.note(found.ritual.name, "refused", "not_seen")


def _source_connected(draft: Draft, source: str) -> None:
    """Hold what it may confirm; after a long loss also wait for its snapshot, as after a start."""
    lost = dict(draft.state.lost)
    since = lost.pop(source, draft.now)
    awaited = draft.state.awaited
    of_partners = draft.household.presence_sources
    if draft.now - since > draft.household.presence.stale_event and source in of_partners:
        awaited = tuple(dict.fromkeys((*awaited, source)))
    draft.state = replace(draft.state, lost=lost, awaited=awaited)
    if source in (*of_partners, *awaited):
        draft.state = presence.hold(draft.household, draft.state, source, draft.now)


def _answered(draft: Draft, event: RitualAnswered) -> None:
    ritual = draft.book.rituals.get(event.ritual)
    if ritual is None or ritual.private:
        draft.note(event.ritual, "refused", "no_such_ritual")
    else:
        answers.answer(draft, ritual, event.answer, event.lasts)


def _tag_scanned(draft: Draft, event: TagScanned) -> None:
    for found in draft.index.tags.get(event.tag, ()):
        ritual = draft.book.rituals.get(found.ritual.name)
        if ritual is not None and not ritual.private:
            answers.answer(draft, ritual, found.trigger.answer)


def _private_act(draft: Draft, event: PrivateAct) -> None:
    ready = timeouts.answered(draft, event) if event.partner in draft.household.partner_ids else None
    if ready is not None:
        rituals.end(draft, ready, "done", "answered")


def _signal_changed(draft: Draft, event: SignalChanged) -> list[Due]:
    before = draft.state
    draft.state = signals.changed(draft.household, before, event, draft.now)
    if draft.state.openings != before.openings:
        _door_opened(draft)
    if draft.state.signals is before.signals:
        return []
    watching.signal_changed(draft, event, before)
    return list(_signs(draft, event, before))


def _signs(draft: Draft, event: SignalChanged, before: HouseholdState) -> Iterator[Due]:
    signal, old = draft.household.signals[event.signal], before.signals.get(event.signal)
    was_on = old is not None and (signal.is_on(old.value) or is_unknown(old.value))
    if was_on or not signal.is_on(event.value) or not signals.seen_happening(draft.household, event, draft.now):
        return
    for sign in leaving.signs(draft.index, event):
        answer = leaving.due(draft.household, draft.state, sign, draft.now)
        if isinstance(answer, Due):
            yield answer
        elif answer != "not_its_time":
            draft.note(sign.ritual.name, "refused", answer)


def _door_opened(draft: Draft) -> None:
    """Whoever leaves has left: what was meant for before the door is over."""
    for occasion in list(draft.state.occasions.values()):
        if occasion.cause == leaving.CAUSE and occasion.phase in ("waiting", "offered"):
            rituals.end(draft, occasion, "expired", "door_opened")


def hold_all(draft: Draft) -> None:
    """Wait with everything that was pending: it may have changed while nobody looked."""
    for source in dict.fromkeys((*draft.household.presence_sources, *draft.state.awaited)):
        draft.state = presence.hold(draft.household, draft.state, source, draft.now)
    heard_at = draft.now + draft.household.presence.startup_hold
    holding = {key: max(at, heard_at) for key, at in draft.state.holding.items()}
    draft.state = replace(draft.state, holding=holding)
