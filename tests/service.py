"""The service as a process of its own, with a config made for the test, and what it said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

PAUSE = threading.Event()


def until(condition: Callable[[], object], seconds: float = 20.0, what: str = "it") -> object:
    """Wait for a condition and return what it gave."""
    for _ in range(int(seconds / 0.02)):
        if found := condition():
            return found
        PAUSE.wait(0.02)
    raise AssertionError(f"{what} did not happen within {seconds} s")


class Process:
    """`turntoward run` with a config file. Ends with the block, whatever happens in it."""

    def __init__(self, config: Path, **environ: str) -> None:
        self.config, self.log_path = config, config.with_suffix(".log")
        self._environ = {**os.environ, **environ}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Process:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def start(self) -> None:
        with self.log_path.open("ab") as log:
            command = [sys.executable, "-m", "turntoward", "run", "--config", str(self.config)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=self._environ)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll() if self._process is not None else None

    def kill(self) -> None:
        """As a power cut does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self, seconds: float = 15.0) -> int:
        """Ask it to end, and return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(seconds)

    def log(self) -> str:
        return self.log_path.read_text("utf-8") if self.log_path.exists() else ""

    def wait_log(self, words: str, seconds: float = 20.0) -> None:
        until(lambda: words in self.log(), seconds, f"the log line {words!r}; the log is:\n{self.log()}\nand it")


def command(*words: str, code: int = 0) -> str:
    """Run a verb and return what it printed."""
    done = subprocess.run([sys.executable, "-m", "turntoward", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == code, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr
