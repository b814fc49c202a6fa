"""Who is sent what, and what one phone's failure means for the other."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.channels.sides import NOON, Called
from tests.fakes import ManualClock
from turntoward.channels import Reach
from turntoward.channels.phone import PhoneChannel, build, tag_of
from turntoward.core.actions import ClearNotice, Notify, SetTile
from turntoward.core.rules import Rulebook
from turntoward.ports import Impossible, NotNow
from turntoward.settings import Settings

ALEX, SAM = "notify.mobile_app_alex_phone", "notify.mobile_app_sam_phone"
BOTH = ("alex", "sam")
TEXT = "A moment for you two?"
HELLO = Notify(
    "n1", "check_in", "check_in-1", TEXT, ("start", "later"), BOTH, "check_in-1", NOON + timedelta(minutes=9)
)
CLEAR = ClearNotice("n2", "check_in", "check_in-1", BOTH, "check_in-1", NOON + timedelta(minutes=9))


def channel(home: Called | None, alex: str | None = ALEX, sam: str | None = SAM) -> PhoneChannel | None:
    settings = Settings.model_validate(
        {
            "partners": [{"name": "Alex", "phone": alex}, {"name": "Sam", "phone": sam}],
            "mqtt": {},
            "homeassistant": {"url": "http://ha"},
        }
    )
    return build(Reach(settings, Rulebook(), ManualClock(NOON), None, home))


def built(home: Called, **phones: str | None) -> PhoneChannel:
    made = channel(home, **phones)
    assert made is not None
    return made


def broken(service: str, problem: Exception) -> Any:
    def look(domain: str, called: str, data: Mapping[str, Any]) -> Exception | None:
        return problem if called == service else None

    return look


def test_both_get_the_words_and_what_replaces_them() -> None:
    home = Called()
    built(home).deliver(HELLO)
    assert [(domain, service) for domain, service, _ in home.made] == [
        ("notify", "mobile_app_alex_phone"),
        ("notify", "mobile_app_sam_phone"),
    ]
    for _, _, data in home.made:
        assert data["message"] == TEXT
        assert data["data"]["tag"] == tag_of(HELLO)
        assert data["data"]["group"] == "turntoward"
        assert data["data"]["channel"] == "Turntoward"
        assert data["data"]["ttl"] == data["data"]["timeout"] == 540
        assert "actions" not in data["data"]  # an answer from a lock screen has no way back yet


def test_nothing_that_passes_the_makers_of_phones_names_the_ritual() -> None:
    home = Called()
    phones = built(home)
    phones.deliver(HELLO)
    phones.deliver(CLEAR)
    assert "check_in" not in repr(home.made)
    assert tag_of(HELLO) != tag_of(replace(HELLO, tag="check_in-2"))


def test_only_those_asked_for_get_it() -> None:
    home = Called()
    built(home).deliver(replace(HELLO, to=("sam",)))
    assert [service for _, service, _ in home.made] == ["mobile_app_sam_phone"]


def test_it_is_taken_back_by_its_tag() -> None:
    home = Called()
    built(home).deliver(CLEAR)
    assert [data for _, _, data in home.made] == [
        {"message": "clear_notification", "data": {"tag": tag_of(HELLO)}},
        {"message": "clear_notification", "data": {"tag": tag_of(HELLO)}},
    ]


def test_a_notify_entity_takes_the_words_and_cannot_take_them_back() -> None:
    home = Called(notify__alex_phone="unknown")
    phones = built(home, alex="notify.alex_phone")
    phones.deliver(HELLO)
    assert home.made[0] == ("notify", "send_message", {"entity_id": "notify.alex_phone", "message": TEXT})
    home.made.clear()
    phones.deliver(CLEAR)
    assert [service for _, service, _ in home.made] == ["mobile_app_sam_phone"]


@pytest.mark.parametrize("problem", [Impossible("[not_found]"), NotNow("still starting")])
def test_one_phone_that_is_missing_is_named_and_the_other_gets_it(
    problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    home = Called()
    home.problem = broken("mobile_app_alex_phone", problem)
    with caplog.at_level(logging.WARNING):
        built(home).deliver(HELLO)
    assert [service for _, service, _ in home.made] == ["mobile_app_sam_phone"]
    assert ALEX in caplog.text
    assert TEXT not in caplog.text


def test_nobody_reached_is_a_failure_and_tried_again_where_that_may_help() -> None:
    home = Called()
    home.problem = lambda domain, service, data: Impossible("[not_found]")
    with pytest.raises(Impossible, match=f"{ALEX}.*{SAM}"):
        built(home).deliver(HELLO)
    home.problem = lambda domain, service, data: NotNow("no connection") if "sam" in service else Impossible("gone")
    with pytest.raises(NotNow, match=SAM):
        built(home).deliver(HELLO)


def test_a_partner_without_a_phone_is_left_out() -> None:
    home = Called()
    phones = built(home, alex=None)
    phones.deliver(HELLO)
    assert [service for _, service, _ in home.made] == ["mobile_app_sam_phone"]
    with pytest.raises(Impossible, match="phone"):
        phones.deliver(replace(HELLO, to=("alex",)))


def test_a_home_without_phones_has_no_such_channel() -> None:
    assert channel(Called(), None, None) is None
    assert channel(None) is None


def test_it_may_be_sent_again() -> None:
    assert not built(Called()).at_most_once
    with pytest.raises(Impossible, match="SetTile"):
        built(Called()).deliver(SetTile("t", "check_in", "check_in-1", "idle", "", None, NOON))
