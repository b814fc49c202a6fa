"""What is said to somebody who asked aloud; and that nobody can tell from it that there was a break."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.evening import Evening, break_, checkin, deck, home_since_noon, household, ritual
from turntoward.core.actions import Reply
from turntoward.core.replies import _WORDS
from turntoward.core.rules import Ritual

QUESTION: dict[str, Any] = {
    "title": {"en": "A question", "de": "Eine Frage"},
    "offer": {"card": "cards", "channels": ["tile"], "say": ["A question?"]},
    "run": {"timer": "1h", "steps": [{"action": "tile", "card": "cards", "say": ["{card} No hurry."]}]},
    "answers": ["start", "another", "enough", "not_today"],
}
DECK = deck({"id": "one", "text": "What was good?"}, {"id": "two", "text": "And what else?"})


def at_home(*rituals: Ritual, **home: Any) -> Evening:
    return Evening(household(**home), rituals, home_since_noon(), decks=DECK)


def talk(lasts: str = "10min", **changes: Any) -> Ritual:
    return checkin(title={"en": "High and low", "de": "Hoch und Tief"}, run={"timer": lasts}, **changes)


@pytest.mark.parametrize(
    ("lasts", "language", "reply"),
    [
        ("10min", "en", "High and low, for ten minutes. The time is yours."),
        ("10min", "de", "Hoch und Tief, zehn Minuten. Die Zeit gehört euch."),
        ("1min", "en", "High and low, for one minute. The time is yours."),
        ("1min", "de", "Hoch und Tief, eine Minute. Die Zeit gehört euch."),
        ("20s", "en", "High and low. The time is yours."),
        ("90min", "en", "High and low, until nineteen thirty. The time is yours."),
        ("90min", "de", "Hoch und Tief, bis neunzehn Uhr dreißig. Die Zeit gehört euch."),
        ("0s", "en", "High and low. The time is yours."),
    ],
)
def test_what_begins_is_named_with_how_long_it_takes(lasts: str, language: str, reply: str) -> None:
    assert at_home(talk(lasts), language=language).replied("18:00", "start", "evening_checkin") == reply


def test_a_question_is_its_own_reply_and_so_is_the_next() -> None:
    evening = at_home(ritual("questions", **QUESTION))
    asked = [evening.replied("18:00", "start", "questions"), evening.replied("18:05", "another")]
    assert sorted(asked) == ["And what else?", "What was good?"]
    assert evening.replied("18:10", "another") == "You have seen all of them lately."
    assert evening.replied("18:15", "done") == "Lovely.", "enough is what this ritual calls it"


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("done", "Lovely."),
        ("later", "Later it is."),
        ("not_today", "All right, another time."),
        ("stop", "All right."),
        ("swap", "That does not fit this one: High and low."),
    ],
)
def test_what_is_offered_is_answered_without_naming_it(said: str, reply: str) -> None:
    assert at_home(talk(offer={"channels": ["tile"]})).tell("20:31").replied("20:32", said) == reply


def test_enough_ends_what_calls_it_done() -> None:
    evening = at_home(talk()).answer("18:00", "start", "evening_checkin")
    assert evening.replied("18:01", "enough") == "Lovely."


def test_later_twice_is_another_time_and_costs_nothing() -> None:
    evening = at_home(talk()).tell("20:31")
    assert [evening.replied("20:32", "later"), evening.replied("20:50", "later")] == [
        "Later it is.",
        "All right, another time.",
    ]


def test_where_nothing_is_on_that_is_said() -> None:
    evening = at_home(talk())
    assert evening.replied("18:00", "done") == "Nothing is on at the moment."
    assert evening.replied("18:01", "stop", "evening_checkin") == "High and low is not on at the moment."


def test_a_title_that_is_a_question_does_not_end_the_sentence() -> None:
    evening = at_home(checkin(title="What do we keep?", run={"timer": "10min"}))
    assert evening.replied("18:00", "stop", "evening_checkin") == "What do we keep is not on at the moment."
    begun = evening.replied("18:01", "start", "evening_checkin")
    assert begun == "What do we keep, for ten minutes. The time is yours."


def test_what_runs_already_is_not_begun_again() -> None:
    evening = at_home(talk()).answer("18:00", "start", "evening_checkin")
    assert evening.replied("18:01", "start", "evening_checkin") == "It is already on."


@pytest.mark.parametrize("said", ["later", "start"])
def test_of_what_runs_nobody_says_that_it_is_not_on(said: Any) -> None:
    evening = at_home(talk()).answer("18:00", "start", "evening_checkin")
    assert evening.replied("18:01", said) == "It is already on."


def test_what_is_over_as_soon_as_it_has_begun_was_not_declined() -> None:
    simpler = ritual(
        "simpler", short=False, run={"steps": [{"action": "season", "season": "simplified", "for": "14d"}]}
    )
    assert at_home(simpler).replied("18:00", "start", "simpler") == "All right."


def test_a_look_back_asks_its_question_or_says_that_there_is_none() -> None:
    review = ritual("review", title="Keep?", offer={"reviews": True, "channels": ["tile"], "say": ["{ritual}: keep?"]},
                    answers=["keep", "drop"])  # fmt: skip
    evening = at_home(review, talk())
    assert evening.replied("18:00", "start", "review") == "There is nothing to look back on just now."
    assert (evening.board.now, evening.told) == (None, [])
    evening.answer("18:01", "done", "evening_checkin")
    assert evening.replied("18:02", "start", "review") == "High and low: keep?"
    assert evening.answer("18:02:05", "drop", "review").state.past["evening_checkin"].dropped


def test_a_card_that_only_the_offer_has_is_the_reply_too() -> None:
    breakfast = ritual("breakfast", offer={"card": "cards", "channels": ["tile"], "say": ["{card} Over coffee."]},
                       answers=["done", "another"])  # fmt: skip
    evening = at_home(breakfast)
    assert evening.replied("18:00", "start", "breakfast") in ("What was good?", "And what else?")
    assert evening.board.now is not None
    assert evening.board.now.text.endswith("Over coffee.")


def test_start_means_what_is_offered_also_while_something_else_runs() -> None:
    evening = (
        at_home(talk(offer={"channels": ["tile"]}), ritual(run={"timer": "4h"})).answer("18:00", "start").tell("20:31")
    )
    assert evening.replied("20:32", "start") == "High and low, for ten minutes. The time is yours."


@pytest.mark.parametrize(("said", "reply"), [("later", "Later it is."), ("not_today", "All right, another time.")])
def test_what_is_put_off_or_declined_is_what_is_offered_also_while_something_else_runs(said: str, reply: str) -> None:
    evening = at_home(talk(offer={"channels": ["tile"]}), ritual(run={"timer": "4h"})).answer("18:00", "start")
    assert evening.tell("20:31").replied("20:32", said) == reply
    assert evening.state.occasions["reunion_hug"].runs


def test_what_is_offered_and_cannot_be_begun_is_accepted() -> None:
    evening = at_home(talk(answers=["accept", "skip"], offer={"channels": ["tile"]})).tell("20:31")
    assert evening.replied("20:32", "start") == "Lovely."


@pytest.mark.parametrize("name", ["Tango", "bids"])
def test_an_unknown_name_is_not_repeated_and_a_private_ritual_is_not_known(name: str) -> None:
    page = ritual("bids", private=True, offer={"channels": ["page"]}, triggers=[{"trigger": "called"}])
    evening = at_home(talk(), page)
    assert evening.replied("18:00", "start", name) == "That is not among your rituals at the moment."
    assert [entry.ritual for entry in evening.entries] == ["an answer"], "whatever was understood is in no trace"


def test_without_both_it_waits_for_both() -> None:
    evening = at_home(talk(), agreed=["Sam"])
    assert evening.replied("18:00", "start", "evening_checkin") == "The rituals rest until you have both agreed."
    assert evening.replied("18:01", "done") == "The rituals rest until you have both agreed."


def test_nobody_believes_to_have_a_break_that_does_not_begin() -> None:
    evening = at_home(break_(), agreed=["Sam"])
    assert evening.replied("18:00", "start", "time_out") == "The rituals rest until you have both agreed."
    assert evening.state.occasions == {}


def test_whose_turn_it_is_then_is_said() -> None:
    evening = at_home(talk(turns=True, answers=["swap"], offer={"channels": ["tile"]})).tell("20:31")
    assert evening.replied("20:32", "swap") == "All right, Sam is next."


def test_whoever_waits_for_no_reply_gets_none() -> None:
    evening = at_home(talk()).answer("18:00", "start", "evening_checkin")
    assert not [action for _, action in evening.actions if isinstance(action, Reply)]


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_break_has_no_words_of_its_own(language: str) -> None:
    evening = at_home(break_(), ritual(), language=language)
    neutral = _WORDS[language]["all_right"]
    said: list[tuple[Any, str]] = [
        ("stop", "time_out"),
        ("start", "time_out"),
        ("start", "time_out"),
        ("start", "reunion_hug"),
        ("done", "time_out"),
        ("stop", "time_out"),
    ]
    told = [evening.replied(f"18:0{minute}", answer, name) for minute, (answer, name) in enumerate(said)]
    assert told == [neutral] * 6
    assert evening.answer("18:10", "start").replied("18:10:05", "stop") == neutral, "that is said to other things too"
    of_it = [a for _, a in evening.actions if isinstance(a, Reply) and a.ritual == "time_out"]
    assert len(of_it) == 5
    assert not [reply for reply in of_it if "2026" in reply.id + reply.occasion], "no day is in it"


def test_both_languages_have_the_same_words() -> None:
    assert _WORDS["en"].keys() == _WORDS["de"].keys()
