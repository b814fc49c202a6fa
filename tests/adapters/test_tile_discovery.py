"""What Home Assistant is told of the tiles, without a broker."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.adapters.mqtt_home import PRIVATE_LOG, household
from turntoward.channels.tile import discovery
from turntoward.core.events import ANSWERS
from turntoward.core.rules import Ritual, Rulebook
from turntoward.settings import Settings

HUG = {"ritual": "reunion_hug", "title": {"en": "Hug", "de": "Umarmung"}, "answers": ["done", "not_today"]}
TEA = {"ritual": "evening_tea", "title": "Tea", "answers": ["start", "later", "done"]}


def rulebook(*rituals: dict[str, Any]) -> Rulebook:
    return Rulebook(rituals=tuple(Ritual.model_validate(r) for r in rituals))


def components(settings: Settings, *rituals: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = discovery.config(settings, rulebook(*rituals))["components"]
    return found


def test_a_ritual_is_a_sensor_and_the_buttons_it_has_answers_for() -> None:
    assert list(components(household(1883), HUG, TEA)) == [
        "connection",
        "reunion_hug_state",
        "reunion_hug_start",
        "reunion_hug_done",
        "reunion_hug_not_today",
        "evening_tea_state",
        "evening_tea_start",
        "evening_tea_later",
        "evening_tea_done",
    ]


def test_the_sensor() -> None:
    assert components(household(1883), HUG)["reunion_hug_state"] == {
        "p": "sensor",
        "unique_id": "turntoward_reunion_hug_state",
        "object_id": "turntoward_reunion_hug",
        "default_entity_id": "sensor.turntoward_reunion_hug",
        "qos": 1,
        "name": "Hug",
        "icon": "mdi:heart-outline",
        "device_class": "enum",
        "options": ["idle", "offered", "running", "done", "not_today"],
        "state_topic": "turntoward/ritual/reunion_hug/state",
        "json_attributes_topic": "turntoward/ritual/reunion_hug/attributes",
        "availability_topic": "turntoward/status",
    }


def test_a_button_answers() -> None:
    button = components(household(1883), HUG)["reunion_hug_not_today"]
    assert button["command_topic"] == "turntoward/ritual/reunion_hug/answer"
    assert button["payload_press"] == "not_today"
    assert button["default_entity_id"] == "button.turntoward_reunion_hug_not_today"
    assert button["name"] == "Hug: Not today"


def test_names_are_in_the_language_of_the_household() -> None:
    german = household(1883).model_copy(update={"language": "de-AT"})
    names = [component["name"] for component in components(german, HUG).values()]
    assert names == ["Verbindung", "Umarmung", "Umarmung: Anfangen", "Umarmung: Gemacht", "Umarmung: Heute nicht"]
    swedish = household(1883).model_copy(update={"language": "sv"})
    assert components(swedish, HUG)["reunion_hug_done"]["name"] == "Hug: Done"


@pytest.mark.parametrize("words", discovery.WORDS.values())
def test_every_answer_has_a_word_and_an_icon(words: dict[str, str]) -> None:
    assert set(words) == {*ANSWERS, "connection"}
    assert set(discovery.ICONS) == {*ANSWERS, "state"}


def test_a_private_ritual_has_no_entity() -> None:
    told = discovery.config(household(1883), rulebook(HUG, PRIVATE_LOG))
    assert told == discovery.config(household(1883), rulebook(HUG))
    assert "bid_log" not in json.dumps(told)


def test_each_answer_of_its_own_is_a_button() -> None:
    date = {"ritual": "date_night", "title": "Date night", "answers": ["accept", "other_slot", "skip", "swap"]}
    names = [c["name"] for c in components(household(1883), date).values() if c["p"] == "button"]
    assert names == [f"Date night: {word}" for word in
                     ("Start", "Yes, gladly", "Another time", "Skip this one", "Swap turns")]  # fmt: skip


def test_two_households_on_one_broker_have_no_id_in_common() -> None:
    ours, theirs = household(1883), household(1883, client_id="Next-Door", base="next/door")
    ids = [
        {component[key] for component in components(settings, HUG).values() for key in ("unique_id", "object_id")}
        for settings in (ours, theirs)
    ]
    assert not ids[0] & ids[1]
    assert "turntoward_next_door_reunion_hug_state" in ids[1]
    assert discovery.config_topic(ours) == "homeassistant/device/turntoward/config"
    assert discovery.config_topic(theirs) == "homeassistant/device/turntoward_next_door/config"
    devices = [discovery.config(settings, rulebook())["device"] for settings in (ours, theirs)]
    assert devices[0]["identifiers"] != devices[1]["identifiers"]


def test_no_two_components_share_an_id() -> None:
    found = components(household(1883), HUG, TEA).values()
    assert len({component["unique_id"] for component in found}) == len(found)
    assert len({component["default_entity_id"] for component in found}) == len(found)


def test_switched_off() -> None:
    assert discovery.config_topic(household(1883, discovery=None)) is None
    assert discovery.config_topic(household(1883, discovery="ha")) == "ha/device/turntoward/config"


def test_what_is_gone_is_taken_back_by_its_platform_alone() -> None:
    before = json.dumps(discovery.config(household(1883), rulebook(HUG, TEA)))
    now = discovery.config(household(1883), rulebook(TEA))
    gone = discovery.gone(before, now)
    assert list(gone) == ["reunion_hug_state", "reunion_hug_start", "reunion_hug_done", "reunion_hug_not_today"]
    message = discovery.farewell(now, gone)["components"]
    assert message["reunion_hug_state"] == {"p": "sensor"}
    assert message["reunion_hug_done"] == {"p": "button"}
    assert message["evening_tea_state"] == now["components"]["evening_tea_state"]


@pytest.mark.parametrize("before", [None, "", "[]", "{", "7", '{"components": 7}', '{"components": {"x": 7, "y": {}}}'])
def test_what_is_not_ours_is_not_taken_back(before: str | None) -> None:
    assert discovery.gone(before, discovery.config(household(1883), rulebook(HUG))) == {}
