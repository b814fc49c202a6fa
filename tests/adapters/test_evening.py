"""The demo's home: what it tells, by which message."""

from __future__ import annotations

from typing import Any

import pytest

from turntoward.adapters.evening import as_message
from turntoward.core.scenario import Happening


@pytest.mark.parametrize(
    ("happening", "topic", "payload"),
    [
        ({"arrives": "sam"}, "presence/sam", "home"),
        ({"leaves": "Mary Ann"}, "presence/mary_ann", "not_home"),
        ({"presence": "sam", "is": "work"}, "presence/sam", "work"),
        ({"signal": "entry_door", "is": True}, "signal/entry_door", "on"),
        ({"answer": "done", "ritual": "reunion_hug"}, "ritual/reunion_hug/answer", "done"),
        ({"tag": "phone_bowl"}, "tag", "phone_bowl"),
    ],
)
def test_what_happens_is_told_where_the_service_listens(happening: dict[str, Any], topic: str, payload: str) -> None:
    message = as_message(Happening.model_validate({"at": "18:00", **happening}))
    assert message is not None
    assert message[:2] == (topic, payload)


@pytest.mark.parametrize("happening", [{"private": "pause", "by": "sam"}, {"down": "mqtt", "until": "18:30"}])
def test_what_is_not_told_by_mqtt_is_not_told(happening: dict[str, Any]) -> None:
    assert as_message(Happening.model_validate({"at": "18:00", **happening})) is None
