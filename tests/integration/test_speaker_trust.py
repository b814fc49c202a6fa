"""Volumes, speakers that do nothing, films and questions, in a real Home Assistant."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.peers.homeassistant import HomeAssistant
from turntoward.adapters.clock import SystemClock
from turntoward.adapters.homeassistant import Calls
from turntoward.channels import Reach
from turntoward.channels.speaker import SpeakerChannel, build, reactions, speaking
from turntoward.channels.speaker.memory import FILE, Remembered, remembered
from turntoward.core.actions import Announce, Button
from turntoward.core.rules import Rulebook
from turntoward.ports import Impossible, NotNow
from turntoward.settings import Settings

pytestmark = pytest.mark.integration

CLOCK = SystemClock()
TEXT = "Welcome home, you two."
VOICE = "tts.test_voice"
KITCHEN = {"entity": "media_player.kitchen_speaker", "tts": VOICE}
BEDROOM = {"entity": "media_player.bedroom_speaker", "tts": VOICE}
BROKEN = {"entity": "media_player.broken_speaker", "tts": VOICE}
PLAIN = {"entity": "media_player.plain_speaker", "media": f"media-source://tts/{VOICE}?message=chime"}
SATELLITE = "assist_satellite.hall_satellite"
BOARD = "notify.message_board"
Channel = Callable[..., SpeakerChannel]

CRASH = """
import os, sys
from tests.integration.test_speaker_trust import announcement, channel_in
channel_in(sys.argv[1], sys.argv[2], sys.argv[3], kitchen={**{KITCHEN}, "volume": 25}).deliver(announcement("crash"))
os._exit(9)
""".replace("{KITCHEN}", repr(KITCHEN))


def channel_in(folder: str, url: str, token: str, **rooms: Any) -> SpeakerChannel:
    values: dict[str, Any] = {"partners": [{"name": "Alex"}, {"name": "Sam"}], "mqtt": {}, "data_dir": folder}
    values |= {"speakers": rooms, "homeassistant": {"url": url, "token": token}}
    settings = Settings.model_validate(values)
    assert settings.homeassistant is not None
    channel = build(Reach(settings, Rulebook(rituals=()), CLOCK, None, Calls(settings.homeassistant), HEARD.append))
    assert channel is not None
    return channel


HEARD: list[Any] = []


@pytest.fixture
def channel_for(home: HomeAssistant, tmp_path: Path) -> Iterator[Channel]:
    """Build channels that share what they know of the speakers."""
    made: list[SpeakerChannel] = []

    def make(**rooms: Any) -> SpeakerChannel:
        made.append(channel_in(str(tmp_path), home.url, home.token, **rooms))
        return made[-1]

    yield make
    for channel in made:
        channel.close()
    for thread in threading.enumerate():
        if thread.name.startswith("speaker-"):
            thread.join(10)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "NOTICED_SECONDS", 1.0)
    monkeypatch.setattr(speaking, "_A_SOUND", 0.5)


def announcement(name: str = "a1", **changes: Any) -> Announce:
    valid_until = CLOCK.now() + timedelta(seconds=120)
    return replace(Announce(name, "reunion_hug", "reunion_hug:1", TEXT, "en", (), valid_until), **changes)


def spoken(home: HomeAssistant) -> list[str]:
    """Return who was told something, without the voice that made the sound."""
    told = ("play_media", "announce", "start_conversation", "send_message")
    return [call["entity_id"] for call in home.calls() if call["call"] in told]


def volumes(home: HomeAssistant) -> list[float]:
    return [call["volume"] for call in home.calls("media_player") if call["call"] == "volume_set"]


def known_of_kitchen(folder: Path) -> Remembered:
    return remembered(folder).get("media_player.kitchen_speaker", Remembered())


def wait_until(reached: Callable[[], bool], seconds: float = 8.0) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def is_at(home: HomeAssistant, volume: float) -> bool:
    state = home.state("media_player.kitchen_speaker")
    return state is not None and state["attributes"].get("volume_level") == volume


@pytest.fixture(autouse=True)
def _as_loud_as_ever_and_still(home: HomeAssistant) -> None:
    home.wait_state("media_player.kitchen_speaker", "idle")
    home.call("media_player", "volume_set", entity_id="media_player.kitchen_speaker", volume_level=0.4)
    home.restore()


class TestVolume:
    def test_it_speaks_in_its_volume_and_is_put_back(
        self, home: HomeAssistant, channel_for: Channel, tmp_path: Path
    ) -> None:
        channel_for(kitchen={**KITCHEN, "volume": 25}).deliver(announcement())
        wait_until(lambda: volumes(home) == [0.25, 0.4])
        (played,) = [call for call in home.calls("media_player") if call["call"] == "play_media"]
        assert played["volume"] == 0.25
        wait_until(lambda: known_of_kitchen(tmp_path).held is None)

    def test_one_that_is_as_loud_already_is_left_alone(self, home: HomeAssistant, channel_for: Channel) -> None:
        channel_for(kitchen={**KITCHEN, "volume": 40}).deliver(announcement())
        assert volumes(home) == []

    def test_what_somebody_turned_in_between_stays(
        self, home: HomeAssistant, channel_for: Channel, tmp_path: Path
    ) -> None:
        home.stage(silent=["media_player.kitchen_speaker"])
        channel_for(kitchen={**KITCHEN, "volume": 25}).deliver(announcement())
        home.call("media_player", "volume_set", entity_id="media_player.kitchen_speaker", volume_level=0.7)
        wait_until(lambda: known_of_kitchen(tmp_path).held is None)
        assert volumes(home) == [0.25, 0.7]

    def test_two_lines_in_a_row_come_back_to_what_it_was(self, home: HomeAssistant, channel_for: Channel) -> None:
        channel = channel_for(kitchen={**KITCHEN, "volume": 25})
        channel.deliver(announcement("a1"))
        channel.deliver(announcement("a2"))
        wait_until(lambda: is_at(home, 0.4) and spoken(home) == ["media_player.kitchen_speaker"] * 2)
        assert volumes(home)[-1] == 0.4

    def test_a_crash_in_the_middle_is_made_good_at_the_next_start(
        self, home: HomeAssistant, channel_for: Channel, tmp_path: Path
    ) -> None:
        command = [sys.executable, "-c", CRASH, str(tmp_path), home.url, home.token]
        assert subprocess.run(command, check=False, timeout=60).returncode == 9
        assert is_at(home, 0.25)
        assert known_of_kitchen(tmp_path).held is not None
        channel_for(kitchen=KITCHEN)
        wait_until(lambda: is_at(home, 0.4))

    def test_stopping_in_the_middle_puts_it_back(self, home: HomeAssistant, channel_for: Channel) -> None:
        home.stage(silent=["media_player.kitchen_speaker"])
        channel = channel_for(kitchen={**KITCHEN, "volume": 25})
        channel.deliver(announcement(text=TEXT * 5))
        assert is_at(home, 0.25)
        channel.close()
        assert is_at(home, 0.4)

    def test_one_that_does_not_tell_its_volume_speaks_as_it_is(self, home: HomeAssistant, channel_for: Channel) -> None:
        home.set_state("media_player.kitchen_speaker", "idle", volume_level=None)
        channel_for(kitchen={**KITCHEN, "volume": 25}).deliver(announcement())
        assert spoken(home) == ["media_player.kitchen_speaker"]
        assert volumes(home) == []

    def test_a_failure_puts_it_back_too(self, home: HomeAssistant, channel_for: Channel) -> None:
        with pytest.raises(Impossible):
            channel_for(bedroom={**BROKEN, "volume": 25}).deliver(announcement())
        wait_until(lambda: volumes(home) == [0.25, 0.4])

    def test_an_integration_takes_it_with_the_announcement(self, home: HomeAssistant, channel_for: Channel) -> None:
        kitchen = {**KITCHEN, "volume": 25, "integration": "sonos"}
        channel_for(kitchen=kitchen).deliver(announcement(text="Schön, ihr zwei!", language="de"))
        (played,) = home.calls("media_player")
        assert (played["message"], played["extra"], played["announce"]) == ("Schön, ihr zwei!", {"volume": 25}, True)
        assert [(call["message"], call["language"]) for call in home.calls("tts")] == [("Schön, ihr zwei!", "de")]

    def test_also_in_a_language_its_voice_does_not_know(self, home: HomeAssistant, channel_for: Channel) -> None:
        kitchen = {**KITCHEN, "volume": 25, "integration": "music_assistant"}
        channel_for(kitchen=kitchen).deliver(announcement(text="Bonsoir", language="fr"))  # a voice is not asked twice
        assert [(call["message"], call["language"]) for call in home.calls("tts")] == [("Bonsoir", "en")]


class TestDoesNotReact:
    def learn(self, home: HomeAssistant, channel: SpeakerChannel, folder: Path, times: int = 2) -> None:
        for number in range(times):
            channel.deliver(announcement(f"learning {number}"))
            wait_until(lambda n=number: known_of_kitchen(folder).reactions == n + 1)  # type: ignore[misc]
            home.wait_state("media_player.kitchen_speaker", "idle")

    def test_the_next_one_speaks_instead_of_one_that_always_reacted(
        self, home: HomeAssistant, channel_for: Channel, tmp_path: Path
    ) -> None:
        channel = channel_for(kitchen=[KITCHEN, BEDROOM])
        self.learn(home, channel, tmp_path)
        home.restore()
        home.stage(silent=["media_player.kitchen_speaker"])
        channel.deliver(announcement())
        assert spoken(home) == ["media_player.kitchen_speaker", "media_player.bedroom_speaker"]
        assert [call["call"] for call in home.calls("media_player", "media_player.kitchen_speaker")][-1] == "media_stop"
        channel.deliver(announcement())
        assert len(spoken(home)) == 2
        known = known_of_kitchen(tmp_path)
        assert known.last_silent is not None
        assert (known.last_silent.minute, known.last_silent.second) == (0, 0)
        assert TEXT not in (tmp_path / FILE).read_text()

    def test_alone_in_its_room_it_failed(self, home: HomeAssistant, channel_for: Channel, tmp_path: Path) -> None:
        channel = channel_for(kitchen=KITCHEN)
        self.learn(home, channel, tmp_path)
        home.stage(silent=["media_player.kitchen_speaker"])
        with pytest.raises(Impossible, match=r"kitchen: media_player\.kitchen_speaker did not react"):
            channel.deliver(announcement())

    def test_one_that_never_shows_anything_has_spoken(
        self, home: HomeAssistant, channel_for: Channel, tmp_path: Path
    ) -> None:
        home.stage(silent=["media_player.kitchen_speaker"])
        channel = channel_for(kitchen=[KITCHEN, BEDROOM])
        for number in range(4):
            channel.deliver(announcement(f"a{number}"))
        assert spoken(home) == ["media_player.kitchen_speaker"] * 4
        assert "media_player.kitchen_speaker" not in remembered(tmp_path)

    def test_after_two_silences_it_is_believed_again(
        self, home: HomeAssistant, channel_for: Channel, tmp_path: Path
    ) -> None:
        """An update may take away what it showed; then it speaks, and the next one repeats it twice and no more."""
        channel = channel_for(kitchen=[KITCHEN, BEDROOM])
        self.learn(home, channel, tmp_path, times=3)
        home.restore()
        home.stage(silent=["media_player.kitchen_speaker"])
        for number in range(4):
            channel.deliver(announcement(f"a{number}"))
        assert spoken(home).count("media_player.bedroom_speaker") == 2
        assert spoken(home).count("media_player.kitchen_speaker") == 4

    def test_into_music_nothing_can_be_seen(self, home: HomeAssistant, channel_for: Channel, tmp_path: Path) -> None:
        channel = channel_for(kitchen=[KITCHEN, BEDROOM])
        self.learn(home, channel, tmp_path)
        home.restore()
        home.stage(silent=["media_player.kitchen_speaker"])
        home.call("media_player", "media_play", entity_id="media_player.kitchen_speaker")
        channel.deliver(announcement())
        home.call("media_player", "media_stop", entity_id="media_player.kitchen_speaker")
        assert spoken(home) == ["media_player.kitchen_speaker"]

    def test_one_that_fails_without_a_sound_is_followed_too(
        self, home: HomeAssistant, channel_for: Channel, tmp_path: Path
    ) -> None:
        known = {"media_player.broken_speaker": {"last_ok": "2026-11-19T18:00:00Z", "reactions": 3}}
        (tmp_path / FILE).write_text(json.dumps(known))
        channel_for(bedroom=[BROKEN, BEDROOM]).deliver(announcement())
        assert spoken(home) == ["media_player.broken_speaker", "media_player.bedroom_speaker"]


class TestNotBegun:
    def test_a_call_that_is_refused_was_not_heard(self, home: HomeAssistant, channel_for: Channel) -> None:
        channel_for(hall=["notify.mobile_app_nobody", SATELLITE]).deliver(announcement())
        assert spoken(home) == [SATELLITE]

    def test_a_film_is_not_spoken_into(self, home: HomeAssistant, channel_for: Channel) -> None:
        home.set_state("media_player.kitchen_speaker", "playing", media_content_type="movie")
        channel_for(kitchen=[KITCHEN, BEDROOM]).deliver(announcement())
        assert spoken(home) == ["media_player.bedroom_speaker"]
        with pytest.raises(NotNow, match=r"kitchen: media_player\.kitchen_speaker shows a film"):
            channel_for(kitchen=KITCHEN).deliver(announcement("a2"))


class TestAllKindsInOneHome:
    def test_each_room_is_told_once(self, home: HomeAssistant, channel_for: Channel) -> None:
        hall = {"entity": SATELLITE, "listens": True}
        channel = channel_for(kitchen={**KITCHEN, "volume": 25}, hall=hall, study=BOARD, bath=PLAIN)
        channel.deliver(announcement())
        channel.deliver(announcement())
        assert spoken(home) == [KITCHEN["entity"], SATELLITE, BOARD, PLAIN["entity"]]


class TestQuestion:
    def test_a_home_assistant_that_cannot_listen_announces_it_once(
        self, home: HomeAssistant, channel_for: Channel
    ) -> None:
        """2025.4 has satellites that converse and no action that asks."""
        if "ask_question" in home.api.command("get_services")["assist_satellite"]:
            pytest.skip("this Home Assistant can listen")
        channel = channel_for(hall={"entity": SATELLITE, "listens": True})
        for number in range(2):
            channel.deliver(announcement(f"a{number}", buttons=(Button("start", "token"),)))
        assert [(call["call"], call["message"]) for call in home.calls("assist_satellite")] == [("announce", TEXT)] * 2
        assert HEARD == []
