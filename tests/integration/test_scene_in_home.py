"""Scenes in a real Home Assistant: set once, undone once, and the lamps are as they were."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.peers.homeassistant import HomeAssistant
from turntoward.adapters.clock import SystemClock
from turntoward.adapters.homeassistant import Calls
from turntoward.channels import Reach
from turntoward.channels.scene import SceneChannel, build
from turntoward.core.actions import SetScene
from turntoward.core.rules import Rulebook
from turntoward.ports import Impossible, NotNow
from turntoward.settings import Settings

pytestmark = pytest.mark.integration

CLOCK = SystemClock()
TABLE, CEILING = "light.table_lamp", "light.ceiling_lamp"
BEFORE = [("off", None), ("on", 200)]
DINNER = [("on", 60), ("off", None)]


def channel(home: HomeAssistant, dinner: Any = "scene.dinner") -> SceneChannel:
    settings = Settings.model_validate(
        {
            "partners": [{"name": "Alex"}, {"name": "Sam"}],
            "mqtt": {},
            "homeassistant": {"url": home.url, "token": home.token},
            "scenes": {"dinner": dinner},
        }
    )
    assert settings.homeassistant is not None
    made = build(Reach(settings, Rulebook(), CLOCK, None, Calls(settings.homeassistant)))
    assert made is not None
    return made


def scene(on: bool) -> SetScene:
    return SetScene(f"s-{on}", "dinner", "dinner-1", "dinner", on, CLOCK.now() + timedelta(minutes=2))


def lamps(home: HomeAssistant) -> list[tuple[str, int | None]]:
    states = [home.state(lamp) for lamp in (TABLE, CEILING)]
    return [(state["state"], state["attributes"].get("brightness")) for state in states if state]


def test_the_lamps_are_put_back_as_they_were(home: HomeAssistant) -> None:
    scenes = channel(home)
    assert lamps(home) == BEFORE
    scenes.deliver(scene(True))
    assert lamps(home) == DINNER
    scenes.deliver(scene(False))
    assert lamps(home) == BEFORE


def test_undone_once_is_undone(home: HomeAssistant) -> None:
    scenes = channel(home)
    scenes.deliver(scene(True))
    scenes.deliver(scene(False))
    home.call("light", "turn_on", entity_id=TABLE, brightness=90)
    with pytest.raises(Impossible, match="not there"):
        scenes.deliver(scene(False))
    assert lamps(home)[0] == ("on", 90)


def test_a_crash_in_between_is_no_matter(home: HomeAssistant) -> None:
    channel(home).deliver(scene(True))
    channel(home).deliver(scene(False))
    assert lamps(home) == BEFORE


def test_the_next_evening_has_a_snapshot_of_its_own(home: HomeAssistant) -> None:
    scenes = channel(home)
    for brightness in (200, 120):
        home.call("light", "turn_on", entity_id=CEILING, brightness=brightness)
        scenes.deliver(scene(True))
        assert lamps(home) == DINNER
        scenes.deliver(scene(False))
        assert lamps(home) == [("off", None), ("on", brightness)]


def test_a_scene_that_comes_after(home: HomeAssistant) -> None:
    scenes = channel(home, {"set": "scene.dinner", "undo": "scene.evening"})
    scenes.deliver(scene(True))
    scenes.deliver(scene(False))
    assert lamps(home) == [("on", 20), ("off", None)]


def test_only_what_is_named_is_put_back(home: HomeAssistant) -> None:
    scenes = channel(home, {"set": "scene.dinner", "restore": [CEILING]})
    scenes.deliver(scene(True))
    scenes.deliver(scene(False))
    assert lamps(home) == [("on", 60), ("on", 200)]


def test_a_scene_that_home_assistant_does_not_have_is_waited_for(home: HomeAssistant) -> None:
    with pytest.raises(NotNow, match=r"scene\.diner is not there"):
        channel(home, "scene.diner").deliver(scene(True))
    assert lamps(home) == BEFORE


def test_home_assistant_is_down(home: HomeAssistant) -> None:
    scenes = channel(home)
    home.stop()
    with pytest.raises(NotNow, match="nothing answers"):
        scenes.deliver(scene(True))
    home.start()
