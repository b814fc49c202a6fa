"""The life of the connection: what happens on a connect, on a loss, on a message, and at the end.

paho's network thread only translates and puts into the inbox: it never waits, and nothing raises into it (an
exception would end it while paho still says that it is connected). What has to wait is left to the attendant.
"""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from paho.mqtt.client import Client, ConnectFlags, MQTTMessage
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from turntoward.adapters.mqtt.attendant import Attendant
from turntoward.adapters.mqtt.client import V5, V311, expiry, make_client, without_delay
from turntoward.adapters.mqtt.complaints import Complaints
from turntoward.adapters.mqtt.exchange import Exchange
from turntoward.adapters.mqtt.greeting import Greeting, patience
from turntoward.adapters.mqtt.listening import Listener
from turntoward.adapters.mqtt.reports import UNSUPPORTED_VERSION, Reports
from turntoward.adapters.mqtt.topics import Topics
from turntoward.core.events import SourceConnected, SourceLost
from turntoward.core.rules import Rulebook
from turntoward.ports import Clock, Impossible, Inbox, NotNow
from turntoward.settings import MQTT, Settings

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
"""Seconds between two looks whether the network thread lives."""
FAREWELL = 2.0
"""Seconds for a goodbye."""
SILENCE = 2.0
"""Seconds after which a broker that never spoke MQTT 5 is taken not to understand it. amqtt says so in words only where
there is no will; for ours, whose form is new in MQTT 5, it waits without end."""


class Mqtt:
    """The broker as `ports.Source` and `ports.Broker`.

    `rulebook`: says which answers, tags and messages are heard beside presence and signals. `last_alive`: when an
    earlier run of the service was alive last; None means that nobody knows, and what the broker has queued is taken
    for old.
    """

    def __init__(
        self,
        settings: Settings,
        rulebook: Rulebook,
        clock: Clock,
        inbox: Inbox,
        last_alive: datetime | None = None,
    ) -> None:
        if settings.mqtt is None:
            raise ValueError("the settings have no 'mqtt:' section; add one with at least host")
        self._settings = settings.mqtt
        self._status = settings.topics.status
        self._inbox = inbox
        self._connected = False
        self._stopping = False
        self._network: threading.Thread | None = None
        self._complaints = Complaints(clock, log)
        self._reports = Reports(self._settings, clock, log)
        self._exchange = Exchange(f"{settings.base}/knock")
        self._attendant = Attendant("turntoward-mqtt", self._look_after_network, LOOK_EVERY)
        self._greeting = self._new_greeting()
        topics, stale = Topics.of(settings, rulebook), settings.presence.stale_event
        self._listener = Listener(
            topics,
            clock,
            inbox,
            self._complaints,
            stale=stale,
            gone_since=last_alive,
            on_birth=self._greeting.notice_birth,
        )
        self._protocol = V5
        self._spoken = False
        self._answer = threading.Event()
        self._client = self._new_client()

    def _new_greeting(self) -> Greeting:
        return Greeting(
            self._attendant,
            self._complaints,
            online=lambda: self.publish(self._status, "online", retain=True),
            connected=lambda: self.connected,
            patience=patience(self._settings.client_id),
        )

    # What others call

    @property
    def connected(self) -> bool:
        """Whether the broker has let us in and the thread that listens to it is alive."""
        return self._connected and not self._stopping and self._network is not None and self._network.is_alive()

    @property
    def dropped(self) -> int:
        """How often since the start something was dropped or refused: messages above all."""
        return self._complaints.count

    def start(self) -> None:
        """Begin to connect; see ports.Source."""
        self._attendant.start()
        self._client.loop_start()

    def stop(self) -> None:
        """Say goodbye, disconnect and end both threads; see ports.Source."""
        self._stopping = True
        self._answer.set()
        self._exchange.lost()
        self._attendant.stop()
        if self._connected:
            with suppress(NotNow, Impossible):
                self._send(self._status, "offline", retain=True, wait=FAREWELL)
        self._end(self._client)

    def publish(
        self, topic: str, payload: str, *, retain: bool = False, expires_in: float | None = None, wait: float = 5.0
    ) -> None:
        """See ports.Broker."""
        self._check_connected()
        self._send(topic, payload, retain=retain, expires_in=expires_in, wait=wait)

    def retained(self, topic: str, wait: float = 5.0) -> str | None:
        """See ports.Broker."""
        self._check_connected()
        kept = self._exchange.retained(self._client, topic, wait)
        try:
            return kept.decode() if kept is not None else None
        except UnicodeDecodeError:
            return None

    def on_connect(self, then: Callable[[], None]) -> None:
        """See ports.Broker."""
        self._greeting.add(then)

    def _check_connected(self) -> None:
        if threading.current_thread() is self._network:
            raise RuntimeError("the MQTT network thread would wait for itself; publish in a thread of your own")
        if not self.connected:
            raise NotNow("there is no connection to the broker")

    def _send(self, topic: str, payload: str, *, retain: bool, wait: float, expires_in: float | None = None) -> None:
        client, properties = self._client, expiry(self._protocol, expires_in)
        self._exchange.publish(client, wait, lambda: client.publish(topic, payload, 1, retain, properties), topic)

    # What paho calls, in its network thread

    def _new_client(self) -> Client:
        client = make_client(self._settings, self._protocol, self._status)
        client.on_pre_connect = self._guarded(self._on_attempt)
        client.on_socket_open = self._guarded(self._on_socket)
        client.on_connect = self._guarded(self._on_connect)
        client.on_connect_fail = self._guarded(self._on_no_broker)
        client.on_disconnect = self._guarded(self._on_disconnect)
        client.on_message = self._guarded(self._on_message)
        client.on_subscribe = self._guarded(lambda *a: self._listener.subscribed(a[2], a[3]))
        client.on_unsubscribe = self._guarded(lambda *a: self._exchange.answered(a[2], None))
        client.on_publish = self._guarded(lambda *a: self._exchange.answered(a[2], a[3]))
        return client

    def _guarded(self, callback: Callable[..., None]) -> Callable[..., None]:
        def run(*values: Any) -> None:
            try:
                callback(*values)
            except Exception as problem:
                kind = type(problem).__name__
                text = "%s in the MQTT adapter; what came was dropped, and this is a mistake in the program"
                self._complaints.tell(callback.__name__, kind, text, kind, exc_info=True)

        return run

    def _on_attempt(self, _client: Client, _userdata: object) -> None:
        self._network = threading.current_thread()

    def _on_socket(self, _client: Client, _userdata: object, opened: object) -> None:
        without_delay(opened)
        if self._protocol == V5 and not self._spoken:
            self._answer.clear()
            self._attendant.ask(self._expect_answer)

    def _on_no_broker(self, _client: Client, _userdata: object) -> None:
        # paho calls this while it handles the error, and does not say which it is.
        self._reports.no_broker(sys.exception())

    def _on_connect(
        self, client: Client, _userdata: object, flags: ConnectFlags, reason: ReasonCode, _: Properties
    ) -> None:
        self._answer.set()
        if reason.is_failure:
            self._refused(reason)
            return
        self._spoken = True
        client.drop_out_messages()
        self._inbox(SourceConnected(MQTT))
        self._listener.begin(client, flags.session_present)
        self._connected = True
        self._reports.connected()
        self._attendant.ask(self._greeting.greet)

    def _refused(self, reason: ReasonCode) -> None:
        if reason.value == UNSUPPORTED_VERSION and self._protocol == V5:
            self._reports.older_protocol()
            self._attendant.ask(self._use_older_protocol)
        else:
            self._reports.refused(reason)

    def _on_disconnect(
        self, _client: Client, _userdata: object, _flags: object, reason: ReasonCode, _: Properties
    ) -> None:
        was_connected, self._connected = self._connected, False
        self._answer.set()
        self._exchange.lost()
        if self._stopping:
            return
        if not was_connected:
            self._reports.no_broker(reason)
            return
        self._listener.pause()
        self._inbox(SourceLost(MQTT))
        self._reports.lost(reason)

    def _on_message(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        if not self._exchange.overheard(message.topic, bytes(message.payload)):
            self._listener.hear(message)

    # What the attendant does

    def _expect_answer(self) -> None:
        if not self._answer.wait(SILENCE):
            self._use_older_protocol()

    def _use_older_protocol(self) -> None:
        if self._protocol == V5:
            self._reports.older_protocol()
            self._end(self._client)
            self._protocol = V311
            self._client = self._new_client()
            self._client.loop_start()

    def _look_after_network(self) -> None:
        if self._client.loop_start() == MQTTErrorCode.MQTT_ERR_SUCCESS:
            log.error("the MQTT network thread had ended; it runs again")
            _hang_up(self._client)
        if self.connected:
            self._reports.holds()

    def _end(self, client: Client) -> None:
        client.disconnect()
        if self._network is not None:
            self._network.join(FAREWELL)
            if self._network.is_alive():
                _hang_up(client)
        client.loop_stop()


def _hang_up(client: Client) -> None:
    """Break the connection, so that the network thread notices now and not after the keepalive."""
    open_socket = client.socket()
    if isinstance(open_socket, socket.socket):
        with suppress(OSError):
            open_socket.shutdown(socket.SHUT_RDWR)
