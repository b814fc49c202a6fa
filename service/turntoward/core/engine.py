"""decide: an event and a moment in, a new state, actions and a trace out. The same in, the same out.

Rules of this file and of everything below it:
- time is an input. `now` is aware UTC and never less than the last one, except that a ClockJumped may take it back;
  then every remembered instant moves with it, so that elapsed times stay what they were;
- timers are data. Nothing waits in here: `next_wakeup` says when to send TimePassed, and after a restart there is
  nothing to restore but the state;
- nothing is drawn at random, no id is made up, no set is iterated;
- what is due is done in the order of time, whatever the order in which it became known.

How an event runs through:  presence and signals change -> what is confirmed by now? -> which rituals become due?
-> each open occasion takes its next step.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from turntoward.core import answers, presence, rituals, signals, telling
from turntoward.core.actions import Action, SetTile
from turntoward.core.draft import Draft
from turntoward.core.events import (
    ActionDelivered,
    ActionExpired,
    ActionFailed,
    ClockJumped,
    Event,
    PresenceChanged,
    RitualAnswered,
    ServiceStarted,
    SignalChanged,
    SourceConnected,
    SourceLost,
)
from turntoward.core.household import Household, is_unknown
from turntoward.core.rules import Ritual, Rulebook
from turntoward.core.spans import format_duration
from turntoward.core.state import HouseholdState, shift
from turntoward.core.trace import TraceEntry
from turntoward.core.triggers import Due, Index, Watch, index

_PROMPTS_KEPT = timedelta(days=2)
_BACKWARDS_AT_MOST = timedelta(days=1)
"""A schedule that lies further ahead than this was made on a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from an event: the new state, what to do, and why."""

    state: HouseholdState
    actions: tuple[Action, ...] = ()
    trace: tuple[TraceEntry, ...] = ()

    def changes(self, before: HouseholdState) -> bool:
        """Whether there is anything to remember: time alone is not worth a line in the journal."""
        timeless = replace(self.state, now=before.now, scheduled_to=before.scheduled_to)
        return bool(self.actions or self.trace) or timeless != before


class Engine:
    """A household and its rulebook, ready to decide. Frozen: a changed rulebook is a new engine."""

    def __init__(self, household: Household, rulebook: Rulebook) -> None:
        self.household = household
        self.rulebook = rulebook
        self._rituals: dict[str, Ritual] = {r.ritual: r.in_season(household.season) for r in rulebook.rituals}
        in_season = rulebook.model_copy(update={"rituals": tuple(self._rituals.values())})
        self._index: Index = index(in_season)

    def decide(self, state: HouseholdState, event: Event, now: datetime) -> Decision:
        """Return what follows from an event at `now` (aware UTC). Raises nothing for any event and any state."""
        if isinstance(event, ClockJumped):
            state = _after_jump(state, event, now)
        draft = Draft(self.household, state, max(now, state.now))
        if not isinstance(event, ServiceStarted):
            self._notice_sleep(draft)
            self._advance(draft)
        self._apply(draft, event)
        self._advance(draft)
        for name, occasion in draft.state.occasions.items():
            rituals.step(draft, self._rituals.get(name), occasion)
        telling.rest_tiles(draft)
        self._tidy(draft)
        return Decision(draft.state, tuple(draft.actions), tuple(draft.trace))

    def next_wakeup(self, state: HouseholdState) -> datetime | None:
        """Return when the next TimePassed is needed, or None. Never before `state.now` after a decision."""
        times = [rituals.looks_again_at(o) for o in state.occasions.values()]
        times += state.holding.values()
        for found in (
            presence.next_confirmation(self.household, state),
            self._index.next_occurrence(self.household, state.scheduled_to or state.now),
            self._tiles_rest_at(state),
        ):
            if found is not None:
                times.append(found)
        return min(times, default=None)

    def tiles(self, state: HouseholdState) -> tuple[SetTile, ...]:
        """Return what each ritual's tile shows now, for a channel that begins with nothing."""
        until = state.now + timedelta(days=1)
        tiles = []
        for name in self._rituals:
            occasion = state.occasions.get(name)
            ends = (occasion.ends_at or occasion.expires_at) if occasion else None
            shown = state.shown.get(name, "idle")
            text, of = (occasion.text, occasion.id) if occasion and shown != "idle" else ("", "")
            tiles.append(SetTile(f"{name}-now-tile", name, of, shown, text, ends if of else None, until))
        return tuple(tiles)

    def _notice_sleep(self, draft: Draft) -> None:
        """A wake-up that comes much too late means that the whole service slept: what it believes may be old."""
        wakeup = self.next_wakeup(draft.state)
        if wakeup is not None and draft.now - wakeup > self.household.presence.stale_event:
            self._hold_all(draft)

    def _hold_all(self, draft: Draft) -> None:
        """Wait with everything that was pending: it may have changed while nobody looked."""
        for source in dict.fromkeys((*self.household.presence_sources, *draft.state.awaited)):
            draft.state = presence.hold(self.household, draft.state, source, draft.now)
        heard_at = draft.now + self.household.presence.startup_hold
        holding = {key: max(at, heard_at) for key, at in draft.state.holding.items()}
        draft.state = replace(draft.state, holding=holding)

    def _apply(self, draft: Draft, event: Event) -> None:
        if isinstance(event, PresenceChanged):
            self._presence_changed(draft, event)
        elif isinstance(event, SignalChanged):
            self._signal_changed(draft, event)
        elif isinstance(event, RitualAnswered):
            self._answered(draft, event)
        elif isinstance(event, ServiceStarted):
            draft.state = replace(draft.state, awaited=event.sources, lost={})
            self._hold_all(draft)
        elif isinstance(event, SourceConnected):
            self._source_connected(draft, event.source)
        elif isinstance(event, SourceLost):
            draft.state = replace(draft.state, lost={event.source: draft.now, **draft.state.lost})
        elif isinstance(event, ActionDelivered):
            rituals.report(draft, event.action, "delivered")
        elif isinstance(event, ActionFailed):
            rituals.report(draft, event.action, "failed")
        elif isinstance(event, ActionExpired):
            rituals.report(draft, event.action, "expired")

    def _presence_changed(self, draft: Draft, event: PresenceChanged) -> None:
        before = draft.state.presence.get(event.partner)
        draft.state = presence.changed(self.household, draft.state, event, draft.now)
        now = draft.state.presence.get(event.partner)
        if before is not None and now is not None and before.confirmed == "away" and now.confirmed == "home":
            for ritual, _ in self._index.reunion:  # adopted silently, which is worth a word for `why`
                draft.note(ritual.ritual, "refused", "not_seen")

    def _source_connected(self, draft: Draft, source: str) -> None:
        """Hold what it may confirm; after a long loss also wait for its snapshot, as after a start."""
        lost = dict(draft.state.lost)
        since = lost.pop(source, draft.now)
        awaited = draft.state.awaited
        of_partners = self.household.presence_sources
        if draft.now - since > self.household.presence.stale_event and source in of_partners:
            awaited = tuple(dict.fromkeys((*awaited, source)))
        draft.state = replace(draft.state, lost=lost, awaited=awaited)
        if source in (*of_partners, *awaited):
            draft.state = presence.hold(self.household, draft.state, source, draft.now)

    def _answered(self, draft: Draft, event: RitualAnswered) -> None:
        ritual = self._rituals.get(event.ritual)
        if ritual is None:
            draft.note(event.ritual, "refused", "no_such_ritual")
        else:
            answers.answer(draft, ritual, event.answer)

    def _signal_changed(self, draft: Draft, event: SignalChanged) -> None:
        before = draft.state
        draft.state = signals.changed(self.household, before, event, draft.now)
        if draft.state.signals is before.signals:
            return
        old = before.signals.get(event.signal)
        for watch in self._index.watches.get(event.signal, ()):
            self._watch(draft, watch, event, old.value if old else None)

    def _watch(self, draft: Draft, watch: Watch, event: SignalChanged, old: str | None) -> None:
        """Begin or break off the `for:` of a state trigger.

        Nothing begins where a value was only adopted, where a sensor came back with it, or where another word for the
        same value was told.
        """
        signal, wanted = self.household.signals[event.signal], watch.trigger.is_.casefold()

        def matches(value: str) -> bool:
            return value.casefold() == wanted or (wanted == "on" and signal.is_on(value))

        if matches(event.value) and old is not None and matches(old):
            return
        holding = {key: at for key, at in draft.state.holding.items() if key != watch.key}
        came_back = old is not None and is_unknown(old) and not is_unknown(wanted)
        if matches(event.value) and not came_back and signals.seen_happening(self.household, event, draft.now):
            since = draft.state.signals[event.signal].since
            holding[watch.key] = max(since + watch.trigger.for_, draft.state.now)
        draft.state = replace(draft.state, holding=dict(sorted(holding.items())))

    def _advance(self, draft: Draft) -> None:
        """Confirm what is due by now, and open what that, the held signals and the clock make due."""
        draft.state, arrivals = presence.settle(self.household, draft.state, draft.now)
        due = [found for arrival in arrivals for found in self._reunions(draft, arrival)]
        due += self._held_long_enough(draft)
        due += self._on_schedule(draft)
        for found in sorted(due, key=lambda d: d.at):
            rituals.become_due(draft, found)
        draft.state = replace(draft.state, now=draft.now)

    def _reunions(self, draft: Draft, arrival: presence.Arrival) -> Iterable[Due]:
        for ritual, trigger in self._index.reunion:
            needed = self.household.presence.min_apart if trigger.apart_for is None else trigger.apart_for
            outing = self.household.presence.joint_outing if arrival.kind == "joint_outing" else "speak"
            refusal: str = arrival.refusal
            if not refusal and arrival.apart < needed:
                refusal = "apart_too_short"
            if not refusal and outing == "nothing":
                refusal = "joint_outing"
            if refusal:
                facts = {"apart": format_duration(arrival.apart), "needed": format_duration(needed)}
                draft.note(ritual.ritual, "refused", refusal, **(facts if refusal == "apart_too_short" else {}))
            else:
                yield Due(ritual, arrival.at, "reunion", tile_only=outing == "tile")

    def _held_long_enough(self, draft: Draft) -> list[Due]:
        over = {key: at for key, at in draft.state.holding.items() if at <= draft.now}
        if over:
            left = {key: at for key, at in draft.state.holding.items() if key not in over}
            draft.state = replace(draft.state, holding=left)
        watches = self._index.watch_by_key
        return [Due(watches[key].ritual, at, "state") for key, at in over.items() if key in watches]

    def _on_schedule(self, draft: Draft) -> list[Due]:
        since = draft.state.scheduled_to or draft.now
        if since - draft.now > _BACKWARDS_AT_MOST:
            since = draft.now
        draft.state = replace(draft.state, scheduled_to=max(since, draft.now))
        return list(self._index.occurrences(self.household, since, draft.now))

    def _tiles_rest_at(self, state: HouseholdState) -> datetime | None:
        if not any(shown in ("done", "not_today") for shown in state.shown.values()):
            return None
        return self.household.day_after(state.now)

    def _tidy(self, draft: Draft) -> None:
        oldest = draft.now - _PROMPTS_KEPT
        if any(p.at < oldest for p in draft.state.prompts[:-1]):  # the last one is kept for long gaps
            kept = tuple(p for p in draft.state.prompts[:-1] if p.at >= oldest)
            draft.state = replace(draft.state, prompts=(*kept, draft.state.prompts[-1]))
        if draft.state.awaited:
            held = draft.state.held_until
            left = tuple(s for s in draft.state.awaited if held.get(s, draft.now) > draft.now)
            draft.state = replace(draft.state, awaited=left)


def new_state(now: datetime) -> HouseholdState:
    """Return the state of a household nothing is known of yet."""
    return HouseholdState(now=now, scheduled_to=now)


def _after_jump(state: HouseholdState, event: ClockJumped, now: datetime) -> HouseholdState:
    """Elapsed times stay what they were; what the schedule has already fired stays fired."""
    moved = shift(state, event.by)
    return replace(moved, now=min(moved.now, now), scheduled_to=state.scheduled_to)
