"""The push server of the phones' maker, on this machine: it takes every push and remembers it."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.peers.ports import HOST, free_port


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, received: list[tuple[str, dict[str, Any]]]) -> None:
        self.received = received
        super().__init__((HOST, port), _Request)


class _Request(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:  # the name is fixed by http.server
        """Keep the push under the name of its phone, the last part of the path."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        push = {"time": time.time(), **body}
        self.server.received.append((self.path.rpartition("/")[2], push))
        self.send_response(201)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        # Home Assistant reads the answer as JSON.
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        """Keep the test output quiet."""


class PushSink:
    """A server that can be stopped and started again on the same port."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self._received: list[tuple[str, dict[str, Any]]] = []
        self._server: _Server | None = None

    def url(self, phone: str) -> str:
        """Return the address a phone registers for its pushes."""
        return f"http://{HOST}:{self.port}/push/{phone}"

    def start(self) -> None:
        """Take pushes."""
        if self._server is None:
            self._server = _Server(self.port, self._received)
            # The default of half a second would be added to every stop.
            serve = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
            serve.start()

    def stop(self) -> None:
        """Close the port: pushes fail, as they do without internet."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def received(self, phone: str) -> list[dict[str, Any]]:
        """Return what came for one phone, oldest first."""
        return [push for name, push in list(self._received) if name == phone]

    def clear(self) -> None:
        """Forget everything."""
        self._received.clear()
