"""decide and next_wakeup: starts, sleep, a clock that is set, the order of time, and what is worth remembering."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.core.evening import Evening, checkin, home_since_noon, household, ritual, sam_is_out, with_door
from tests.fakes import at
from turntoward.core.engine import Engine, new_state
from turntoward.core.events import (
    Event,
    PresenceChanged,
    ServiceStarted,
    SignalChanged,
    SourceConnected,
    SourceLost,
    TimePassed,
)
from turntoward.core.rules import Rulebook

DINNER = ritual(
    "dinner",
    triggers=[{"trigger": "state", "signal": "table", "is": "on", "for": "10min"}],
    offer={"after": "0s", "valid_for": "60min"},
)
TABLE = household(signals={"table": {}})


def test_a_home_nothing_is_known_of_waits_for_nothing() -> None:
    engine = Engine(household(), Rulebook(rituals=(ritual(),)))
    decision = engine.decide(new_state(at("17:00")), TimePassed(), at("17:00"))
    assert not decision.actions
    assert not decision.trace
    assert engine.next_wakeup(decision.state) is None


def test_now_never_goes_back_without_a_jump() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon("20:00")).tell("20:10").tell("20:05")
    assert evening.state.now == at("20:10")


def test_the_wakeups_of_an_evening() -> None:
    evening = Evening(with_door(), (ritual(),), sam_is_out(entry_door="off"))
    wakeups = []
    for time, event in (
        ("18:30:05", SignalChanged("entry_door", "on")),
        ("18:30:20", PresenceChanged("sam", "home")),
        ("18:30:35", TimePassed()),
        ("18:31:35", TimePassed()),
        ("18:40:35", TimePassed()),
    ):
        evening.tell(time, event)
        wakeups.append(evening.engine.next_wakeup(evening.state))
    assert wakeups == [None, at("18:30:35"), at("18:31:35"), at("18:40:35"), None]


def test_a_wakeup_is_asked_for_at_the_next_time_of_day_and_at_four_where_a_tile_shows_done() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon("20:00"))
    assert evening.engine.next_wakeup(evening.state) == at("20:30")
    evening.answer("20:31", "done", "evening_checkin")
    assert evening.engine.next_wakeup(evening.state) == at("04:00", "2026-11-20")
    evening.tell(at("04:00", "2026-11-20"))
    assert evening.engine.next_wakeup(evening.state) == at("20:30", "2026-11-20")


def test_what_became_due_is_done_in_the_order_of_time() -> None:
    """One late wake-up finds a check-in of 20:30 and a reunion of 20:30:30; the gap goes to the first."""
    evening = Evening(household(), (ritual(), checkin()), sam_is_out("20:00")).arrives("20:29:00")
    decision = evening.engine.decide(evening.state, TimePassed(), at("20:31:00"))
    assert [(e.ritual, e.step) for e in decision.trace if e.step == "due"] == [
        ("evening_checkin", "due"),
        ("reunion_hug", "due"),
    ]


def test_a_start_listens_first_and_asks_every_source() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon("20:00"))
    evening.tell("20:29:59", ServiceStarted(("mqtt", "home")))
    assert evening.state.awaited == ("mqtt", "home")
    assert evening.tell("20:31:00").said == []
    evening.tell("20:31:30", SourceConnected("home"))
    assert evening.tell("20:40").said == ["20:33:30"]
    assert len(evening.state.awaited) == 0


def test_what_was_due_while_the_service_was_down_is_caught_up_inside_its_window() -> None:
    for started, said in (("21:00", ["21:02:00"]), ("21:44", []), ("21:45", [])):
        evening = Evening(household(), (checkin(),), home_since_noon("20:00"))
        evening.after_a_gap(started, ServiceStarted(("home",)))
        assert evening.tell("23:00").said == said


def test_a_sleep_of_the_machine_is_noticed_by_a_wakeup_that_comes_late() -> None:
    asleep = Evening(household(), (ritual(),), sam_is_out()).arrives("18:30:00")
    for late, refused in ((timedelta(minutes=2), False), (timedelta(minutes=2, seconds=1), True)):
        decision = asleep.engine.decide(asleep.state, TimePassed(), at("18:31:30") + late)
        held = decision.state.held_until == {"home": at("18:33:30") + late}
        assert held is refused
        assert [entry.step for entry in decision.trace] == ([] if refused else ["due", "offered"])


def test_a_lost_source_leaves_what_it_told() -> None:
    evening = Evening(household(), (ritual(),), sam_is_out()).tell("18:00")
    before = evening.state
    lost = evening.tell("18:00", SourceLost("home")).state
    assert replace(lost, lost={}) == before
    assert lost.lost == {"home": at("18:00:00")}


@pytest.mark.parametrize(("lost_at", "said"), [("20:28:00", ["20:30:00"]), ("20:27:59", [])])
def test_a_source_that_has_long_been_gone_is_not_believed(lost_at: str, said: list[str]) -> None:
    """Who was home two minutes ago may be out by now; unsure means silent."""
    evening = Evening(household(), (checkin(),), home_since_noon()).tell(lost_at, SourceLost("home")).tell("20:30:00")
    assert [line.split()[0] for line in evening.said] == said
    assert any("has been gone for a while" in line for line in evening.thoughts) is not bool(said)


def test_after_a_long_outage_the_snapshot_is_waited_for() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon()).tell("20:20:00", SourceLost("home"))
    evening.tell("20:30:00").tell("20:40:00", SourceConnected("home"))
    assert evening.said == []
    evening.tell("20:40:01", PresenceChanged("sam", "away", snapshot=True)).tell("20:42:00")
    assert evening.said == []
    evening.tell("20:50:00", PresenceChanged("sam", "home")).tell("20:51:30")
    assert len(evening.said) == 1


def test_a_loss_that_is_told_twice_began_the_first_time() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon()).tell("20:20:00", SourceLost("home"))
    assert evening.tell("20:25:00", SourceLost("home")).state.lost == {"home": at("20:20:00")}


def test_an_arrival_that_nobody_saw_is_worth_a_word() -> None:
    evening = Evening(household(), (ritual(),), sam_is_out()).tell("18:35:00", SourceConnected("home"))
    evening.tell("18:35:00", PresenceChanged("sam", "home", snapshot=True, changed_at=at("18:30:20")))
    assert evening.said == []
    assert any("nobody saw the arrival happen" in line for line in evening.thoughts)


# -- a clock that is set ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("to", ["12:00:50", "20:00:50"])
def test_a_minute_stays_a_minute_when_the_clock_is_set(to: str) -> None:
    evening = Evening(with_door(), (ritual(),), sam_is_out(entry_door="off"))
    evening.signal("18:30:05", "entry_door", "on").arrives("18:30:20").tell("18:31:05")
    evening.clock_is_set(to).tell("21:00")
    assert evening.said == [f"{to[:2]}:01:20"]


def test_what_was_fired_stays_fired_when_the_clock_goes_back_and_comes_again_tomorrow() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon("20:00")).tell("20:35").clock_is_set("20:20")
    evening.tell(at("23:00", "2026-11-20"))
    assert evening.said == ["20:30:00", "20:30:00"]
    assert [when for when, action in evening.actions if action.channel == "speaker"] == [
        at("20:30"),
        at("20:30", "2026-11-20"),
    ]


def test_a_clock_that_went_ahead_a_day_and_back_fires_no_evening_twice() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon("20:00")).answer("20:35", "done", "evening_checkin")
    evening.clock_is_set(at("20:40", "2026-11-20")).tell(at("20:41", "2026-11-20"))
    evening.clock_is_set(at("20:45")).tell(at("20:40", "2026-11-20"))
    assert len(evening.said) == 1
    ids = [action.id for _, action in evening.actions]
    assert len(ids) == len(set(ids))


def test_the_cooldown_is_elapsed_time() -> None:
    evening = Evening(household(), (ritual(),), sam_is_out("08:00", left="06:00")).arrives("09:00").leaves("09:30")
    evening.clock_is_set("12:30").arrives("13:30").tell("14:00")  # an hour and a half later, whatever the clock says
    assert evening.said == ["09:02:30"]


# -- state triggers ---------------------------------------------------------------------------------------------------


def at_table(*words: tuple[str, str]) -> Evening:
    evening = Evening(TABLE, (DINNER,), home_since_noon(table="off"))
    for time, value in words:
        evening.signal(time, "table", value)
    return evening.tell("20:00")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([("18:00", "on")], ["18:10:00"]),
        ([("18:00", "on"), ("18:09:59", "off")], []),
        ([("18:00", "on"), ("18:05", "unavailable")], []),
        ([("18:00", "on"), ("18:05", "off"), ("18:06", "on")], ["18:16:00"]),
        ([("18:00", "on"), ("18:05", "on")], ["18:10:00"]),
    ],
)
def test_a_state_that_lasts(words: list[tuple[str, str]], said: list[str]) -> None:
    assert at_table(*words).said == said


def test_a_state_that_was_only_found_begins_nothing() -> None:
    evening = Evening(TABLE, (DINNER,), home_since_noon(table="off"))
    evening.tell("18:00", SignalChanged("table", "on", True, at("17:30"))).tell("20:00")
    assert evening.said == []
    young = Evening(TABLE, (DINNER,), home_since_noon(table="off"))
    young.tell("18:00", SignalChanged("table", "on", True, at("17:59"))).tell("20:00")
    assert young.said == ["18:09:00"]


@pytest.mark.parametrize(("found", "said"), [("off", []), ("on", ["18:22:00"])])
def test_a_state_whose_time_ran_out_while_nobody_looked_must_be_heard_again(found: str, said: list[str]) -> None:
    evening = Evening(TABLE, (DINNER,), home_since_noon(table="off")).signal("18:05", "table", "on")
    events: tuple[Event, ...] = (
        ServiceStarted(("home",)),
        SourceConnected("home"),
        SignalChanged("table", found, True, at("18:12")),
    )
    for event in events:
        evening.after_a_gap("18:20:00", event)
    assert evening.tell("20:00").said == said


# -- reunions ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("choice", "shown", "said"), [("tile", 1, 0), ("speak", 1, 1), ("nothing", 0, 0)])
def test_what_a_household_wants_after_an_outing_together(choice: str, shown: int, said: int) -> None:
    evening = Evening(household(presence={"joint_outing": choice}), (ritual(),), home_since_noon("13:00"))
    evening.leaves("14:00", "alex").leaves("14:01").arrives("18:00", "alex").arrives("18:01").tell("18:05")
    assert (len(evening.shown), len(evening.said)) == (shown, said)
    if choice == "nothing":
        assert evening.thoughts[-1] == "18:02:30 reunion_hug stays silent: you came back from an outing together"


def test_each_ritual_judges_the_time_apart_itself() -> None:
    longer = ritual("long_way", triggers=[{"trigger": "reunion", "apart_for": "8h"}], limits={"min_gap": 0})
    shorter = ritual("short_way", triggers=[{"trigger": "reunion", "apart_for": "20min"}], limits={"min_gap": 0})
    evening = Evening(household(), (longer, shorter), sam_is_out(left="16:45")).arrives("17:10").tell("17:20")
    assert evening.thoughts[:2] == [
        "17:11:30 long_way stays silent: you were apart for 25min, it begins at 8h",
        "17:11:30 short_way is due: you are both home again after having been apart",
    ]


# -- what is worth remembering ----------------------------------------------------------------------------------------


def test_time_alone_is_not_worth_a_line() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon("20:00"))
    quiet = evening.engine.decide(evening.state, TimePassed(), at("20:10"))
    assert not quiet.changes(evening.state)
    assert evening.engine.decide(evening.state, TimePassed(), at("20:30")).changes(evening.state)
    assert evening.engine.decide(evening.state, PresenceChanged("sam", "away"), at("20:10")).changes(evening.state)


def test_old_prompts_are_forgotten() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon("20:00")).tell(at("20:00", "2026-12-19"))
    assert 0 < len(evening.state.prompts) <= 3
    assert len(evening.state.past["evening_checkin"].offered) <= 9


def test_what_the_tiles_show_now() -> None:
    evening = Evening(household(), (ritual(), checkin()), sam_is_out()).arrives("18:30").tell("18:33")
    tiles = {t.ritual: t for t in evening.engine.tiles(evening.state)}
    assert (tiles["reunion_hug"].state, tiles["reunion_hug"].text, tiles["reunion_hug"].until) == (
        "offered",
        "One",
        at("18:41:30"),
    )
    assert (tiles["evening_checkin"].state, tiles["evening_checkin"].until) == ("idle", None)
    evening.answer("18:34", "done")
    after = {t.ritual: t.state for t in evening.engine.tiles(evening.state)}
    assert after["reunion_hug"] == "done"


def test_the_short_form_is_used_in_the_simple_season() -> None:
    short = {"offer": {"channels": ["tile"]}}
    home = household(season="simplified")
    evening = Evening(home, (ritual(short=short),), sam_is_out()).arrives("18:30").tell("18:40")
    assert (evening.said, evening.shown) == ([], ["18:32:30 offered"])
