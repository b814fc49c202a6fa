"""Asks Home Assistant about itself: its registries, its version, its users. For the commands, not for the service.

One connection for as many questions as are asked inside the block. Nothing is changed or decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from homeassistant_api import WebsocketClient
from homeassistant_api.errors import ResponseError

from turntoward.adapters.homeassistant.connection import Access, Link, NotAllowed, in_words
from turntoward.ports import Impossible, NotNow
from turntoward.settings import HomeAssistantSettings

PATIENCE = 10.0


class Questions:
    """A connection of its own, opened with the block. Raises NotNow where there is none, Impossible for a bad token."""

    def __init__(self, settings: HomeAssistantSettings) -> None:
        self._link = Link(Access.of(settings), PATIENCE)
        self._client: WebsocketClient | None = None

    def __enter__(self) -> Self:
        try:
            self._client = self._link.open()
        except NotAllowed as refusal:
            raise Impossible(str(refusal)) from None
        except Exception as problem:  # whatever it was, nothing was asked yet
            raise NotNow(f"no connection to Home Assistant: {in_words(problem)}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._link.close()

    def ask(self, command: str, **details: Any) -> Any:
        """Return the result of a WebSocket command, such as `config/entity_registry/list`.

        Raises Impossible where it is refused, NotNow where the connection breaks.
        """
        return self._answer(lambda client: client.recv_result(client.send(command, **details)).result)

    def rendered(self, template: str) -> str:
        """Return what a template of Home Assistant says. Raises as `ask`."""
        return str(self._answer(lambda client: client.get_rendered_template(template)))

    def _answer(self, question: Callable[[WebsocketClient], Any]) -> Any:
        assert self._client is not None  # only inside the block
        try:
            return question(self._client)
        except ResponseError as refusal:
            raise Impossible(str(refusal)) from None
        except Exception as problem:
            raise NotNow(f"Home Assistant stopped answering: {in_words(problem)}") from None
