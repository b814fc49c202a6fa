"""Actions and states of a real Home Assistant, and what each kind of failure becomes."""

from __future__ import annotations

import threading

import pytest

from tests.peers.homeassistant import HomeAssistant
from tests.peers.ports import HOST, free_port
from turntoward.adapters.homeassistant import Calls
from turntoward.ports import Impossible, NotNow, Refused
from turntoward.settings import HomeAssistantSettings

pytestmark = pytest.mark.integration

GUESTS = {"entity_id": "input_boolean.guests"}
SPEECH = {"entity_id": "tts.test_voice", "message": "Hello"}


def calls_to(url: str, token: str) -> Calls:
    return Calls(HomeAssistantSettings.model_validate({"url": url, "token": token}))


@pytest.fixture
def calls(home: HomeAssistant) -> Calls:
    return calls_to(home.url, home.token)


class TestCall:
    def test_it_is_done_when_the_call_returns(self, home: HomeAssistant, calls: Calls) -> None:
        calls.call("input_boolean", "turn_on", GUESTS)
        found = home.state("input_boolean.guests")
        assert found is not None
        assert found["state"] == "on"

    def test_a_slash_at_the_end_of_the_address_does_no_harm(self, home: HomeAssistant) -> None:
        calls_to(f"{home.url}/", home.token).call("input_boolean", "turn_on", GUESTS)
        home.wait_state("input_boolean.guests", "on")

    def test_a_device_that_fails_is_quoted(self, calls: Calls) -> None:
        with pytest.raises(Impossible, match="this speaker is broken"):
            calls.call("tts", "speak", {**SPEECH, "media_player_entity_id": "media_player.broken_speaker"})

    def test_a_device_that_fails_may_have_begun(self, calls: Calls) -> None:
        with pytest.raises(Impossible) as failed:
            calls.call("tts", "speak", {**SPEECH, "media_player_entity_id": "media_player.broken_speaker"})
        assert not isinstance(failed.value, Refused)

    def test_an_action_that_does_not_exist_is_refused_before_anything_is_done(self, calls: Calls) -> None:
        with pytest.raises(Refused, match=r"notify\.nobody not found"):
            calls.call("notify", "nobody", {"message": "Hello"})

    def test_data_the_action_does_not_know(self, calls: Calls) -> None:
        with pytest.raises(Refused, match=r"extra keys not allowed|not a valid option"):
            calls.call("input_boolean", "turn_on", {**GUESTS, "loudly": True})

    def test_home_assistant_calls_it_a_success_when_the_entity_does_not_exist(
        self, home: HomeAssistant, calls: Calls
    ) -> None:
        calls.call("tts", "speak", {**SPEECH, "media_player_entity_id": "media_player.nobody"})
        assert home.calls("media_player") == []

    def test_many_threads_share_one(self, home: HomeAssistant, calls: Calls) -> None:
        problems: list[Exception] = []

        def work() -> None:
            try:
                for _ in range(5):
                    calls.call("input_boolean", "toggle", GUESTS)
                    calls.states(["person.alex"])
            except Exception as problem:
                problems.append(problem)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert problems == []
        # 8 x 5 toggles: an even number.
        home.wait_state("input_boolean.guests", "off")


class TestAsk:
    def test_what_the_action_answers_comes_back(self, calls: Calls) -> None:
        said = calls.ask("conversation", "process", {"text": "what is the meaning of life", "language": "en"})
        assert said["response"]["response_type"] == "error"

    def test_an_action_that_answers_nothing_is_refused(self, home: HomeAssistant, calls: Calls) -> None:
        with pytest.raises(Refused, match="does not return responses"):
            calls.ask("input_boolean", "turn_on", GUESTS)
        home.wait_state("input_boolean.guests", "off")

    def test_an_answer_that_does_not_come_in_time(self, home: HomeAssistant, calls: Calls) -> None:
        home.freeze()
        with pytest.raises(NotNow, match="does not answer in time"):
            calls.ask("conversation", "process", {"text": "hello"}, timeout=0.5)
        home.thaw()


class TestNoConnection:
    def test_nothing_there(self) -> None:
        calls = calls_to(f"http://{HOST}:{free_port()}", "x")
        with pytest.raises(NotNow, match="nothing answers"):
            calls.call("input_boolean", "turn_on", GUESTS)
        with pytest.raises(NotNow, match="nothing answers"):
            calls.states(["person.alex"])

    def test_a_wrong_token_is_not_repeated_in_the_message(self, home: HomeAssistant) -> None:
        calls = calls_to(home.url, "wrong-token")
        with pytest.raises(NotNow, match="does not accept the token") as refused:
            calls.call("input_boolean", "turn_on", GUESTS)
        assert "wrong-token" not in str(refused.value)
        with pytest.raises(NotNow, match="does not accept the token"):
            calls.states(["person.alex"])
        assert "wrong-token" not in repr(vars(calls))

    def test_no_token(self, home: HomeAssistant) -> None:
        calls = Calls(HomeAssistantSettings(url=home.url))
        with pytest.raises(NotNow, match="There is no token"):
            calls.call("input_boolean", "turn_on", GUESTS)
        with pytest.raises(NotNow, match="There is no token"):
            calls.states(["person.alex"])

    def test_another_program_at_the_address(self, home: HomeAssistant) -> None:
        calls = calls_to(f"{home.url}/core", home.token)
        with pytest.raises(NotNow, match="status 404"):
            calls.call("input_boolean", "turn_on", GUESTS)

    def test_it_hangs_before_it_was_told(self, home: HomeAssistant, calls: Calls) -> None:
        home.freeze()
        with pytest.raises(NotNow, match="does not answer in time"):
            calls.call("input_boolean", "turn_on", GUESTS, timeout=0.5)
        home.thaw()
        home.wait_state("input_boolean.guests", "off")


class TestStates:
    def test_those_that_exist(self, home: HomeAssistant, calls: Calls) -> None:
        home.set_state("media_player.kitchen_speaker", "playing")
        found = calls.states(["media_player.kitchen_speaker", "media_player.nobody", "person.sam"])
        assert {name: state.state for name, state in found.items()} == {
            "media_player.kitchen_speaker": "playing",
            "person.sam": "home",
        }
        kitchen = found["media_player.kitchen_speaker"]
        assert kitchen.attributes["friendly_name"] == "Kitchen speaker"
        assert kitchen.last_changed.tzinfo is not None

    def test_of_nothing(self, calls: Calls) -> None:
        assert calls.states([]) == {}
