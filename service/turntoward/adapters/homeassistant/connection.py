"""One connection to Home Assistant: its addresses, how it is opened and ended, and its failures in plain words.

What is said over a connection is never here. Nothing that Home Assistant sent may get into a text of this module:
the library puts whole messages into its errors, and messages hold who is where.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import niquests
from homeassistant_api import WebsocketClient
from homeassistant_api.errors import ReceivingError, RequestTimeoutError, ResponseError, UnauthorizedError
from niquests.exceptions import ConnectionError as NoConnection
from niquests.exceptions import HTTPError, SSLError, Timeout

from turntoward.settings import HomeAssistantSettings

_GOODBYE = bytes((0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8))
"""The frame by which a client ends a WebSocket in order: code 1000."""
CONNECT_SECONDS = 3.0
"""How long a connect may take; Home Assistant is in the same house."""

_HOW_TO_GET_A_TOKEN = (
    "Make a long-lived access token as an administrator (your profile in Home Assistant, tab Security) "
    "and put it into TURNTOWARD_HA_TOKEN, or as 'token: !secret ...' into household.yaml."
)

# At INFO the library writes every event with its data.
logging.getLogger("homeassistant_api").setLevel(logging.WARNING)


class NotAllowed(Exception):
    """Home Assistant does not let us in, or not do what we need; the message says what to do about it."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where Home Assistant is, and the key."""

    url: str
    token: str = field(repr=False)

    @classmethod
    def of(cls, settings: HomeAssistantSettings) -> Access:
        """Take both from the settings; no token is an empty one."""
        token = settings.token.get_secret_value() if settings.token else ""
        return cls(settings.url.rstrip("/"), token.strip())

    @property
    def rest_url(self) -> str:
        """The address of the REST interface; behind the Supervisor it is `http://supervisor/core/api`."""
        return f"{self.url}/api"

    @property
    def websocket_url(self) -> str:
        """The address of the WebSocket: `ws://` for http, `wss://` for https."""
        return f"ws{self.url.removeprefix('http')}/api/websocket"

    @property
    def host(self) -> str:
        """Where it is, for logs: an address may have a password in it."""
        try:
            parts = urlsplit(self.url)
            return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
        except ValueError:
            return "its address, which is no address"

    def check(self) -> None:
        """Raise NotAllowed when there is no key to try."""
        if not self.token:
            raise NotAllowed(f"There is no token for Home Assistant. {_HOW_TO_GET_A_TOKEN}")


def new_session(patience: float) -> niquests.Session:
    """Return a session whose reads give up after `patience` seconds.

    It speaks with Home Assistant alone: no proxy and no .netrc of the surroundings, and no question to a
    certificate's issuer on the internet.
    """
    session = niquests.Session(timeout=(CONNECT_SECONDS, patience), revocation_configuration=None, disable_http3=True)
    session.trust_env = False
    return session


class Link:
    """A WebSocket connection of one thread, which any other thread can end."""

    def __init__(self, access: Access, patience: float) -> None:
        self._access = access
        self._session = new_session(patience)
        self._client = WebsocketClient(access.websocket_url, access.token, session=self._session)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> WebsocketClient:
        """Connect and log in. Raises NotAllowed, or whatever the library raises when there is no connection."""
        self._access.check()
        try:
            return self._client.__enter__()
        except UnauthorizedError:
            raise NotAllowed(f"Home Assistant does not accept the token. {_HOW_TO_GET_A_TOKEN}") from None

    def close(self) -> None:
        """End the connection, from any thread; a thread that reads or connects gets an error. Never raises."""
        socket = getattr(self._client, "_ws", None)
        # Two threads may close at once, and what is broken may not close in order: gone is gone.
        with suppress(Exception):
            _say_goodbye(socket)
        with suppress(Exception):
            if socket is not None:
                socket.close()
        with suppress(Exception):
            self._session.close()


def _say_goodbye(socket: Any) -> None:
    """End it in order: the library's own end has no valid code, for which Home Assistant logs a warning each time."""
    socket._dsa.sendall(_GOODBYE)
    socket._remote_shutdown = True  # so that the library does not end it a second time


_IN_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (SSLError, "its certificate is not one this machine trusts"),
    (Timeout, "it does not answer in time"),
    (RequestTimeoutError, "it does not answer in time"),
    (NoConnection, "nothing answers at its address"),
    (ReceivingError, "it ended the connection"),
    (OSError, "the connection broke"),
)


def in_words(problem: Exception) -> str:
    """Say what went wrong in half a sentence about Home Assistant, without anything it sent but a refusal."""
    if isinstance(problem, NotAllowed | ResponseError):
        return str(problem)
    if isinstance(problem, HTTPError) and problem.response is not None:
        return f"it answers with status {problem.response.status_code} where its WebSocket should be"
    known = (words for kind, words in _IN_WORDS if isinstance(problem, kind))
    return next(known, f"it sent something unexpected ({type(problem).__name__})")
