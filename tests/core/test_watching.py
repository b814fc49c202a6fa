"""What is waited for: signals of a kind, being apart for long, another ritual's step, silence to all that was asked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.evening import Evening, checkin, home_since_noon, household, ritual, sam_is_out
from tests.fakes import at
from turntoward.core.actions import SetTile
from turntoward.core.events import PresenceChanged, SignalChanged
from turntoward.core.rules import Ritual

PADS = household(signals={"pad.alex": {}, "pad.sam": {}, "table": {}})


def watching(signal: str, value: str = "on", span: str = "0s", **changes: Any) -> Ritual:
    """Due when a signal says so; shown on the tile for half a minute, as often as it comes."""
    trigger = {"trigger": "state", "signal": signal, "is": value, "for": span}
    offer = {"after": 0, "valid_for": "30s", "channels": ["tile"]}
    limits = {"cooldown": 0, "per_day": None}
    return ritual("watch", **{"triggers": [trigger], "offer": offer, "limits": limits, "conditions": [], **changes})


def due(evening: Evening, name: str = "watch") -> list[str]:
    return [line.split()[0] for line in evening.thoughts if f" {name} is due" in line]


def pads(ritual_: Ritual, *words: tuple[str, str, str], alex: str = "off", sam: str = "off") -> Evening:
    evening = Evening(PADS, (ritual_,), home_since_noon(**{"pad.alex": alex, "pad.sam": sam, "table": "off"}))
    for time, whose, value in words:
        evening.signal(time, f"pad.{whose}", value)
    return evening.tell("19:30")


# -- several signals of a kind -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "times"),
    [
        ([("18:00", "alex", "on")], []),
        ([("18:00", "alex", "on"), ("18:01", "sam", "on")], ["18:01:00"]),
        ([("18:00", "alex", "on"), ("18:01", "sam", "detected")], ["18:01:00"]),
        ([("18:00", "alex", "on"), ("18:01", "sam", "on"), ("18:02", "sam", "occupied")], ["18:01:00"]),
        (
            [("18:00", "alex", "on"), ("18:01", "sam", "on"), ("18:02", "alex", "off"), ("18:03", "alex", "on")],
            ["18:01:00", "18:03:00"],
        ),
        ([("18:00", "alex", "on"), ("18:01", "sam", "unavailable"), ("18:02", "sam", "on")], []),
    ],
)
def test_a_kind_means_all_of_them(words: list[tuple[str, str, str]], times: list[str]) -> None:
    assert due(pads(watching("pad"), *words)) == times


def test_one_that_says_nothing_is_waited_for_half_an_hour_and_then_left_out() -> None:
    waiting = pads(watching("pad"), ("18:00", "sam", "unavailable"), ("18:29:59", "alex", "on"))
    assert due(waiting) == []
    left_out = pads(watching("pad"), ("18:00", "sam", "unavailable"), ("18:30:00", "alex", "on"))
    assert due(left_out) == ["18:30:00"]


@pytest.mark.parametrize(("signal", "times"), [("pad.alex", ["18:00:00"]), ("pad.sam", []), ("table", [])])
def test_an_exact_name_means_that_one(signal: str, times: list[str]) -> None:
    assert due(pads(watching(signal), ("18:00", "alex", "on"))) == times


@pytest.mark.parametrize(
    ("words", "times"),
    [
        ([("18:00", "alex", "on"), ("18:01", "sam", "on")], ["18:06:00"]),
        ([("18:00", "alex", "on"), ("18:01", "sam", "on"), ("18:05:59", "alex", "off")], []),
        ([("18:00", "alex", "on"), ("18:01", "sam", "on"), ("18:05", "alex", "unavailable")], []),
        ([("18:00", "alex", "on"), ("18:01", "sam", "on"), ("18:05", "alex", "detected")], ["18:06:00"]),
    ],
)
def test_all_of_them_have_to_keep_it(words: list[tuple[str, str, str]], times: list[str]) -> None:
    assert due(pads(watching("pad", span="5min"), *words)) == times


@pytest.mark.parametrize(
    ("value", "told", "times"),
    [("unavailable", "unavailable", ["18:00:00"]), ("unavailable", "off", []), ("idle 2", "Idle 2", ["18:00:00"])],
)
def test_any_word_may_be_waited_for(value: str, told: str, times: list[str]) -> None:
    assert due(pads(watching("pad.alex", value), ("18:00", "alex", told), alex="on")) == times


def test_what_both_said_already_before_a_start_is_no_event() -> None:
    evening = pads(watching("pad"), ("18:00", "alex", "on"), alex="on", sam="on").restarts("19:40")
    for partner in ("alex", "sam"):
        evening.tell("19:40", SignalChanged(f"pad.{partner}", "on", True, at("17:30")))
    assert due(evening.tell("20:00")) == []


# -- apart for long ----------------------------------------------------------------------------------------------------

MISSING = ritual("missing", triggers=[{"trigger": "apart", "for": "24h"}], conditions=[],
                 offer={"after": 0, "channels": ["phone"], "valid_for": "2h"})  # fmt: skip
NOON = "12:00"


def away_since_0840(*rituals: Ritual, start: str = "09:00") -> Evening:
    return Evening(household(), rituals or (MISSING,), sam_is_out(start))


def test_being_apart_for_long_comes_once_counted_from_the_leaving() -> None:
    evening = away_since_0840().tell(at(NOON, "2026-11-25"))
    assert evening.notices == ["08:40:00 alex sam"]
    assert evening.actions[0][0] == at("08:40", "2026-11-20")
    assert [entry.step for entry in evening.entries] == ["due", "offered", "expired"]


@pytest.mark.parametrize("restart", ["08:30", "08:40", "09:30"])
def test_a_restart_does_not_bring_it_twice(restart: str) -> None:
    evening = away_since_0840()
    if restart != "08:30":
        evening.tell(at("08:39", "2026-11-20"))
    evening.restarts(at(restart, "2026-11-20")).tell(at("12:00", "2026-11-22")).restarts(at(NOON, "2026-11-22"))
    assert len(evening.tell(at(NOON, "2026-11-24")).notices) == 1


def test_who_comes_home_in_between_begins_anew() -> None:
    evening = away_since_0840().arrives("18:00").leaves("20:00").tell(at("19:59", "2026-11-20"))
    assert evening.notices == []
    assert len(evening.tell(at("20:00", "2026-11-20")).notices) == 1


def test_a_phone_that_drops_out_for_a_moment_is_no_time_apart() -> None:
    evening = Evening(household(), (MISSING,), home_since_noon())
    evening.leaves("18:00").arrives("18:05").tell(at(NOON, "2026-11-21"))
    assert evening.notices == []


def test_it_counts_from_the_first_who_left_whoever_is_home_by_then() -> None:
    evening = Evening(household(), (MISSING,), home_since_noon("09:00")).leaves("10:00").leaves("14:00", "alex")
    evening.arrives("20:00").tell(at("10:00", "2026-11-20"))
    assert [when for when, action in evening.actions if action.channel == "phone"] == [at("10:00", "2026-11-20")]


def test_two_such_rituals_each_have_their_time() -> None:
    sooner = ritual(
        "sooner", triggers=[{"trigger": "apart", "for": "30min"}], conditions=[], offer={"channels": ["tile"]}
    )
    evening = away_since_0840(MISSING, sooner, start="08:55").tell(at("09:00", "2026-11-20"))
    assert (due(evening, "sooner"), due(evening, "missing")) == (["09:10:00"], ["08:40:00"])


def test_an_unknown_phone_leaves_the_time_apart_as_it_is() -> None:
    evening = away_since_0840().tell("12:00", PresenceChanged("sam", "unknown")).tell(at(NOON, "2026-11-20"))
    assert len(evening.notices) == 1


# -- another ritual's step ---------------------------------------------------------------------------------------------


def after(step: str, **changes: Any) -> Ritual:
    trigger = {"trigger": "ritual", "ritual": "evening_checkin", "is": step}
    offer = {"after": 0, "channels": ["tile"], "valid_for": "30min"}
    return ritual("after", triggers=[trigger], offer=offer, **changes)


@pytest.mark.parametrize(
    ("step", "said", "follows"),
    [
        ("done", "done", ["20:31:00"]),
        ("done", "not_today", []),
        ("declined", "not_today", ["20:31:00"]),
        ("stopped", "stop", ["20:31:00"]),
        ("started", "start", ["20:31:00"]),
        ("started", "done", []),
        ("ended", "done", ["20:31:00"]),
        ("ended", "not_today", ["20:31:00"]),
        ("ended", "stop", ["20:31:00"]),
        ("ended", None, ["21:45:00"]),
    ],
)
def test_what_follows_a_step(step: str, said: str | None, follows: list[str]) -> None:
    evening = Evening(household(), (checkin(offer={"valid_for": "75min"}), after(step)), home_since_noon("20:00"))
    if said:
        evening.answer("20:31", said, "evening_checkin")
    evening.tell("22:10")
    assert due(evening, "after") == follows
    assert [line.split()[0] for line in evening.shown if line.endswith("offered")] == follows


def test_what_was_never_offered_is_followed_by_nothing() -> None:
    evening = Evening(household(), (checkin(), after("ended")), home_since_noon("20:00")).leaves("20:10")
    assert evening.tell("23:00").actions == []


def test_a_chain_of_followers_goes_through_in_one_moment() -> None:
    chain = [ritual(f"r{n}", triggers=[{"trigger": "ritual", "ritual": f"r{n - 1}", "is": "started"}],
                    run={"steps": [{"action": "start", "ritual": f"r{n + 1}"}]}) for n in range(1, 5)]  # fmt: skip
    evening = Evening(household(), tuple(chain), home_since_noon()).answer("18:00", "start", "r1")
    assert evening.told == ["started"] * 4
    assert set(evening.state.occasions) == {"r1", "r2", "r3", "r4"}


# -- nothing is answered -----------------------------------------------------------------------------------------------

SIMPLER = ritual(
    "simpler",
    triggers=[{"trigger": "unanswered", "for": "7d"}],
    offer={"after": 0, "channels": ["tile"], "valid_for": "1h"},
    limits={"cooldown": "30d"},
)


def asked_to_simplify(*answered: int, fade_out: bool = True) -> list[int]:
    """On which days of November it asks, where something was answered on the 19th and on some later days."""
    evening = Evening(household(), (checkin(limits={"fade_out": fade_out}), SIMPLER), home_since_noon("20:00"))
    evening.answer("20:10", "done", "evening_checkin")
    for day in answered:
        evening.answer(at("20:31", f"2026-11-{day}"), "done", "evening_checkin")
    evening.tell(at("23:00", "2026-11-30"))
    return [when.day for when, action in evening.actions if isinstance(action, SetTile) and action.state == "offered"]


def test_after_a_week_in_which_nothing_was_answered_it_asks_once() -> None:
    assert asked_to_simplify() == [26]


@pytest.mark.parametrize(("answered", "asked"), [((22,), [29]), ((22, 26), []), ((21, 23, 25, 28), [])])
def test_any_answer_begins_the_week_anew(answered: tuple[int, ...], asked: list[int]) -> None:
    assert asked_to_simplify(*answered) == asked


def test_what_asks_for_no_answer_is_not_waited_for() -> None:
    assert asked_to_simplify(fade_out=False) == []
