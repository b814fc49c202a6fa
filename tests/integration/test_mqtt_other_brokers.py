"""Brokers of another kind: encrypted, old, hung from the start."""

from __future__ import annotations

import logging
import select
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.adapters.mqtt_home import eventually, household, lines, running
from tests.peers.install import program
from tests.peers.mosquitto import Mosquitto
from tests.peers.ports import free_port, wait_port
from tests.peers.process import Process
from turntoward.core.events import PresenceChanged, SourceConnected, SourceLost

pytestmark = pytest.mark.integration

STATUS = "turntoward/status"
ALEX = "turntoward/presence/alex"
CONNECTED = SourceConnected("mqtt")
LOST = SourceLost("mqtt")


@pytest.fixture(autouse=True)
def _log_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "turntoward")


def test_tls_is_checked_against_the_certificates_of_the_system(
    mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    mosquitto.stop()
    with encrypted(tmp_path) as (port, certificate):
        settings = household(port, host="localhost", tls=True)
        with running(settings, wait=False) as home:
            eventually(lambda: "certificate verify failed" in caplog.text, "said what is wrong")
            assert not home.mqtt.connected
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with running(settings) as home:
            home.mqtt.publish("turntoward/x", "in secret")


@contextmanager
def encrypted(folder: Path) -> Iterator[tuple[int, Path]]:
    """Give the port of a broker that speaks TLS only, and its certificate, which nobody vouches for."""
    certificate, port = self_signed(folder), free_port()
    configuration = folder / "tls.conf"
    configuration.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\n"
        f"certfile {certificate}\nkeyfile {folder / 'key.pem'}\n"
    )
    broker = Process(folder / "tls.log")
    broker.spawn([program("mosquitto") or "mosquitto", "-c", configuration])
    try:
        wait_port(port, lambda: broker.pid is not None)
        yield port, certificate
    finally:
        broker.terminate()


def self_signed(folder: Path) -> Path:
    certificate = folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(folder / "key.pem"), "-out", str(certificate)]
    subprocess.run([*command, *names], check=True, capture_output=True)
    return certificate


class OldBroker(socketserver.ThreadingTCPServer):
    """A door to a broker that turns away whoever asks for MQTT 5 in the given words, and lets the others through."""

    daemon_threads = True

    def __init__(self, port: int, refusal: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.port = port
        self.refusal = refusal
        self.asked: list[int] = []


class _Door(socketserver.BaseRequestHandler):
    server: OldBroker

    def handle(self) -> None:
        first: bytes = self.request.recv(4096)
        version = first[first.index(b"MQTT") + 4]
        self.server.asked.append(version)
        if version == 5:
            self.request.sendall(self.server.refusal)
            return
        with socket.create_connection(("127.0.0.1", self.server.port)) as broker:
            broker.sendall(first)
            ends = {self.request: broker, broker: self.request}
            while chunk := (source := select.select(list(ends), [], [])[0][0]).recv(4096):
                ends[source].sendall(chunk)


@pytest.mark.parametrize("refusal", [b"\x20\x02\x00\x01", b"\x20\x03\x00\x84\x00"], ids=["as 3.1.1", "as 5"])
def test_a_broker_that_refuses_mqtt_5(mosquitto: Mosquitto, refusal: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with OldBroker(mosquitto.port, refusal) as door:
        threading.Thread(target=door.serve_forever, args=(0.05,)).start()
        try:
            with running(household(door.server_address[1])) as home:
                mosquitto.kill()
                home.wait_lost()
                mosquitto.start()
                home.wait_connected()
                mosquitto.publish(ALEX, "home")
                home.inbox.wait_for(PresenceChanged("alex", "home"))
                eventually(lambda: mosquitto.retained(STATUS) == {STATUS: b"online"}, "online")
        finally:
            door.shutdown()
    assert door.asked[0] == 5
    assert set(door.asked[1:]) == {4}
    assert caplog.text.count("does not take MQTT 5") == 1
    assert len(lines(caplog, logging.WARNING)) == 1


def test_a_broker_that_hangs_at_the_start(mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    mosquitto.freeze()
    with running(household(mosquitto.port, keepalive="2s"), wait=False) as home:
        eventually(lambda: "does not take MQTT 5" in caplog.text, "tried the older protocol")
        assert not home.mqtt.connected
        mosquitto.thaw()
        home.wait_connected()
        mosquitto.publish(ALEX, "home")
        home.inbox.wait_for(PresenceChanged("alex", "home"))
