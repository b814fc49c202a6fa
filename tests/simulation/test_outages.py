"""The service is down around a reunion: at every ten seconds of it, for a short while and for a long one.

The reunion is that of G02: the door opens at 18:30:05 and closes at 18:30:15, Sam is home at 18:30:20, believed to be
at 18:30:35, greeted at 18:31:35, and the window closes at 18:40:35.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.core.evening import ritual, with_door
from tests.fakes import at
from turntoward.core.rules import Rulebook
from turntoward.core.scenario import Scenario
from turntoward.core.simulator import play

OPENED, CLOSED, HOME, BELIEVED, GREETED, OVER = (
    at(f"18:{text}") for text in ("30:05", "30:15", "30:20", "30:35", "31:35", "40:35")
)
HOLD = STALE = timedelta(minutes=2)
SETTLE = timedelta(minutes=1)
FIRST, LAST = at("18:29:30"), at("18:41:00")


def local(moment: datetime) -> str:
    return f"{moment + timedelta(hours=1):%H:%M:%S}"  # Berlin in winter


def spoken(down: datetime, back: datetime) -> list[str]:
    scenario = Scenario.model_validate(
        {
            "given": {
                "at": "2026-11-19 18:00",
                "home": ["alex"],
                "away": {"sam": "08:40"},
                "signals": {"entry_door": "off"},
            },
            "when": [
                {"at": local(OPENED), "signal": "entry_door", "is": "on"},
                {"at": local(CLOSED), "signal": "entry_door", "is": "off"},
                {"at": local(HOME), "arrives": "sam"},
                {"at": local(down), "down": "service", "until": local(back)},
            ],
        }
    )
    played = play(with_door(), Rulebook(rituals=(ritual(),)), scenario)
    return [f"{e.at:%H:%M:%S}" for e in played.emitted if e.channel == "speaker"]


def wanted(down: datetime, back: datetime) -> datetime | None:
    """When Sam and Alex should be greeted, or None: worked out from what the service could know, case by case."""
    if down > GREETED:
        return GREETED
    if down > BELIEVED:  # the minute runs; after the start the home is listened to first
        greeted = max(GREETED, back + HOLD)
        return greeted if greeted < OVER else None
    if back <= HOME:  # the arrival is seen live, within the hold of the start
        return max(BELIEVED, back + HOLD) + SETTLE
    seen_before = down > HOME
    door_is_known = down > OPENED or back - CLOSED <= STALE
    fresh = back - HOME <= STALE
    return back + HOLD + SETTLE if fresh and (seen_before or door_is_known) else None


@pytest.mark.parametrize("seconds", [10, 60, 110, 130, 540, 900])
def test_a_reunion_across_an_outage_is_greeted_once_in_time_or_not_at_all(seconds: int) -> None:
    came, should_come = {}, {}
    down = FIRST
    while down <= LAST:
        back = down + timedelta(seconds=seconds)
        expected = wanted(down, back)
        came[local(down)] = spoken(down, back)
        should_come[local(down)] = [local(expected)] if expected else []
        down += timedelta(seconds=10)
    assert came == should_come


def test_the_sweep_meets_every_case() -> None:
    outcomes = {
        wanted(FIRST + timedelta(seconds=10 * step), FIRST + timedelta(seconds=10 * step + length))
        for step in range(70)
        for length in (10, 130, 540)
    }
    assert {None, GREETED} < outcomes
    assert all(moment is None or GREETED <= moment < OVER for moment in outcomes)
