"""What messages mean, without a broker. What people choose by one is in test_mqtt_choices."""

from __future__ import annotations

import pytest

from tests.adapters.mqtt_home import RULEBOOK, household
from tests.adapters.mqtt_messages import TOPICS, fault, translated
from turntoward.adapters.mqtt.meaning import events_of
from turntoward.adapters.mqtt.topics import Arrival, Topics, Unusable
from turntoward.core.events import (
    ANSWERS,
    Event,
    MessageReceived,
    PresenceChanged,
    SignalChanged,
    TagScanned,
)
from turntoward.core.rules import Rulebook
from turntoward.settings import OurTopics, Settings, Told

ALEX = "turntoward/presence/alex"
GUESTS = "home/guests"
TAG = "turntoward/tag"


@pytest.mark.parametrize(
    ("payload", "raw"),
    [
        ("home", "home"),
        (" HOME\n", "home"),
        ("not_home", "away"),
        ("Work", "away"),
        ("Oma und Opa", "away"),
        ("unknown", "unknown"),
        ("Unavailable", "unknown"),
        ("", "unknown"),
        ('{"state": "home"}', "home"),
        ('{"state": "Not_Home", "source": "phone"}', "away"),
        ('{"value": null}', "unknown"),
        ('"home"', "home"),
    ],
)
def test_presence(payload: str, raw: str) -> None:
    assert translated(ALEX, payload) == [PresenceChanged("alex", raw)]  # type: ignore[arg-type]


@pytest.mark.parametrize("payload", ["on", "true", "False", "0", "1.5", '{"state": true}', "[]", "{", '{"x": "home"}'])
def test_a_switch_or_a_number_is_no_place(payload: str) -> None:
    assert "not_home" in fault(ALEX, payload).expected


def test_what_somebody_sent_as_presence_is_not_repeated() -> None:
    assert fault(ALEX, '{"gps": "52.5, 13.4"}').shown == ""


@pytest.mark.parametrize(("arrival", "snapshot"), [("live", False), ("late", True), ("retained", True)])
def test_what_was_not_seen_happening_is_a_snapshot(arrival: Arrival, snapshot: bool) -> None:
    assert translated(ALEX, "home", arrival) == [PresenceChanged("alex", "home", snapshot=snapshot)]
    assert translated(GUESTS, "on", arrival) == [SignalChanged("guests", "on", snapshot=snapshot)]


@pytest.mark.parametrize(
    ("payload", "value"),
    [
        ("on", "on"),
        (" Playing ", "Playing"),
        ("", ""),
        ("21.5", "21.5"),
        ('{"state": "ON"}', "ON"),
        ('{"value": 21.5}', "21.5"),
        ('{"state": true}', "true"),
        ('{"value": false}', "false"),
        ('{"state": null}', ""),
        ("x" * 255, "x" * 255),
    ],
)
def test_signals(payload: str, value: str) -> None:
    assert translated(GUESTS, payload) == [SignalChanged("guests", value)]


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ("x" * 256, "characters"),
        ("a\nb", "several lines"),
        ("\x00", "several lines"),
        (b"\xff\xfe\x00", "UTF-8"),
        ("x" * 4097, "4096 bytes"),
        ("{" * 4000, "JSON"),
        ("[" * 4000, "JSON"),
        ('{"state": {"state": "on"}}', "JSON without"),
        ('{"brightness": 3}', "JSON without"),
    ],
)
def test_unusable_signals(payload: str | bytes, kind: str) -> None:
    problem = fault(GUESTS, payload)
    assert kind in problem.kind
    assert len(problem.shown) <= 40


@pytest.mark.parametrize("payload", ["phone_bowl", "04-5F-77", '{"tag": "phone_bowl"}', '{"tag_id": "04-5F-77"}'])
def test_a_tag_has_one_name_by_name_or_by_id(payload: str) -> None:
    assert translated(TAG, payload) == [TagScanned("phone_bowl")]


def test_a_tag_without_a_name_is_its_id() -> None:
    assert translated(TAG, "AB-12") == [TagScanned("AB-12")]
    assert "no tag" in fault(TAG, "").kind


def test_a_tag_is_for_the_moment_in_which_it_is_scanned() -> None:
    assert translated(TAG, "phone_bowl", "late") == []
    assert "for ever" in fault(TAG, "phone_bowl", "retained").kind


def test_a_message_that_a_rule_names_is_heard_as_it_happens_and_never_after() -> None:
    assert translated("home/table", " laid\n") == [MessageReceived("home/table", "laid")]
    assert translated("home/table", '{"a": [1]}') == [MessageReceived("home/table", '{"a": [1]}')]
    assert translated("home/table", "laid", "late") == []
    assert translated("home/table", "laid", "retained") == []
    assert "UTF-8" in fault("home/table", b"\xff").kind
    assert "4096" in fault("home/table", "x" * 5000).kind


def test_topics_of_all_seasons_are_heard_and_those_of_rules() -> None:
    book = Rulebook.model_validate(
        {
            "rituals": [
                {
                    "ritual": "goodbye",
                    "title": "Goodbye",
                    "triggers": [{"trigger": "mqtt", "topic": "hall/coats"}],
                    "apart": {"triggers": [{"trigger": "mqtt", "topic": "away/coats"}], "answers": ["accept"]},
                }
            ],
            "rules": [
                {
                    "rule": "lamp",
                    "triggers": [{"trigger": "mqtt", "topic": "hall/coats"}, {"trigger": "mqtt", "topic": "lamp"}],
                    "actions": [{"action": "mqtt", "topic": "x"}],
                }
            ],
        }
    )
    topics = Topics.of(household(1883), book)
    assert topics.listening.topics == ("hall/coats", "away/coats", "lamp")
    assert set(topics.listening.topics) <= set(topics.filters())
    assert topics.ours.tag not in topics.filters()
    assert "accept" in topics.listening.answers["goodbye"]
    assert set(topics.listening.answers["goodbye"]) < set(ANSWERS)


def test_other_topics_say_nothing() -> None:
    for topic in ("home/other", "turntoward/ritual/reunion_hug/state", "turntoward/ritual/answer", "turntoward/status"):
        assert translated(topic, "done") == []


def test_everything_is_subscribed_to_once() -> None:
    assert TOPICS.filters() == [
        "turntoward/presence/alex",
        "turntoward/presence/sam",
        "home/guests",
        "turntoward/signal/entry_door",
        "turntoward/ritual/+/answer",
        "turntoward/answer",
        "turntoward/season/set",
        "turntoward/quiet/set",
        "turntoward/tag",
        "home/table",
        "homeassistant/status",
    ]
    assert "homeassistant/status" not in Topics.of(household(1883, discovery=None), RULEBOOK).filters()


def test_one_topic_may_tell_a_presence_and_a_signal() -> None:
    both = Topics(OurTopics("b"), (Told("t/x", "alex"),), (Told("t/x", "guests"),))
    assert list(events_of(both, "t/x", b"home", "live")) == [
        PresenceChanged("alex", "home"),
        SignalChanged("guests", "home"),
    ]


KEYED = Settings.model_validate(
    {
        "partners": [
            {"name": "Alex", "presence": {"topic": "tags/alex", "key": "room"}},
            {"name": "Sam"},
        ],
        "signals": {
            "entry_door": {"topic": "zigbee2mqtt/front_door", "key": "contact", "on": [False]},
            "knocking": {"topic": "zigbee2mqtt/front_door", "key": "vibration"},
        },
        "mqtt": {},
    }
)


def keyed(topic: str, payload: str) -> list[Event]:
    return list(events_of(Topics.of(KEYED, RULEBOOK), topic, payload.encode(), "live"))


@pytest.mark.parametrize(
    ("payload", "door", "is_open"),
    [
        ('{"contact": false, "battery": 97, "vibration": 0}', "false", True),
        ('{"battery": 97, "contact": true, "vibration": 0, "state": "on"}', "true", False),
        ('{"contact": null, "vibration": 0}', "", False),
    ],
)
def test_a_key_names_what_is_read(payload: str, door: str, is_open: bool) -> None:
    assert keyed("zigbee2mqtt/front_door", payload) == [
        SignalChanged("entry_door", door),
        SignalChanged("knocking", "0"),
    ]
    assert KEYED.signals["entry_door"].is_on(door) is is_open


def test_a_key_of_presence() -> None:
    assert keyed("tags/alex", '{"state": "tracking", "room": "not_home"}') == [PresenceChanged("alex", "away")]
    with pytest.raises(Unusable) as caught:
        keyed("tags/alex", '{"room": true}')
    assert '{"room": "home"}' in caught.value.expected
    assert caught.value.shown == ""


@pytest.mark.parametrize("payload", ['{"battery": 97}', '{"state": "on"}', "on", "false", '["contact"]', '"contact"'])
def test_a_payload_without_the_key_is_refused_by_the_name_of_the_key(payload: str) -> None:
    with pytest.raises(Unusable, match=r"JSON .*'contact'") as caught:
        keyed("zigbee2mqtt/front_door", payload)
    assert '{"contact": "on"}' in caught.value.expected
    assert caught.value.about == "zigbee2mqtt/front_door"


def test_what_one_key_lacks_does_not_take_the_other_away() -> None:
    events = events_of(Topics.of(KEYED, RULEBOOK), "zigbee2mqtt/front_door", b'{"vibration": 1}', "live")
    assert next(events) == SignalChanged("knocking", "1")
    with pytest.raises(Unusable, match="'contact'"):
        next(events)


def test_an_emptied_topic_with_a_key_says_that_nothing_is_known() -> None:
    assert keyed("zigbee2mqtt/front_door", "") == [SignalChanged("entry_door", ""), SignalChanged("knocking", "")]


def test_a_topic_with_two_keys_is_subscribed_to_once() -> None:
    assert Topics.of(KEYED, RULEBOOK).filters()[:3] == [
        "tags/alex",
        "turntoward/presence/sam",
        "zigbee2mqtt/front_door",
    ]
