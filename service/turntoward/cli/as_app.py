"""`turntoward run` where Home Assistant's Supervisor has started it, as an app.

An app must not end because a file is wrong: it would be started again and again, and its log would show nothing else.
So it waits here until household.yaml can be used. What runs then is the same as everywhere, and not known here.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from turntoward.adapters.clock import SystemClock
from turntoward.adapters.health import Health
from turntoward.adapters.journal import ALIVE_NAME, BACKUP_NAME, FILE_NAME, JournalNotOpened, NotBackedUp, back_up
from turntoward.adapters.privileges import step_down
from turntoward.adapters.supervisor import is_untouched, lend, write_starter
from turntoward.cli import logs
from turntoward.cli.dashboard_of_app import put_meanwhile
from turntoward.documents import Problems
from turntoward.rulebook import Loaded, load
from turntoward.settings import Settings, load_settings_and_document

log = logging.getLogger("turntoward")

LOOK_EVERY = 3.0
"""Seconds."""
PORT = 8099
"""Where the Supervisor asks whether all is well; `watchdog` in the app's config.yaml says the same."""


def run(config: Path, serve: Callable[[Settings, Loaded], None]) -> None:
    """Wait until household.yaml can be used, and serve; `serve` returns when the service was stopped."""
    clock, folder = SystemClock(), Path(os.environ.get("TURNTOWARD_DATA_DIR", "/data"))
    logs.set_up("info", clock, _zone())
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _begin_with_the_starter(config)  # as root, to whom the folder for it belongs
    step_down(os.environ.get("TURNTOWARD_USER"), folder)
    waiting = folder / f"{ALIVE_NAME}.waiting"
    port = int(os.environ.get("TURNTOWARD_HEALTH_PORT") or PORT)
    with Health(port, (folder / ALIVE_NAME, waiting), clock.now):
        settings, loaded = _usable(config, waiting, clock)
        _drop_the_copy_of_the_last_stop(settings.journal_dir)
        wanted = "TURNTOWARD_APP_DASHBOARD" in os.environ
        with put_meanwhile(settings, loaded.rulebook) if wanted else nullcontext():
            serve(settings, loaded)
        _leave_a_copy(settings.journal_dir)


def _zone() -> ZoneInfo:
    try:
        return ZoneInfo(os.environ.get("TZ") or "UTC")
    except (OSError, ValueError):
        return ZoneInfo("UTC")


def _begin_with_the_starter(config: Path) -> None:
    try:
        write_starter(config)
    except OSError as problem:
        log.error("%s cannot be written: %s", config, problem.strerror)


def _usable(config: Path, sign: Path, clock: SystemClock) -> tuple[Settings, Loaded]:
    """Look at the file every few seconds until it can be used; say what is missing, once for each thing."""
    said = ""
    while isinstance(found := _attempt(config), str):
        if found != said:
            log.warning("waiting: %s", found)
            said = found
        with suppress(OSError):  # a full disk: that nobody hears of us is what the sign is for
            sign.touch()
        clock.sleep(LOOK_EVERY)
    sign.unlink(missing_ok=True)
    return found


def _attempt(config: Path) -> tuple[Settings, Loaded] | str:
    """Return what can be run, or what is missing for it, in words."""
    if is_untouched(config):
        return (
            f"{config.name} is still as it came. Write your names and your person entities into it, and save it; it is "
            "in this app's folder below addon_configs, where the apps File editor and Studio Code Server find it"
        )
    no_broker = lend(os.environ)
    try:
        settings, document = load_settings_and_document(config, os.environ)
        loaded = load(settings, document)
    except Problems as found:
        return f"{config.name} cannot be used yet\n{found}" + (f"\nand {no_broker}" if no_broker else "")
    if no_broker and "mqtt" not in document.data:
        return no_broker
    return settings, loaded


def _drop_the_copy_of_the_last_stop(folder: Path) -> None:
    """What is erased from the journal from now on must not live on in a copy."""
    if (folder / FILE_NAME).exists():
        (folder / BACKUP_NAME).unlink(missing_ok=True)


def _leave_a_copy(folder: Path) -> None:
    """Nobody asks a stopped app for a copy before a backup is made, and the journal itself is not in backups."""
    try:
        back_up(folder, folder / BACKUP_NAME)
    except (JournalNotOpened, NotBackedUp) as problem:
        log.error("a backup made while the app is stopped will not hold what rituals did: %s", problem)
