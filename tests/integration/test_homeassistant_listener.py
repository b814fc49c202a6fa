"""The listener against a real Home Assistant: snapshots, live events, restarts, power cuts and hangs."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from tests.integration.listening import (
    CONNECTED,
    LOGGER,
    LOST,
    QUICK,
    Inbox,
    household,
    lines,
    switch,
    wait_until,
    without_time,
)
from tests.peers.api import Api
from tests.peers.homeassistant import HomeAssistant
from tests.peers.people import PASSWORD
from tests.peers.ports import HOST
from turntoward.adapters.clock import SystemClock
from turntoward.adapters.homeassistant import Listener, Timings
from turntoward.core.events import Event, PresenceChanged, SignalChanged, SourceConnected
from turntoward.core.rules import Rulebook
from turntoward.settings import Settings

pytestmark = pytest.mark.integration


Listen = Callable[..., Inbox]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Start listeners, and end them with the test; none may leave its thread behind."""
    before = threading.active_count()
    with ExitStack() as stack:

        def start(settings: Settings, timings: Timings = QUICK, inbox: Inbox | None = None) -> Inbox:
            inbox = inbox or Inbox()
            listener = Listener(settings, Rulebook(), SystemClock(), inbox, timings)
            listener.start()
            stack.callback(listener.stop)
            return inbox

        yield start
    # The HTTP library ends its own watching thread a moment after the connection.
    wait_until(lambda: threading.active_count() <= before)


class TestWhatIsTold:
    def test_a_snapshot_first_then_what_happens(self, home: HomeAssistant, listen: Listen) -> None:
        home.move("alex", "work")
        inbox = listen(household(home))
        told = inbox.wait_snapshots(1)
        assert told[0] == CONNECTED
        assert [without_time(event) for event in told[1:]] == [
            SignalChanged("entry_door", "off", snapshot=True),
            SignalChanged("guests", "off", snapshot=True),
            PresenceChanged("alex", "away", snapshot=True),
            PresenceChanged("sam", "home", snapshot=True),
        ]
        alex = told[3]
        assert isinstance(alex, PresenceChanged)
        assert alex.changed_at is not None
        assert SystemClock().now() - alex.changed_at < timedelta(minutes=1)

        switch(home, "front_door", "on")
        inbox.wait(lambda events: len(events) == 6)
        home.move("alex", "home")
        inbox.wait(lambda events: len(events) == 7)
        switch(home, "guests", "on")
        inbox.wait(lambda events: len(events) == 8)
        home.move("sam", "not_home")
        told = inbox.wait(lambda events: len(events) == 9)
        assert [without_time(event) for event in told[5:]] == [
            SignalChanged("entry_door", "on"),
            PresenceChanged("alex", "home"),
            SignalChanged("guests", "on"),
            PresenceChanged("sam", "away"),
        ]
        assert "Work" not in repr(told)

    def test_neither_attributes_nor_another_place_away_from_home_are_news(
        self, home: HomeAssistant, listen: Listen
    ) -> None:
        home.move("alex", "work")
        inbox = listen(household(home))
        inbox.wait_snapshots(1)
        home.set_state("binary_sensor.front_door", "off", battery="low")
        home.move("alex", "not_home")
        switch(home, "guests", "on")
        told = inbox.wait(lambda events: without_time(events[-1]) == SignalChanged("guests", "on"))
        assert len(told) == 6

    def test_an_entity_that_does_not_exist_is_named_once_and_believed_when_it_comes(
        self, home: HomeAssistant, listen: Listen, caplog: pytest.LogCaptureFixture
    ) -> None:
        partners = [{"name": "Alex", "presence": "person.allex"}, {"name": "Sam", "presence": "person.sam"}]
        inbox = listen(household(home, partners=partners, signals={"guests": "input_boolean.gests"}))
        told = inbox.wait_snapshots(1)
        assert SignalChanged("guests", "unavailable", snapshot=True) in told
        assert PresenceChanged("alex", "unknown", snapshot=True) in told
        warnings = lines(caplog, logging.WARNING)
        assert len(warnings) == 2
        assert "no input_boolean.gests; did you mean input_boolean.guests" in warnings[0]
        assert "no person.allex; did you mean person.alex" in warnings[1]

        home.api.request("POST", "/api/states/input_boolean.gests", {"state": "on"})
        inbox.wait(lambda events: without_time(events[-1]) == SignalChanged("guests", "on"))
        home.api.request("DELETE", "/api/states/input_boolean.gests")
        inbox.wait(lambda events: events[-1] == SignalChanged("guests", "unavailable"))

    def test_one_entity_may_tell_several_signals(self, home: HomeAssistant, listen: Listen) -> None:
        inbox = listen(household(home, signals={"guests": "input_boolean.guests", "focus": "input_boolean.guests"}))
        inbox.wait_snapshots(1)
        switch(home, "guests", "on")
        told = inbox.wait(lambda events: len(events) == 7)
        assert [without_time(e) for e in told[5:]] == [SignalChanged("guests", "on"), SignalChanged("focus", "on")]

    def test_a_replaced_connection_is_not_seen_from_outside(
        self, home: HomeAssistant, listen: Listen, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, LOGGER)
        inbox = listen(household(home), replace(QUICK, recycle=timedelta(seconds=0.2)))
        inbox.wait_snapshots(1)

        def replaced() -> int:
            return sum("next one" in line for line in lines(caplog, logging.DEBUG))

        def toggle_until_replaced() -> bool:
            switch(home, "guests", "on")
            switch(home, "guests", "off")
            return replaced() >= 5

        wait_until(toggle_until_replaced)
        home.move("alex", "not_home")
        inbox.wait(lambda events: any(without_time(e) == PresenceChanged("alex", "away") for e in events))
        told = inbox.events[5:]
        guests = [e.value for e in told if isinstance(e, SignalChanged)]
        # An on and off inside one gap is nobody's loss; the same value twice would be.
        assert guests[-1] == "off"
        assert all(one != other for one, other in pairwise(guests))
        others = [without_time(e) for e in told if not isinstance(e, SignalChanged)]
        assert others == [PresenceChanged("alex", "away")]


class Watcher(Inbox):
    """Asks Home Assistant whether it has really started, at the moment of each SourceConnected."""

    def __init__(self, home: HomeAssistant) -> None:
        super().__init__()
        self.home = home
        self.states: list[str] = []

    def __call__(self, event: Event) -> None:
        if isinstance(event, SourceConnected):
            self.states.append(self.home.api.request("GET", "/api/config")["state"])
        super().__call__(event)


class TestWhenHomeAssistantGoes:
    def test_a_restart_is_waited_out_and_makes_no_door_open(
        self, home: HomeAssistant, listen: Listen, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, LOGGER)
        switch(home, "front_door", "on")
        inbox = Watcher(home)
        listen(household(home), inbox=inbox)
        inbox.wait_snapshots(1)
        before = len(inbox.events)
        home.restart()
        told = inbox.wait_snapshots(2)[before:]
        assert told.count(LOST) == told.count(CONNECTED) == 1
        door = told[told.index(CONNECTED) + 1]
        assert isinstance(door, SignalChanged)
        assert door.snapshot
        assert door.changed_at is None
        assert inbox.states == ["RUNNING", "RUNNING"]
        assert len(lines(caplog, logging.WARNING)) == 1
        assert lines(caplog, logging.INFO) == ["connected to Home Assistant"] * 2

    def test_a_power_cut_is_survived(self, home: HomeAssistant, listen: Listen) -> None:
        inbox = listen(household(home))
        inbox.wait_snapshots(1)
        home.kill()
        inbox.wait(lambda events: events[-1] == LOST)
        home.start()
        inbox.wait_snapshots(2)
        switch(home, "guests", "on")
        told = inbox.wait(lambda events: without_time(events[-1]) == SignalChanged("guests", "on"))
        assert told.count(LOST) == 1
        assert told.count(CONNECTED) == 2

    def test_a_hang_is_noticed_and_ended(self, home: HomeAssistant, listen: Listen) -> None:
        inbox = listen(household(home))
        inbox.wait_snapshots(1)
        home.freeze()
        # Silence for one tick, a ping for another.
        inbox.wait(lambda events: events[-1] == LOST, timeout=2 * QUICK.tick + 5)
        home.thaw()
        inbox.wait_snapshots(2)
        switch(home, "guests", "on")
        told = inbox.wait(lambda events: without_time(events[-1]) == SignalChanged("guests", "on"))
        assert told.count(LOST) == 1

    def test_silence_alone_is_no_loss(self, home: HomeAssistant, listen: Listen) -> None:
        inbox = listen(household(home), replace(QUICK, tick=0.4))
        inbox.wait_snapshots(1)
        assert inbox.stays_quiet(2)
        switch(home, "guests", "on")
        inbox.wait(lambda events: without_time(events[-1]) == SignalChanged("guests", "on"))

    def test_a_home_assistant_that_is_not_there_yet(
        self, home: HomeAssistant, listen: Listen, caplog: pytest.LogCaptureFixture
    ) -> None:
        home.stop()
        inbox = listen(household(home))
        wait_until(lambda: bool(lines(caplog, logging.WARNING)))
        home.start()
        told = inbox.wait_snapshots(1)
        assert told.count(LOST) == 1
        assert told[0] == LOST
        assert lines(caplog, logging.WARNING) == [
            f"no connection to Home Assistant at {HOST}:{home.port}: nothing answers at its address"
        ]


def member_token(home: HomeAssistant) -> str:
    """Log Sam in, who is no administrator."""
    visitor = Api(home.port)
    client = {"client_id": f"{home.url}/"}
    asked = {**client, "handler": ["homeassistant", None], "redirect_uri": f"{home.url}/"}
    flow = visitor.request("POST", "/auth/login_flow", asked)
    login = {**client, "username": "sam", "password": PASSWORD}
    code = visitor.request("POST", f"/auth/login_flow/{flow['flow_id']}", login)["result"]
    form = {**client, "grant_type": "authorization_code", "code": code}
    return str(visitor.request("POST", "/auth/token", form=form)["access_token"])


class TestWhenItIsNotAllowed:
    def complaint(self, caplog: pytest.LogCaptureFixture) -> str:
        """Return the one ERROR, after at least two more attempts."""
        wait_until(lambda: len(lines(caplog, logging.DEBUG)) >= 2)
        (error,) = lines(caplog, logging.ERROR)
        return error

    def test_a_wrong_token(self, home: HomeAssistant, listen: Listen, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG, LOGGER)
        inbox = listen(household(home, token="not-a-token"))
        error = self.complaint(caplog)
        assert "does not accept the token" in error
        assert "long-lived access token" in error
        assert "not-a-token" not in caplog.text
        assert inbox.events == [LOST]

    def test_no_token_at_all(self, home: HomeAssistant, listen: Listen, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG, LOGGER)
        listen(household(home, homeassistant={"url": home.url}))
        assert "TURNTOWARD_HA_TOKEN" in self.complaint(caplog)

    def test_the_token_of_somebody_who_is_no_administrator(
        self, home: HomeAssistant, listen: Listen, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG, LOGGER)
        inbox = listen(household(home, token=member_token(home)))
        assert "no administrator" in self.complaint(caplog)
        assert inbox.events == [LOST]

    def test_it_does_not_knock_again_at_once(self, home: HomeAssistant, caplog: pytest.LogCaptureFixture) -> None:
        listener = Listener(household(home, token="not-a-token"), Rulebook(), SystemClock(), Inbox())
        caplog.set_level(logging.DEBUG, LOGGER)
        listener.start()
        wait_until(lambda: bool(lines(caplog, logging.ERROR)))
        time.sleep(2)  # a loop would have knocked a hundred times
        listener.stop()
        assert len(lines(caplog, logging.ERROR)) == 1
        assert lines(caplog, logging.DEBUG) == []
