"""The question whether all is well, asked over real HTTP."""

from __future__ import annotations

import logging
import os
import socket
import struct
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.peers.ports import free_port
from turntoward.adapters.health import Health


def now() -> datetime:
    return datetime.now(UTC)


def asked(port: int, path: str = "/healthz") -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def left_ago(sign: Path, seconds: float) -> None:
    sign.touch()
    os.utime(sign, (now().timestamp() - seconds,) * 2)


def test_it_is_well_while_there_is_a_sign_of_life(tmp_path: Path) -> None:
    sign, other, port = tmp_path / "alive", tmp_path / "alive.waiting", free_port()
    with Health(port, (sign, other), now):
        assert asked(port) == 503
        left_ago(sign, 10)
        assert asked(port) == 200
        left_ago(sign, 100)
        assert asked(port) == 503
        left_ago(other, 1)
        assert asked(port) == 200


def test_it_answers_nothing_else(tmp_path: Path) -> None:
    port = free_port()
    with Health(port, (tmp_path / "alive",), now):
        assert asked(port, "/") == 404
        assert asked(port, "/../../etc/passwd") == 404


def test_who_hangs_up_is_not_logged(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    port = free_port()
    with Health(port, (tmp_path / "alive",), now):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # the end is a reset
            client.sendall(b"GET /healthz HT")
        assert asked(port) == 503
        threading.Event().wait(0.2)
    assert capfd.readouterr() == ("", "")


def test_it_ends_with_its_block_and_leaves_no_thread(tmp_path: Path) -> None:
    before, port = threading.active_count(), free_port()
    with Health(port, (tmp_path / "alive",), now):
        assert asked(port) == 503
    with pytest.raises(urllib.error.URLError):
        asked(port)
    assert threading.active_count() <= before


def test_a_port_that_is_taken_is_told_and_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server(("", 0)) as taken, caplog.at_level(logging.WARNING):
        port = taken.getsockname()[1]
        with Health(port, (tmp_path / "alive",), now) as health:
            assert not health.is_well()
    assert f"port {port}" in caplog.text
