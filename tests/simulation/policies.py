"""Who decides when something is said: Turntoward, and two naive policies to compare it with.

Each is given the same year and the same telling, and answers with what it offered and when. None of them sees the
truth; only people who answer know whether they are there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import cache, partial
from typing import Any

from tests.simulation.listening import Home, Offered
from tests.simulation.telling import Fact, Telling
from tests.simulation.year import BERLIN, PARTNERS
from turntoward.core.rules import Rulebook
from turntoward.core.trace import TraceEntry
from turntoward.rulebook import load_rulebook, read_library
from turntoward.settings import Settings

SIGNALS = ("entry_door", "guests", "television", "table", "hall")
SIGNALS_OF_EACH = ("asleep", "on_call", "phones")
OTHER_SEASONS = ("simpler_weeks", "back_to_normal", "long_distance")
"""Rituals that change the season, or are for another one: these years are normal throughout."""
IMPATIENT: dict[str, Any] = {"presence": {"door_lookback": "5min", "joint_in": "5min"}}
"""Three phones in a hundred tell of an arrival more than five minutes after the door."""
TIMES = ((time(7, 45), "morning"), (time(18, 30), "reunion"), (time(20, 30), "evening"))


@dataclass(frozen=True, slots=True)
class Log:
    """What a policy did in a year."""

    offers: list[Offered]
    answered: list[tuple[datetime, str, str]] = field(default_factory=list)
    thoughts: list[tuple[datetime, TraceEntry]] = field(default_factory=list)
    repeated: int = 0
    """Ids of actions that came twice."""

    @property
    def aloud(self) -> list[Offered]:
        return [offer for offer in self.offers if offer.aloud]


@cache
def rulebook() -> Rulebook:
    """All rituals of the program that can be on together, with their decks. This is the one place to choose others."""
    return load_rulebook(household(0))


@cache
def _rituals() -> dict[str, dict[str, Any]]:
    return {name: {} for name in read_library().entries if name not in OTHER_SEASONS}


def household(seed: int, **changes: Any) -> Settings:
    """Alex and Sam's home. In every other one Sam's phone and the door are told by MQTT, else all by Home Assistant."""
    by_mqtt = ("sam", "entry_door") if seed % 2 else ()
    names = (*SIGNALS, *(f"{role}.{p}" for role in SIGNALS_OF_EACH for p in PARTNERS))
    signals = {n: f"home/{n}" if n in by_mqtt else f"binary_sensor.{n.replace('.', '_')}" for n in names}
    partners = [{"name": p.title(), "presence": f"home/{p}" if p in by_mqtt else f"person.{p}"} for p in PARTNERS]
    told = {"mqtt": {}, "homeassistant": {"url": "http://homeassistant.local:8123"}}
    speakers = {"hall": "assist_satellite.hall"}
    given = {"partners": partners, "signals": signals, "speakers": speakers, "rituals": _rituals(), **told}
    return Settings.model_validate({**given, **changes})


def turntoward(telling: Telling, **changes: Any) -> Log:
    """The service with all that is around it; `changes` are settings of the household."""
    year = telling.year
    settings, hears = household(year.seed, **changes), lambda at: not year.not_free.covers(at)
    home = Home(settings, rulebook(), year.start, hears, year.seed)
    home.live(telling.steps, year.end)
    return Log(home.offered, home.answered, home.thoughts, home.repeated)


def every_arrival(telling: Telling) -> Log:
    """A prompt each time a phone says "home" while the other says so too."""
    raw, offers = dict.fromkeys(PARTNERS, "home"), []
    for at, step in telling.steps:
        if isinstance(step, Fact) and step.subject in raw:
            raw[step.subject] = step.value
            if step.value == "home" and set(raw.values()) == {"home"}:
                offers.append(Offered(at, at, "hug", f"hug {at}", True, "reunion", step.cause))
    return Log(_since_agreed(telling, offers))


def fixed_times(telling: Telling) -> Log:
    """Three prompts a day, whoever is there: in the morning, when most people are home again, in the evening."""
    offers = []
    for day in telling.year.dates:
        for wall, because in TIMES:
            at = datetime.combine(day, wall, BERLIN).astimezone(UTC)
            offers.append(Offered(at, at, because, f"{because} {at}", True, because))
    return Log(_since_agreed(telling, offers))


def _since_agreed(telling: Telling, offers: list[Offered]) -> list[Offered]:
    """They did not live here before; the last days of the telling are those of the year."""
    return [offer for offer in offers if telling.year.agreed_at <= offer.at <= telling.year.end + timedelta(hours=1)]


POLICIES: dict[str, Callable[[Telling], Log]] = {
    "Turntoward": turntoward,
    "5 min for a door": partial(turntoward, **IMPATIENT),
    "every arrival": every_arrival,
    "fixed times": fixed_times,
}
