"""The verbs as people type them: what they print, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.fakes import at
from turntoward.adapters.journal import SqliteJournal
from turntoward.cli.verbs import app
from turntoward.core.actions import Announce
from turntoward.core.engine import Decision, new_state
from turntoward.core.events import ActionDelivered, TimePassed
from turntoward.core.trace import TraceEntry

GOLDEN = Path(__file__).parents[1] / "golden"
HOUSEHOLD = """
partners: [{name: Alex}, {name: Sam}]
agreed: [Alex, Sam]
mqtt: {host: localhost}
rituals: [reunion_hug]
"""


def type_in(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "household.yaml"
    path.write_text(HOUSEHOLD, "utf-8")
    return path


def test_version() -> None:
    done = type_in("--version")
    assert done.exit_code == 0
    assert done.output.startswith("turntoward ")


def test_check_says_that_all_is_well(config: Path) -> None:
    done = type_in("check", "--config", config)
    assert done.exit_code == 0
    assert "is fine. Rituals that are on: reunion_hug." in done.output


def test_check_reports_all_problems_of_all_files_at_once(config: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "tea.yaml").write_text("ritual: tea\ntitle: Tea\ntrigers: []\n", "utf-8")
    config.write_text(HOUSEHOLD + "quiet_hours: late\nrules_dir: own\n", "utf-8")
    done = type_in("check", "--config", config)
    assert done.exit_code == 2
    assert "quiet_hours" in done.stderr
    assert "'trigers' is not a setting here; did you mean 'triggers'?" in done.stderr
    assert "2 problems" in done.stderr
    config.write_text(HOUSEHOLD.replace("reunion_hug", "reunion_hag") + "rules_dir: own\n", "utf-8")
    done = type_in("check", "--config", config)
    assert done.exit_code == 2
    assert "'trigers' is not a setting here; did you mean 'triggers'?" in done.stderr
    assert "did you mean 'reunion_hug'?" in done.stderr


def test_check_plays_examples_and_points_at_the_one_that_fails(config: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    rule = (Path(__file__).parents[2] / "rules" / "reunion_hug.yaml").read_text("utf-8")
    (own / "reunion_hug.yaml").write_text(rule.replace('"18:31:35", channel: speaker', '"18:31:36", channel: speaker'))
    config.write_text(HOUSEHOLD + "rules_dir: own\n", "utf-8")
    done = type_in("check", "--config", config)
    assert done.exit_code == 2
    assert "own/reunion_hug.yaml:" in done.stderr
    assert "expected speaker at 18:31:36; it came at 18:31:35" in done.stderr


def test_simulate_shows_a_timeline() -> None:
    done = type_in("simulate", GOLDEN / "G02.yaml")
    assert done.exit_code == 0
    assert "18:31:35 ♪ speaker: Welcome home, you two." in done.output
    assert "✓ as expected" in done.output


def test_simulate_as_json_is_one_line_for_each_prompt() -> None:
    done = type_in("simulate", GOLDEN / "G02.yaml", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["at"], line["channel"], line["ritual"]) for line in lines] == [
        ("2026-11-19T18:31:35+01:00", "speaker", "reunion_hug"),
        ("2026-11-19T18:31:35+01:00", "tile", "reunion_hug"),
    ]
    assert lines[0]["text"].startswith("Welcome home")


def test_simulate_as_json_is_empty_where_nothing_is_said() -> None:
    done = type_in("simulate", GOLDEN / "G14.yaml", "--json")
    assert done.exit_code == 0
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("18:31:35", "18:32:00"), "expected speaker at 18:32:00 for reunion_hug; it came at 18:31:35"),
        (('  - {at: "18:31:35", channel: speaker, ritual: reunion_hug}\n', ""), "not expected: speaker at 18:31:35"),
    ],
)
def test_simulate_fails_where_something_else_comes_out(tmp_path: Path, change: tuple[str, str], words: str) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text((GOLDEN / "G02.yaml").read_text("utf-8").replace(*change), "utf-8")
    done = type_in("simulate", path)
    assert done.exit_code == 1
    assert words in done.output


def test_simulate_a_broken_file_says_where(tmp_path: Path) -> None:
    path = tmp_path / "scenario.yaml"
    path.write_text('given: {at: "2026-11-19 17:00"}\nwhen:\n  - {at: "17:05", arives: alex}\n', "utf-8")
    done = type_in("simulate", path)
    assert done.exit_code == 2
    assert "scenario.yaml:3:" in done.stderr
    assert "did you mean 'arrives'?" in done.stderr


def test_simulate_in_a_household_of_ones_own(config: Path) -> None:
    config.write_text(HOUSEHOLD.replace("[reunion_hug]", "{reunion_hug: {offer: {after: 2min}}}"), "utf-8")
    done = type_in("simulate", GOLDEN / "G02.yaml", "--config", config, "--json")
    assert done.exit_code == 1
    assert '"2026-11-19T18:32:35+01:00"' in done.stdout
    assert "expected speaker at 18:31:35 for reunion_hug; it came at 18:32:35" in done.stderr


def journal_of(config: Path) -> None:
    journal = SqliteJournal(config.parent / "data")
    now = at("18:31:35")
    line = Announce(
        "reunion_hug-2026-11-19-1-0-speaker", "reunion_hug", "reunion_hug-2026-11-19-1", "Hello.", "en", (), now
    )
    silence = TraceEntry("reunion_hug", "refused", "apart_too_short", "", {"apart": "12min", "needed": "30min"})
    offered = TraceEntry("reunion_hug", "offered", "", line.occasion, {"channels": "speaker"})
    journal.record(TimePassed(), Decision(new_state(at("12:00:00")), (), (silence,)), "d")
    journal.record(TimePassed(), Decision(new_state(now), (line,), (offered,)), "d")
    journal.record(ActionDelivered(line.id), Decision(new_state(now)), "d")
    journal.close()


def test_journal_and_why(config: Path) -> None:
    journal_of(config)
    told = type_in("journal", "--config", config)
    assert "reunion_hug is offered (speaker)" in told.output
    assert "speaker: “Hello.” (delivered)" in told.output
    assert "apart" not in told.output, "silences are for `why`"
    latest = type_in("why", "--config", config)
    assert "18:31:35  reunion_hug is offered (speaker)" in latest.output
    whole = type_in("why", "reunion_hug", "--config", config)
    assert "you were apart for 12min, it begins at 30min" in whole.output
    one = type_in("why", "reunion_hug-2026-11-19-1", "--config", config)
    assert "speaker: “Hello.” (delivered)" in one.output
    assert "apart" not in one.output


def test_journal_as_json(config: Path) -> None:
    journal_of(config)
    lines = [json.loads(line) for line in type_in("journal", "--config", config, "--json").stdout.splitlines()]
    assert lines[-1]["at"] == "2026-11-19T18:31:35+01:00"
    assert lines[-1]["actions"][0]["status"] == "delivered"
    assert lines[0]["trace"][0]["words"].startswith("reunion_hug stays silent")


def test_why_of_something_unknown_says_what_there_is(config: Path) -> None:
    journal_of(config)
    done = type_in("why", "dinner", "--config", config)
    assert done.exit_code == 1
    assert "the journal speaks of reunion_hug" in done.stderr


def test_journal_before_the_first_run(config: Path) -> None:
    done = type_in("journal", "--config", config)
    assert done.exit_code == 1
    assert "it begins with the first `turntoward run`" in done.stderr


@pytest.mark.parametrize("verb", ["run", "check", "journal", "why"])
def test_a_config_that_is_not_there(verb: str, tmp_path: Path) -> None:
    done = type_in(verb, "--config", tmp_path / "nope.yaml")
    assert done.exit_code == 2
    assert "nope.yaml" in done.stderr
    assert "Traceback" not in done.output
