"""What events of Home Assistant mean, and what of them never gets any further."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.adapters.mqtt_home import RULEBOOK, household
from turntoward.adapters.homeassistant.happenings import event_types, events_of
from turntoward.core.events import PRIVATE, Event, HomeEventFired, RitualAnswered, TagScanned
from turntoward.core.rules import Rulebook
from turntoward.settings import Listening, NotAnAnswer

HEARD = Listening.of(household(1883), RULEBOOK)
WHO = {"device_id": "canary-device", "user_id": "canary-user", "context": {"user_id": "canary-user"}}


def told(event_type: str, data: dict[str, Any], heard: Listening = HEARD) -> list[Event]:
    return list(events_of(heard, event_type, data))


def naming(event_type: str, *keys: str) -> Listening:
    trigger = {"trigger": "event", "event_type": event_type, "event_data": dict.fromkeys(keys, "x")}
    rule = {"rule": "r", "triggers": [trigger], "actions": [{"action": "mqtt", "topic": "x"}]}
    return Listening.of(household(1883), Rulebook.model_validate({"rules": [rule]}))


def test_only_what_somebody_wants_to_hear_is_subscribed_to() -> None:
    assert event_types(HEARD) == ("turntoward_answer", "tag_scanned", "dinner_bell")
    assert event_types(Listening.of(household(1883), Rulebook())) == ()


def test_a_tag_has_its_name_and_no_finder() -> None:
    assert told("tag_scanned", {"tag_id": "04-5F-77", "name": None, **WHO}) == [TagScanned("phone_bowl")]
    assert told("tag_scanned", {"tag_id": "AB-12", **WHO}) == [TagScanned("AB-12")]
    assert told("tag_scanned", {"tag_id": None, **WHO}) == []


def test_a_rule_that_asks_for_the_phone_of_a_tag_is_not_told() -> None:
    heard = naming("tag_scanned", "tag_id", "device_id", "user_id")
    assert told("tag_scanned", {"tag_id": "AB-12", **WHO}, heard) == [
        HomeEventFired("tag_scanned", {"tag_id": "AB-12"})
    ]


def test_of_an_event_only_what_is_asked_about_is_kept() -> None:
    data = {"room": "hall", "volume": 3, "who": "canary", **WHO}
    assert told("dinner_bell", data) == [HomeEventFired("dinner_bell", {"room": "hall"})]
    assert told("dinner_bell", {"room": {"name": "canary"}}) == [HomeEventFired("dinner_bell", {})]
    assert told("dinner_bell", {}) == [HomeEventFired("dinner_bell", {})]
    assert told("phone_rang", data) == []


@pytest.mark.parametrize(
    ("value", "text"), [(True, "on"), (False, "off"), (3, "3"), (21.5, "21.5"), ("Hall", "Hall"), ("", "")]
)
def test_values_are_written_as_rules_write_them(value: object, text: str) -> None:
    assert told("dinner_bell", {"room": value}) == [HomeEventFired("dinner_bell", {"room": text})]


def test_answers() -> None:
    assert told("turntoward_answer", {"ritual": "evening_tea", "answer": "Enough", **WHO}) == [
        RitualAnswered("evening_tea", "enough")
    ]
    assert told("turntoward_answer", {"ritual": "reunion_hug", "answer": "start", "lasts": {"minutes": 40}}) == [
        RitualAnswered("reunion_hug", "start", timedelta(minutes=40))
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, "evening_tea"),
        ({"ritual": "reunion_hug"}, "not_today"),
        ({"ritual": "reunion_hug", "answer": "enough"}, "not_today"),
        ({"ritual": "reunion_hug", "answer": "start", "lasts": 40}, "40min"),
        ({"ritual": "bid_log", "answer": "done"}, "evening_tea"),
        ({"ritual": ["reunion_hug"], "answer": "done"}, "evening_tea"),
    ],
)
def test_an_answer_that_is_none_says_what_would_be_one(data: dict[str, Any], expected: str) -> None:
    with pytest.raises(NotAnAnswer) as refused:
        told("turntoward_answer", data)
    assert expected in refused.value.expected
    assert "bid_log" not in refused.value.expected


def test_no_event_is_a_private_act() -> None:
    for kind in (*event_types(HEARD), "turntoward_private", "private_act", "turntoward_pause"):
        for act in PRIVATE:
            data = {key: act for key in ("ritual", "answer", "act", "type", "tag_id", "room")}
            for ritual in (*HEARD.answers, "bid_log", act):
                try:
                    found = told(kind, {**data, "ritual": ritual, "partner": "alex"})
                except NotAnAnswer:
                    continue
                assert "private_act" not in [event.type for event in found]


def test_nothing_of_a_person_is_left() -> None:
    events = [
        *told("tag_scanned", {"tag_id": "04-5F-77", **WHO}),
        *told("dinner_bell", {"room": "hall", **WHO}),
        *told("turntoward_answer", {"ritual": "reunion_hug", "answer": "done", **WHO}),
    ]
    assert len(events) == 3
    assert "canary" not in json.dumps([repr(event) for event in events])
