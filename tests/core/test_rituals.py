"""The life of one occasion, played from the outside: offers, answers, timers, and what channels report."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.evening import Evening, checkin, home_since_noon, household, ritual, sam_is_out
from tests.fakes import at
from turntoward.core.actions import Announce, SetTile, TellStep
from turntoward.core.events import ActionDelivered, ActionExpired, ActionFailed
from turntoward.core.rules import Ritual


def hug(**changes: Any) -> Evening:
    """Sam comes home at 18:30; the hug is offered at 18:32:30 and its window closes at 18:41:30."""
    return Evening(household(), (ritual(**changes),), sam_is_out()).arrives("18:30")


def evening_question(**changes: Any) -> Evening:
    return Evening(household(), (checkin(**changes),), home_since_noon("20:00"))


def ends(evening: Evening) -> list[str]:
    return [thought for thought in evening.thoughts if "offered" not in thought and "due" not in thought]


def test_an_offer_nobody_answers_ends_quietly() -> None:
    evening = hug().tell("19:00")
    assert evening.said == ["18:32:30"]
    assert evening.shown == ["18:32:30 offered", "18:41:30 idle"]
    assert evening.told == ["offered", "expired"]
    assert ends(evening) == ["18:41:30 reunion_hug ends quietly: it was not answered, which is fine"]
    assert evening.state.occasions == {}


def test_an_offer_that_never_found_its_moment_leaves_no_trace_outside() -> None:
    evening = hug().leaves("18:32").tell("19:00")
    assert evening.actions == []
    assert ends(evening)[-1] == "18:41:30 reunion_hug ends quietly: you are not both home at this moment"


def test_done_shows_until_the_day_ends() -> None:
    evening = hug().answer("18:33", "done").tell(at("09:00", "2026-11-20"))
    assert evening.shown == ["18:32:30 offered", "18:33:00 done", "04:00:00 idle"]
    assert evening.told == ["offered", "done"]
    assert evening.state.past["reunion_hug"].last_outcome == "done"
    assert evening.state.past["reunion_hug"].offered == (at("18:32:30"),)


def test_done_after_four_shows_for_the_whole_new_day() -> None:
    evening = Evening(household(), (ritual(),), home_since_noon("02:00"))
    evening.answer("03:50", "start").tell("03:51").answer("04:05", "done").tell("23:00")
    assert evening.shown[-1] == "04:05:00 done"
    assert len({action.id for _, action in evening.actions}) == len(evening.actions)


def test_not_today_closes_it_for_the_day() -> None:
    evening = hug(limits={"cooldown": "0s"}).answer("18:33", "not_today").tell("18:34")
    evening.leaves("19:00").arrives("20:00").tell("21:00")
    assert evening.shown == ["18:32:30 offered", "18:33:00 not_today"]
    assert ends(evening)[-1].endswith('20:01:30 reunion_hug stays silent: "not today" closed it until tomorrow')


def test_not_today_is_over_tomorrow() -> None:
    evening = evening_question().answer("20:31", "not_today", "evening_checkin").tell(at("23:00", "2026-11-20"))
    assert evening.said == ["20:30:00", "20:30:00"]


@pytest.mark.parametrize(("second", "counted"), [("18:33:59", 1), ("18:34:00", 2)])
def test_done_twice_within_a_minute_is_one_tap_of_two_people(second: str, counted: int) -> None:
    evening = Evening(household(), (ritual(),), home_since_noon()).answer("18:33:00", "done").answer(second, "done")
    assert len(evening.state.past["reunion_hug"].offered) == counted
    assert evening.told == ["done"] * counted


def test_done_by_themselves_keeps_the_next_prompt_away() -> None:
    evening = Evening(household(), (ritual(),), sam_is_out()).answer("16:00", "done").arrives("18:30").tell("18:45")
    assert evening.said == []
    assert evening.thoughts[-1] == "18:41:30 reunion_hug ends quietly: the last time is too recent"


@pytest.mark.parametrize(("timer", "over"), [("20s", "18:33:20"), ("0s", "19:33:00")])
def test_start_runs_its_timer_and_an_hour_without_one(timer: str, over: str) -> None:
    evening = hug(run={"timer": timer}).answer("18:33", "start").tell("20:00")
    outcome = "done" if timer == "20s" else "idle"
    assert evening.shown == ["18:32:30 offered", "18:33:00 running", f"{over} {outcome}"]


def test_start_outside_an_offer_asks_no_gate() -> None:
    evening = Evening(household(), (ritual(limits={"per_day": 0}),), home_since_noon("23:00"))
    evening.answer("23:10", "start").tell("23:20")
    assert evening.told == ["started", "done"]
    assert evening.said == []


def test_start_twice_is_one_start() -> None:
    evening = hug().answer("18:33", "start").answer("18:33:10", "start").tell("19:00")
    assert evening.told == ["offered", "started", "done"]


def test_stop_ends_it_without_a_word() -> None:
    evening = hug().answer("18:33", "start").answer("18:33:05", "stop").tell("19:00")
    assert evening.shown[-1] == "18:33:05 idle"
    assert evening.state.past["reunion_hug"].last_outcome == "stopped"
    assert hug().answer("18:31:45", "stop").tell("19:00").actions == []


def test_later_comes_again_once_and_counts_once() -> None:
    evening = evening_question().answer("20:31", "later", "evening_checkin").tell("20:50")
    assert evening.said == ["20:30:00", "20:46:00"]
    assert len(evening.state.past["evening_checkin"].offered) == 1
    assert len(evening.state.prompts) == 2
    evening.answer("20:51", "later", "evening_checkin").tell("23:00")
    assert evening.said == ["20:30:00", "20:46:00"]
    assert ends(evening)[-1] == "20:51:00 evening_checkin ends quietly: there is no later inside its window"


@pytest.mark.parametrize(("said", "again"), [("21:29:59", ["21:44:59"]), ("21:30:00", [])])
def test_later_must_lie_inside_the_window(said: str, again: list[str]) -> None:
    evening = evening_question().answer(said, "later", "evening_checkin").tell("23:00")
    assert evening.said == ["20:30:00", *again]
    assert ends(evening)[-1].startswith(
        "21:45:00" if again else f"{said} evening_checkin ends quietly: there is no later"
    )


def test_later_clears_the_tile_and_takes_the_next_line() -> None:
    evening = evening_question(offer={"channels": ["tile"], "say": ["One", "Two"]})
    evening.answer("20:31", "later", "evening_checkin").tell("20:50")
    assert evening.shown == ["20:30:00 offered", "20:31:00 idle", "20:46:00 offered"]
    assert [action.text for _, action in evening.actions if isinstance(action, SetTile)] == ["One", "", "Two"]


def test_another_ritual_still_keeps_its_distance_from_a_repeated_offer() -> None:
    rituals = (checkin("a_first", "20:00"), checkin("b_second", "20:45"))
    evening = Evening(household(), rituals, home_since_noon("19:00")).answer("20:01", "later", "a_first").tell("23:00")
    assert evening.said == ["20:00:00", "20:16:00", "21:01:00"]


@pytest.mark.parametrize(
    ("answer", "thought"),
    [
        ("later", "stays as it is: 'later' is not an answer of this ritual"),
        ("start", "has started and runs for 20s"),
        ("done", "is done"),
        ("not_today", "is not for today"),
    ],
)
def test_an_answer_out_of_nowhere(answer: str, thought: str) -> None:
    evening = Evening(household(), (ritual(),), home_since_noon()).answer("18:00", answer)
    assert evening.thoughts == [f"18:00:00 reunion_hug {thought}"]


def test_later_out_of_nowhere_and_a_ritual_that_is_not_there() -> None:
    evening = Evening(household(), (checkin(),), home_since_noon()).answer("18:00", "later", "evening_checkin")
    evening.answer("18:01", "done", "evening_chekin")
    assert evening.thoughts == [
        "18:00:00 evening_checkin stays as it is: there is nothing to come back to later",
        "18:01:00 evening_chekin stays silent: no ritual of this name is switched on",
    ]


def test_without_both_agreed_no_answer_counts() -> None:
    evening = Evening(household(agreed=["Sam"]), (ritual(),), home_since_noon()).answer("18:00", "start")
    assert evening.actions == []
    assert evening.state.past == {}


def test_lines_are_taken_in_turn() -> None:
    often = ritual(limits={"cooldown": 0, "per_day": 9}, offer={"say": ["One", "Two", "Three"]})
    generous = household(limits={"min_gap": 0, "prompts_per_day": 9})
    evening = Evening(generous, (often,), sam_is_out("08:00", left="07:00"))
    for hour in (9, 11, 13, 15):
        evening.arrives(f"{hour:02}:00").leaves(f"{hour:02}:30")
    lines = [action.text for _, action in evening.actions if isinstance(action, Announce)]
    assert lines == ["One", "Two", "Three", "One"]
    assert evening.actions[-1][1].id.startswith("reunion_hug-2026-11-19-4-")
    assert len({action.id for _, action in evening.actions}) == len(evening.actions)


def test_the_couple_stands_in_the_text_and_rooms_and_language_with_it() -> None:
    german = household(language="de", signals={})
    offer = {"say": {"de": ["Guten Abend, {couple}."]}, "channels": [{"channel": "speaker", "rooms": ["hall"]}]}
    evening = Evening(german, (ritual(offer=offer),), sam_is_out()).arrives("18:30").tell("18:40")
    (line,) = [action for _, action in evening.actions if isinstance(action, Announce)]
    assert (line.text, line.language, line.rooms) == ("Guten Abend, Alex und Sam.", "de", ("hall",))


# -- what channels report ---------------------------------------------------------------------------------------------


def offered(**changes: Any) -> tuple[Evening, str, str]:
    """An offer whose speaker and tile have not reported yet, and their ids."""
    evening = hug(**changes)
    evening.delivers = False
    evening.tell("18:32:30")
    speaker, tile = (a.id for _, a in evening.actions if isinstance(a, Announce | SetTile))
    return evening, speaker, tile


def test_speech_that_came_too_late_and_no_tile_is_as_if_it_never_was() -> None:
    evening, speaker, tile = offered()
    evening.tell("18:34:30", ActionExpired(speaker))
    assert evening.state.past["reunion_hug"].last_outcome == "undelivered"
    assert (evening.state.prompts, evening.state.past["reunion_hug"].offered) == ((), ())
    assert evening.tell("18:35", ActionDelivered(tile)).state.occasions == {}


def test_speech_that_failed_with_a_tile_that_shows_stays_an_offer_but_was_no_prompt() -> None:
    evening, speaker, tile = offered()
    evening.tell("18:32:31", ActionDelivered(tile)).tell("18:34:30", ActionFailed(speaker, "no"))
    assert evening.state.occasions["reunion_hug"].phase == "offered"
    assert [prompt.heard for prompt in evening.state.prompts] == [False]
    assert len(evening.state.past["reunion_hug"].offered) == 1


def test_the_order_of_the_reports_does_not_matter() -> None:
    evening, speaker, tile = offered()
    evening.tell("18:32:31", ActionFailed(speaker, "no"))
    assert [prompt.heard for prompt in evening.state.prompts] == [False]
    evening.tell("18:32:32", ActionDelivered(tile))
    assert evening.state.occasions["reunion_hug"].phase == "offered"
    assert evening.answer("18:33", "done").shown[-1] == "18:33:00 done"


def test_a_tile_that_failed_does_not_matter_when_it_was_said() -> None:
    evening, speaker, tile = offered()
    evening.tell("18:32:31", ActionFailed(tile, "no")).tell("18:32:32", ActionDelivered(speaker))
    assert evening.state.occasions["reunion_hug"].phase == "offered"
    assert len(evening.state.prompts) == 1


def test_when_all_fail_nothing_was_offered() -> None:
    evening, speaker, tile = offered()
    evening.tell("18:32:31", ActionFailed(tile, "no")).tell("18:32:32", ActionFailed(speaker, "no"))
    assert evening.state.past["reunion_hug"].last_outcome == "undelivered"
    assert evening.thoughts[-1].endswith("did not reach you and does not count: no channel could be reached in time")


def test_an_undelivered_repetition_does_not_unsay_the_first_offer() -> None:
    evening = evening_question().tell("20:30").answer("20:31", "later", "evening_checkin")
    evening.delivers = False
    evening.tell("20:46")
    (again,) = evening.state.occasions["evening_checkin"].pending
    evening.tell("20:48", ActionExpired(again))
    assert [prompt.at for prompt in evening.state.prompts] == [at("20:30")]
    assert evening.state.past["evening_checkin"].offered == (at("20:30"),)


def test_reports_of_others_and_reports_twice_change_nothing() -> None:
    evening, speaker, _ = offered()
    before = evening.tell("18:33", ActionDelivered(speaker)).state
    for report in (ActionDelivered(speaker), ActionFailed(speaker, "no"), ActionExpired("what")):
        assert evening.tell("18:33", report).state == before


def test_steps_are_told_for_an_hour_and_tiles_until_their_offer_ends() -> None:
    evening, _, tile = offered()
    told = next(a for _, a in evening.actions if isinstance(a, TellStep))
    shown = next(a for _, a in evening.actions if isinstance(a, SetTile))
    assert (told.at, told.valid_until) == (at("18:32:30"), at("19:32:30"))
    assert (shown.id, shown.valid_until) == (tile, at("18:41:30"))


# -- edges ------------------------------------------------------------------------------------------------------------


def test_an_open_occasion_is_not_opened_again() -> None:
    twice = checkin(triggers=[{"trigger": "time", "at": "20:30"}, {"trigger": "time", "at": "20:40"}])
    evening = Evening(household(), (twice,), home_since_noon("20:00")).tell("23:00")
    assert evening.said == ["20:30:00"]
    assert "20:40:00 evening_checkin stays silent: it is being offered already" in evening.thoughts


def test_a_ritual_that_is_switched_off_ends() -> None:
    evening = hug().tell("18:33")
    evening.rituals = ()
    evening.live_in(household()).tell("18:34")
    assert evening.thoughts[-1] == "18:34:00 reunion_hug ends quietly: the ritual was switched off"
    assert evening.shown[-1] == "18:34:00 idle"


def test_ids_stay_unique_when_the_clock_is_set_back_over_four_in_the_morning() -> None:
    evening = Evening(household(), (ritual(),), home_since_noon("03:00"))
    evening.answer("03:30", "done").answer("04:05", "done")
    evening.tell("04:06").clock_is_set("03:10").answer("03:12", "done").answer("03:20", "done")
    steps = [action.id for _, action in evening.actions if isinstance(action, TellStep)]
    assert len(steps) == len(set(steps)) == 4


def test_a_silent_ritual_in_the_quiet_hours_waits_and_says_why() -> None:
    speaker_only: Ritual = ritual(offer={"channels": ["speaker"]})
    evening = Evening(household(), (speaker_only,), sam_is_out("22:00")).arrives("22:40").tell("23:30")
    assert evening.actions == []
    assert ends(evening)[0] == "22:42:30 reunion_hug waits: there should be no sound now, and it has no silent way"
