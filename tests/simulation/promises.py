"""What is promised of every decision: silence where it is wanted, and not too much of anything.

Each promise has a memory of its own; what happens is in `machine`. Further promises are in `promised_order`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from tests.simulation.machine_home import BOOK, FORMS, Step
from turntoward.core import civil, seasons, signals
from turntoward.core.actions import Announce, Ask, Notify, Publish, SetScene, SetTile
from turntoward.core.events import ActionExpired, ActionFailed, RitualAnswered, SeasonChosen
from turntoward.core.household import Season
from turntoward.core.rules import Ritual
from turntoward.core.state import Occasion, shift, state_to_json
from turntoward.core.trace import TraceEntry

SEEN: Counter[str] = Counter()
"""What all runs together have met: a promise about speech proves nothing where nobody speaks."""

WEEK = timedelta(days=7)
RULES = {rule.name for rule in BOOK.rules}
PRIVATE_RITUALS = {ritual.name for ritual in BOOK.rituals if ritual.private}
TIME_OUT = FORMS["normal"]["time_out"]


def form(step: Step, name: str) -> Ritual:
    """A ritual as it is in the season of a decision."""
    return FORMS[season(step)].get(name) or FORMS["normal"][name]


def offered(step: Step) -> list[TraceEntry]:
    return [entry for entry in step.decision.trace if entry.step == "offered"]


def holding(step: Step, how: str) -> dict[str, Occasion]:
    """What holds others back before a decision and still does after it."""
    still = {occasion.id for occasion in step.after.occasions.values()}
    return {o.ritual: o for o in step.before.occasions.values() if o.holds == how and o.id in still}


def season(step: Step) -> Season:
    """The season a decision is made in."""
    state = step.after if isinstance(step.event, SeasonChosen) else step.before
    return seasons.current(step.home, state, step.now)[0]


@dataclass
class Promise:
    """What has to hold after every decision, with a memory of its own."""

    def moved(self, by: timedelta) -> None:
        """The clock was set: every instant that is remembered moves with it."""
        for each in fields(self):
            setattr(self, each.name, shift(getattr(self, each.name), by))

    def holds(self, step: Step) -> None:
        raise NotImplementedError


@dataclass
class Sound(Promise):
    """Nothing sounds or lights up a phone where it is not wanted."""

    def holds(self, step: Step) -> None:
        SEEN["quiet evening"] += step.after.quiet_on is not None
        aloud = {entry.occasion for entry in offered(step)}
        for action in step.decision.actions:
            if isinstance(action, Announce | Notify) and action.occasion in aloud:
                self._nobody_is_disturbed(step)
                assert step.home.both_agreed
                assert not any(step.now < step.after.held_until[s] for s in step.after.awaited)
            if isinstance(action, Announce):
                self._nobody_is_disturbed(step)
                quiet_from = civil.next_at(step.home.quiet_hours.start, step.now, step.home.time_zone)
                assert action.valid_until <= quiet_from, "a slow speaker would talk into the quiet hours"
            if isinstance(action, Announce) and action.occasion in aloud:
                assert {(p.raw, p.confirmed) for p in step.after.presence.values()} == {("home", "home")}

    def _nobody_is_disturbed(self, step: Step) -> None:
        assert not step.home.quiet_hours.contains(civil.local(step.now, step.home.time_zone).time())
        on = [name for name in ("guests", "asleep.sam", "on_call.alex", "film") if says(step, name) == "on"]
        assert not on
        assert step.after.quiet_on != step.home.logical_day(step.now), "somebody asked for a quiet evening"


def says(step: Step, name: str) -> str:
    return signals.read(step.home, step.after, name, step.now).says


@dataclass
class Dose(Promise):
    """Not too much: over all rituals, of each ritual, and in demanding weeks."""

    heard: tuple[tuple[datetime, str, str, str], ...] = ()
    """When a prompt was heard, by which action, of which ritual and occasion."""
    offers: tuple[tuple[datetime, str, str], ...] = ()

    def holds(self, step: Step) -> None:
        if isinstance(step.event, ActionFailed | ActionExpired):
            self.heard = tuple(one for one in self.heard if one[1] != step.event.action)
        for entry in step.decision.trace:
            if entry.step == "undelivered":
                self.offers = tuple(one for one in self.offers if one[2] != entry.occasion)
        for entry in offered(step):
            SEEN[f"offered in {season(step)}"] += 1
            SEEN[f"offered: {entry.ritual}"] += 1
            self._of_its_ritual(step, entry)
            self._in_demanding_weeks(step, entry)
            if all(entry.occasion != occasion for _, _, occasion in self.offers):
                self.offers = (*self.offers[-200:], (step.now, entry.ritual, entry.occasion))
        aloud = {entry.occasion for entry in offered(step)}
        for action in step.decision.actions:
            if isinstance(action, Announce | Notify) and action.occasion in aloud:
                self._of_the_day(step, action)
                self.heard = (*self.heard[-20:], (step.now, action.id, action.ritual, action.occasion))

    def _of_its_ritual(self, step: Step, entry: TraceEntry) -> None:
        limits, today = form(step, entry.ritual).limits, step.home.logical_day(step.now)
        others = [when for when, name, of in self.offers if name == entry.ritual and of != entry.occasion]
        assert all(step.now - when >= limits.cooldown for when in others)
        assert limits.per_day is None or sum(step.home.logical_day(w) == today for w in others) < limits.per_day
        assert limits.per_week is None or sum(step.now - w < WEEK for w in others) < limits.per_week

    def _in_demanding_weeks(self, step: Step, entry: TraceEntry) -> None:
        if season(step) == "simplified":
            today = step.home.logical_day(step.now)
            seen = [one for one in self.offers if not form(step, one[1]).private]  # the own page prompts nobody
            others = {of for when, _, of in seen if step.home.logical_day(when) == today} - {entry.occasion}
            assert not others, "one offer a day is enough"

    def _of_the_day(self, step: Step, action: Announce | Notify) -> None:
        limits, own = step.home.limits, form(step, action.ritual).limits.min_gap
        gap, later = limits.min_gap if own is None else own, form(step, action.ritual).offer.later
        today = step.home.logical_day(step.now)
        for when, _, _, occasion in self.heard:
            again = occasion == action.occasion
            if not (again and season(step) != "normal"):  # another season may have another `later`
                assert step.now - when >= (later if again else gap), (action.id, occasion)
        others = {of for when, _, _, of in self.heard if step.home.logical_day(when) == today} - {action.occasion}
        assert len(others) < limits.prompts_per_day
        assert sum(of == action.occasion for _, _, _, of in self.heard) < 2, "one re-offer, and only one"


@dataclass
class Restraint(Promise):
    """What runs, a vacation, or having been let go keeps an offer away."""

    dropped: set[str] = field(default_factory=set)

    def holds(self, step: Step) -> None:
        self._let_go(step)
        held = set(holding(step, "prompts"))
        away = {p.confirmed for p in step.after.presence.values()} != {"home"}
        for entry in step.decision.trace:
            if entry.step == "started":
                self.dropped.discard(entry.ritual)
                held |= {entry.ritual} if form(step, entry.ritual).run.hold_prompts else set()
            elif entry.step in ("done", "stopped", "expired", "declined"):
                held.discard(entry.ritual)
            elif entry.step == "offered":
                assert not held - {entry.ritual}, f"{entry.ritual} is offered while {held} runs"
                assert entry.ritual not in self.dropped, f"{entry.ritual} was let go"
                on_vacation = step.home.on_vacation(step.now) and not form(step, entry.ritual).offer.on_vacation
                assert not (on_vacation and away)

    def _let_go(self, step: Step) -> None:
        asked = step.before.occasions.get("monthly_review")
        answered = isinstance(step.event, RitualAnswered) and (step.event.ritual, step.event.answer)
        if answered == ("monthly_review", "drop") and asked and asked.about and step.home.both_agreed:
            SEEN["dropped"] += 1
            self.dropped.add(asked.about)


@dataclass
class Breaks(Promise):
    """A time-out is silent and leaves nothing behind."""

    calm_until: datetime | None = None
    forgotten_at: datetime | None = None

    def holds(self, step: Step) -> None:
        still = {o.id for o in step.after.occasions.values()}
        for occasion in step.before.occasions.values():
            if occasion.holds == "everything" and occasion.id not in still:
                SEEN["break over"] += 1
                assert TIME_OUT.run.time_out is not None
                self.calm_until = step.now + TIME_OUT.run.time_out.affection_waits
                self.forgotten_at = step.now + timedelta(hours=25)
        for breaks in holding(step, "everything").values():
            self._is_silent(step, breaks)
        for entry in offered(step):
            affection = form(step, entry.ritual).affection
            assert not affection or self.calm_until is None or step.now >= self.calm_until
        runs = any(o.holds == "everything" for o in step.after.occasions.values())
        if self.forgotten_at and step.now >= self.forgotten_at and not runs:
            SEEN["break forgotten"] += 1
            assert "time_out" not in state_to_json(step.after)
            self.forgotten_at = None

    def _is_silent(self, step: Step, breaks: Occasion) -> None:
        SEEN["in a break"] += 1
        for action in step.decision.actions:
            assert not isinstance(action, Announce | Notify), f"{action.id} in a time-out"
            if isinstance(action, Publish):
                assert action.ritual in RULES
            if isinstance(action, SetScene):
                assert not action.on or action.ritual in RULES
            if isinstance(action, SetTile) and action.ritual != breaks.ritual:
                assert action.state != "offered"
            if isinstance(action, Ask):
                assert (action.ritual, action.about) == (breaks.ritual, "ready")
        assert not offered(step)
