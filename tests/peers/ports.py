"""Loopback ports for peers: find a free one, wait until somebody answers, see who listens where."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

HOST = "127.0.0.1"


def free_port() -> int:
    """Return a port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_port(port: int, alive: Callable[[], bool], timeout: float = 15) -> None:
    """Wait until the port answers; give up early when the process behind it is gone."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            socket.create_connection((HOST, port), 1).close()
            return
        except OSError:
            if not alive() or time.monotonic() > deadline:
                raise TimeoutError(f"nothing answers on port {port}") from None
            time.sleep(0.02)


def bound_hosts(pid: int) -> set[str]:
    """Return the local addresses of a process's internet sockets, as the kernel writes them (hex)."""
    links = [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir() if path.is_symlink()]
    sockets = {link.removeprefix("socket:[").rstrip("]") for link in links if link.startswith("socket:[")}
    rows = [
        row.split()
        for table in ("tcp", "udp", "tcp6", "udp6")
        for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    return {row[1].partition(":")[0] for row in rows if row[9] in sockets}
