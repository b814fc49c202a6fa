"""Messages on real registrations of the companion app: what reaches the push service of each phone."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from tests.peers.homeassistant import HomeAssistant
from turntoward.adapters.clock import SystemClock
from turntoward.adapters.homeassistant import Calls
from turntoward.channels import Reach
from turntoward.channels.phone import PhoneChannel, build, tag_of
from turntoward.core.actions import ClearNotice, Notify
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
    return Notify("n1", "check_in", "check_in-1", TEXT, ("start",), to or BOTH, "check_in-1", until)


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
        assert cleared["message"] == "clear_notification"
        assert cleared["data"]["tag"] == shown["data"]["tag"]


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
