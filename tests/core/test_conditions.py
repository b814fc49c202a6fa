"""Three answers: Kleene's tables, who is home, what signals say, and the time of day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from pydantic import TypeAdapter

from tests.core.evening import home_since_noon, household, sam_is_out
from tests.fakes import at
from turntoward.core.conditions import Answer, Situation, all_of, check
from turntoward.core.events import Raw
from turntoward.core.rules import Condition
from turntoward.core.state import HouseholdState, SignalValue

CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)
SIGNALS = {"yes": "on", "no": "off", "maybe": "unavailable"}
HOME = household(signals={name: {} for name in [*SIGNALS, "never", "dinner.table"]})
SPOKEN = {True: "yes", False: "no", None: "maybe"}
LEAF = {value: {"condition": "signal", "signal": name, "is": "on"} for value, name in SPOKEN.items()}
ORDER = (False, None, True)
"""From least to most true: Kleene's `and` is the least of the answers, his `or` the most."""


def answer(
    condition: dict[str, Any], state: HouseholdState | None = None, now: datetime | None = None, **more: Any
) -> Answer:
    values = {name: SignalValue(value, at("16:50")) for name, value in SIGNALS.items()}
    state = replace(state or home_since_noon(), signals=values)
    return check(CONDITION.validate_python(condition), Situation(HOME, state, now or at("17:00"), **more))


@pytest.mark.parametrize("parts", [(), *product(ORDER, repeat=1), *product(ORDER, repeat=2), *product(ORDER, repeat=3)])
def test_kleene(parts: tuple[bool | None, ...]) -> None:
    leaves = [LEAF[part] for part in parts]
    ranks = [ORDER.index(part) for part in parts]
    every, some = ORDER[min(ranks, default=2)], ORDER[max(ranks, default=0)]
    none = None if some is None else not some
    for word, truth in (("all", every), ("any", some), ("not", none)):
        assert answer({"condition": word, "conditions": leaves}).holds is truth, word
    assert all_of(Answer(part) for part in parts).holds is every


def test_the_soonest_change_is_told_whichever_part_it_is_in() -> None:
    parts = [{"condition": "time", "after": "21:00"}, LEAF[None], {"condition": "time", "after": "17:10"}]
    assert answer({"condition": "any", "conditions": parts}).until == at("17:10")
    assert answer({"condition": "any", "conditions": parts[:2]}).until == at("17:20")  # the end of the grace


@pytest.mark.parametrize(
    ("alex", "sam", "both", "one", "nobody"),
    [
        ("home", "home", True, False, False),
        ("home", "away", False, True, False),
        ("away", "away", False, False, True),
        ("home", "unknown", None, None, None),
        ("away", "unknown", False, None, None),
        ("unknown", "unknown", None, None, None),
    ],
)
def test_who_is_home(alex: Raw, sam: Raw, both: bool | None, one: bool | None, nobody: bool | None) -> None:
    state = home_since_noon()
    people = {
        name: replace(state.presence[name], raw=raw, confirmed=raw) for name, raw in (("alex", alex), ("sam", sam))
    }
    holds = [
        answer({"condition": word}, replace(state, presence=people)).holds
        for word in ("both_home", "one_home", "nobody_home")
    ]
    assert holds == [both, one, nobody]


@pytest.mark.parametrize(
    ("raw", "confirmed", "holds"),
    [("home", "away", False), ("away", "home", False), ("unknown", "home", None), ("home", "unknown", None)],
)
def test_home_is_believed_and_true_right_now(raw: Raw, confirmed: Raw, holds: bool | None) -> None:
    state = home_since_noon()
    sam = replace(state.presence["sam"], raw=raw, confirmed=confirmed)
    assert answer({"condition": "both_home"}, replace(state, presence={**state.presence, "sam": sam})).holds is holds


def test_nobody_known_is_not_nobody_home() -> None:
    assert answer({"condition": "nobody_home"}, replace(sam_is_out(), presence={})).holds is None


def test_who_dropped_while_an_offer_waits_must_be_back_a_while() -> None:
    state = home_since_noon()
    sam = replace(state.presence["sam"], raw_since=at("17:00:00"))
    state = replace(state, presence={**state.presence, "sam": sam})
    both = {"condition": "both_home"}
    waiting = {"waiting_since": at("16:59:30")}
    early = answer(both, state, at("17:00:14"), **waiting)
    assert (early.holds, early.until) == (False, at("17:00:15"))
    assert answer(both, state, at("17:00:15"), **waiting).holds is True
    assert answer(both, state, at("17:00:05"), waiting_since=at("17:00:00")).holds is True  # that arrival is the reason


@pytest.mark.parametrize(
    ("signal", "wanted", "holds"),
    [
        ("yes", "on", True),
        ("yes", "ON", True),
        ("yes", ["off", "on"], True),
        ("yes", "off", False),
        ("no", "off", True),
        ("no", ["idle", "paused"], False),
        ("maybe", "off", None),
        ("maybe", "unavailable", None),
        ("never", "off", None),
        ("unmapped", "off", None),
    ],
)
def test_what_a_signal_says(signal: str, wanted: object, holds: bool | None) -> None:
    assert answer({"condition": "signal", "signal": signal, "is": wanted}).holds is holds


def test_a_signal_that_stays_silent_past_its_grace_is_still_not_known() -> None:
    assert answer(LEAF[None], now=at("23:00")) == Answer(None, None, "signal maybe")


@pytest.mark.parametrize(
    ("window", "now", "holds", "until"),
    [
        ({"after": "18:00"}, "17:59:59", False, "18:00:00"),
        ({"after": "18:00"}, "18:00:00", True, None),
        ({"before": "18:00"}, "17:59:59", True, "18:00:00"),
        ({"before": "18:00"}, "18:00:00", False, None),
        ({"after": "22:00", "before": "02:00"}, "21:59:59", False, "22:00:00"),
        ({"after": "22:00", "before": "02:00"}, "23:00:00", True, None),
        ({"after": "22:00", "before": "02:00"}, "01:59:59", True, "02:00:00"),
        ({"after": "22:00", "before": "02:00"}, "02:00:00", False, "22:00:00"),
        ({"weekdays": "thu"}, "12:00:00", True, None),
        ({"weekdays": ["fri", "sat"]}, "12:00:00", False, None),
        ({"after": "11:00", "weekdays": "fri"}, "12:00:00", False, None),
        ({}, "23:59:59", True, None),
    ],
)
def test_the_time_of_day(window: dict[str, Any], now: str, holds: bool, until: str | None) -> None:
    found = answer({"condition": "time", **window}, now=at(now))
    midnight = at("00:00", "2026-11-20")
    assert (found.holds, found.until) == (holds, at(until) if until else midnight)


def test_a_time_condition_follows_the_clock_on_the_wall_through_the_year() -> None:
    evening = {"condition": "time", "after": "18:00"}
    july = datetime.fromisoformat("2026-07-01T18:00:00+02:00")
    assert answer(evening, now=july).holds is True
    assert answer(evening, now=datetime.fromisoformat("2026-07-01T17:00:00+01:00")).holds is True


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ({"condition": "both_home"}, "both_home"),
        ({"condition": "nobody_home"}, "nobody_home"),
        ({"condition": "time", "after": "18:00"}, "not_its_time"),
        ({"condition": "signal", "signal": "dinner.table", "is": "on"}, "signal dinner"),
        ({"condition": "not", "conditions": [LEAF[True]]}, "not_like_this"),
        ({"condition": "not", "conditions": [LEAF[None]]}, "signal maybe"),
        ({"condition": "all", "conditions": [LEAF[True], LEAF[False]]}, "signal no"),
        ({"condition": "any", "conditions": [LEAF[False], LEAF[None]]}, "signal maybe"),
    ],
)
def test_the_reason_is_the_part_that_said_no(condition: dict[str, Any], reason: str) -> None:
    assert answer(condition, sam_is_out()).reason == reason
