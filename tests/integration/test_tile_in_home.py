"""The running service in a real Home Assistant: every entity there is, both ways, and whatever is restarted."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.adapters.mqtt_home import Observer, eventually, observing
from tests.peers.homeassistant import HomeAssistant
from tests.service import PAUSE, Process
from turntoward import bootstrap
from turntoward.core.events import PrivateAct
from turntoward.rulebook import load
from turntoward.settings import load_settings_and_document

pytestmark = pytest.mark.integration

CONFIG = """
partners: [{{name: {first}}}, {{name: {second}}}]
agreed: [{first}, {second}]
quiet_hours: "00:00-00:00"
mqtt: {{host: 127.0.0.1, port: {mqtt}, keepalive: 5s}}
homeassistant: {{url: "{url}"}}
presence: {{startup_hold: 0}}
rules_dir: rules
rituals: [{rituals}]
data_dir: data
"""
DINNER = """
ritual: table_time
title: {en: Table time, de: Tischzeit}
mode: true
triggers: [{trigger: called}]
run:
  steps: [{action: tile, say: {en: ["Enjoy your meal."]}}]
  ends: {after: 90min}
answers: [start, done, not_today]
short: {run: {ends: {after: 10min}}}
"""
RITUALS = "table_time, date_night, questions, time_out, bids"
OF_THE_HOUSEHOLD = {
    "sensor.turntoward_now": None,
    "sensor.turntoward_next": None,
    "sensor.turntoward_card": None,
    "sensor.turntoward_minutes_left": None,
    "sensor.turntoward_reply": "diagnostic",
    "button.turntoward_start": None,
    "button.turntoward_done": None,
    "button.turntoward_later": None,
    "button.turntoward_not_today": None,
    "switch.turntoward_quiet_tonight": None,
    "select.turntoward_season": "config",
    "event.turntoward_occasion": None,
    "binary_sensor.turntoward_rituals": "diagnostic",
    "binary_sensor.turntoward_connection": "diagnostic",
    "binary_sensor.turntoward_home_assistant": "diagnostic",
}
CLASSES = {
    "sensor.turntoward_next": "timestamp",
    "sensor.turntoward_minutes_left": "duration",
    "sensor.turntoward_table_time": "enum",
    "binary_sensor.turntoward_connection": "connectivity",
    "binary_sensor.turntoward_home_assistant": "connectivity",
}
NOW, STATE, SWITCH = "sensor.turntoward_now", "sensor.turntoward_table_time", "switch.turntoward_table_time"
LAMP, OCCASION = "light.table_lamp", "event.turntoward_occasion"
START, TURN = "button.turntoward_table_time_start", "sensor.turntoward_date_night_turn"
PRIVATE_ACTS = (
    PrivateAct("sam", "pause"),
    PrivateAct("sam", "less", ritual="date_night"),
    PrivateAct("sam", "depth", level=3),
    PrivateAct("sam", "bid"),
    PrivateAct("sam", "resume"),
)


def config(
    folder: Path, home: HomeAssistant, rituals: str = RITUALS, couple: tuple[str, str] = ("Alex", "Sam")
) -> Path:
    assert home.broker is not None
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "table_time.yaml").write_text(DINNER, "utf-8")
    path = folder / "household.yaml"
    first, second = couple
    text = CONFIG.format(url=home.url, mqtt=home.broker.port, rituals=rituals, first=first, second=second)
    path.write_text(text, "utf-8")
    return path


@contextmanager
def service(folder: Path, home: HomeAssistant, **more: Any) -> Iterator[Process]:
    """Run the service until its tiles are there; Home Assistant may have nothing to complain of."""
    before = len(complaints(home))
    with Process(config(folder, home, **more), TURNTOWARD_HA_TOKEN=home.token) as running:
        home.wait_state("binary_sensor.turntoward_connection", "on", 30)
        home.wait_state(NOW, "Nothing")
        yield running
        assert complaints(home)[before:] == []


def complaints(home: HomeAssistant) -> list[str]:
    """What Home Assistant's log has against us; that its broker went, or its own history, is another matter."""
    lines = [line for line in home.log_path.read_text().splitlines() if " WARNING " in line or " ERROR " in line]
    named = [line for line in lines if "turntoward" in line.casefold() or "mqtt" in line]
    return [line for line in named if "mqtt.client" not in line and "components.recorder" not in line]


def press(home: HomeAssistant, entity_id: str) -> None:
    home.call("button", "press", entity_id=entity_id)


def attributes(home: HomeAssistant, entity_id: str) -> dict[str, Any]:
    found = home.state(entity_id)
    assert found is not None, entity_id
    shown: dict[str, Any] = found["attributes"]
    return shown


def ours(home: HomeAssistant) -> dict[str, dict[str, Any]]:
    return {e["entity_id"]: e for e in home.entity_registry() if e["platform"] == "mqtt"}


def devices(home: HomeAssistant) -> dict[str, dict[str, Any]]:
    return {d["name"]: d for d in home.device_registry() if d["manufacturer"] == "Turntoward"}


def test_every_entity_is_there_as_it_is_promised(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home):
        home.wait_state("binary_sensor.turntoward_home_assistant", "on", 20)
        found, known = ours(home), devices(home)
        assert set(known) == {"Turntoward", "Turntoward Alex", "Turntoward Sam"}
        for entity_id, category in OF_THE_HOUSEHOLD.items():
            assert found[entity_id]["entity_category"] == category, entity_id
            assert found[entity_id]["device_id"] == known["Turntoward"]["id"], entity_id
            assert found[entity_id]["unique_id"] == entity_id.partition(".")[2], entity_id
        for entity_id, device_class in CLASSES.items():
            assert attributes(home, entity_id).get("device_class") == device_class, entity_id
        for name in ("alex", "sam"):
            turn = found[f"binary_sensor.turntoward_{name}_date_night_turn"]
            device = known[f"Turntoward {name.title()}"]
            assert turn["device_id"] == device["id"]
            assert device["via_device_id"] == known["Turntoward"]["id"]
        assert {SWITCH, STATE, START, "sensor.turntoward_time_out", "button.turntoward_time_out_start"} <= set(found)
        assert not [entity_id for entity_id in found if "bids" in entity_id]


def test_what_they_show_while_nothing_is_on(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home):
        home.wait_state("binary_sensor.turntoward_rituals", "on")
        home.wait_state("sensor.turntoward_minutes_left", "unknown")
        home.wait_state("select.turntoward_season", "normal")
        home.wait_state("switch.turntoward_quiet_tonight", "off")
        assert attributes(home, "select.turntoward_season")["options"] == ["normal", "simplified", "apart"]
        assert attributes(home, "sensor.turntoward_next")["ritual"] == "date_night"
        card = attributes(home, "sensor.turntoward_card")
        assert card["text"]
        turn = home.state("sensor.turntoward_date_night_turn")
        assert turn is not None
        for name in ("Alex", "Sam"):
            expected = "on" if turn["state"] == name else "off"
            home.wait_state(f"binary_sensor.turntoward_{name.lower()}_date_night_turn", expected)
        assert attributes(home, STATE)["answers"] == ["start", "done"]


def test_buttons_and_the_switch_go_both_ways(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home):
        press(home, START)
        shown = home.wait_state(NOW, "Table time")["attributes"]
        assert (shown["ritual"], shown["phase"], shown["text"]) == ("table_time", "running", "Enjoy your meal.")
        assert shown["answers"] == ["done", "stop"]
        home.wait_state("sensor.turntoward_minutes_left", "90")
        home.wait_state(SWITCH, "on")
        press(home, "button.turntoward_done")
        home.wait_state(STATE, "done")
        home.wait_state(NOW, "Nothing")
        home.wait_state(SWITCH, "off")
        assert "ritual" not in attributes(home, NOW)
        home.call("switch", "turn_on", entity_id=SWITCH)
        home.wait_state(STATE, "running")
        home.call("switch", "turn_off", entity_id=SWITCH)
        home.wait_state(STATE, "done")


def test_a_mode_that_is_off_and_turned_off_has_not_been_done(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home):
        home.call("switch", "turn_off", entity_id=SWITCH)
        press(home, "button.turntoward_date_night_start")  # heard after it
        home.wait_state("sensor.turntoward_date_night", "running")
        home.wait_state(STATE, "idle")


def test_a_quiet_evening_and_a_season_go_both_ways(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home):
        home.call("switch", "turn_on", entity_id="switch.turntoward_quiet_tonight")
        assert home.wait_state("switch.turntoward_quiet_tonight", "on")["attributes"]["until"]
        home.call("switch", "turn_off", entity_id="switch.turntoward_quiet_tonight")
        home.wait_state("switch.turntoward_quiet_tonight", "off")
        home.call("select", "select_option", entity_id="select.turntoward_season", option="simplified")
        home.wait_state("select.turntoward_season", "simplified")
        press(home, START)
        home.wait_state("sensor.turntoward_minutes_left", "10")
        assert home.broker is not None
        home.broker.publish("turntoward/season/set", '{"season": "apart", "until": "2099-12-01"}')
        until = home.wait_state("select.turntoward_season", "apart")["attributes"]["until"]
        assert until == "2099-12-01"


def replied(home: HomeAssistant, to: str) -> None:
    eventually(lambda: attributes(home, "sensor.turntoward_reply").get("to") == to, "a reply")
    reply = home.state("sensor.turntoward_reply")
    assert reply is not None
    assert reply["state"] == reply["attributes"]["text"][:255]


def test_who_asks_aloud_is_answered(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home):
        assert home.broker is not None
        for number, ritual in enumerate(("the Table time", "dancing")):
            said = f'{{"ritual": "{ritual}", "answer": "start", "reply_to": "asked-{number}"}}'
            home.broker.publish("turntoward/answer", said)
            eventually(
                lambda n=number: attributes(home, "sensor.turntoward_reply").get("to") == f"asked-{n}", "a reply"
            )
            reply = home.state("sensor.turntoward_reply")
            assert reply is not None
            assert reply["state"] == reply["attributes"]["text"][:255]
        home.wait_state(NOW, "Table time")


@contextmanager
def automation(home: HomeAssistant, trigger: dict[str, Any], **action: Any) -> Iterator[None]:
    """Have an automation as the editor makes it, until it has done what it should."""
    path = "/api/config/automation/config/turntoward_test"
    made = {"alias": "Table lamp", "triggers": [trigger], "conditions": [], "actions": [action]}
    home.api.request("POST", path, made)
    eventually(lambda: home.state("automation.table_lamp"), "the automation")
    yield
    home.api.request("DELETE", path)


def test_a_trigger_of_the_device_can_be_picked_and_runs_an_automation(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home):
        device = devices(home)["Turntoward"]["id"]
        offered = home.api.command("device_automation/trigger/list", device_id=device)
        assert not [one for one in offered if one.get("subtype") in ("time_out", "bids")]
        (picked,) = [one for one in offered if (one.get("type"), one.get("subtype")) == ("started", "table_time")]
        lamp = {"action": "light.turn_on", "target": {"entity_id": "light.table_lamp"}}
        with automation(home, {**picked, "metadata": {}}, **lamp):
            press(home, "button.turntoward_date_night_start")
            home.wait_state("sensor.turntoward_date_night", "running")
            home.wait_state("light.table_lamp", "off")
            press(home, START)
            home.wait_state("light.table_lamp", "on")


def example() -> dict[str, Any]:
    """The automation of the guide, for the lamp of this home."""
    page = (Path(__file__).parents[2] / "docs" / "entities.md").read_text("utf-8")
    (text,) = [text for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "triggers:" in text]
    made: dict[str, Any] = YAML(typ="safe").load(text.replace("light.dining_table", LAMP))
    return made


def test_the_automation_of_the_guide_runs_when_a_ritual_begins_and_not_when_somebody_comes_back(
    tmp_path: Path, home: HomeAssistant
) -> None:
    def is_as(told: str) -> bool:
        found = home.state(OCCASION)
        return found is not None and found["state"] == told

    path = "/api/config/automation/config/turntoward_example"
    home.api.request("POST", path, {"alias": "Example", **example()})
    eventually(lambda: home.state("automation.example"), "the automation")
    with service(tmp_path, home) as running:
        press(home, START)
        told = home.wait_state(LAMP, "on") and str((home.state(OCCASION) or {})["state"])
        home.call("light", "turn_off", entity_id=LAMP)
        assert running.stop() == 0
        home.wait_state(OCCASION, "unavailable")
        running.start()
        eventually(lambda: is_as(told), "we are back", 30)
        PAUSE.wait(1)
        home.wait_state(LAMP, "off")
        home.restart()
        eventually(lambda: is_as(told), "Home Assistant is back", 40)
        PAUSE.wait(1)
        home.wait_state(LAMP, "off")
        home.api.request("DELETE", path)


def test_what_happens_is_an_event_and_a_time_out_is_none(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home):
        press(home, "button.turntoward_time_out_start")
        home.wait_state("sensor.turntoward_time_out", "running")
        press(home, "button.turntoward_time_out_stop")
        home.wait_state("sensor.turntoward_time_out", "idle")
        home.wait_state("event.turntoward_occasion", "unknown")
        press(home, START)
        eventually(lambda: attributes(home, "event.turntoward_occasion").get("event_type") == "started", "told")
        told = attributes(home, "event.turntoward_occasion")
        assert (told["ritual"], told["title"]) == ("table_time", "Table time")
        assert told["occasion"] == home.wait_state(NOW, "Table time")["attributes"]["occasion"]
        assert told["at"]


def test_two_steps_at_the_same_moment_are_two_events(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home), home.api.commands() as listening:
        assert home.broker is not None
        watched = {"trigger": "state", "entity_id": "event.turntoward_occasion"}
        listening.run("subscribe_trigger", trigger=[watched])
        told = '{{"id": "x{0}", "ritual": "table_time", "title": "T", "occasion": "t-{0}", "step": "{1}", "at": "now"}}'
        steps = ("offered", "started", "done", "declined", "stopped")
        with observing(home.broker.port) as other:
            for number, step in enumerate(steps):
                other.client.publish("turntoward/event", told.format(number, step), qos=1)
            seen = [listening.next_event()["variables"]["trigger"]["to_state"] for _ in steps]
        assert [one["attributes"]["event_type"] for one in seen] == list(steps)


def test_what_runs_is_still_shown_whatever_is_restarted(tmp_path: Path, home: HomeAssistant) -> None:
    broker = home.broker
    assert broker is not None
    with service(tmp_path, home) as running:
        press(home, START)
        occasion = home.wait_state(NOW, "Table time")["attributes"]["occasion"]
        home.restart()
        home.wait_state(NOW, "Table time", 40)
        home.wait_state(SWITCH, "on")
        running.kill()
        home.wait_state(NOW, "unavailable", 20)
        running.start()
        assert home.wait_state(NOW, "Table time", 30)["attributes"]["occasion"] == occasion
        assert broker.persistence
        broker.stop()
        (broker.work / "mosquitto.db").unlink()
        broker.start()
        home.wait_state(NOW, "Table time", 60)
        home.wait_mqtt()
        home.call("switch", "turn_off", entity_id=SWITCH)
        home.wait_state(STATE, "done", 20)
        assert set(devices(home)) == {"Turntoward", "Turntoward Alex", "Turntoward Sam"}


def test_an_entity_that_somebody_renamed_works_under_its_new_name(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home) as running:
        for old, new in ((START, "button.to_table"), (NOW, "sensor.what_is_on")):
            home.api.command("config/entity_registry/update", entity_id=old, new_entity_id=new)
        press(home, "button.to_table")
        home.wait_state("sensor.what_is_on", "Table time")
        assert running.stop() == 0
        running.start()
        home.wait_state("sensor.what_is_on", "Table time", 30)
        assert home.state(NOW) is None


def turn(home: HomeAssistant) -> str:
    return str((home.state(TURN) or {}).get("state"))


def test_what_is_switched_off_and_who_is_called_otherwise_leaves_nothing(tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home) as running:
        assert SWITCH in ours(home)
        eventually(lambda: turn(home) in ("Alex", "Sam"), "whose turn it is")
        assert running.stop() == 0
    with service(tmp_path, home, rituals="date_night, questions", couple=("Lex", "Toni")):
        home.wait_state("sensor.turntoward_date_night", "idle")
        eventually(lambda: SWITCH not in ours(home), "the switch went")
        eventually(lambda: "Turntoward Alex" not in devices(home), "the device of the old name went")
        assert not [entity_id for entity_id in ours(home) if "table_time" in entity_id or "alex" in entity_id]
        home.wait_state("binary_sensor.turntoward_rituals", "on")
        eventually(lambda: turn(home) in ("Lex", "Toni"), "whose turn it is, by the new name")
        assert "binary_sensor.turntoward_lex_date_night_turn" in ours(home)
        triggers = home.api.command("device_automation/trigger/list", device_id=devices(home)["Turntoward"]["id"])
        assert not [one for one in triggers if one.get("subtype") == "table_time"]


def test_who_begins_anew_under_other_names_is_no_mistake_to_home_assistant(tmp_path: Path, home: HomeAssistant) -> None:
    """With a new journal we are online before it is known whose turn it is: Home Assistant still has the old name."""
    for couple in (("Alex", "Sam"), ("Lex", "Toni")):
        folder = tmp_path / couple[0]
        folder.mkdir()
        with service(folder, home, couple=couple) as running:
            eventually(lambda names=couple: turn(home) in names, "whose turn it is")  # type: ignore[misc]
            assert running.stop() == 0


def at_rest(other: Observer) -> None:
    """Wait until all that follows from a start is over: a birth of Home Assistant is greeted seconds later."""
    seen = -1
    while seen != len(other.seen):
        seen = len(other.seen)
        PAUSE.wait(6)


def test_a_private_act_changes_nothing_anybody_could_see(tmp_path: Path, home: HomeAssistant) -> None:
    assert home.broker is not None
    path = config(tmp_path, home)
    settings, document = load_settings_and_document(path, {"TURNTOWARD_HA_TOKEN": home.token})
    running = bootstrap.build(settings, load(settings, document).rulebook, bootstrap.make_clock(settings))
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        home.wait_state("binary_sensor.turntoward_home_assistant", "on", 20)
        home.wait_state(NOW, "Nothing")
        with observing(home.broker.port) as other:
            at_rest(other)
            shown, kept, there = home.states(), home.broker.retained(), len(other.seen)
            for act in PRIVATE_ACTS:
                running.runtime.put(act)
            PAUSE.wait(7)  # longer than the loop needs to look up by itself
            assert other.seen[there:] == []
        assert home.broker.retained() == kept
        assert [s for s in home.states() if "turntoward" in s["entity_id"]] == [
            s for s in shown if "turntoward" in s["entity_id"]
        ]
    finally:
        running.stop()
        thread.join(20)
