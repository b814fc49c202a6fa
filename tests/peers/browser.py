"""A real Chromium without a window, with a profile of its own, logged in to Home Assistant.

The browser is started and ended like the other peers, by its process id; Playwright only connects to it. It reaches
nothing but this machine.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from playwright.sync_api import Browser, Locator, Page, Playwright, expect, sync_playwright

from tests.peers.homeassistant import HomeAssistant
from tests.peers.install import program
from tests.peers.ports import HOST
from tests.peers.process import Process

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--hide-scrollbars", "--remote-debugging-port=0",
    f"--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE {HOST} , EXCLUDE localhost",
]  # fmt: skip
STARTED_AFTER = 30.0
SHOWN_AFTER = 30_000.0
expect.set_options(timeout=SHOWN_AFTER)
A_DAY = 24 * 60 * 60
Scheme = Literal["light", "dark"]


@dataclass
class Screen:
    """A page that is logged in, and what went wrong on it."""

    page: Page
    url: str
    errors: list[str] = field(default_factory=list)
    """What the page wrote to its console as an error, and what it raised."""

    def open(self, path: str) -> None:
        """Go to a page of Home Assistant and return when it is drawn."""
        self.page.goto(self.url + path)
        # The launch screen goes when a panel has really been drawn.
        self.page.locator("#ha-launch-screen").wait_for(state="detached", timeout=SHOWN_AFTER)
        self.page.locator("home-assistant-main").wait_for(state="attached", timeout=SHOWN_AFTER)

    def tile(self, name: str) -> Locator:
        """Return the tiles with this name."""
        return self.page.locator("hui-tile-card").filter(has=self.page.get_by_text(name, exact=True))

    def tap(self, name: str) -> None:
        """Tap the middle of a tile, as a finger does: whatever lies on top there gets it."""
        found = self.tile(name).first
        found.scroll_into_view_if_needed()
        before = None
        while (box := found.bounding_box()) is None or box != before:  # the page is still finding its shape
            before = box
            self.page.wait_for_timeout(100)
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def shot(self, path: Path) -> None:
        """Take a picture of what is seen."""
        self.page.mouse.move(0, 0)  # nothing is pointed at
        self.page.screenshot(path=path)


class Chromium:
    """The browser, running for the length of the block."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self._process = Process(work / "chromium.log")
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    def __enter__(self) -> Self:
        profile = self.work / "profile"
        self._process.spawn([program("chromium") or "chromium", *FLAGS, f"--user-data-dir={profile}", "about:blank"])
        try:
            port = self._port(profile / "DevToolsActivePort")
            self._playwright = sync_playwright().start()
            self._browser = self._playwright.chromium.connect_over_cdp(f"http://{HOST}:{port}")
        except BaseException as error:
            self.close()
            if isinstance(error, Exception):
                raise RuntimeError(f"no browser:\n{self._process.log_tail()}") from error
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _port(self, note: Path) -> int:
        """Return where the browser listens; it writes that down once it does."""
        deadline = time.monotonic() + STARTED_AFTER
        while time.monotonic() < deadline and self._process.pid is not None:
            lines = note.read_text().splitlines() if note.exists() else []
            if lines:
                return int(lines[0])
            time.sleep(0.05)
        raise TimeoutError("the browser does not say where it listens")

    def close(self) -> None:
        """End the browser."""
        if self._playwright is not None:
            self._playwright.stop()
            self._playwright = None
        self._process.terminate(timeout=5)

    @contextmanager
    def screen(
        self, home: HomeAssistant, width: int, height: int, scheme: Scheme = "light", language: str = "en"
    ) -> Iterator[Screen]:
        """Open a screen of this size, on which the owner of the home is logged in."""
        assert self._browser is not None
        context = self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=f"{language}-{language.upper()}" if language != "en" else "en-GB",
            timezone_id=home.region.time_zone,
            reduced_motion="reduce",
            has_touch=width < 600,
        )
        context.add_init_script(_logged_in(home))
        screen = Screen(context.new_page(), home.url)
        screen.page.on("console", lambda said: screen.errors.append(said.text) if said.type == "error" else None)
        screen.page.on("pageerror", lambda raised: screen.errors.append(str(raised)))
        try:
            yield screen
        finally:
            context.close()


def _logged_in(home: HomeAssistant) -> str:
    """Return a script that leaves what the frontend keeps of a login, with a sidebar as narrow as on a wall."""
    tokens = {
        "access_token": home.token,
        "refresh_token": "",
        "token_type": "Bearer",
        "expires_in": A_DAY,
        "expires": int((time.time() + A_DAY) * 1000),
        "hassUrl": home.url,
        "clientId": f"{home.url}/",
    }
    kept = {"hassTokens": tokens, "dockedSidebar": "always_hidden"}
    lines = (
        f"localStorage.setItem({json.dumps(key)}, {json.dumps(json.dumps(value))});" for key, value in kept.items()
    )
    return "".join(lines)
