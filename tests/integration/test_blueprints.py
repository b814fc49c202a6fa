"""Each blueprint, imported into a real Home Assistant and filled in, does what it says with the running service."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.integration.automations import attribute, automated, service, state, traces
from tests.peers.homeassistant import HomeAssistant
from tests.service import PAUSE, until

pytestmark = pytest.mark.integration

CHECKIN, TEA, NOW = "sensor.turntoward_evening_checkin", "sensor.turntoward_tea_time", "sensor.turntoward_now"
DINNER, QUIET = "switch.turntoward_phone_free_dinner", "switch.turntoward_quiet_tonight"
CEILING, TABLE = "light.ceiling_lamp", "light.table_lamp"
BUTTON = {
    "automation_type": "trigger", "topic": "test/button", "payload": "single",
    "type": "button_short_press", "subtype": "button_1",
    "device": {"identifiers": ["wall"], "name": "Wall button"},
}  # fmt: skip


def kept(home: HomeAssistant, topic: str) -> str:
    assert home.broker is not None
    return home.broker.retained(topic).get(topic, b"").decode()


def publish(home: HomeAssistant, topic: str, payload: str, retain: bool = False) -> None:
    home.call("mqtt", "publish", topic=topic, payload=payload, retain=retain)


def brightness(home: HomeAssistant, lamp: str) -> int:
    """In percent; 0 is off."""
    found = home.state(lamp)
    assert found is not None
    return round((found["attributes"].get("brightness") or 0) / 255 * 100)


def offer_tea(home: HomeAssistant) -> None:
    publish(home, "test/kettle", "boils")
    home.wait_state(TEA, "offered")


def test_who_is_home_is_told_and_nothing_more(home: HomeAssistant) -> None:
    alex, other = "turntoward/presence/alex", "turntoward/presence/mary_weiss"
    assert home.broker is not None
    with (
        automated(home, "phone_arrival", "one", person="person.alex", partner="Alex"),
        automated(home, "phone_arrival", "other", person="person.sam", partner=" Mary Weiß "),
    ):
        home.move("alex", "work")
        until(lambda: kept(home, alex) == "not_home", what="the way to work")
        home.broker.clear_retained("turntoward/#")
        publish(home, "turntoward/status", "online", retain=True)
        until(lambda: kept(home, alex) == "not_home", what="who is home, for a service that has just begun")
        until(lambda: kept(home, other) == "home", what="the other one")
        home.broker.clear_retained("turntoward/#")
        home.restart()
        until(lambda: kept(home, other) == "home", 30, what="the same after a restart of Home Assistant")
        home.move("alex", "home")
        until(lambda: kept(home, alex) == "home", what="the way back")


def test_dinner_has_its_light_and_afterwards_all_is_as_before(tmp_path: Path, home: HomeAssistant) -> None:
    guests, door = "input_boolean.guests", "input_boolean.front_door"
    inputs = {
        "lamps": [CEILING], "scenes": ["scene.evening"], "silenced": [guests],
        "at_the_beginning": [{"action": "input_boolean.turn_on", "target": {"entity_id": door}}],
        "at_the_end": [{"action": "input_boolean.turn_off", "target": {"entity_id": door}}],
    }  # fmt: skip
    home.call("input_boolean", "turn_on", entity_id=guests)
    before = brightness(home, CEILING)
    with service(tmp_path, home, "phone_free_dinner") as running, automated(home, "dinner_mode", **inputs):
        home.wait_state(DINNER, "off", 40)
        home.call("input_boolean", "turn_on", entity_id=door)
        for status, seen in (("offline", "unavailable"), ("online", "off")):
            publish(home, "turntoward/status", status, retain=True)
            home.wait_state(DINNER, seen)
        PAUSE.wait(0.5)
        assert state(home, door) == "on", "a restart of the service is not the end of a dinner"
        home.call("input_boolean", "turn_off", entity_id=door)
        home.call("switch", "turn_on", entity_id=DINNER)
        home.wait_state(door, "on")
        home.wait_state(guests, "off")
        assert (brightness(home, CEILING), brightness(home, TABLE)) == (0, 8)
        running.stop()
        home.wait_state(DINNER, "unavailable")
        running.start()
        home.wait_state(DINNER, "on", 40)
        home.call("switch", "turn_off", entity_id=DINNER)
        home.wait_state(door, "off")
        assert (brightness(home, CEILING), brightness(home, TABLE)) == (before, 0)
        assert state(home, guests) == "off"


def test_lamps_are_dimmed_without_a_scene(tmp_path: Path, home: HomeAssistant) -> None:
    mode = "sensor.turntoward_phone_free_dinner"
    with service(tmp_path, home, "phone_free_dinner"), automated(home, "dinner_mode", mode=mode, lamps=[CEILING]):
        home.wait_state(mode, "idle", 40)
        home.call("switch", "turn_on", entity_id=DINNER)
        until(lambda: brightness(home, CEILING) == 30, what="the soft light")
        home.call("switch", "turn_off", entity_id=DINNER)
        until(lambda: brightness(home, CEILING) == 78, what="the light as it was")


def test_what_is_offered_starts_actions_that_know_its_words(tmp_path: Path, home: HomeAssistant) -> None:
    words = "{{ [ritual, title, step, text] | to_json }}"
    tell = {"action": "mqtt.publish", "data": {"topic": "test/told", "payload": words, "retain": True}}
    inputs = {"steps": ["offered", "done"], "rituals": ["tea_time"], "actions": [tell]}
    with service(tmp_path, home, "tea_time", "time_out"), automated(home, "ritual_offered", **inputs):
        home.wait_state(TEA, "idle", 40)
        home.api.command("config/entity_registry/update", entity_id=TEA, new_entity_id="sensor.our_tea")
        until(lambda: home.state("sensor.our_tea"), what="the new name")
        publish(home, "test/kettle", "boils")
        until(lambda: kept(home, "test/told"), what="the action")
        home.api.command("config/entity_registry/update", entity_id="sensor.our_tea", new_entity_id=TEA)
        home.wait_state(TEA, "offered")
        assert json.loads(kept(home, "test/told")) == ["tea_time", "Tea time", "offered", "Tea for two?"]
        home.call("button", "press", entity_id="button.turntoward_start")
        home.wait_state(TEA, "running")
        assert json.loads(kept(home, "test/told"))[2] == "offered"
        shared = {"answer": "share", "text": "I know where you are"}
        publish(home, "turntoward/answer", json.dumps(shared))
        until(lambda: json.loads(kept(home, "test/told"))[2] == "done", what="the end")
        assert json.loads(kept(home, "test/told"))[3] == "", "nobody makes the house say what one of them wrote"
        until(lambda: attribute(home, TEA, "text") == shared["text"], what="the line on the tile")
        assert home.broker is not None
        home.broker.clear_retained("test/#")
        home.restart()
        home.wait_state(TEA, "done", 30)
        PAUSE.wait(1)
        assert kept(home, "test/told") == ""


def test_a_lamp_glows_while_something_is_offered(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home, "tea_time"), automated(home, "lamp", lamp=TABLE, **night_in(2)):
        home.wait_state(TEA, "idle", 40)
        offer_tea(home)
        until(lambda: brightness(home, TABLE) == 20, what="the lamp")
        publish(home, "turntoward/answer", "start")
        home.wait_state(TEA, "running")
        assert brightness(home, TABLE) == 20
        home.call("scene", "delete", entity_id="scene.before_test_lamp")  # as a restart of Home Assistant does
        for status, seen in (("offline", "unavailable"), ("online", "Tea time")):
            publish(home, "turntoward/status", status, retain=True)
            home.wait_state(NOW, seen)
        until(lambda: home.state("scene.before_test_lamp"), what="what the lamp goes back to")
        publish(home, "turntoward/answer", "done")
        until(lambda: state(home, TABLE) == "off", what="the lamp as it was")


def test_no_lamp_glows_in_the_night(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home, "tea_time"), automated(home, "lamp", lamp=TABLE, **night_in(-1)):
        home.wait_state(TEA, "idle", 40)
        offer_tea(home)
        home.wait_state(NOW, "Tea time")
        PAUSE.wait(0.5)
        assert state(home, TABLE) == "off"


def night_in(hours: int) -> dict[str, str]:
    """A night of two hours that begins in so many."""
    begins = datetime.now(ZoneInfo("Europe/Berlin")) + timedelta(hours=hours)
    ends = begins + timedelta(hours=2)
    return {"night_begins": f"{begins:%H:%M:%S}", "night_ends": f"{ends:%H:%M:%S}"}


def test_a_tag_begins_a_ritual_and_another_answers_what_is_on(tmp_path: Path, home: HomeAssistant) -> None:
    with (
        service(tmp_path, home, "evening_checkin"),
        automated(home, "tag", "tea_tin", tags=["04-AA", "04-BB"], ritual="check-in"),
        automated(home, "tag", "shelf", tags=["04-CC"], answer="done"),
    ):
        home.wait_state(CHECKIN, "idle", 40)
        home.scan_tag("sam", "04-BB")
        home.wait_state(CHECKIN, "running")
        home.scan_tag("alex", "04-CC")
        home.wait_state(CHECKIN, "done")
        assert traces(home, "tea_tin", "shelf") == []


def test_a_wall_button_begins_answers_and_asks_for_quiet(tmp_path: Path, home: HomeAssistant) -> None:
    pressed = {"trigger": "event", "event_type": "double_press"}
    with (
        service(tmp_path, home, "evening_checkin", "time_out"),
        automated(home, "wall_button", "short", press=[wall_button(home)], ritual="evening_checkin"),
        automated(home, "wall_button", "quiet", press=[{**pressed, "event_data": {"b": 2}}], means="quiet_tonight"),
        automated(home, "wall_button", "done", press=[{**pressed, "event_data": {"b": 3}}], means="done"),
        automated(home, "wall_button", "break", press=[{**pressed, "event_data": {"b": 4}}], means="time_out"),
    ):
        home.wait_state(CHECKIN, "idle", 40)
        publish(home, "test/button", "single")
        home.wait_state(CHECKIN, "running")
        home.fire("double_press", {"b": 3})
        home.wait_state(CHECKIN, "done")
        for wanted in ("on", "off"):
            home.fire("double_press", {"b": 2})
            home.wait_state(QUIET, wanted)
        home.fire("double_press", {"b": 4})
        home.wait_state("sensor.turntoward_time_out", "running")
        assert traces(home, "short", "quiet", "done", "break") == []


def wall_button(home: HomeAssistant) -> dict[str, str]:
    """A press of a button as Home Assistant offers it in its list of device triggers."""
    publish(home, "homeassistant/device_automation/wall/config", json.dumps(BUTTON), retain=True)
    device = until(lambda: next((d["id"] for d in home.device_registry() if d["name"] == "Wall button"), None))
    offered = home.api.command("device_automation/trigger/list", device_id=device)
    pressed: dict[str, str] = next(one for one in offered if one["domain"] == "mqtt")
    return {"trigger": "device", **{k: v for k, v in pressed.items() if k not in ("metadata", "platform")}}
