"""How a scene is set, and what undoes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.channels.sides import NOON, Called, Published
from tests.fakes import ManualClock
from turntoward.channels import Reach
from turntoward.channels.scene import SceneChannel, build
from turntoward.core.actions import SetScene, SetTile
from turntoward.core.rules import Rulebook
from turntoward.ports import EntityState, Impossible, NotNow, Unacknowledged
from turntoward.settings import Settings

ON = SetScene("s1", "phones_away", "phones_away-1", "dinner", True, NOON + timedelta(minutes=2))
OFF = replace(ON, id="s2", on=False)
BEFORE = "scene.turntoward_before_dinner"


def reach(home: Called | None, broker: Published | None, dinner: Any = "scene.dinner") -> Reach:
    values: dict[str, Any] = {"partners": [{"name": "Alex"}, {"name": "Sam"}], "mqtt": {"base": "ours"}}
    if home is not None:
        values |= {"homeassistant": {"url": "http://ha"}, "scenes": {"dinner": dinner}}
    return Reach(Settings.model_validate(values), Rulebook(), ManualClock(NOON), broker, home)


def channel(home: Called | None = None, broker: Published | None = None, dinner: Any = "scene.dinner") -> SceneChannel:
    made = build(reach(home, broker, dinner))
    assert made is not None
    return made


def house() -> Called:
    home = Called(scene__dinner="unknown", scene__evening="unknown", light__table="on", light__lost="unavailable")
    lights = {"entity_id": ["light.table", "light.lost", "light.gone"]}
    home.there["scene.dinner"] = EntityState("scene.dinner", "unknown", lights, NOON)
    return home


def test_what_belongs_to_the_scene_is_remembered_before_it_is_set() -> None:
    home = house()
    channel(home).deliver(ON)
    assert home.made == [
        ("scene", "create", {"scene_id": "turntoward_before_dinner", "snapshot_entities": ["light.table"]}),
        ("scene", "turn_on", {"entity_id": "scene.dinner"}),
    ]


def test_it_is_put_back_once() -> None:
    home = house()
    home.there[BEFORE] = EntityState(BEFORE, "unknown", {}, NOON)
    channel(home).deliver(OFF)
    assert home.made == [("scene", "turn_on", {"entity_id": BEFORE}), ("scene", "delete", {"entity_id": BEFORE})]
    del home.there[BEFORE]
    with pytest.raises(Impossible, match="restarted"):
        channel(home).deliver(OFF)
    assert len(home.made) == 2


def test_that_the_snapshot_stays_behind_fails_nothing() -> None:
    home = house()
    home.there[BEFORE] = EntityState(BEFORE, "unknown", {}, NOON)
    home.problem = lambda domain, service, data: Impossible("[not_found]") if service == "delete" else None
    channel(home).deliver(OFF)
    assert home.made == [("scene", "turn_on", {"entity_id": BEFORE})]


def test_a_scene_that_comes_after_needs_no_snapshot() -> None:
    home = house()
    scenes = channel(home, dinner={"set": "scene.dinner", "undo": "scene.evening"})
    scenes.deliver(ON)
    scenes.deliver(OFF)
    assert [data["entity_id"] for _, _, data in home.made] == ["scene.dinner", "scene.evening"]


def test_only_what_is_named_is_put_back() -> None:
    home = house()
    home.there["media_player.tv"] = EntityState("media_player.tv", "playing", {}, NOON)
    channel(home, dinner={"set": "scene.dinner", "restore": ["media_player.tv"]}).deliver(ON)
    assert home.made[0][2]["snapshot_entities"] == ["media_player.tv"]


@pytest.mark.parametrize("state", [None, "unavailable"])
def test_a_scene_that_is_not_there_is_not_called(state: str | None) -> None:
    home = house()
    del home.there["scene.dinner"]
    if state:
        home.there["scene.dinner"] = EntityState("scene.dinner", state, {}, NOON)
    with pytest.raises(NotNow, match=r"scene\.dinner is"):
        channel(home).deliver(ON)
    assert home.made == []


def test_without_home_assistant_it_is_told() -> None:
    broker = Published()
    scenes = channel(None, broker)
    scenes.deliver(ON)
    scenes.deliver(OFF)
    assert broker.sent == [("ours/scene/dinner", "on", False, 120), ("ours/scene/dinner", "off", False, 120)]


def test_beside_home_assistant_it_is_told_too_and_that_may_fail() -> None:
    home, broker = house(), Published()
    channel(home, broker).deliver(ON)
    assert [topic for topic, *_ in broker.sent] == ["ours/scene/dinner"]
    for problem in (NotNow("offline"), Impossible("not allowed"), Unacknowledged("hm")):
        broker.problem = problem
        channel(home, broker).deliver(ON)
    assert [service for _, service, _ in home.made].count("turn_on") == 4


def test_a_scene_nobody_knows_is_told_where_somebody_may_know_it() -> None:
    home, broker = house(), Published()
    channel(home, broker).deliver(replace(ON, scene="stars"))
    assert (home.made, broker.sent[0][0]) == ([], "ours/scene/stars")
    with pytest.raises(Impossible, match="no scene 'stars'; add it below scenes:"):
        channel(home).deliver(replace(ON, scene="stars"))
    with pytest.raises(Impossible, match="no scene"):
        channel(None, broker).deliver(replace(ON, scene="a/#"))


def test_what_may_have_been_told_is_not_told_again() -> None:
    broker = Published()
    broker.problem = Unacknowledged("no acknowledgement")
    with pytest.raises(Impossible, match="may have been told"):
        channel(None, broker).deliver(ON)


def test_it_is_done_at_most_once_and_only_where_somebody_can_do_it() -> None:
    assert channel(house()).at_most_once
    assert build(reach(None, None)) is None
    assert build(reach(house(), None, dinner=None)) is None
    with pytest.raises(Impossible, match="SetTile"):
        channel(house()).deliver(SetTile("t", "hug", "hug-1", "idle", "", None, NOON))
