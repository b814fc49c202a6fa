"""What other programs are told: steps, what a rule publishes, and nothing of what is private."""

from __future__ import annotations

import json
from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.channels.sides import NOON, Published
from tests.fakes import ManualClock
from turntoward.channels import Reach
from turntoward.channels.mqtt import build
from turntoward.core.actions import Action, Publish, Reply, TellStep
from turntoward.core.rules import Rulebook
from turntoward.settings import Settings

BOOK = Rulebook.model_validate(
    {
        "rituals": [
            {"ritual": "reunion_hug", "title": "Hug"},
            {"ritual": "bid_log", "title": "Small moments", "private": True, "offer": {"channels": ["page"]}},
        ]
    }
)
SOON = NOON + timedelta(minutes=2)


def told(*actions: Action) -> list[tuple[str, str, bool, float | None]]:
    broker = Published()
    settings = Settings.model_validate({"partners": [{"name": "Alex"}, {"name": "Sam"}], "mqtt": {}})
    channel = build(Reach(settings, BOOK, ManualClock(NOON), broker))
    assert channel is not None
    for action in actions:
        channel.deliver(action)
    return broker.sent


def step(ritual: str) -> TellStep:
    return TellStep(f"{ritual}-1-1-mqtt", ritual, f"{ritual}-1", "offered", NOON, SOON)


def test_a_step_is_told_and_one_of_a_private_ritual_is_not() -> None:
    sent = told(step("bid_log"), step("reunion_hug"))
    assert [json.loads(payload)["ritual"] for _, payload, _, _ in sent] == ["reunion_hug"]


def test_a_step_says_what_the_ritual_is_called() -> None:
    ((topic, payload, retained, _),) = told(step("reunion_hug"))
    assert (topic, retained) == ("turntoward/event", False)
    assert json.loads(payload) == {
        "id": "reunion_hug-1-1-mqtt",
        "ritual": "reunion_hug",
        "title": "Hug",
        "occasion": "reunion_hug-1",
        "step": "offered",
        "at": NOON.astimezone(ZoneInfo("Europe/Berlin")).isoformat(),
    }


def test_whoever_asked_is_answered_and_after_a_few_seconds_nobody_is() -> None:
    reply = Reply("r1", "reunion_hug", "reunion_hug-1", "x1", "Schön, dann los.", NOON + timedelta(seconds=10))
    ((topic, payload, retained, expires),) = told(reply)
    assert (topic, retained, expires) == ("turntoward/reply", False, 10)
    assert json.loads(payload) == {"to": "x1", "text": "Schön, dann los."}


def test_what_a_rule_publishes_goes_out_as_it_is() -> None:
    once = Publish("p1", "goodbye", "goodbye-1", "hall/lamp", '{"state": "ON"}', False, SOON)
    kept = Publish("p2", "goodbye", "goodbye-1", "hall/mood", "warm", True, SOON)
    assert told(once, kept) == [
        ("hall/lamp", '{"state": "ON"}', False, 120),
        ("hall/mood", "warm", True, None),
    ]
