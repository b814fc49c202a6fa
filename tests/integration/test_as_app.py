"""The service as Home Assistant's Supervisor starts it: nothing but a token, two folders, and somebody to ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from tests.integration.coming_home import both_leave, enter
from tests.peers.homeassistant import HomeAssistant
from tests.peers.mosquitto import Mosquitto
from tests.peers.ports import free_port
from tests.peers.supervisor import TOKEN, Supervisor
from tests.service import PAUSE, Process, until
from turntoward.adapters.journal import BACKUP_NAME
from turntoward.cli import dashboard_of_app
from turntoward.cli.dashboard_of_app import LOOK_EVERY
from turntoward.cli.placing import URL
from turntoward.rulebook import load_rulebook
from turntoward.settings import Settings

pytestmark = pytest.mark.integration

HOUSEHOLD = """
partners: [{name: Alex, presence: person.alex}, {name: Sam, presence: person.sam}]
agreed: [Alex, Sam]
quiet_hours: "00:00-00:00"
speakers: {kitchen: {entity: media_player.kitchen_speaker, tts: tts.test_voice}}
signals: {entry_door: binary_sensor.front_door}
limits: {min_gap: 0}
presence:
  {dwell_door: 0.2s, dwell_plain: 0.6s, away_dwell: 0.4s, min_apart: 1s, startup_hold: 0.3s, joint_in: 0,
   joint_out: 0, hold_stable: 0, door_lookback: 60s}
rituals: {reunion_hug: {offer: {after: 0.5s, valid_for: 60s}, limits: {cooldown: 0, per_day: 50}}}
"""


class Container:
    """The two folders and the environment of an app."""

    def __init__(self, folder: Path, supervisor: Supervisor) -> None:
        self.config, self.data, self.port = folder / "config" / "household.yaml", folder / "data", free_port()
        self.data.mkdir()
        self.config.parent.mkdir()
        self.environ = supervisor.environ() | {
            "TURNTOWARD_DATA_DIR": str(self.data),
            "TURNTOWARD_CONFIG": str(self.config),
            "TURNTOWARD_HEALTH_PORT": str(self.port),
        }

    def service(self) -> Process:
        return Process(self.config, **self.environ)

    def exec(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a verb inside, as the Supervisor does around a backup."""
        environ = {**os.environ, **self.environ}
        return subprocess.run(
            [sys.executable, "-m", "turntoward", *words], env=environ, capture_output=True, text=True, timeout=60
        )

    def health(self) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:
            return 0


def record(broker: Mosquitto) -> dict[str, object]:
    return {"host": "127.0.0.1", "port": broker.port, "ssl": False, "protocol": "3.1.1", "addon": "core_mosquitto"}


@pytest.fixture
def supervisor(home: HomeAssistant) -> Iterator[Supervisor]:
    assert home.broker is not None
    with Supervisor(record(home.broker), home) as there:
        yield there


def test_from_an_empty_folder_to_a_hug(tmp_path: Path, home: HomeAssistant, supervisor: Supervisor) -> None:
    app = Container(tmp_path, supervisor)
    with app.service() as running:
        running.wait_log("household.yaml is still as it came")
        until(lambda: app.health() == 200, what="a sign of life while it waits")
        app.config.write_text("partners: [{name: Alex}]\n", "utf-8")
        running.wait_log("household.yaml cannot be used yet")
        assert "household.yaml:1" in running.log()
        assert running.running
        app.config.write_text(HOUSEHOLD, "utf-8")
        running.wait_log("connected to Home Assistant", 40)
        home.wait_state("sensor.turntoward_reunion_hug", "idle")
        assert app.health() == 200
        PAUSE.wait(0.6)
        both_leave(home)
        for who in ("alex", "sam"):
            enter(home, who)
        until(lambda: home.calls("media_player", "media_player.kitchen_speaker"), what="the spoken line")
        assert app.exec("backup", "--replace", "--if-any", str(app.data / BACKUP_NAME)).returncode == 0
        assert running.stop() == 0
    home.wait_state("sensor.turntoward_reunion_hug", "unavailable")
    assert TOKEN not in running.log()
    assert "Traceback" not in running.log()


def test_a_backup_brings_back_what_rituals_did(tmp_path: Path, home: HomeAssistant, supervisor: Supervisor) -> None:
    app = Container(tmp_path, supervisor)
    app.config.write_text(HOUSEHOLD, "utf-8")
    with app.service() as running:
        home.wait_state("sensor.turntoward_reunion_hug", "idle", timeout=40)
        home.call("button", "press", entity_id="button.turntoward_reunion_hug_done")
        home.wait_state("sensor.turntoward_reunion_hug", "done")
        assert running.stop() == 0
    assert (app.data / BACKUP_NAME).exists()  # for a backup that is made while it is stopped
    for left in app.data.iterdir():
        if left.name != BACKUP_NAME:
            left.unlink()
    with app.service() as running:
        running.wait_log("the journal goes on from the backup")
        until(lambda: app.health() == 200, what="the first decision")
        assert running.stop() == 0
    told = [json.loads(line) for line in app.exec("journal", "--json").stdout.splitlines()]
    assert "done" in {step["step"] for entry in told for step in entry["trace"]}


def test_the_copy_of_a_stop_does_not_outlive_the_next_start(
    tmp_path: Path, home: HomeAssistant, supervisor: Supervisor
) -> None:
    app = Container(tmp_path, supervisor)
    app.config.write_text(HOUSEHOLD, "utf-8")
    with app.service() as running:
        running.wait_log("connected to Home Assistant", 40)
        assert running.stop() == 0
        assert (app.data / BACKUP_NAME).exists()
        running.start()
        until(lambda: running.log().count("connected to Home Assistant") == 2, 40, "the second start")
        assert not (app.data / BACKUP_NAME).exists()
        assert running.stop() == 0


def test_without_a_broker_it_waits_and_goes_on_by_itself(
    tmp_path: Path, home: HomeAssistant, supervisor: Supervisor
) -> None:
    app = Container(tmp_path, supervisor)
    app.config.write_text(HOUSEHOLD, "utf-8")
    broker, supervisor.mqtt = supervisor.mqtt, None
    with app.service() as running:
        running.wait_log("waiting: there is no MQTT broker yet")
        PAUSE.wait(4.0)
        assert running.log().count("there is no MQTT broker yet") == 1
        supervisor.mqtt = broker
        running.wait_log("connected to Home Assistant", 40)
        assert running.stop() == 0


def test_while_it_waits_it_ends_when_asked_as_if_nothing_were_wrong(
    tmp_path: Path, home: HomeAssistant, supervisor: Supervisor
) -> None:
    app = Container(tmp_path, supervisor)
    with app.service() as running:
        running.wait_log("household.yaml is still as it came")
        assert running.stop() == 0
    assert "Traceback" not in running.log()


@pytest.fixture
def no_dashboard(home: HomeAssistant) -> Iterator[None]:
    """Whatever is put there goes with the test."""
    yield
    if URL in dashboards(home):
        home.api.command("lovelace/dashboards/delete", dashboard_id=URL)


def dashboards(home: HomeAssistant) -> list[str]:
    return [row["url_path"] for row in home.api.command("lovelace/dashboards/list")]


def options(app: Container, **chosen: object) -> None:
    (app.data / "options.json").write_text(json.dumps(chosen), "utf-8")


@pytest.mark.usefixtures("no_dashboard")
def test_a_dashboard_comes_by_itself_and_is_never_replaced(
    tmp_path: Path, home: HomeAssistant, supervisor: Supervisor
) -> None:
    app = Container(tmp_path, supervisor)
    app.config.write_text(HOUSEHOLD, "utf-8")
    options(app, language="en", log_level="info", dashboard=True)
    with app.service() as running:
        running.wait_log("there is a dashboard in the sidebar of Home Assistant now, at /turntoward", 60)
        put = home.api.command("lovelace/config", url_path=URL)
        assert "button.turntoward_reunion_hug_done" in str(put)
        home.api.command("lovelace/config/save", url_path=URL, config={"views": []})
        assert running.stop() == 0
        running.start()
        until(lambda: running.log().count("connected to Home Assistant") == 2, 40, "the second start")
        PAUSE.wait(2.5 * LOOK_EVERY)
        assert home.api.command("lovelace/config", url_path=URL) == {"views": []}
        assert running.stop() == 0
    assert running.log().count("there is a dashboard") == 1
    assert "Traceback" not in running.log()


def test_where_the_option_is_off_there_is_no_dashboard(
    tmp_path: Path, home: HomeAssistant, supervisor: Supervisor
) -> None:
    app = Container(tmp_path, supervisor)
    app.config.write_text(HOUSEHOLD, "utf-8")
    options(app, dashboard=False)
    with app.service() as running:
        home.wait_state("sensor.turntoward_reunion_hug", "idle", timeout=40)
        PAUSE.wait(2.5 * LOOK_EVERY)
        assert running.stop() == 0
    assert URL not in dashboards(home)


def test_the_service_does_not_notice_that_no_dashboard_can_be_put_there(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody answers at the address; what is wrong is told once, at the end."""
    nobody = "homeassistant: {url: 'http://127.0.0.1:1', token: t}"
    settings = Settings.model_validate(YAML(typ="safe", pure=True).load(HOUSEHOLD + nobody) | {"mqtt": {}})
    with (
        pytest.MonkeyPatch.context() as quick,
        dashboard_of_app.put_meanwhile(settings, load_rulebook(settings)),
    ):
        quick.setattr(dashboard_of_app, "LOOK_EVERY", 0.01)
        quick.setattr(dashboard_of_app, "LOOKS", 3)
        until(lambda: "no dashboard was put into Home Assistant: no connection" in caplog.text, what="the one line")
    assert caplog.text.count("dashboard") - caplog.text.count("dashboard_of_app") == 1


def test_the_other_commands_know_the_home_too(tmp_path: Path, home: HomeAssistant, supervisor: Supervisor) -> None:
    app = Container(tmp_path, supervisor)
    app.config.write_text(HOUSEHOLD, "utf-8")
    done = app.exec("check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Rituals that are on: reunion_hug." in done.stdout
