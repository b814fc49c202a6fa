"""The demo's home: lives an evening by telling the broker what happens, as phones and sensors would, and listens.

It is outside the service in every way: it knows the broker and the clock, and reads nothing of the service's state.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from turntoward.core.scenario import Happening
from turntoward.ports import Clock

log = logging.getLogger("turntoward.home")

_AFTERWARDS = timedelta(minutes=5)
"""On the clock of the evening: by then what was to be said has been said."""


class Evening:
    """Plays what `evening:` lists, each at its time on the clock; then says what to try next."""

    def __init__(
        self, base: str, port: int, clock: Clock, script: Sequence[tuple[datetime, Happening]], hint: str
    ) -> None:
        self._base, self._port, self._clock, self._script, self._hint = base, port, clock, script, hint
        self._ended = threading.Event()
        self._seen: set[str] = set()
        self._client = Client(
            CallbackAPIVersion.VERSION2, "turntoward-demo-home", protocol=MQTTProtocolVersion.MQTTv311
        )
        self._client.on_connect = self._listen
        self._client.on_message = self._heard
        self._thread = threading.Thread(target=self._live, name="demo-home", daemon=True)

    def start(self) -> None:
        """Connect to the broker and begin the evening."""
        self._client.connect_async("127.0.0.1", self._port)
        self._client.loop_start()
        self._thread.start()

    def stop(self) -> None:
        """End the evening."""
        self._ended.set()
        self._thread.join(2)
        self._client.disconnect()
        self._client.loop_stop()

    def _listen(self, client: Client, *_: Any) -> None:
        client.subscribe([(f"{self._base}/announce", 1), (f"{self._base}/ritual/+/attributes", 1)])

    def _heard(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        try:
            heard = json.loads(message.payload)
            if message.topic.endswith("/attributes"):
                self._see(heard["title"], heard["text"])
            elif heard["chime"]:
                log.info("🔔 the speaker makes a soft sound")
            else:
                self._seen.add(heard["text"])
                log.info("🔊 the speaker says: “%s”", heard["text"])
        except (ValueError, KeyError, TypeError):
            log.warning("the demo's home heard something it does not understand")

    def _see(self, title: str, text: str) -> None:
        """Tell of a text on a tile that was neither heard nor seen before."""
        if text and text not in self._seen:
            log.info("▫ the tile “%s” shows: “%s”", title, text)
        self._seen.add(text)

    def _live(self) -> None:
        for at, happening in self._script:
            if self._ended.wait(max(0.0, self._clock.seconds_until(at))):
                return
            self._tell(happening)
        if not self._ended.wait(self._clock.seconds_until(self._script[-1][0] + _AFTERWARDS) if self._script else 0):
            print(self._hint, flush=True)

    def _tell(self, happening: Happening) -> None:
        if (message := as_message(happening)) is None:
            return
        topic, payload, words = message
        log.info("%s   (%s/%s %s)", words, self._base, topic, payload)
        self._client.publish(f"{self._base}/{topic}", payload, qos=1, retain=topic.startswith("presence/"))


def as_message(happening: Happening) -> tuple[str, str, str] | None:
    """Return topic, payload and words for what happens; None for what a home cannot tell by MQTT."""
    if partner := happening.arrives or happening.leaves or happening.presence:
        state = happening.is_ or ("home" if happening.arrives else "not_home")
        return f"presence/{partner}", state, f"🏠 {partner} is {'home' if state == 'home' else 'out'}"
    if happening.signal:
        state = happening.is_ or ""
        return f"signal/{happening.signal}", state, f"🚪 {happening.signal} is {state}"
    if happening.answer:
        topic = f"ritual/{happening.ritual}/answer" if happening.ritual else "answer"
        return topic, happening.answer, f"👆 somebody answers {happening.answer} to {happening.ritual or 'what is on'}"
    if happening.tag:
        return "tag", happening.tag, f"🏷 a phone is held to the tag {happening.tag}"
    return None
