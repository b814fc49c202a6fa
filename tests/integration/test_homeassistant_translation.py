"""The pure parts of the adapter: addresses, waits, and what the states of Home Assistant mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from turntoward.adapters.homeassistant import Timings
from turntoward.adapters.homeassistant.connection import Access
from turntoward.adapters.homeassistant.entities import Reading, Watched, not_there, readings
from turntoward.core.events import PresenceChanged, SignalChanged

START = datetime(2026, 11, 19, 6, tzinfo=UTC)
WATCHED = Watched({"person.alex": "alex"}, {"binary_sensor.door": ("entry_door",), "switch.both": ("guests", "focus")})


def same(instant: datetime) -> datetime:
    return instant


def after(**span: float) -> datetime:
    return START + timedelta(**span)


class TestSnapshot:
    def snapshot(self, **since: datetime) -> list[SignalChanged | PresenceChanged]:
        found = {
            "sun.sun": Reading("below_horizon", START),
            "binary_sensor.door": Reading("on", since.get("door", after(hours=1))),
            "switch.both": Reading("off", after(hours=1)),
            "person.alex": Reading("Work", since.get("alex", after(hours=1))),
        }
        return list(WATCHED.snapshot(found, same))

    def test_signals_come_before_persons(self) -> None:
        assert self.snapshot() == [
            SignalChanged("entry_door", "on", snapshot=True, changed_at=after(hours=1)),
            SignalChanged("guests", "off", snapshot=True, changed_at=after(hours=1)),
            SignalChanged("focus", "off", snapshot=True, changed_at=after(hours=1)),
            PresenceChanged("alex", "away", snapshot=True, changed_at=after(hours=1)),
        ]

    @pytest.mark.parametrize(("seconds", "known"), [(0, False), (60, False), (61, True)])
    def test_a_signal_that_is_as_old_as_home_assistants_start_did_not_happen_then(
        self, seconds: int, known: bool
    ) -> None:
        told = self.snapshot(door=after(seconds=seconds))
        assert told[0].changed_at == (after(seconds=seconds) if known else None)

    def test_a_person_keeps_the_instant(self) -> None:
        assert self.snapshot(alex=after(seconds=1))[-1].changed_at == after(seconds=1)

    def test_what_is_not_there_is_unknown(self) -> None:
        assert list(WATCHED.snapshot({}, same)) == [
            SignalChanged("entry_door", "unavailable", snapshot=True),
            SignalChanged("guests", "unavailable", snapshot=True),
            SignalChanged("focus", "unavailable", snapshot=True),
            PresenceChanged("alex", "unknown", snapshot=True),
        ]

    def test_instants_are_translated_to_our_clock(self) -> None:
        found = {"person.alex": Reading("home", START)}
        (*_, alex) = WATCHED.snapshot(found, lambda instant: instant + timedelta(hours=9))
        assert alex.changed_at == after(hours=9)


def test_only_the_fields_that_matter_are_read() -> None:
    raw = {"entity_id": "a.b", "state": "on", "last_changed": "2026-11-19T07:00:00.5+01:00", "attributes": None}
    assert readings([raw]) == {"a.b": Reading("on", START + timedelta(seconds=0.5))}


def test_a_missing_entity_is_told_with_those_that_look_like_it() -> None:
    text = not_there("person.allex", ["person.alex", "light.kitchen", "person.sam"])
    assert "no person.allex; did you mean person.alex" in text
    assert "light.kitchen" not in text
    assert "no id looks like it" in not_there("person.allex", ["light.kitchen"])


@pytest.mark.parametrize(
    ("url", "rest", "websocket"),
    [
        ("http://ha:8123", "http://ha:8123/api", "ws://ha:8123/api/websocket"),
        ("https://ha.example", "https://ha.example/api", "wss://ha.example/api/websocket"),
        ("http://supervisor/core/", "http://supervisor/core/api", "ws://supervisor/core/api/websocket"),
    ],
)
def test_addresses(url: str, rest: str, websocket: str) -> None:
    access = Access(url.rstrip("/"), "t")
    assert (access.rest_url, access.websocket_url) == (rest, websocket)


def test_neither_token_nor_password_are_shown() -> None:
    access = Access("http://alex:pass@ha:8123", "token")
    assert access.host == "ha:8123"
    assert "token" not in repr(access).replace("token=", "")


def test_the_wait_doubles_up_to_a_minute_and_is_always_the_same() -> None:
    waits = [Timings().retry_after(failures, "http://ha") for failures in range(10)]
    assert waits == [Timings().retry_after(failures, "http://ha") for failures in range(10)]
    assert all(0.9 * 2**n <= wait <= 1.1 * 2**n for n, wait in enumerate(waits[:6]))
    assert all(54 <= wait <= 60 for wait in waits[6:])
    assert Timings().retry_after(10**6, "x") <= 60
