"""The way back to a speaker's own volume, where Home Assistant or a speaker is slow, gone or refuses.

A real one puts back at once (tests/integration/test_speaker_trust.py), so these are stand-ins.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.channels.sides import Called
from tests.service import until
from turntoward.channels.speaker import volumes
from turntoward.channels.speaker.memory import Held, Memory
from turntoward.channels.speaker.volumes import Volumes, volume_of
from turntoward.ports import EntityState, Impossible, NotNow, Refused

KITCHEN, HALL = "media_player.kitchen", "media_player.hall"


class Loud(Called):
    """Speakers as loud as `loud` says; what they are set to shows at once unless one `lags`."""

    def __init__(self, **loud: float) -> None:
        super().__init__(**dict.fromkeys(loud, "idle"))
        for name, volume in loud.items():
            self._show(name.replace("__", "."), volume)
        self.lags = False

    def call(self, domain: str, service: str, data: Mapping[str, Any], timeout: float = 10.0) -> None:
        super().call(domain, service, data, timeout)
        if not self.lags:
            self._show(data["entity_id"], data["volume_level"])

    def set_to(self) -> list[tuple[str, float]]:
        return [(data["entity_id"], data["volume_level"]) for _, _, data in self.made]

    def _show(self, entity: str, volume: float) -> None:
        self.there[entity] = replace(self.there[entity], attributes={"volume_level": volume})


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(volumes, "_AGAIN", 0.05)
    monkeypatch.setattr(volumes, "_LOOK_EVERY", 0.01)
    yield
    for thread in threading.enumerate():
        if thread.name == "speaker-volumes":
            thread.join(10)


def left_over(folder: Path, *entities: str) -> Memory:
    """What a former run had not put back: all were at 0.4, and are at 0.2 now."""
    memory = Memory(folder)
    for entity in entities:
        memory.hold(entity, Held(0.4, 0.2))
    return memory


def test_a_speaker_that_is_gone_keeps_no_other_from_being_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volumes, "_AGAIN", 60.0)
    home, memory = Loud(media_player__hall=0.2), left_over(tmp_path, KITCHEN, HALL)
    made = Volumes(home, memory)  # type: ignore[arg-type]
    until(lambda: home.set_to() == [(HALL, 0.4)], seconds=5)
    until(lambda: list(memory.held()) == [KITCHEN])
    made.close()


@pytest.mark.parametrize("problem", [Impossible("media_player.volume_set may have been done"), NotNow("no connection")])
def test_what_may_not_have_been_put_back_is_tried_again(tmp_path: Path, problem: Exception) -> None:
    home, memory = Loud(media_player__hall=0.2), left_over(tmp_path, HALL)
    problems = iter([problem])
    home.problem = lambda *_: next(problems, None)
    made = Volumes(home, memory)  # type: ignore[arg-type]
    until(lambda: not memory.held())
    assert home.set_to() == [(HALL, 0.4)]
    made.close()


def test_what_is_refused_is_told_and_let_be(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    home, memory = Loud(media_player__hall=0.2), left_over(tmp_path, HALL)
    home.problem = lambda *_: Refused("[not_found] Action media_player.volume_set not found")
    made = Volumes(home, memory)  # type: ignore[arg-type]
    until(lambda: not memory.held())
    assert "the volume of media_player.hall cannot be put back" in caplog.text
    made.close()


def test_a_second_line_soon_after_does_not_take_the_volume_of_the_first_for_its_own(tmp_path: Path) -> None:
    """Some players tell of a change only when they are asked the next time."""
    home, memory = Loud(media_player__hall=0.4), Memory(tmp_path)
    made = Volumes(home, memory)  # type: ignore[arg-type]
    first = _line(made, home)
    home.lags = True
    ended = threading.Thread(target=made.put_back_after, args=(home.there[HALL], first, 0.0))
    ended.start()
    until(lambda: not memory.held())
    assert volume_of(home.there[HALL]) == 0.2
    _line(made, home)
    assert memory.held() == {HALL: Held(0.4, 0.2)}
    made.close()
    ended.join(10)
    assert home.set_to() == [(HALL, 0.2), (HALL, 0.4), (HALL, 0.2), (HALL, 0.4)]


def _line(made: Volumes, home: Loud) -> int:
    before: EntityState = home.there[HALL]
    line = made.set_for_line(before, 20)
    assert line is not None
    return line
