"""The whole line of a dinner without phones: a tag in the bowl, the lamps, both phones, and all of it taken back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.peers.homeassistant import HomeAssistant
from tests.service import Process, until

pytestmark = pytest.mark.integration

HOME = """
partners:
  - {{name: Alex, presence: person.alex, phone: notify.mobile_app_alex_phone}}
  - {{name: Sam, presence: person.sam, phone: notify.mobile_app_sam_phone}}
agreed: [Alex, Sam]
quiet_hours: "00:00-00:00"
mqtt: {{host: 127.0.0.1, port: {mqtt}, keepalive: 5s}}
homeassistant: {{url: "{url}"}}
scenes: {{dinner: scene.dinner}}
tags: {{phone_bowl: 04-5F-77}}
presence: {{startup_hold: 0.3s}}
rules_dir: rules
rituals: [table_time]
data_dir: data
"""
DINNER = """
ritual: table_time
title: Table time
triggers: [{trigger: called, tag: phone_bowl}]
run:
  steps:
    - {action: scene, scene: dinner}
    - {action: notify}
  ends: {after: 90min}
answers: [start, done]
"""
TABLE, STATE = "light.table_lamp", "sensor.turntoward_table_time"


def started(folder: Path, home: HomeAssistant) -> Process:
    assert home.broker is not None
    (folder / "rules").mkdir()
    (folder / "rules" / "table_time.yaml").write_text(DINNER, "utf-8")
    path = folder / "household.yaml"
    path.write_text(HOME.format(url=home.url, mqtt=home.broker.port), "utf-8")
    return Process(path, TURNTOWARD_HA_TOKEN=home.token)


def lamp(home: HomeAssistant) -> str:
    state = home.state(TABLE)
    assert state is not None
    return str(state["state"])


def test_a_tag_begins_it_and_an_event_ends_it(tmp_path: Path, home: HomeAssistant) -> None:
    with started(tmp_path, home) as running:
        home.wait_state(STATE, "idle", 40)
        running.wait_log("connected to Home Assistant")
        home.scan_tag("sam", "04-5F-77")
        home.wait_state(STATE, "running")
        until(lambda: lamp(home) == "on", what="the scene")
        shown = [home.wait_pushes(who)[0] for who in ("alex", "sam")]
        home.fire("turntoward_answer", {"ritual": "table_time", "answer": "done"})
        home.wait_state(STATE, "done")
        until(lambda: lamp(home) == "off", what="the end of the scene")
        cleared = [home.wait_pushes(who, count=2)[1] for who in ("alex", "sam")]
        assert [push["data"]["tag"] for push in cleared] == [push["data"]["tag"] for push in shown]
        assert running.stop() == 0
        log = running.log()
    lamps = [call["call"] for call in home.calls("light", TABLE)]
    assert lamps.count("turn_on") == 1
    whose = {row["id"] for row in home.device_registry()} | {"canary"}
    with closing(sqlite3.connect(tmp_path / "data" / "journal.db")) as journal:
        kept = "".join(str(row) for table in ("events", "actions", "snapshots")
                       for row in journal.execute(f"SELECT * FROM {table}"))  # fmt: skip
    assert "tag_scanned" in kept
    assert not [device for device in whose if device in kept + log]


def test_the_scene_is_undone_once_after_a_crash(tmp_path: Path, home: HomeAssistant) -> None:
    with started(tmp_path, home) as running:
        home.wait_state(STATE, "idle", 40)
        running.wait_log("connected to Home Assistant")
        home.fire("turntoward_answer", {"ritual": "table_time", "answer": "start"})
        until(lambda: lamp(home) == "on", what="the scene")
        home.wait_state(STATE, "running")
        running.kill()
        running.start()
        until(lambda: running.log().count("connected to Home Assistant") == 2, 40, "the connection")
        home.wait_state(STATE, "running")
        home.call("button", "press", entity_id="button.turntoward_table_time_done")
        until(lambda: lamp(home) == "off", what="the end of the scene")
        home.call("light", "turn_on", entity_id=TABLE, brightness=90)
        assert running.stop() == 0
    assert lamp(home) == "on"
