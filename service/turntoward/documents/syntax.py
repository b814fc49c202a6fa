"""Plain words for YAML that cannot be read: what stands there, and what to write instead.

No text of the file is quoted but single characters: a line that cannot be read may hold a password.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Position = tuple[int, int]
"""Line and column, counted from 1."""

_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Fault:
    """What the parser says, with the lines it said it about. Positions count from 0 here."""

    problem: str
    context: str
    at: Position
    opened: Position
    lines: tuple[str, ...]

    def line(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""

    @property
    def here(self) -> str:
        return self.line(self.at[0])

    @property
    def above(self) -> int:
        """The number of the nearest line above that says something, or -1."""
        numbers = range(min(self.at[0], len(self.lines)) - 1, -1, -1)
        return next((n for n in numbers if self.lines[n].strip() and not self.lines[n].strip().startswith("#")), -1)

    @property
    def line_start(self) -> Position:
        return self.at[0], len(self.here) - len(self.here.lstrip())


_Explained = tuple[Position, str]


def unreadable(error: Exception, text: str) -> tuple[Position, str]:
    """Return where a text cannot be read as YAML, and what to do about it."""
    fault = _fault(error, text)
    tab = fault.here[: fault.line_start[1]].find("\t")
    if tab >= 0:
        position, message = (fault.at[0], tab), "a tab stands here; YAML wants spaces: indent with two spaces"
    else:
        position, message = _explain(fault)
    return (position[0] + 1, position[1] + 1), message


def stray_character(text: str) -> tuple[Position, str] | None:
    """Find a character that no text file should hold, or a directive that changes how YAML is read."""
    if found := _CONTROL.search(text):
        code = f"U+{ord(found[0]):04X}"
        return _position(text, found.start()), f"an invisible control character ({code}) stands here; delete it"
    if found := re.search("^%", text, re.MULTILINE):
        return _position(text, found.start()), "a line that begins with % changes how YAML is read; delete it"
    return None


def _position(text: str, index: int) -> Position:
    before = text[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


def _fault(error: Exception, text: str) -> _Fault:
    lines = tuple(text.splitlines())
    at = _mark(getattr(error, "problem_mark", None)) or (max(len(lines) - 1, 0), 0)
    return _Fault(
        problem=getattr(error, "problem", None) or "",
        context=getattr(error, "context", None) or "",
        at=at,
        opened=_mark(getattr(error, "context_mark", None)) or at,
        lines=lines,
    )


def _mark(mark: Any) -> Position | None:
    return (mark.line, mark.column) if mark is not None else None


def _explain(fault: _Fault) -> _Explained:
    if opening := _opened_above(fault):
        return opening, "the quotation mark that opens here is not closed in its line"
    for pattern, explain in _EXPLANATIONS:
        if re.search(pattern, f"{fault.context}; {fault.problem}"):
            return explain(fault)
    return fault.at, "this cannot be read as YAML; check quotation marks, brackets and how far the line is indented"


def _opened_above(fault: _Fault) -> Position | None:
    """A quotation mark that is not closed takes the next one, lines below, for its end; what follows is too much."""
    before = fault.here[: fault.at[1]].rstrip()
    quote = before[-1:]
    if quote not in ("'", '"') or before.count(quote) % 2 == 0:
        return None
    for number in range(fault.at[0] - 1, -1, -1):
        line = re.sub(r"(^|\s)#.*", "", fault.line(number))
        if line.count(quote) % 2:
            return number, line.rindex(quote)
    return None


def _said(message: str) -> Callable[[_Fault], _Explained]:
    return lambda fault: (fault.at, message)


def _at_opening(message: str) -> Callable[[_Fault], _Explained]:
    return lambda fault: (fault.opened, message)


def _colon(fault: _Fault) -> _Explained:
    if re.search(r":\s", fault.here[: fault.at[1]]):
        return fault.at, "a second ':' in one line; a text with ': ' in it needs quotation marks"
    above = fault.line(fault.above)
    if not above:
        return fault.at, "this ':' does not go with what stands before it; a text with ':' in it needs quotation marks"
    if not re.search(r":(\s|$)", above):
        start = (fault.above, len(above) - len(above.lstrip()))
        return start, "there is no ': ' in this line; a setting is written 'name: value', with a space after the colon"
    return (
        fault.line_start,
        "this line is indented deeper than the line above it, which has a value already; begin both in one column",
    )


def _bracket(fault: _Fault) -> _Explained:
    bracket = fault.line(fault.opened[0])[fault.opened[1] : fault.opened[1] + 1]
    return (
        fault.opened,
        f"the bracket '{bracket}' is not closed, or a comma is missing in it; "
        "a text that begins with a bracket needs quotation marks",
    )


def _misplaced_line(fault: _Fault) -> _Explained:
    return (
        fault.line_start,
        "this line does not go with the lines above it: it begins in another column, or a list ('- ') and settings "
        "('name: value') are mixed",
    )


def _wrong_start(fault: _Fault) -> _Explained:
    character = fault.here[fault.at[1] : fault.at[1] + 1]
    if character == "\t":
        return fault.at, "a tab stands here; YAML wants spaces"
    return fault.at, f"a text cannot begin with {character}; put it in quotation marks"


_EXPLANATIONS: tuple[tuple[str, Callable[[_Fault], _Explained]], ...] = (
    ("mapping values are not allowed", _colon),
    ("could not find expected ':'", _at_opening("there is no ': ' in this line; a setting is written 'name: value'")),
    ("maximum depth", _said("this is nested too deep; nothing here needs more than a few levels")),
    (
        "another document",
        _said("a second document begins here; a file holds one: delete this line and what follows it"),
    ),
    ("cannot start any token", _wrong_start),
    (
        "quoted scalar.*unknown escape",
        _said("a \\ inside \"...\" has a meaning of its own; write '...' instead, or \\\\"),
    ),
    ("quoted scalar", _at_opening("the quotation mark that opens here is not closed")),
    ("alias|anchor", _said("a text that begins with * or & needs quotation marks")),
    ("tag", _said("a text that begins with ! needs quotation marks")),
    ("parsing a flow", _bracket),
    ("block scalar", _said("after | or > the text begins on the next line")),
    ("sequence entries", _said("a list does not begin behind a name; write '- ' on the next line")),
    ("document start", _said("this line begins further left than the first one; top-level names share one column")),
    (r"block end.*'(-|\?|<block mapping start>|<block sequence start>)'", _misplaced_line),
    ("block end", _said("the text went on after its end; put all of it in quotation marks ('' is a ' inside '...')")),
)
