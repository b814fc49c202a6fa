"""What a running ritual changes in the home is put back once, whichever way it ends; and by which signs it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.core.evening import Evening, home_since_noon, household
from tests.core.test_programs import SIGNS, program, scene, started, wait
from turntoward.core.actions import SetScene
from turntoward.core.events import ActionExpired, ActionFailed

# -- scenes ------------------------------------------------------------------------------------------------------------

DIM = (scene("dim"), wait("30min"))
ENDS = {"when": [{"signal": "pad", "is": "off", "for": "2min"}]}


def until_its_timer(evening: Evening) -> Evening:
    return evening.tell("18:30")


def until_the_sign(evening: Evening) -> Evening:
    return (
        evening.signal("18:05", "pad.alex", "on").signal("18:05", "pad.sam", "off").signal("18:08", "pad.alex", "off")
    )


def until_stopped(evening: Evening) -> Evening:
    return evening.answer("18:10", "stop", "talk")


def until_done(evening: Evening) -> Evening:
    return evening.answer("18:10", "done", "talk")


def until_consent_ends(evening: Evening) -> Evening:
    return evening.live_in(household(agreed=["Alex"], **SIGNS)).tell("18:10")


def until_it_is_switched_off(evening: Evening) -> Evening:
    evening.rituals = ()
    return evening.live_in(evening.home).tell("18:10")


def until_it_rests(evening: Evening) -> Evening:
    return evening.season("18:10", "simplified")


def until_a_restart_after_its_end(evening: Evening) -> Evening:
    return evening.restarts("18:45")


def until_it_ends_after_a_restart(evening: Evening) -> Evening:
    return evening.restarts("18:20").tell("18:30")


@pytest.mark.parametrize(
    ("end", "undone"),
    [
        (until_its_timer, "18:30:00"),
        (until_the_sign, "18:10:00"),
        (until_stopped, "18:10:00"),
        (until_done, "18:10:00"),
        (until_consent_ends, "18:10:00"),
        (until_it_is_switched_off, "18:10:00"),
        (until_it_rests, "18:10:00"),
        (until_a_restart_after_its_end, "18:45:00"),
        (until_it_ends_after_a_restart, "18:30:00"),
    ],
)
def test_a_scene_is_undone_once_however_it_ends(end: Any, undone: str) -> None:
    evening = end(started(*DIM, run={"ends": ENDS}, short=False)).tell("19:00").restarts("19:30").tell("20:00")
    assert evening.scenes == ["18:00:00 dim on", f"{undone} dim undone"]
    assert evening.state.holding == {}


@pytest.mark.parametrize("report", [ActionFailed("", "no"), ActionExpired("")])
def test_a_scene_that_was_not_set_is_not_undone(report: Any) -> None:
    evening = Evening(household(), (program(*DIM),), home_since_noon(), delivers=False).answer("18:00", "start", "talk")
    (name,) = (action.id for _, action in evening.actions if isinstance(action, SetScene))
    reported = ActionFailed(name, "no") if isinstance(report, ActionFailed) else ActionExpired(name)
    assert evening.tell("18:02", reported).tell("19:00").scenes == ["18:00:00 dim on"]


def test_a_scene_may_be_set_twice_and_is_undone_once() -> None:
    evening = started(scene("dim"), wait("5min"), scene("bright"), wait("5min"), scene("dim"), wait("5min")).tell(
        "19:00"
    )
    undone = [line for line in evening.scenes if line.endswith("undone")]
    assert sorted(undone) == ["18:15:00 bright undone", "18:15:00 dim undone"]
    assert len({action.id for _, action in evening.actions}) == len(evening.actions)


# -- what ends it ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("story", "ended"),
    [
        ([("18:05", "alex", "off"), ("18:06", "sam", "off")], "18:08:00"),
        ([("18:05", "alex", "off")], "18:30:00"),  # both pads have to
        ([("18:05", "alex", "off"), ("18:06", "sam", "off"), ("18:07:59", "sam", "on")], "18:30:00"),
        ([("18:05", "alex", "off"), ("18:06", "sam", "unavailable")], "18:30:00"),
    ],
)
def test_a_sign_of_a_kind_needs_all_of_that_kind(story: list[tuple[str, str, str]], ended: str) -> None:
    evening = Evening(household(**SIGNS), (program(*DIM, run={"ends": ENDS}),), home_since_noon())
    evening.signal("17:50", "pad.alex", "on").signal("17:50", "pad.sam", "on").answer("18:00", "start", "talk")
    for time, whose, value in story:
        evening.signal(time, f"pad.{whose}", value)
    assert evening.tell("19:00").shown[-1] == f"{ended} done"


def test_a_sign_that_came_before_the_start_ends_nothing() -> None:
    evening = Evening(household(**SIGNS), (program(*DIM, run={"ends": ENDS}),), home_since_noon())
    evening.signal("17:58", "pad.alex", "on").signal("17:58", "pad.sam", "on")
    evening.signal("17:59", "pad.alex", "off").signal("17:59", "pad.sam", "off")
    assert evening.answer("18:00", "start", "talk").tell("19:00").shown[-1] == "18:30:00 done"


def test_it_lasts_as_long_as_was_asked_for() -> None:
    evening = Evening(household(), (program(*DIM),), home_since_noon())
    evening.answer("18:00", "start", "talk", timedelta(minutes=12)).tell("19:00")
    assert evening.scenes == ["18:00:00 dim on", "18:12:00 dim undone"]
