"""The speaker channel in a real Home Assistant: who hears a line, and that nobody hears it twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.peers.homeassistant import HomeAssistant
from turntoward.adapters.clock import SystemClock
from turntoward.adapters.homeassistant import Calls
from turntoward.channels import Reach
from turntoward.channels.speaker import SpeakerChannel, build
from turntoward.channels.speaker.memory import remembered
from turntoward.core.actions import Announce, SetTile
from turntoward.core.rules import Rulebook
from turntoward.ports import Impossible, NotNow, Unacknowledged
from turntoward.settings import HomeAssistantSettings, Settings

pytestmark = pytest.mark.integration

CLOCK = SystemClock()
VOICE = "tts.test_voice"
KITCHEN = {"entity": "media_player.kitchen_speaker", "tts": VOICE}
BEDROOM = {"entity": "media_player.bedroom_speaker", "tts": VOICE}
BROKEN = {"entity": "media_player.broken_speaker", "tts": VOICE}
SATELLITE = "assist_satellite.hall_satellite"
BOARD = "notify.message_board"
PHONE = "notify.mobile_app_alex_phone"
TEXT = "Welcome home, you two."


class Broker:
    """Remembers what was published; `problem` is raised instead."""

    def __init__(self) -> None:
        self.problem: Exception | None = None
        self.published: list[tuple[str, dict[str, Any], bool, float | None]] = []

    def publish(
        self, topic: str, payload: str, *, retain: bool = False, expires_in: float | None = None, wait: float = 5.0
    ) -> None:
        if self.problem is not None:
            raise self.problem
        self.published.append((topic, json.loads(payload), retain, expires_in))

    def retained(self, topic: str, wait: float = 5.0) -> str | None:
        raise AssertionError("nothing is kept of an announcement")

    def on_connect(self, then: Any) -> None:
        raise AssertionError("an announcement is not repeated on connect")


class CountingCalls(Calls):
    """The real thing, counted."""

    made = 0

    def call(self, domain: str, service: str, data: Mapping[str, Any], timeout: float = 10.0) -> None:
        self.made += 1
        super().call(domain, service, data, timeout)


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is learnt of a speaker stays in the test."""
    monkeypatch.chdir(tmp_path)


def reach_of(home: HomeAssistant | None, broker: Broker | None = None, **rooms: Any) -> Reach:
    partners = [{"name": "Alex"}, {"name": "Sam"}]
    values: dict[str, Any] = {"partners": partners, "mqtt": {"base": "ours"}, "speakers": rooms}
    values["data_dir"] = Path.cwd() / "data"  # what is still learnt when the test is over belongs there, too
    calls = None
    if home is not None:
        values["homeassistant"] = {"url": home.url, "token": home.token}
        calls = Calls(HomeAssistantSettings.model_validate(values["homeassistant"]))
    settings = Settings.model_validate(values)
    return Reach(settings, Rulebook(rituals=()), CLOCK, broker, calls)


def channel_for(home: HomeAssistant | None, broker: Broker | None = None, **rooms: Any) -> SpeakerChannel:
    channel = build(reach_of(home, broker, **rooms))
    assert channel is not None
    return channel


def announcement(*rooms: str, seconds: float = 120, **changes: Any) -> Announce:
    valid_until = CLOCK.now() + timedelta(seconds=seconds)
    return replace(Announce("a1", "reunion_hug", "reunion_hug:1", TEXT, "en", rooms, valid_until), **changes)


def heard(home: HomeAssistant) -> list[tuple[str, str | None]]:
    """Return what speakers and boards were given, without the voice that made the sound."""
    return [(call["entity_id"], call["message"]) for call in home.calls() if call["kind"] != "tts"]


class TestEachKindHearsItOnce:
    def test_a_media_player_with_a_voice(self, home: HomeAssistant) -> None:
        channel_for(home, kitchen=KITCHEN).deliver(announcement("kitchen"))
        assert heard(home) == [("media_player.kitchen_speaker", TEXT)]
        (played,) = home.calls("media_player")
        assert played["announce"] is True

    def test_a_media_player_with_a_sound(self, home: HomeAssistant) -> None:
        sound = f"media-source://tts/{VOICE}?message=chime"
        kitchen = {"entity": "media_player.kitchen_speaker", "media": sound}
        channel_for(home, kitchen=kitchen).deliver(announcement("kitchen"))
        (played,) = home.calls("media_player")
        assert played["media_id"] == sound
        assert played["announce"] is True

    def test_a_satellite(self, home: HomeAssistant) -> None:
        channel_for(home, hall=SATELLITE).deliver(announcement("hall"))
        assert heard(home) == [(SATELLITE, TEXT)]

    def test_a_notify_entity(self, home: HomeAssistant) -> None:
        channel_for(home, hall=BOARD).deliver(announcement("hall"))
        assert heard(home) == [(BOARD, TEXT)]

    def test_the_notify_action_of_a_phone(self, home: HomeAssistant) -> None:
        channel_for(home, alex=PHONE).deliver(announcement("alex"))
        assert [push["message"] for push in home.wait_pushes("alex")] == [TEXT]
        assert home.pushes("sam") == []

    def test_all_rooms_when_none_is_named(self, home: HomeAssistant) -> None:
        channel = channel_for(home, kitchen=KITCHEN, hall=SATELLITE, bedroom=BEDROOM)
        channel.deliver(announcement())
        assert heard(home) == [
            ("media_player.kitchen_speaker", TEXT),
            (SATELLITE, TEXT),
            ("media_player.bedroom_speaker", TEXT),
        ]

    def test_only_the_rooms_that_are_named(self, home: HomeAssistant) -> None:
        channel_for(home, kitchen=KITCHEN, bedroom=BEDROOM).deliver(announcement("bedroom", "attic"))
        assert heard(home) == [("media_player.bedroom_speaker", TEXT)]


class TestChime:
    SOUND = f"media-source://tts/{VOICE}?message=chime"

    def chime(self, *rooms: str) -> Announce:
        return announcement(*rooms, chime=True)

    def test_a_sound_is_played_and_no_word_is_said(self, home: HomeAssistant) -> None:
        broker = Broker()
        channel_for(home, broker, kitchen={**KITCHEN, "chime": self.SOUND}).deliver(self.chime("kitchen"))
        (played,) = home.calls("media_player")
        assert (played["media_id"], played["announce"]) == (self.SOUND, True)
        assert TEXT not in [message for _, message in heard(home)]
        ((_, copy, _, _),) = broker.published
        assert (copy["chime"], copy["text"]) == (True, "")

    def test_a_satellite_plays_it_too(self, home: HomeAssistant) -> None:
        channel_for(home, hall={"entity": SATELLITE, "chime": self.SOUND}).deliver(self.chime())
        ((entity, message),) = heard(home)
        assert entity == SATELLITE
        assert message != TEXT

    def test_a_room_without_one_stays_silent(self, home: HomeAssistant) -> None:
        channel = channel_for(home, bedroom=BEDROOM, kitchen=[KITCHEN, {**BEDROOM, "chime": self.SOUND}])
        channel.deliver(self.chime())
        assert [entity for entity, _ in heard(home)] == ["media_player.bedroom_speaker"]

    def test_a_home_without_one_says_nothing_instead(self, home: HomeAssistant) -> None:
        with pytest.raises(Impossible, match="has a chime"):
            channel_for(home, kitchen=KITCHEN, hall=SATELLITE).deliver(self.chime())
        assert home.calls() == []

    def test_other_programs_are_told_that_it_is_a_sound(self) -> None:
        broker = Broker()
        channel_for(None, broker).deliver(self.chime())
        ((_, content, _, _),) = broker.published
        assert (content["chime"], content["text"]) == (True, "")


class TestLanguage:
    def test_the_voice_is_asked_for_the_language_of_the_text(self, home: HomeAssistant) -> None:
        channel_for(home, kitchen=KITCHEN).deliver(announcement(language="de", text="Willkommen zu Hause."))
        (spoken,) = home.calls("tts")
        assert (spoken["message"], spoken["language"]) == ("Willkommen zu Hause.", "de")

    def test_a_voice_that_does_not_know_it_speaks_its_own_once(self, home: HomeAssistant) -> None:
        channel_for(home, kitchen=KITCHEN).deliver(announcement(language="fr", text="Bonjour"))
        assert heard(home) == [("media_player.kitchen_speaker", "Bonjour")]

    def test_that_it_does_not_know_it_is_remembered(self, home: HomeAssistant) -> None:
        counting = CountingCalls(HomeAssistantSettings.model_validate({"url": home.url, "token": home.token}))
        channel = SpeakerChannel(replace(reach_of(home, kitchen=KITCHEN), homeassistant=counting))
        for name in ("a1", "a2", "a3"):
            channel.deliver(announcement(id=name, language="fr"))
        assert counting.made == 4


class TestNotAvailable:
    def test_it_waits_and_speaks_once_when_it_is_back(self, home: HomeAssistant) -> None:
        channel, action = channel_for(home, kitchen=KITCHEN), announcement("kitchen")
        home.set_state("media_player.kitchen_speaker", "unavailable")
        for _ in range(2):
            with pytest.raises(NotNow, match=r"kitchen: media_player\.kitchen_speaker is unavailable"):
                channel.deliver(action)
        home.set_state("media_player.kitchen_speaker", "idle")
        channel.deliver(action)
        assert heard(home) == [("media_player.kitchen_speaker", TEXT)]

    def test_the_next_speaker_of_the_room_speaks_instead(self, home: HomeAssistant) -> None:
        channel = channel_for(home, kitchen=[KITCHEN, BEDROOM])
        channel.deliver(announcement("kitchen"))
        home.set_state("media_player.kitchen_speaker", "unavailable")
        channel.deliver(announcement("kitchen", id="a2"))
        assert heard(home) == [("media_player.kitchen_speaker", TEXT), ("media_player.bedroom_speaker", TEXT)]

    @pytest.mark.parametrize(
        "speaker", [{**KITCHEN, "tts": "tts.nobody"}, {"entity": "media_player.nobody", "tts": VOICE}]
    )
    def test_what_is_not_there_is_not_called(self, home: HomeAssistant, speaker: dict[str, str]) -> None:
        with pytest.raises(NotNow, match="nobody is not there"):
            channel_for(home, kitchen=speaker).deliver(announcement())
        assert home.calls() == []

    def test_home_assistant_is_down(self, home: HomeAssistant) -> None:
        channel, action = channel_for(home, kitchen=KITCHEN), announcement("kitchen")
        home.stop()
        with pytest.raises(NotNow, match="nothing answers"):
            channel.deliver(action)
        home.start()
        channel.deliver(action)
        assert heard(home) == [("media_player.kitchen_speaker", TEXT)]

    def test_too_late_is_not_spoken(self, home: HomeAssistant) -> None:
        with pytest.raises(NotNow, match="too late"):
            channel_for(home, kitchen=KITCHEN).deliver(announcement(seconds=-1))
        assert home.calls() == []


class TestRefused:
    def test_for_good(self, home: HomeAssistant) -> None:
        with pytest.raises(Impossible, match=r"bedroom: .*this speaker is broken"):
            channel_for(home, bedroom=BROKEN).deliver(announcement("bedroom"))

    def test_a_speaker_that_failed_may_have_been_heard_so_no_other_repeats_it(self, home: HomeAssistant) -> None:
        with pytest.raises(Impossible):
            channel_for(home, bedroom=[BROKEN, BEDROOM]).deliver(announcement("bedroom"))
        assert [entity for entity, _ in heard(home)] == ["media_player.broken_speaker"]

    def test_a_phone_nobody_has(self, home: HomeAssistant) -> None:
        with pytest.raises(Impossible, match="not found"):
            channel_for(home, hall="notify.mobile_app_nobody").deliver(announcement())

    def test_a_room_without_a_speaker(self, home: HomeAssistant) -> None:
        with pytest.raises(Impossible, match="no speaker in attic; there are some in kitchen"):
            channel_for(home, kitchen=KITCHEN).deliver(announcement("attic"))

    def test_something_that_cannot_be_said(self, home: HomeAssistant) -> None:
        tile = SetTile("t1", "reunion_hug", "reunion_hug:1", "idle", "", None, CLOCK.now())
        with pytest.raises(Impossible, match="SetTile"):
            channel_for(home, kitchen=KITCHEN).deliver(tile)


class TestSeveralRooms:
    def test_one_that_spoke_is_enough_and_is_not_asked_again(self, home: HomeAssistant) -> None:
        channel, action = channel_for(home, kitchen=KITCHEN, bedroom=BEDROOM), announcement()
        home.set_state("media_player.bedroom_speaker", "unavailable")
        channel.deliver(action)
        home.set_state("media_player.bedroom_speaker", "idle")
        channel.deliver(action)
        channel.deliver(action)
        assert heard(home) == [("media_player.kitchen_speaker", TEXT), ("media_player.bedroom_speaker", TEXT)]

    def test_a_speaker_that_is_heard_in_two_rooms_speaks_once(self, home: HomeAssistant) -> None:
        channel_for(home, kitchen=KITCHEN, living=[BEDROOM, KITCHEN]).deliver(announcement())
        assert heard(home) == [("media_player.kitchen_speaker", TEXT)]

    def test_one_that_failed_is_not_asked_again_while_another_is_waited_for(self, home: HomeAssistant) -> None:
        channel, action = channel_for(home, bedroom=BROKEN, kitchen=KITCHEN), announcement()
        home.set_state("media_player.kitchen_speaker", "unavailable")
        with pytest.raises(NotNow, match="kitchen"):
            channel.deliver(action)
        home.set_state("media_player.kitchen_speaker", "idle")
        channel.deliver(action)
        assert heard(home) == [("media_player.broken_speaker", TEXT), ("media_player.kitchen_speaker", TEXT)]


class TestOneFailsAndAnotherIsHeard:
    def test_it_is_said_once_with_room_and_reason_and_again_after_it_has_worked(
        self, home: HomeAssistant, caplog: pytest.LogCaptureFixture
    ) -> None:
        channel = channel_for(home, bedroom=BROKEN, kitchen=KITCHEN)

        def said(name: str) -> list[str]:
            caplog.clear()
            channel.deliver(announcement(id=name))
            return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]

        (warned,) = said("a1")
        assert warned.startswith("media_player.broken_speaker failed, while another speaker was heard: bedroom: ")
        assert warned.endswith("this speaker is broken")
        assert TEXT not in warned
        assert said("a2") == []
        known = remembered(Path.cwd() / "data")
        failed = known["media_player.broken_speaker"].last_failed
        assert failed is not None
        assert (failed.minute, failed.second) == (0, 0)
        assert "media_player.kitchen_speaker" not in known or not known["media_player.kitchen_speaker"].last_failed
        home.set_state("media_player.broken_speaker", "playing", media_content_type="movie")
        assert said("a3") == []  # it waits, which is no failure

    def test_one_that_was_refused_is_told_though_the_next_one_in_its_room_spoke(
        self, home: HomeAssistant, caplog: pytest.LogCaptureFixture
    ) -> None:
        channel_for(home, hall=["notify.mobile_app_nobody", SATELLITE]).deliver(announcement())
        assert "notify.mobile_app_nobody failed, while another speaker was heard: hall: " in caplog.text

    def test_alone_it_is_for_the_worker_to_say(self, home: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
        with pytest.raises(Impossible):
            channel_for(home, bedroom=BROKEN).deliver(announcement())
        assert "failed, while" not in caplog.text


class TestOtherPrograms:
    def test_a_home_without_speakers_is_told_by_message(self) -> None:
        broker = Broker()
        action = announcement("kitchen", seconds=100)
        channel_for(None, broker).deliver(action)
        ((topic, content, retain, expires_in),) = broker.published
        assert topic == "ours/announce"
        assert content["text"] == TEXT
        assert content["rooms"] == ["kitchen"]
        assert not retain
        assert expires_in == pytest.approx(100, abs=2)

    def test_then_no_broker_means_not_now(self) -> None:
        broker = Broker()
        channel, action = channel_for(None, broker), announcement()
        broker.problem = NotNow("offline")
        with pytest.raises(NotNow):
            channel.deliver(action)
        broker.problem = None
        channel.deliver(action)
        assert len(broker.published) == 1

    def test_a_message_that_may_have_arrived_is_not_sent_again(self) -> None:
        broker = Broker()
        broker.problem = Unacknowledged("no acknowledgement")
        with pytest.raises(Impossible, match="may have been announced"):
            channel_for(None, broker).deliver(announcement())

    def test_nothing_is_published_too_late(self) -> None:
        broker = Broker()
        with pytest.raises(NotNow, match="too late"):
            channel_for(None, broker).deliver(announcement(seconds=-1))
        assert broker.published == []

    def test_a_home_with_speakers_gives_them_one_copy_after_it_spoke(self, home: HomeAssistant) -> None:
        broker = Broker()
        channel = channel_for(home, broker, kitchen=KITCHEN, bedroom=BEDROOM)
        action = announcement()
        home.set_state("media_player.kitchen_speaker", "unavailable")
        home.set_state("media_player.bedroom_speaker", "unavailable")
        with pytest.raises(NotNow):
            channel.deliver(action)
        assert broker.published == []
        home.set_state("media_player.kitchen_speaker", "idle")
        channel.deliver(action)
        channel.deliver(action)
        assert [content["id"] for _, content, _, _ in broker.published] == ["a1"]

    @pytest.mark.parametrize("problem", [NotNow("offline"), Unacknowledged("hm"), Impossible("not allowed")])
    def test_a_copy_that_fails_fails_nothing(self, home: HomeAssistant, problem: Exception) -> None:
        broker = Broker()
        broker.problem = problem
        channel_for(home, broker, kitchen=KITCHEN).deliver(announcement())
        assert heard(home) == [("media_player.kitchen_speaker", TEXT)]

    def test_a_home_with_neither_has_no_such_channel(self) -> None:
        assert build(reach_of(None)) is None
