"""What Home Assistant makes of the dashboard's templates, and what a home that has nothing of ours is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.peers.homeassistant import HomeAssistant
from tests.service import command
from turntoward.dashboard import templates
from turntoward.dashboard.words import ENGLISH, GERMAN, Words

pytestmark = pytest.mark.integration

NEXT = "sensor.what_comes_next"
HERE = ZoneInfo("Europe/Berlin")


def rendered(home: HomeAssistant, template: str) -> str:
    with home.api.commands() as commands:
        commands.run("render_template", template=template, timeout=5)
        return str(commands.next_event()["result"]).strip()


def evening(days: int) -> datetime:
    return (datetime.now(HERE) + timedelta(days=days)).replace(hour=20, minute=30, second=0, microsecond=0)


def spoken(words: Words, when: datetime) -> str:
    """What is said of a day further away, put together by hand."""
    weekday = words.weekdays[when.weekday()]
    month = words.months[when.month - 1]
    return f"on {weekday}, {when.day} {month} at" if words is ENGLISH else f"am {weekday}, {when.day}. {month} um"


@pytest.mark.parametrize("words", [ENGLISH, GERMAN], ids=["en", "de"])
def test_when_the_next_moment_is(home: HomeAssistant, words: Words) -> None:
    weekday = words.weekdays[evening(3).weekday()]
    expected = {
        0: "today at" if words is ENGLISH else "heute um",
        1: "tomorrow at" if words is ENGLISH else "morgen um",
        3: f"on {weekday} at" if words is ENGLISH else f"am {weekday} um",
        40: spoken(words, evening(40)),
    }
    for days, when in expected.items():
        home.set_state(NEXT, evening(days).isoformat(), title="High and low")
        assert rendered(home, templates.next_moment(words, NEXT)) == f"**High and low**, {when} 20:30"
    home.set_state(NEXT, "unknown", title=None)
    assert rendered(home, templates.next_moment(words, NEXT)) == words.nothing_planned


@pytest.mark.parametrize(
    ("left", "said"), [("1", "one minute left"), ("8", "8 minutes left"), ("45", ""), ("unknown", "")]
)
def test_how_long_it_goes_on_is_said_when_it_is_soon(home: HomeAssistant, left: str, said: str) -> None:
    home.set_state("sensor.a_ritual", "running", text="What was good today?")
    home.set_state("sensor.on_now", "High and low", ritual="evening_checkin")
    home.set_state("sensor.left", left)
    template = templates.running(ENGLISH, "evening_checkin", "sensor.a_ritual", "sensor.on_now", "sensor.left")
    line, _, rest = rendered(home, template).partition("\n")
    assert line == '<font size="4">What was good today?</font>'
    assert rest.strip() == said


def test_a_home_without_our_entities_is_told_what_it_takes(home: HomeAssistant, tmp_path: Path) -> None:
    assert home.broker is not None
    config = tmp_path / "household.yaml"
    config.write_text(
        f"partners: [{{name: Alex}}, {{name: Sam}}]\nmqtt: {{port: {home.broker.port}}}\n"
        f'homeassistant: {{url: "{home.url.replace("://", "://someone:canary@")}", token: "{home.token}"}}\n',
        "utf-8",
    )
    said = command("dashboard", "--config", str(config), code=1)
    assert f"Home Assistant at {home.url} has no entities of Turntoward" in said
    assert f"the broker localhost:{home.broker.port}" in said
    assert "turntoward run" in said
    assert "canary" not in said


def test_what_was_said_for_both_is_read_line_by_line(home: HomeAssistant) -> None:
    home.set_state("sensor.jar", "done", text="how you laughed\nyour coffee")
    template = templates.shared("The jar", "sensor.jar")
    assert rendered(home, template) == "**The jar**\n\nhow you laughed\n\nyour coffee"
    home.set_state("sensor.jar", "done", text="")
    assert rendered(home, template) == ""
