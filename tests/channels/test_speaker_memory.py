"""What is known of the speakers is kept on the disk, and a file nobody can read harms nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from turntoward.channels.speaker.memory import FILE, Held, Memory, Remembered, remembered

HOUR = datetime(2026, 11, 19, 18, tzinfo=UTC)
KITCHEN = "media_player.kitchen"


def test_it_is_the_same_after_the_next_start(tmp_path: Path) -> None:
    memory = Memory(tmp_path / "data")
    memory.note(KITCHEN, Remembered(last_ok=HOUR, reactions=2))
    memory.hold(KITCHEN, Held(0.4, 0.25))
    again = Memory(tmp_path / "data")
    assert again.of(KITCHEN) == Remembered(HOUR, None, 2, Held(0.4, 0.25))
    assert again.held() == {KITCHEN: Held(0.4, 0.25)}
    assert remembered(tmp_path / "data") == {KITCHEN: Remembered(HOUR, None, 2, Held(0.4, 0.25))}


def test_nobody_else_on_the_machine_reads_it(tmp_path: Path) -> None:
    Memory(tmp_path / "data").hold(KITCHEN, Held(0.4, 0.25))
    assert [path.name for path in (tmp_path / "data").iterdir()] == [FILE]
    assert (tmp_path / "data" / FILE).stat().st_mode & 0o077 == 0


def test_what_is_noted_of_a_speaker_does_not_forget_its_volume(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.hold(KITCHEN, Held(0.4, 0.25))
    memory.note(KITCHEN, Remembered(last_silent=HOUR))
    assert memory.held() == {KITCHEN: Held(0.4, 0.25)}
    memory.hold(KITCHEN, None)
    assert memory.of(KITCHEN) == Remembered(last_silent=HOUR)


def test_that_it_failed_is_known_by_the_hour_until_it_has_spoken(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    memory.note_failure(KITCHEN, HOUR.replace(minute=41, second=13))
    memory.note(KITCHEN, Remembered(last_ok=HOUR))
    assert remembered(tmp_path)[KITCHEN] == Remembered(last_ok=HOUR, last_failed=HOUR)
    memory.note_failure(KITCHEN, None)
    assert memory.of(KITCHEN) == Remembered(last_ok=HOUR)


def test_nothing_is_known_where_there_is_no_file(tmp_path: Path) -> None:
    assert remembered(tmp_path) == {}
    assert Memory(tmp_path).of(KITCHEN) == Remembered()
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"media_player.kitchen": {"reactions": "many"}}'])
def test_a_file_that_cannot_be_read_is_begun_anew(tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).write_text(text)
    memory = Memory(tmp_path)
    assert "begun anew" in caplog.text
    memory.hold(KITCHEN, Held(0.4, 0.25))
    assert json.loads((tmp_path / FILE).read_text()) == {KITCHEN: {"held": {"before": 0.4, "ours": 0.25}}}


def test_a_disk_that_is_full_only_makes_it_forget(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    memory = Memory(tmp_path / "data")
    memory.hold(KITCHEN, Held(0.4, 0.25))
    assert "cannot be written" in caplog.text
    assert memory.held() == {KITCHEN: Held(0.4, 0.25)}
