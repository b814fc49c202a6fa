"""Hearing: what we subscribe to, whether a message is news or history, and who gets it.

All of it runs in paho's network thread, so nothing here may wait or publish.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.reasoncodes import ReasonCode

from turntoward.adapters.mqtt.complaints import Complaints
from turntoward.adapters.mqtt.meaning import events_of
from turntoward.adapters.mqtt.topics import Arrival, Topics, Unusable
from turntoward.ports import Clock, Inbox


class Listener:
    """Turns messages into events.

    `stale`: after an absence longer than this, what the broker had queued for us is history. `gone_since`: since when
    we were absent before the first connect; None means that nobody knows, so that it was too long.
    """

    def __init__(
        self,
        topics: Topics,
        clock: Clock,
        inbox: Inbox,
        complaints: Complaints,
        *,
        stale: timedelta,
        gone_since: datetime | None,
        on_birth: Callable[[], None],
    ) -> None:
        self._topics = topics
        self._clock = clock
        self._inbox = inbox
        self._complaints = complaints
        self._stale = stale
        self._gone_since = gone_since
        self._on_birth = on_birth
        self._arrival: Arrival = "live"
        self._subscription: int | None = None

    def begin(self, client: Client, session_present: bool) -> None:
        """Subscribe; what comes before the broker confirms it was queued in our absence."""
        self._arrival = self._arrival_of_queued() if session_present else "live"
        self._subscription = client.subscribe([(topic, 1) for topic in self._topics.filters()])[1]

    def pause(self) -> None:
        """Remember that from now on we hear nothing."""
        self._gone_since = self._clock.now()

    def subscribed(self, packet: int, reasons: list[ReasonCode]) -> None:
        """Take the broker's confirmation: what it had queued it has sent before."""
        if packet != self._subscription:
            return
        self._arrival = "live"
        for topic, reason in zip(self._topics.filters(), reasons, strict=False):
            if reason.is_failure:
                text = "the MQTT broker does not let us listen to %r (%s): allow it in the broker's access list"
                self._complaints.tell(topic, "subscription", text, topic, reason)

    def hear(self, message: MQTTMessage) -> None:
        """Put what a message says into the inbox, or complain."""
        topic, payload = message.topic, bytes(message.payload)
        if topic == self._topics.birth:
            if payload == b"online" and not message.retain:
                self._on_birth()
            return
        try:
            for event in events_of(self._topics, topic, payload, "retained" if message.retain else self._arrival):
                self._inbox(event)
        except Unusable as problem:
            self._complain(topic, len(payload), problem)

    def _arrival_of_queued(self) -> Arrival:
        away = self._clock.now() - self._gone_since if self._gone_since is not None else None
        return "live" if away is not None and away <= self._stale else "late"

    def _complain(self, topic: str, size: int, problem: Unusable) -> None:
        shown = f"; it begins with {problem.shown!r}" if problem.shown else ""
        text = "dropped a message of %d bytes on %r: %s; expected %s%s"
        self._complaints.tell(problem.about, problem.kind, text, size, topic, problem.kind, problem.expected, shown)
