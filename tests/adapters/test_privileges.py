"""Root is given up for good; tried in a process of its own, as root."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from turntoward.adapters.privileges import step_down

AS_ROOT = """
import os, sys
from pathlib import Path
from turntoward.adapters.privileges import step_down
folder = Path(sys.argv[1])
assert step_down("nobody", folder)
(folder / "journal.db").write_text("ours")
print(os.getuid(), os.geteuid(), os.getgroups())
try:
    os.setuid(0)
except PermissionError:
    print("for good")
"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has something to give up")


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that others may enter: pytest's own are closed to them."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name) / "data"


@needs_root
def test_root_is_given_up_for_good_and_the_folder_goes_along(folder: Path) -> None:
    (folder / "demo").mkdir(parents=True)
    (folder / "options.json").write_text("root's")
    elsewhere = folder.parent / "elsewhere"
    elsewhere.touch()
    (folder / "link").symlink_to(elsewhere)
    words = [sys.executable, "-c", AS_ROOT, str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, extra_groups=[1, 2], check=False)
    assert done.returncode == 0, done.stderr
    nobody = (folder / "demo").stat().st_uid
    assert nobody != 0
    assert done.stdout.splitlines() == [f"{nobody} {nobody} []", "for good"]
    assert (folder / "options.json").stat().st_uid == nobody
    assert (folder / "journal.db").read_text() == "ours"
    assert elsewhere.stat().st_uid == 0


def test_where_no_user_is_named_nothing_is_given_up(tmp_path: Path) -> None:
    assert not step_down(None, tmp_path)
    assert not step_down("", tmp_path)
