"""The home of the machine: all shipped rituals, some small ones, a rule; and the times in a couple's life.

What may happen to it is in `machine`, what has to hold in `promises` and `promised_order`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from tests.core.evening import checkin, ritual
from turntoward.core import civil
from turntoward.core.engine import Decision, Engine
from turntoward.core.events import Event
from turntoward.core.household import SEASONS, Household, Season
from turntoward.core.rules import Ritual, Rule, Rulebook
from turntoward.core.state import HouseholdState
from turntoward.rulebook import read_library
from turntoward.settings import Settings

SOURCES = ("mqtt", "homeassistant")
UNRESTFUL = ("entry_door", "guests", "asleep.sam", "on_call.alex", "film")
SIGNALS = (*UNRESTFUL, "hall", "table", "phones.alex", "phones.sam", "television", "sofa")
SMALL = (
    ritual("small_hug", answers=["done", "later", "not_today"]),
    checkin("small_checkin"),
    ritual(
        "small_dinner",
        triggers=[{"trigger": "state", "signal": "table", "is": "on", "for": "5min"}],
        offer={"valid_for": "90min"},
        answers=["done", "later", "not_today"],
        limits={"cooldown": "30min", "per_day": 3, "min_gap": "50min"},
    ),
    checkin("night_owl", "02:30", offer={"channels": ["tile"]}, limits={"per_week": 2}),
    checkin("sunday_plan", "11:00", limits={"cooldown": "20h"}),
)
BUTTON = Rule.model_validate(
    {
        "rule": "button",
        "triggers": [
            {"trigger": "mqtt", "topic": "kitchen/button"},
            {"trigger": "event", "event_type": "button", "event_data": {"pressed": "twice"}},
            {"trigger": "ritual", "ritual": "phone_free_dinner", "is": "started"},
        ],
        "actions": [
            {"action": "mqtt", "topic": "kitchen/lamp", "payload": "warm"},
            {"action": "scene", "scene": "kitchen"},
            {"action": "announce", "say": ["The kettle is on."]},
            {"action": "notify"},
            {"action": "wait", "for": "5min"},
            {"action": "start", "ritual": "kind_words"},
        ],
        "limits": {"per_day": None, "cooldown": "10min"},
    }
)
LIBRARY = read_library()
SHIPPED = tuple(entry.ritual for entry in LIBRARY.entries.values())
BOOK = Rulebook(rituals=(*SMALL, *SHIPPED), rules=(BUTTON,), decks=dict(LIBRARY.decks))
FORMS: dict[Season, dict[str, Ritual]] = {
    season: {form.name: form for form in BOOK.in_season(season).rituals} for season in SEASONS
}
NAMES = tuple(each.name for each in BOOK.rituals)
RUNS = ("date_night", "evening_checkin", "phone_free_dinner", "questions", "repair", "fair_fighting", "quarterly_talk")
"""Rituals of which much can be seen while they run."""
TAGS = (
    "jar",
    "date_ideas",
    "date_night",
    "goodbye_kiss",
    "kind_words",
    "phone_bowl",
    "questions",
    "repair",
    "time_out",
)
LIVES: dict[str, dict[str, Any]] = {
    "plain": {},
    "vacation": {"vacation": ["2026-01-01..2028-12-31"]},
    "silence": {"silence": {"random": True, "rest_days": True}, "language": "de"},
    "simplified": {"season": "simplified", "season_until": "2027-02-20"},
    "apart": {"season": "apart"},
}
BOTH = ("Alex", "Sam")
BERLIN = ZoneInfo("Europe/Berlin")
PARTNERS = ("alex", "sam")
CONSENTS: tuple[tuple[str, ...], ...] = ((), ("Alex",), ("Sam",), BOTH)

Goal = tuple[int | date | None, time]
"""A weekday, a date or any day, and an hour of it."""
EVENINGS: list[Goal] = [
    (None, time(7)),
    (None, time(18, 30)),
    (None, time(19, 29)),
    (None, time(20, 29)),
    (None, time(22, 28)),
]
SUNDAYS: list[Goal] = [(6, time(10, 59)), (6, time(16, 59)), (6, time(18, 59))]
DATES: list[Goal] = [
    (date(2026, 12, 5), time(10, 29)),
    (date(2026, 12, 19), time(9, 59)),
    (date(2026, 12, 20), time(10, 59)),
    (date(2027, 1, 3), time(15, 59)),
]


def day_before(goal: Goal, now: datetime) -> datetime:
    """Go on to a moment less than a day before the hour of the weekday or the date that is aimed at."""
    day = goal[0]
    if isinstance(day, date):
        return max(now, civil.day_start(day, BERLIN))
    ahead = now + timedelta(days=1)
    return now if day is None else now + timedelta(days=(day - civil.local(ahead, BERLIN).weekday()) % 7)


@cache
def engine(agreed: tuple[str, ...], life: str) -> Engine:
    """The service with the settings of a time in the couple's life."""
    far = {"zone": "America/New_York"} if life == "apart" else {}
    home = {
        "partners": [{"name": "Alex", "presence": "person.alex"}, {"name": "Sam", "presence": "home/sam", **far}],
        "agreed": list(agreed),
        "signals": {name: f"binary_sensor.{name.replace('.', '_')}" for name in SIGNALS},
        "mqtt": {"host": "localhost"},
        "homeassistant": {"url": "http://homeassistant.local:8123"},
    }
    return Engine(Settings.model_validate({**home, **LIVES[life]}), BOOK)


@dataclass(frozen=True)
class Step:
    """One decision: what was known, what happened, and what came of it. Of a set clock, `before` has moved with it."""

    engine: Engine
    before: HouseholdState
    event: Event
    now: datetime
    decision: Decision

    @property
    def home(self) -> Household:
        return self.engine.household

    @property
    def after(self) -> HouseholdState:
        return self.decision.state
