"""A home in which anything may happen, in any order, with every shipped ritual switched on.

What Hypothesis may do to it is here; its rituals are in `machine_home`, and nothing is asserted.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.fakes import at
from tests.simulation.machine_home import (
    BERLIN,
    BOTH,
    CONSENTS,
    DATES,
    EVENINGS,
    FORMS,
    LIVES,
    NAMES,
    PARTNERS,
    RUNS,
    SIGNALS,
    SOURCES,
    SUNDAYS,
    TAGS,
    UNRESTFUL,
    Goal,
    Step,
    day_before,
    engine,
)
from turntoward.core import civil, events
from turntoward.core.engine import Decision, Engine, new_state
from turntoward.core.events import ANSWERS, PRIVATE, Answer, Event, Private, Raw
from turntoward.core.household import SEASONS, Season
from turntoward.core.state import Own, shift

partners = st.sampled_from(PARTNERS)
raws: st.SearchStrategy[Raw] = st.sampled_from(["home", "home", "away", "away", "unknown"])
ages = st.sampled_from([None, 0, 5, 60, 119, 120, 121, 600, 7200])
seconds = st.sampled_from([0, 1, 14, 15, 45, 60, 90, 91, 119, 300, 599, 600, 1800, 2700, 3 * 3600, 7 * 3600])
jumps = st.sampled_from([-90 * 86400, -2 * 86400, -86400, -3600, -600, -6, 6, 600, 3600, 86400, 200 * 86400])
lasts = st.sampled_from([None, None, None, timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=30)])
REPORTING = ("announce", "notify", "set_tile", "set_scene")


def failed(action: str) -> events.ActionFailed:
    return events.ActionFailed(action, "no")


endings = st.sampled_from([events.ActionDelivered, events.ActionDelivered, events.ActionExpired, failed])
reports = st.fixed_dictionaries(dict.fromkeys(REPORTING, endings))
"""What becomes of what the channels were asked to do, by kind."""
presses: st.SearchStrategy[Event] = st.one_of(
    st.builds(events.MessageReceived, st.sampled_from(["kitchen/button", "another"]), st.just("on")),
    st.builds(events.HomeEventFired, st.just("button"), st.sampled_from([{"pressed": "twice"}, {"pressed": "once"}])),
)
SIGNS = SIGNALS[len(UNRESTFUL) :]
texts = st.sampled_from(["", "   ", "You sang in the kitchen.", "\x00\n", "words " * 200])
finals = st.sampled_from(["done", "enough", "another", "swap", "swap", "start"])
breaks = st.sampled_from(["alex", "sam", "both", "both", "more_time", "wait", "stop"])
goals = st.sampled_from([*EVENINGS, *EVENINGS, *SUNDAYS, *DATES])


class Home(RuleBasedStateMachine):
    """The service in a home where anything may happen."""

    def __init__(self) -> None:
        super().__init__()
        self.agreed: tuple[str, ...] = BOTH
        self.life = "plain"
        self.now = at("16:00")
        self.state = self.first = new_state(self.now)
        self.told: list[tuple[Engine, Event, datetime, Decision]] = []
        self.pending: list[tuple[str, str]] = []
        self.tokens: list[str] = []
        """What came with the latest messages and questions."""

    def watch(self, step: Step) -> None:
        """Look at a decision; whoever promises something says here what."""

    @initialize(seed=st.integers(0, 3))
    def both_are_home(self, seed: int) -> None:
        self.decide(events.ServiceStarted(seed=seed))
        for partner in PARTNERS:
            self.decide(events.PresenceChanged(partner, "home", True, self.now - timedelta(hours=1)))
        self.time_passes(300)

    # -- time and the machine -----------------------------------------------------------------------------------------

    @rule(span=seconds)
    def time_passes(self, span: int) -> None:
        end = self.now + timedelta(seconds=span)
        for _ in range(300):
            wakeup = self.engine.next_wakeup(self.state)
            if wakeup is None or wakeup > end:
                break
            self.now = max(self.now, wakeup)
            self.decide(events.TimePassed())
        self.now = end
        self.decide(events.TimePassed())

    def time_goes_on(self, wakeups: int) -> None:
        for _ in range(wakeups):
            self.now = self.engine.next_wakeup(self.state) or self.now
            self.decide(events.TimePassed())

    @rule(span=seconds)
    def the_machine_sleeps(self, span: int) -> None:
        self.now += timedelta(seconds=span)
        self.decide(events.TimePassed())

    @rule(source=st.sampled_from(SOURCES), back=st.booleans())
    def a_source_comes_or_goes(self, source: str, back: bool) -> None:
        self.decide(events.SourceConnected(source) if back else events.SourceLost(source))

    @rule(gap=seconds, connects=st.lists(st.sampled_from(SOURCES), max_size=2, unique=True))
    def the_service_restarts(self, gap: int, connects: list[str]) -> None:
        self.now += timedelta(seconds=gap)
        self.decide(events.ServiceStarted(SOURCES))
        for source in connects:
            self.decide(events.SourceConnected(source))

    @rule(by=jumps)
    def the_clock_is_set(self, by: int) -> None:
        self.now += timedelta(seconds=by)
        self.decide(events.ClockJumped(timedelta(seconds=by)))

    @rule(agreed=st.sampled_from([BOTH, BOTH, BOTH, *CONSENTS]), life=st.sampled_from(["plain", *LIVES]))
    def the_settings_change(self, agreed: tuple[str, ...], life: str) -> None:
        self.agreed, self.life = agreed, life
        self.decide(events.TimePassed())

    # -- the home -----------------------------------------------------------------------------------------------------

    @rule(partner=partners, raw=raws)
    def somebody_moves(self, partner: str, raw: Raw) -> None:
        self.decide(events.PresenceChanged(partner, raw))

    @rule(partner=partners, apart=st.sampled_from([900, 2400, 4 * 3600, 25 * 3600]), door=st.booleans())
    def somebody_goes_out_and_comes_home(self, partner: str, apart: int, door: bool) -> None:
        self.somebody_moves(partner, "away")
        self.time_passes(apart)
        if door:
            self.decide(events.SignalChanged("entry_door", "on"))
            self.decide(events.SignalChanged("entry_door", "off"))
        self.somebody_moves(partner, "home")
        self.time_passes(15 + 61)

    @rule(partner=partners, raw=raws, age=ages)
    def somebody_is_found(self, partner: str, raw: Raw, age: int | None) -> None:
        self.decide(events.PresenceChanged(partner, raw, True, self.ago(age)))

    @rule(name=st.sampled_from(SIGNALS), value=st.sampled_from(["on", "off", "playing", "unavailable"]), span=seconds)
    def a_signal_changes(self, name: str, value: str, span: int) -> None:
        self.decide(events.SignalChanged(name, value))
        self.time_passes(min(span, 1800))

    @rule(name=st.sampled_from(SIGNALS), value=st.sampled_from(["on", "off", "unknown"]), age=ages)
    def a_signal_is_found(self, name: str, value: str, age: int | None) -> None:
        self.decide(events.SignalChanged(name, value, True, self.ago(age)))

    def ago(self, age: int | None) -> datetime | None:
        return None if age is None else self.now - timedelta(seconds=age)

    @rule(
        goal=goals,
        days=st.sampled_from([0, 0, 0, 1, 2, 15]),
        sign=st.sampled_from([*SIGNS, None]),
        how=reports,
    )
    def a_good_day_goes_on(self, goal: Goal, days: int, sign: str | None, how: dict[str, Any]) -> None:
        """Both are home, agreed and undisturbed, at an hour in which things happen."""
        self.agreed = BOTH
        self.now = day_before(goal, self.now + timedelta(days=days))
        for source in list(self.state.lost):
            self.decide(events.SourceConnected(source))
        for name in SIGNALS:
            self.decide(events.SignalChanged(name, "off"))
        for partner in PARTNERS:
            self.decide(events.PresenceChanged(partner, "home"))
            if self.state.own.get(partner, Own()).paused:
                self.decide(events.PrivateAct(partner, "resume"))
        self.time_passes(int((civil.next_at(goal[1], self.now, BERLIN) - self.now).total_seconds()) + 61)
        self.report(how)
        if sign:
            self.a_signal_changes(sign, "on", 300)

    @rule(goal=goals, life=st.sampled_from(["vacation", "apart", "plain"]))
    def they_travel(self, goal: Goal, life: str) -> None:
        self.agreed, self.life = BOTH, life
        for partner in PARTNERS:
            self.decide(events.PresenceChanged(partner, "away"))
        self.time_passes(700)
        self.now = day_before(goal, self.now)
        self.time_passes(int((civil.next_at(goal[1], self.now, BERLIN) - self.now).total_seconds()) + 61)

    # -- what the two do ----------------------------------------------------------------------------------------------

    @rule(name=st.sampled_from([*NAMES, "no_such"]), said=st.sampled_from(ANSWERS), lasts=lasts)
    def somebody_answers(self, name: str, said: Answer, lasts: timedelta | None) -> None:
        self.decide(events.RitualAnswered(name, said, lasts))

    @rule(wakeups=st.integers(0, 3), data=st.data())
    def what_is_open_is_answered(self, wakeups: int, data: Any) -> None:
        self.time_goes_on(wakeups)
        for name, occasion in list(self.state.occasions.items()):
            ritual = FORMS["normal"].get(name)
            if ritual is not None and (occasion.phase != "waiting" or data.draw(st.booleans())):
                put_off = [said for said in ritual.answers if said in ("later", "other_slot", "swap")]
                said = data.draw(st.sampled_from([*put_off, *put_off, *ritual.answers, "start", "stop"]))
                self.decide(events.RitualAnswered(name, said))

    @rule(level=st.sampled_from([1, 2, 3, 3, 5]), cards=st.lists(st.sampled_from(["another", "start"]), max_size=4))
    def both_want_depth(self, level: int, cards: list[Answer]) -> None:
        for partner in PARTNERS:
            self.decide(events.PrivateAct(partner, "depth", level=level))
        for said in ("start", *cards):
            self.decide(events.RitualAnswered("questions", said))

    @rule(season=st.sampled_from(SEASONS), taps=st.sampled_from([1, 3, 60]))
    def they_look_for_an_idea(self, season: Season, taps: int) -> None:
        """They tap on, perhaps until there is no card that is new."""
        self.decide(events.SeasonChosen(season))
        for said in ("start", *["another"] * taps):
            self.decide(events.RitualAnswered("date_ideas", said))

    @rule(
        name=st.sampled_from([*RUNS, *RUNS, *NAMES]), lasts=lasts, wakeups=st.integers(0, 5), said=finals, how=reports
    )
    def something_is_started(
        self, name: str, lasts: timedelta | None, wakeups: int, said: Answer, how: dict[str, Any]
    ) -> None:
        self.decide(events.RitualAnswered(name, "start", lasts))
        self.report(how)
        self.time_goes_on(wakeups)
        self.decide(events.RitualAnswered(name, said))

    @rule(lasts=lasts, acts=st.lists(breaks, min_size=1, max_size=4))
    def they_take_a_break(self, lasts: timedelta | None, acts: list[str]) -> None:
        self.decide(events.RitualAnswered("time_out", "start", lasts))
        for act in acts:
            if act in ("more_time", *PARTNERS, "both"):
                self.time_goes_on(1)
            for partner in PARTNERS:
                if act in (partner, "both"):
                    self.decide(events.PrivateAct(partner, "ready"))
            if act == "more_time":
                self.decide(events.PrivateAct("sam", "more_time"))
            elif act == "stop":
                self.decide(events.RitualAnswered("time_out", "stop"))
            elif act == "wait":
                self.time_passes(1800)

    @rule(answers=st.lists(st.sampled_from(["keep", "change", "drop", "drop"]), min_size=1, max_size=3))
    def they_look_back(self, answers: list[Answer]) -> None:
        """On an evening when something waits for its moment they let something go, perhaps just that."""
        self.a_good_day_goes_on((None, time(20, 29)), 0, None, dict.fromkeys(REPORTING, events.ActionDelivered))
        self.decide(events.RitualAnswered("evening_checkin", "later"))
        for said in ("start", "keep", *answers):
            self.decide(events.RitualAnswered("monthly_review", said))
        self.time_passes(3600)

    @rule(said=st.sampled_from(ANSWERS), asker=st.sampled_from(["", "kitchen"]), text=texts)
    def somebody_answers_what_is_on(self, said: Answer, asker: str, text: str) -> None:
        self.decide(events.RitualAnswered("", said, text=text, reply_to=asker))

    @rule(name=st.sampled_from(["appreciation", "long_distance", "time_out", "no_such"]), text=texts)
    def something_is_shared(self, name: str, text: str) -> None:
        self.decide(events.RitualAnswered(name, "share", text=text, reply_to="kitchen"))

    @rule(wakeups=st.integers(0, 2), taps=st.integers(1, 3), data=st.data())
    def a_button_of_a_message_is_tapped(self, wakeups: int, taps: int, data: Any) -> None:
        self.time_goes_on(wakeups)
        token = data.draw(st.sampled_from([*self.tokens[-12:], "0" * 32]))
        for _ in range(taps):
            self.decide(events.NoticeAnswered(token))

    @rule(on=st.booleans(), goal=goals)
    def a_quiet_evening_is_chosen(self, on: bool, goal: Goal) -> None:
        self.decide(events.QuietChosen(on))
        self.time_passes(int((civil.next_at(goal[1], self.now, BERLIN) - self.now).total_seconds()) + 61)

    @rule(tag=st.sampled_from(TAGS))
    def a_tag_is_scanned(self, tag: str) -> None:
        self.decide(events.TagScanned(tag))

    @rule(season=st.sampled_from([*SEASONS, "simplified"]), days=st.sampled_from([None, None, -1, 0, 1, 14]))
    def a_season_is_chosen(self, season: Season, days: int | None) -> None:
        until = None if days is None else self.engine.household.logical_day(self.now) + timedelta(days=days)
        self.decide(events.SeasonChosen(season, until))

    @rule(partner=st.sampled_from([*PARTNERS, *PARTNERS, "nobody"]), act=st.sampled_from(PRIVATE), data=st.data())
    def something_private(self, partner: str, act: Private, data: Any) -> None:
        until = data.draw(st.sampled_from([None, *(self.now + timedelta(hours=span) for span in (3, 3, -1))]))
        less = data.draw(st.sampled_from([name for name in NAMES if name != "time_out"]))
        self.decide(
            events.PrivateAct(partner, act, until, less, data.draw(st.integers(0, 4)), data.draw(st.booleans()))
        )

    @rule(told=presses)
    def the_button_is_pressed(self, told: Event) -> None:
        self.decide(told)

    @rule(wakeups=st.integers(0, 4), how=reports, data=st.data())
    def the_channels_report(self, wakeups: int, how: dict[str, Any], data: Any) -> None:
        self.time_goes_on(wakeups)
        self.pending = data.draw(st.permutations(self.pending[-8:]))
        self.report(how)

    def report(self, how: dict[str, Any]) -> None:
        reported, self.pending = self.pending[-8:], []
        for kind, action in reported:
            self.decide(how[kind](action))

    # -- deciding -----------------------------------------------------------------------------------------------------

    @property
    def engine(self) -> Engine:
        return engine(self.agreed, self.life)

    def decide(self, event: Event) -> None:
        decision = self.engine.decide(self.state, event, self.now)
        self.told.append((self.engine, event, self.now, decision))
        before = shift(self.state, event.by) if isinstance(event, events.ClockJumped) else self.state
        self.state = decision.state
        self.tokens += [button.token for a in decision.actions for button in getattr(a, "buttons", ())]
        self.pending += [(a.kind, a.id) for a in decision.actions if a.kind in REPORTING]
        self.watch(Step(self.engine, before, event, self.now, decision))
