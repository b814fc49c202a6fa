"""Read and remove retained messages of a broker, without guessing how long they take to come.

A broker sends retained messages when it takes a subscription, before anything published later.
So a message of our own, published after the subscription, marks the end of them.
"""

from __future__ import annotations

import secrets
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.peers.ports import HOST

TIMEOUT = 10.0


class _Reader:
    """One connection that subscribes, marks the end and collects."""

    def __init__(self, login: tuple[str, str] | None, topic_filter: str) -> None:
        self.found: dict[str, bytes] = {}
        self.complete = threading.Event()
        self.failure = "no answer"
        self._filter = topic_filter
        self._mark = f"peers/end/{secrets.token_hex(8)}"
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2)
        if login is not None:
            self.client.username_pw_set(*login)
        self.client.on_connect = self._connected
        self.client.on_subscribe = self._subscribed
        self.client.on_message = self._message

    def _connected(self, client: mqtt.Client, *details: object) -> None:
        # userdata, flags, reason, properties: only the reason matters, when it is a refusal.
        self.failure = str(details[2])
        client.subscribe([(self._filter, 1), (self._mark, 1)])

    def _subscribed(self, client: mqtt.Client, *_: object) -> None:
        client.publish(self._mark, b"", qos=1)

    def _message(self, _client: mqtt.Client, _userdata: object, message: mqtt.MQTTMessage) -> None:
        if message.topic == self._mark:
            self.complete.set()
        elif message.retain:
            self.found[message.topic] = bytes(message.payload)

    def run(self, port: int) -> None:
        """Connect and wait until everything retained has come."""
        self.client.connect(HOST, port)
        self.client.loop_start()
        if not self.complete.wait(TIMEOUT):
            self.close()
            raise TimeoutError(f"reading retained messages: {self.failure}")

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def read(port: int, login: tuple[str, str] | None, topic_filter: str) -> dict[str, bytes]:
    """Return topic and payload of every retained message that matches."""
    reader = _Reader(login, topic_filter)
    reader.run(port)
    reader.close()
    return reader.found


def clear(port: int, login: tuple[str, str] | None, topic_filter: str) -> list[str]:
    """Remove every retained message that matches; return their topics when the broker has done so."""
    reader = _Reader(login, topic_filter)
    reader.run(port)
    for topic in reader.found:
        reader.client.publish(topic, b"", qos=1, retain=True).wait_for_publish(TIMEOUT)
    reader.close()
    return list(reader.found)
