"""How the running service logs: the household's own time, colour on a terminal, plain lines when piped.

At the default level no line says when somebody came or went; no line ever holds a secret.
"""

from __future__ import annotations

import logging
import sys
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.logging import RichHandler
from rich.text import Text

from turntoward.ports import Clock

_TALKATIVE = ("homeassistant_api", "niquests", "urllib3", "urllib3_future", "apscheduler", "amqtt", "transitions")
"""Libraries whose INFO lines show every event with its data."""


class _HouseholdTime(logging.Formatter):
    def __init__(self, clock: Clock, zone: ZoneInfo, pattern: str) -> None:
        super().__init__(pattern)
        self._clock, self._zone = clock, zone

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        now = self._clock.now().astimezone(self._zone)
        return now.strftime(datefmt or "%Y-%m-%d %H:%M:%S")


class _OnTerminal(RichHandler):
    def __init__(self, clock: Clock, zone: ZoneInfo) -> None:
        super().__init__(console=Console(stderr=True), show_path=False, show_time=False, markup=False)
        self._clock, self._zone = clock, zone

    def get_level_text(self, record: logging.LogRecord) -> Text:
        now = self._clock.now().astimezone(self._zone)
        colour = {"WARNING": "yellow", "ERROR": "bold red"}.get(record.levelname, "dim")
        mark = {"WARNING": "!", "ERROR": "✗", "DEBUG": "·"}.get(record.levelname, " ")
        return Text.assemble((now.strftime("%H:%M:%S"), "cyan"), " ", (mark, colour))


def set_up(level: str, clock: Clock, zone: ZoneInfo) -> None:
    """Send the service's own lines to standard error."""
    handler: logging.Handler
    if sys.stderr.isatty():
        handler = _OnTerminal(clock, zone)
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(_HouseholdTime(clock, zone, "%(asctime)s %(levelname)-7s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("turntoward").setLevel(level.upper())
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING if name != "amqtt" else logging.ERROR)
