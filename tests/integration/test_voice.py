"""What is said aloud to a real Home Assistant, and what the running service answers, by the blueprint and by files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.automations import ROADS, attribute, heard, listening, service, state, traces
from tests.peers.homeassistant import HomeAssistant
from tests.service import until

pytestmark = pytest.mark.integration

RITUALS = ("evening_checkin", "questions", "time_out", "appreciation")
CHECKIN, QUESTION = "sensor.turntoward_evening_checkin", "sensor.turntoward_questions"
JAR, TIME_OUT = "sensor.turntoward_appreciation", "sensor.turntoward_time_out"
REPLY, NOW, QUIET = "sensor.turntoward_reply", "sensor.turntoward_now", "switch.turntoward_quiet_tonight"


@pytest.fixture(scope="module", params=ROADS)
def evening(
    request: pytest.FixtureRequest, home_assistant: HomeAssistant, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HomeAssistant]:
    """A home in which Turntoward runs and is spoken to, for all tests that leave nothing on."""
    home_assistant.reset()
    folder = tmp_path_factory.mktemp("evening")
    with service(folder, home_assistant, *RITUALS), listening(home_assistant, request.param):
        home_assistant.wait_state(NOW, "Nothing", 40)
        home_assistant.wait_state(CHECKIN, "idle")
        yield home_assistant


def test_a_ritual_is_begun_answered_and_replied_to_aloud(evening: HomeAssistant) -> None:
    assert heard(evening, "What is on for us?").startswith("Nothing just now.")
    assert heard(evening, "We did it!") == "Nothing is on at the moment."
    assert heard(evening, "Start the check-in.") == "High and low, for ten minutes. The time is yours."
    evening.wait_state(CHECKIN, "running")
    evening.wait_state(NOW, "High and low")
    assert heard(evening, "what's on for the two of us") == f"High and low. {attribute(evening, NOW, 'text')}"
    assert heard(evening, "Start the check-in") == "It is already on."
    assert heard(evening, "We did it.") == "Lovely."
    evening.wait_state(CHECKIN, "done")


def test_any_ritual_can_be_asked_for_and_one_that_is_unknown_kindly_refused(evening: HomeAssistant) -> None:
    assert heard(evening, "Start our knitting evening") == "That is not among your rituals at the moment."
    assert heard(evening, "Start the date night") == "That is not among your rituals at the moment."
    assert heard(evening, "Start our high and low").startswith("High and low")
    evening.wait_state(CHECKIN, "running")
    assert heard(evening, "We're done") == "Lovely."


def test_a_question_is_asked_aloud_and_then_another(evening: HomeAssistant) -> None:
    first = heard(evening, "A question for us, please")
    evening.wait_state(QUESTION, "running")
    assert first.endswith("?")
    assert first in attribute(evening, QUESTION, "text")
    second = heard(evening, "another one")
    assert second.endswith("?")
    assert second != first
    until(lambda: second in attribute(evening, QUESTION, "text"), what="the other question on the tile")
    assert heard(evening, "That was enough for today") == "Lovely."
    evening.wait_state(QUESTION, "done")


def test_the_question_of_the_day_is_read_aloud(evening: HomeAssistant) -> None:
    card = heard(evening, "What is our question of the day?")
    assert card.endswith("?")
    assert card == attribute(evening, "sensor.turntoward_card", "text")


def test_what_is_put_into_the_jar_is_there_for_both(evening: HomeAssistant) -> None:
    assert heard(evening, "Put in the jar you made coffee") == "Lovely. It is there for both of you."
    until(lambda: "you made coffee" in attribute(evening, JAR, "text"), what="the line on the tile")


def test_a_quiet_evening_is_asked_for_and_taken_back(evening: HomeAssistant) -> None:
    assert heard(evening, "Quiet tonight, please") == "Gladly. It will stay quiet tonight."
    assert state(evening, QUIET) == "on"
    assert heard(evening, "You may speak again") == "Gladly."
    assert state(evening, QUIET) == "off"


def test_a_time_out_is_called_with_a_reply_that_tells_nothing(evening: HomeAssistant) -> None:
    assert heard(evening, "Time-out for half an hour, please") == "All right."
    evening.wait_state(TIME_OUT, "running")
    shown = evening.state(REPLY)
    assert shown is not None
    assert "time" not in str(shown["attributes"]["to"]) + shown["state"]
    assert heard(evening, "The time-out is over") == "All right."
    evening.wait_state(TIME_OUT, "idle")
    assert traces(evening, "test_voice") == []
    assert traces(evening, "turntoward_answer", "turntoward_quiet", domain="script") == []
