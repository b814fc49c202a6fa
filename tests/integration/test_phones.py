"""Messages on real registrations of the companion app: what reaches the push service of each phone."""

from __future__ import annotations

import logging
import socket
from datetime import timedelta

import pytest

from tests.peers.homeassistant import HomeAssistant
from tests.peers.ports import HOST
from turntoward.adapters.clock import SystemClock
from turntoward.adapters.homeassistant import Calls
from turntoward.channels import Reach
from turntoward.channels.phone import PhoneChannel, build
from turntoward.channels.phone.notices import tag_of
from turntoward.core.actions import Button, ClearNotice, Notify
from turntoward.core.rules import Rulebook
from turntoward.ports import Impossible, NotNow
from turntoward.settings import Settings

pytestmark = pytest.mark.integration

CLOCK = SystemClock()
TEXT = "A moment for you two?"
BOTH = ("alex", "sam")


def channel(
    home: HomeAssistant, alex: str = "notify.mobile_app_alex_phone", sam: str = "notify.mobile_app_sam_phone"
) -> PhoneChannel:
    settings = Settings.model_validate(
        {
            "partners": [{"name": "Alex", "phone": alex}, {"name": "Sam", "phone": sam}],
            "mqtt": {},
            "homeassistant": {"url": home.url, "token": home.token},
        }
    )
    assert settings.homeassistant is not None
    made = build(Reach(settings, Rulebook(), CLOCK, None, Calls(settings.homeassistant)))
    assert made is not None
    return made


def hello(*to: str) -> Notify:
    until = CLOCK.now() + timedelta(minutes=10)
    buttons = (Button("start", "aa11"), Button("share", "bb22"))
    return Notify("n1", "check_in", "check_in-1", TEXT, to or BOTH, "check_in-1", until, buttons)


def test_a_message_and_its_end_on_both_phones(home: HomeAssistant) -> None:
    phones = channel(home)
    phones.deliver(hello())
    phones.deliver(ClearNotice("n2", "check_in", "check_in-1", BOTH, "check_in-1", hello().valid_until))
    for who in BOTH:
        shown, cleared = home.wait_pushes(who, count=2)
        assert shown["message"] == TEXT
        assert {key: shown["data"][key] for key in ("tag", "group", "channel")} == {
            "tag": tag_of(hello()),
            "group": "turntoward",
            "channel": "Turntoward",
        }
        assert 590 <= shown["data"]["timeout"] <= 600
        assert [action["action"] for action in shown["data"]["actions"]] == ["TURNTOWARD_aa11", "TURNTOWARD_bb22"]
        assert shown["data"]["actions"][1]["behavior"] == "textInput"
        assert shown["data"]["push"] == {"interruption-level": "active"}
        expires = int(shown["data"]["apns_headers"]["apns-expiration"])
        assert 590 <= expires - shown["time"] <= 601
        assert cleared["message"] == "clear_notification"
        assert cleared["data"]["tag"] == shown["data"]["tag"]


def test_android_and_ios_get_the_same_but_for_what_home_assistant_adds(home: HomeAssistant) -> None:
    channel(home).deliver(hello())
    to_alex, to_sam = (home.wait_pushes(who)[0] for who in BOTH)
    assert to_alex["registration_info"]["app_id"] != to_sam["registration_info"]["app_id"]
    assert to_alex["data"] == to_sam["data"]
    for told in (to_alex, to_sam):
        assert set(told) == {"time", "message", "data", "push_token", "registration_info"}


def test_a_message_sent_again_takes_the_place_of_the_first(home: HomeAssistant) -> None:
    phones = channel(home)
    phones.deliver(hello())
    phones.deliver(hello())
    for who in BOTH:
        first, second = home.wait_pushes(who, count=2)
        assert first["data"]["tag"] == second["data"]["tag"]
        assert second["data"]["alert_once"] is True


def test_the_makers_server_is_down_and_home_assistant_does_not_tell(home: HomeAssistant) -> None:
    """It answers that all is well and writes the error into its own log; so nothing of this can be known here."""
    phones = channel(home)
    home.sink.stop()
    phones.deliver(hello())
    home.sink.start()
    phones.deliver(hello())
    assert len(home.wait_pushes("alex")) == 1


def test_a_makers_server_that_hangs_is_waited_for_as_long_as_home_assistant_does(home: HomeAssistant) -> None:
    phones = channel(home)
    home.sink.stop()
    with socket.create_server((HOST, home.sink.port)):  # takes the connection and says nothing
        phones.deliver(hello("alex"))
    home.sink.start()


def test_only_whom_it_is_for(home: HomeAssistant) -> None:
    channel(home).deliver(hello("sam"))
    home.wait_pushes("sam")
    assert home.pushes("alex") == []


def test_a_phone_that_is_gone_does_not_keep_the_other_from_it(
    home: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    phones = channel(home, alex="notify.mobile_app_old_phone")
    with caplog.at_level(logging.WARNING):
        phones.deliver(hello())
    assert [push["message"] for push in home.wait_pushes("sam")] == [TEXT]
    assert "mobile_app_old_phone" in caplog.text
    with pytest.raises(Impossible, match="not found"):
        phones.deliver(hello("alex"))


def test_a_notify_entity_gets_the_words(home: HomeAssistant) -> None:
    phones = channel(home, alex="notify.message_board")
    phones.deliver(hello("alex"))
    assert [call["message"] for call in home.calls("notify")] == [TEXT]


def test_home_assistant_is_down(home: HomeAssistant) -> None:
    phones = channel(home)
    home.stop()
    with pytest.raises(NotNow, match="nothing answers"):
        phones.deliver(hello())
    home.start()
    phones.deliver(hello())
    home.wait_pushes("alex")
