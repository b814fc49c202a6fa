"""How the paho client is set up: protocol, session, will, login, encryption. No callback may do anything here."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from turntoward.settings import MqttSettings

V5 = MQTTProtocolVersion.MQTTv5
V311 = MQTTProtocolVersion.MQTTv311

SESSION_SECONDS = 3600
RECONNECT_SECONDS = (1, 60)


def make_client(settings: MqttSettings, protocol: MQTTProtocolVersion, status_topic: str) -> Client:
    """Return a client that is about to connect to a session that survives an hour of absence; no thread runs yet."""
    session: dict[str, Any] = {} if protocol == V5 else {"clean_session": False}
    client = Client(CallbackAPIVersion.VERSION2, settings.client_id, protocol=protocol, **session)
    client.will_set(status_topic, "offline", qos=1, retain=True)
    log_in(client, settings)
    client.reconnect_delay_set(*RECONNECT_SECONDS)
    # A message whose acknowledgement we gave up waiting for must not keep the place of another.
    client.max_inflight_messages_set(0)
    client.connect_async(
        settings.host,
        settings.port,
        keepalive=max(1, int(settings.keepalive.total_seconds())),
        clean_start=False,
        properties=_session_properties() if protocol == V5 else None,
    )
    return client


def log_in(client: Client, settings: MqttSettings) -> None:
    """Give a client its account, and encryption where it is wanted."""
    if settings.username is not None:
        password = settings.password.get_secret_value() if settings.password else None
        client.username_pw_set(settings.username, password)
    if settings.tls:
        client.tls_set()


def without_delay(sock: Any) -> None:
    """Send at once: gathering small packets (Nagle) makes each publication wait 40 ms for the one before it."""
    with suppress(AttributeError, OSError):  # a socket of another kind has no such delay
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _session_properties() -> Properties:
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = SESSION_SECONDS
    # Without it Mosquitto sends only twenty of the messages it queued before it confirms our subscriptions, and
    # the others would look as if they had just happened.
    properties.ReceiveMaximum = 65535
    return properties


def expiry(protocol: MQTTProtocolVersion, seconds: float | None) -> Properties | None:
    """Return the properties of a message that the broker drops after some seconds; 3.1.1 cannot say that."""
    if seconds is None or protocol != V5:
        return None
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.MessageExpiryInterval = max(1, round(seconds))
    return properties
