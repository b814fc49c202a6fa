"""A terminal with somebody at its keyboard: a command in a real pseudo-terminal, typed to as people type."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from types import TracebackType
from typing import Self

PATIENCE = 60.0
CTRL_C = "\x03"


class Terminal:
    """`turntoward ...` in a terminal. Ends with the block, whatever happens in it."""

    def __init__(self, *words: str, **environ: str) -> None:
        self.shown = ""
        self._seen = 0
        self._screen, theirs = pty.openpty()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TURNTOWARD_")}
        # Not pty.fork, which may hang in a process with threads. Tests that run in the background have Ctrl-C ignored.
        to_begin_with = ["setsid", "--ctty", "env", "--default-signal=INT"]
        self._process = subprocess.Popen(
            [*to_begin_with, sys.executable, "-m", "turntoward", *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**kept, "COLUMNS": "300", **environ},
        )
        os.close(theirs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._screen)

    def expect(self, words: str) -> None:
        """Wait until something new with these words is on the screen."""
        while words not in self.shown[self._seen :]:
            assert self._read(), f"{words!r} was never shown; it ended with\n{self.shown[-1500:]}"
        self._seen = self.shown.index(words, self._seen) + len(words)

    def type(self, line: str = "", end: str = "\n") -> None:
        """Type a line; nothing is Enter alone."""
        os.write(self._screen, f"{line}{end}".encode())

    def answer(self, **answers: str) -> None:
        """Answer questions in their order, each known by words of its own (_ for a space)."""
        for question, answer in answers.items():
            self.expect(question.replace("_", " "))
            self.type(answer)

    def interrupt(self) -> None:
        """Press Ctrl-C as people do: again when nothing comes of it (just before the keyboard is read, it is lost)."""
        for _ in range(int(PATIENCE)):
            self.type(CTRL_C, end="")
            if select.select([self._screen], [], [], 2)[0] and self._read() and not self.shown.endswith("^C"):
                return
            if select.select([self._screen], [], [], 2)[0]:
                return

    def exit_code(self) -> int:
        """Wait for the end."""
        while self._read():
            pass
        return self._process.wait(PATIENCE)

    def _read(self) -> bool:
        """Read what is shown next; False at the end."""
        ready, _, _ = select.select([self._screen], [], [], PATIENCE)
        assert ready, f"nothing more is shown; so far\n{self.shown[-1500:]}"
        try:
            said = os.read(self._screen, 65536)
        except OSError:  # so Linux says that the other side has ended
            return False
        self.shown += said.decode(errors="replace")
        return bool(said)
