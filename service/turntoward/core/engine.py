"""decide: an event and a moment in, a new state, actions and a trace out. The same in, the same out.

Rules of this file and of everything below it:
- time is an input. `now` is aware UTC and never less than the last one, except that a ClockJumped may take it back;
  then every remembered instant moves with it, so that elapsed times stay what they were;
- timers are data. Nothing waits in here: `next_wakeup` says when to send TimePassed, and after a restart there is
  nothing to restore but the state;
- nothing is drawn at random, no id is made up, no set is iterated;
- what is due is done in the order of time, whatever the order in which it became known.

How an event runs through:  presence and signals change -> what is confirmed by now? -> which rituals become due?
-> each open occasion takes its next step -> what follows from these steps?
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from turntoward.core import (
    answers,
    hearing,
    opening,
    own,
    presence,
    replies,
    rituals,
    seasons,
    telling,
    timeouts,
    waking,
    watching,
)
from turntoward.core.actions import Action, SetTile
from turntoward.core.board import Board
from turntoward.core.draft import Book, Draft
from turntoward.core.events import ClockJumped, Event, PrivateAct, ServiceStarted
from turntoward.core.household import Household, Season
from turntoward.core.overview import Overview
from turntoward.core.rules import Rulebook
from turntoward.core.state import ChosenSeason, HouseholdState, shift
from turntoward.core.trace import TraceEntry
from turntoward.core.triggers import Due, Index, index

_PROMPTS_KEPT = timedelta(days=2)
_FOLLOWS_AT_MOST = 8
"""Rituals that start and follow each other do so at most this often in one decision."""
_INSTANT = timedelta(microseconds=1)
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
        timeless = replace(self.state, now=before.now, scheduled_to=before.scheduled_to, day=before.day)
        return bool(self.actions or self.trace) or timeless != before


class Engine:
    """A household and its rulebook, ready to decide. Frozen: a changed rulebook is a new engine."""

    def __init__(self, household: Household, rulebook: Rulebook) -> None:
        self.household = household
        self.rulebook = rulebook
        self._seasons: dict[Season, tuple[Book, Index]] = {}
        self._overviews: dict[Season, Overview] = {}

    def decide(self, state: HouseholdState, event: Event, now: datetime) -> Decision:
        """Return what follows from an event at `now` (aware UTC). Raises nothing for any event and any state."""
        if isinstance(event, ClockJumped):
            state = _after_jump(state, event, now)
        draft = Draft(self.household, state, max(now, state.now))
        draft.book, draft.index = self._now(draft.state, draft.now)
        own.begin_day(draft)
        if not isinstance(event, ServiceStarted):
            self._notice_sleep(draft)
            self._advance(draft, [])
        if isinstance(event, PrivateAct) and event.act not in timeouts.ANSWERS:
            # What follows from time alone follows first; from the act itself nothing follows at this moment.
            self._go_on(draft, [])
            own.act(draft, event)
        else:
            self._go_on(draft, hearing.hear(draft, event))
        replies.give(draft)
        if draft.actions:
            draft.state = replace(draft.state, counter=draft.state.counter + 1)
        return Decision(draft.state, tuple(draft.actions), tuple(draft.trace))

    def _go_on(self, draft: Draft, told: list[Due]) -> None:
        """Let everything that is due by now take its step, and what follows from these steps."""
        self._advance(draft, told)
        for name in list(draft.state.occasions):
            if name in draft.state.occasions:
                rituals.step(draft, draft.state.occasions[name])
        self._follow(draft)
        telling.rest_tiles(draft)
        timeouts.forget(draft)
        self._tidy(draft)

    def next_wakeup(self, state: HouseholdState) -> datetime | None:
        """Return when the next TimePassed is needed, or None. Never before `state.now` after a decision."""
        _, index = self._now(state, state.now)
        times = [rituals.looks_again_at(o) for o in state.occasions.values()]
        times += state.holding.values()
        for found in (
            presence.next_confirmation(self.household, state),
            index.next_occurrence(self.household, state.scheduled_to or state.now, state.seed),
            watching.next_apart(self.household, state, index),
            seasons.next_change(self.household, state),
            self._tiles_rest_at(state),
            timeouts.forgets_at(self.household, state),
            waking.quiet_evening_until(self.household, state, state.now),
        ):
            if found is not None:
                times.append(found)
        return min(times, default=None)

    def board(self, state: HouseholdState, now: datetime) -> Board:
        """Return what is shown of the whole household at `now`."""
        board = self._overview(state, now).board(state, now)
        ends = seasons.next_change(self.household, state)
        if not board.agreed or ends is None or (board.next is not None and board.next.at < ends):
            return board
        return replace(board, next=self._overview(state, ends).planned(state, ends - _INSTANT))

    def tiles(self, state: HouseholdState) -> tuple[SetTile, ...]:
        """Return what each ritual's tile shows now, for a channel that begins with nothing."""
        until = state.now + timedelta(days=1)
        tiles: list[SetTile] = []
        for name in (ritual.name for ritual in self.rulebook.rituals if not ritual.private):
            occasion, shown = state.occasions.get(name), state.shown.get(name, "idle")
            if occasion is not None and shown in ("offered", "running"):
                of, text, ends = occasion.id, occasion.text, occasion.ends_at or occasion.expires_at
            else:
                of, text, ends = "", state.past[name].shared if shown != "idle" else "", None
            tiles.append(SetTile(f"{name}-now-tile", name, of, shown, text, ends, until))
        return tuple(tiles)

    def _now(self, state: HouseholdState, now: datetime) -> tuple[Book, Index]:
        """What there is in the season it is, built once for each."""
        season, _ = seasons.current(self.household, state, now)
        if season not in self._seasons:
            forms = self.rulebook.in_season(season)
            book = Book(
                season,
                {ritual.name: ritual for ritual in forms.rituals},
                {rule.name: rule for rule in forms.rules},
                forms.decks,
                self.rulebook.fleeting,
            )
            self._seasons[season] = (book, index(forms))
        return self._seasons[season]

    def _overview(self, state: HouseholdState, now: datetime) -> Overview:
        book, _ = self._now(state, now)
        if book.season not in self._overviews:
            self._overviews[book.season] = Overview(self.household, book)
        return self._overviews[book.season]

    def _notice_sleep(self, draft: Draft) -> None:
        """A wake-up that comes much too late means that the whole service slept: what it believes may be old."""
        wakeup = self.next_wakeup(draft.state)
        if wakeup is not None and draft.now - wakeup > self.household.presence.stale_event:
            hearing.hold_all(draft)

    def _advance(self, draft: Draft, told: list[Due]) -> None:
        """Confirm what is due by now, and open what that, the held signals, the clock and an event make due."""
        draft.state, arrivals = presence.settle(self.household, draft.state, draft.now)
        due = [reunion for arrival in arrivals for reunion in watching.reunions(draft, arrival)]
        due += watching.held_long_enough(draft)
        due += watching.apart_long_enough(draft)
        due += self._on_schedule(draft)
        due += self._season_changed(draft)
        for one in sorted([*due, *told], key=lambda d: d.at):
            opening.become_due(draft, one)
        draft.state = replace(draft.state, now=draft.now)

    def _season_changed(self, draft: Draft) -> list[Due]:
        """Notice that it is another season: from now on every ritual has its form for it."""
        draft.book, draft.index = self._now(draft.state, draft.now)
        before, is_now = draft.state.season_was, ChosenSeason(*seasons.current(self.household, draft.state, draft.now))
        if is_now == before:
            return []
        draft.state = replace(draft.state, season_was=is_now)
        if before is None or is_now.season == before.season:
            return []
        known = {key: at for key, at in draft.state.holding.items() if key in draft.index.watch_by_key}
        draft.state = replace(draft.state, holding=known)
        return [Due(f.ritual, draft.now, "season") for f in draft.index.seasons if f.trigger.is_ == draft.book.season]

    def _follow(self, draft: Draft) -> None:
        """Open what the steps of rituals make due, and start what they ask for; these take their first step too."""
        for _ in range(_FOLLOWS_AT_MOST):
            steps, starts = draft.steps, draft.starts
            due_by_season = self._season_changed(draft)  # a step may have changed it
            if not steps and not starts and not due_by_season:
                return
            draft.steps, draft.starts = [], []
            for due in (*watching.followers(draft, steps), *due_by_season):
                opening.become_due(draft, due)
            for name, cause in starts:
                ritual = draft.book.rituals.get(name)
                if ritual is not None and not ritual.private and ritual.run.time_out is None:
                    answers.start(draft, ritual, cause=cause)
            for occasion in list(draft.state.occasions.values()):
                if draft.state.occasions.get(occasion.ritual) is occasion:
                    rituals.step(draft, occasion)

    def _on_schedule(self, draft: Draft) -> list[Due]:
        since = draft.state.scheduled_to or draft.now
        if since - draft.now > _BACKWARDS_AT_MOST:
            since = draft.now
        draft.state = replace(draft.state, scheduled_to=max(since, draft.now))
        return list(draft.index.occurrences(self.household, since, draft.now, draft.state.seed))

    def _tiles_rest_at(self, state: HouseholdState) -> datetime | None:
        if not any(shown in ("done", "not_today") for shown in state.shown.values()):
            return None
        return self.household.day_after(state.now)

    def _tidy(self, draft: Draft) -> None:
        prompts, oldest = draft.state.prompts, draft.now - _PROMPTS_KEPT
        if any(p.at < oldest for p in prompts):
            last_heard = max((p.at for p in prompts if p.heard), default=oldest)  # kept for long gaps
            kept = tuple(p for p in prompts if p.at >= oldest or (p.heard and p.at == last_heard))
            draft.state = draft.state if kept == prompts else replace(draft.state, prompts=kept)
        if draft.state.quiet_on not in (None, draft.day):
            draft.state = replace(draft.state, quiet_on=None)
        if draft.state.awaited:
            held = draft.state.held_until
            left = tuple(s for s in draft.state.awaited if held.get(s, draft.now) > draft.now)
            draft.state = replace(draft.state, awaited=left)


def new_state(now: datetime) -> HouseholdState:
    """Return the state of a household nothing is known of yet."""
    return HouseholdState(now=now, scheduled_to=now, answered_at=now)


def _after_jump(state: HouseholdState, event: ClockJumped, now: datetime) -> HouseholdState:
    """Elapsed times stay what they were; what the schedule has already fired stays fired."""
    moved = shift(state, event.by)
    return replace(moved, now=min(moved.now, now), scheduled_to=state.scheduled_to)
