"""Anything may happen, in any order: presence, signals, answers, outages, restarts, clocks that are set, lost reports.

Whatever Hypothesis makes up, the promises below hold after every single decision. `TURNTOWARD_SIMULATE=long` looks
much further.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.core.evening import checkin, ritual
from tests.fakes import at
from turntoward.core import civil
from turntoward.core.actions import Announce, SetTile
from turntoward.core.answers import LATER
from turntoward.core.engine import Decision, Engine, new_state
from turntoward.core.events import (
    ANSWERS,
    ActionDelivered,
    ActionExpired,
    ActionFailed,
    Answer,
    ClockJumped,
    Event,
    PresenceChanged,
    Raw,
    RitualAnswered,
    ServiceStarted,
    SignalChanged,
    SourceConnected,
    SourceLost,
    TimePassed,
)
from turntoward.core.rules import Rulebook
from turntoward.core.state import state_from_json, state_to_json
from turntoward.core.trace import TraceEntry, explain, reason_in_words
from turntoward.settings import Settings

LONG = os.environ.get("TURNTOWARD_SIMULATE") == "long"
SOURCES = ("mqtt", "homeassistant")
SIGNALS = ("entry_door", "guests", "asleep.sam", "on_call.alex", "table")
RITUALS = (
    ritual(answers=["done", "later", "not_today"]),
    checkin(),
    ritual(
        "dinner",
        triggers=[{"trigger": "state", "signal": "table", "is": "on", "for": "5min"}],
        offer={"valid_for": "90min"},
        answers=["done", "later", "not_today"],
        limits={"cooldown": "30min", "per_day": 3, "min_gap": "50min"},
    ),
    checkin("night_owl", "02:30", offer={"channels": ["tile"]}, limits={"per_week": 2}),
    checkin("sunday_plan", "11:00", limits={"cooldown": "20h"}),
)
BY_NAME = {r.ritual: r for r in RITUALS}


def home(agreed: tuple[str, ...]) -> Settings:
    return Settings.model_validate(
        {
            "partners": [{"name": "Alex", "presence": "person.alex"}, {"name": "Sam", "presence": "home/sam"}],
            "agreed": list(agreed),
            "signals": {name: f"binary_sensor.{name.replace('.', '_')}" for name in SIGNALS},
            "mqtt": {"host": "localhost"},
            "homeassistant": {"url": "http://homeassistant.local:8123"},
        }
    )


ENGINES: dict[tuple[str, ...], Engine] = {
    agreed: Engine(home(agreed), Rulebook(rituals=RITUALS)) for agreed in ((), ("Alex",), ("Sam",), ("Alex", "Sam"))
}
BOTH = ("Alex", "Sam")
BERLIN = ENGINES[BOTH].household.time_zone
SEEN: Counter[str] = Counter()
"""What all runs together have met: a promise about speech proves nothing where nobody speaks."""

partners = st.sampled_from(["alex", "sam"])
raws: st.SearchStrategy[Raw] = st.sampled_from(["home", "home", "away", "away", "unknown"])
ages = st.sampled_from([None, 0, 5, 60, 119, 120, 121, 600, 7200])
seconds = st.sampled_from([0, 1, 14, 15, 45, 60, 90, 91, 119, 300, 599, 600, 1800, 2700, 3 * 3600, 7 * 3600])
jumps = st.sampled_from([-90 * 86400, -2 * 86400, -86400, -3600, -600, -6, 6, 600, 3600, 86400, 200 * 86400])


class Household(RuleBasedStateMachine):
    """The service in a home where anything may happen, and the promises it must keep."""

    def __init__(self) -> None:
        super().__init__()
        self.agreed: tuple[str, ...] = BOTH
        self.now = at("16:00")
        self.state = self.first = new_state(self.now)
        self.told: list[tuple[tuple[str, ...], Event, datetime, Decision]] = []
        self.ids: set[str] = set()
        self.pending: list[str] = []
        self.shown: dict[str, str] = {}
        self.prompts: list[tuple[datetime, Announce]] = []
        self.offers: list[tuple[datetime, str, str]] = []
        for partner in ("alex", "sam"):
            self.decide(PresenceChanged(partner, "home", True, self.now - timedelta(hours=1)))

    # -- what may happen ----------------------------------------------------------------------------------------------

    @rule(span=seconds)
    def time_passes(self, span: int) -> None:
        end = self.now + timedelta(seconds=span)
        for _ in range(300):
            wakeup = self.engine.next_wakeup(self.state)
            if wakeup is None or wakeup > end:
                break
            self.now = max(self.now, wakeup)
            self.decide(TimePassed())
        self.now = end
        self.decide(TimePassed())

    @rule(span=seconds)
    def the_machine_sleeps(self, span: int) -> None:
        self.now += timedelta(seconds=span)
        self.decide(TimePassed())

    @rule(partner=partners, raw=raws)
    def somebody_moves(self, partner: str, raw: Raw) -> None:
        self.decide(PresenceChanged(partner, raw))

    @rule(
        partner=partners, apart=st.sampled_from([900, 1800, 2400, 4 * 3600]), door=st.sampled_from([True, True, False])
    )
    def somebody_goes_out_and_comes_home(self, partner: str, apart: int, door: bool) -> None:
        self.somebody_moves(partner, "away")
        self.time_passes(apart)
        if door:
            self.a_signal_changes("entry_door", "on")
            self.a_signal_changes("entry_door", "off")
        self.somebody_moves(partner, "home")
        self.time_passes(15 + 61)

    @rule(partner=partners, raw=raws, age=ages)
    def somebody_is_found(self, partner: str, raw: Raw, age: int | None) -> None:
        self.decide(PresenceChanged(partner, raw, True, self.ago(age)))

    @rule(name=st.sampled_from(SIGNALS), value=st.sampled_from(["on", "off", "unavailable", "unknown"]))
    def a_signal_changes(self, name: str, value: str) -> None:
        self.decide(SignalChanged(name, value))

    @rule(name=st.sampled_from(SIGNALS), value=st.sampled_from(["on", "off", "unavailable"]), age=ages)
    def a_signal_is_found(self, name: str, value: str, age: int | None) -> None:
        self.decide(SignalChanged(name, value, True, self.ago(age)))

    @rule(clock=st.sampled_from([time(9), time(17), time(20), time(22, 15)]))
    def a_good_day_goes_on(self, clock: time) -> None:
        """Both are home, agreed and undisturbed, at an hour in which things happen."""
        self.agreed = BOTH
        for name in SIGNALS:
            self.decide(SignalChanged(name, "off"))
        for partner in ("alex", "sam"):
            self.decide(PresenceChanged(partner, "home"))
        self.time_passes(int((civil.next_at(clock, self.now, BERLIN) - self.now).total_seconds()))

    @rule(name=st.sampled_from([*BY_NAME, "no_such"]), said=st.sampled_from(ANSWERS))
    def somebody_answers(self, name: str, said: Answer) -> None:
        self.decide(RitualAnswered(name, said))

    @rule(wakeups=st.integers(0, 8), said=st.sampled_from(["later", "later", "done", "not_today", "start", "stop"]))
    def what_is_open_is_answered(self, wakeups: int, said: Answer) -> None:
        self.time_goes_on(wakeups)
        for name in list(self.state.occasions):
            self.decide(RitualAnswered(name, said))

    @rule(wakeups=st.integers(0, 8), data=st.data())
    def the_channels_report(self, wakeups: int, data: Any) -> None:
        self.time_goes_on(wakeups)
        for action in data.draw(st.permutations(self.pending)):
            self.report(action, data.draw(st.sampled_from([ActionDelivered, ActionExpired, "failed"])))

    def time_goes_on(self, wakeups: int) -> None:
        for _ in range(wakeups):
            self.now = self.engine.next_wakeup(self.state) or self.now
            self.decide(TimePassed())

    def report(self, action: str, how: Any) -> None:
        self.pending.remove(action)
        if how is not ActionDelivered:
            self.prompts = [(when, line) for when, line in self.prompts if line.id != action]
        self.decide(ActionFailed(action, "no") if how == "failed" else how(action))

    @rule(source=st.sampled_from(SOURCES), back=st.booleans())
    def a_source_comes_or_goes(self, source: str, back: bool) -> None:
        self.decide(SourceConnected(source) if back else SourceLost(source))

    @rule(gap=seconds, connects=st.lists(st.sampled_from(SOURCES), max_size=2, unique=True))
    def the_service_restarts(self, gap: int, connects: list[str]) -> None:
        self.now += timedelta(seconds=gap)
        self.decide(ServiceStarted(SOURCES))
        for source in connects:
            self.decide(SourceConnected(source))

    @rule(by=jumps)
    def the_clock_is_set(self, by: int) -> None:
        span = timedelta(seconds=by)
        self.now += span
        self.prompts = [(when + span, a) for when, a in self.prompts]
        self.offers = [(when + span, name, occasion) for when, name, occasion in self.offers]
        self.decide(ClockJumped(span))

    @rule(agreed=st.sampled_from([BOTH, BOTH, *ENGINES]))
    def consent_changes(self, agreed: tuple[str, ...]) -> None:
        self.agreed = agreed
        self.decide(TimePassed())

    # -- deciding, and what is promised of every decision -------------------------------------------------------------

    @property
    def engine(self) -> Engine:
        return ENGINES[self.agreed]

    def ago(self, age: int | None) -> datetime | None:
        return None if age is None else self.now - timedelta(seconds=age)

    def decide(self, event: Event) -> None:
        decision = self.engine.decide(self.state, event, self.now)
        self.told.append((self.agreed, event, self.now, decision))
        self.state = decision.state
        assert self.state.now == self.now
        assert state_from_json(state_to_json(self.state)) == self.state
        wakeup = self.engine.next_wakeup(self.state)
        assert wakeup is None or wakeup > self.now, "a wake-up in the past would be sent for ever"
        for entry in decision.trace:
            self.explains_itself(entry)
        for action in decision.actions:
            assert action.id not in self.ids, f"{action.id} was used before"
            self.ids.add(action.id)
            assert action.valid_until > self.now
            SEEN[type(action).__name__] += 1
            if isinstance(action, Announce):
                self.may_be_said(action)
            elif isinstance(action, SetTile):
                self.may_be_shown(action)
        assert {name: tile for name, tile in self.shown.items() if tile != "idle"} == self.state.shown

    def may_be_said(self, line: Announce) -> None:
        house, zone = self.engine.household, self.engine.household.time_zone
        assert house.both_agreed
        assert not house.quiet_hours.contains(civil.local(self.now, zone).time())
        assert line.valid_until <= civil.next_at(house.quiet_hours.start, self.now, zone)
        assert {(p.raw, p.confirmed) for p in self.state.presence.values()} == {("home", "home")}
        assert not any(self.now < self.state.held_until[s] for s in self.state.awaited)
        says = {name: value.value for name, value in self.state.signals.items()}
        assert not [name for name in ("guests", "asleep.sam", "on_call.alex") if says.get(name) == "on"]
        limits = BY_NAME[line.ritual].limits
        gap = house.limits.min_gap if limits.min_gap is None else limits.min_gap
        for when, earlier in self.prompts:
            apart = LATER if earlier.occasion == line.occasion else gap
            assert self.now - when >= apart, (line.id, earlier.id)
        today = civil.logical_day(self.now, zone)
        assert sum(civil.logical_day(when, zone) == today for when, _ in self.prompts) < house.limits.prompts_per_day
        assert sum(earlier.occasion == line.occasion for _, earlier in self.prompts) < 2
        self.prompts.append((self.now, line))
        self.pending.append(line.id)

    def may_be_shown(self, tile: SetTile) -> None:
        self.shown[tile.ritual] = tile.state
        if tile.state in ("offered", "running"):
            assert self.engine.household.both_agreed
            assert tile.until is not None
            assert tile.until > self.now
        if tile.state == "offered":
            assert self.state.signals.get("guests") is None or self.state.signals["guests"].value != "on"
            self.pending.append(tile.id)

    def explains_itself(self, entry: TraceEntry) -> None:
        SEEN[entry.step] += 1
        words = explain(entry)
        assert "{" not in words
        assert not {"alex", "sam"} & set(words.lower().replace(".", " ").split())
        assert "alex" not in entry.reason
        assert "sam" not in entry.reason
        if entry.reason:
            assert " " in reason_in_words(entry), f"{entry.reason!r} has no words"
        if entry.step == "undelivered":
            self.offers = [offer for offer in self.offers if offer[2] != entry.occasion]
        if entry.step == "offered":
            self.keeps_the_dose_of_its_ritual(entry)

    def keeps_the_dose_of_its_ritual(self, entry: TraceEntry) -> None:
        limits, zone = BY_NAME[entry.ritual].limits, self.engine.household.time_zone
        others = [when for when, name, occasion in self.offers if name == entry.ritual and occasion != entry.occasion]
        today = civil.logical_day(self.now, zone)
        assert all(self.now - when >= limits.cooldown for when in others)
        assert limits.per_day is None or sum(civil.logical_day(w, zone) == today for w in others) < limits.per_day
        week = timedelta(days=7)
        assert limits.per_week is None or sum(self.now - w < week for w in others) < limits.per_week
        if not any(occasion == entry.occasion for _, _, occasion in self.offers):
            self.offers.append((self.now, entry.ritual, entry.occasion))

    def teardown(self) -> None:
        """What was recorded, played again from the beginning, decides the same."""
        state = self.first
        for agreed, event, now, decision in self.told:
            again = ENGINES[agreed].decide(state, event, now)
            assert again == decision
            state = state_from_json(state_to_json(again.state))


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
    assert SEEN["Announce"] > 50
    assert min(SEEN[step] for step in ("postponed", "undelivered", "declined", "done", "held", "refused")) > 10
