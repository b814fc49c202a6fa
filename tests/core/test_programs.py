"""What happens while a ritual runs: its steps at their second, what it holds back, and what it puts back once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.core.evening import Evening, break_, checkin, deck, home_since_noon, household, ritual, rule
from tests.fakes import at
from turntoward.core.actions import Announce, Notify
from turntoward.core.events import PresenceChanged
from turntoward.core.lock_screen import LOCK_SAFE
from turntoward.core.rules import Ritual

SIGNS = {"signals": {"guests": {}, "asleep.sam": {}, "on_call.sam": {}, "pad.alex": {}, "pad.sam": {}}}


def wait(span: str) -> dict[str, str]:
    return {"action": "wait", "for": span}


def say(line: str) -> dict[str, str]:
    return {"action": "announce", "say": line}


def scene(name: str) -> dict[str, str]:
    return {"action": "scene", "scene": name}


def program(*steps: dict[str, Any], **changes: Any) -> Ritual:
    """A ritual that only runs: nothing makes it due, and no timer but its steps."""
    run = {"timer": "0s", "steps": list(steps), **changes.pop("run", {})}
    return ritual("talk", triggers=[], offer={"after": "0s"}, run=run, **changes)


def started(*steps: dict[str, Any], when: str = "18:00", also: tuple[Ritual, ...] = (), **changes: Any) -> Evening:
    evening = Evening(household(**SIGNS), (program(*steps, **changes), *also), home_since_noon())
    return evening.answer(when, "start", "talk")


LONG = (wait("30min"),)
TALK = (say("one"), wait("90s"), {"action": "tile", "say": "two"}, wait("10min"), say("three"), {"action": "notify"})


# -- steps -------------------------------------------------------------------------------------------------------------


def test_steps_come_one_after_another_at_their_second() -> None:
    evening = started(*TALK).tell("19:00")
    assert evening.said == ["18:00:00", "18:11:30"]
    assert evening.shown == ["18:00:00 running", "18:01:30 running", "18:11:30 done"]
    assert evening.texts == ["two"]
    assert evening.notices == []  # it would be taken back in the same second


def test_a_late_wakeup_moves_no_later_step() -> None:
    evening = started(*TALK).after_a_gap("18:02:20").tell("19:00")
    assert evening.shown == ["18:00:00 running", "18:02:20 running", "18:11:30 done"]
    assert evening.said == ["18:00:00", "18:11:30"]


@pytest.mark.parametrize(("back", "words"), [("18:13:29", ["one", "three"]), ("18:13:30", ["one"])])
def test_what_was_to_be_said_long_ago_is_not_said(back: str, words: list[str]) -> None:
    evening = started(*TALK).tell("18:05").restarts(back).tell("20:00")
    assert evening.words == words
    assert evening.told[-1] == "done"


def test_a_restart_in_between_takes_no_step_twice() -> None:
    evening = started(*TALK).restarts("18:01").restarts("18:05").tell("19:00")
    assert (evening.words, evening.texts) == (["one", "three"], ["two"])


def test_without_steps_that_take_time_it_runs_for_an_hour() -> None:
    assert started(say("one")).tell("18:59:59").told == ["started"]
    assert started(say("one")).tell("19:00").told == ["started", "stopped"]


def test_a_message_on_a_phone_says_no_more_than_fits_a_lock_screen_and_is_taken_back() -> None:
    evening = started({"action": "notify"}, wait("5min"), {"action": "notify"}, wait("5min")).tell("19:00")
    texts = [action.text for _, action in evening.actions if isinstance(action, Notify)]
    assert len(texts) == 2
    assert set(texts) <= set(LOCK_SAFE["en"])
    assert [when for when, action in evening.actions if action.kind == "clear_notice"] == [at("18:10")]


# -- a voice needs its moment ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signal", "when"),
    [("guests", "18:00"), ("asleep.sam", "18:00"), ("on_call.sam", "18:00"), ("", "22:30"), ("", "06:59:59")],
)
def test_a_voice_that_has_no_moment_is_left_out_and_nothing_waits_for_it(signal: str, when: str) -> None:
    day = "2026-11-20" if when < "17" else "2026-11-19"
    evening = Evening(
        household(**SIGNS), (program(say("one"), wait("60s"), scene("dim"), wait("1h")),), home_since_noon()
    )
    if signal:
        evening.signal("17:59", signal, "on")
    evening.answer(at(when, day), "start", "talk")
    if signal:
        evening.signal("18:00:30", signal, "off")
    evening.tell(at(when, day) + timedelta(minutes=5))
    assert evening.said == []
    assert [line.split(" ", 1)[1] for line in evening.scenes] == ["dim on"]


@pytest.mark.parametrize("left", [["alex"], ["alex", "sam"]])
def test_what_a_ritual_says_is_for_both_and_left_out_when_one_of_them_has_left(left: list[str]) -> None:
    """Whoever is away could otherwise make the house speak to the other one, again and again."""
    evening = started(wait("30min"), say("one"), wait("1min"))
    for partner in left:
        evening.leaves("18:05", partner)
    assert evening.tell("19:00").said == []
    assert evening.told[-1] == "done"


def test_it_is_said_where_one_is_home_and_of_the_other_nothing_is_known() -> None:
    evening = started(wait("30min"), say("one"), wait("1min"))
    evening.tell("18:05", PresenceChanged("alex", "unknown"))
    assert evening.tell("19:00").said == ["18:30:00"]


@pytest.mark.parametrize(("left", "scenes"), [([], 1), (["alex"], 1), (["alex", "sam"], 0)])
def test_a_scene_is_set_unless_both_are_away(left: list[str], scenes: int) -> None:
    evening = Evening(household(**SIGNS), (program(scene("dim"), wait("1h")),), home_since_noon())
    for partner in left:
        evening.leaves("17:05", partner)
    assert len(evening.answer("18:00", "start", "talk").scenes) == scenes


def test_a_line_right_before_the_quiet_hours_is_not_valid_inside_them() -> None:
    evening = started(say("one"), when="22:29:30")
    assert [action.valid_until for _, action in evening.actions if isinstance(action, Announce)] == [at("22:30")]


@pytest.mark.parametrize("words", [{}, {"say": "A card: {card}"}])
def test_without_a_new_card_a_voice_says_nothing(words: dict[str, str]) -> None:
    card = {"action": "announce", "card": "cards", **words}
    evening = Evening(household(), (program(card, wait("1min"), card),), home_since_noon(), decks=deck("only"))
    evening.answer("18:00", "start", "talk").tell("18:05").answer("18:10", "start", "talk").tell("18:15")
    assert evening.words == ["A card: only" if words else "only"]


# -- what it holds, starts and changes ---------------------------------------------------------------------------------


def test_it_keeps_our_other_prompts_away_and_lets_them_go() -> None:
    held = (checkin("other", "18:05"), checkin("short", "18:05", offer={"valid_for": "10min"}))
    assert started(*LONG, also=held, run={"hold_prompts": True}).tell("19:00").said == ["18:30:00"]
    assert started(*LONG, also=held).tell("18:10").said == ["18:05:00"]


def test_a_step_starts_another_and_it_takes_its_steps_at_once() -> None:
    other = ritual("other", triggers=[], run={"steps": [say("from the other")]})
    evening = started({"action": "start", "ritual": "other"}, {"action": "start", "ritual": "nobody"}, also=(other,))
    assert evening.words == ["from the other"]
    assert evening.told == ["started", "started"]


def test_two_that_start_each_other_come_to_an_end() -> None:
    one = ritual(
        "one",
        triggers=[{"trigger": "ritual", "ritual": "two", "is": "started"}],
        limits={"per_day": None},
        run={"steps": [{"action": "start", "ritual": "two"}]},
        offer={"after": "0s", "channels": ["tile"]},
    )
    two = ritual(
        "two",
        triggers=[{"trigger": "ritual", "ritual": "one", "is": "started"}],
        limits={"per_day": None},
        run={"steps": [{"action": "start", "ritual": "one"}]},
        offer={"after": "0s", "channels": ["tile"]},
    )
    restart = rule("again", {"trigger": "ritual", "ritual": "one", "is": "ended"}, {"action": "start", "ritual": "one"})
    evening = Evening(household(), (one, two), home_since_noon(), rules=(restart,)).answer("18:00", "start", "one")
    assert evening.told.count("started") == 2
    evening.answer("18:00:05", "stop", "one")
    assert evening.told.count("started") == 3
    evening.rituals = ()
    assert evening.live_in(household()).tell("18:01").state.occasions == {}


def test_a_step_changes_the_season_for_a_while() -> None:
    evening = started({"action": "season", "season": "simplified", "for": "3d"})
    assert evening.seasons[-1] == ("simplified", date(2026, 11, 22))
    assert len(evening.tell(at("03:59:59", "2026-11-23")).seasons) == 1
    assert evening.tell(at("04:00", "2026-11-23")).seasons[-1] == ("normal", None)


def test_what_has_no_voice_runs_on_in_a_break_but_sends_nothing() -> None:
    evening = started(wait("10min"), {"action": "notify"}, wait("5min"), also=(break_(),))
    evening.answer("18:05", "start", "time_out").tell("18:20")
    assert evening.notices == []
