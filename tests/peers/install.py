"""Install the peers the integration tests talk to: Mosquitto, ffmpeg, Chromium and Home Assistant.

Run with the project's own interpreter: `python -m tests.peers.install` or
`python tests/peers/install.py`. Only the standard library and the `uv` package are needed, and
nothing of this project is imported, so both ways of calling work. It also tells the other modules
where the peers are.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "python -m tests.peers.install"
DEFAULT_VERSION = "2025.4.4"
# The newest Python the pinned Home Assistant was made for.
PYTHON = "3.13"
# Debian package -> a program it brings.
PACKAGES = {"mosquitto": "mosquitto", "mosquitto-clients": "mosquitto_passwd", "ffmpeg": "ffmpeg"}
# Only the tests of pages need one.
BROWSER = {"chromium": "chromium"}
# What Home Assistant loads here. Its own default set is part of it (it cannot be switched off), and
# so are those which others import without naming them as a dependency.
INTEGRATIONS = [
    "analytics",
    "application_credentials",
    "assist_pipeline",
    "assist_satellite",
    "automation",
    "backup",
    "camera",
    "conversation",
    "counter",
    "ffmpeg",
    "frontend",
    "hardware",
    "history",
    "homeassistant",
    "input_boolean",
    "input_button",
    "input_datetime",
    "input_number",
    "input_select",
    "input_text",
    "isal",
    "logger",
    "media_player",
    "media_source",
    "mobile_app",
    "mqtt",
    "network",
    "notify",
    "onboarding",
    "person",
    "recorder",
    "scene",
    "schedule",
    "script",
    "stream",
    "stt",
    "sun",
    "system_health",
    "tag",
    "template",
    "timer",
    "tts",
    "wake_word",
    "zone",
]


class InstallError(Exception):
    """Something this script cannot do by itself; the text tells the reader what to do."""


def version() -> str:
    """Return the Home Assistant version the tests run against."""
    return os.environ.get("TURNTOWARD_HA_VERSION") or DEFAULT_VERSION


def peers_folder() -> Path:
    """Return the folder that holds installed peers; it may be deleted at any time."""
    return Path(os.environ.get("TURNTOWARD_PEERS") or ROOT / ".peers").resolve()


def venv() -> Path:
    """Return the environment of the chosen Home Assistant version."""
    return peers_folder() / f"homeassistant-{version()}"


def program(name: str) -> str | None:
    """Find a program; Debian keeps daemons in a folder that is not on everybody's PATH."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")


def missing_packages() -> list[str]:
    """Name the Debian packages whose programs are not here."""
    return [package for package, name in PACKAGES.items() if program(name) is None]


def missing_browser() -> list[str]:
    """Name the browser's package when it is not here."""
    return [package for package, name in BROWSER.items() if program(name) is None]


def _recipe() -> str:
    """Describe what a finished environment holds, so a longer list makes a new installation."""
    return hashlib.sha256(" ".join([version(), *INTEGRATIONS]).encode()).hexdigest()


def venv_complete() -> bool:
    """Tell whether the environment was finished with the present list of integrations."""
    stamp = venv() / ".complete"
    return stamp.is_file() and stamp.read_text() == _recipe()


def missing() -> list[str]:
    """Name everything the tests need and do not find; empty means ready."""
    absent = missing_packages()
    return absent if venv_complete() else [*absent, f"Home Assistant {version()}"]


def _say(text: str) -> None:
    print(f"peers: {text}", flush=True)


def _run(*command: str | Path, **environment: str) -> None:
    try:
        subprocess.run([str(part) for part in command], check=True, env=os.environ | environment)
    except (OSError, subprocess.CalledProcessError) as error:
        raise InstallError(f"failed: {' '.join(map(str, command[:6]))} ({error})") from error


def install_packages() -> None:
    """Install missing Debian packages, as root or by a sudo that asks for no password."""
    absent = [*missing_packages(), *missing_browser()]
    if not absent:
        return
    by_hand = f"please run: sudo apt-get install {' '.join(absent)}"
    if shutil.which("apt-get") is None:
        raise InstallError(f"no apt-get here; install with your own package tool: {absent}")
    sudo: list[str] = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode:
        raise InstallError(by_hand)
    _say(f"Debian packages {' '.join(absent)}")
    # "env" because sudo drops the environment.
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    _run(*apt, "update")
    _run(*apt, "install", "--no-install-recommends", *absent)


def _candidates() -> Iterator[str]:
    """Yield interpreters to try: uv's choice, the PATH, pyenv's folder."""
    found = subprocess.run(
        [sys.executable, "-m", "uv", "python", "find", "--no-python-downloads", PYTHON],
        capture_output=True,
        text=True,
    )
    yield found.stdout.strip()
    yield shutil.which(f"python{PYTHON}") or ""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob(f"versions/{PYTHON}*/bin/python{PYTHON}"), reverse=True))


def find_python() -> str:
    """Return an interpreter that really runs; a pyenv shim on the PATH may be an empty promise."""
    for candidate in filter(None, _candidates()):
        probe = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        try:
            answer = subprocess.run(probe, capture_output=True, text=True, timeout=20)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if answer.stdout.strip() == PYTHON:
            return candidate
    # Nothing local: uv may download one, which needs the network.
    return PYTHON


def _site_packages() -> Path:
    return next(venv().glob("lib/python3*/site-packages"))


def requirements() -> list[str]:
    """Collect what the integrations and their dependencies would install at run time."""
    components = _site_packages() / "homeassistant" / "components"
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(INTEGRATIONS)
    while waiting:
        name = waiting.pop()
        path = components / name / "manifest.json"
        if name in seen or not path.is_file():
            continue
        seen.add(name)
        manifest = json.loads(path.read_text())
        found.update(manifest.get("requirements", ()))
        waiting += manifest.get("dependencies", ())
    return sorted(found)


def install_homeassistant() -> None:
    """Make the environment: the package first, because it names everything else it needs."""
    if venv_complete():
        return
    uv = (sys.executable, "-m", "uv")
    wanted = f"homeassistant=={version()}"
    if not (venv() / "bin" / "python").exists():
        python = find_python()
        _say(f"environment {venv()} with {python}")
        _run(*uv, "venv", "-q", "--clear", "--python", python, venv())
    install = (*uv, "pip", "install", "-q", "--python", venv() / "bin" / "python")
    _say(f"{wanted} (a minute or two)")
    _run(*install, "--no-deps", wanted)
    constraints = _site_packages() / "homeassistant" / "package_constraints.txt"
    extra = requirements()
    _say(f"its dependencies and {len(extra)} requirements of integrations")
    _run(*install, "-c", constraints, wanted, *extra)
    # Last, so a broken run is repeated and not believed.
    (venv() / ".complete").write_text(_recipe())


def main() -> int:
    """Install what is missing; return the exit status."""
    started = time.monotonic()
    try:
        install_packages()
        install_homeassistant()
    except InstallError as error:
        _say(str(error))
        return 1
    _say(f"ready: Mosquitto, ffmpeg, Chromium, Home Assistant {version()} ({time.monotonic() - started:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
