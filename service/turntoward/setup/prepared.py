"""Answers that were written into a file before, for programs and images. What is not in it is as if Enter was pressed.

Consent cannot be prepared: both say it themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from turntoward.documents import Document, Problems, nearest, read
from turntoward.setup.asking import KEYS, AnswerRefused

BY_THEMSELVES = ("both_here", "first_agrees", "second_agrees")


class Prepared:
    """Answers from a file, told as they are used; `asking.Asker`."""

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        """Raises Problems where the file cannot be read or answers what was never asked."""
        self._path = path
        self._tell = tell
        document = read(path)
        self._answers = {key: _as_typed(value) for key, value in document.data.items()}
        _check(document)

    def say(self, text: str = "") -> None:
        """Tell it."""
        self._tell(text)

    def ask(self, key: str, question: str, default: str = "", secret: bool = False) -> str:
        """Return what the file says, or the default."""
        assert key in KEYS, key
        answer = self._answers.get(key, "") or default
        self._tell(f"{question}: {'...' if secret and answer else answer}")
        return answer

    def refuse(self, key: str, problem: str) -> None:
        """Raise AnswerRefused: nobody is there to be asked again."""
        found = "" if key in self._answers else " (which is not in it)"
        raise AnswerRefused(f"{self._path}: {key}{found}: {problem}")


def _as_typed(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _check(document: Document) -> None:
    problems = []
    for key in document.data:
        if key in BY_THEMSELVES:
            problems.append(document.problem((key,), "this cannot be prepared: both of you say it yourselves"))
        elif key not in KEYS:
            near = nearest(str(key), KEYS)
            hint = f"did you mean '{near}'?" if near else f"there are {', '.join(KEYS)}"
            problems.append(document.problem((key,), f"nothing is asked that is called '{key}'; {hint}"))
    if problems:
        raise Problems(problems)
