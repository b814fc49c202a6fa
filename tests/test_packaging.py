"""An installed wheel runs and finds its rules, wherever it is."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*words: object, cwd: Path) -> str:
    clean = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run([str(w) for w in words], cwd=cwd, env=clean, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "uv", "build", "--wheel", "--out-dir", out, ROOT, cwd=out)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_the_program_and_its_rules(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    rules = {"turntoward/rules/reunion_hug.yaml", "turntoward/rules/decks/questions.yaml"}
    assert {"turntoward/cli/verbs.py", "turntoward/py.typed", *rules} <= names
    assert not [n for n in names if n.startswith(("tests/", "service/", "config/"))]


def test_an_installed_wheel_finds_its_rules(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "uv", "venv", "--python", sys.executable, tmp_path / "venv", cwd=tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    run(sys.executable, "-m", "uv", "pip", "install", "--python", python, wheel, cwd=tmp_path)
    (tmp_path / "household.yaml").write_text(
        "partners: [{name: Alex}, {name: Sam}]\nagreed: [Alex, Sam]\nmqtt: {host: localhost}\nrituals: [reunion_hug]\n"
    )
    turntoward = tmp_path / "venv" / "bin" / "turntoward"
    assert "Rituals that are on: reunion_hug." in run(turntoward, "check", "-c", "household.yaml", cwd=tmp_path)
    scenario = ROOT / "tests" / "golden" / "G02.yaml"
    assert "as expected" in run(turntoward, "simulate", scenario, cwd=tmp_path)
