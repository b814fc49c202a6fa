"""The embedded broker of the demo, and with it a broker that speaks only MQTT 3.1.1."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest

from tests.adapters.mqtt_home import eventually, household, observing, running
from tests.peers.ports import HOST, bound_hosts, free_port
from turntoward.adapters.broker import BrokerNotStarted, EmbeddedBroker
from turntoward.core.events import PresenceChanged, RitualAnswered, SourceConnected, SourceLost

pytestmark = pytest.mark.integration
pytest.importorskip("amqtt", reason="the extra `demo` is not installed")

ALEX = "turntoward/presence/alex"
OLD = mqtt.MQTTv311


@pytest.fixture
def embedded() -> Iterator[EmbeddedBroker]:
    broker = EmbeddedBroker(free_port())
    broker.start()
    yield broker
    broker.stop()


def _answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), 1).close()
    except OSError:
        return False
    return True


def test_it_goes_on_with_the_older_protocol_and_remembers_it(
    embedded: EmbeddedBroker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "turntoward")
    with running(household(embedded.port)) as home, observing(embedded.port, version=OLD) as observer:
        observer.wait_for("turntoward/status", "online")
        observer.send(ALEX, "home")
        observer.send("turntoward/ritual/reunion_hug/answer", "done")
        home.inbox.wait_for(PresenceChanged("alex", "home"), RitualAnswered("reunion_hug", "done"))
        home.mqtt.publish("turntoward/x", "kept", retain=True, expires_in=1)
        assert home.mqtt.retained("turntoward/x") == "kept"
        assert home.mqtt.retained("turntoward/nothing") is None
        observer.close()
        embedded.stop()
        home.wait_lost()
        eventually(lambda: not _answers(embedded.port), "the broker ended")
        embedded.start()
        home.wait_connected()
        assert home.inbox[0] == SourceConnected("mqtt")
        assert home.inbox[-2:] == [SourceLost("mqtt"), SourceConnected("mqtt")]
    assert caplog.text.count("does not take MQTT 5") == 1


def test_a_retained_state_is_a_snapshot_there_too(embedded: EmbeddedBroker) -> None:
    with observing(embedded.port, version=OLD) as observer:
        observer.send(ALEX, "home", retain=True)
        with running(household(embedded.port)) as home:
            home.inbox.wait_for(PresenceChanged("alex", "home", snapshot=True))


def test_the_embedded_broker_is_for_this_machine_only(embedded: EmbeddedBroker) -> None:
    assert embedded._process is not None
    assert bound_hosts(embedded._process.pid) == {"0100007F"}


def test_a_taken_port_is_avoided(embedded: EmbeddedBroker) -> None:
    second = EmbeddedBroker(embedded.port)
    second.start()
    try:
        assert second.port != embedded.port
        assert _answers(second.port)
        assert _answers(embedded.port)
    finally:
        second.stop()
    assert not _answers(second.port)


def test_a_broker_with_no_package_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "amqtt"
    package.mkdir()
    (package / "__init__.py").write_text("raise ModuleNotFoundError('no amqtt', name='amqtt')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    broker = EmbeddedBroker(free_port())
    with pytest.raises(BrokerNotStarted, match=r"turntoward\[demo\]"):
        broker.start()
    broker.stop()


PARENT = """
import sys
from turntoward.adapters.broker import EmbeddedBroker
broker = EmbeddedBroker(int(sys.argv[1]))
broker.start()
print(broker.port, flush=True)
sys.stdin.read()
"""


def test_it_ends_with_a_parent_that_was_killed() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(free_port())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert parent.stdout is not None
    port = int(parent.stdout.readline())
    assert _answers(port)
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    eventually(lambda: not _answers(port), "the broker ended with its parent")
