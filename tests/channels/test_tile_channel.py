"""What a tile does with a broker that takes one message and not the next; the rest is tried on a real one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.channels.sides import NOON, Published
from tests.fakes import ManualClock
from turntoward.channels.tile.channel import TileChannel
from turntoward.core.actions import SetTile, ShowHome
from turntoward.core.board import Board
from turntoward.core.rules import Ritual, Rulebook
from turntoward.ports import NotNow
from turntoward.settings import Settings

SETTINGS = Settings.model_validate({"partners": [{"name": "Alex"}, {"name": "Sam"}], "mqtt": {"discovery": False}})
HUG = Ritual.model_validate({"ritual": "hug", "title": "Hug"})


class Greeted(Published):
    """A broker that has greeted nobody yet."""

    def on_connect(self, then: Callable[[], None]) -> None:
        """Never comes."""


def test_a_season_that_could_not_be_shown_is_shown_when_it_is_tried_again() -> None:
    broker = Greeted()
    channel = TileChannel(SETTINGS, Rulebook(rituals=(HUG,)), broker, ManualClock(NOON))
    channel.deliver(_board(1, "normal"))
    simplified = _board(2, "simplified")
    broker.problem = NotNow("another message is still waiting for the broker")
    with pytest.raises(NotNow):
        channel.deliver(simplified)
    broker.problem = None
    broker.sent.clear()
    channel.deliver(simplified)
    sent = {topic: json.loads(payload) for topic, payload, *_ in broker.sent}
    assert sent["turntoward/season"]["season"] == "simplified"
    assert set(sent) == {"turntoward/home", "turntoward/season", "turntoward/ritual/hug/attributes"}


def test_what_a_former_run_left_of_a_ritual_that_is_off_is_nothing_to_speak_of() -> None:
    broker = Greeted()
    channel = TileChannel(SETTINGS, Rulebook(rituals=(HUG,)), broker, ManualClock(NOON))
    channel.deliver(SetTile("t1", "tea", "tea:1", "idle", "", None, NOON + timedelta(minutes=1)))
    assert broker.sent == []


def _board(number: int, season: str) -> ShowHome:
    return ShowHome(f"home-{number}", Board(agreed=True, season=season), NOON + timedelta(days=1))  # type: ignore[arg-type]
