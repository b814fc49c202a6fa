"""A made-up year of two people in one home: where they are, when they sleep, talk, eat, watch and have guests.

The truth alone, from a seed: the same seed is the same year. What phones, sensors and connections make of it is in
`telling`; no rule and no number of the service is known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from tests.simulation.chance import Dice
from tests.simulation.stretches import Span, Stretches, without

PARTNERS = ("alex", "sam")
BERLIN = ZoneInfo("Europe/Berlin")
MIN_APART = timedelta(minutes=30)
OUT_TOGETHER, IN_TOGETHER = timedelta(minutes=10), timedelta(minutes=5)
_AFTER_COMING_HOME, _BEFORE_LEAVING = timedelta(minutes=25), timedelta(minutes=40)
_SHIFTS = {"early": (5, 40), "late": (13, 20), "night": (21, 20)}
_SHIFT_LASTS = timedelta(hours=9)


@dataclass(frozen=True, slots=True)
class Reunion:
    """Both are really home again at `at`, after having been apart. `outing`: they were out together."""

    at: datetime
    apart: timedelta
    outing: bool


@dataclass
class Year:
    """Days of truth, from a local midnight."""

    seed: int
    first: date = date(2026, 1, 1)
    days: int = 365
    with_time_outs: bool = False
    """Whether they have a way to call one; else there are none to respect."""
    out: dict[str, list[Span]] = field(default_factory=lambda: {p: [] for p in PARTNERS})
    asleep: dict[str, list[Span]] = field(default_factory=lambda: {p: [] for p in PARTNERS})
    on_call: dict[str, list[Span]] = field(default_factory=lambda: {p: [] for p in PARTNERS})
    phones: dict[str, list[Span]] = field(default_factory=lambda: {p: [] for p in PARTNERS})
    """Phones that lie stacked."""
    guests: list[Span] = field(default_factory=list)
    television: list[Span] = field(default_factory=list)
    table: list[Span] = field(default_factory=list)
    time_outs: list[Span] = field(default_factory=list)
    calls_for: list[datetime] = field(default_factory=list)
    """When they feel like starting something themselves."""

    def __post_init__(self) -> None:
        self.dice = Dice(f"the truth of {self.seed}")
        self.dates = [self.first + timedelta(days=n) for n in range(self.days)]
        self.works_shifts = {"alex": False, "sam": self.seed % 3 == 0}
        for draw in (self._trips, self._work_days, self._outings, self._sleep, self._calls, self._evenings):
            draw()
        self.out = {p: sorted(away) for p, away in self.out.items()}
        in_the_way = {
            "away": [*self.out["alex"], *self.out["sam"]],
            "asleep": [*self.asleep["alex"], *self.asleep["sam"]],
            "on a call": [*self.on_call["alex"], *self.on_call["sam"]],
            "guests": self.guests,
            "time-out": self.time_outs,
        }
        self.in_the_way = {why: Stretches(spans) for why, spans in in_the_way.items()}
        self.not_free = Stretches(span for spans in in_the_way.values() for span in spans)
        """When a prompt to both would not be welcome."""

    @property
    def start(self) -> datetime:
        return _at(self.first, time(0))

    @property
    def end(self) -> datetime:
        return _at(self.first + timedelta(days=self.days), time(0))

    @property
    def agreed_at(self) -> datetime:
        """One of them agrees to everything on the first day, the other a day later."""
        return self.start + timedelta(hours=36)

    def why_not_free(self, moment: datetime) -> str:
        """The first thing that is in the way of a prompt, or nothing."""
        return next((why for why, spans in self.in_the_way.items() if spans.covers(moment)), "")

    @cached_property
    def reunions(self) -> list[Reunion]:
        """Every time both are home again, however short they were apart."""
        apart = self.in_the_way["away"].spans
        return [Reunion(s.end, s.lasts, self._out_together(s)) for s in apart if s.end < self.end]

    def _out_together(self, apart: Span) -> bool:
        """Each has an outing that begins and ends with the time apart."""
        return all(
            any(
                apart.begin <= a.begin <= apart.begin + OUT_TOGETHER and apart.end - IN_TOGETHER <= a.end <= apart.end
                for a in self.out[p]
            )
            for p in PARTNERS
        )

    # -- out ----------------------------------------------------------------------------------------------------------

    def _trips(self) -> None:
        part = self.days / 365
        for _ in range(round(self.dice.randint(2, 4) * part)):
            self._together(self._trip(time(9), nights=(2, 14)))
        for partner in PARTNERS:
            for _ in range(round(self.dice.randint(3, 8) * part)):
                self._goes(partner, self._trip(time(7), nights=(1, 6)))

    def _trip(self, leaves: time, nights: tuple[int, int]) -> Span:
        day = self.dice.choice(self.dates)
        left = _at(day, leaves) + self.dice.minutes(0, 240)
        return Span(left, _at(day + timedelta(days=self.dice.randint(*nights)), time(15)) + self.dice.minutes(0, 330))

    def _work_days(self) -> None:
        """Weeks of holiday at home, days in the home office, and else the way to work and back."""
        for partner in PARTNERS:
            holidays = {self.dice.randint(0, self.days // 7) for _ in range(round(self.days / 120))}
            for number, day in enumerate(self.dates):
                if number // 7 in holidays:
                    continue
                if self.works_shifts[partner]:
                    self._shift(partner, day)
                elif day.weekday() < 5 and self.dice.chance(0.25):
                    self._meetings(partner, day)
                elif day.weekday() < 5:
                    left = _at(day, time(8, 5)) + self.dice.around(20)
                    self._goes(partner, Span(left, _at(day, time(17, 30)) + self.dice.around(50)))

    def _shift(self, partner: str, day: date) -> None:
        """Five days of seven, a week of each kind in turn."""
        hour, minute = _SHIFTS[("early", "late", "night")[day.toordinal() // 7 % 3]]
        if self.dice.chance(5 / 7):
            left = _at(day, time(hour, minute)) + self.dice.around(8)
            self._goes(partner, Span(left, left + _SHIFT_LASTS + self.dice.around(15)))

    def _meetings(self, partner: str, day: date) -> None:
        for hour in self.dice.sample(range(9, 17), 3):
            begins = _at(day, time(hour))
            self.on_call[partner].append(Span(begins, begins + self.dice.minutes(15, 50)))

    def _outings(self) -> None:
        for day in self.dates:
            weekend = day.weekday() >= 5
            if self.dice.chance(0.5 if weekend else 0.08):
                self._together(self._outing(day, time(10, 30), 120, (120, 360)) if weekend else self._evening_out(day))
            for partner in PARTNERS:
                if self.dice.chance(0.6 if weekend else 0.3):
                    self._goes(partner, self._outing(day, time(10) if weekend else time(12), 300, (5, 240)))
                if self.dice.chance(0.3):
                    self._goes(partner, self._outing(day, time(18, 30), 120, (5, 120)))
                if self.dice.chance(0.04):
                    self._goes(partner, self._evening_out(day))

    def _outing(self, day: date, at: time, spread: float, minutes: tuple[float, float]) -> Span:
        left = _at(day, at) + self.dice.minutes(0, spread)
        return Span(left, left + self.dice.minutes(*minutes))

    def _evening_out(self, day: date) -> Span:
        return self._outing(day, time(18, 45), 60, (100, 300))

    def _together(self, first: Span) -> None:
        """They go through the door one after the other, both times."""
        second = Span(first.begin + self.dice.minutes(0, 1.5), first.end + self.dice.minutes(0, 2))
        if not any(first.touches(away, timedelta(minutes=20)) for p in PARTNERS for away in self.out[p]):
            pair = [first, second]
            self.dice.shuffle(pair)
            for partner, away in zip(PARTNERS, pair, strict=True):
                self.out[partner].append(away)

    def _goes(self, partner: str, away: Span) -> None:
        if away.begin < away.end and not any(away.touches(o, timedelta(minutes=10)) for o in self.out[partner]):
            self.out[partner].append(away)

    # -- at home ------------------------------------------------------------------------------------------------------

    def _sleep(self) -> None:
        for partner in PARTNERS:
            out = sorted(self.out[partner])
            shut = [Span(a.begin - _BEFORE_LEAVING, a.end + _AFTER_COMING_HOME) for a in out]
            beds = [self._night(day, out) for day in [self.first - timedelta(days=1), *self.dates]]
            beds += [self._nap(day) for day in self.dates if self.dice.chance(0.08 if day.weekday() >= 5 else 0.03)]
            beds += [self._day_sleep(a.end) for a in out if self.works_shifts[partner] and 4 <= _hour(a.end) < 9]
            slept = [piece for bed in beds for piece in without(bed, shut) if piece.lasts >= timedelta(minutes=20)]
            self.asleep[partner] = list(Stretches(slept).spans)

    def _night(self, day: date, out: list[Span]) -> Span:
        early = self.dice.chance(0.06)
        bed = _at(day, time(21) if early else time(22, 50)) + self.dice.around(15 if early else 35)
        morning = day + timedelta(days=1)
        wakes = _at(morning, time(6, 50) if morning.weekday() < 5 else time(8, 10)) + self.dice.around(20)
        leaves = next((a.begin for a in out if _at(morning, time(4)) < a.begin < wakes + timedelta(hours=1)), None)
        wakes = min(wakes, leaves - self.dice.minutes(40, 80)) if leaves else wakes
        return Span(min(bed, wakes - timedelta(hours=6, minutes=45)), wakes)

    def _nap(self, day: date) -> Span:
        return self._outing(day, time(13), 180, (20, 90))

    def _day_sleep(self, home: datetime) -> Span:
        begins = home + self.dice.minutes(30, 60)
        return Span(begins, begins + timedelta(hours=6) + self.dice.around(30))

    def _calls(self) -> None:
        for partner in PARTNERS:
            for day in self.dates:
                for _ in range(self.dice.choice((0, 0, 0, 1, 1, 2, 3))):
                    begins = _at(day, time(16, 30)) + self.dice.minutes(0, 320)
                    self.on_call[partner].append(Span(begins, begins + self.dice.lognormal(timedelta(minutes=6), 6)))
            awake = [s for call in self.on_call[partner] for s in without(call, self.asleep[partner])]
            self.on_call[partner] = list(Stretches(awake).spans)

    def _evenings(self) -> None:
        gone = {p: Stretches(self.out[p]) for p in PARTNERS}
        awake = Stretches([*self.asleep["alex"], *self.asleep["sam"], *self.out["alex"], *self.out["sam"]])
        for day in self.dates:
            if self.dice.chance(0.1):
                self._guests(day, gone)
            if self.dice.chance(0.85):
                self._dinner(day, gone)
            alone = self._outing(day, time(7), 600, (5, 20))
            if self.dice.chance(0.6) and not all(g.covers(alone.begin) for g in gone.values()):
                self.table.append(alone)
            television = self._outing(day, time(19, 45), 70, (50, 150))
            if self.dice.chance(0.55) and not all(g.covers(television.begin) for g in gone.values()):
                self.television.append(television)
            quarrel = self._outing(day, time(18, 30), 150, (20, 24))
            if self.dice.chance(1 / 60) and self.with_time_outs and not awake.covers(quarrel.begin):
                self.time_outs.append(quarrel)
            whim = _at(day, time(17)) + self.dice.minutes(0, 300)
            if self.dice.chance(0.08) and not awake.covers(whim):
                self.calls_for.append(whim)

    def _guests(self, day: date, gone: dict[str, Stretches]) -> None:
        evening = self._outing(day, time(18, 15), 105, (120, 270))
        stay = Span(evening.begin, _at(day + timedelta(days=1), time(9, 30)) + self.dice.around(40))
        if not all(g.covers(evening.begin) for g in gone.values()):
            self.guests.append(stay if self.dice.chance(0.2) else evening)

    def _dinner(self, day: date, gone: dict[str, Stretches]) -> None:
        """Both at the table, some time after the second one is home; sometimes with the phones on their pads."""
        earliest = _at(day, time(18)) + self.dice.minutes(0, 105)
        both_home = max(g.left_by(earliest) for g in gone.values())
        begins = max(earliest, both_home + self.dice.minutes(15, 35))
        meal = Span(begins, begins + self.dice.minutes(20, 60))
        if begins > _at(day, time(21)) or any(g.touches(meal) for g in gone.values()):
            return
        self.table.append(meal)
        if self.dice.chance(0.35):
            for partner in PARTNERS:
                stacked = Span(begins + self.dice.minutes(0, 5), meal.end - self.dice.minutes(0, 8))
                self.phones[partner].append(stacked)


def _at(day: date, wall: time) -> datetime:
    return datetime.combine(day, wall, BERLIN).astimezone(UTC)


def _hour(moment: datetime) -> int:
    return moment.astimezone(BERLIN).hour
