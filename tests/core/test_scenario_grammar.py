"""What a scenario may say: moments with and without a day, and one thing that happens at a time."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from tests.core.evening import household
from tests.fakes import at
from turntoward.core.scenario import Expected, Given, Happening, Scenario, parse_moment

ZONE = household().time_zone


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("18:30:05", at("18:30:05")),
        ("2026-11-20 18:30", at("18:30", "2026-11-20")),
        ("2026-11-20T18:30:05", at("18:30:05", "2026-11-20")),
        ("2026-11-20", at("00:00", "2026-11-20")),
    ],
)
def test_a_moment(written: str, instant: object) -> None:
    assert parse_moment(written).resolve(date(2026, 11, 19), ZONE) == instant


@pytest.mark.parametrize("written", ["tomorrow", "2026-13-01 10:00", "2026-11-19 25:00", 1830, None, "18.30"])
def test_no_moment(written: object) -> None:
    with pytest.raises(PydanticCustomError, match="is not a moment; write"):
        parse_moment(written)


@pytest.mark.parametrize(
    ("happening", "kind"),
    [
        ({"arrives": "Mary Ann"}, "arrives"),
        ({"leaves": "sam"}, "leaves"),
        ({"presence": "sam", "is": "unavailable"}, "presence"),
        ({"signal": "guests", "is": True}, "signal"),
        ({"answer": "done", "ritual": "reunion_hug"}, "answer"),
        ({"down": "mqtt", "until": "18:40"}, "down"),
        ({"clock": "17:00"}, "clock"),
        ({"agreed": []}, "agreed"),
        ({"answer": "start", "ritual": "dinner", "lasts": "40min"}, "answer"),
        ({"tag": "bowl"}, "tag"),
        ({"season": "apart"}, "season"),
        ({"season": "simplified", "until": "2026-12-01"}, "season"),
        ({"private": "pause", "by": "Mary Ann", "until": "2026-11-21 18:00"}, "private"),
        ({"private": "less", "by": "sam", "ritual": "reunion_hug"}, "private"),
        ({"private": "depth", "by": "sam", "level": 3}, "private"),
        ({"message": "home/dinner", "payload": True}, "message"),
        ({"message": "home/dinner"}, "message"),
        ({"event": "ring", "event_data": {"door": 1}}, "event"),
    ],
)
def test_one_thing_happens(happening: dict[str, Any], kind: str) -> None:
    assert Happening.model_validate({"at": "18:30", **happening}).kind == kind


@pytest.mark.parametrize(
    ("happening", "message"),
    [
        ({}, "agreed is expected here, found none of them"),
        ({"arrives": "sam", "leaves": "alex"}, "found arrives and leaves"),
        ({"signal": "guests"}, "'signal' needs 'is:' beside it"),
        ({"arrives": "sam", "is": "home"}, "'arrives' does not take 'is:' beside it"),
        ({"notice": "done"}, "'notice' needs 'ritual:' beside it"),
        ({"down": "mqtt"}, "'down' needs 'until:' beside it"),
        ({"down": "mqtt", "until": "18:29:59"}, "'until' is before 'at'; where midnight lies between, give it a date"),
        ({"at": "2026-11-20 18:30", "down": "mqtt", "until": "2026-11-19 19:00"}, "'until' is before 'at'"),
        ({"clock": "17:00", "until": "18:00"}, "'clock' does not take 'until:' beside it"),
        ({"private": "pause"}, "'private' needs 'by:' beside it"),
        ({"private": "mute", "by": "sam"}, "Input should be 'pause'"),
        ({"private": "depth", "by": "sam", "level": 0}, "greater than or equal to 1"),
        ({"private": "pause", "by": "sam", "until": "18:00"}, "'until' is before 'at'"),
        ({"season": "holiday"}, "Input should be 'normal', 'simplified' or 'apart'"),
        ({"season": "apart", "by": "sam"}, "'season' does not take 'by:' beside it"),
        ({"tag": "bowl", "ritual": "dinner"}, "'tag' does not take 'ritual:' beside it"),
        ({"signal": "table", "is": "on", "payload": "on"}, "'signal' does not take 'payload:' beside it"),
        ({"answer": "done", "ritual": "dinner", "lasts": 40}, "40 is not a duration"),
        ({"answer": "done", "ritual": "dinner", "event_data": {}}, "'answer' does not take 'event_data:' beside it"),
        ({"by": "sam"}, "found none of them"),
        ({"down": "internet", "until": "19:00"}, "Input should be 'service', 'mqtt' or 'homeassistant'"),
    ],
)
def test_what_cannot_happen(happening: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Happening.model_validate({"at": "18:30", **happening})


@pytest.mark.parametrize(
    ("begins", "ends"),
    [("18:30", "18:30"), ("23:50", "2026-11-20 00:10"), ("2026-11-19 23:50", "18:00")],
)
def test_an_outage_whose_days_cannot_be_compared_is_taken_as_it_is(begins: str, ends: str) -> None:
    assert Happening.model_validate({"at": begins, "down": "mqtt", "until": ends}).kind == "down"


def test_nobody_is_in_two_places() -> None:
    with pytest.raises(ValidationError, match="'sam' is both home and away; keep one of them"):
        Given.model_validate({"at": "2026-11-19 18:00", "home": ["alex", "Sam"], "away": {"sam": "08:00"}})


def test_what_is_told_is_text() -> None:
    rang = Happening.model_validate({"at": "18:30", "event": "ring", "event_data": {"door": 1, "loud": True}})
    assert rang.event_data == {"door": "1", "loud": "on"}
    assert Happening.model_validate({"at": "18:30", "private": "bid", "by": "Mary Ann"}).by == "mary_ann"


@pytest.mark.parametrize("channel", ["speaker", "phone", "tile", "page", "scene", "mqtt"])
def test_whatever_comes_out_can_be_expected(channel: str) -> None:
    assert Expected.model_validate({"at": "18:30", "channel": channel}).channel == channel


@pytest.mark.parametrize("channel", ["speakr", "tts", 3])
def test_a_prompt_comes_by_a_channel_there_is(channel: object) -> None:
    with pytest.raises(ValidationError, match="Input should be 'speaker', 'phone', 'tile', 'page', 'scene' or 'mqtt'"):
        Expected.model_validate({"at": "18:30", "channel": channel})


def test_a_scenario_needs_a_day_and_ends_some_time() -> None:
    with pytest.raises(ValidationError, match=r"given\.at needs a date"):
        Scenario.model_validate({"given": {"at": "18:00"}})
    given = {"at": "2026-11-19 18:00"}
    down = [{"at": "19:00", "down": "mqtt", "until": "21:30"}]
    assert Scenario.model_validate({"given": given}).ends(ZONE) == at("00:00", "2026-11-20")
    assert Scenario.model_validate({"given": given, "when": down}).ends(ZONE) == at("03:30", "2026-11-20")
    assert Scenario.model_validate({"given": given, "when": down, "until": "22:00"}).ends(ZONE) == at("22:00")
