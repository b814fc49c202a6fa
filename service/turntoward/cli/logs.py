"""How the running service logs: the household's own time, colour on a terminal, plain lines when piped.

At the default level no line says when somebody came or went; no line ever holds a secret.
"""

from __future__ import annotations

import logging
import sys
import traceback
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from turntoward.ports import Clock

HOME = "turntoward.home"
"""What the demo's home does and hears."""
_LOOKS = {"DEBUG": ("·", "dim"), "INFO": (" ", "none"), "WARNING": ("!", "yellow"), "ERROR": ("✗", "bold red")}


class _HouseholdTime(logging.Formatter):
    def __init__(self, clock: Clock, zone: ZoneInfo, pattern: str) -> None:
        super().__init__(pattern)
        self._clock, self._zone = clock, zone

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        now = self._clock.now().astimezone(self._zone)
        return now.strftime(datefmt or "%Y-%m-%d %H:%M:%S")


class _OnTerminal(logging.Handler):
    """Time, a mark, the words; wrapped under the words where the terminal is narrow."""

    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        super().__init__()
        self._console = Console(stderr=True, highlight=False)
        self._clock, self._zone = clock, zone

    def emit(self, record: logging.LogRecord) -> None:
        mark, style = _LOOKS.get(record.levelname, (" ", "none"))
        if record.name == HOME:
            style = "bold green" if "🔊" in record.getMessage() else "cyan"
        words = record.getMessage()
        if record.exc_info:
            words += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
        grid = Table.grid(padding=(0, 1))
        now = self._clock.now().astimezone(self._zone)
        grid.add_row(Text(f"{now:%H:%M:%S}", style="dim"), Text(mark, style=style), Text(words, style=style))
        self._console.print(grid)


def set_up(level: str, clock: Clock, zone: ZoneInfo) -> None:
    """Send the service's own lines to standard error."""
    handler: logging.Handler
    if sys.stderr.isatty():
        handler = _OnTerminal(clock, zone)
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(_HouseholdTime(clock, zone, "%(asctime)s %(levelname)-7s %(message)s"))
    # At INFO some libraries write every event with its data: they stay at WARNING, whatever ours is.
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("turntoward").setLevel(level.upper())
