"""The words that only some rituals have: another, enough, accept, other_slot, skip, swap, keep, change, drop."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.core.evening import Evening, break_, checkin, deck, home_since_noon, household, ritual
from tests.fakes import at
from turntoward.core.actions import Announce, Notify
from turntoward.core.events import ANSWERS
from turntoward.core.rules import Ritual

CARDS = deck("ant", "bee", "cat")


def question(**changes: Any) -> Ritual:
    """A card on the tile, at 20:30."""
    offer = {"channels": ["tile"], "card": "cards", "say": ["Ask: {card}"], "valid_for": "75min"}
    return checkin("question", offer=offer, answers=["another", "enough", "later"], run={"timer": "30min"}, **changes)


def date_night(**changes: Any) -> Ritual:
    """Whose turn it is plans; asked at 20:30 by phone."""
    offer = {"channels": [{"channel": "phone", "to": "turn"}, "tile"], "say": ["{turn} plans, {other} waits."]}
    answers = ["accept", "other_slot", "skip", "swap", "start", "done"]
    return checkin("date_night", **{"offer": offer, "answers": answers, "turns": True, **changes})


def planned(*answers: tuple[str, str], **changes: Any) -> Evening:
    evening = Evening(household(), (date_night(**changes),), home_since_noon("20:00")).tell("20:30")
    for time, said in answers:
        evening.answer(time, said, "date_night")
    return evening


def next_turn(evening: Evening) -> str:
    """Who gets the next message."""
    start = max(evening.state.now, at("20:30", "2026-11-20"))
    evening.tell(start.replace(hour=19, minute=31))
    (*_, last) = [action for _, action in evening.actions if isinstance(action, Notify)]
    return " ".join(last.to)


# -- another, enough ---------------------------------------------------------------------------------------------------


def cards(*answers: tuple[str, str], start: str = "") -> Evening:
    evening = Evening(household(), (question(),), home_since_noon("20:00"), decks=CARDS).tell("20:30")
    if start:
        evening.answer(start, "start", "question")
    for time, said in answers:
        evening.answer(time, said, "question")
    return evening


def test_another_shows_one_new_card_after_another_and_then_says_that_there_is_none() -> None:
    evening = cards(*((f"20:3{n}", "another") for n in range(1, 5)))
    shown = [text.removeprefix("Ask: ") for text in evening.texts]
    assert sorted(shown) == ["ant", "bee", "cat"]
    assert evening.shown == ["20:30:00 offered", "20:31:00 offered", "20:32:00 offered"]
    assert [(e.step, e.reason) for e in evening.entries[-2:]] == [("refused", "no_new_card")] * 2
    assert evening.state.occasions["question"].phase == "offered"


def test_another_while_it_runs_lets_it_run_on() -> None:
    evening = cards(("20:35", "another"), start="20:31").tell("21:00:59")
    assert evening.shown == ["20:30:00 offered", "20:31:00 running", "20:35:00 running"]
    assert len(set(evening.texts)) == 2
    assert evening.tell("21:01").shown[-1] == "21:01:00 done"


@pytest.mark.parametrize("when", ["20:29", "20:32"])
def test_another_of_what_nobody_looks_at_draws_nothing(when: str) -> None:
    waits = question(conditions=[{"condition": "nobody_home"}])
    evening = Evening(household(), (waits,), home_since_noon("20:00"), decks=CARDS).answer(when, "another", "question")
    assert (evening.actions, evening.state.drawn) == ([], {})


def test_enough_is_a_good_end() -> None:
    evening = cards(("20:31", "another"), ("20:32", "enough"))
    assert evening.shown[-1] == "20:32:00 done"
    assert evening.told[-1] == "done"


def test_later_keeps_the_card() -> None:
    evening = cards(("20:31", "later")).tell("20:50")
    assert evening.texts[0] == evening.texts[1]
    assert len(evening.state.drawn["cards"]) == 1


# -- turns -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "turn"),
    [
        ([], "alex"),
        ([("20:31", "accept")], "sam"),
        ([("20:31", "accept"), ("20:31:30", "accept")], "sam"),  # both of you tapped
        ([("20:31", "accept"), ("21:00", "start"), ("21:30", "done")], "sam"),
        ([("20:31", "accept"), ("22:00", "done")], "sam"),
        ([("20:31", "skip")], "alex"),
        ([("20:31", "other_slot")], "alex"),
        ([("20:31", "other_slot"), ("20:50", "accept")], "sam"),
        ([("20:31", "swap")], "sam"),
        ([("20:31", "swap"), ("20:32", "swap")], "alex"),
        ([("20:31", "swap"), ("20:33", "accept")], "alex"),
        ([("20:31", "swap"), ("20:33", "skip")], "sam"),
    ],
)
def test_whose_turn_is_next(answers: list[tuple[str, str]], turn: str) -> None:
    evening = planned(*answers, limits={"per_day": None})
    assert evening.notices[0] == "20:30:00 alex"
    assert next_turn(evening) == turn


def test_without_an_answer_of_its_own_a_turn_passes_when_it_is_done() -> None:
    lead = {"timer": 0, "steps": [{"action": "tile", "say": "{turn} leads"}]}
    often = {"per_day": None}
    walk = ritual("walk", turns=True, triggers=[], offer={"channels": ["tile"]}, run=lead, limits=often)
    evening = Evening(household(), (walk,), home_since_noon())
    for hour, end in ((17, "done"), (18, "stop"), (19, "done"), (20, "done")):
        evening.answer(f"{hour}:10", "start", "walk").answer(f"{hour}:20", end, "walk")
    leads = [text.split()[0] for text in evening.texts if text.endswith("leads")]
    assert leads == ["Alex", "Sam", "Sam", "Alex"]


def test_a_swap_says_so_where_it_is_offered_and_nothing_passes_where_there_are_no_turns() -> None:
    assert planned(("20:31", "swap")).texts == ["Alex plans, Sam waits.", "Sam plans, Alex waits."]
    assert planned(("20:31", "swap"), turns=False).state.turns == {}


# -- accept, other_slot, skip ------------------------------------------------------------------------------------------


def test_accept_takes_the_steps_that_need_no_time_at_once() -> None:
    step = {"action": "season", "season": "simplified", "for": "14d"}
    simpler = checkin("simpler", answers=["accept", "not_today"], run={"steps": [step]})
    evening = Evening(household(), (simpler,), home_since_noon("20:00")).answer("20:31", "accept", "simpler")
    assert evening.seasons == [("simplified", date(2026, 12, 3))]
    assert evening.told == ["offered", "done"]
    assert evening.state.occasions == {}


def test_accept_of_what_takes_time_starts_nothing() -> None:
    evening = planned(("20:31", "accept"), run={"timer": "2h", "steps": [{"action": "announce", "say": "now"}]})
    assert evening.tell("23:00").said == []
    assert evening.told == ["offered", "done"]


def test_another_slot_is_found_once() -> None:
    evening = planned(("20:31", "other_slot"), offer={"later": "20min", "valid_for": "4h", "channels": ["tile"],
                                                      "say": ["x"]}).tell("20:52")  # fmt: skip
    assert evening.shown == ["20:30:00 offered", "20:31:00 idle", "20:51:00 offered"]
    evening.answer("20:55", "other_slot", "date_night").tell("23:59")
    assert evening.shown[3:] == ["20:55:00 idle"]


def test_skip_closes_it_for_the_day() -> None:
    assert planned(("20:31", "skip")).shown[-1] == "20:31:00 not_today"


# -- keep, change, drop ------------------------------------------------------------------------------------------------


def reviewed(said: str) -> Evening:
    asked = {"reviews": True, "say": ["Keep {ritual}?"], "channels": ["tile"]}
    review = checkin("review", "21:50", offer=asked, answers=["keep", "change", "drop"])
    evening = Evening(household(), (checkin(title="The question"), review), home_since_noon("20:00"))
    return evening.answer("20:31", "done", "evening_checkin").tell("21:50").answer("21:51", said, "review")


@pytest.mark.parametrize(("said", "again"), [("keep", 2), ("change", 2), ("drop", 1)])
def test_what_is_dropped_comes_no_more(said: str, again: int) -> None:
    evening = reviewed(said).tell(at("21:00", "2026-11-20"))
    assert evening.texts[0] == "Keep The question?"
    assert len(evening.said) == again


def test_what_was_dropped_comes_back_by_starting_it() -> None:
    evening = reviewed("drop").answer(at("12:00", "2026-11-21"), "done", "evening_checkin")
    evening.tell(at("21:00", "2026-11-22"))
    assert len(evening.said) == 1  # doing it once more is not starting it again
    evening.answer(at("12:00", "2026-11-23"), "start", "evening_checkin")
    evening.answer(at("12:30", "2026-11-23"), "done", "evening_checkin").tell(at("21:00", "2026-11-24"))
    assert [when.day for when, action in evening.actions if isinstance(action, Announce)] == [19, 24]


def test_without_anything_to_ask_about_nothing_is_asked() -> None:
    review = checkin("review", offer={"reviews": True, "say": ["Keep {ritual}?"]}, answers=["keep"])
    own = checkin("own", "20:00", private=True, offer={"channels": ["page"]})
    others = (break_(), own, checkin("unknown", "05:00"))
    evening = Evening(household(), (review, *others), home_since_noon("19:00"))
    evening.answer("19:10", "start", "time_out").answer("19:31", "stop", "time_out")
    assert evening.tell("23:00").said == []


# -- what does not fit -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [said for said in ANSWERS if said not in ("start", "stop", "done")])
def test_an_answer_that_a_ritual_does_not_have_changes_nothing(said: Any) -> None:
    evening = Evening(household(), (checkin(answers=["done"]),), home_since_noon("20:00")).tell("20:31")
    before, actions = evening.state, len(evening.actions)
    evening.answer("20:31", said, "evening_checkin")
    assert (evening.state, len(evening.actions)) == (before, actions)
    assert evening.entries[-1].reason == "not_an_answer"


def hidden() -> Evening:
    triggers = [{"trigger": "time", "at": "20:30"}, {"trigger": "called", "tag": "page"}]
    own = checkin("own", private=True, triggers=triggers, offer={"channels": ["page"]}, answers=list(ANSWERS))
    return Evening(household(), (own,), home_since_noon("20:00")).tell("20:31")


@pytest.mark.parametrize("said", ANSWERS)
def test_a_private_ritual_takes_no_answer_that_others_could_see(said: Any) -> None:
    evening = hidden().answer("20:32", said, "own")
    assert (len(evening.asks), len(evening.actions)) == (2, 2)
    assert (evening.entries[-1].reason, evening.state.occasions["own"].phase) == ("no_such_ritual", "offered")


def test_a_private_ritual_has_no_tag_either() -> None:
    evening = hidden().tag("20:33", "page").tell("20:40")
    assert evening.state.occasions["own"].phase == "offered"
    assert [entry.step for entry in evening.entries if entry.step == "started"] == []


@pytest.mark.parametrize(("tag", "told"), [("coats", ["done"]), ("hug", ["started"]), ("other", []), ("Coats", [])])
def test_a_tag_says_what_it_was_made_for(tag: str, told: list[str]) -> None:
    tags = [{"trigger": "called", "tag": "coats", "answer": "done"}, {"trigger": "called", "tag": "hug"}]
    evening = Evening(household(), (ritual(triggers=tags),), home_since_noon()).tag("18:00", tag)
    assert evening.told == told


def test_one_tag_may_belong_to_two_rituals_and_is_refused_without_consent() -> None:
    both = tuple(ritual(name, triggers=[{"trigger": "called", "tag": "t"}]) for name in ("one", "two"))
    assert Evening(household(), both, home_since_noon()).tag("18:00", "t").told == ["started", "started"]
    assert Evening(household(agreed=[]), both, home_since_noon()).tag("18:00", "t").actions == []


def test_a_start_may_say_how_long() -> None:
    evening = Evening(household(), (ritual(),), home_since_noon())
    evening.answer("18:00", "start", lasts=timedelta(minutes=7)).tell("19:00")
    assert evening.shown == ["18:00:00 running", "18:07:00 done"]
