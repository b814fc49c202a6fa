"""`turntoward rituals`: all there are, on or off, in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from turntoward.cli import app, in_words
from turntoward.core.rules import Ritual
from turntoward.rulebook import read_library

HOUSEHOLD = """
partners: [{name: Alex}, {name: Sam}]
agreed: [Alex, Sam]
mqtt: {host: localhost}
rules_dir: own
rituals: {reunion_hug: {offer: {channels: [tile]}}, lamp: true}
"""
TEA = """
ritual: tea
title: {en: Tea for two, de: Tee zu zweit}
about: {en: Ten quiet minutes., de: Zehn ruhige Minuten.}
evidence: weak
triggers: [{trigger: time, at: "20:30", weekdays: [fri]}]
offer: {channels: [{channel: speaker, rooms: [kitchen], chime: true}, tile]}
short: false
"""
LAMP = """
rule: lamp
about: The lamp by the sofa.
triggers: [{trigger: ritual, ritual: tea, is: started}]
actions: [{action: scene, scene: sofa}, {action: wait, for: 1min}, {action: mqtt, topic: home/lamp}]
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "tea.yaml").write_text(TEA, "utf-8")
    (tmp_path / "own" / "lamp.yaml").write_text(LAMP, "utf-8")
    path = tmp_path / "household.yaml"
    path.write_text(HOUSEHOLD, "utf-8")
    return path


def listed(config: Path, *words: str, columns: int = 120) -> Result:
    return CliRunner().invoke(app, ["rituals", "--config", str(config), *words], env={"COLUMNS": str(columns)})


def as_data(config: Path) -> dict[str, dict[str, Any]]:
    lines = [json.loads(line) for line in listed(config, "--json").stdout.splitlines()]
    return {line["name"]: line for line in lines}


def test_all_are_listed_once_with_what_is_on(config: Path) -> None:
    data = as_data(config)
    library = read_library()
    assert set(data) == {*library.entries, *library.rules, "tea", "lamp"}
    assert {name for name, row in data.items() if row["on"]} == {"reunion_hug", "lamp"}


def test_what_a_ritual_is(config: Path) -> None:
    assert as_data(config)["tea"] == {
        "name": "tea", "kind": "ritual", "on": False, "title": "Tea for two", "about": "Ten quiet minutes.",
        "when": "20:30 on Fridays", "where": "speaker (kitchen, a chime), tile", "short": "rests", "evidence": "weak",
    }  # fmt: skip


def test_what_a_rule_is(config: Path) -> None:
    lamp = as_data(config)["lamp"]
    assert (lamp["kind"], lamp["on"], lamp["about"]) == ("rule", True, "The lamp by the sofa.")
    assert (lamp["when"], lamp["where"]) == ("tea has started", "scene, wait, mqtt")


def test_what_is_on_is_shown_as_the_household_has_changed_it(config: Path) -> None:
    assert as_data(config)["reunion_hug"]["where"] == "tile"


def test_the_table_is_in_the_language_of_the_household(config: Path) -> None:
    config.write_text(HOUSEHOLD + "language: de\n", "utf-8")
    told = listed(config, columns=200).output
    assert "●  reunion_hug" in told
    assert "○  tea" in told
    assert "Tee zu zweit" in told
    assert "Zehn ruhige Minuten." in told
    assert "a rule, no ritual" in told


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_table_fits_the_terminal(config: Path, columns: int) -> None:
    lines = listed(config, columns=columns).output.splitlines()
    assert len(lines) > len(read_library().entries)
    assert max(len(line) for line in lines[:-1]) <= columns


def test_a_broken_file_does_not_hide_the_others(config: Path) -> None:
    (config.parent / "own" / "broken.yaml").write_text("ritual: broken\n", "utf-8")
    done = listed(config)
    assert done.exit_code == 0
    assert "Tea for two" in done.output
    assert "broken.yaml:1:1: 'title' is missing" in done.stderr


@pytest.mark.parametrize(
    ("trigger", "words"),
    [
        ({"trigger": "reunion"}, "both are home again"),
        ({"trigger": "reunion", "apart_for": "2h"}, "both are home again after 2h"),
        ({"trigger": "leaving", "between": "07:00-08:30"}, "somebody is about to leave, 07:00-08:30"),
        (
            {"trigger": "leaving", "between": "07:00-08:30", "weekdays": ["mon", "tue", "wed", "thu", "fri"]},
            "somebody is about to leave, 07:00-08:30 on workdays",
        ),
        ({"trigger": "apart", "for": "3d"}, "apart for 3d"),
        ({"trigger": "time", "at": "20:30"}, "20:30"),
        ({"trigger": "time", "at": "20:30", "weekdays": ["sun", "sat"]}, "20:30 on Saturdays and Sundays"),
        ({"trigger": "time", "at": "12:00", "chance": 0.25}, "12:00, on about 25% of the days"),
        ({"trigger": "time", "at": "12:00", "both_awake": True}, "12:00, when both are awake"),
        ({"trigger": "schedule", "every": "quarter", "at": "10:00"}, "the first Saturday of a quarter at 10:00"),
        (
            {"trigger": "schedule", "every": "year", "weekday": "sun", "at": "10:00", "ahead": "14d"},
            "14d before the first Sunday of a year at 10:00",
        ),
        ({"trigger": "state", "signal": "table", "is": "off", "for": "5min"}, "table is off for 5min"),
        ({"trigger": "mqtt", "topic": "home/hug"}, "a message on home/hug"),
        ({"trigger": "mqtt", "topic": "home/hug", "payload": "now"}, "a message on home/hug: now"),
        ({"trigger": "event", "event_type": "ring", "event_data": {"at": "door"}}, "the event ring (at: door)"),
        ({"trigger": "ritual", "ritual": "tea"}, "tea has ended"),
        ({"trigger": "ritual", "ritual": "tea", "is": "done"}, "tea is done"),
        ({"trigger": "season", "is": "apart"}, "the season becomes apart"),
        ({"trigger": "unanswered"}, "nothing was answered for 7d"),
        ({"trigger": "called"}, "when somebody starts it"),
        ({"trigger": "called", "tag": "bowl"}, "the tag bowl"),
    ],
)
def test_a_trigger_in_words(trigger: dict[str, Any], words: str) -> None:
    ritual = Ritual.model_validate({"ritual": "tea", "title": "Tea", "triggers": [trigger]})
    assert in_words.when(ritual.triggers) == words


def test_several_triggers_and_none() -> None:
    both = [{"trigger": "reunion"}, {"trigger": "called"}, {"trigger": "reunion"}]
    ritual = Ritual.model_validate({"ritual": "tea", "title": "Tea", "triggers": both})
    assert in_words.when(ritual.triggers) == "both are home again, or: when somebody starts it"
    assert in_words.when(()) == "when somebody starts it"
