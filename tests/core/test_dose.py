"""How much is enough: fading out, the day's budget, gaps, vacation, and what a time-out leaves to wait for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.core.evening import Evening, break_, checkin, home_since_noon, household, ritual, sam_is_out
from tests.fakes import at
from turntoward.core.actions import Announce, SetTile
from turntoward.core.rules import Ritual

TILE = {"channels": ["tile"]}


def heard_on(evening: Evening, ritual: str = "evening_checkin") -> list[int]:
    """Days of November on which it was said."""
    return [when.day for when, action in evening.actions if isinstance(action, Announce) and action.ritual == ritual]


def shown_on(evening: Evening, ritual: str = "evening_checkin") -> list[int]:
    tiles = [(when, a) for when, a in evening.actions if isinstance(a, SetTile) and a.state == "offered"]
    return [when.day for when, action in tiles if action.ritual == ritual]


# -- fading out --------------------------------------------------------------------------------------------------------

BOTH = {"channels": ["speaker", "tile"]}


def fading(until: int, answers: dict[int, str] | None = None, first: int = 10, **changes: Any) -> Evening:
    """A question every evening from the 10th on; some days it is answered at 20:31."""
    asks = checkin(limits={"fade_out": True}, offer={**BOTH, **changes.pop("offer", {})}, **changes)
    evening = Evening(household(), (asks, ritual()), home_since_noon("18:00", f"2026-11-{first}"))
    for day in range(first, until + 1):
        if said := (answers or {}).get(day):
            evening.answer(at("20:31", f"2026-11-{day}"), said, "evening_checkin")
        evening.tell(at("22:00", f"2026-11-{day}"))
    return evening


def test_three_without_an_answer_and_every_second_is_left_out() -> None:
    evening = fading(17)
    assert heard_on(evening) == [10, 11, 12, 14, 16]
    left_out = [entry for entry in evening.entries if entry.reason == "rests"]
    assert [entry.step for entry in left_out] == ["refused"] * 3
    assert [line for line in evening.thoughts if "%" in line or "missed" in line] == []


def test_six_without_an_answer_and_only_the_tile_shows_it() -> None:
    evening = fading(24)
    assert heard_on(evening) == [10, 11, 12, 14, 16, 18]
    assert shown_on(evening) == [10, 11, 12, 14, 16, 18, 20, 22, 24]
    assert evening.thoughts[-2].endswith("is offered (tile), silently: it was not taken up lately, so it is only shown")


@pytest.mark.parametrize(("said", "after"), [("done", [15, 16, 17]), ("not_today", [15, 16, 17]), ("later", [15, 16])])
def test_any_answer_and_it_is_as_before(said: str, after: list[int]) -> None:
    evening = fading(17, {14: said})  # what was put off is offered again on the 14th, and is not answered then
    assert [day for day in heard_on(evening) if day > 14] == after


@pytest.mark.parametrize("said", ["done", "start"])
def test_doing_it_without_being_asked_is_an_answer_too(said: str) -> None:
    evening = fading(12)
    evening.answer(at("12:00", "2026-11-13"), said, "evening_checkin")
    evening.answer(at("12:01", "2026-11-13"), "stop", "evening_checkin").tell(at("22:00", "2026-11-14"))
    assert heard_on(evening)[3:] == [14]


def test_an_answer_to_another_ritual_brings_it_not_back() -> None:
    evening = fading(13)
    evening.answer(at("12:00", "2026-11-14"), "done").tell(at("22:00", "2026-11-16"))
    assert heard_on(evening) == [10, 11, 12, 14, 16]


def test_what_nobody_could_hear_does_not_count() -> None:
    """Out every evening: it is never offered, so nothing was left unanswered."""
    asks = checkin(limits={"fade_out": True})
    evening = Evening(household(), (asks,), home_since_noon("18:00", "2026-11-10")).leaves(at("18:30", "2026-11-10"))
    evening.tell(at("12:00", "2026-11-15")).arrives(at("12:00", "2026-11-15")).tell(at("22:00", "2026-11-17"))
    assert heard_on(evening) == [15, 16, 17]


def test_a_hug_asks_for_no_answer_and_never_fades() -> None:
    evening = Evening(household(), (ritual(),), home_since_noon("05:00", "2026-11-10"))
    for day in range(10, 20):
        evening.leaves(at("08:00", f"2026-11-{day}")).arrives(at("18:00", f"2026-11-{day}"))
    assert heard_on(evening.tell(at("22:00")), "reunion_hug") == list(range(10, 20))


# -- the budget --------------------------------------------------------------------------------------------------------


def every_hour(*hours: int, **changes: Any) -> tuple[Ritual, ...]:
    return tuple(checkin(f"at_{hour}", f"{hour}:00", **changes) for hour in hours)


@pytest.mark.parametrize(("cap", "said"), [(0, 0), (1, 1), (3, 3), (9, 5)])
def test_so_many_prompts_a_day(cap: int, said: int) -> None:
    home = household(limits={"prompts_per_day": cap})
    evening = Evening(home, every_hour(12, 14, 16, 18, 20), home_since_noon("11:00")).tell("22:00")
    assert len(evening.said) == said
    tomorrow = evening.tell(at("22:00", "2026-11-20"))
    assert len(tomorrow.said) == 2 * said


def test_what_only_a_tile_shows_is_no_prompt_and_needs_no_gap() -> None:
    tiles = every_hour(12, 13, 14, 15, 16, offer=TILE)
    evening = Evening(household(), (*tiles, *every_hour(17)), home_since_noon("11:00")).tell("18:00")
    assert len([line for line in evening.shown if line.endswith("offered")]) == 5
    assert evening.said == ["17:00:00"]


def test_a_prompt_that_was_put_off_counts_once() -> None:
    home = household(limits={"prompts_per_day": 2})
    rituals = every_hour(12, 14, 16)
    evening = Evening(home, rituals, home_since_noon("11:00")).answer("12:01", "later", "at_12")
    assert evening.tell("22:00").said == ["12:00:00", "12:16:00", "14:00:00"]


def test_the_day_of_the_budget_begins_when_yours_does() -> None:
    home = household(limits={"prompts_per_day": 1}, quiet_hours="12:00-12:01")
    rituals = (
        checkin("late", "23:00"),
        checkin("night", "03:30", offer={"valid_for": "20min"}),
        checkin("early", "04:30"),
    )
    evening = Evening(home, rituals, home_since_noon("22:00")).tell(at("06:00", "2026-11-20"))
    assert evening.said == ["23:00:00", "04:30:00"]


@pytest.mark.parametrize(("first", "second", "said"), [("20:00", "20:30", "20:45:00"), ("20:00", "20:45", "20:45:00")])
def test_between_two_that_are_heard_lies_a_gap(first: str, second: str, said: str) -> None:
    rituals = (checkin("one", first), checkin("two", second))
    evening = Evening(household(), rituals, home_since_noon("19:00")).tell("23:00")
    assert evening.said == ["20:00:00", said]


@pytest.mark.parametrize(("gap", "said"), [("0s", "20:10:00"), ("20min", "20:20:00")])
def test_a_ritual_may_have_a_gap_of_its_own(gap: str, said: str) -> None:
    rituals = (checkin("one", "20:00"), checkin("two", "20:10", limits={"min_gap": gap}))
    assert Evening(household(), rituals, home_since_noon("19:00")).tell("23:00").said == ["20:00:00", said]


def test_a_message_on_a_phone_is_a_prompt_too() -> None:
    phone = checkin("phone", "20:00", offer={"channels": ["phone"]})
    evening = Evening(household(), (phone, checkin()), home_since_noon("19:00")).tell("23:00")
    assert (evening.notices, evening.said) == (["20:00:00 alex sam"], ["20:45:00"])


# -- simplified, vacation ----------------------------------------------------------------------------------------------


def test_in_a_simple_season_one_a_day_is_enough_whatever_the_budget() -> None:
    rituals = (*every_hour(12), *every_hour(14, 16, offer=TILE))
    evening = Evening(household(season="simplified"), rituals, home_since_noon("11:00")).tell("22:00")
    assert (evening.said, len(evening.shown)) == (["12:00:00"], 0)
    none = household(season="simplified", limits={"prompts_per_day": 0})
    assert Evening(none, rituals, home_since_noon("11:00")).tell("22:00").actions[1:] == []


AWAY = {"vacation": ["2026-11-18..2026-11-20"]}


@pytest.mark.parametrize(
    ("vacation", "on_vacation", "told"), [(AWAY, False, 0), (AWAY, True, 1), ({"vacation": ["2026-11-20"]}, False, 1)]
)
def test_on_vacation_only_what_was_asked_for(vacation: Any, on_vacation: bool, told: int) -> None:
    phone = checkin(offer={"channels": ["phone"], "on_vacation": on_vacation}, conditions=[])
    evening = Evening(household(**vacation), (phone,), sam_is_out("18:00")).tell("23:00")
    assert len(evening.notices) == told


def test_the_vacation_is_over_when_both_are_back() -> None:
    both = Evening(household(**AWAY), (checkin(),), sam_is_out("18:00")).arrives("20:40").tell("23:00")
    assert both.said == ["20:41:30"]


def test_at_the_end_of_the_vacation_nothing_is_made_up_for() -> None:
    phone = checkin(offer={"channels": ["phone"]}, conditions=[])
    evening = Evening(household(**AWAY), (phone,), sam_is_out("18:00")).tell(at("23:00", "2026-11-21"))
    assert evening.notices == ["20:30:00 alex sam"]
    assert evening.actions[0][0] == at("20:30", "2026-11-21")


# -- after a time-out --------------------------------------------------------------------------------------------------


def after_a_break(**changes: Any) -> tuple[Evening, datetime]:
    """Over at 19:50; Sam comes home at 20:20."""
    hug = ritual(affection=True, **changes)
    evening = Evening(household(), (break_(), hug, checkin(time="20:55")), sam_is_out("18:00"))
    evening.answer("19:20", "start", "time_out").answer("19:50", "stop", "time_out").arrives("20:20")
    return evening.tell("22:00"), at("20:50")


def test_a_reunion_right_after_it_is_not_greeted_and_one_that_can_wait_is_an_hour_later() -> None:
    assert after_a_break()[0].said == ["20:55:00"]
    evening, free_from = after_a_break(offer={"valid_for": "40min"})
    assert evening.actions[-1][0] >= free_from
    assert evening.said == ["20:50:00", "21:35:00"]


def test_it_does_not_fade_out_what_it_took_back() -> None:
    evening = Evening(
        household(), (checkin(limits={"fade_out": True}), break_()), home_since_noon("18:00", "2026-11-10")
    )
    for day in range(10, 18):
        evening.answer(at("20:31", f"2026-11-{day}"), "start", "time_out")
        evening.answer(at("20:52", f"2026-11-{day}"), "stop", "time_out")
    assert heard_on(evening) == list(range(10, 18))
