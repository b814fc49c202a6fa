"""A terminal with somebody at its keyboard: a command in a real pseudo-terminal, typed to as people type."""

from __future__ import annotations

import os
import pty
import select
import signal
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
        self._pid, self._screen = pty.fork()
        if self._pid == 0:  # the child becomes the command
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # tests that run in the background have it ignored
            kept = {name: value for name, value in os.environ.items() if not name.startswith("TURNTOWARD_")}
            os.execve(
                sys.executable, [sys.executable, "-m", "turntoward", *words], {**kept, "COLUMNS": "300", **environ}
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
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
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return os.waitstatus_to_exitcode(status)

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
