"""Anything may happen, in any order: presence, signals, answers, private acts, outages, restarts, clocks that are set.

Whatever Hypothesis makes up in `machine`, the promises hold after every single decision. `TURNTOWARD_SIMULATE=long`
looks much further.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.machine import Home
from tests.simulation.machine_home import Step
from tests.simulation.promised_order import (
    JSON_EVERY,
    Buttons,
    Cards,
    Order,
    Phones,
    Rest,
    Scenes,
    Secrets,
    Words,
)
from tests.simulation.promises import SEEN, Breaks, Dose, Restraint, Sound
from turntoward.core.actions import Announce, Ask, ClearNotice, Notify, Publish, SetScene, SetTile, TellStep
from turntoward.core.events import PRIVATE, ClockJumped, Event, PrivateAct, TimePassed
from turntoward.core.household import SEASONS
from turntoward.core.state import state_from_json, state_to_json

LONG = os.environ.get("TURNTOWARD_SIMULATE") == "long"
MET = (
    *(kind.__name__ for kind in (Announce, Ask, ClearNotice, Notify, Publish, SetScene, SetTile, TellStep)),
    *("due", "refused", "held", "offered", "postponed", "started", "swapped", "runs"),
    *("done", "declined", "expired", "undelivered", "stopped"),
    *(f"offered in {season}" for season in SEASONS),
    *(f"private {act}" for act in PRIVATE),
    *("scene on", "scene off", "in a break", "asked if ready", "new time", "break over", "break forgotten"),
    *("dropped", "turn passed", "looked at again", "card of depth 1", "card of depth 2", "card of depth 3"),
    *("button taken", "old button", "quiet evening", "chosen", "Reply"),
)
"""What all runs together have to meet, or a promise about it proves nothing."""
PROMISES = (Rest, Sound, Dose, Scenes, Phones, Breaks, Restraint, Buttons, Cards, Secrets, Words, Order)


class Household(Home):
    """The home, with everything that is promised of it."""

    def __init__(self) -> None:
        super().__init__()
        self.promises = [promise() for promise in PROMISES]

    def watch(self, step: Step) -> None:
        for promise in self.promises:
            if isinstance(step.event, ClockJumped):
                promise.moved(step.event.by)
            promise.holds(step)

    def decide(self, event: Event) -> None:
        if isinstance(event, PrivateAct):
            super().decide(TimePassed())  # so that all that the act shows is its own
        super().decide(event)

    def teardown(self) -> None:
        """What was recorded, played again from the beginning, decides the same. It takes long: a third is played."""
        if len(self.told) % 3:
            return
        state = self.first
        for count, (engine, event, now, decision) in enumerate(self.told):
            again = engine.decide(state, event, now)
            assert again == decision
            state = again.state if count % JSON_EVERY else state_from_json(state_to_json(again.state))


def test_whatever_happens_the_promises_hold() -> None:
    SEEN.clear()
    run_state_machine_as_test(
        Household,
        settings=settings(
            max_examples=5000 if LONG else 250,
            stateful_step_count=80 if LONG else 50,
            deadline=None,
            derandomize=not LONG,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert not {met: SEEN[met] for met in MET if SEEN[met] < 5}
    assert SEEN["Announce"] > 200
