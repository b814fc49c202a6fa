"""Buttons of messages and spoken questions: which there are, what they do once, and when a message is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.evening import Evening, break_, checkin, home_since_noon, household, ritual
from tests.fakes import at
from turntoward.core.actions import Announce, Notify
from turntoward.core.rules import Ritual

BY_PHONE: dict[str, Any] = {"offer": {"channels": ["phone", "tile"]}}


def talk(answers: list[str] | None = None, **changes: Any) -> Ritual:
    plain = {**BY_PHONE, "answers": answers or ["start", "done", "later", "not_today"], "run": {"timer": "10min"}}
    return checkin(**{**plain, **changes})


def offered(*rituals: Ritual, **changes: Any) -> Evening:
    return Evening(household(**changes), rituals or (talk(),), home_since_noon()).tell("20:30")


# -- which there are ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "buttons"),
    [
        (["start", "done", "later", "not_today"], ["start", "later", "not_today", "done"]),
        (["accept", "other_slot", "skip", "start", "done", "share"],
         ["accept", "other_slot", "skip", "start", "done", "share"]),
        (["start", "another", "enough", "not_today"], ["start", "not_today"]),
        (["done", "not_today"], ["done", "not_today"]),
        (["done", "share", "another", "not_today"], ["done", "share", "not_today"]),
        (["keep", "change", "drop"], ["keep", "change", "drop"]),
    ],
)  # fmt: skip
def test_what_moves_it_on_comes_first_then_later_then_not_today(answers: list[str], buttons: list[str]) -> None:
    assert list(offered(talk(answers)).buttons) == buttons


def test_a_spoken_question_can_be_answered_with_yes_later_or_not_today() -> None:
    evening = offered(talk(["start", "done", "later", "not_today"], offer={"channels": ["speaker"]}))
    assert list(evening.buttons) == ["start", "later", "not_today"]
    assert evening.taps("20:31", evening.buttons["later"]).tell("20:46").said == ["20:30:00", "20:46:00"]


@pytest.mark.parametrize("channel", ["phone", "speaker"])
def test_what_was_put_off_once_offers_no_later_that_would_be_never(channel: str) -> None:
    evening = offered(talk(offer={"channels": [channel, "tile"]}))
    evening.taps("20:31", evening.buttons["later"]).tell("20:46")
    assert evening.told == ["offered", "postponed", "offered"]
    assert "later" not in evening.buttons
    assert "start" in evening.buttons


def test_a_soft_sound_asks_nothing_and_what_is_said_on_the_way_does_not_either() -> None:
    chime = talk(offer={"channels": [{"channel": "speaker", "chime": True}]})
    steps = {"timer": "10min", "steps": [{"action": "announce", "say": ["Go."]}, {"action": "notify"}]}
    evening = offered(chime, ritual("walk", run=steps)).answer("20:31", "start", "walk")
    asked = [a for _, a in evening.actions if isinstance(a, Announce | Notify)]
    assert [a.buttons for a in asked] == [(), (), ()]


def test_what_waits_in_the_list_makes_no_sound() -> None:
    evening = offered(talk(offer={"channels": [{"channel": "phone", "passive": True}, "tile"]}))
    assert [a.passive for _, a in evening.actions if isinstance(a, Notify)] == [True]
    assert [a.passive for _, a in offered().actions if isinstance(a, Notify)] == [False]


def test_nobody_can_guess_a_token_or_use_that_of_another_offer() -> None:
    evening = offered()
    first = set(evening.buttons.values())
    assert len(first) == 4
    assert all(len(token) == 32 and int(token, 16) >= 0 for token in first)
    later = set(evening.tell(at("20:30", "2026-11-20")).buttons.values())
    assert not first & later
    assert evening.taps(at("20:31", "2026-11-20"), min(first)).thoughts[-1].endswith("that question is over")


# -- what they do ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "becomes"), [("start", "started"), ("done", "done"), ("later", "postponed"), ("not_today", "declined")]
)
@pytest.mark.parametrize("taps", [1, 2, 3])
def test_a_button_does_once_what_its_answer_does(said: str, becomes: str, taps: int) -> None:
    evening = offered()
    token = evening.buttons[said]
    for second in range(taps):
        evening.taps(f"20:31:0{second}", token)
    assert evening.told == ["offered", becomes]
    assert evening.taken_back == ["20:31:00 alex sam"], "from both phones, once"
    assert sum("that question is over" in thought for thought in evening.thoughts) == taps - 1


def test_a_second_tap_does_not_swap_back() -> None:
    evening = offered(talk(["accept", "swap"], turns=True))
    token = evening.buttons["swap"]
    assert evening.taps("20:31", token).taps("20:31:01", token).board.turns == {"evening_checkin": "sam"}


def test_after_later_only_the_new_message_answers() -> None:
    evening = offered()
    old = evening.buttons
    evening.taps("20:31", old["later"]).tell("20:46")
    assert evening.taps("20:47", old["done"]).told[-1] == "offered"
    assert evening.taps("20:48", evening.buttons["done"]).told[-1] == "done"


@pytest.mark.parametrize("said", ["not_today", "later", "start"])
def test_what_is_answered_aloud_when_it_has_begun_already_does_not_end_it(said: str) -> None:
    evening = offered(talk(["start", "later", "not_today"], offer={"channels": ["speaker", "tile"]}))
    token = evening.buttons[said]
    evening.answer("20:30:10", "start", "evening_checkin").taps("20:30:15", token)
    assert evening.state.occasions["evening_checkin"].runs
    assert evening.thoughts[-1].endswith("that question is over")


def test_a_token_nobody_gave_out_answers_nothing() -> None:
    evening = offered()
    assert evening.taps("20:31", "0" * 32).taps("20:32", "").told == ["offered"]


def test_without_both_a_button_answers_nothing() -> None:
    evening = offered()
    token = evening.buttons["done"]
    evening.live_in(household(agreed=["Alex"])).tell("20:31")
    assert evening.taken_back == ["20:31:00 alex sam"]
    assert evening.taps("20:32", token).told == ["offered", "expired"]


# -- a message is taken back from whoever got it ---------------------------------------------------------------------


@pytest.mark.parametrize("said", ["start", "done", "later", "not_today", "stop"])
def test_it_is_taken_back_when_it_is_answered_elsewhere(said: str) -> None:
    assert offered().answer("20:35", said, "evening_checkin").taken_back == ["20:35:00 alex sam"]


def test_it_is_taken_back_when_its_window_is_over() -> None:
    assert offered().tell("22:00").taken_back == ["21:45:00 alex sam"]


def test_it_is_taken_back_when_a_break_begins() -> None:
    evening = offered(talk(), break_()).answer("20:40", "start", "time_out")
    assert evening.taken_back == ["20:40:00 alex sam"]


def test_it_is_taken_back_when_the_ritual_is_switched_off_or_rests() -> None:
    switched_off = offered()
    switched_off.rituals = ()
    assert switched_off.live_in(household()).tell("20:40").taken_back == ["20:40:00 alex sam"]
    assert offered(talk(short=False)).season("20:40", "simplified").tell("20:41").taken_back == ["20:40:00 alex sam"]


def test_it_is_taken_back_when_something_is_shared() -> None:
    evening = offered(talk(["share", "done"]))
    evening.taps("20:35", evening.buttons["share"], "The soup was wonderful.")
    assert evening.taken_back == ["20:35:00 alex sam"]
    assert evening.texts[-1] == "The soup was wonderful."


def test_it_is_taken_back_after_a_restart_too() -> None:
    assert offered().restarts("20:40").answer("20:45", "done", "evening_checkin").taken_back == ["20:45:00 alex sam"]


def test_it_is_taken_back_from_whose_turn_it_was() -> None:
    by_turn = talk(["accept", "swap"], turns=True, offer={"channels": [{"channel": "phone", "to": "turn"}, "tile"]})
    assert offered(by_turn).answer("20:35", "swap", "evening_checkin").taken_back == ["20:35:00 alex"]
