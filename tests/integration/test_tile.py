"""The tiles on a real Mosquitto: they show what was asked last, whenever the broker comes and goes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import pytest

from tests.adapters.mqtt_home import PRIVATE_LOG, Home, eventually, household, observing
from tests.peers.mosquitto import Mosquitto
from turntoward.channels import Reach
from turntoward.channels.mqtt import MqttChannel
from turntoward.channels.mqtt import build as build_mqtt
from turntoward.channels.tile import build
from turntoward.channels.tile.channel import TileChannel
from turntoward.core.actions import Announce, SetTile, ShowHome, TellStep, TileState
from turntoward.core.board import Board, OnNow
from turntoward.core.rules import Ritual, Rulebook
from turntoward.ports import Impossible, NotNow
from turntoward.settings import Settings

pytestmark = pytest.mark.integration

HUG = {"ritual": "reunion_hug", "title": "Hug"}
TEA = {"ritual": "evening_tea", "title": "Tea", "answers": ["done"]}
DATE = {"ritual": "date_night", "title": "Date", "turns": True, "answers": ["accept"]}
CONFIG = "homeassistant/device/turntoward/config"
DEVICES, OF_ALEX = "turntoward/devices", "homeassistant/device/turntoward_alex/config"
HOME = "turntoward/home"
STATE = "turntoward/ritual/reunion_hug/state"
ATTRIBUTES = "turntoward/ritual/reunion_hug/attributes"
SOON = timedelta(minutes=10)


def reach(settings: Settings, home: Home, *rituals: dict[str, Any]) -> Reach:
    book = Rulebook(rituals=tuple(Ritual.model_validate(r) for r in rituals or (HUG, TEA)))
    return Reach(settings, book, home.clock, home.mqtt)


@contextmanager
def tiles(
    settings: Settings, *rituals: dict[str, Any], wait: bool = True, shown: tuple[SetTile | ShowHome, ...] = ()
) -> Iterator[tuple[Home, TileChannel]]:
    """Run the channel on the adapter, until everything has been published."""
    home = Home(settings)
    channel = build(replace(reach(settings, home, *rituals), shown=shown))
    assert channel is not None
    greeted: list[bool] = []
    home.mqtt.on_connect(lambda: greeted.append(True))
    home.mqtt.start()
    try:
        if wait:
            eventually(lambda: greeted, "greeted")
        yield home, channel
    finally:
        home.mqtt.stop()


def tile(home: Home, number: int, state: TileState, *, text: str = "", valid_for: timedelta = SOON) -> SetTile:
    now = home.clock.now()
    until = datetime(2026, 11, 19, 17, 41, 35, tzinfo=UTC) if state == "offered" else None
    return SetTile(f"hug/{number}", "reunion_hug", "hug/1", state, text, until, now + valid_for)


def test_on_connect_first_what_there_is_then_how_it_is_then_online(mosquitto: Mosquitto) -> None:
    with observing(mosquitto.port) as observer, tiles(household(mosquitto.port)):
        observer.wait_for("turntoward/status", "online")
        assert [m.topic for m in observer.seen] == [
            DEVICES,
            CONFIG,
            ATTRIBUTES,
            STATE,
            "turntoward/ritual/evening_tea/attributes",
            "turntoward/ritual/evening_tea/state",
            "turntoward/status",
        ]
    kept = mosquitto.retained()
    assert set(kept) == {m.topic for m in observer.seen}
    assert kept[STATE] == b"idle"
    assert json.loads(kept[ATTRIBUTES]) == {
        "title": "Hug",
        "text": "",
        "until": None,
        "occasion": "",
        "answers": ["start", "done"],
    }
    assert "reunion_hug_state" in json.loads(kept[CONFIG])["components"]


def test_what_a_former_run_left_is_shown_at_once(mosquitto: Mosquitto) -> None:
    """A tile that said idle for a second would tell every automation that it has ended."""
    settings = household(mosquitto.port)
    until = datetime(2030, 1, 1, tzinfo=UTC)
    left = SetTile("reunion_hug-now-tile", "reunion_hug", "hug/1", "running", "Twenty seconds.", until, until)
    now = OnNow("reunion_hug", "hug/1", "running", "Twenty seconds.", until)
    board = Board(agreed=True, season="simplified", now=now, minutes_left=1)
    with observing(mosquitto.port) as observer, tiles(settings, shown=(left, ShowHome("home-now", board, until))):
        observer.wait_for("turntoward/status", "online")
        assert [m.payload for m in observer.seen if m.topic == STATE] == ["running"]
        assert [json.loads(m.payload)["now"]["title"] for m in observer.seen if m.topic == HOME] == ["Hug"]
    assert json.loads(mosquitto.retained()["turntoward/season"])["season"] == "simplified"


def test_a_state_is_shown_with_what_it_is_about(mosquitto: Mosquitto) -> None:
    with tiles(household(mosquitto.port)) as (home, channel):
        channel.deliver(tile(home, 1, "offered", text="Schön, dass ihr da seid."))
        kept = mosquitto.retained()
        assert kept[STATE] == b"offered"
        assert json.loads(kept[ATTRIBUTES]) == {
            "title": "Hug",
            "text": "Schön, dass ihr da seid.",
            "until": "2026-11-19T18:41:35+01:00",
            "occasion": "hug/1",
            "answers": ["start", "done", "not_today"],
        }
        channel.close()
        assert mosquitto.retained()[STATE] == b"idle"


@pytest.mark.parametrize("state", get_args(TileState))
def test_every_state_can_be_shown(mosquitto: Mosquitto, state: TileState) -> None:
    with tiles(household(mosquitto.port)) as (home, channel):
        channel.deliver(tile(home, 1, state))
        assert mosquitto.retained()[STATE] == state.encode()


def test_only_the_latest_state_appears_after_an_outage(mosquitto: Mosquitto) -> None:
    with tiles(household(mosquitto.port)) as (home, channel):
        mosquitto.stop()
        home.wait_lost()
        offered, running, done = tile(home, 1, "offered"), tile(home, 2, "running"), tile(home, 3, "done")
        for waiting in (offered, running, done):
            with pytest.raises(NotNow):
                channel.deliver(waiting)
        channel.deliver(offered)  # tried again: done with, as a later state was asked for
        mosquitto.start()
        with observing(mosquitto.port) as observer:
            observer.wait_for(STATE, "done")
            for waiting in (offered, running, done):
                channel.deliver(waiting)
            channel.deliver(tile(home, 9, "idle"))
            observer.wait_for(STATE, "idle")
            assert not {"offered", "running"} & set(observer.on(STATE))


def test_what_was_shown_is_there_again_after_the_broker_lost_it(mosquitto: Mosquitto) -> None:
    with tiles(household(mosquitto.port)) as (home, channel):
        channel.deliver(tile(home, 1, "running", valid_for=timedelta(seconds=1)))
        home.clock.move(timedelta(minutes=1))
        mosquitto.kill()
        home.wait_lost()
        mosquitto.start()
        eventually(lambda: mosquitto.retained().get(STATE) == b"running", "running again")


def test_what_could_not_be_shown_in_its_time_is_not_shown_later(mosquitto: Mosquitto) -> None:
    with tiles(household(mosquitto.port)) as (home, channel):
        mosquitto.stop()
        home.wait_lost()
        with pytest.raises(NotNow):
            channel.deliver(tile(home, 1, "offered", valid_for=timedelta(seconds=30)))
        home.clock.move(timedelta(seconds=31))
        mosquitto.start()
        eventually(lambda: mosquitto.retained().get("turntoward/status") == b"online", "greeted")
        assert mosquitto.retained()[STATE] == b"idle"


def test_a_ritual_that_is_switched_off_leaves_nothing(mosquitto: Mosquitto) -> None:
    settings = household(mosquitto.port)
    with tiles(settings, HUG, TEA) as (home, channel):
        channel.deliver(tile(home, 1, "done"))
    with observing(mosquitto.port) as observer, tiles(settings, TEA) as (home, channel):
        channel.deliver(tile(home, 2, "offered"))  # what the run before had left to do
        published = [json.loads(m.payload)["components"] for m in observer.seen if m.topic == CONFIG and not m.retain]
        kept = mosquitto.retained()
    assert [c.get("reunion_hug_state") for c in published] == [{"p": "sensor"}, None]
    assert published[0]["reunion_hug_done"] == {"p": "button"}
    assert {"connection", "evening_tea_state", "evening_tea_done"} <= set(json.loads(kept[CONFIG])["components"])
    assert b"reunion_hug" not in kept[CONFIG]
    assert not [topic for topic in kept if "reunion_hug" in topic]


def test_a_ritual_that_is_no_mode_any_more_keeps_its_state(mosquitto: Mosquitto) -> None:
    settings = household(mosquitto.port)
    with tiles(settings, {**HUG, "mode": True}):
        assert "reunion_hug_mode" in json.loads(mosquitto.retained()[CONFIG])["components"]
    with observing(mosquitto.port) as observer:
        with tiles(settings, HUG):
            assert "reunion_hug_mode" not in json.loads(mosquitto.retained()[CONFIG])["components"]
        assert "" not in observer.on(STATE)


def test_the_device_of_somebody_who_is_called_otherwise_now_goes(mosquitto: Mosquitto) -> None:
    settings = household(mosquitto.port)
    first, second = settings.partners
    renamed = settings.model_copy(update={"partners": (first.model_copy(update={"name": "Lex"}), second)})
    with tiles(settings, DATE):
        assert OF_ALEX in mosquitto.retained()
    with tiles(renamed, DATE):
        kept = mosquitto.retained()
    assert {topic for topic in kept if topic.startswith("homeassistant/")} == {
        CONFIG,
        "homeassistant/device/turntoward_lex/config",
        "homeassistant/device/turntoward_sam/config",
    }
    assert set(json.loads(kept[DEVICES])) == {topic for topic in kept if topic.startswith("homeassistant/")}


def test_discovery_that_is_switched_off_takes_all_devices_along(mosquitto: Mosquitto) -> None:
    with tiles(household(mosquitto.port), DATE):
        assert OF_ALEX in mosquitto.retained()
    with tiles(household(mosquitto.port, discovery=None), DATE):
        kept = mosquitto.retained()
    assert not [topic for topic in kept if topic.startswith("homeassistant")]
    assert kept[DEVICES] == b"[]"


SEASON = "turntoward/season"


def board(home: Home, number: int, **what: Any) -> ShowHome:
    shown = Board(**{"agreed": True, "season": "normal", **what})
    return ShowHome(f"home-{number}", shown, home.clock.now() + SOON)


def test_the_season_is_kept_and_is_there_again_after_the_broker_lost_it(mosquitto: Mosquitto) -> None:
    with tiles(household(mosquitto.port)) as (home, channel):
        assert SEASON not in mosquitto.retained()  # nobody has said yet which it is
        channel.deliver(board(home, 1, season="simplified", season_until=date(2026, 12, 1)))
        assert json.loads(mosquitto.retained()[SEASON]) == {"season": "simplified", "until": "2026-12-01"}
        mosquitto.kill()
        home.wait_lost()
        mosquitto.start()
        eventually(lambda: SEASON in mosquitto.retained(), "the season again")
        assert json.loads(mosquitto.retained()[HOME])["season"] == "simplified"
        channel.deliver(board(home, 2))
        assert json.loads(mosquitto.retained()[SEASON]) == {"season": "normal", "until": None}


def test_with_another_season_the_tiles_have_other_answers(mosquitto: Mosquitto) -> None:
    with tiles(household(mosquitto.port), {**HUG, "short": {"answers": ["enough"]}}) as (home, channel):
        channel.deliver(tile(home, 1, "running"))
        assert json.loads(mosquitto.retained()[ATTRIBUTES])["answers"] == ["done", "stop"]
        channel.deliver(board(home, 1, season="simplified"))
        assert json.loads(mosquitto.retained()[ATTRIBUTES])["answers"] == ["enough", "stop"]


def test_the_home_is_kept_and_at_the_end_nothing_is_on(mosquitto: Mosquitto) -> None:
    with tiles(household(mosquitto.port)) as (home, channel):
        assert HOME not in mosquitto.retained()
        now = OnNow("reunion_hug", "hug/1", "offered", "Welcome home.", home.clock.now() + SOON)
        channel.deliver(board(home, 1, now=now, card="What made you laugh?"))
        shown = json.loads(mosquitto.retained()[HOME])
        assert (shown["now"]["title"], shown["now"]["answers"]) == ("Hug", ["start", "done", "not_today"])
        channel.close()
        left = json.loads(mosquitto.retained()[HOME])
        assert (left["now"], left["card"]) == (None, "What made you laugh?")


def test_a_home_that_could_not_be_shown_is_shown_when_the_broker_is_back(mosquitto: Mosquitto) -> None:
    with tiles(household(mosquitto.port)) as (home, channel):
        mosquitto.stop()
        home.wait_lost()
        with pytest.raises(NotNow):
            channel.deliver(board(home, 1, card="An old one"))
        with pytest.raises(NotNow):
            channel.deliver(board(home, 2, card="What made you laugh?"))
        mosquitto.start()
        eventually(lambda: HOME in mosquitto.retained(), "shown")
        assert json.loads(mosquitto.retained()[HOME])["card"] == "What made you laugh?"


def test_a_private_ritual_leaves_no_trace_on_the_broker(mosquitto: Mosquitto) -> None:
    settings = household(mosquitto.port)
    with observing(mosquitto.port) as observer, tiles(settings, HUG, PRIVATE_LOG) as (home, channel):
        steps = build_mqtt(reach(settings, home, HUG, PRIVATE_LOG))
        assert steps is not None
        steps.deliver(TellStep("i", "bid_log", "bid_log-1", "done", home.clock.now(), home.clock.now() + SOON))
        channel.deliver(SetTile("t", "bid_log", "bid_log-1", "done", "", None, home.clock.now() + SOON))
        channel.deliver(tile(home, 1, "done"))
        observer.wait_for(STATE, "done")
        assert not [m for m in observer.seen if "bid_log" in m.topic + m.payload or "Small moments" in m.payload]


def test_a_ritual_that_became_private_takes_its_tile_along(mosquitto: Mosquitto) -> None:
    settings = household(mosquitto.port)
    with tiles(settings, HUG, TEA) as (home, channel):
        channel.deliver(tile(home, 1, "done"))
    with tiles(settings, {**HUG, "private": True, "offer": {"channels": ["page"]}}, TEA):
        kept = mosquitto.retained()
    assert not [topic for topic, payload in kept.items() if "reunion_hug" in topic or b"reunion_hug" in payload]


def test_without_discovery_nothing_is_told_to_home_assistant(mosquitto: Mosquitto) -> None:
    with tiles(household(mosquitto.port, discovery=None)):
        kept = mosquitto.retained()
    assert not [topic for topic in kept if topic.startswith("homeassistant")]
    assert kept[STATE] == b"idle"


def test_steps_are_told_as_json_and_not_kept(mosquitto: Mosquitto) -> None:
    settings = household(mosquitto.port)
    with tiles(settings) as (home, _), observing(mosquitto.port) as observer:
        channel = build_mqtt(reach(settings, home))
        assert isinstance(channel, MqttChannel)
        at = datetime(2026, 11, 19, 17, 31, 35, tzinfo=UTC)
        channel.deliver(TellStep("id/1", "reunion_hug", "hug/1", "offered", at, home.clock.now() + SOON))
        eventually(lambda: observer.on("turntoward/event"), "told")
        assert json.loads(observer.on("turntoward/event")[0]) == {
            "id": "id/1",
            "ritual": "reunion_hug",
            "title": "Hug",
            "occasion": "hug/1",
            "step": "offered",
            "at": "2026-11-19T18:31:35+01:00",
        }
        assert "turntoward/event" not in mosquitto.retained()
        channel.close()


def test_an_action_of_another_channel_is_refused(mosquitto: Mosquitto) -> None:
    settings = household(mosquitto.port)
    with tiles(settings) as (home, channel):
        speech = Announce("id/1", "reunion_hug", "hug/1", "Hello", "en", (), home.clock.now() + SOON)
        for one in (channel, build_mqtt(reach(settings, home))):
            assert one is not None
            with pytest.raises(Impossible, match="Announce"):
                one.deliver(speech)


def test_a_home_without_a_broker_has_no_such_channels() -> None:
    settings = household(1)
    without = Reach(settings, Rulebook(), Home(settings).clock)
    assert build(without) is None
    assert build_mqtt(without) is None
