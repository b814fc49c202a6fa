"""Tries a broker out: may we in, does it take and give what we need, what does it keep? For the commands.

A connection of its own for a moment, under a name the broker chooses, so that a service beside it is not disturbed.
Nothing is decided here, and nothing is left retained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue
from ssl import SSLError
from types import TracebackType
from typing import Any, Self

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from turntoward.adapters.mqtt.client import V5, V311, log_in
from turntoward.adapters.mqtt.reports import BAD_LOGIN, NOT_ALLOWED, UNSUPPORTED_VERSION
from turntoward.ports import Impossible, NotNow
from turntoward.settings import MqttSettings

PATIENCE = 5.0
"""Seconds to wait for an answer of the broker."""
SPEAKS_AT_ALL = 2.0
"""Seconds after which a broker that never answered MQTT 5 is asked in 3.1.1."""
LATECOMERS = 0.2
"""Seconds without a message after which all that is kept has come."""

Heard = tuple[str, bytes, bool]
"""A topic, its payload, and whether it was kept by the broker."""


class Trial:
    """A connection of its own, opened with the block.

    Raises NotNow where there is no broker, Impossible where it does not let us in.
    """

    def __init__(self, settings: MqttSettings) -> None:
        self._settings = settings
        self._where = f"{settings.host}:{settings.port}"
        self._client: Client | None = None
        self._connects: SimpleQueue[ReasonCode | None] = SimpleQueue()
        self._answers: SimpleQueue[tuple[int, list[ReasonCode]] | None] = SimpleQueue()
        self._heard: SimpleQueue[Heard] = SimpleQueue()

    def __enter__(self) -> Self:
        reason = self._connect(V5, SPEAKS_AT_ALL)
        if reason is None or reason.value == UNSUPPORTED_VERSION:
            self._end()
            reason = self._connect(V311, PATIENCE)
        if reason is None:
            self._end()
            raise NotNow(f"something answers at {self._where}, but it does not speak MQTT, or hangs")
        if reason.is_failure:
            self._end()
            raise Impossible(self._refusal(reason))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def publish(self, topic: str, payload: str) -> None:
        """Publish a message that nobody keeps. Raises Impossible where the broker says no, NotNow without an answer.

        A broker that speaks MQTT 3.1.1 only says yes to everything; `echoes` tells the truth there too.
        """
        reasons = self._asked(lambda client: client.publish(topic, payload, qos=1).mid, f"a message on {topic!r}")
        if any(reason.is_failure for reason in reasons):
            raise Impossible(f"the broker refuses to take {topic!r} ({reasons[0]})")

    def refused(self, filters: Iterable[str]) -> tuple[str, ...]:
        """Subscribe, and return the filters the broker does not let us hear."""
        return tuple(name for name in filters if not self._subscribed(name))

    def echoes(self, topic: str, payload: str) -> bool:
        """Whether what we publish comes back to us: we may write and read there. Raises Impossible as `publish`."""
        return self.hears(topic, payload, lambda: self.publish(topic, payload))

    def hears(self, topic: str, payload: str, send: Callable[[], None], wait: float = 2.0) -> bool:
        """Whether a message arrives here that `send` has somebody publish; what `send` raises comes through."""
        if not self._subscribed(topic):
            return False
        send()
        while (heard := self._next(wait)) is not None:
            if heard[:2] == (topic, payload.encode()):
                return True
        return False

    def kept(self, *filters: str) -> dict[str, bytes]:
        """Return what the broker keeps under some filters, by topic."""
        while self._next(0) is not None:
            pass
        for name in filters:
            self._subscribed(name)
            self._leave(name)
        kept: dict[str, bytes] = {}
        while (heard := self._next(LATECOMERS)) is not None:
            topic, payload, was_kept = heard
            if was_kept and payload:
                kept[topic] = payload
        return kept

    def _subscribed(self, name: str) -> bool:
        reasons = self._asked(lambda client: client.subscribe(name)[1], f"listening to {name!r}")
        return not any(reason.is_failure for reason in reasons)

    def _leave(self, name: str) -> None:
        """Stop listening; a broker works in order: when it confirms that, most of what it keeps has come."""
        self._asked(lambda client: client.unsubscribe(name)[1], f"leaving {name!r}")

    def _next(self, wait: float) -> Heard | None:
        try:
            return self._heard.get(timeout=wait) if wait else self._heard.get_nowait()
        except Empty:
            return None

    def _asked(self, send: Callable[[Client], int | None], what: str) -> list[ReasonCode]:
        assert self._client is not None  # only inside the block
        packet = send(self._client)
        while True:
            try:
                answer = self._answers.get(timeout=PATIENCE)
            except Empty:
                raise NotNow(f"the broker at {self._where} did not answer within {PATIENCE:g} s") from None
            if answer is None:
                raise Impossible(f"the broker ended the connection over {what}; it seems not to allow it")
            if answer[0] == packet:
                return answer[1]

    def _connect(self, protocol: MQTTProtocolVersion, wait: float) -> ReasonCode | None:
        # A former connection's farewell must not be taken for this one's.
        self._connects, self._answers = SimpleQueue(), SimpleQueue()
        self._client = client = self._new_client(protocol)
        try:
            client.connect(self._settings.host, self._settings.port)
        except SSLError as problem:
            raise NotNow(f"no encrypted connection to the broker at {self._where} ({problem.reason})") from None
        except OSError as problem:
            raise NotNow(f"there is no broker at {self._where} ({problem.strerror or problem})") from None
        client.loop_start()
        try:
            return self._connects.get(timeout=wait)
        except Empty:
            return None

    def _new_client(self, protocol: MQTTProtocolVersion) -> Client:
        session: dict[str, Any] = {} if protocol == V5 else {"clean_session": True}
        client = Client(CallbackAPIVersion.VERSION2, "", protocol=protocol, reconnect_on_failure=False, **session)
        log_in(client, self._settings)
        client.connect_timeout = PATIENCE
        client.on_connect = lambda *a: self._connects.put(a[3])
        client.on_disconnect = lambda *_: self._gone()
        client.on_publish = lambda *a: self._answers.put((a[2], [a[3]]))
        client.on_subscribe = lambda *a: self._answers.put((a[2], list(a[3])))
        client.on_unsubscribe = lambda *a: self._answers.put((a[2], []))
        client.on_message = self._listen
        return client

    def _listen(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self._heard.put((message.topic, bytes(message.payload), message.retain))

    def _gone(self) -> None:
        self._connects.put(None)
        self._answers.put(None)

    def _refusal(self, reason: ReasonCode) -> str:
        user = self._settings.username
        who = f"the user {user!r}" if user else "a connection without a user"
        hint = (
            "look at name and password in the broker's list of users"
            if reason.value in (BAD_LOGIN, NOT_ALLOWED)
            else ""
        )
        return f"the broker at {self._where} refuses {who} ({reason})" + (f"; {hint}" if hint else "")

    def _end(self) -> None:
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None
