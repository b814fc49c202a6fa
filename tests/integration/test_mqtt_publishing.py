"""Publishing to a real Mosquitto: what raised is never delivered afterwards, what did not raise was taken."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from paho.mqtt.client import MQTTMessageInfo

from tests.adapters.mqtt_home import MovableClock, eventually, household, observing, running
from tests.peers.fixtures import MakeMosquitto
from tests.peers.mosquitto import Mosquitto
from turntoward.adapters.mqtt import Mqtt
from turntoward.adapters.mqtt.client import V5, make_client
from turntoward.adapters.mqtt.exchange import Exchange
from turntoward.core.events import Event, PresenceChanged
from turntoward.core.rules import Rulebook
from turntoward.ports import Impossible, NotNow, Unacknowledged

pytestmark = pytest.mark.integration

TOPIC = "turntoward/announce"


def test_what_was_published_has_arrived(mosquitto: Mosquitto) -> None:
    with running(household(mosquitto.port)) as home, observing(mosquitto.port) as observer:
        home.mqtt.publish(TOPIC, "Grüße")
        home.mqtt.publish("turntoward/kept", "for later", retain=True)
        observer.wait_for(TOPIC, "Grüße")
        assert mosquitto.retained("turntoward/kept") == {"turntoward/kept": b"for later"}
        assert mosquitto.retained(TOPIC) == {}


def test_many_threads_publish_through_one_connection(mosquitto: Mosquitto) -> None:
    with running(household(mosquitto.port)) as home, observing(mosquitto.port) as observer:
        with ThreadPoolExecutor(6) as pool:
            list(pool.map(lambda n: home.mqtt.publish(TOPIC, str(n)), range(300)))
        eventually(lambda: len(observer.on(TOPIC)) >= 300, "all arrived")
        assert sorted(map(int, observer.on(TOPIC))) == list(range(300))


def test_offline_it_raises_at_once_and_nothing_is_sent_later(mosquitto: Mosquitto) -> None:
    with running(household(mosquitto.port)) as home:
        mosquitto.stop()
        home.wait_lost()
        before = home.clock.now()
        with pytest.raises(NotNow):
            home.mqtt.publish(TOPIC, "too late", retain=True)
        with pytest.raises(NotNow):
            home.mqtt.retained(TOPIC)
        assert home.clock.now() - before < timedelta(seconds=0.5)
        mosquitto.start()
        home.wait_connected()
        home.mqtt.publish("turntoward/next", "in time", retain=True)
        assert mosquitto.retained("turntoward/next")
        assert mosquitto.retained(TOPIC) == {}


@pytest.mark.parametrize("keepalive", ["1s", "60s"])
def test_a_hanging_broker_finds_nothing_when_it_goes_on(mosquitto: Mosquitto, keepalive: str) -> None:
    """With the long keepalive the connection outlives the hang, with the short one it is made anew."""
    settings = household(mosquitto.port, keepalive=keepalive)
    with running(settings) as home, observing(mosquitto.port) as observer:
        observer.wait_for("turntoward/status", "online")
        mosquitto.freeze()
        before = home.clock.now()
        for _ in range(3):
            with pytest.raises(NotNow) as caught:
                home.mqtt.publish(TOPIC, "too late", wait=1)
            assert not isinstance(caught.value, Unacknowledged)
        assert home.clock.now() - before < timedelta(seconds=3.5)
        if keepalive == "1s":
            home.wait_lost()
        mosquitto.thaw()
        home.wait_connected()
        eventually(lambda: _published(home.mqtt, "turntoward/next"), "published again")
        observer.wait_for("turntoward/next", "in time")
        assert observer.on(TOPIC) == []


def _published(mqtt: Mqtt, topic: str) -> bool:
    try:
        mqtt.publish(topic, "in time")
    except NotNow:
        return False
    return True


def test_a_broker_that_dies_with_the_message_does_not_get_it_again(mosquitto: Mosquitto) -> None:
    """It stops just between the knock and the message; only then is it unknown whether it was done."""
    settings = household(mosquitto.port).mqtt
    assert settings is not None
    connected, exchange = threading.Event(), Exchange("turntoward/knock")
    client = make_client(settings, V5, "turntoward/status")
    client.on_connect = lambda *_: connected.set()
    client.on_disconnect = lambda *_: exchange.lost()
    client.on_unsubscribe = lambda *a: exchange.answered(a[2], None)
    client.on_publish = lambda *a: exchange.answered(a[2], a[3])
    client.loop_start()

    def send_to_a_broker_that_stops() -> MQTTMessageInfo:
        mosquitto.freeze()
        return client.publish(TOPIC, "perhaps", 1, retain=True)

    try:
        assert connected.wait(10)
        with pytest.raises(Unacknowledged):
            exchange.publish(client, 1, send_to_a_broker_that_stops, TOPIC)
        connected.clear()
        mosquitto.kill()
        mosquitto.start()
        assert connected.wait(10)
        exchange.publish(client, 5, lambda: client.publish("turntoward/next", "x", 1, retain=True), "turntoward/next")
        assert mosquitto.retained("turntoward/next")
        assert mosquitto.retained(TOPIC) == {}
    finally:
        client.disconnect()
        client.loop_stop()


def test_a_loss_ends_the_waiting_at_once(mosquitto: Mosquitto) -> None:
    with running(household(mosquitto.port)) as home:
        mosquitto.freeze()
        threading.Timer(0.3, mosquitto.kill).start()
        before = home.clock.now()
        with pytest.raises(NotNow):
            home.mqtt.publish(TOPIC, "lost", wait=60)
        assert home.clock.now() - before < timedelta(seconds=5)


def test_a_forbidden_topic_is_impossible_and_says_what_to_do(make_mosquitto: MakeMosquitto) -> None:
    acl = "user admin\ntopic readwrite #\nuser service\ntopic readwrite turntoward/#\n"
    broker = make_mosquitto(users={"admin": "a", "service": "s"}, acl=acl)
    with running(household(broker.port, username="service", password="s")) as home:
        home.mqtt.publish(TOPIC, "allowed", retain=True)
        with pytest.raises(Impossible, match=r"'other/topic'.*access list"):
            home.mqtt.publish("other/topic", "forbidden", retain=True)
        assert broker.retained(TOPIC) == {TOPIC: b"allowed"}
        assert broker.retained("other/#") == {}


def test_a_message_that_expires_is_dropped_by_the_broker(mosquitto: Mosquitto) -> None:
    with running(household(mosquitto.port)) as home:
        home.mqtt.publish("turntoward/short", "x", retain=True, expires_in=1)
        home.mqtt.publish("turntoward/long", "x", retain=True, expires_in=60)
        assert set(mosquitto.retained("turntoward/+")) >= {"turntoward/short", "turntoward/long"}
        eventually(lambda: mosquitto.retained("turntoward/short") == {}, "expired")
        assert mosquitto.retained("turntoward/long")


def test_reading_what_the_broker_keeps(mosquitto: Mosquitto) -> None:
    mosquitto.publish("other/config", "x" * 60_000, retain=True)
    mosquitto.publish("other/binary", b"\xff\xfe", retain=True)
    with running(household(mosquitto.port)) as home:
        assert home.mqtt.retained("other/config") == "x" * 60_000
        assert home.mqtt.retained("other/nothing") is None
        assert home.mqtt.retained("other/binary") is None
        mosquitto.publish("other/config", "", retain=True)
        assert home.mqtt.retained("other/config") is None
        mosquitto.publish("turntoward/presence/alex", "home")
        home.inbox.wait_for(PresenceChanged("alex", "home"))
        assert home.mqtt.dropped == 0


def test_publishing_in_the_network_thread_is_a_mistake_that_is_told(
    mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    adapter: Mqtt

    def put(event: Event) -> None:
        if isinstance(event, PresenceChanged):
            adapter.publish(TOPIC, "would wait for itself")

    adapter = Mqtt(household(mosquitto.port), Rulebook(), MovableClock(), put)
    adapter.start()
    try:
        eventually(lambda: adapter.connected, "connected")
        mosquitto.publish("turntoward/presence/alex", "home")
        eventually(lambda: "would wait for itself" in caplog.text, "said so")
        adapter.publish(TOPIC, "works", retain=True)
        assert mosquitto.retained(TOPIC) == {TOPIC: b"works"}
    finally:
        adapter.stop()
