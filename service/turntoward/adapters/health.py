"""Answers over HTTP whether the service still decides: `GET /healthz` is 200, or 503 when it has not for a minute.

It says nothing else to anybody, and logs nobody's asking.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

log = logging.getLogger(__name__)

STALE = 60.0
"""Seconds. The loop leaves a sign of life every fifteen, and none while it cannot decide (a full disk, say)."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Keep it out of the log, with the address of whoever hung up."""


class Health:
    """Listens as long as the block lasts, in threads of its own.

    `signs`: files that are touched while all is well, one of them is enough; `now`: the wall clock.
    """

    def __init__(self, port: int, signs: tuple[Path, ...], now: Callable[[], datetime]) -> None:
        self._port, self._signs, self._now = port, signs, now
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        try:
            self._server = _Server(("", self._port), _answers(self.is_well))
        except OSError as problem:
            log.warning("nobody can ask over HTTP whether all is well: port %s: %s", self._port, problem.strerror)
            return self
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def is_well(self) -> bool:
        """Whether there was a sign of life within the last minute."""
        return any(self._is_fresh(sign) for sign in self._signs)

    def _is_fresh(self, sign: Path) -> bool:
        try:
            return abs(self._now().timestamp() - sign.stat().st_mtime) < STALE
        except OSError:
            return False


def _answers(is_well: Callable[[], bool]) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        timeout = 5
        server_version, sys_version = "Turntoward", ""

        def do_GET(self) -> None:
            if self.path != "/healthz":
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            well = is_well()
            body = b"well\n" if well else b"nothing was decided for a minute\n"
            self.send_response(HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep it out of the log: it is asked every few seconds."""

    return Answers
