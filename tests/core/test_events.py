"""How what others say is mapped to home, away and unknown, and how events travel as JSON."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from tests.fakes import at
from turntoward.core import events
from turntoward.core.events import Event, PresenceChanged, Raw, raw_presence


@pytest.mark.parametrize(
    ("said", "raw"),
    [
        ("home", "home"),
        ("Home", "home"),
        (" home\n", "home"),
        ("not_home", "away"),
        ("away", "away"),
        ("Work", "away"),
        ("homework", "away"),
        ("unknown", "unknown"),
        ("Unavailable", "unknown"),
        ("none", "unknown"),
        ("", "unknown"),
        ("  ", "unknown"),
    ],
)
def test_a_zone_that_is_not_home_is_away(said: str, raw: Raw) -> None:
    assert raw_presence(said) == raw


ONE_OF_EACH: list[Event] = [
    events.ServiceStarted(("mqtt", "homeassistant")),
    events.SourceConnected("mqtt"),
    events.SourceLost("mqtt"),
    events.PresenceChanged("sam", "home", True, at("18:30:20")),
    events.SignalChanged("entry_door", "on"),
    events.TimePassed(),
    events.ClockJumped(timedelta(hours=-1)),
    events.RitualAnswered("reunion_hug", "done"),
    events.RitualAnswered("time_out", "start", timedelta(minutes=30)),
    events.RitualAnswered("appreciation", "share", text="The soup.", reply_to="x1"),
    events.NoticeAnswered("0a1b2c"),
    events.QuietChosen(True),
    events.PrivateAct("sam", "pause", at("20:00")),
    events.SeasonChosen("simplified", date(2026, 12, 1)),
    events.TagScanned("phone_bowl"),
    events.MessageReceived("kitchen/kettle", "on"),
    events.HomeEventFired("doorbell", {"name": "front"}),
    events.ActionDelivered("a"),
    events.ActionFailed("a", "no speaker"),
    events.ActionExpired("a"),
]
ADAPTER: TypeAdapter[Event] = TypeAdapter(Event)


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: event.type)
def test_an_event_survives_json(event: Event) -> None:
    assert ADAPTER.validate_json(ADAPTER.dump_json(event)) == event


def test_no_event_is_left_out_above() -> None:
    kinds = list(dict.fromkeys(type(event) for event in ONE_OF_EACH))
    assert kinds == list(get_args(get_args(Event)[0]))
    assert len({event.type for event in ONE_OF_EACH}) == len(kinds)


@pytest.mark.parametrize(
    "text",
    ['{"type": "presence_changed", "partner": "sam", "raw": "work"}', '{"type": "arrived"}', '{"partner": "sam"}'],
)
def test_what_is_no_event(text: str) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_json(text)


def test_an_event_is_frozen() -> None:
    with pytest.raises(AttributeError):
        PresenceChanged("sam", "home").raw = "away"  # type: ignore[misc]
