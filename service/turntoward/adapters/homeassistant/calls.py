"""Makes Home Assistant do things and reads single states: the port `HomeAssistant`.

Each call has a connection of its own, so threads share nothing and a failure has one owner. What to call, and whether
to try again, is never decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant_api import Client, WebsocketClient
from homeassistant_api.errors import EndpointNotFoundError, ResponseError, UnauthorizedError

from turntoward.adapters.homeassistant.connection import Access, Link, in_words, new_session
from turntoward.ports import EntityState, Impossible, NotNow, Refused
from turntoward.settings import HomeAssistantSettings

STATES_TIMEOUT = 5.0
_BEFOREHAND = ("[not_found]", "[invalid_format]", "[service_validation_error]", "[unauthorized]")
"""How refusals begin that come before anything is done; every other error may have come in the middle."""


class Calls:
    """Home Assistant as channels use it; every method may be called from any thread."""

    def __init__(self, settings: HomeAssistantSettings) -> None:
        self._access = Access.of(settings)

    def call(self, domain: str, service: str, data: Mapping[str, Any], timeout: float = 10.0) -> None:
        """Call an action and wait until Home Assistant has done it; `timeout` seconds for each of its answers.

        Raises NotNow when it was certainly not done, Refused when Home Assistant did not begin, Impossible when it
        failed or it is not known whether it was done. A target goes into `data` as `entity_id`. Success does not mean
        that the target exists.
        """
        self._ordered(domain, service, data, timeout, answers=False)

    def ask(self, domain: str, service: str, data: Mapping[str, Any], timeout: float = 10.0) -> Mapping[str, Any]:
        """Call an action that answers, as `call` does, and return what it said."""
        answer = self._ordered(domain, service, data, timeout, answers=True)
        said = answer.get("response") if isinstance(answer, Mapping) else None
        return said if isinstance(said, Mapping) else {}

    def _ordered(self, domain: str, service: str, data: Mapping[str, Any], timeout: float, answers: bool) -> object:
        with Link(self._access, timeout) as link:
            client = _opened(link)
            try:
                order = client.send(
                    "call_service", domain=domain, service=service, service_data=dict(data), return_response=answers
                )
                return client.recv_result(order).result
            except ResponseError as refusal:
                raise _refused(client, refusal) from None
            except Exception as problem:  # whatever it was, the order may be on its way
                raise Impossible(f"{domain}.{service} may have been done: {in_words(problem)}") from None

    def states(self, entity_ids: Iterable[str]) -> dict[str, EntityState]:
        """Return the current state of those entities that exist. Raises NotNow when there is no connection."""
        try:
            self._access.check()
            with new_session(STATES_TIMEOUT) as session:
                client = Client(self._access.rest_url, self._access.token, session=session)
                found = (_state(client, entity_id) for entity_id in entity_ids)
                return {state.entity_id: state for state in found if state is not None}
        except UnauthorizedError:
            raise NotNow("Home Assistant does not accept the token") from None
        except Exception as problem:  # reading changes nothing, so any failure may be tried again
            raise NotNow(f"no states from Home Assistant: {in_words(problem)}") from None


def _opened(link: Link) -> WebsocketClient:
    try:
        return link.open()
    except Exception as problem:  # nothing was ordered yet
        raise NotNow(f"no connection to Home Assistant: {in_words(problem)}") from None


def _refused(client: WebsocketClient, refusal: ResponseError) -> NotNow | Impossible:
    """Say no in Home Assistant's words; an action that is not there may still come while it starts."""
    if "[not_found]" in str(refusal) and not _is_running(client):
        return NotNow("Home Assistant is still starting")
    return (Refused if str(refusal).startswith(_BEFOREHAND) else Impossible)(str(refusal))


def _is_running(client: WebsocketClient) -> bool:
    try:
        return bool(client.get_config()["state"] == "RUNNING")
    except Exception:  # it went down just now; the refusal stands
        return True


def _state(client: Client, entity_id: str) -> EntityState | None:
    try:
        state = client.get_state(entity_id=entity_id)
    except EndpointNotFoundError:
        return None
    return EntityState(state.entity_id, state.state, state.attributes, state.last_changed)
