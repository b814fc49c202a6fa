"""What events of Home Assistant mean, and what of them never gets any further."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.adapters.mqtt_home import RULEBOOK, household
from turntoward.adapters.homeassistant.happenings import BUTTON, event_types, events_of
from turntoward.core.events import PRIVATE, Event, HomeEventFired, NoticeAnswered, RitualAnswered, TagScanned
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
    assert event_types(HEARD, phones=False) == ("turntoward_answer", "tag_scanned", "dinner_bell")
    assert event_types(Listening.of(household(1883), Rulebook()), phones=False) == ()


def test_buttons_are_heard_where_somebody_has_a_phone_and_there_is_something_to_answer() -> None:
    assert BUTTON in event_types(HEARD, phones=True)
    assert event_types(Listening.of(household(1883), Rulebook()), phones=True) == ()


TOKEN = "0f" * 16
ANDROID = {
    "action": f"TURNTOWARD_{TOKEN}", "tag": "turntoward-1", "message": "A moment?", "webhook_id": "canary-webhook",
    "action_1_key": f"TURNTOWARD_{TOKEN}", "action_1_title": "Later", **WHO,
}  # fmt: skip
IOS = {"action": f"TURNTOWARD_{TOKEN}", "action_data": {"who": "canary"}, "reply_text": None, **WHO}


@pytest.mark.parametrize("data", [ANDROID, IOS])
def test_a_button_is_its_token_on_both_systems(data: dict[str, Any]) -> None:
    assert told(BUTTON, data) == [NoticeAnswered(TOKEN)]


def test_what_was_typed_comes_along_and_no_more_of_it_than_fits() -> None:
    assert told(BUTTON, {**ANDROID, "reply_text": "Thank you for the soup"}) == [
        NoticeAnswered(TOKEN, "Thank you for the soup")
    ]
    (long,) = told(BUTTON, {**ANDROID, "reply_text": "ä" * 10_000})
    assert long == NoticeAnswered(TOKEN, "ä" * 500)
    assert told(BUTTON, {**ANDROID, "reply_text": ["a", "list"]}) == [NoticeAnswered(TOKEN)]


@pytest.mark.parametrize(
    "action", ["REPLY", "URI", "OPEN_GARAGE", "turntoward_ff", "TURNTOWARD_", "TURNTOWARD_" + "f" * 1000, None, ["x"]]
)
def test_buttons_of_others_are_none_of_our_business(action: object) -> None:
    assert told(BUTTON, {"action": action, "reply_text": "canary"}) == []


def test_a_rule_hears_buttons_of_others_and_never_ours() -> None:
    heard = naming(BUTTON, "action", "reply_text", "webhook_id")
    assert told(BUTTON, {"action": "OPEN_GARAGE", "webhook_id": "canary"}, heard) == [
        HomeEventFired(BUTTON, {"action": "OPEN_GARAGE"})
    ]
    assert told(BUTTON, {**ANDROID, "reply_text": "ours"}, heard) == [NoticeAnswered(TOKEN, "ours")]


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
    assert told("turntoward_answer", {"answer": "done"}) == [RitualAnswered("", "done")]  # whatever is on now
    assert told("turntoward_answer", {"ritual": "Tea", "answer": "later", "reply_to": "kitchen-7"}) == [
        RitualAnswered("evening_tea", "later", reply_to="kitchen-7")
    ]


def test_what_is_shared_comes_along_and_an_unknown_name_is_for_whoever_waits_for_a_reply() -> None:
    heard = Listening.of(
        household(1883),
        Rulebook.model_validate({"rituals": [{"ritual": "thanks", "title": "Thanks", "answers": ["share"]}]}),
    )
    assert told("turntoward_answer", {"ritual": "thanks", "answer": "share", "text": "For the soup", **WHO}, heard) == [
        RitualAnswered("thanks", "share", text="For the soup")
    ]
    (unknown,) = told("turntoward_answer", {"ritual": "morning run", "answer": "start", "reply_to": "x1"}, heard)
    assert isinstance(unknown, RitualAnswered)
    assert unknown.reply_to == "x1"
    assert unknown.ritual not in heard.answers


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, "not_today"),
        ({"ritual": "morning_run", "answer": "done"}, "evening_tea"),
        ({"answer": "done", "text": ["no", "words"]}, "words as text"),
        ({"answer": "done", "reply_to": "x" * 1000}, "reply_to"),
        ({"ritual": "reunion_hug"}, "not_today"),
        ({"ritual": "reunion_hug", "answer": "enough"}, "not_today"),
        ({"ritual": "reunion_hug", "answer": "start", "lasts": 40}, "40min"),
        ({"ritual": "bid_log", "answer": "done"}, "evening_tea"),
        ({"ritual": ["reunion_hug", "evening_tea"], "answer": "done"}, "evening_tea"),
    ],
)
def test_an_answer_that_is_none_says_what_would_be_one(data: dict[str, Any], expected: str) -> None:
    with pytest.raises(NotAnAnswer) as refused:
        told("turntoward_answer", data)
    assert expected in refused.value.expected
    assert "bid_log" not in refused.value.expected


def test_no_event_is_a_private_act() -> None:
    for kind in (*event_types(HEARD, phones=True), "turntoward_private", "private_act", "turntoward_pause"):
        for act in PRIVATE:
            data = {key: act for key in ("ritual", "answer", "act", "type", "tag_id", "room")}
            data["action"] = f"TURNTOWARD_{act.replace('_', '')}"
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
        *told(BUTTON, ANDROID),
        *told(BUTTON, IOS),
    ]
    assert len(events) == 5
    assert "canary" not in json.dumps([repr(event) for event in events])
