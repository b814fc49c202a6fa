"""Seasons: chosen by either of you while the service runs, until a day, and back by themselves."""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise
from typing import Any

import pytest
from pydantic import ValidationError

from tests.core.evening import Evening, checkin, deck, home_since_noon, household, ritual, rule
from tests.fakes import at
from turntoward.core.events import SeasonChosen

SHORT = {"offer": {"say": ["Short"], "channels": ["tile"]}}
APART = {"offer": {"channels": ["phone"]}, "conditions": []}
FRIDAY = date(2026, 11, 20)


def at_home(*rituals: Any, start: str = "17:00", **changes: Any) -> Evening:
    return Evening(household(**changes), rituals, home_since_noon(start))


def days(evening: Evening, channel: str) -> list[str]:
    return [f"{when.day} {when:%H:%M}" for when, action in evening.actions if action.channel == channel]


# -- choosing ----------------------------------------------------------------------------------------------------------


def test_it_lasts_until_its_day_is_over_and_shows_what_it_is() -> None:
    evening = at_home(checkin(short=SHORT)).season("18:00", "simplified", FRIDAY).tell(at("21:00", "2026-11-21"))
    assert evening.texts == ["Short", "Short"]
    assert evening.said == ["20:30:00"]
    assert evening.seasons == [("simplified", FRIDAY), ("normal", None)]
    changed = [when for (_, before), (when, after) in pairwise(evening.boards) if before.season != after.season]
    assert changed == [at("18:00"), at("04:00", "2026-11-21")]


def test_without_a_last_day_it_stays() -> None:
    evening = at_home(checkin(short=SHORT)).season("18:00", "simplified").tell(at("21:00", "2026-12-18"))
    assert evening.said == []
    assert evening.seasons == [("simplified", None)]
    assert evening.season(at("21:01", "2026-12-18"), "normal").seasons[-1] == ("normal", None)


def test_choosing_goes_before_what_the_file_says_and_then_the_file_counts_again() -> None:
    evening = at_home(season="apart", season_until="2026-11-25").tell("17:01").season("18:00", "normal", FRIDAY)
    evening.tell(at("12:00", "2026-11-27"))
    assert evening.seasons == [("normal", FRIDAY), ("apart", date(2026, 11, 25)), ("normal", None)]


@pytest.mark.parametrize(("until", "said"), [(date(2026, 11, 18), ["20:30:00"]), (date(2026, 11, 19), [])])
def test_a_last_day_that_has_passed_is_no_season(until: date, said: list[str]) -> None:
    assert at_home(checkin(short=SHORT)).season("18:00", "simplified", until).tell("21:00").said == said


def test_a_season_that_is_made_longer_shows_its_new_last_day() -> None:
    evening = at_home().season("18:00", "simplified", FRIDAY).season("18:01", "simplified", date(2026, 11, 30))
    assert evening.seasons == [("simplified", FRIDAY), ("simplified", date(2026, 11, 30))]


def test_a_season_that_is_over_and_the_next_in_one_moment_are_two_things_to_show() -> None:
    evening = at_home().season("18:00", "simplified", FRIDAY)
    evening.after_a_gap(at("12:00", "2026-11-22"), SeasonChosen("apart"))
    assert evening.seasons[-1] == ("apart", None)
    shown = [action.id for _, action in evening.actions]
    assert len(set(shown)) == len(shown)


def test_two_rules_that_do_not_agree_on_a_season_come_to_rest() -> None:
    pairs = (("apart", "normal"), ("normal", "apart"))
    rules = tuple(
        rule(f"no_{one}", {"trigger": "season", "is": one}, {"action": "season", "season": other})
        for one, other in pairs
    )
    evening = Evening(household(), (), home_since_noon(), delivers=False, rules=rules).season("18:00", "apart")
    flips = [len(evening.tell(f"18:0{minute}").seasons) for minute in range(1, 10)]
    assert flips[4] == flips[-1]


def test_the_same_again_shows_nothing_new() -> None:
    evening = at_home().season("18:00", "apart", FRIDAY).season("18:01", "apart", FRIDAY)
    assert evening.seasons == [("apart", FRIDAY)]


def test_the_change_sets_off_what_waits_for_it_once() -> None:
    gentle = ritual("gentle", triggers=[{"trigger": "season", "is": "simplified"}], offer={"after": "0s"})
    evening = at_home(gentle).season("18:00", "simplified").season("18:05", "simplified").restarts("18:06")
    assert evening.tell("19:00").said == ["18:00:00"]
    assert evening.season("19:01", "normal").season("19:02", "apart").tell("20:00").said == ["18:00:00"]


# -- forms -------------------------------------------------------------------------------------------------------------


def test_what_waits_takes_the_form_of_the_new_season() -> None:
    evening = at_home(checkin(offer={"after": "10min"}, short=SHORT), start="20:00")
    evening.tell("20:35").season("20:36", "simplified").tell("21:00")
    assert (evening.said, evening.texts) == ([], ["Short"])


@pytest.mark.parametrize("begun", ["20:35", "20:45"])
def test_what_rests_in_a_season_ends_with_its_beginning(begun: str) -> None:
    evening = at_home(checkin(offer={"after": "10min", "channels": ["tile"]}, short=False), start="20:00")
    evening.season(begun, "simplified").tell(at("23:00", "2026-11-20"))
    assert evening.state.occasions == {}
    assert evening.shown == ([] if begun == "20:35" else ["20:40:00 offered", "20:45:00 idle"])


@pytest.mark.parametrize("gone", ["rests", "switched off"])
def test_of_a_private_ritual_that_ends_so_nothing_is_told(gone: str) -> None:
    evening = at_home(checkin(private=True, offer={"channels": ["page"]}, short=False), start="20:00").tell("20:31")
    assert evening.asks == ["20:30:00 alex reflection", "20:30:00 sam reflection"]
    if gone == "rests":
        evening.season("20:35", "simplified")
    else:
        evening.rituals = ()
        evening.live_in(evening.home).tell("20:35")
    assert evening.state.occasions == {}
    assert (evening.told, evening.shown) == ([], [])


@pytest.mark.parametrize("channels", [["tile"], ["tile", "page"], ["speaker", "page"], ["phone"]])
def test_a_private_ritual_cannot_have_a_channel_that_both_see(channels: list[str]) -> None:
    with pytest.raises(ValidationError, match="on the own page of each only"):
        checkin(private=True, offer={"channels": channels})


def test_the_times_of_the_new_form_count_and_the_old_ones_do_not() -> None:
    early = {"triggers": [{"trigger": "time", "at": "19:00"}]}
    evening = at_home(checkin(short=early)).season("18:00", "simplified", FRIDAY).tell(at("23:00", "2026-11-21"))
    assert days(evening, "speaker") == ["19 18:00", "20 18:00", "21 19:30"]  # UTC
    late = at_home(checkin(short=early), start="19:30").season("19:30", "simplified").tell("23:00")
    assert late.said == []


TABLE_ON = {"trigger": "state", "signal": "table", "is": "on", "for": "10min"}


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"about": "the same trigger"}, ["18:10:00"]),
        ({"triggers": [{**TABLE_ON, "for": "5min"}]}, []),
        ({"triggers": [{**TABLE_ON, "is": "off"}]}, []),
    ],
)
def test_what_a_signal_has_begun_goes_on_only_with_the_same_words(form: dict[str, Any], said: list[str]) -> None:
    dinner = ritual("dinner", triggers=[TABLE_ON], offer={"after": 0}, short=form)
    evening = Evening(household(signals={"table": {}}), (dinner,), home_since_noon(table="off"))
    evening.signal("18:00", "table", "on").season("18:03", "simplified").tell("20:00")
    assert evening.said == said


def test_a_card_is_light_in_the_simple_season_whatever_you_chose() -> None:
    deep = deck({"id": "deep", "depth": 3}, {"id": "light", "depth": 1})
    asks = checkin(offer={"card": {"deck": "cards", "tags": []}, "say": ["{card}"]})
    evening = Evening(household(), (asks,), home_since_noon(), decks=deep).season("18:00", "simplified")
    evening.private("18:01", "depth", "alex", level=3).private("18:01", "depth", "sam", level=3)
    assert evening.tell(at("21:00", "2026-11-20")).words == ["light"]


# -- simplified: one a day ---------------------------------------------------------------------------------------------


def test_one_offer_a_day_is_enough_and_a_tile_is_one_too() -> None:
    tile = checkin("tile", "18:00", offer={"channels": ["tile"]})
    evening = at_home(tile, checkin(), checkin("other", "21:00", offer={"channels": ["tile"]}), season="simplified")
    evening.tell(at("12:00", "2026-11-20"))
    assert (evening.shown[0], evening.said) == ("18:00:00 offered", [])
    assert [line for line in evening.shown if line.endswith("offered")] == ["18:00:00 offered"]


def test_the_one_that_was_put_off_comes_again_and_so_does_one_that_somebody_starts() -> None:
    evening = at_home(checkin(), ritual(), season="simplified").answer("20:31", "later", "evening_checkin")
    assert evening.tell("20:50").said == ["20:30:00", "20:46:00"]
    assert evening.answer("20:51", "start").told[-1] == "started"


# -- apart -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "at_time", "heard"),
    [
        (None, "20:30", True),
        ("Asia/Tokyo", "20:30", False),  # 04:30 in Tokyo
        ("Asia/Tokyo", "08:00", True),  # 16:00
        ("America/Los_Angeles", "20:30", True),  # 11:30
        ("America/Los_Angeles", "08:00", False),  # 23:00 the day before
    ],
)
def test_apart_it_is_quiet_when_it_is_for_one_of_the_two(zone: str | None, at_time: str, heard: bool) -> None:
    partners = [{"name": "Alex"}, {"name": "Sam", **({"zone": zone} if zone else {})}]
    phone = checkin(time=at_time, offer={"channels": ["phone", "tile"], "valid_for": "30min"}, conditions=[])
    evening = Evening(household(partners=partners, season="apart"), (phone,), home_since_noon("05:00"))
    evening.tell(datetime.fromisoformat(f"2026-11-19T{at_time}:30+01:00"))
    assert (bool(evening.notices), len(evening.shown)) == (heard, 1)


def test_apart_a_call_waits_for_the_morning_of_the_other() -> None:
    partners = [{"name": "Alex"}, {"name": "Sam", "zone": "America/Los_Angeles"}]
    phone = checkin(time="15:00", offer={"channels": ["phone"], "valid_for": "4h"}, apart=APART)
    evening = Evening(household(partners=partners), (phone,), home_since_noon("12:00")).season("12:01", "apart")
    assert evening.tell("20:00").notices == ["16:00:00 alex sam"]  # 07:00 there
