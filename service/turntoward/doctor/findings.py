"""What a check found, as a value: how bad it is, what it is, and what to do about it in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "notice", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `notice`: it may be as you want it; `problem`: something will not work. `check`: who found it."""

    level: Level
    text: str
    advice: str = ""
    check: str = ""


def ok(text: str) -> Finding:
    """Return that something is as it has to be."""
    return Finding("ok", text)


def notice(text: str, advice: str) -> Finding:
    """Return something to look at when there is time."""
    return Finding("notice", text, advice)


def problem(text: str, advice: str) -> Finding:
    """Return something that keeps rituals from working."""
    return Finding("problem", text, advice)
