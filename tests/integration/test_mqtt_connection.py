"""The connection to a real Mosquitto: coming, going, being refused, hanging."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest

from tests.adapters.mqtt_home import Home, eventually, household, lines, observing, running
from tests.peers.fixtures import MakeMosquitto
from tests.peers.mosquitto import Mosquitto
from turntoward.adapters.mqtt import Mqtt
from turntoward.adapters.mqtt.greeting import patience
from turntoward.core.events import PresenceChanged, SignalChanged, SourceConnected, SourceLost
from turntoward.core.rules import Rulebook

pytestmark = pytest.mark.integration

STATUS = "turntoward/status"
ALEX = "turntoward/presence/alex"
CONNECTED = SourceConnected("mqtt")
LOST = SourceLost("mqtt")


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "turntoward")


def test_connects_tells_first_that_it_did_and_is_online_after_the_greetings(mosquitto: Mosquitto) -> None:
    mosquitto.publish(ALEX, "home", retain=True)
    with observing(mosquitto.port) as observer:
        home = Home(household(mosquitto.port))
        home.mqtt.on_connect(lambda: home.mqtt.publish("turntoward/greeting", "hello"))
        home.mqtt.start()
        observer.wait_for(STATUS, "online")
        home.inbox.wait_for(PresenceChanged("alex", "home", snapshot=True))
        home.mqtt.stop()
        observer.wait_for(STATUS, "offline")
        ours = [m for m in observer.seen if m.topic.startswith("turntoward/") and m.topic != ALEX]
    assert [m.payload for m in ours] == ["hello", "online", "offline"]
    assert home.inbox[0] == CONNECTED
    assert LOST not in home.inbox
    assert mosquitto.retained(STATUS) == {STATUS: b"offline"}


def test_a_broker_that_is_not_there_yet(mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    mosquitto.stop()
    with running(household(mosquitto.port), wait=False) as home:
        eventually(lambda: "refused" in str(lines(caplog, logging.WARNING)), "said that nobody is there")
        assert not home.mqtt.connected
        mosquitto.start()
        home.wait_connected()
        assert home.inbox == [CONNECTED]
        assert len(lines(caplog, logging.WARNING)) == 1


@pytest.mark.parametrize("way", ["restart", "kill"])
def test_a_broker_that_comes_back_without_its_memory(
    mosquitto: Mosquitto, way: str, caplog: pytest.LogCaptureFixture
) -> None:
    with running(household(mosquitto.port)) as home:
        mosquitto.stop() if way == "restart" else mosquitto.kill()
        home.wait_lost()
        eventually(lambda: LOST in home.inbox, "told the loss")
        mosquitto.start()
        home.wait_connected()
        # The session is gone with the broker, so that only a new subscription can bring this.
        mosquitto.publish(ALEX, "not_home")
        home.inbox.wait_for(PresenceChanged("alex", "away"))
        eventually(lambda: mosquitto.retained(STATUS) == {STATUS: b"online"}, "online again")
        assert home.inbox == [CONNECTED, LOST, CONNECTED, PresenceChanged("alex", "away")]
        assert len(lines(caplog, logging.WARNING)) == 1
        assert len(lines(caplog, logging.INFO)) == 2


def test_a_broker_that_hangs_is_noticed_once(mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    with running(household(mosquitto.port, keepalive="1s")) as home:
        mosquitto.freeze()
        home.wait_lost()
        eventually(lambda: LOST in home.inbox, "told the loss")
        mosquitto.thaw()
        home.wait_connected()
        eventually(lambda: mosquitto.retained(STATUS) == {STATUS: b"online"}, "online again")
        mosquitto.publish(ALEX, "home")
        home.inbox.wait_for(PresenceChanged("alex", "home"))
        assert home.inbox == [CONNECTED, LOST, CONNECTED, PresenceChanged("alex", "home")]
        assert len(lines(caplog, logging.WARNING)) == 1


def test_a_wrong_password_then_the_right_one(make_mosquitto: MakeMosquitto, caplog: pytest.LogCaptureFixture) -> None:
    broker = make_mosquitto(users={"service": "right-or-not"})
    settings = household(broker.port, username="service", password="wrong-secret")
    with running(settings, wait=False) as home:
        eventually(lambda: lines(caplog, logging.ERROR), "said that the login is refused")
        eventually(lambda: broker.log_path.read_text().count("not authorised") > 2, "tried again")
        assert not home.mqtt.connected
        assert len(lines(caplog, logging.ERROR)) == 1
        assert "'service'" in lines(caplog, logging.ERROR)[0]
        assert lines(caplog, logging.WARNING) == []
        broker.stop()
        broker.users = {"service": "wrong-secret"}
        broker.start()
        home.wait_connected()
        assert home.inbox == [CONNECTED]
    assert "wrong-secret" not in caplog.text


def test_two_programs_with_one_client_id_are_told_so(mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    settings = household(mosquitto.port)
    with running(settings) as first:
        with running(settings, wait=False) as second:
            eventually(lambda: caplog.text.count("is there another program") == 2, "both named the cause")
            eventually(lambda: first.inbox.count(LOST) + second.inbox.count(LOST) > 7, "went on to flicker")
        assert len(lines(caplog, logging.WARNING)) <= 6
        caplog.clear()
        first.wait_connected()
        first.clock.move(timedelta(seconds=10))
        eventually(lambda: "connected to the MQTT broker" in caplog.text, "said that it is good again")


GAPS = [(timedelta(seconds=90), False), (timedelta(minutes=10), True)]


@pytest.mark.parametrize(("gap", "snapshot"), GAPS)
def test_what_the_broker_queued_while_the_service_was_not_running(
    mosquitto: Mosquitto, gap: timedelta, snapshot: bool
) -> None:
    with running(household(mosquitto.port)) as home:
        first = home.clock.now()
    home = Home(household(mosquitto.port), last_alive=first)
    home.clock.move(gap)
    for number in range(60):
        mosquitto.publish("turntoward/signal/entry_door", f"value {number}")
    mosquitto.publish(ALEX, "home")
    mosquitto.publish("turntoward/ritual/reunion_hug/answer", "start")
    mosquitto.publish("turntoward/ritual/reunion_hug/answer", "done")
    mosquitto.publish("home/guests", "on", retain=True)
    with contextlib.ExitStack() as stack:
        stack.callback(home.mqtt.stop)
        home.mqtt.start()
        home.inbox.wait_for(PresenceChanged("alex", "home", snapshot=snapshot))
        home.inbox.wait_for(SignalChanged("guests", "on", snapshot=True))
        doors = [e for e in home.inbox if isinstance(e, SignalChanged) and e.signal == "entry_door"]
        assert [e.value for e in doors] == [f"value {number}" for number in range(60)]
        assert {e.snapshot for e in doors} == {snapshot}
        answers = [e.answer for e in home.inbox if e.type == "ritual_answered"]
        assert answers == (["done"] if snapshot else ["start", "done"])
        mosquitto.publish(ALEX, "not_home")
        home.inbox.wait_for(PresenceChanged("alex", "away"))


def test_what_was_queued_for_a_run_nobody_remembers_is_old(mosquitto: Mosquitto) -> None:
    with running(household(mosquitto.port)):
        pass
    mosquitto.publish(ALEX, "home")
    with running(household(mosquitto.port), last_alive=None) as home:
        home.inbox.wait_for(PresenceChanged("alex", "home", snapshot=True))


@pytest.mark.parametrize(("gap", "snapshot"), GAPS)
def test_a_gap_within_one_run_counts_from_the_loss(
    make_mosquitto: MakeMosquitto, gap: timedelta, snapshot: bool
) -> None:
    broker = make_mosquitto(persistence=True)
    with running(household(broker.port)) as home:
        broker.stop()
        home.wait_lost()
        home.clock.move(gap)
        # Somebody publishes between the broker's start and our return, which takes a second at least.
        broker.start()
        broker.publish(ALEX, "home")
        assert home.inbox == [CONNECTED, LOST]
        home.inbox.wait_for(PresenceChanged("alex", "home", snapshot=snapshot))


def test_a_retained_answer_is_refused_and_said_once(mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    mosquitto.publish("turntoward/ritual/reunion_hug/answer", "done", retain=True)
    for _ in range(2):
        with running(household(mosquitto.port)) as home:
            eventually(lambda: home.mqtt.dropped, "dropped it")
            assert home.inbox == [CONNECTED]
    assert len([line for line in lines(caplog, logging.WARNING) if "again for ever" in line]) == 2


def test_the_birth_of_home_assistant_makes_us_greet_again(mosquitto: Mosquitto) -> None:
    greetings: list[str] = []
    impatient = next(name for name in map(str, range(1000)) if patience(name) < 0.5)
    home = Home(household(mosquitto.port, client_id=impatient))
    home.mqtt.on_connect(lambda: greetings.append("hello"))
    home.mqtt.start()
    try:
        with observing(mosquitto.port) as observer:
            eventually(lambda: greetings == ["hello"], "greeted")
            observer.wait_for(STATUS, "online")
            mosquitto.publish("homeassistant/status", "offline")
            for _ in range(20):
                mosquitto.publish("homeassistant/status", "online")
            eventually(lambda: len(greetings) == 2, "greeted the newborn")
            eventually(lambda: observer.on(STATUS).count("online") == 2, "online again")
            mosquitto.publish(ALEX, "home")
            home.inbox.wait_for(PresenceChanged("alex", "home"))
        assert len(greetings) == 2
    finally:
        home.mqtt.stop()


def test_a_greeting_that_fails_does_not_keep_the_next_from_being_said(
    mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    greetings: list[str] = []
    home = Home(household(mosquitto.port))
    home.mqtt.on_connect(lambda: greetings[7])  # type: ignore[arg-type]
    home.mqtt.on_connect(lambda: greetings.append("hello"))
    home.mqtt.start()
    try:
        eventually(lambda: greetings == ["hello"], "greeted")
        eventually(lambda: mosquitto.retained(STATUS) == {STATUS: b"online"}, "online")
        assert "IndexError" in caplog.text
    finally:
        home.mqtt.stop()


CHILD = """
import sys
from tests.adapters.mqtt_home import Home, household
home = Home(household(int(sys.argv[1])))
home.mqtt.on_connect(lambda: None)
home.mqtt.start()
home.wait_connected()
print("connected", flush=True)
sys.stdin.read()
"""


def test_the_will_speaks_for_a_process_that_was_killed(mosquitto: Mosquitto) -> None:
    with observing(mosquitto.port) as observer:
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(mosquitto.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == b"connected\n"
            observer.wait_for(STATUS, "online")
        finally:
            child.send_signal(signal.SIGKILL)
            child.communicate()
        observer.wait_for(STATUS, "offline")
    assert mosquitto.retained(STATUS) == {STATUS: b"offline"}


def test_garbage_in_floods_is_dropped_and_what_comes_next_is_understood(
    mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    garbage = [b"\xff\xfe", b"x" * 5000, b"{", b"[" * 4000, b"\x00", b"a\nb", os.urandom(300) + b"\xff", b"z" * 300_000]
    topics = ["turntoward/presence/alex", "home/guests", "turntoward/ritual/reunion_hug/answer"]
    with running(household(mosquitto.port)) as home, observing(mosquitto.port) as observer:
        for number in range(600):
            topic = topics[number % 3] if number % 4 else f"turntoward/ritual/x{number}/answer"
            observer.client.publish(topic, garbage[number % len(garbage)], 1)
        observer.send(ALEX, "home")
        observer.send("home/guests", "on")
        home.inbox.wait_for(PresenceChanged("alex", "home"), SignalChanged("guests", "on"))
        assert home.inbox == [CONNECTED, PresenceChanged("alex", "home"), SignalChanged("guests", "on")]
        assert home.mqtt.dropped == 600
        assert home.mqtt.connected
    told = lines(caplog, logging.WARNING)
    assert 5 < len(told) < 25
    assert all("expected" in line and len(line) < 400 for line in told)
    assert not any("begins with" in line for line in told if ALEX in line)


class Bad(list[object]):
    """An inbox with a mistake in it: what it does on each event is taken from a list."""

    def __init__(self, *mistakes: BaseException) -> None:
        super().__init__()
        self.mistakes = list(mistakes)

    def put(self, event: object) -> None:
        if isinstance(event, PresenceChanged) and self.mistakes:
            raise self.mistakes.pop(0)
        self.append(event)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("mistake", [RuntimeError("a mistake"), SystemExit("a mistake that ends a thread")])
def test_a_mistake_of_ours_does_not_make_us_deaf(
    mosquitto: Mosquitto, mistake: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Bad(mistake)
    adapter = Mqtt(household(mosquitto.port), Rulebook(), Home(household(1)).clock, inbox.put)
    adapter.start()
    try:
        eventually(lambda: adapter.connected, "connected")
        mosquitto.publish(ALEX, "home")
        eventually(lambda: not inbox.mistakes, "made the mistake")
        if isinstance(mistake, SystemExit):
            eventually(lambda: not [t for t in threading.enumerate() if t.name.startswith("paho")], "thread ended")
            assert not adapter.connected
        eventually(lambda: adapter.connected, "connected, still or again")

        def said() -> bool:
            mosquitto.publish(ALEX, "not_home")
            return PresenceChanged("alex", "away") in inbox

        eventually(said, "heard the next message")
        assert "mistake in the program" in caplog.text or "network thread had ended" in caplog.text
    finally:
        adapter.stop()


def test_stopping_ends_at_once_whatever_the_broker_does(mosquitto: Mosquitto) -> None:
    home = Home(household(mosquitto.port))
    home.mqtt.start()
    home.wait_connected()
    mosquitto.freeze()
    before = home.clock.now()
    home.mqtt.stop()
    home.mqtt.stop()
    assert home.clock.now() - before < timedelta(seconds=8)
    mosquitto.thaw()
    assert not [thread.name for thread in threading.enumerate() if "mqtt" in thread.name]


def test_stopping_what_was_never_started(mosquitto: Mosquitto) -> None:
    home = Home(household(mosquitto.port))
    home.mqtt.stop()
    assert not home.mqtt.connected
    assert home.inbox == []
