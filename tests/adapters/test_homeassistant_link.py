"""How a connection to Home Assistant ends, as the other side sees it: a real WebSocket server with its login."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.peers.ports import HOST
from turntoward.adapters.homeassistant.connection import Access, Link


class Ended:
    """Lets one client in, agrees to all it says, and remembers by which code it left."""

    def __init__(self) -> None:
        self.code: int | None = None
        self.happened = threading.Event()

    def __call__(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "auth_required", "ha_version": "2026.11.0"}))
        connection.recv(10)
        connection.send(json.dumps({"type": "auth_ok", "ha_version": "2026.11.0"}))
        try:
            while True:
                order = json.loads(connection.recv(10))
                connection.send(json.dumps({"id": order["id"], "type": "result", "success": True, "result": None}))
        except ConnectionClosed as end:
            self.code = end.rcvd.code if end.rcvd is not None else None
        finally:
            self.happened.set()


@contextmanager
def listening() -> Iterator[tuple[Ended, Access]]:
    ended = Ended()
    with serve(ended, HOST, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield ended, Access(f"http://{HOST}:{server.socket.getsockname()[1]}", "token")
        finally:
            server.shutdown()
            thread.join()


def test_a_connection_is_ended_in_order_so_that_home_assistant_writes_no_warning() -> None:
    with listening() as (ended, access):
        with Link(access, 5.0) as link:
            link.open()
        assert ended.happened.wait(5)
        assert ended.code == 1000


def test_another_thread_may_end_it_and_the_one_that_reads_gets_an_error() -> None:
    with listening() as (ended, access):
        link = Link(access, 5.0)
        client = link.open()
        read: list[BaseException] = []

        def wait() -> None:
            try:
                client.recv()
            except Exception as problem:  # whichever: it must not wait on
                read.append(problem)

        reader = threading.Thread(target=wait)
        reader.start()
        link.close()
        reader.join(5)
        assert not reader.is_alive()
        assert read
        assert ended.happened.wait(5)
