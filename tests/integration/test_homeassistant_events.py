"""Tags, answers and events of rules in a real Home Assistant; whose phone it was gets no further than the adapter."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from tests.adapters.mqtt_home import RULEBOOK
from tests.integration.listening import CONNECTED, LOGGER, LOST, QUICK, Inbox, household, lines, switch, wait_until
from tests.integration.test_homeassistant_listener import member_token
from tests.peers.homeassistant import HomeAssistant
from turntoward.adapters.clock import SystemClock
from turntoward.adapters.homeassistant import Listener
from turntoward.core.events import HomeEventFired, NoticeAnswered, RitualAnswered, SignalChanged, TagScanned
from turntoward.core.rules import Rulebook
from turntoward.settings import Settings

pytestmark = pytest.mark.integration

TAGS = {"phone_bowl": "04-5F-77"}
PHONES: dict[str, Any] = {
    "partners": [
        {"name": "Alex", "presence": "person.alex", "phone": "notify.mobile_app_alex_phone"},
        {"name": "Sam", "presence": "person.sam", "phone": "notify.mobile_app_sam_phone"},
    ]
}
TOKEN = "0a" * 16
ONLY_EVENTS: dict[str, Any] = {
    "partners": [{"name": "Alex"}, {"name": "Sam"}], "signals": {}, "mqtt": {},
}  # fmt: skip


@contextmanager
def listening(settings: Settings, rulebook: Rulebook = RULEBOOK) -> Iterator[Inbox]:
    inbox = Inbox()
    listener = Listener(settings, rulebook, SystemClock(), inbox, QUICK)
    listener.start()
    try:
        yield inbox
    finally:
        listener.stop()


def follows(inbox: Inbox, *events: object) -> None:
    inbox.wait(lambda seen: all(event in seen for event in events))


def test_a_tag_is_heard_by_its_name_and_nobody_knows_whose_phone_it_was(
    home: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with listening(household(home, tags=TAGS)) as inbox:
        inbox.wait_snapshots(1)
        with home.api.commands() as seen_by_others:
            seen_by_others.run("subscribe_events", event_type="tag_scanned")
            home.scan_tag("sam", "04-5F-77")
            event = seen_by_others.next_event()
        assert event["data"]["device_id"]  # it was there to be seen
        follows(inbox, TagScanned("phone_bowl"))
        home.fire("tag_scanned", {"tag_id": "AB-12", "device_id": "canary-device"})
        follows(inbox, TagScanned("AB-12"))
        told = repr(inbox.events) + caplog.text
    for trace in (event["data"]["device_id"], event["context"]["user_id"], "canary-device"):
        assert trace not in told


def test_answers_and_events_that_rules_name(home: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
    with listening(household(home)) as inbox:
        inbox.wait_snapshots(1)
        home.fire("turntoward_answer", {"ritual": "reunion_hug", "answer": "perhaps"})
        home.fire("turntoward_answer", {"ritual": "bid_log", "answer": "done"})
        home.fire("turntoward_answer", {"ritual": "reunion_hug", "answer": "pause"})
        home.fire("dinner_bell", {"room": "hall", "who": "canary"})
        home.fire("phone_rang", {"room": "hall"})
        home.fire("turntoward_answer", {"ritual": "reunion_hug", "answer": "start", "lasts": "40min"})
        started = RitualAnswered("reunion_hug", "start", timedelta(minutes=40))
        follows(inbox, started)
        assert inbox.events[5:] == [HomeEventFired("dinner_bell", {"room": "hall"}), started]
    assert "canary" not in repr(inbox.events)
    dropped = lines(caplog, logging.WARNING)
    assert len(dropped) == 2
    assert "expected done, later, not_today, start, stop" in dropped[0]
    assert "evening_tea" in dropped[1]


def test_a_button_of_either_phone_is_heard_and_nobody_knows_whose_it_was(
    home: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with listening(household(home, **PHONES)) as inbox:
        inbox.wait_snapshots(1)
        before = len(inbox.events)
        with home.api.commands() as seen_by_others:
            seen_by_others.run("subscribe_events", event_type="mobile_app_notification_action")
            home.answer_push("alex", "OPEN_GARAGE", "garage", reply_text="canary")
            home.answer_push("alex", f"TURNTOWARD_{TOKEN}", "turntoward-1", webhook_id="canary-webhook")
            home.answer_push("sam", f"TURNTOWARD_{TOKEN}b", "turntoward-1", reply_text="Thank you for the soup")
            users = {seen_by_others.next_event()["context"]["user_id"] for _ in range(3)}
        follows(inbox, NoticeAnswered(f"{TOKEN}b", "Thank you for the soup"))
        assert inbox.events[before:] == [NoticeAnswered(TOKEN), NoticeAnswered(f"{TOKEN}b", "Thank you for the soup")]
        told = repr(inbox.events) + caplog.text
    assert len(users) == 2  # it was there to be seen
    for trace in (*users, "canary", *(phone.webhook_id for phone in home.phones.values())):
        assert trace not in told
    assert "soup" not in caplog.text


def test_a_home_without_phones_does_not_listen_to_buttons(home: HomeAssistant) -> None:
    with listening(household(home)) as inbox:
        inbox.wait_snapshots(1)
        before = len(inbox.events)
        home.answer_push("alex", f"TURNTOWARD_{TOKEN}", "turntoward-1")
        home.fire("turntoward_answer", {"ritual": "reunion_hug", "answer": "done"})
        follows(inbox, RitualAnswered("reunion_hug", "done"))
        assert inbox.events[before:] == [RitualAnswered("reunion_hug", "done")]


def test_buttons_are_heard_again_after_a_restart(home: HomeAssistant) -> None:
    with listening(household(home, **PHONES)) as inbox:
        inbox.wait_snapshots(1)
        home.restart()
        inbox.wait_snapshots(2)
        home.answer_push("sam", f"TURNTOWARD_{TOKEN}", "turntoward-1")
        follows(inbox, NoticeAnswered(TOKEN))
        assert inbox.events.count(NoticeAnswered(TOKEN)) == 1


def test_what_waits_for_words_says_by_what_it_is_recognised(home: HomeAssistant) -> None:
    with listening(household(home)) as inbox:
        inbox.wait_snapshots(1)
        home.fire("turntoward_answer", {"answer": "done", "reply_to": "kitchen-1"})
        follows(inbox, RitualAnswered("", "done", reply_to="kitchen-1"))


def test_a_home_that_only_hears_events(home: HomeAssistant) -> None:
    with listening(household(home, **ONLY_EVENTS)) as inbox:
        inbox.wait(lambda seen: seen == [CONNECTED])
        home.fire("turntoward_answer", {"ritual": "reunion_hug", "answer": "done"})
        follows(inbox, RitualAnswered("reunion_hug", "done"))


def test_events_are_heard_again_after_a_restart(home: HomeAssistant) -> None:
    with listening(household(home, tags=TAGS)) as inbox:
        inbox.wait_snapshots(1)
        home.restart()
        inbox.wait_snapshots(2)
        assert inbox.events.count(LOST) == 1
        home.scan_tag("alex", "04-5F-77")
        switch(home, "guests", "on")
        told = inbox.wait(lambda seen: TagScanned("phone_bowl") in seen and "on" in _guests(seen))
        assert told.count(TagScanned("phone_bowl")) == 1


def _guests(events: list[Any]) -> list[str]:
    return [event.value for event in events if isinstance(event, SignalChanged) and event.signal == "guests"]


def test_what_nobody_wants_to_hear_is_not_subscribed_to(home: HomeAssistant) -> None:
    assert not Listener(household(home, **ONLY_EVENTS), Rulebook(), SystemClock(), Inbox()).wanted
    with listening(household(home), Rulebook()) as inbox:
        inbox.wait_snapshots(1)
        home.fire("turntoward_answer", {"ritual": "reunion_hug", "answer": "done"})
        home.fire("tag_scanned", {"tag_id": "04-5F-77"})
        switch(home, "guests", "on")
        told = inbox.wait(lambda seen: "on" in _guests(seen))
        assert len(told) == 6


def test_a_token_that_may_not_listen_to_events_says_so(home: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, LOGGER)
    with listening(household(home, token=member_token(home), **ONLY_EVENTS)) as inbox:
        wait_until(lambda: len(lines(caplog, logging.DEBUG)) >= 2)
        (error,) = lines(caplog, logging.ERROR)
        assert "tags and answers are events" in error
        assert "buttons of messages on phones: tapping them does nothing" in error
        assert "no administrator" in error
        assert inbox.events == [LOST]
