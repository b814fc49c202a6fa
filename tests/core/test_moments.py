"""Each gate by itself, and the order in which they are asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.core.evening import Evening, checkin, home_since_noon, household, ritual
from tests.fakes import at
from turntoward.core.household import Household
from turntoward.core.moments import GATES, Moment, Verdict, judge
from turntoward.core.state import HouseholdState, Occasion, Past, Presence, Prompt, SignalValue

SIGNALS = ("guests", "guests.mum", "asleep.alex", "on_call.alex", "focus", "meeting", "film")
NOW = at("18:00")
DAY = NOW.date()


def occasion(**changes: Any) -> Occasion:
    plain = Occasion("reunion_hug-2026-11-19-1", "reunion_hug", "reunion", at("17:59"), NOW, at("18:10"))
    return replace(plain, **changes)


def state(now: datetime = NOW, **changes: Any) -> HouseholdState:
    return replace(home_since_noon(), now=now, **changes)


def saying(since: str = "16:00", **words: str) -> HouseholdState:
    signals = {name.replace("__", "."): SignalValue(value, at(since)) for name, value in words.items()}
    return state(signals=signals)


def call_ended(time: str) -> HouseholdState:
    return state(signals={"on_call.alex": SignalValue("idle", at(time), at(time))})


def verdict(home: HouseholdState, now: datetime = NOW, limits: dict[str, Any] | None = None, **more: Any) -> Verdict:
    house: Household = more.pop("house", household(signals={name: {} for name in SIGNALS}))
    hug = ritual(limits={"cooldown": "0s", "per_day": None, **(limits or {})})
    return judge(Moment(house, home, hug, occasion(**more), now))


def test_an_ordinary_evening_is_a_good_moment() -> None:
    assert verdict(state()) == Verdict("open")


@pytest.mark.parametrize(
    ("home", "says", "reason", "until"),
    [
        (saying(guests="on"), "hold", "guests", None),
        (saying(guests__mum="home"), "hold", "guests", None),
        (saying(guests__mum="not_home"), "open", "", None),
        (saying("17:45", guests="unavailable"), "hold", "guests unknown", at("18:15")),
        (saying("17:30", guests="unavailable"), "open", "", None),
        (saying(asleep__alex="on"), "silent", "asleep", None),
        (saying("17:45", asleep__alex="unknown"), "hold", "asleep unknown", at("18:15")),
        (saying(on_call__alex="offhook"), "hold", "on_call", None),
        (saying(focus="on"), "hold", "focus", None),
        (saying(film="playing"), "hold", "film", None),
        (state(quiet_on=DAY), "silent", "quiet_tonight", at("04:00", "2026-11-20")),
        (state(quiet_on=DAY - timedelta(days=1)), "open", "", None),
        (saying(meeting="on"), "hold", "meeting", None),
        (call_ended("17:59:45"), "hold", "call_just_ended", at("18:00:15")),
        (call_ended("17:59:30"), "open", "", None),
        (saying("17:59:45", on_call__alex="idle"), "open", "", None),
        (saying("17:45", focus="unavailable"), "hold", "focus unknown", at("18:15")),
    ],
)
def test_what_the_home_says(home: HouseholdState, says: str, reason: str, until: datetime | None) -> None:
    assert verdict(home) == Verdict(says, reason, until)  # type: ignore[arg-type]


def test_of_two_calls_the_last_one_counts() -> None:
    first = SignalValue("idle", at("17:00"), at("17:00"))
    last = SignalValue("off", at("17:59:50"), at("17:59:50"))
    ended = state(signals={"on_call.alex": first, "meeting": last})
    assert verdict(ended) == Verdict("hold", "call_just_ended", at("18:00:20"))


@pytest.mark.parametrize(
    ("time", "says", "until"),
    [
        ("22:29:59", "open", None),
        ("22:30:00", "silent", at("07:00", "2026-11-20")),
        ("06:59:59", "silent", at("07:00")),
        ("07:00:00", "open", None),
    ],
)
def test_quiet_hours(time: str, says: str, until: datetime | None) -> None:
    found = verdict(state(), at(time))
    assert (found.says, found.until) == (says, until)


def prompted(*times: str, occasion: str = "") -> HouseholdState:
    return state(prompts=tuple(Prompt(at(time), occasion or f"another at {time}") for time in times))


@pytest.mark.parametrize(
    ("home", "reason", "until"),
    [
        (prompted("17:15:00"), "", None),
        (prompted("17:15:01"), "min_gap", at("18:00:01")),
        (prompted("09:00", "17:50"), "min_gap", at("18:35")),
        (prompted("09:00", "11:00", "13:00"), "day_budget", at("04:00", "2026-11-20")),
        (prompted("03:00", "11:00", "13:00"), "", None),  # three in the morning was yesterday
        (prompted("17:50", occasion=occasion().id), "", None),  # its own, put off with "later"
    ],
)
def test_the_dose_over_all_rituals(home: HouseholdState, reason: str, until: datetime | None) -> None:
    assert verdict(home) == Verdict("hold" if reason else "open", reason, until)


def test_a_simple_season_has_one_prompt_a_day() -> None:
    assert verdict(prompted("09:00"), house=household(season="simplified")).reason == "day_budget"
    none = household(season="simplified", limits={"prompts_per_day": 0})
    assert verdict(state(), house=none).reason == "day_budget"


def offered(*days_and_times: str) -> HouseholdState:
    instants = tuple(at(text[11:], text[:10]) if "-" in text else at(text) for text in days_and_times)
    return state(past={"reunion_hug": Past(offered=instants)})


WEEK = ("2026-11-12 18:00", "2026-11-14 12:00", "2026-11-16 12:00")


@pytest.mark.parametrize(
    ("home", "limits", "reason", "until"),
    [
        (offered("15:00"), {"cooldown": "3h"}, "", None),
        (offered("12:00", "15:00:01"), {"cooldown": "3h"}, "cooldown", at("18:00:01")),
        (offered("09:00"), {"per_day": 1}, "per_day", at("04:00", "2026-11-20")),
        (offered("03:59"), {"per_day": 1}, "", None),
        (offered("09:00"), {"per_day": 2}, "", None),
        (offered(), {"per_day": 0}, "per_day", at("04:00", "2026-11-20")),
        (offered(*WEEK), {"per_week": 3}, "", None),  # the first is seven days old to the second
        (offered(*WEEK[1:]), {"per_week": 2}, "per_week", at("12:00", "2026-11-21")),
        (offered(), {"per_week": 0}, "per_week", at("18:00", "2026-11-26")),
    ],
)
def test_the_dose_of_one_ritual(
    home: HouseholdState, limits: dict[str, Any], reason: str, until: datetime | None
) -> None:
    assert verdict(home, limits=limits) == Verdict("hold" if reason else "open", reason, until)


def test_an_offer_that_was_put_off_is_not_in_its_own_way() -> None:
    limits = {"cooldown": "3h", "per_day": 1, "per_week": 1}
    assert verdict(offered("17:45"), limits=limits, offered_at=at("17:45")) == Verdict("open")
    assert verdict(offered("17:40"), limits=limits, offered_at=at("17:45")).reason == "cooldown"


@pytest.mark.parametrize(("now", "reason"), [("18:01:59", "starting"), ("18:02:00", "")])
def test_after_a_start_the_home_is_listened_to_first(now: str, reason: str) -> None:
    home = state(awaited=("mqtt",), held_until={"mqtt": at("18:02"), "homeassistant": at("18:30")})
    assert verdict(home, at(now)).reason == reason


def test_what_makes_no_sound_needs_no_budget() -> None:
    """In the quiet hours only the tile shows it, so it does not matter how much was said today."""
    full = prompted("09:00", "11:00", "22:20")
    assert (verdict(full, at("22:25")).reason, verdict(full, at("22:35"))) == (
        "day_budget",
        Verdict("silent", "quiet_hours", at("07:00", "2026-11-20")),
    )


def test_the_first_that_holds_is_told_and_silence_waits_for_all() -> None:
    """Everything speaks against it; as one after another is put right, the next reason is told."""
    apart = {"alex": Presence("home", confirmed="home"), "sam": Presence("away", confirmed="away")}
    against: list[tuple[str, dict[str, Any]]] = [
        ("starting", {"awaited": ("home",), "held_until": {"home": at("23:50")}}),
        ("both_home", {"presence": apart}),
        ("guests", {"signals": {name: SignalValue("on", NOW) for name in ("guests", "on_call.alex", "film")}}),
        ("on_call", {"signals": {name: SignalValue("on", NOW) for name in ("on_call.alex", "film")}}),
        ("film", {"signals": {"film": SignalValue("on", NOW)}}),
        ("day_budget", {"prompts": tuple(Prompt(at(time), f"x {time}") for time in ("09:00", "10:00", "21:00"))}),
        ("min_gap", {"prompts": (Prompt(at("21:00"), "x"),)}),
        ("cooldown", {"past": {"reunion_hug": Past(offered=(at("20:50"),))}}),
        ("per_day", {"past": {"reunion_hug": Past(offered=(at("09:00"),))}}),
        ("per_week", {"past": {"reunion_hug": Past(offered=(at("09:00", "2026-11-18"),))}}),
        ("", {}),
    ]  # fmt: skip
    limits = {"cooldown": "3h", "per_day": 1, "per_week": 1}
    told = []
    for first in range(len(against)):
        changes: dict[str, Any] = {}
        for _, wrong in reversed(against[first:]):
            changes |= wrong
        told.append(verdict(state(**changes), at("21:30"), limits).reason)
    assert told == [reason for reason, _ in against]
    assert len(GATES) == 19  # of the others, see test_dose and test_time_out


def test_a_call_ends_once_and_only_if_there_was_one() -> None:
    home = household(signals={"focus.sam": {"on": ["deep"]}})
    evening = Evening(home, (checkin(),), home_since_noon(**{"focus.sam": "idle 0"}))
    for second in range(0, 60, 20):  # a sensor that chats is not a call
        evening.signal(f"20:29:{second:02}", "focus.sam", f"idle {second}")
    assert evening.tell("20:30:00").said == ["20:30:00"]

    evening = Evening(home, (checkin(),), home_since_noon(**{"focus.sam": "deep"}))
    evening.signal("20:29:50", "focus.sam", "idle 1").signal("20:29:55", "focus.sam", "idle 2")
    assert evening.tell("20:31").said == ["20:30:20"]
