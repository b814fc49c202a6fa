"""What Home Assistant is told of us, without a broker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from tests.adapters.mqtt_home import HOME, PRIVATE_LOG, household
from turntoward.channels.tile import discovery, occasions, ritual_entities, words
from turntoward.core.events import ANSWERS
from turntoward.core.rules import Ritual, Rulebook
from turntoward.core.state import Outcome
from turntoward.rulebook import read_library
from turntoward.settings import Settings

HUG = {"ritual": "reunion_hug", "title": {"en": "Hug", "de": "Umarmung"}, "answers": ["done", "not_today"]}
TEA = {"ritual": "evening_tea", "title": "Tea", "answers": ["start", "later", "done"]}
DATE = {"ritual": "date_night", "title": "Date night", "turns": True, "answers": ["accept", "skip", "swap"]}
DINNER = {"ritual": "dinner", "title": "Phones away", "mode": True, "answers": ["start", "done"]}
BREAK = {"ritual": "break", "title": "Time-out", "answers": ["start", "stop"], "run": {"time_out": {"lasts": "20min"}}}
HOUSEHOLD = "homeassistant/device/turntoward/config"
ALEX = "homeassistant/device/turntoward_alex/config"
OF_THE_HOUSEHOLD = {
    "now": "sensor",
    "next": "sensor",
    "card": "sensor",
    "minutes_left": "sensor",
    "reply": "sensor",
    "start": "button",
    "done": "button",
    "later": "button",
    "not_today": "button",
    "quiet_tonight": "switch",
    "season": "select",
    "rituals": "binary_sensor",
    "connection": "binary_sensor",
    "occasion": "event",
}


def rulebook(*rituals: dict[str, Any]) -> Rulebook:
    return Rulebook(rituals=tuple(Ritual.model_validate(r) for r in rituals))


def components(settings: Settings, *rituals: dict[str, Any], device: str = HOUSEHOLD) -> dict[str, Any]:
    found: dict[str, Any] = discovery.messages(settings, rulebook(*rituals))[device]["components"]
    return found


def of_a_ritual(*rituals: dict[str, Any]) -> dict[str, Any]:
    found = components(household(1883), *rituals)
    return {key: one for key, one in found.items() if key not in OF_THE_HOUSEHOLD}


def test_the_household_has_its_entities_whatever_rituals_there_are() -> None:
    found = components(household(1883))
    assert {key: component["p"] for key, component in found.items()} == OF_THE_HOUSEHOLD
    for key, component in found.items():
        assert component["unique_id"] == component["object_id"] == f"turntoward_{key}"
        assert component["default_entity_id"] == f"{component['p']}.turntoward_{key}"


def test_the_page_about_entities_names_every_entity_and_every_step() -> None:
    page = (Path(__file__).parents[2] / "docs" / "entities.md").read_text("utf-8")
    assert not [key for key in OF_THE_HOUSEHOLD if f"turntoward_{key}`" not in page and f"`_{key}`" not in page]
    assert not [step for step in occasions.STEPS if f"`{step}`" not in page]


def test_where_home_assistant_is_asked_it_is_told_whether_we_reach_it() -> None:
    linked = Settings.model_validate({**HOME, "mqtt": {}, "homeassistant": {"url": "http://ha:8123", "token": "t"}})
    found = components(linked)["home_assistant"]
    assert found["device_class"] == "connectivity"
    assert found["entity_category"] == "diagnostic"


def test_a_ritual_is_a_sensor_the_buttons_it_has_answers_for_and_a_trigger_for_each_step() -> None:
    found = of_a_ritual(TEA)
    assert [key for key, one in found.items() if one["p"] != "device_automation"] == [
        "evening_tea_state",
        "evening_tea_start",
        "evening_tea_later",
        "evening_tea_done",
    ]
    assert [one["type"] for one in found.values() if one["p"] == "device_automation"] == [
        "offered",
        "started",
        "postponed",
        "done",
        "expired",
        "undelivered",
        "stopped",
    ]


def test_the_sensor() -> None:
    assert of_a_ritual(HUG)["reunion_hug_state"] == {
        "p": "sensor",
        "unique_id": "turntoward_reunion_hug_state",
        "object_id": "turntoward_reunion_hug",
        "default_entity_id": "sensor.turntoward_reunion_hug",
        "qos": 1,
        "name": "Hug",
        "icon": "mdi:home-heart",
        "device_class": "enum",
        "options": ["idle", "offered", "running", "done", "not_today"],
        "state_topic": "turntoward/ritual/reunion_hug/state",
        "json_attributes_topic": "turntoward/ritual/reunion_hug/attributes",
        "availability_topic": "turntoward/status",
    }


def test_a_button_answers() -> None:
    button = of_a_ritual(HUG)["reunion_hug_not_today"]
    assert button["command_topic"] == "turntoward/ritual/reunion_hug/answer"
    assert button["payload_press"] == "not_today"
    assert button["default_entity_id"] == "button.turntoward_reunion_hug_not_today"
    assert button["name"] == "Hug: Not today"
    of_all = components(household(1883))["not_today"]
    assert (of_all["command_topic"], of_all["payload_press"]) == ("turntoward/answer", "not_today")
    assert of_all["name"] == "On now: Not today"


def test_a_mode_has_a_switch_that_ends_as_the_ritual_ends() -> None:
    switch = of_a_ritual(DINNER)["dinner_mode"]
    assert switch["default_entity_id"] == "switch.turntoward_dinner"
    assert (switch["payload_on"], switch["payload_off"]) == ("start", "done")
    assert of_a_ritual({**DINNER, "answers": ["start"]})["dinner_mode"]["payload_off"] == "stop"
    assert "reunion_hug_mode" not in of_a_ritual(HUG)


def test_turns_are_told_on_the_household_and_on_a_device_of_each() -> None:
    turn = of_a_ritual(DATE)["date_night_turn"]
    assert "options" not in turn  # a former name would be an error in Home Assistant's log
    told = discovery.messages(household(1883), rulebook(DATE, HUG))
    assert list(told) == [HOUSEHOLD, ALEX, "homeassistant/device/turntoward_sam/config"]
    assert told[ALEX]["device"]["name"] == "Turntoward Alex"
    assert told[ALEX]["device"]["via_device"] == "turntoward"
    (own,) = told[ALEX]["components"].values()
    assert own["default_entity_id"] == "binary_sensor.turntoward_alex_date_night_turn"
    assert own["name"] == "Your turn: Date night"


def test_without_turns_nobody_has_a_device_of_his_own() -> None:
    assert list(discovery.messages(household(1883), rulebook(HUG))) == [HOUSEHOLD]


def test_a_name_in_other_letters_is_written_in_those_home_assistant_knows() -> None:
    settings = Settings.model_validate({**HOME, "mqtt": {}, "partners": [{"name": "Jörg-André"}, {"name": "Ольга"}]})
    told = discovery.messages(settings, rulebook(DATE))
    assert [next(iter(m["device"]["identifiers"])) for m in told.values()] == [
        "turntoward",
        "turntoward_jorg_andre",
        "turntoward_2",
    ]
    alike = Settings.model_validate({**HOME, "mqtt": {}, "partners": [{"name": "Jörg"}, {"name": "Jorg"}]})
    assert len(discovery.messages(alike, rulebook(DATE))) == 3


def test_names_are_in_the_language_of_the_household() -> None:
    german = household(1883).model_copy(update={"language": "de-AT"})
    found = components(german, HUG, DATE)
    named = {
        key: found[key]["name"] for key in ("connection", "reunion_hug_state", "reunion_hug_done", "quiet_tonight")
    }
    assert list(named.values()) == ["Verbindung", "Umarmung", "Umarmung: Gemacht", "Ruhiger Abend"]
    assert "'Nichts'" in found["now"]["value_template"]
    assert found["date_night_turn"]["name"] == "Date night: wer dran ist"
    swedish = household(1883).model_copy(update={"language": "sv"})
    assert components(swedish, HUG)["reunion_hug_done"]["name"] == "Hug: Done"


@pytest.mark.parametrize("language", words.WORDS)
def test_every_answer_and_every_entity_has_a_word_and_an_icon(language: str) -> None:
    assert set(words.WORDS[language]) == set(words.WORDS["en"])
    assert set(ANSWERS) - {"share"} <= set(words.WORDS[language])
    assert set(ANSWERS) - {"share"} <= set(words.ICONS)


def test_every_entity_has_an_icon_or_a_class_that_draws_one() -> None:
    linked = Settings.model_validate({**HOME, "mqtt": {}, "homeassistant": {"url": "http://ha:8123", "token": "t"}})
    found = discovery.components(linked, rulebook(HUG, TEA, DATE, DINNER, BREAK))
    without = {c["unique_id"]: c.get("device_class") for c in found if "unique_id" in c and "icon" not in c}
    assert without == {"turntoward_connection": "connectivity", "turntoward_home_assistant": "connectivity"}


def test_every_ritual_that_comes_with_us_has_an_icon_of_its_own() -> None:
    with_a_sensor = [name for name, entry in read_library().entries.items() if not entry.ritual.private]
    assert not [name for name in with_a_sensor if words.icon_of(name) == "mdi:heart-outline"]
    assert words.icon_of("evening_tea") == "mdi:heart-outline"


def test_what_is_shared_needs_words_so_it_has_no_button() -> None:
    jar = {"ritual": "jar", "title": "Jar", "answers": ["done", "share"]}
    assert "jar_done" in of_a_ritual(jar)
    assert "jar_share" not in of_a_ritual(jar)


def test_an_answer_of_another_season_has_its_button_too() -> None:
    seasonal = {**TEA, "short": {"answers": ["enough"]}, "apart": False}
    ritual = Ritual.model_validate(seasonal)
    assert ritual_entities.pressed(ritual) == ("start", "later", "done", "enough")


def test_a_private_ritual_has_no_entity() -> None:
    told = discovery.messages(household(1883), rulebook(HUG, PRIVATE_LOG))
    assert told == discovery.messages(household(1883), rulebook(HUG))
    assert "bid_log" not in json.dumps(told)


def test_of_a_time_out_nothing_is_told_that_home_assistant_would_keep_for_automations() -> None:
    follows = {"ritual": "repair", "title": "Repair", "triggers": [{"trigger": "ritual", "ritual": "break"}]}
    found = components(household(1883), HUG, BREAK, follows)
    triggers = {one["subtype"] for one in found.values() if one["p"] == "device_automation"}
    assert triggers == {"reunion_hug"}
    assert "break" not in found["occasion"]["value_template"]
    assert "repair" not in found["occasion"]["value_template"]
    assert {"break_state", "break_start", "break_stop", "repair_state"} <= set(found)


def test_every_way_an_occasion_can_end_is_a_step_that_is_told() -> None:
    assert set(get_args(Outcome)) <= set(occasions.STEPS)


def test_each_answer_of_its_own_is_a_button() -> None:
    names = [c["name"] for c in of_a_ritual(DATE).values() if c["p"] == "button"]
    assert names == [f"Date night: {word}" for word in ("Start", "Yes, gladly", "Not this time", "Swap turns")]


def test_two_households_on_one_broker_have_no_id_in_common() -> None:
    ours, theirs = household(1883), household(1883, client_id="Next-Door", base="next/door")
    told = [discovery.messages(settings, rulebook(HUG, DATE)) for settings in (ours, theirs)]
    ids = [
        {one[key] for one in discovery.components(settings, rulebook(HUG, DATE)) for key in ("unique_id", "object_id")
         if key in one}
        for settings in (ours, theirs)
    ]  # fmt: skip
    assert not ids[0] & ids[1]
    assert "turntoward_next_door_reunion_hug_state" in ids[1]
    assert not set(told[0]) & set(told[1])
    assert "homeassistant/device/turntoward_next_door/config" in told[1]
    assert "homeassistant/device/turntoward_next_door_alex/config" in told[1]
    assert [message["device"]["name"] for message in told[1].values()] == [
        "Turntoward (Next-Door)",
        "Turntoward Alex (Next-Door)",
        "Turntoward Sam (Next-Door)",
    ]
    identifiers = [{i for m in messages.values() for i in m["device"]["identifiers"]} for messages in told]
    assert not identifiers[0] & identifiers[1]


def test_no_two_components_share_an_id() -> None:
    found = [c for c in discovery.components(household(1883), rulebook(HUG, TEA, DATE, DINNER)) if "unique_id" in c]
    assert len({component["unique_id"] for component in found}) == len(found)
    assert len({component["default_entity_id"] for component in found}) == len(found)


def test_all_but_the_connection_are_unavailable_while_we_are_away() -> None:
    found = discovery.components(household(1883), rulebook(HUG, TEA, DATE, DINNER))
    without = [c for c in found if "availability_topic" not in c and c["p"] != "device_automation"]
    assert [c["unique_id"] for c in without] == ["turntoward_connection"]


def test_switched_off() -> None:
    assert discovery.messages(household(1883, discovery=None), rulebook(HUG, DATE)) == {}
    assert "ha/device/turntoward/config" in discovery.messages(household(1883, discovery="ha"), rulebook(HUG))


def test_what_is_gone_is_taken_back_by_its_platform_alone() -> None:
    before = json.dumps(discovery.messages(household(1883), rulebook(HUG, TEA))[HOUSEHOLD])
    now = discovery.messages(household(1883), rulebook(TEA))[HOUSEHOLD]
    gone = discovery.gone(before, now)
    assert {"reunion_hug_state", "reunion_hug_done", "reunion_hug_when_offered"} <= set(gone)
    assert all(key.startswith("reunion_hug") for key in gone)
    message = discovery.farewell(now, gone)["components"]
    assert message["reunion_hug_state"] == {"p": "sensor"}
    assert message["reunion_hug_when_offered"] == {"p": "device_automation"}
    assert message["evening_tea_state"] == now["components"]["evening_tea_state"]


@pytest.mark.parametrize("before", [None, "", "[]", "{", "7", '{"components": 7}', '{"components": {"x": 7, "y": {}}}'])
def test_what_is_not_ours_is_not_taken_back(before: str | None) -> None:
    assert discovery.gone(before, discovery.messages(household(1883), rulebook(HUG))[HOUSEHOLD]) == {}


@pytest.mark.parametrize(
    "kept", [None, "", "{", "7", '{"a": 1}', "[7, null]", '["homeassistant/device/lamp/config", "turntoward/home"]']
)
def test_no_topic_is_emptied_that_is_not_ours(kept: str | None) -> None:
    assert discovery.former(kept) == []
    assert discovery.former(json.dumps([ALEX])) == [ALEX]
