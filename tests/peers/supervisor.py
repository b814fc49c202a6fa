"""Home Assistant's Supervisor, as far as an app asks it: who provides MQTT, and the way to Home Assistant.

It checks the token as the real one does, and puts Home Assistant's own in its place.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.client import ClientConnection, connect
from websockets.sync.server import Server, ServerConnection, serve

from tests.peers.homeassistant import HomeAssistant

TOKEN = "supervisor-canary-token"
NOT_ENABLED = (HTTPStatus.BAD_REQUEST, {"result": "error", "message": "Service not enabled"})


class Supervisor:
    """Listens while the block lasts. `mqtt`: the record of the broker, or None; `home`: where `/core` leads."""

    def __init__(self, mqtt: dict[str, Any] | None = None, home: HomeAssistant | None = None) -> None:
        self.mqtt, self.home = mqtt, home
        self.answer: tuple[HTTPStatus, Any] | None = None
        """What it says to everything, where it is to say something odd."""
        self.asked: list[str] = []
        self.url = ""
        self._server: Server | None = None

    def __enter__(self) -> Self:
        self._server = serve(self._pass_on, "127.0.0.1", 0, process_request=self._reply)
        self.url = f"http://127.0.0.1:{self._server.socket.getsockname()[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.shutdown()

    def environ(self) -> dict[str, str]:
        return {"SUPERVISOR_TOKEN": TOKEN, "TURNTOWARD_SUPERVISOR_URL": self.url, "TZ": "Europe/Lisbon"}

    def _reply(self, connection: ServerConnection, request: Request) -> Response | None:
        self.asked.append(request.path)
        if request.path in ("/core/websocket", "/core/api/websocket"):
            return None
        status, body = self._said(request)
        response = connection.respond(status, body if isinstance(body, str) else json.dumps(body))
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json"
        return response

    def _said(self, request: Request) -> tuple[HTTPStatus, Any]:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return HTTPStatus.UNAUTHORIZED, {"result": "error", "message": "unauthorized"}
        if self.answer is not None:
            return self.answer
        if request.path == "/services/mqtt":
            return (HTTPStatus.OK, {"result": "ok", "data": self.mqtt}) if self.mqtt else NOT_ENABLED
        return self._from_home(request.path.removeprefix("/core"))

    def _from_home(self, path: str) -> tuple[HTTPStatus, Any]:
        assert self.home is not None
        asked = urllib.request.Request(f"{self.home.url}{path}", headers={"Authorization": f"Bearer {self.home.token}"})
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                return HTTPStatus.OK, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return HTTPStatus(refusal.code), refusal.read().decode()
        except OSError:
            return HTTPStatus.BAD_GATEWAY, ""

    def _pass_on(self, app: ServerConnection) -> None:
        """Let the app in by its own token, and go on as Home Assistant's user of that name."""
        assert self.home is not None
        app.send(json.dumps({"type": "auth_required", "ha_version": "2025.4.4"}))
        if json.loads(app.recv())["access_token"] != TOKEN:
            app.send(json.dumps({"type": "auth_invalid", "message": "Invalid access"}))
            return
        with connect(f"ws://{urlsplit(self.home.url).netloc}/api/websocket", max_size=None) as core:
            core.recv()
            core.send(json.dumps({"type": "auth", "access_token": self.home.token}))
            app.send(core.recv())
            back = threading.Thread(target=_pump, args=(core, app), daemon=True)
            back.start()
            _pump(app, core)


def _pump(source: ServerConnection | ClientConnection, target: ServerConnection | ClientConnection) -> None:
    with suppress(ConnectionClosed):
        for message in source:
            target.send(message)
    target.close()
