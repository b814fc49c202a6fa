"""A signal interrupts the deciding thread wherever it is: nothing there may wait for itself."""

from __future__ import annotations

import subprocess
import sys

HAMMERED = """
import signal
from tests.fakes import ManualClock, MemoryJournal, RecordingWakeup, at
from tests.runtime.test_loop import HOME, HUG
from turntoward.core.engine import Engine
from turntoward.core.events import TimePassed
from turntoward.core.rules import Rulebook
from turntoward.runtime import Runtime

clock = ManualClock(at("12:00"))
runtime = Runtime(Engine(HOME, Rulebook(rituals=(HUG,), digest="d")), MemoryJournal(), clock)
left = 3000

def interrupt(number, frame):
    global left
    left -= 1
    if left > 0:
        runtime.put(TimePassed())
    else:
        signal.setitimer(signal.ITIMER_REAL, 0)
        runtime.stop()

runtime.start({}, RecordingWakeup(), ())
signal.signal(signal.SIGALRM, interrupt)
signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
runtime.run()
"""


def test_a_signal_at_any_instant_never_makes_it_hang() -> None:
    subprocess.run([sys.executable, "-c", HAMMERED], check=True, timeout=20)
