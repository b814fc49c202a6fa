"""`turntoward backup` as people and the Supervisor type it."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.fakes import at
from turntoward.adapters.journal import BACKUP_NAME, FILE_NAME, SqliteJournal
from turntoward.cli import app
from turntoward.core.engine import Decision, new_state
from turntoward.core.events import TimePassed

HOUSEHOLD = "partners: [{name: Alex}, {name: Sam}]\nmqtt: {host: localhost}\n"


def type_in(*words: object, **environ: str) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env=environ)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "household.yaml"
    path.write_text(HOUSEHOLD, "utf-8")
    journal = SqliteJournal(tmp_path / "data")
    journal.record(TimePassed(), Decision(new_state(at("18:00"))), "d")
    journal.close()
    return path


def test_a_backup_goes_where_it_is_told_to(config: Path, tmp_path: Path) -> None:
    done = type_in("backup", tmp_path / "kept", "--config", config)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "kept").stat().st_size > 0
    assert f"put this file there as {BACKUP_NAME}" in done.output


def test_left_alone_it_goes_where_it_would_be_taken_up(config: Path, tmp_path: Path) -> None:
    assert type_in("backup", "--config", config).exit_code == 0
    assert (tmp_path / "data" / BACKUP_NAME).exists()


def test_what_is_there_is_replaced_only_when_told_to(config: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")
    done = type_in("backup", tmp_path / "kept", "--config", config)
    assert done.exit_code == 1
    assert "is there already; name another file, or add --replace" in done.output
    assert (tmp_path / "kept").read_text() == "mine"
    assert type_in("backup", tmp_path / "kept", "--replace", "--config", config).exit_code == 0
    assert (tmp_path / "kept").read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize(("said", "replaced"), [("n\n", False), ("y\n", True)])
def test_at_a_keyboard_it_asks(config: Path, tmp_path: Path, said: str, replaced: bool) -> None:
    (tmp_path / "kept").write_text("mine")
    ours, theirs = pty.openpty()
    os.write(ours, said.encode())
    words = [sys.executable, "-m", "turntoward", "backup", str(tmp_path / "kept"), "--config", str(config)]
    done = subprocess.run(words, stdin=theirs, capture_output=True, text=True, timeout=60, check=False)
    os.close(ours)
    os.close(theirs)
    assert "is there already. Replace it?" in done.stdout
    assert done.returncode == (0 if replaced else 1)
    assert ((tmp_path / "kept").read_bytes() == b"mine") is not replaced


@pytest.mark.parametrize("target", [f"data/{FILE_NAME}", "data"])
def test_the_journal_itself_and_a_folder_are_no_place(config: Path, tmp_path: Path, target: str) -> None:
    before = (tmp_path / "data" / FILE_NAME).read_bytes()
    done = type_in("backup", tmp_path / target, "--replace", "--config", config)
    assert done.exit_code == 2
    assert "this is no place for a backup" in done.output
    assert (tmp_path / "data" / FILE_NAME).read_bytes() == before


def test_without_a_journal_it_says_so_unless_that_is_no_mistake(config: Path, tmp_path: Path) -> None:
    (tmp_path / "data" / FILE_NAME).unlink()
    done = type_in("backup", tmp_path / "kept", "--config", config)
    assert done.exit_code == 1
    assert "there is no journal yet" in done.output
    assert type_in("backup", tmp_path / "kept", "--if-any", "--config", config).exit_code == 0
    assert not (tmp_path / "kept").exists()


def test_in_a_container_a_broken_household_yaml_is_no_hindrance(config: Path, tmp_path: Path) -> None:
    config.write_text("partners: [[[")
    assert type_in("backup", tmp_path / "kept", "--config", config).exit_code == 2
    data = str(tmp_path / "data")
    assert type_in("backup", tmp_path / "kept", "--config", config, TURNTOWARD_DATA_DIR=data).exit_code == 0
