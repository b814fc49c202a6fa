"""The embedded broker of the demo: amqtt in a process of its own, for this machine only.

Open to everybody on this machine and without persistence, so nothing but the demo may use it. amqtt speaks MQTT 3.1.1.
Run by hand: `python -m turntoward.adapters.broker --port 1883`; it ends when its standard input does.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import logging
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate

HOST = "127.0.0.1"
START_SECONDS = 15.0
STOP_SECONDS = 5.0
MISSING = "the embedded broker needs the package amqtt; install it with: pip install 'turntoward[demo]'"


class BrokerNotStarted(Exception):
    """The embedded broker does not run; the message says why and what to do."""


class EmbeddedBroker:
    """A broker on `port`, or on a free port where that is taken: `.port` tells after `start`."""

    def __init__(self, port: int = 1883) -> None:
        self.port = port
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it and return when it takes connections. Raises BrokerNotStarted."""
        # The child lives as long as its standard input: our end closes even when we are killed.
        self._process = subprocess.Popen(
            [sys.executable, "-m", __spec__.name, "--port", str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # Ctrl-C is for the service, which still has a goodbye to publish.
            start_new_session=True,
        )
        try:
            self.port = self._reported_port(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process; what it kept is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        with process:
            try:
                process.communicate(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()

    def _reported_port(self, process: subprocess.Popen[str]) -> int:
        assert process.stdout is not None
        reader = ThreadPoolExecutor(1, "embedded-broker")
        try:
            line = reader.submit(process.stdout.readline).result(START_SECONDS)
        except TooLate:
            process.kill()
            raise BrokerNotStarted(f"the embedded broker was not ready within {START_SECONDS:g} s") from None
        finally:
            reader.shutdown()
        report = json.loads(line) if line.startswith("{") else {"error": "its process ended without a word"}
        if "error" in report:
            raise BrokerNotStarted(str(report["error"]))
        return int(report["port"])


def _free_port(wanted: int) -> int:
    """Return the wanted port where nobody has it, else another one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError as problem:
            if problem.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


async def _serve(port: int) -> None:
    from amqtt.broker import Broker

    broker = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await broker.start()
    print(json.dumps({"port": port}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await broker.shutdown()


def main() -> int:
    """Serve until the standard input ends; report the port, or what is wrong, as one line of JSON."""
    parser = argparse.ArgumentParser(prog="turntoward.adapters.broker", description=__doc__)
    parser.add_argument("--port", type=int, default=1883)
    logging.basicConfig(level=logging.CRITICAL)
    try:
        asyncio.run(_serve(_free_port(parser.parse_args().port)))
    except ModuleNotFoundError as problem:
        print(json.dumps({"error": MISSING if problem.name == "amqtt" else str(problem)}), flush=True)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
