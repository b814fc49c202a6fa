"""The board of the household as it lies on the broker, and the answers that are offered to tap."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tests.adapters.mqtt_home import HOME
from turntoward.channels.tile.answerable import Answerable
from turntoward.channels.tile.home import HomeShown
from turntoward.core.actions import TileState
from turntoward.core.board import Board, NextMoment, OnNow
from turntoward.core.household import Season
from turntoward.core.rules import Rulebook
from turntoward.settings import Settings

BOOK = Rulebook.model_validate(
    {
        "rituals": [
            {
                "ritual": "talk",
                "title": {"en": "High and low", "de": "Hoch und Tief"},
                "answers": ["start", "done", "later", "not_today"],
                "short": {"answers": ["done"]},
                "apart": False,
            },
            {"ritual": "cards", "title": "Cards", "answers": ["start", "another", "enough", "share"]},
        ]
    }
)
AT = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)


def shown(board: Board, **more: object) -> dict[str, object]:
    settings = Settings.model_validate({**HOME, "mqtt": {}, **more})
    return HomeShown(settings, BOOK, Answerable(BOOK)).as_json(board)


def test_a_home_in_which_nothing_is_on() -> None:
    assert shown(Board(agreed=False, season="normal")) == {
        "rituals": "OFF",
        "season": "normal",
        "season_until": None,
        "quiet": "OFF",
        "quiet_until": None,
        "now": None,
        "minutes_left": None,
        "next": None,
        "card": "",
        "turns": {},
        "homeassistant": "OFF",
    }


def test_everything_at_once_in_local_time_and_in_words() -> None:
    board = Board(
        agreed=True,
        season="simplified",
        season_until=date(2026, 12, 1),
        quiet_until=datetime(2026, 11, 21, 3, tzinfo=UTC),
        now=OnNow("talk", "talk-2026-11-20-1", "running", "What was good?", AT),
        minutes_left=7,
        next=NextMoment("cards", AT),
        card="What made you laugh?",
        turns={"date_night": "alex"},
    )
    linked = {"url": "http://ha:8123", "token": "t"}
    assert shown(board, language="de", homeassistant=linked) == {
        "rituals": "ON",
        "season": "simplified",
        "season_until": "2026-12-01",
        "quiet": "ON",
        "quiet_until": "2026-11-21T04:00:00+01:00",
        "now": {
            "ritual": "talk",
            "title": "Hoch und Tief",
            "state": "running",
            "text": "What was good?",
            "until": "2026-11-20T20:30:00+01:00",
            "occasion": "talk-2026-11-20-1",
            "answers": ["done", "stop"],
        },
        "minutes_left": 7,
        "next": {"ritual": "cards", "title": "Cards", "at": "2026-11-20T20:30:00+01:00"},
        "card": "What made you laugh?",
        "turns": {"date_night": {"partner": "alex", "name": "Alex"}},
        "homeassistant": "ON",
    }


def test_a_home_assistant_that_does_not_answer_is_told() -> None:
    board = Board(agreed=True, season="normal", lost=("homeassistant",))
    assert shown(board, homeassistant={"url": "http://ha:8123", "token": "t"})["homeassistant"] == "OFF"


@pytest.mark.parametrize(
    ("ritual", "state", "season", "answers"),
    [
        ("talk", "idle", "normal", ["start", "done"]),
        ("talk", "offered", "normal", ["start", "done", "later", "not_today"]),
        ("talk", "running", "normal", ["done", "stop"]),
        ("talk", "not_today", "normal", ["start", "done"]),
        ("talk", "offered", "simplified", ["start", "done"]),
        ("talk", "idle", "apart", []),
        ("cards", "running", "apart", ["another", "enough", "share", "stop"]),
        ("unheard_of", "idle", "normal", []),
    ],
)
def test_only_what_makes_sense_is_offered_to_tap(
    ritual: str, state: TileState, season: Season, answers: list[str]
) -> None:
    assert Answerable(BOOK).answers(ritual, state, season) == answers
