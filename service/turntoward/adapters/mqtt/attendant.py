"""A thread for what the network thread must not wait for. It knows nothing of MQTT."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

log = logging.getLogger(__name__)


class Attendant:
    """Does what it is asked, one thing after another, and `when_idle` whenever nothing was asked for a while."""

    def __init__(self, name: str, when_idle: Callable[[], None], idle_seconds: float) -> None:
        self._tasks: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._when_idle = when_idle
        self._idle_seconds = idle_seconds
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin; once in a lifetime."""
        self._thread.start()

    def ask(self, task: Callable[[], None]) -> None:
        """Have something done soon; callable from any thread. What it raises is logged."""
        self._tasks.put(task)

    def wait(self, seconds: float) -> bool:
        """Wait inside a task; True: we are being stopped, so do no more."""
        return self._stopping.wait(seconds)

    def stop(self) -> None:
        """Finish the running task, drop the others and end the thread."""
        self._stopping.set()
        self.ask(lambda: None)
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            task = self._next()
            if self._stopping.is_set():
                return
            try:
                task()
            except Exception:
                log.exception("a task beside the MQTT connection failed; this is a mistake in the program")

    def _next(self) -> Callable[[], None]:
        try:
            return self._tasks.get(timeout=self._idle_seconds)
        except Empty:
            return self._when_idle
