"""Signs that somebody is about to leave: before the door, while both are home, and once."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.evening import Evening, home_since_noon, household, ritual
from tests.fakes import at
from turntoward.core.events import PresenceChanged, SignalChanged
from turntoward.core.rules import Ritual

SIGNALS = {"hall": {}, "hall.1": {}, "hall.2": {}, "coats": {}, "entry_door": {}, "asleep.sam": {}}


def kiss(**changes: Any) -> Ritual:
    """Offered at once, as a chime, for ten minutes."""
    trigger = {"trigger": "leaving", "between": "07:40-08:20", **changes.pop("trigger", {})}
    plain = {
        "ritual": "kiss",
        "title": "kiss",
        "triggers": [trigger],
        "offer": {"channels": [{"channel": "speaker", "chime": True}], "valid_for": "10min"},
        "answers": ["done"],
        "limits": {"cooldown": "4h"},
    }
    return Ritual.model_validate({**plain, **changes})


def morning(*rituals: Ritual, day: str = "2026-11-19", start: str = "07:00", **signals: str) -> Evening:
    """Both are home, the door is shut and the hall is empty. 2026-11-19 is a Thursday."""
    told = {name: "off" for name in SIGNALS} | signals
    return Evening(household(signals=SIGNALS), rituals or (kiss(),), home_since_noon(start, day, **told))


def heard(evening: Evening, until: str = "09:00") -> list[str]:
    return evening.tell(until).said


def later_kiss(after: str = "2min") -> Ritual:
    return kiss(offer={"channels": ["speaker", "tile"], "say": ["A kiss?"], "after": after, "valid_for": "10min"})


# -- the sign ----------------------------------------------------------------------------------------------------------


def test_motion_in_the_hall_in_the_hour_of_leaving_is_a_chime_and_no_words() -> None:
    evening = morning().signal("07:58:10", "hall", "on")
    assert heard(evening) == ["07:58:10"]
    assert evening.words == [""]


@pytest.mark.parametrize(
    ("time", "said"),
    [("07:39:59", []), ("07:40:00", ["07:40:00"]), ("08:19:59", ["08:19:59"]), ("08:20:00", [])],
)
def test_only_in_its_window(time: str, said: list[str]) -> None:
    assert heard(morning().signal(time, "hall", "on")) == said


@pytest.mark.parametrize(("weekdays", "said"), [(["thu"], 1), (["mon", "fri"], 0), (["sat", "sun", "thu"], 1)])
def test_only_on_its_weekdays(weekdays: list[str], said: int) -> None:
    evening = morning(kiss(trigger={"weekdays": weekdays})).signal("07:58", "hall", "on")
    assert len(heard(evening)) == said


@pytest.mark.parametrize(
    ("time", "day", "said"), [("23:30", 19, 1), ("00:30", 20, 1), ("22:59", 19, 0), ("01:00", 20, 0)]
)
def test_a_window_over_midnight(time: str, day: int, said: int) -> None:
    late = kiss(trigger={"between": "23:00-01:00"})
    night = Evening(
        household(signals=SIGNALS, quiet_hours="03:00-04:00"), (late,), home_since_noon("22:00", hall="off")
    )
    night.signal(at(time, f"2026-11-{day}"), "hall", "on").tell(at("02:00", "2026-11-20"))
    assert len(night.said) == said


def test_the_sign_is_the_moment_in_which_it_turns_on() -> None:
    evening = morning(hall="on").signal("07:58", "hall", "on").signal("07:59", "hall", "detected")
    assert heard(evening) == []


@pytest.mark.parametrize("before", ["unavailable", "unknown"])
def test_a_sensor_that_comes_back_is_no_sign(before: str) -> None:
    assert heard(morning(hall=before).signal("07:58", "hall", "on")) == []


@pytest.mark.parametrize("changed", ["07:30", "07:55:59", None])
def test_what_is_only_found_is_no_sign(changed: str | None) -> None:
    found = SignalChanged("hall", "on", True, at(changed) if changed else None)
    assert heard(morning().tell("07:58", found)) == []


@pytest.mark.parametrize(
    ("signs", "signal", "said"),
    [
        ("hall", "hall.1", 1),
        ("hall.1", "hall.1", 1),
        ("hall.1", "hall.2", 0),
        ("hall.1", "hall", 0),
        (["hall", "coats"], "coats", 1),
        (["hall", "coats"], "entry_door", 0),
        ("coats", "hall", 0),
    ],
)
def test_a_sign_is_a_signal_or_all_of_its_kind(signs: Any, signal: str, said: int) -> None:
    evening = morning(kiss(trigger={"signs": signs})).signal("07:58", signal, "on")
    assert len(heard(evening)) == said


def test_two_signs_are_one_occasion_and_once_a_morning_is_enough() -> None:
    evening = morning(kiss(trigger={"signs": ["hall", "coats"]})).signal("07:50", "hall", "on")
    evening.signal("07:51", "coats", "on").signal("07:52", "hall", "off").signal("08:10", "hall", "on")
    assert heard(evening) == ["07:50:00"]
    tomorrow = evening.signal(at("07:45", "2026-11-20"), "hall", "off").signal(at("07:46", "2026-11-20"), "hall", "on")
    assert tomorrow.said == ["07:50:00", "07:46:00"]


# -- who is there ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("partner", ["alex", "sam"])
@pytest.mark.parametrize("left", ["07:30", "07:57"])
def test_who_is_on_the_way_already_is_not_kissed_goodbye(partner: str, left: str) -> None:
    evening = morning().leaves(left, partner).signal("07:58", "hall", "on")
    assert heard(evening) == []
    assert evening.entries[0].reason == "both_home"


def test_where_it_is_not_known_who_is_home_it_is_silent() -> None:
    evening = morning().tell("07:50", PresenceChanged("sam", "unknown")).signal("07:58", "hall", "on")
    assert heard(evening) == []


def test_while_one_sleeps_there_is_no_sound() -> None:
    assert heard(morning(**{"asleep.sam": "on"}).signal("07:58:10", "hall", "on")) == []


# -- the door ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("door", "said"),
    [
        ([("07:58:05", "on")], []),  # open
        ([("07:58:05", "on"), ("07:58:07", "off")], []),  # was open a moment ago
        ([("07:53:10", "on"), ("07:53:20", "off")], []),  # five minutes are a moment
        ([("07:53:00", "on"), ("07:53:05", "off")], ["07:58:10"]),
        ([("07:30:00", "on")], []),  # left open long ago
        ([("07:30:00", "on"), ("07:57:00", "unavailable")], ["07:58:10"]),
    ],
)
def test_behind_the_door_it_is_too_late(door: list[tuple[str, str]], said: list[str]) -> None:
    evening = morning()
    for time, value in door:
        evening.signal(time, "entry_door", value)
    assert heard(evening.signal("07:58:10", "hall", "on")) == said


def test_the_door_ends_what_still_waits() -> None:
    evening = morning(later_kiss()).signal("07:58:10", "hall", "on").signal("07:59:00", "entry_door", "on")
    assert (heard(evening), evening.actions, evening.state.occasions) == ([], [], {})


def test_the_door_in_the_very_second_in_which_it_was_due_is_first() -> None:
    evening = morning(later_kiss("50s")).signal("07:58:10", "hall", "on")
    evening.after_a_gap("07:59:00", SignalChanged("entry_door", "on"))
    assert heard(evening) == []


def test_the_door_takes_the_offer_off_the_tile_and_leaves_what_runs() -> None:
    offered = morning(later_kiss("0s")).signal("07:58:10", "hall", "on").signal("07:59:00", "entry_door", "on")
    assert offered.shown == ["07:58:10 offered", "07:59:00 idle"]
    running = morning(later_kiss("0s")).signal("07:58:10", "hall", "on").answer("07:58:30", "start", "kiss")
    assert running.signal("07:59:00", "entry_door", "on").shown[-1] == "07:58:30 running"


def test_the_door_ends_nothing_else() -> None:
    table = ritual("table", triggers=[{"trigger": "state", "signal": "coats", "is": "on"}], offer={"after": 0})
    evening = morning(table).signal("07:58", "coats", "on").signal("07:59", "entry_door", "on")
    assert evening.shown == ["07:58:00 offered"]


def test_a_home_without_a_door_goes_by_who_is_there() -> None:
    evening = Evening(household(signals={"hall": {}}), (kiss(),), home_since_noon("07:00", hall="off"))
    assert heard(evening.signal("07:58:10", "hall", "on")) == ["07:58:10"]
