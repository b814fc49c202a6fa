"""Offer the real peers, and the dashboard of a natural household on a real screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.peers import install
from tests.peers.browser import Chromium
from tests.peers.fixtures import (
    home,
    home_assistant,
    home_broker,
    peer_processes,
    require,
)
from tests.peers.homeassistant import HomeAssistant
from tests.peers.mosquitto import Mosquitto
from tests.service import Process, command

__all__ = ["home", "home_assistant", "home_broker", "peer_processes"]

HOUSEHOLD = """
partners:
  - {{name: Alex, presence: person.alex}}
  - {{name: Sam, presence: person.sam}}
agreed: [Alex, Sam]
zone: Europe/Berlin
quiet_hours: "00:00-00:00"
mqtt: {{host: 127.0.0.1, port: {mqtt}}}
homeassistant: {{url: "{url}", token: "{token}"}}
presence: {{startup_hold: 0.3s}}
limits: {{prompts_per_day: 20, min_gap: 0s}}
rituals:
  reunion_hug:
  evening_checkin:
    # As in the evening, but whenever a test says that dinner is over.
    triggers: [{{trigger: mqtt, topic: dinner/over}}]
    conditions: []
    offer: {{window: null, say: ["Ten minutes for the two of you: a high and a low of the day?"]}}
    limits: {{per_day: 20}}
  phone_free_dinner:
  date_night:
  questions:
  appreciation:
  kind_words:
  date_ideas:
  time_out:
  repair:
"""


@dataclass(frozen=True)
class Stage:
    """A running service, its home, and where its files are."""

    home: HomeAssistant
    broker: Mosquitto
    config: str

    def offer(self) -> None:
        """Let the check-in be offered."""
        self.broker.publish("dinner/over", "yes")
        self.home.wait_state("sensor.turntoward_evening_checkin", "offered")

    def answer(self, ritual: str, answer: str) -> None:
        """Answer as anybody can."""
        self.broker.publish(f"turntoward/ritual/{ritual}/answer", answer)


@pytest.fixture(scope="module")
def stage(
    home_assistant: HomeAssistant, home_broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Run the service in the home, with the dashboard in place."""
    home_assistant.reset()
    folder = tmp_path_factory.mktemp("stage")
    config = folder / "household.yaml"
    config.write_text(
        HOUSEHOLD.format(mqtt=home_broker.port, url=home_assistant.url, token=home_assistant.token), "utf-8"
    )
    with Process(config) as service:
        service.wait_log("connected to Home Assistant")
        home_assistant.wait_state("sensor.turntoward_now", "Nothing")
        command("dashboard", "--save", "--config", str(config))
        yield Stage(home_assistant, home_broker, str(config))
        assert service.stop() == 0
    home_assistant.api.command("lovelace/dashboards/delete", dashboard_id="turntoward")


@pytest.fixture(scope="module")
def chromium(peer_processes: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """Run the browser."""
    require(install.missing_browser())
    with Chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser
