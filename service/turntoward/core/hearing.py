"""What an event changes: presence, signals, the season, what was answered and what was told.

What follows from the change (who is confirmed home, what becomes due, what is offered) is the engine's next step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from turntoward.core import (
    answers,
    leaving,
    overview,
    presence,
    rituals,
    seasons,
    signals,
    telling,
    timeouts,
    tokens,
    triggers,
    watching,
)
from turntoward.core.draft import Asked, Draft
from turntoward.core.events import (
    ActionDelivered,
    ActionExpired,
    ActionFailed,
    Answer,
    Event,
    HomeEventFired,
    MessageReceived,
    NoticeAnswered,
    PresenceChanged,
    PrivateAct,
    QuietChosen,
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

_NO_RITUAL = "an answer"
"""What the trace speaks of when there is no ritual that was answered."""
_TO_AN_OFFER: frozenset[Answer] = frozenset({"start", "accept", "later", "other_slot", "not_today", "skip"})


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
    elif isinstance(event, NoticeAnswered):
        _notice_answered(draft, event)
    elif isinstance(event, QuietChosen):
        _quiet_chosen(draft, event)
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
        if seasons.current(draft.household, draft.state, draft.now) != (event.season, event.until):
            draft.note("season", "chosen", "season_chosen", season=event.season)
        draft.state = seasons.choose(draft.state, event.season, event.until)


def _quiet_chosen(draft: Draft, event: QuietChosen) -> None:
    """Let nothing be heard until the day is over; what is only just on its way to a phone is taken back."""
    chosen = draft.day if event.on else None
    if draft.state.quiet_on == chosen:
        return
    draft.state = replace(draft.state, quiet_on=chosen)
    draft.note("quiet_tonight", "chosen", "quiet_evening" if event.on else "no_quiet_evening")
    for occasion in draft.state.occasions.values() if event.on else ():
        if "phone" in occasion.pending.values():
            draft.put(telling.clear_phones(draft, occasion))


def _heard_of_the_shell(draft: Draft, event: Event) -> None:
    if isinstance(event, ServiceStarted):
        lost = dict.fromkeys(event.sources, draft.now)  # until they say that they are there, they are not
        draft.state = replace(draft.state, awaited=event.sources, lost=lost, seed=draft.state.seed or event.seed)
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
    name = event.ritual or _meant(draft, event.answer) or _NO_RITUAL
    ritual = draft.book.rituals.get(name)
    if event.reply_to and (ritual is None or ritual.private):
        name = _NO_RITUAL  # what was understood of what somebody said aloud is not for a trace
    if event.reply_to:
        draft.asked = Asked(event.reply_to, name, event.answer, len(draft.trace))
    if name == _NO_RITUAL and not event.ritual:
        draft.note(name, "void", "nothing_on" if draft.household.both_agreed else "not_agreed")
    elif ritual is None or ritual.private:
        draft.note(name, "void" if name == _NO_RITUAL else "refused", "no_such_ritual")
    else:
        by_name = bool(event.ritual) and not event.reply_to
        said = event.answer if by_name else answers.fitting(draft, ritual, event.answer)
        answers.answer(draft, ritual, said, event.lasts, event.text)


def _notice_answered(draft: Draft, event: NoticeAnswered) -> None:
    for occasion in draft.state.occasions.values():
        ritual = draft.book.rituals.get(occasion.ritual)
        said = tokens.meant(draft.state.seed, ritual, occasion, event.token) if ritual else None
        if ritual is not None and said is not None:
            answers.answer(draft, ritual, said, text=event.text)
            return
    draft.note(_NO_RITUAL, "void", "old_notice")


def _meant(draft: Draft, said: Answer) -> str:
    """Name the ritual that is on now, or was only just said; what only an offer can take is for it, whatever runs."""
    book, state = draft.book, draft.state
    heard = overview.offered_now(book, state) or overview.offered_now(book, state, heard=True)
    occasion = (heard if said in _TO_AN_OFFER else None) or overview.on_now(book, state) or heard
    return occasion.ritual if occasion else ""


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
