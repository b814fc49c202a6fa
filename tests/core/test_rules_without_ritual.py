"""A rule that is no ritual: when this happens and that is so, do these steps. No offer, no tile, no answer."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.evening import Evening, break_, checkin, home_since_noon, household, ritual, rule
from tests.fakes import at
from turntoward.core.events import ServiceStarted, SignalChanged
from turntoward.core.rules import Rule

TABLE_ON = {"condition": "signal", "signal": "table", "is": "on"}
PUBLISH = {"action": "mqtt", "topic": "home/lamp", "payload": "on"}
SAY = {"action": "announce", "say": "Dinner is on the table."}
TABLE = {"signals": {"table": {}, "guests": {}, "asleep.sam": {}, "on_call.sam": {}}}
ON_MESSAGE = {"trigger": "mqtt", "topic": "home/bell"}


def wait(span: str) -> dict[str, str]:
    return {"action": "wait", "for": span}


def at_home(*rules: Rule, start: str = "17:00", rituals: tuple[Any, ...] = (), **signals: str) -> Evening:
    return Evening(household(**TABLE), rituals, home_since_noon(start, **signals), rules=rules)


def published(evening: Evening) -> list[str]:
    return [line.split()[0] for line in evening.published]


# -- what sets it off --------------------------------------------------------------------------------------------------


def reunion(evening: Evening) -> Evening:
    return evening.leaves("18:00").arrives("19:00").tell("19:05")


def message(evening: Evening) -> Evening:
    return evening.message("18:00", "home/bell", "ding").message("18:01", "home/other", "ding")


def other_message(evening: Evening) -> Evening:
    return evening.message("18:00", "home/bell", "dong").message("18:02", "home/bell", "ding")


def event(evening: Evening) -> Evening:
    evening.event("18:00", "bell", button="1").event("18:01", "bell", button="2").event("18:02", "horn", button="2")
    return evening.event("18:03", "bell", button="2", more="x")


def table(evening: Evening) -> Evening:
    return evening.signal("18:00", "table", "on").tell("18:20")


def hug(evening: Evening) -> Evening:
    return evening.answer("18:00", "start").tell("18:01")


def season(evening: Evening) -> Evening:
    return evening.season("18:00", "apart").season("18:01", "simplified").season("18:02", "simplified")


def out(evening: Evening) -> Evening:
    return evening.leaves("18:00").tell("20:00")


@pytest.mark.parametrize(
    ("trigger", "story", "times"),
    [
        ({"trigger": "reunion"}, reunion, ["19:01:30"]),
        (ON_MESSAGE, message, ["18:00:00"]),
        ({**ON_MESSAGE, "payload": "ding"}, other_message, ["18:02:00"]),
        ({"trigger": "event", "event_type": "bell", "event_data": {"button": "2"}}, event, ["18:01:00", "18:03:00"]),
        ({"trigger": "event", "event_type": "horn"}, event, ["18:02:00"]),
        ({"trigger": "state", "signal": "table", "is": "on", "for": "10min"}, table, ["18:10:00"]),
        ({"trigger": "ritual", "ritual": "reunion_hug", "is": "started"}, hug, ["18:00:00"]),
        ({"trigger": "ritual", "ritual": "reunion_hug", "is": "ended"}, hug, ["18:00:20"]),
        ({"trigger": "ritual", "ritual": "reunion_hug", "is": "declined"}, hug, []),
        ({"trigger": "season", "is": "simplified"}, season, ["18:01:00"]),
        ({"trigger": "apart", "for": "1h"}, out, ["19:00:00"]),
        ({"trigger": "time", "at": "19:30"}, out, ["19:30:00"]),
    ],
)
def test_whatever_sets_off_a_ritual_sets_off_a_rule(trigger: Any, story: Any, times: list[str]) -> None:
    evening = story(at_home(rule("lamp", trigger, PUBLISH), rituals=(ritual(triggers=[]),), table="off"))
    assert published(evening) == times


def test_it_says_why_and_has_no_tile() -> None:
    evening = at_home(rule("lamp", ON_MESSAGE, PUBLISH)).message("18:00", "home/bell")
    assert [(entry.ritual, entry.step, entry.reason) for entry in evening.entries] == [("lamp", "runs", "told")]
    assert (evening.shown, evening.told, evening.state.occasions) == ([], [], {})
    assert [tile.ritual for tile in evening.engine.tiles(evening.state)] == []


# -- when it may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "value", "runs"),
    [
        (TABLE_ON, "on", True),
        (TABLE_ON, "off", False),
        (TABLE_ON, "unavailable", False),
        ({"condition": "not", "conditions": [TABLE_ON]}, "off", True),
        (
            {"condition": "not", "conditions": [TABLE_ON]},
            "unknown",
            False,
        ),
        ({"condition": "time", "after": "19:00"}, "on", False),
        ({"condition": "both_home"}, "on", True),
        ({"condition": "nobody_home"}, "on", False),
        ({"condition": "season", "is": ["apart", "normal"]}, "on", True),
        ({"condition": "ritual", "ritual": "reunion_hug", "is": "running"}, "on", False),
    ],
)
def test_only_what_is_known_to_hold_lets_it_run(condition: Any, value: str, runs: bool) -> None:
    lamp = rule("lamp", ON_MESSAGE, PUBLISH, conditions=[condition])
    assert published(at_home(lamp, table=value).message("18:00", "home/bell")) == (["18:00:00"] if runs else [])


def test_a_condition_is_asked_once_and_not_waited_for() -> None:
    lamp = rule("lamp", ON_MESSAGE, PUBLISH, conditions=[TABLE_ON])
    evening = at_home(lamp, table="off").message("18:00", "home/bell").signal("18:01", "table", "on").tell("19:00")
    assert published(evening) == []


@pytest.mark.parametrize(
    ("limits", "times"),
    [
        ({"per_day": None}, ["18:00:00", "18:01:00", "18:10:00", "18:00:00"]),
        ({"per_day": 2}, ["18:00:00", "18:01:00", "18:00:00"]),
        ({"per_day": None, "cooldown": "9min"}, ["18:00:00", "18:10:00", "18:00:00"]),
        ({"per_day": None, "per_week": 1}, ["18:00:00"]),
        ({"per_day": 0}, []),
    ],
)
def test_it_keeps_its_own_limits(limits: Any, times: list[str]) -> None:
    evening = at_home(rule("lamp", ON_MESSAGE, PUBLISH, limits=limits))
    for time in (at("18:00"), at("18:01"), at("18:10"), at("18:00", "2026-11-20")):
        evening.message(time, "home/bell")
    assert published(evening) == times


def test_while_it_waits_it_is_not_begun_again() -> None:
    lamp = rule("lamp", ON_MESSAGE, PUBLISH, wait("5min"), PUBLISH)
    evening = at_home(lamp).message("18:00", "home/bell").message("18:04", "home/bell").tell("18:10")
    assert published(evening) == ["18:00:00", "18:05:00"]
    assert evening.entries[-1].reason == "already_running"
    assert published(evening.message("18:11", "home/bell"))[2:] == ["18:11:00"]


def test_it_waits_on_over_a_restart() -> None:
    lamp = rule("lamp", ON_MESSAGE, PUBLISH, wait("5min"), PUBLISH)
    assert published(at_home(lamp).message("18:00", "home/bell").restarts("18:03").tell("18:10"))[1:] == ["18:05:00"]


def test_a_rule_that_is_taken_away_stops_without_a_word() -> None:
    show = {"action": "tile", "say": "here"}
    evening = at_home(rule("lamp", ON_MESSAGE, PUBLISH, show, wait("5min"), PUBLISH)).message("18:00", "home/bell")
    evening.rules = ()
    evening.live_in(evening.home).tell("18:10")
    assert (published(evening), evening.shown, evening.told) == (["18:00:00"], [], [])


@pytest.mark.parametrize(("back", "done"), [("20:31", ["20:31:00"]), ("22:00", []), ("08:00", [])])
def test_what_was_missed_is_not_done_hours_later(back: str, done: list[str]) -> None:
    evening = at_home(rule("lamp", {"trigger": "time", "at": "20:30"}, PUBLISH, SAY), start="20:00")
    evening.restarts(at(back, "2026-11-20" if back == "08:00" else "2026-11-19")).tell(evening.state.now)
    assert (published(evening), evening.said) == (done, done)


# -- consent, and moments for a voice ----------------------------------------------------------------------------------


def test_publishing_needs_nobodys_consent_but_a_voice_needs_both() -> None:
    evening = at_home(rule("lamp", ON_MESSAGE, PUBLISH, SAY, {"action": "notify"}))
    evening.live_in(household(agreed=["Sam"], **TABLE)).message("18:00", "home/bell")
    assert published(evening) == ["18:00:00"]
    assert (evening.said, evening.notices) == ([], [])


@pytest.mark.parametrize(
    ("signal", "when", "said"),
    [
        ("", "18:00", ["18:00:00"]),
        ("guests", "18:00", []),
        ("asleep.sam", "18:00", []),
        ("on_call.sam", "18:00", []),
        ("", "22:30", []),
    ],
)
def test_a_voice_passes_the_gates_of_sound_and_the_rest_is_done_anyway(signal: str, when: str, said: list[str]) -> None:
    evening = at_home(rule("lamp", ON_MESSAGE, SAY, PUBLISH), **({signal: "on"} if signal else {}))
    evening.message(when, "home/bell").tell("23:00")
    assert evening.said == said
    assert published(evening) == [f"{when}:00"]


@pytest.mark.parametrize("step", [SAY, {"action": "notify"}])
def test_in_a_break_it_says_and_sends_nothing(step: dict[str, str]) -> None:
    evening = at_home(rule("lamp", ON_MESSAGE, step), rituals=(break_(),)).answer("18:00", "start", "time_out")
    evening.message("18:05", "home/bell")
    assert (evening.said, evening.notices) == ([], [])


# -- rules and rituals -------------------------------------------------------------------------------------------------


def test_it_may_start_a_ritual_as_if_somebody_had_called_it() -> None:
    start = {"action": "start", "ritual": "reunion_hug"}
    evening = at_home(rule("lamp", ON_MESSAGE, start), rituals=(ritual(limits={"per_day": 0}),))
    assert evening.message("18:00", "home/bell").shown == ["18:00:00 running"]
    in_a_break = at_home(rule("lamp", ON_MESSAGE, start), rituals=(break_(), ritual()))
    in_a_break.answer("17:55", "start", "time_out").message("18:00", "home/bell")
    assert in_a_break.shown == ["17:55:00 running"]


def test_a_step_of_a_ritual_sets_it_off_and_it_ends_no_prompt() -> None:
    after = rule("lamp", {"trigger": "ritual", "ritual": "evening_checkin", "is": "done"}, PUBLISH)
    evening = at_home(after, start="20:00", rituals=(checkin(), checkin("later", "20:40")))
    evening.answer("20:31", "done", "evening_checkin").tell("23:00")
    assert published(evening) == ["20:31:00"]
    assert evening.said == ["20:30:00", "21:15:00"]


def test_a_scene_that_a_rule_sets_stays() -> None:
    evening = at_home(rule("lamp", ON_MESSAGE, {"action": "scene", "scene": "dim"}, wait("1min")))
    assert evening.message("18:00", "home/bell").tell("20:00").scenes == ["18:00:00 dim on"]


def test_an_old_snapshot_and_a_start_set_nothing_off() -> None:
    evening = at_home(rule("lamp", {"trigger": "state", "signal": "table", "is": "on"}, PUBLISH), table="off")
    evening.tell("18:00", ServiceStarted(("home",))).tell("18:00", SignalChanged("table", "on", True, at("17:30")))
    assert published(evening.tell("20:00")) == []
