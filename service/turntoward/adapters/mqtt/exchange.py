"""Questions to the broker, each waited for in the thread that asks, one at a time.

A publication is preceded by a knock: a packet that means nothing (leaving a topic we never joined) and that every
broker acknowledges. Only a broker that answered a moment ago is given the message. A broker that hangs with its
sockets open therefore finds no message in them when it goes on, which no acknowledgement of the message itself could
achieve: what was written to a socket cannot be taken back. Whatever stays unacknowledged is dropped from paho's own
queue, so that it is not sent again after a reconnect. What remains is a broker that stops between the knock and the
message, a matter of a millisecond: that is `Unacknowledged`.

Nothing here may be called from the network thread but `answered` and `lost`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from turntoward.ports import Impossible, NotNow, Unacknowledged

TURN, KNOCK, ACKNOWLEDGE = 0.25, 0.25, 0.5
"""The parts of the time a caller is ready to wait, for each of the three steps."""


class Exchange:
    """The waiting side of a connection. `knocker` is a topic nobody subscribes to."""

    def __init__(self, knocker: str) -> None:
        self._knocker = knocker
        self._turn = threading.Lock()
        self._answers: SimpleQueue[tuple[int, ReasonCode | None] | None] = SimpleQueue()
        self._reading: str | None = None
        self._read: bytes | None = None

    def answered(self, packet: int, reason: ReasonCode | None) -> None:
        """Take the broker's answer to a packet; for the network thread."""
        self._answers.put((packet, reason))

    def lost(self) -> None:
        """Let whoever waits know that no answer will come."""
        self._answers.put(None)

    def overheard(self, topic: str, payload: bytes) -> bool:
        """Whether a message is what `retained` is reading; for the network thread."""
        if topic != self._reading:
            return False
        self._read = payload
        return True

    def publish(self, client: Client, wait: float, send: Callable[[], MQTTMessageInfo], topic: str) -> None:
        """Publish by `send` and wait for the acknowledgement.

        Raises NotNow when nothing was sent, Unacknowledged when something was, Impossible when the broker refused.
        """
        with self._my_turn(wait * TURN):
            self._ask(lambda: client.unsubscribe(self._knocker)[1], wait * KNOCK)
            try:
                reason = self._ask(lambda: _packet(send()), wait * ACKNOWLEDGE, Unacknowledged)
            finally:
                client.drop_out_messages()
        if reason is not None and reason.is_failure:
            raise Impossible(f"the broker refused to take {topic!r} ({reason}): allow it in the broker's access list")

    def retained(self, client: Client, topic: str, wait: float) -> bytes | None:
        """Read what the broker keeps under a topic; None: nothing. Raises NotNow."""
        with self._my_turn(wait * TURN):
            self._read, self._reading = None, topic
            try:
                client.subscribe(topic, qos=0)
                # A broker works in order: when it confirms the farewell, what it keeps has come.
                self._ask(lambda: client.unsubscribe(topic)[1], wait * (KNOCK + ACKNOWLEDGE))
                return self._read or None
            finally:
                self._reading = None

    @contextmanager
    def _my_turn(self, seconds: float) -> Iterator[None]:
        if not self._turn.acquire(timeout=seconds):
            raise NotNow("another message is still waiting for the broker")
        try:
            yield
        finally:
            self._turn.release()

    def _ask(self, send: Callable[[], int | None], seconds: float, failure: type[NotNow] = NotNow) -> ReasonCode | None:
        """Send a packet and return the reason in its answer; `send` returns its number, or None without a socket."""
        while not self._answers.empty():
            self._answers.get()
        packet = send()
        if packet is None:
            raise NotNow("there is no connection to the broker")
        while True:
            try:
                answer = self._answers.get(timeout=seconds)
            except Empty:
                raise failure(f"the broker did not answer within {seconds:g} s") from None
            if answer is None:
                raise failure("the connection to the broker was lost")
            if answer[0] == packet:
                return answer[1]


def _packet(info: MQTTMessageInfo) -> int | None:
    return info.mid if info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else None
