"""What a policy was worth in a year: each offer and each reunion held against the truth and added up.

Nothing is asserted here; the targets are in the tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from tests.simulation.listening import TIME_OUT, Offered
from tests.simulation.policies import POLICIES, Log, rulebook
from tests.simulation.stretches import Span
from tests.simulation.telling import Telling
from tests.simulation.year import BERLIN, MIN_APART, Reunion, Year
from turntoward.core import civil
from turntoward.core.household import Household

IN_TIME = timedelta(minutes=15)
A_FREE_MOMENT = timedelta(minutes=6)
"""Phones lag, an arrival is believed and a minute goes by: in less time together nobody could have spoken."""
COOLDOWN, GAP = timedelta(hours=3), timedelta(minutes=45)
SAID_LATE = timedelta(seconds=125)
"""A line may be said two minutes after it was decided on, and the next one at once."""
AFTER_A_TIME_OUT = timedelta(minutes=75)
PROMPTS_A_DAY, GREETINGS_A_DAY = 3, 2
QUIET = Household.model_fields["quiet_hours"].default


@dataclass
class Figures:
    """Counts of one policy; those of several years can be added."""

    counts: Counter[str] = field(default_factory=Counter)
    days: Counter[int] = field(default_factory=Counter)
    """How many days had so many prompts."""
    missed: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    unwelcome: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.counts + other.counts,
            self.days + other.days,
            self.missed + other.missed,
            self.false + other.false,
            self.unwelcome + other.unwelcome,
        )

    def share(self, part: str, whole: str) -> float:
        return self.counts[part] / max(1, self.counts[whole])

    @property
    def welcome(self) -> float:
        return self.share("welcome", "prompts")

    @property
    def recall(self) -> float:
        return self.share("found", "chances")

    @property
    def false_a_month(self) -> float:
        return 30 * self.false.total() / self.days.total()

    @property
    def usual_dose(self) -> float:
        return median(self.days.elements())

    @property
    def largest_dose(self) -> int:
        return max(self.days)


def compared(part: tuple[int, date, int]) -> dict[str, Figures]:
    """Play a year, or a part of one, under every policy: its seed, its first day and its length."""
    seed, first, days = part
    time_outs = any(ritual.ritual == TIME_OUT for ritual in rulebook().rituals)
    telling = Telling(Year(seed, first, days, time_outs))
    return {name: judged(telling.year, policy(telling)) for name, policy in POLICIES.items()}


def judged(year: Year, log: Log) -> Figures:
    """Hold what a policy did against what was so."""
    figures = Figures()
    _judge_prompts(year, log, figures)
    _judge_reunions(year, log, figures)
    _judge_dose(year, log, figures)
    return figures


def _judge_prompts(year: Year, log: Log, figures: Figures) -> None:
    for prompt in log.aloud:
        free = not year.not_free.covers(prompt.at)
        figures.counts += Counter({"prompts": 1, "welcome": free})
        if not free:
            figures.unwelcome[year.why_not_free(prompt.at)] += 1
        wrongs = {
            "in quiet hours": QUIET.contains(prompt.clock.astimezone(BERLIN).time()),
            "asleep, as told": any(name.startswith("asleep") for name in prompt.told),
            "guests, as told": "guests" in prompt.told,
            "on a call, as told": any(name.startswith("on_call") for name in prompt.told),
            "asleep, truly": year.in_the_way["asleep"].covers(prompt.at),
            "in a time-out": TIME_OUT in prompt.told,
        }
        figures.counts += Counter(wrongs)
    figures.counts["repeated"] += log.repeated + _announced_twice(log)


def _announced_twice(log: Log) -> int:
    """The same occasion said twice, though nobody asked for it later."""
    said = Counter(prompt.occasion for prompt in log.aloud)
    postponed = Counter(entry.occasion for _, entry in log.thoughts if entry.step == "postponed")
    return sum(times - 1 > postponed[occasion] for occasion, times in said.items())


def _judge_dose(year: Year, log: Log, figures: Figures) -> None:
    first_said = {prompt.occasion: prompt for prompt in reversed(log.aloud)}  # what was put off was asked for
    prompts = Counter(_day(prompt.clock) for prompt in first_said.values())
    first = _day(year.agreed_at)
    figures.days += Counter(prompts[day] for day in year.dates if day >= first)
    gaps = [b.at - a.at for a, b in zip(log.aloud, log.aloud[1:], strict=False) if a.occasion != b.occasion]
    figures.counts["too close"] += sum(gap < GAP - SAID_LATE for gap in gaps)


# -- reunions ---------------------------------------------------------------------------------------------------------


def _judge_reunions(year: Year, log: Log, figures: Figures) -> None:
    true = [r for r in year.reunions if r.apart >= MIN_APART and r.at >= year.agreed_at]
    offers = [offer for offer in log.offers if offer.because == "reunion"]
    right = {r.at: found for r in true if (found := _first(offers, r))}
    dose = Dose(year, log, list(right.values()))
    for reunion in (r for r in true if not r.outing and calm(year, r) and had_a_free_moment(year, r)):
        found = right.get(reunion.at)
        if found is None and (why := dose.used_up(reunion)):
            figures.counts[why] += 1
            continue
        figures.counts += Counter({"chances": 1, "found": found is not None, "aloud": bool(found and found.aloud)})
        if found is None:
            figures.missed[_why_missed(reunion, log)] += 1
    greeted = {found.occasion for r in true if not r.outing and (found := right.get(r.at))}
    for offer in (o for o in offers if o.aloud and o.occasion not in greeted):
        figures.false[_why_false(year, offer)] += 1
        figures.counts["from a restart"] += "start of" in offer.arrival
    figures.counts["from a snapshot"] += sum(offer.arrival.endswith("found") for offer in offers)


def _first(offers: Sequence[Offered], reunion: Reunion) -> Offered | None:
    """The first offer in the quarter of an hour after; the one aloud, if the tile shows it at the same time."""
    near = [o for o in offers if reunion.at <= o.at <= reunion.at + IN_TIME]
    return min(near, key=lambda o: (o.at, not o.aloud), default=None)


def had_a_free_moment(year: Year, reunion: Reunion) -> bool:
    """Some minutes of the quarter of an hour with both home, awake, alone, off the phone, and out of quiet hours."""
    gaps = year.not_free.gaps(Span(reunion.at, reunion.at + IN_TIME))
    return any(gap.lasts >= A_FREE_MOMENT and not _quiet(gap) for gap in gaps)


def calm(year: Year, reunion: Reunion) -> bool:
    """Right after a time-out, a greeting would be too much."""
    return not year.in_the_way["time-out"].touches(Span(reunion.at - AFTER_A_TIME_OUT, reunion.at + IN_TIME))


def _quiet(gap: Span) -> bool:
    return any(QUIET.contains(m.astimezone(BERLIN).time()) for m in (gap.begin, gap.begin + A_FREE_MOMENT))


class Dose:
    """What was rightly offered or done by then, and whether it leaves room. A false prompt is no excuse."""

    def __init__(self, year: Year, log: Log, right: Sequence[Offered]) -> None:
        rituals = {o.ritual for o in log.offers if o.because == "reunion"}
        taps = [(at, said) for at, ritual, said in log.answered if ritual in rituals]
        self.greetings = sorted([*(o.at for o in right), *(at for at, said in taps if said in ("done", "start"))])
        self.declined = {_day(at) for at, said in taps if said == "not_today"}
        others = [o.at for o in log.aloud if o.because != "reunion" and not year.not_free.covers(o.at)]
        self.prompts = sorted([*others, *(o.at for o in right if o.aloud)])

    def used_up(self, reunion: Reunion) -> str:
        """Say what left no room for a greeting, or nothing."""
        at, today = reunion.at, _day(reunion.at)
        before = [when for when in self.greetings if when < at + IN_TIME]  # some hug before anybody says a word
        prompts = [when for when in self.prompts if when < at]
        if today in self.declined or any(at - when < COOLDOWN for when in before):
            return "greeted before"
        if sum(_day(when) == today for when in before) >= GREETINGS_A_DAY:
            return "greeted before"
        if sum(_day(when) == today for when in prompts) >= PROMPTS_A_DAY or any(at - when < GAP for when in prompts):
            return "enough was said"
        return "another spoke first" if any(at <= when <= at + IN_TIME for when in self.prompts) else ""


def _day(moment: datetime) -> date:
    return civil.logical_day(moment, BERLIN)


def _why_missed(reunion: Reunion, log: Log) -> str:
    """The last thing that was thought about it."""
    rituals = {o.ritual for o in log.offers if o.because == "reunion"}
    near = [e for at, e in log.thoughts if reunion.at <= at <= reunion.at + 2 * IN_TIME and e.ritual in rituals]
    said = [f"{e.step}: {e.reason}" for e in near if e.step in ("refused", "expired", "undelivered")]
    return next((s for s in reversed(said) if s != "refused: other_away"), "nothing was noticed")


def _why_false(year: Year, offer: Offered) -> str:
    last = max((r for r in year.reunions if r.at <= offer.at), key=lambda r: r.at, default=None)
    if last is None or offer.at - last.at > IN_TIME:
        return f"{year.why_not_free(offer.at) or 'nobody came'}, {offer.arrival}"
    if last.apart < MIN_APART:
        return "apart for too short"
    return "out together" if last.outing else "said again"
