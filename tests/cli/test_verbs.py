"""The verbs as people type them: what they print, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from turntoward.cli import app
from turntoward.cli.frame import program
from turntoward.rulebook import read_library
from turntoward.rulebook.playing import examples

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


@pytest.mark.parametrize(
    ("called", "found", "typed"),
    [
        (".venv/bin/turntoward", None, ".venv/bin/turntoward"),
        ("/usr/bin/turntoward", "/usr/bin/turntoward", "turntoward"),
        ("/somewhere/turntoward/__main__.py", None, "turntoward"),
    ],
)
def test_what_to_type_next_is_what_was_typed(
    monkeypatch: pytest.MonkeyPatch, called: str, found: str | None, typed: str
) -> None:
    monkeypatch.setattr("sys.argv", [called, "setup"])
    monkeypatch.setattr("shutil.which", lambda _: found)
    assert program() == typed


def test_check_says_that_all_is_well(config: Path) -> None:
    done = type_in("check", "--config", config)
    assert done.exit_code == 0
    assert "is fine. Rituals that are on: reunion_hug." in done.output


def test_check_counts_what_it_has_read(config: Path, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    lamp = "rule: lamp\ntriggers: [{trigger: reunion}]\nactions: [{action: mqtt, topic: home/lamp}]\n"
    (tmp_path / "own" / "lamp.yaml").write_text(lamp, "utf-8")
    config.write_text(HOUSEHOLD.replace("[reunion_hug]", "[reunion_hug, lamp]") + "rules_dir: own\n", "utf-8")
    done = type_in("check", "--config", config)
    library = read_library()
    cards = sum(len(deck.cards) for deck in library.decks.values())
    counted = f"{len(library.entries)} rituals, {len(library.rules) + 1} rule"
    assert "Rituals that are on: reunion_hug; rules: lamp." in done.output
    assert counted in done.output
    assert f"{cards} cards can be read." in done.output
    assert f"{sum(1 for _ in examples(library))} examples came true." in done.output


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


def test_simulate_with_rules_and_decks_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "rules" / "decks").mkdir(parents=True)
    (tmp_path / "rules" / "decks" / "words.yaml").write_text("deck: words\ncards: [{id: one, text: Softly}]\n", "utf-8")
    (tmp_path / "rules" / "tea.yaml").write_text(
        "ritual: tea\ntitle: Tea\ntriggers: [{trigger: time, at: '18:00'}]\n"
        "offer: {channels: [speaker], card: words, say: 'Tea, {card}'}\n",
        "utf-8",
    )
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text(
        "rituals: [tea]\ngiven: {at: '2026-11-19 17:00', home: [alex, sam]}\n"
        "then: [{at: '18:00', channel: speaker, ritual: tea, text: 'Tea, Softly'}]\n",
        "utf-8",
    )
    done = type_in("simulate", scenario, "--rules", tmp_path / "rules")
    assert done.exit_code == 0, done.output
    assert "18:00:00 ♪ speaker: Tea, Softly" in done.output


def test_simulate_in_a_household_of_ones_own(config: Path) -> None:
    config.write_text(HOUSEHOLD.replace("[reunion_hug]", "{reunion_hug: {offer: {after: 2min}}}"), "utf-8")
    done = type_in("simulate", GOLDEN / "G02.yaml", "--config", config, "--json")
    assert done.exit_code == 1
    assert '"2026-11-19T18:32:35+01:00"' in done.stdout
    assert "expected speaker at 18:31:35 for reunion_hug; it came at 18:32:35" in done.stderr


@pytest.mark.parametrize("verb", ["run", "check", "rituals", "journal", "why"])
def test_a_config_that_is_not_there(verb: str, tmp_path: Path) -> None:
    done = type_in(verb, "--config", tmp_path / "nope.yaml")
    assert done.exit_code == 2
    assert "nope.yaml" in done.stderr
    assert "Traceback" not in done.output
