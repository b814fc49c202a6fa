"""The household.yaml that an app begins with: it lies beside this file, and is not yet about anybody."""

from __future__ import annotations

from pathlib import Path

STARTER = Path(__file__).with_name("household.yaml")


def write_starter(path: Path) -> bool:
    """Put the starter where the household's file belongs, if nothing is there; return whether it did.

    Raises OSError where the folder cannot be written.
    """
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(STARTER.read_text("utf-8"), "utf-8")
    return True


def is_untouched(path: Path) -> bool:
    """Whether the file is there and still the starter, word for word."""
    try:
        return path.read_bytes() == STARTER.read_bytes()
    except OSError:
        return False
