"""How the two leave and come home in a test, by their phones and the front door."""

from __future__ import annotations

from tests.peers.homeassistant import HomeAssistant
from tests.service import PAUSE


def both_leave(home: HomeAssistant) -> None:
    home.move("alex", "not_home")
    home.move("sam", "work")
    PAUSE.wait(1.8)


def enter(home: HomeAssistant, who: str) -> None:
    home.call("input_boolean", "turn_on", entity_id="input_boolean.front_door")
    home.call("input_boolean", "turn_off", entity_id="input_boolean.front_door")
    home.move(who, "home")
