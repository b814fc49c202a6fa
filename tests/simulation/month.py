"""A made-up month of two people, and what their phones make of it. The same seed is the same month.

The truth comes first: who is out from when to when, and each time a door. The phones then tell it late, and tell things
that are not so: short flaps, drifts, and a Home Assistant that restarts. No rule is known here.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import pairwise

from turntoward.core.events import Event, PresenceChanged, Raw, SignalChanged

PARTNERS = ("alex", "sam")
MIN_APART = timedelta(minutes=30)
OUT_TOGETHER, IN_TOGETHER = timedelta(minutes=10), timedelta(minutes=5)
_FLAPS = ((0.5, 20, 120), (0.15, 180, 1800), (0.02, 1800, 3600))
"""Times a day that a phone at home is told to be away, and for how many seconds at least and at most."""
_RESTARTS_A_DAY = 1 / 7


@dataclass(frozen=True, slots=True, order=True)
class Away:
    """From `left` to `home`, both excluded."""

    left: datetime
    home: datetime

    def overlaps(self, other: Away, margin: timedelta = timedelta()) -> bool:
        return self.left - margin < other.home and other.left < self.home + margin


@dataclass(frozen=True, slots=True)
class Reunion:
    """Both are really home again at `at`, after having been apart. `outing`: they were out together."""

    at: datetime
    apart: timedelta
    outing: bool
    until: datetime
    """When one of them leaves again."""


@dataclass
class Month:
    """Days of truth, from a Monday at midnight."""

    seed: int
    start: datetime
    days: int = 30
    out: dict[str, list[Away]] = field(default_factory=lambda: {p: [] for p in PARTNERS})

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        for number in range(self.days):
            self._day(self.start + timedelta(days=number), weekend=number % 7 >= 5)
        self.out = {p: sorted(away) for p, away in self.out.items()}

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=self.days)

    # -- the truth ----------------------------------------------------------------------------------------------------

    def _day(self, day: datetime, weekend: bool) -> None:
        if weekend:
            if self.dice.random() < 0.5:
                self._together(day, time(10, 30), 120, (120, 360))
            self._alone(day, time(10), 300, (20, 240), chance=0.6)
        else:
            for partner in PARTNERS:
                if self.dice.random() < 0.8:
                    self._work(day, partner)
            if self.dice.random() < 0.08:
                self._together(day, time(19), 45, (90, 150))
            self._alone(day, time(12), 90, (5, 60), chance=0.3)
        self._alone(day, time(18, 30), 120, (5, 120), chance=0.3)

    def _work(self, day: datetime, partner: str) -> None:
        left = day + timedelta(hours=8, minutes=self.dice.gauss(5, 20))
        home = day + timedelta(hours=17, minutes=self.dice.gauss(30, 50))
        self._goes(partner, Away(left, home))

    def _alone(self, day: datetime, at: time, spread: float, minutes: tuple[float, float], chance: float) -> None:
        for partner in PARTNERS:
            if self.dice.random() < chance:
                self._goes(partner, self._outing(day, at, spread, minutes))

    def _together(self, day: datetime, at: time, spread: float, minutes: tuple[float, float]) -> None:
        first = self._outing(day, at, spread, minutes)
        left, home = (timedelta(seconds=self.dice.uniform(0, most)) for most in (90, 120))
        second = Away(first.left + left, first.home + home)
        if not any(first.overlaps(away, timedelta(minutes=20)) for p in PARTNERS for away in self.out[p]):
            self._goes("alex", first)
            self._goes("sam", second)

    def _outing(self, day: datetime, at: time, spread: float, minutes: tuple[float, float]) -> Away:
        left = day + timedelta(hours=at.hour, minutes=at.minute + self.dice.uniform(0, spread))
        return Away(left, left + timedelta(minutes=self.dice.uniform(*minutes)))

    def _goes(self, partner: str, away: Away) -> None:
        if not any(away.overlaps(other, timedelta(minutes=10)) for other in self.out[partner]):
            self.out[partner].append(away)

    def reunions(self) -> list[Reunion]:
        """Every time both are home again, however short they were apart."""
        moves = sorted(
            (when, p, gone) for p in PARTNERS for a in self.out[p] for when, gone in ((a.left, 1), (a.home, 0))
        )
        found: list[tuple[datetime, datetime]] = []
        gone_now, apart_since = 0, self.start
        for when, _, gone in moves:
            if gone and not gone_now:
                apart_since = when
            gone_now += 1 if gone else -1
            if not gone_now:
                found.append((apart_since, when))
        ends = [left for left, _ in found[1:]] + [self.end]
        return [
            Reunion(home, home - left, self._were_out_together(left, home), until)
            for (left, home), until in zip(found, ends, strict=True)
        ]

    def _were_out_together(self, left: datetime, home: datetime) -> bool:
        return all(
            any(
                a.left - left <= OUT_TOGETHER and home - a.home <= IN_TOGETHER
                for a in self.out[p]
                if left <= a.left < home
            )
            for p in PARTNERS
        )

    # -- what is told of it -------------------------------------------------------------------------------------------

    def events(self) -> list[tuple[datetime, Event]]:
        """What the sources tell, oldest first."""
        restarts = [self._moment() for _ in range(self._poisson(_RESTARTS_A_DAY * self.days))]
        told: list[tuple[datetime, Event]] = list(self._doors())
        for partner in PARTNERS:
            edges = list(_edges(_merged([*self._phone(partner), *self._noise()]), restarts))
            told += [(when, PresenceChanged(partner, raw)) for when, raw in edges]
        return sorted(told, key=lambda pair: pair[0])

    def _doors(self) -> Iterator[tuple[datetime, Event]]:
        for away in (a for p in PARTNERS for a in self.out[p]):
            for moment in (away.left, away.home):
                yield moment, SignalChanged("entry_door", "on")
                yield moment + timedelta(seconds=8), SignalChanged("entry_door", "off")

    def _phone(self, partner: str) -> Iterator[Away]:
        for away in self.out[partner]:
            left = away.left + self._lognormal(median=240, p95=600)
            home = away.home + self._lognormal(median=40, p95=240)
            if left < away.home:  # else the phone never noticed
                yield Away(left, home)

    def _noise(self) -> Iterator[Away]:
        for a_day, shortest, longest in _FLAPS:
            for _ in range(self._poisson(a_day * self.days)):
                begins = self._moment()
                yield Away(begins, begins + timedelta(seconds=self.dice.uniform(shortest, longest)))

    def _moment(self) -> datetime:
        return self.start + timedelta(days=self.dice.uniform(0, self.days))

    def _lognormal(self, median: float, p95: float) -> timedelta:
        sigma = math.log(p95 / median) / 1.645
        return timedelta(seconds=self.dice.lognormvariate(math.log(median), sigma))

    def _poisson(self, mean: float) -> int:
        count, left = 0, self.dice.expovariate(1)
        while left < mean:
            count, left = count + 1, left + self.dice.expovariate(1)
        return count


def _merged(away: list[Away]) -> list[Away]:
    merged: list[Away] = []
    for span in sorted(away):
        if merged and span.left <= merged[-1].home:
            merged[-1] = Away(merged[-1].left, max(merged[-1].home, span.home))
        else:
            merged.append(span)
    return merged


def _edges(away: list[Away], restarts: list[datetime]) -> Iterator[tuple[datetime, Raw]]:
    """What a phone says; a restart says "unknown", half a minute later "away", and then what is so."""

    def says(when: datetime) -> Raw:
        for start in restarts:
            if start <= when < start + timedelta(seconds=65):
                return "unknown" if when < start + timedelta(seconds=35) else "away"
        return "away" if any(a.left <= when < a.home for a in away) else "home"

    moments = [when for a in away for when in (a.left, a.home)]
    moments += [start + timedelta(seconds=s) for start in restarts for s in (0, 35, 65)]
    said = [(when, says(when)) for when in sorted(moments)]
    yield from said[:1]
    yield from (later for earlier, later in pairwise(said) if earlier[1] != later[1])
