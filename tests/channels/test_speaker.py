"""Which action of Home Assistant makes which speaker speak, and when none may be called."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from turntoward.channels.speaker.orders import (
    Order,
    as_message,
    chime_for,
    is_about_language,
    order_for,
    soft_sound,
    without_words,
)
from turntoward.channels.speaker.readiness import why_no_chime, why_not
from turntoward.core.actions import Announce
from turntoward.ports import EntityState
from turntoward.settings import Speaker

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
PLAYER = Speaker(entity="media_player.kitchen", tts="tts.voice")
SOUND = Speaker(entity="media_player.kitchen", tts="tts.voice", media="media-source://chime.mp3")
SATELLITE = Speaker(entity="assist_satellite.hall", tts="tts.gone")
NOTIFY = Speaker(entity="notify.board")


def states(**by_name: str) -> dict[str, EntityState]:
    """`media_player__kitchen="idle"`, because an argument has no dots."""
    ids = {name.replace("__", "."): state for name, state in by_name.items()}
    return {name: EntityState(name, state, {}, NOON) for name, state in ids.items()}


@pytest.mark.parametrize(
    ("speaker", "there", "order"),
    [
        (
            PLAYER,
            {},
            Order(
                "tts",
                "speak",
                {
                    "entity_id": "tts.voice",
                    "media_player_entity_id": "media_player.kitchen",
                    "message": "Hello",
                    "language": "en",
                },
            ),
        ),
        (
            SOUND,
            {},
            Order(
                "media_player",
                "play_media",
                {
                    "entity_id": "media_player.kitchen",
                    "media_content_id": "media-source://chime.mp3",
                    "media_content_type": "music",
                    "announce": True,
                },
            ),
        ),
        (
            SATELLITE,
            {},
            Order("assist_satellite", "announce", {"entity_id": "assist_satellite.hall", "message": "Hello"}),
        ),
        (
            NOTIFY,
            {"notify__board": "unknown"},
            Order("notify", "send_message", {"entity_id": "notify.board", "message": "Hello"}),
        ),
        (NOTIFY, {}, Order("notify", "board", {"message": "Hello"})),
    ],
    ids=["voice", "sound", "satellite", "notify entity", "notify action"],
)
def test_each_kind_has_its_action(speaker: Speaker, there: dict[str, str], order: Order) -> None:
    assert order_for(speaker, states(**there), "Hello", "en") == order


def test_the_voice_chooses_its_language_when_none_is_given() -> None:
    assert "language" not in order_for(PLAYER, {}, "Hello", None).data


@pytest.mark.parametrize(
    ("speaker", "there", "reason"),
    [
        (PLAYER, {"media_player__kitchen": "idle", "tts__voice": "unknown"}, ""),
        (PLAYER, {"media_player__kitchen": "off", "tts__voice": "2026-11-19T12:00:00+00:00"}, ""),
        (
            PLAYER,
            {"media_player__kitchen": "unavailable", "tts__voice": "unknown"},
            "media_player.kitchen is unavailable",
        ),
        (PLAYER, {"media_player__kitchen": "unknown", "tts__voice": "unknown"}, "media_player.kitchen is unknown"),
        (PLAYER, {"tts__voice": "unknown"}, "media_player.kitchen is not there"),
        (PLAYER, {"media_player__kitchen": "idle", "tts__voice": "unavailable"}, "tts.voice is unavailable"),
        (PLAYER, {"media_player__kitchen": "idle"}, "tts.voice is not there"),
        (SOUND, {"media_player__kitchen": "idle"}, ""),
        (SATELLITE, {"assist_satellite__hall": "idle"}, ""),
        (SATELLITE, {}, "assist_satellite.hall is not there"),
        (NOTIFY, {"notify__board": "unknown"}, ""),
        (NOTIFY, {"notify__board": "unavailable"}, "notify.board is unavailable"),
        (NOTIFY, {}, ""),
    ],
)
def test_what_keeps_a_speaker_from_speaking(speaker: Speaker, there: dict[str, str], reason: str) -> None:
    assert why_not(speaker, states(**there)) == reason


def test_the_message_for_other_programs_says_all_they_need() -> None:
    action = Announce(
        "a1", "reunion_hug", "reunion_hug:1", "Schön, ihr zwei.", "de", ("kitchen",), NOON + timedelta(seconds=120)
    )
    text = as_message(action, ZoneInfo("Europe/Berlin"))
    assert "Schön" in text
    assert json.loads(text) == {
        "id": "a1",
        "ritual": "reunion_hug",
        "text": "Schön, ihr zwei.",
        "chime": False,
        "language": "de",
        "rooms": ["kitchen"],
        "valid_until": "2026-11-19T13:02:00+01:00",
    }


CHIMING = Speaker(entity="media_player.kitchen", tts="tts.voice", chime="media-source://soft.mp3")


def test_a_chime_is_played_and_no_word_is_said() -> None:
    player = chime_for(CHIMING)
    assert (player.domain, player.service) == ("media_player", "play_media")
    assert player.data["media_content_id"] == "media-source://soft.mp3"
    satellite = chime_for(Speaker(entity="assist_satellite.hall", chime="media-source://soft.mp3"))
    assert satellite.data == {
        "entity_id": "assist_satellite.hall",
        "media_id": "media-source://soft.mp3",
        "preannounce": False,
    }
    action = Announce("a1", "hug", "hug:1", "Six seconds?", "en", (), NOON, chime=True)
    told = json.loads(as_message(action, ZoneInfo("Europe/Berlin")))
    assert told["chime"] is True
    assert "Six" not in json.dumps(told)


@pytest.mark.parametrize(
    ("speaker", "sound"),
    [
        (CHIMING, "media-source://soft.mp3"),
        (SOUND, "media-source://chime.mp3"),
        (PLAYER, None),
        (SATELLITE, None),
        (NOTIFY, None),
        (Speaker(entity="assist_satellite.hall", media="media-source://loud.mp3"), None),
    ],
)
def test_what_a_speaker_has_for_a_chime(speaker: Speaker, sound: str | None) -> None:
    assert soft_sound(speaker) == sound


def test_a_chime_needs_no_voice() -> None:
    there = states(media_player__kitchen="idle", tts__voice="unavailable")
    assert why_not(CHIMING, there) == "tts.voice is unavailable"
    assert why_no_chime(CHIMING, there) == ""
    assert why_no_chime(CHIMING, {}) == "media_player.kitchen is not there"


def told(entity: str, state: str, **attributes: object) -> dict[str, EntityState]:
    """One entity with its attributes, and the voice."""
    return {entity: EntityState(entity, state, attributes, NOON), **states(tts__voice="unknown")}


@pytest.mark.parametrize(
    ("state", "attributes", "reason"),
    [
        ("playing", {"media_content_type": "movie"}, "media_player.kitchen shows a film"),
        ("buffering", {"media_content_type": "episode"}, "media_player.kitchen shows a film"),
        ("playing", {"media_content_type": "channel"}, "media_player.kitchen shows a film"),
        ("paused", {"media_content_type": "movie"}, ""),
        ("playing", {"media_content_type": "music"}, ""),
        ("playing", {}, ""),
        ("on", {"device_class": "tv"}, "media_player.kitchen shows a film"),
        ("off", {"device_class": "tv"}, ""),
        ("on", {"device_class": "speaker"}, ""),
        ("idle", {"is_volume_muted": True, "volume_level": 0.4}, "media_player.kitchen is muted"),
        ("idle", {"is_volume_muted": False, "volume_level": 0.4}, ""),
        ("idle", {"volume_level": 0.0}, "media_player.kitchen is muted"),
    ],
)
def test_nothing_is_spoken_into_a_film_or_where_somebody_wants_to_hear_nothing(
    state: str, attributes: dict[str, object], reason: str
) -> None:
    there = told("media_player.kitchen", state, **attributes)
    assert why_not(PLAYER, there) == reason
    assert why_no_chime(CHIMING, there) == reason


@pytest.mark.parametrize(("state", "waits"), [("idle", False), ("listening", True), ("responding", True)])
def test_a_satellite_somebody_talks_with_is_not_interrupted(state: str, waits: bool) -> None:
    there = told("assist_satellite.hall", state)
    assert why_not(SATELLITE, there) == ("assist_satellite.hall is in a conversation" if waits else "")


@pytest.mark.parametrize(("integration", "name"), [("sonos", "volume"), ("music_assistant", "announce_volume")])
def test_some_take_the_volume_with_the_announcement(
    integration: Literal["sonos", "music_assistant"], name: str
) -> None:
    speaker = PLAYER.model_copy(update={"integration": integration})
    order = order_for(speaker, {}, "Schön, ihr & wir?", "de", 25)
    assert (order.domain, order.service) == ("media_player", "play_media")
    assert order.data == {
        "entity_id": "media_player.kitchen",
        "media_content_id": "media-source://tts/tts.voice?message=Sch%C3%B6n%2C%20ihr%20%26%20wir%3F&language=de",
        "media_content_type": "music",
        "announce": True,
        "extra": {name: 25},
    }
    assert chime_for(speaker.model_copy(update={"chime": "x"}), 25).data["extra"] == {name: 25}
    assert order_for(speaker, {}, "Hello", "en", None).service == "speak"
    assert "extra" not in chime_for(CHIMING, 25).data


@pytest.mark.parametrize(
    ("clock", "percent"), [("19:59", 35), ("20:00", 20), ("23:30", 20), ("03:59", 20), ("04:00", 35), ("12:00", 35)]
)
def test_the_evening_has_a_volume_of_its_own(clock: str, percent: int) -> None:
    speaker = Speaker.model_validate({**PLAYER.model_dump(), "volume": 35, "evening": {"from": "20:00", "volume": 20}})
    assert speaker.volume_at(time.fromisoformat(clock), time(4)) == percent


def test_a_speaker_without_a_volume_stays_as_it_is() -> None:
    assert PLAYER.volume_at(time(12), time(4)) is None
    quiet_only = Speaker.model_validate({**PLAYER.model_dump(), "evening": {"from": "20:00", "volume": 20}})
    assert (quiet_only.volume_at(time(12), time(4)), quiet_only.volume_at(time(21), time(4))) == (None, 20)


@pytest.mark.parametrize(
    ("refusal", "about"),
    [
        ("[home_assistant_error] Language 'de' not supported", True),
        ("[home_assistant_error] this speaker is broken", False),
        ("[home_assistant_error] Announcing is not supported", False),
    ],
)
def test_a_voice_that_lacks_a_language_is_told_from_other_refusals(refusal: str, about: bool) -> None:
    assert is_about_language(refusal) is about


@pytest.mark.parametrize(
    "refusal",
    [
        "[home_assistant_error] Failed to play Guten Abend, Sam.",
        "[home_assistant_error] no media-source://tts/tts.voice?message=Guten%20Abend%2C%20Sam.&language=de",
    ],
)
def test_a_reason_does_not_quote_the_line(refusal: str) -> None:
    told = without_words(refusal, "Guten Abend, Sam.")
    assert told.startswith("[home_assistant_error] ")
    assert "Sam" not in told
    assert without_words("[not_found] notify.x not found", "Hello") == "[not_found] notify.x not found"
    assert without_words("broken", "") == "broken"
