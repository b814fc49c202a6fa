"""The two ways to speak with Home Assistant, as any client would: REST and WebSocket commands."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import connect
from websockets.sync.connection import Connection

from tests.peers.ports import HOST

TIMEOUT = 30.0
# A proxy of the surroundings has no business on loopback.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class ApiError(Exception):
    """Home Assistant said no: `code` is the HTTP status or the WebSocket error code."""

    def __init__(self, code: int | str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Commands:
    """An authenticated WebSocket connection."""

    def __init__(self, connection: Connection, token: str) -> None:
        self._connection = connection
        self._last = 0
        self._receive()
        self._send(type="auth", access_token=token)
        answer = self._receive()
        if answer["type"] != "auth_ok":
            raise ApiError(answer["type"], answer.get("message", ""))

    def _send(self, **message: Any) -> None:
        self._connection.send(json.dumps(message))

    def _receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self._connection.recv(TIMEOUT))
        return message

    def run(self, command: str, **fields: Any) -> Any:
        """Send one command and return its result."""
        self._last += 1
        self._send(id=self._last, type=command, **fields)
        while True:
            answer = self._receive()
            if answer.get("id") != self._last or answer["type"] != "result":
                continue
            if not answer["success"]:
                raise ApiError(answer["error"]["code"], answer["error"]["message"])
            return answer["result"]

    def next_event(self, timeout: float = 10) -> dict[str, Any]:
        """Wait for the next event of a subscription made with `run`."""
        while True:
            message: dict[str, Any] = json.loads(self._connection.recv(timeout))
            if message["type"] == "event":
                event: dict[str, Any] = message["event"]
                return event


class Api:
    """A client with a token, or without one."""

    def __init__(self, port: int, token: str | None = None) -> None:
        self.port = port
        self.url = f"http://{HOST}:{port}"
        self.ws_url = f"ws://{HOST}:{port}/api/websocket"
        self.token = token

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        form: dict[str, str] | None = None,
        timeout: float = TIMEOUT,
    ) -> Any:
        """Do one REST request with a JSON body, or a form; return the decoded answer."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        content: bytes | None = None
        if form is not None:
            content = urllib.parse.urlencode(form).encode()
        elif body is not None:
            content = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.url + path, content, headers, method=method)
        try:
            with _opener.open(request, timeout=timeout) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                raise ApiError(error.code, error.read().decode(errors="replace")) from None
        return json.loads(text) if text else None

    @contextmanager
    def commands(self) -> Iterator[Commands]:
        """Open a WebSocket for as many commands as wanted."""
        with connect(self.ws_url, max_size=None, proxy=None) as connection:
            yield Commands(connection, self.token or "")

    def command(self, command: str, **fields: Any) -> Any:
        """Run a single WebSocket command."""
        with self.commands() as commands:
            return commands.run(command, **fields)
