"""Where something is on the network, as people write it: checked before anything tries to reach it.

No message shows what was written: people paste addresses with a password in them. Nothing is looked up or connected.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import IPv6Address
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from pydantic_core import PydanticCustomError

_WEB_ADDRESS = re.compile(r"https?://\S*")
_EXAMPLE = "http://homeassistant.local:8123"
_PATHS = ("", "/core")
"""`/core`: behind the Supervisor Home Assistant is `http://supervisor/core`."""


def web_address(value: str) -> str:
    """Return an address of Home Assistant. Raises PydanticCustomError."""
    if not _WEB_ADDRESS.fullmatch(value):
        _refuse("web_address", "this is not a web address; write it with http:// or https://, as in the browser")
    if problem := next(_faults(value), None):
        _refuse("web_address", problem)
    return value


def _faults(value: str) -> Iterator[str]:
    bad_ipv6 = "this is not an IPv6 address; write it in brackets: http://[fd00::5]:8123"
    try:
        parts = urlsplit(value)
        if _is_bad_ipv6(parts):
            yield bad_ipv6
    except ValueError:  # of an address, all that is looked at by then is what stands in brackets
        yield bad_ipv6
        return
    if not parts.hostname:
        yield f"there is no host in this address; write it like {_EXAMPLE}"
    if not _can_be(lambda: parts.port != 0):
        yield f"the port is not a number from 1 to 65535; most often it is 8123: {_EXAMPLE}"
    if parts.path.rstrip("/") not in _PATHS or parts.query or parts.fragment:
        yield f"the address ends with the host and the port, without the page behind them; write it like {_EXAMPLE}"


def _is_bad_ipv6(parts: SplitResult) -> bool:
    host = parts.netloc.rpartition("@")[2]
    if host.startswith("["):
        return not _can_be(lambda: bool(IPv6Address(parts.hostname or "")))
    return host.count(":") > 1


def _can_be(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except ValueError:
        return False


def host_name(value: str) -> str:
    """Return a host's name or IP address. Raises PydanticCustomError."""
    if re.search(r"[/\s@]", value):
        _refuse("host", "write the name of the machine only, without mqtt://, account and path: homeassistant.local")
    if re.fullmatch(r"[^:]+:\d*", value):
        _refuse("host", "write the name of the machine only; the number behind the ':' goes below it as 'port:'")
    if not value:
        _refuse("host", "the name is empty; write the name of the machine: homeassistant.local")
    return value


def page_path(value: str) -> str:
    """Return where a page is inside Home Assistant. Raises PydanticCustomError."""
    if not re.fullmatch(r"/(?!/)[^\s\\]*", value):
        _refuse("page", "write the page without the address, as it stands behind the port: /lovelace/us")
    return value


def _refuse(kind: str, message: str) -> NoReturn:
    raise PydanticCustomError(kind, message)
