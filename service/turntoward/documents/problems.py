"""What is wrong with a file, as a value that prints the way editors and people expect: file:line:column.

How a problem is found, and its words, belong to the other modules of this package.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem. Line and column count from 1; 0 means the whole file."""

    file: Path
    line: int
    column: int
    path: str
    """Where in the file's data: `triggers.1`, list items counted from 0; empty for the file itself."""
    message: str

    def __str__(self) -> str:
        place = f":{self.line}:{self.column}" if self.line else ""
        path = f" {self._shown_path()}:" if self._shown_path() else ""
        return f"{_shown(self.file)}{place}:{path} {self.message}"

    def _shown_path(self) -> str:
        """The path, without its last part where the message begins with just that."""
        last = self.path.rpartition(".")[2]
        return self.path.removesuffix(last).rstrip(".") if self.message.startswith(f"'{last}'") else self.path


class Problems(Exception):
    """All problems of all files looked at, sorted by file, line and column, none of them twice."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def _shown(file: Path) -> Path:
    """Return the shortest way to write a path: relative where the file lies below the current folder."""
    absolute, here = file.absolute(), Path.cwd()
    return absolute.relative_to(here) if absolute.is_relative_to(here) else absolute


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, if one is near enough."""
    by_lower = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None
