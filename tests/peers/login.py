"""Ask a broker whether it lets somebody in."""

from __future__ import annotations

import time

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.peers.ports import HOST


def try_login(port: int, user: str | None, password: str | None, patience: float = 5) -> str:
    """Return the broker's answer in words ("Success"), or nothing when none comes in time."""
    answers: list[str] = []
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.username_pw_set(user, password)
    # client, userdata, flags, reason, properties
    client.on_connect = lambda *details: answers.append(str(details[3]))
    client.connect(HOST, port)
    deadline = time.monotonic() + patience
    while not answers and time.monotonic() < deadline:
        client.loop(0.1)
    client.disconnect()
    return answers[0] if answers else ""
