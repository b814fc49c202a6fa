"""Keep a Python program on this machine: every way out of loopback ends in an error.

Python imports a module of this name at its start when its folder is on PYTHONPATH. An audit hook
sees each socket call of the interpreter, also those made around the `socket` module, and refuses
what is not loopback; the refusal is one JSON line in the file named by TURNTOWARD_REFUSED. A
program that listens on all addresses is quietly given loopback instead, since it means no harm.
Only C extensions with sockets of their own are not covered, so the one resolver of that kind in
Home Assistant (c-ares) is told to ask nobody.
"""

import errno
import ipaddress
import json
import os
import socket
import sys
import time
from typing import Any

WILDCARDS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
LOG = os.environ.get("TURNTOWARD_REFUSED")


def write_down(event: str, address: object) -> None:
    """Note one refusal, by a plain descriptor: Home Assistant complains about `open` in its loop."""
    if LOG is None:
        return
    line = json.dumps({"time": time.time(), "event": event, "address": str(address)})
    descriptor = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, line.encode() + b"\n")
    os.close(descriptor)


def is_loopback(host: str) -> bool:
    """Tell whether a name or an address means this machine."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host == "localhost"
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def check_address(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse an address family with a network behind it, unless it stays here."""
    peer, address = arguments[0], arguments[1]
    if address is None or peer.family not in (socket.AF_INET, socket.AF_INET6):
        return
    if not is_loopback(str(address[0])):
        write_down(event, address)
        raise OSError(errno.ENETUNREACH, "kept on loopback")


def check_name(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse to look up a name; an address that is only spelled out may pass."""
    host = arguments[0]
    name = host.decode() if isinstance(host, bytes) else host
    if not name or name == "localhost":
        return
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        write_down(event, name)
        raise socket.gaierror(socket.EAI_NONAME, "kept on loopback") from None


CHECKS = {
    "socket.bind": check_address,
    "socket.connect": check_address,
    "socket.sendto": check_address,
    "socket.sendmsg": check_address,
    "socket.getaddrinfo": check_name,
    "socket.gethostbyname": check_name,
}


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Look at the few audit events that concern the network."""
    if check := CHECKS.get(event):
        check(event, arguments)


def bind_here(bind: Any) -> Any:
    """Wrap `socket.bind` so that "all addresses" becomes loopback."""

    def bound(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] in WILDCARDS:
            own = "127.0.0.1" if self.family == socket.AF_INET else "::1"
            address = (own, *address[1:])
        bind(self, address)

    return bound


def silence_resolver() -> None:
    """Point the c-ares resolver at this machine, where nobody answers."""
    try:
        import aiodns  # type: ignore[import-not-found]
    except ImportError:
        return
    original = aiodns.DNSResolver.__init__

    def start(self: Any, _nameservers: Any = None, *rest: Any, **options: Any) -> None:
        original(self, ["127.0.0.1"], *rest, **options)

    aiodns.DNSResolver.__init__ = start


socket.socket.bind = bind_here(socket.socket.bind)  # type: ignore[method-assign]
sys.addaudithook(watch)
silence_resolver()
