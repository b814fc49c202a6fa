"""One child process of a test: started, frozen and ended by its process id, never by name.

Every running peer is noted in a file with its start time, so that even a test run that was killed
outright leaves nothing for good: the next one ends the orphans (`end_orphans`). The start time
tells our process from a stranger that got the same id later. Linux only (/proc).
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tests.peers.install import peers_folder

_live: set[Process] = set()


def born(pid: int) -> str:
    """Return when a process started, in clock ticks since boot; empty when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rsplit(")", 1)[1].split()
    return "" if fields[0] == "Z" else fields[19]


class Process:
    """A program with its output in a file."""

    def __init__(self, log_path: Path) -> None:
        self.log_path = log_path
        self._child: subprocess.Popen[bytes] | None = None
        self._note = Path()

    @property
    def pid(self) -> int | None:
        """Return the process id while it runs."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def spawn(self, command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
        """Start the program in a session of its own, so that Ctrl-C reaches only the tests."""
        if self.pid is not None:
            raise RuntimeError(f"already running: process {self.pid}")
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log:
            self._child = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=self.log_path.parent,
                start_new_session=True,
            )
        _live.add(self)
        self._write_note(self._child.pid)

    def _write_note(self, pid: int) -> None:
        self._note = peers_folder() / "running" / f"{pid}.json"
        self._note.parent.mkdir(parents=True, exist_ok=True)
        owner = os.getpid()
        note = {"pid": pid, "born": born(pid), "owner": owner, "owner_born": born(owner)}
        self._note.write_text(json.dumps(note))

    def send(self, number: signal.Signals) -> None:
        """Send one signal, when there is a process."""
        if self._child is not None and self.pid is not None:
            self._child.send_signal(number)

    def terminate(self, timeout: float = 30) -> None:
        """Ask the program to end; when it does not in time, kill it."""
        # A stopped process would only hear the request after it goes on.
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        if self._child is not None:
            try:
                self._child.wait(timeout)
            except subprocess.TimeoutExpired:
                self.kill()
                return
        self._forget()

    def kill(self) -> None:
        """End the program at once, with the children in its own session."""
        if self._child is not None and self.pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)
            self._child.wait()
        self._forget()

    def _forget(self) -> None:
        _live.discard(self)
        if self._child is not None:
            self._note.unlink(missing_ok=True)
        self._child = None

    def log_tail(self, characters: int = 2000) -> str:
        """Return the end of the program's output, for a failure that explains itself."""
        try:
            return self.log_path.read_text(errors="replace")[-characters:]
        except OSError:
            return ""


def end_all() -> None:
    """End every peer this interpreter started and still has."""
    for process in list(_live):
        process.kill()


def end_orphans() -> None:
    """End peers of test runs that are no more."""
    for path in (peers_folder() / "running").glob("*.json"):
        try:
            note = json.loads(path.read_text())
        except (OSError, ValueError):
            # Another run is writing or removing it just now.
            continue
        if born(note["owner"]) == note["owner_born"]:
            continue
        if born(note["pid"]) == note["born"]:
            with suppress(ProcessLookupError):
                os.kill(note["pid"], signal.SIGKILL)
        path.unlink(missing_ok=True)


# For a run that leaves without its fixtures: an error in a fixture, an exit from a debugger.
atexit.register(end_all)
