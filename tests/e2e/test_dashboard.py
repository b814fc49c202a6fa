"""The dashboard in a real Home Assistant, on real screens: nothing on it is wrong, and what is tapped happens."""

from __future__ import annotations

import os
from pathlib import Path
from typing import get_args

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Stage
from tests.peers.browser import Chromium, Scheme, Screen
from tests.service import command
from turntoward.cli.dashboard import URL

pytestmark = pytest.mark.integration

PHONE, TABLET = (390, 844), (1280, 800)
SCREENS = {"phone": PHONE, "tablet": TABLET}
PAGE = f"/{URL}/home"
CHECKIN = "sensor.turntoward_evening_checkin"
SWITCHES = {
    "Quiet tonight": "switch.turntoward_quiet_tonight",
    "Phones away at dinner": "switch.turntoward_phone_free_dinner",
}
SMALLEST = 10_000
LARGEST = 200_000


def heading(screen: Screen, text: str) -> None:
    """Wait until this heads a part of the page."""
    expect(screen.page.locator("hui-heading-card").filter(has_text=text).first).to_be_visible()


def nothing_wrong(screen: Screen) -> None:
    """Look for the cards with which Home Assistant says that it does not understand."""
    assert screen.page.locator("hui-error-card, hui-warning, hui-warning-element").count() == 0
    for words in ("Configuration error", "Entity not found", "Unknown", "Unavailable"):
        assert screen.page.get_by_text(words).count() == 0, words
    assert not screen.errors


def test_screenshots(stage: Stage, chromium: Chromium, tmp_path: Path) -> None:
    """With TURNTOWARD_SCREENSHOTS=docs/images these are the pictures in the documentation."""
    folder = Path(os.environ.get("TURNTOWARD_SCREENSHOTS") or tmp_path)
    stage.offer()
    for name, size in SCREENS.items():
        for scheme in get_args(Scheme):
            with chromium.screen(stage.home, *size, scheme) as screen:
                screen.open(PAGE)
                expect(screen.tile("Not today")).to_be_visible()
                expect(screen.page.get_by_text("Ten minutes for the two of you")).to_be_visible()
                screen.page.wait_for_load_state("networkidle")  # pictures of icons are loaded one by one
                nothing_wrong(screen)
                picture = folder / f"dashboard-{name}-{scheme}.png"
                screen.shot(picture)
                assert SMALLEST < picture.stat().st_size < LARGEST


def test_what_is_tapped_happens_and_the_page_follows(stage: Stage, chromium: Chromium) -> None:
    with chromium.screen(stage.home, *PHONE) as screen:
        stage.offer()
        screen.open(PAGE)
        heading(screen, "Whenever you like")
        expect(screen.page.get_by_text("Ten minutes for the two of you")).to_be_visible()
        expect(screen.tile("Not today")).to_be_visible()
        screen.tap("Start")
        stage.home.wait_state(CHECKIN, "running")
        expect(screen.tile("Done")).to_be_visible()
        expect(screen.tile("Not today")).to_have_count(0)
        expect(screen.page.get_by_text("minutes left")).to_be_visible()
        nothing_wrong(screen)
        screen.tap("Done")
        stage.home.wait_state(CHECKIN, "done")
        heading(screen, "Next")
        nothing_wrong(screen)


def test_switches_and_seasons_can_be_tapped(stage: Stage, chromium: Chromium) -> None:
    with chromium.screen(stage.home, *TABLET) as screen:
        screen.open(PAGE)
        for name, switch in SWITCHES.items():
            for state in ("On", "Off"):
                screen.tap(name)
                stage.home.wait_state(switch, state.lower())
                expect(screen.tile(name)).to_contain_text(state)
        stage.answer("appreciation", '{"answer": "share", "text": "how you laughed"}')
        expect(screen.page.get_by_text("how you laughed")).to_be_visible()
        screen.tap("Simpler")
        stage.home.wait_state("select.turntoward_season", "simplified")
        screen.tap("As usual")
        stage.home.wait_state("select.turntoward_season", "normal")
        nothing_wrong(screen)


def test_in_a_time_out_there_is_only_the_way_out_of_it(stage: Stage, chromium: Chromium) -> None:
    with chromium.screen(stage.home, *PHONE) as screen:
        screen.open(PAGE)
        screen.tap("Time-out")
        stage.home.wait_state("sensor.turntoward_time_out", "running")
        expect(screen.tile("We are both back")).to_be_visible()
        expect(screen.page.get_by_text("Whenever you like")).not_to_be_visible()
        screen.tap("We are both back")
        stage.home.wait_state("sensor.turntoward_time_out", "idle")
        heading(screen, "Whenever you like")
        nothing_wrong(screen)


def test_a_dashboard_that_is_there_is_replaced_only_when_somebody_says_so(stage: Stage) -> None:
    assert "--yes replaces it" in command("dashboard", "--save", "--config", stage.config, code=1)
    asked = {"url_path": URL}
    before = stage.home.api.command("lovelace/config", **asked)
    stage.home.api.command("lovelace/config/save", **asked, config={"views": []})
    command("dashboard", "--save", "--yes", "--config", stage.config)
    assert stage.home.api.command("lovelace/config", **asked) == before
