"""Each number of presence and of the dose, one second to either side, in an evening with the default settings.

`said` is the local time at which something was said aloud.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.core.evening import Evening, checkin, home_since_noon, household, ritual, sam_is_out, with_door
from tests.fakes import at
from turntoward.core.actions import Announce, SetTile
from turntoward.core.events import Event, PresenceChanged, ServiceStarted, SignalChanged, SourceConnected
from turntoward.core.rules import Ritual

QUICK_HUG = ritual(limits={"cooldown": "0s"})


def hug(state: object = None, **changes: object) -> Evening:
    return Evening(with_door(**changes), (ritual(),), state or sam_is_out(entry_door="off"))  # type: ignore[arg-type]


def sam_comes_home(evening: Evening, time: str = "18:30:20", door: str = "18:30:05") -> Evening:
    return evening.signal(door, "entry_door", "on").arrives(time)


@pytest.mark.parametrize(("arrives", "said"), [("17:59:59", []), ("18:00:00", ["18:01:15"])])
def test_half_an_hour_apart(arrives: str, said: list[str]) -> None:
    evening = hug(home_since_noon(entry_door="off")).leaves("17:30:00")
    assert sam_comes_home(evening, arrives, "17:59:50").tell("19:00").said == said


@pytest.mark.parametrize(("arrives", "left"), [("17:09:59", None), ("17:10:00", at("17:00:00"))])
def test_ten_minutes_gone_is_away(arrives: str, left: object) -> None:
    evening = hug(home_since_noon(start="16:00")).leaves("17:00:00").arrives(arrives).tell("19:00")
    assert evening.state.presence["sam"].left_at == left


@pytest.mark.parametrize(("look", "believed"), [("18:30:34", "away"), ("18:30:35", "home")])
def test_with_a_door_home_is_believed_after_fifteen_seconds(look: str, believed: str) -> None:
    assert sam_comes_home(hug()).tell(look).state.presence["sam"].confirmed == believed


@pytest.mark.parametrize(("look", "believed"), [("18:31:49", "away"), ("18:31:50", "home")])
def test_without_a_door_home_is_believed_after_ninety_seconds(look: str, believed: str) -> None:
    assert hug().arrives("18:30:20").tell(look).state.presence["sam"].confirmed == believed


@pytest.mark.parametrize(
    ("door", "said"),
    [
        ("18:20:19", []),  # 601 s before: another walk through the door
        ("18:20:20", ["18:31:35"]),
        ("18:30:20", ["18:31:35"]),
        ("18:30:30", ["18:31:45"]),  # the phone was faster than the door
        ("18:31:35", ["18:32:50"]),
        ("18:31:40", ["18:32:50"]),  # a late door does not add to the ninety seconds
        ("18:31:49", ["18:32:50"]),
        ("18:31:50", []),
    ],
)
def test_the_door_that_explains_an_arrival(door: str, said: list[str]) -> None:
    arrival, opening = PresenceChanged("sam", "home"), SignalChanged("entry_door", "on")
    evening = hug()
    happening: list[tuple[str, Event]] = [("18:30:20", arrival), (door, opening)]
    for time, event in sorted(happening, key=lambda pair: pair[0]):
        evening.tell(time, event)
    assert evening.tell("19:00").said == said


@pytest.mark.parametrize(
    ("left", "home", "said"),
    [
        ("14:10:00", "18:10:00", []),
        ("14:10:01", "18:10:00", ["18:11:15"]),
        ("14:10:00", "18:10:01", ["18:11:16"]),
    ],
)
def test_out_together_means_leaving_and_coming_together(left: str, home: str, said: list[str]) -> None:
    evening = hug(home_since_noon(start="13:00", entry_door="off")).leaves("14:00:00", "alex").leaves(left)
    evening.signal("17:59:50", "entry_door", "on").arrives("18:00:00", "alex")
    assert sam_comes_home(evening, home, home).tell("19:00").said == said
    assert [state[9:] for state in evening.shown] == ["offered", "idle"]


@pytest.mark.parametrize(("age", "said"), [(120, ["18:36:00"]), (121, [])])
def test_a_change_found_at_connecting_is_an_arrival_for_two_minutes(age: int, said: list[str]) -> None:
    connected = at("18:33:00")
    evening = hug().tell(connected, SourceConnected("home"))
    evening.tell(connected, SignalChanged("entry_door", "off", True, connected - timedelta(seconds=100)))
    evening.tell(connected, SignalChanged("entry_door", "on", True, connected - timedelta(seconds=90)))
    evening.tell(connected, PresenceChanged("sam", "home", True, connected - timedelta(seconds=age)))
    assert evening.tell("19:00").said == said


@pytest.mark.parametrize(("look", "believed"), [("18:32:59", "away"), ("18:33:00", "home")])
def test_nothing_is_believed_for_two_minutes_after_connecting(look: str, believed: str) -> None:
    evening = hug().tell("18:31:00", SourceConnected("home"))
    assert sam_comes_home(evening, "18:31:10", "18:31:05").tell(look).state.presence["sam"].confirmed == believed


def test_speech_is_valid_for_two_minutes_but_never_into_the_quiet_hours_or_past_the_window() -> None:
    usual = sam_comes_home(hug()).tell("19:00")
    late = sam_comes_home(hug(sam_is_out("22:00", entry_door="off")), "22:27:50", "22:27:40").tell("23:00")
    waiting = hug(signals={"on_call": {}}).signal("18:29:00", "on_call", "on")
    last = sam_comes_home(waiting).signal("18:39:55", "on_call", "off").tell("19:00")
    ends = [next(a.valid_until for _, a in e.actions if isinstance(a, Announce)) for e in (usual, late, last)]
    assert (late.said, last.said) == (["22:29:05"], ["18:40:25"])
    assert ends == [at("18:33:35"), at("22:30:00"), at("18:40:35")]


@pytest.mark.parametrize(("due", "said"), [("20:29:59", ["20:30:00"]), ("20:30:00", ["20:30:00"])])
def test_three_quarters_of_an_hour_between_two_prompts(due: str, said: list[str]) -> None:
    rituals = (checkin("a_first", "19:45"), checkin("b_second", due))
    assert Evening(household(), rituals, home_since_noon("19:00")).tell("23:00").said[1:] == said


def test_a_ritual_may_ask_for_another_gap() -> None:
    rituals = (checkin("a_first", "19:45"), checkin("b_second", "20:00", limits={"min_gap": "15min 1s"}))
    assert Evening(household(), rituals, home_since_noon("19:00")).tell("23:00").said == ["19:45:00", "20:00:01"]


def reunions(hug: Ritual, *arrivals: str, until: str = "23:00") -> Evening:
    """Sam comes home again and again, without a door, and leaves five minutes after each prompt."""
    evening = Evening(household(limits={"min_gap": "0s"}), (hug,), sam_is_out("08:45", left="07:00"))
    for arrival in arrivals:
        home = at(arrival)
        evening.tell(home, PresenceChanged("sam", "home"))
        evening.tell(home + timedelta(minutes=12), PresenceChanged("sam", "away"))
    return evening.tell(until)


@pytest.mark.parametrize(
    ("again", "said"),
    [
        ("12:00:00", ["12:02:30"]),
        ("11:59:59", ["12:02:30"]),  # due a second early: it waits
        ("11:51:01", ["12:02:30"]),  # its window closes one second after the cooldown
        ("11:51:00", []),
    ],
)
def test_three_hours_between_two_hugs(again: str, said: list[str]) -> None:
    assert reunions(ritual(), "09:00:00", again).said == ["09:02:30", *said]


def test_two_hugs_a_day_and_the_day_ends_at_four() -> None:
    evening = reunions(QUICK_HUG, "09:00", "10:00", "11:00")
    assert evening.said == ["09:02:30", "10:02:30"]
    assert evening.thoughts[-1] == "11:11:30 reunion_hug ends quietly: it had its turns for today"
    evening.tell(at("03:50", "2026-11-20"), PresenceChanged("sam", "home"))
    evening.tell(at("06:00", "2026-11-20"))
    assert evening.shown[-2:] == ["04:00:00 offered", "04:01:30 idle"]


def test_three_prompts_a_day_over_all_rituals() -> None:
    rituals = tuple(checkin(f"at_{hour}", f"{hour}:00") for hour in (8, 10, 12, 14, 16))
    evening = Evening(household(), rituals, home_since_noon("07:30"))
    assert evening.tell("20:00").said == ["08:00:00", "10:00:00", "12:00:00"]
    simple = Evening(household(season="simplified"), rituals, home_since_noon("07:30"))
    assert simple.tell("20:00").said == ["08:00:00"]


@pytest.mark.parametrize(
    ("start", "arrives", "shown_at", "aloud"),
    [
        ("22:00", "22:27:29", "22:29:59", True),
        ("22:00", "22:27:30", "22:30:00", False),
        ("06:00", "06:57:29", "06:59:59", False),
        ("06:00", "06:57:30", "07:00:00", True),
    ],
)
def test_the_quiet_hours(start: str, arrives: str, shown_at: str, aloud: bool) -> None:
    evening = Evening(household(), (ritual(),), sam_is_out(start)).arrives(arrives).tell(at("23:30"))
    assert evening.shown[0] == f"{shown_at} offered"
    assert evening.said == ([shown_at] if aloud else [])


@pytest.mark.parametrize(("ends", "said"), [("18:31:05", ["18:31:35"]), ("18:31:06", ["18:31:36"])])
def test_half_a_minute_after_a_call(ends: str, said: list[str]) -> None:
    evening = sam_comes_home(hug(signals={"on_call.alex": {}}).signal("18:20", "on_call.alex", "offhook"))
    assert evening.signal(ends, "on_call.alex", "idle").tell("19:00").said == said


@pytest.mark.parametrize(("ends", "said"), [("18:40:04", ["18:40:34"]), ("18:40:05", [])])
def test_what_is_free_at_the_end_of_the_window_is_too_late(ends: str, said: list[str]) -> None:
    evening = sam_comes_home(hug(signals={"on_call.alex": {}}).signal("18:20", "on_call.alex", "offhook"))
    assert evening.signal(ends, "on_call.alex", "idle").tell("19:00").said == said


@pytest.mark.parametrize(("back", "said"), [("18:31:20", ["18:31:35"]), ("18:31:21", ["18:31:36"])])
def test_a_phone_that_dropped_must_be_back_for_fifteen_seconds(back: str, said: list[str]) -> None:
    evening = sam_comes_home(hug()).leaves("18:31:00").arrives(back).tell("19:00")
    assert evening.said == said


def test_who_walks_out_again_in_the_settle_time_is_not_greeted() -> None:
    assert sam_comes_home(hug()).leaves("18:31:00").tell("19:00").said == []


@pytest.mark.parametrize(
    ("silent_since", "said"), [("18:01:35", ["18:31:35"]), ("18:01:36", ["18:31:36"]), ("18:20", [])]
)
def test_a_signal_that_says_nothing_is_waited_for_half_an_hour(silent_since: str, said: list[str]) -> None:
    evening = hug(signals={"asleep.alex": {}}).signal(silent_since, "asleep.alex", "unavailable")
    evening.signal("18:25", "asleep.alex", "unknown")  # another word for it does not begin anew
    assert sam_comes_home(evening).tell("19:00").said == said


@pytest.mark.parametrize("moment", ["18:30:50", "18:31:35", "18:35:00"])
def test_consent_that_is_withdrawn_ends_everything_at_once(moment: str) -> None:
    evening = sam_comes_home(hug()).tell(moment)
    offered = len(evening.said)
    evening.live_in(with_door(agreed=["Alex"])).tell(moment)
    assert evening.state.occasions == {}
    assert evening.state.shown == {}
    evening.tell("18:36").live_in(with_door()).tell("20:00")
    assert len(evening.said) == offered
    assert evening.thoughts[-1].endswith("ends quietly: you have not both agreed yet (agreed: in household.yaml)")


def test_after_a_start_nothing_is_offered_before_the_home_has_been_heard() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon("20:00")).tell("20:10")
    evening.after_a_gap("20:31:00", ServiceStarted(("home",)))
    assert evening.tell("20:31:01", SourceConnected("home")).tell("20:33:00").said == []
    assert evening.tell("20:34").said == ["20:33:01"]


def test_a_source_that_never_connects_is_not_waited_for_for_ever() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon("20:00")).tell("20:10")
    evening.after_a_gap("20:31:00", ServiceStarted(("home",)))
    assert evening.tell("20:40").said == ["20:33:00"]


def test_a_tile_says_when_its_offer_ends() -> None:
    tile = next(a for _, a in sam_comes_home(hug()).tell("19:00").actions if isinstance(a, SetTile))
    assert (tile.until, tile.valid_until) == (at("18:40:35"), at("18:40:35"))
