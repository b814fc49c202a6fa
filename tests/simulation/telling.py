"""What is told of a year: phones that lag and flap, doors, sensors that fail, connections that break, clocks set anew.

Everything here is drawn before anybody listens, so every policy hears the same. What a listener makes of it is in
`listening`, what is right is in `year`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from tests.simulation.chance import Dice
from tests.simulation.stretches import Span, Stretches
from tests.simulation.year import PARTNERS, Year
from turntoward.core.events import RitualAnswered

_FLAPS = (("flap", 0.5, 20, 120), ("drift", 0.15, 180, 1800), ("long drift", 0.02, 1800, 3600))
"""Times a day that a phone at home is told to be away, and for how many seconds at least and at most."""
_ARRIVAL_LAG = (timedelta(seconds=40), 6)
_DEPARTURE_LAG = (timedelta(minutes=4), 2.5)
_ASLEEP_LAG = (timedelta(minutes=6), 3)
_AWAKE_LAG = (timedelta(minutes=3), 4)
_SAYS_UNKNOWN, _SAYS_AWAY = timedelta(seconds=10), timedelta(seconds=40)
"""After a start of Home Assistant: until when a phone is unknown, and then until when it is away."""
_OUTAGES = (
    ("homeassistant", 1 / 60, timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1)),
    ("mqtt", 1 / 60, timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1)),
    ("service", 1 / 15, timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=20)),
)
"""What breaks off how often a day, and for how long: at least, usually, at most."""
_TOLD_ABOUT_GUESTS = 0.9


@dataclass(frozen=True, slots=True)
class Fact:
    """Something at the home says something else now. `cause`: what the home's phone made of what."""

    subject: str
    value: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Down:
    """The service, Home Assistant (`homeassistant`) or the broker (`mqtt`) is gone."""

    what: str


@dataclass(frozen=True, slots=True)
class Back:
    """It is there again. `made_anew`: a Home Assistant that has started does not know since when anything is so."""

    what: str
    made_anew: bool = False


@dataclass(frozen=True, slots=True)
class ClockSet:
    """The wall clock of the house is set."""

    by: timedelta


@dataclass(frozen=True, slots=True)
class Agree:
    """Who agrees from now on."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Whim:
    """One of them feels like starting something."""


Step = Fact | Down | Back | ClockSet | Agree | Whim | RitualAnswered


@dataclass
class Telling:
    """All that is told of a year, in its order."""

    year: Year
    outages: list[tuple[str, Span]] = field(default_factory=list)
    steps: list[tuple[datetime, Step]] = field(default_factory=list)
    """What happens, oldest first."""

    def __post_init__(self) -> None:
        self.dice = Dice(f"the telling of {self.year.seed}")
        self.ha_starts = self._outages(1 / 7, timedelta(seconds=20), timedelta(seconds=45), timedelta(minutes=20))
        for what, a_day, *lasts in _OUTAGES:
            self.outages += [(what, span) for span in self._outages(a_day, *lasts)]
        happens: list[tuple[datetime, Step]] = [*self._phones(), *self._signals(), *self._clocks(), *self._people()]
        for span in self.ha_starts:
            happens += [(span.begin, Down("homeassistant")), (span.end, Back("homeassistant", made_anew=True))]
        for what, span in self.outages:
            happens += [(span.begin, Down(what)), (span.end, Back(what))]
        self.steps = sorted(happens, key=lambda step: step[0])

    def _outages(self, a_day: float, least: timedelta, usual: timedelta, most: timedelta) -> list[Span]:
        begins = [self._moment() for _ in range(self.dice.poisson(a_day * self.year.days))]
        lasts = (min(most, max(least, self.dice.lognormal(usual, 8))) for _ in begins)
        return list(Stretches(Span(b, b + long) for b, long in zip(begins, lasts, strict=True)).spans)

    # -- phones -------------------------------------------------------------------------------------------------------

    def _phones(self) -> Iterator[tuple[datetime, Fact]]:
        """What both phones say, with every start of Home Assistant in it."""
        for partner in PARTNERS:
            yield self.year.start - timedelta(days=1), Fact(partner, "home")
            spans = sorted([*self._phone(partner), *self._noise()], key=lambda pair: pair[0])
            away, causes = Stretches(span for span, _ in spans), dict[datetime, str]()
            for span, cause in spans:
                causes[span.end] = cause
            yield from self._phone_says(partner, away, causes)

    def _phone_says(
        self, partner: str, away: Stretches, causes: dict[datetime, str]
    ) -> Iterator[tuple[datetime, Fact]]:
        starts = Stretches(Span(s.end, s.end + _SAYS_AWAY) for s in self.ha_starts)

        def says(when: datetime) -> str:
            if not starts.covers(when):
                return "away" if away.covers(when) else "home"
            begun = max(s.begin for s in starts.spans if s.begin <= when)
            return "unknown" if when < begun + _SAYS_UNKNOWN else "away"

        moments = [m for s in away.spans for m in (s.begin, s.end)]
        moments += [s.begin + later for s in starts.spans for later in (timedelta(), _SAYS_UNKNOWN, _SAYS_AWAY)]
        for when, value in _edges(says, moments, "home"):
            yield when, Fact(partner, value, causes.get(when, "start of Home Assistant" if value == "home" else ""))

    def _phone(self, partner: str) -> Iterator[tuple[Span, str]]:
        for away in self.year.out[partner]:
            left = away.begin + self.dice.lognormal(*_DEPARTURE_LAG)
            home = away.end + self.dice.lognormal(*_ARRIVAL_LAG)
            if left < away.end:  # else the phone never noticed
                yield Span(left, home), "out"

    def _noise(self) -> Iterator[tuple[Span, str]]:
        for cause, a_day, shortest, longest in _FLAPS:
            for _ in range(self.dice.poisson(a_day * self.year.days)):
                begins = self._moment()
                yield Span(begins, begins + self.dice.seconds(shortest, longest)), cause

    # -- signals ------------------------------------------------------------------------------------------------------

    def _signals(self) -> Iterator[tuple[datetime, Fact]]:
        year = self.year
        on: dict[str, tuple[str, Iterable[Span]]] = {
            "entry_door": ("on", self._door()),
            "guests": ("on", self._about_guests()),
            "television": ("playing", year.television),
            "table": ("on", year.table),
            "hall": ("on", self._in_the_hall()),
        }
        for partner in PARTNERS:
            on[f"asleep.{partner}"] = ("on", self._about_sleep(year.asleep[partner]))
            on[f"on_call.{partner}"] = ("offhook", year.on_call[partner])
            on[f"phones.{partner}"] = ("on", year.phones[partner])
        for name, (value, spans) in on.items():
            yield year.start - timedelta(days=1), Fact(name, "off")
            yield from self._signal_says(name, value, Stretches(spans))

    def _signal_says(self, name: str, on: str, spans: Stretches) -> Iterator[tuple[datetime, Fact]]:
        """A few times a year it says nothing for hours."""
        begins = [self._moment() for _ in range(self.dice.poisson(3 * self.year.days / 365))]
        gone = Stretches(Span(b, b + self.dice.minutes(30, 480)) for b in begins)

        def says(when: datetime) -> str:
            if gone.covers(when):
                return "unavailable"
            return on if spans.covers(when) else "off"

        moments = [m for s in (*spans.spans, *gone.spans) for m in (s.begin, s.end)]
        for when, value in _edges(says, moments, "off"):
            yield when, Fact(name, value)

    def _door(self) -> Iterator[Span]:
        """It opens each time somebody goes through it, and sometimes nobody does: the post, the neighbour."""
        passed = [m for p in PARTNERS for a in self.year.out[p] for m in (a.begin, a.end)]
        nobody = [self._moment() for _ in range(self.dice.poisson(0.7 * self.year.days))]
        return (Span(m, m + timedelta(seconds=8)) for m in (*passed, *nobody))

    def _in_the_hall(self) -> Iterator[Span]:
        """Whoever leaves puts on a coat first; and people walk through at all times."""
        coats = [a.begin - self.dice.seconds(20, 150) for p in PARTNERS for a in self.year.out[p]]
        walks = (self._moment() for _ in range(self.dice.poisson(4 * self.year.days)))
        gone = [Stretches(self.year.out[p]) for p in PARTNERS]
        at_home = [m for m in walks if not all(away.covers(m) for away in gone)]
        return (Span(m, m + timedelta(seconds=15)) for m in (*coats, *at_home))

    def _about_guests(self) -> Iterator[Span]:
        for visit in self.year.guests:
            if self.dice.chance(_TOLD_ABOUT_GUESTS):
                begins = visit.begin + self.dice.around(8)
                yield Span(begins, max(visit.end + self.dice.around(12), begins + timedelta(minutes=1)))

    def _about_sleep(self, asleep: Iterable[Span]) -> Iterator[Span]:
        for sleep in asleep:
            begins, ends = sleep.begin + self.dice.lognormal(*_ASLEEP_LAG), sleep.end + self.dice.lognormal(*_AWAKE_LAG)
            if begins < ends:
                yield Span(begins, ends)

    # -- people and clocks --------------------------------------------------------------------------------------------

    def _people(self) -> Iterator[tuple[datetime, Step]]:
        yield self.year.agreed_at - timedelta(hours=24), Agree(("Alex",))
        yield self.year.agreed_at, Agree(("Alex", "Sam"))
        yield from ((when, RitualAnswered("time_out", "start")) for when in (s.begin for s in self.year.time_outs))
        yield from ((when, Whim()) for when in self.year.calls_for)

    def _clocks(self) -> Iterator[tuple[datetime, Step]]:
        """A correction now and then; twice a year it is an hour wrong for a while."""
        for _ in range(self.dice.poisson(6 * self.year.days / 365)):
            yield self._moment(), ClockSet(self.dice.seconds(6, 60) * self.dice.choice((-1, 1)))
        for _ in range(round(2 * self.year.days / 365)):
            wrong, by = self._moment(), timedelta(hours=self.dice.choice((-1, 1)))
            yield wrong, ClockSet(by)
            yield wrong + self.dice.minutes(10, 240), ClockSet(-by)

    def _moment(self) -> datetime:
        return self.year.start + timedelta(days=self.dice.uniform(0, self.year.days))


def _edges(says: Callable[[datetime], str], moments: Iterable[datetime], first: str) -> Iterator[tuple[datetime, str]]:
    """Each moment at which something else is said than before."""
    said = [(when, says(when)) for when in sorted(set(moments))]
    before = [(said[0][0], first), *said] if said else []
    yield from (later for earlier, later in pairwise(before) if earlier[1] != later[1])
