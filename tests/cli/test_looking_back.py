"""The verbs that look back: what `journal` and `why` show, and what they never show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.fakes import at
from turntoward.adapters.journal import SqliteJournal
from turntoward.cli import app
from turntoward.core.actions import Action, Announce, Ask, Notify, SetScene
from turntoward.core.engine import Decision, new_state
from turntoward.core.events import ActionDelivered, Event, PrivateAct, RitualAnswered, TimePassed
from turntoward.core.trace import TraceEntry

OCCASION = "reunion_hug-2026-11-19-1"


def type_in(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "household.yaml"
    path.write_text("partners: [{name: Alex}, {name: Sam}]\nagreed: [Alex, Sam]\nmqtt: {}\n", "utf-8")
    return path


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


def record(config: Path, event: Event, *actions: Action, step: str = "") -> None:
    trace = (TraceEntry("reunion_hug", step, "", OCCASION),) if step else ()
    journal = SqliteJournal(config.parent / "data")
    journal.record(event, Decision(new_state(at("19:00:00")), actions, trace), "d")
    journal.close()


def looked_at(config: Path) -> list[str]:
    verbs = (
        ["journal"],
        ["journal", "--json"],
        ["journal", "-n", "2"],
        ["why"],
        ["why", "reunion_hug"],
        ["why", OCCASION],
    )
    return [type_in(*verb, "--config", config).output for verb in verbs]


@pytest.mark.parametrize("act", ["pause", "ready"])
def test_what_one_of_the_two_did_in_private_leaves_no_trace(config: Path, act: str) -> None:
    journal_of(config)
    before = looked_at(config)
    ask = Ask("ask", "reunion_hug", OCCASION, "sam", "ready", at("20:00:00"))
    record(config, PrivateAct("alex", act), ask, step="stopped")  # type: ignore[arg-type]
    record(config, PrivateAct("alex", act))  # type: ignore[arg-type]
    assert looked_at(config) == before


def test_what_only_one_of_the_two_is_asked_leaves_no_trace(config: Path) -> None:
    journal_of(config)
    before = looked_at(config)
    record(config, TimePassed(), Ask("ask", "reunion_hug", OCCASION, "sam", "ready", at("20:00:00")))
    assert looked_at(config) == before


def test_a_scene_that_the_home_has_is_not_only_told(config: Path) -> None:
    text = config.read_text("utf-8").replace("{name: Alex}", "{name: Alex, presence: person.alex}")
    text += "homeassistant: {url: 'http://ha', token: abc}\nscenes: {dinner: scene.dinner}\n"
    config.write_text(text, "utf-8")
    for scene in ("dinner", "talk"):
        asked = SetScene(scene, "reunion_hug", OCCASION, scene, True, at("20:00:00"))
        record(config, RitualAnswered("reunion_hug", "start"), asked, step="started")
    told = type_in("journal", "--config", config).output
    assert "scene: dinner on (not yet tried)" in told
    assert "scene: talk on, only told on turntoward/scene/talk (not yet tried)" in told


def test_what_a_ritual_did_beside_the_question_is_shown(config: Path) -> None:
    ask = Ask("ask", "reunion_hug", OCCASION, "sam", "ready", at("20:00:00"))
    dinner = SetScene("scene", "reunion_hug", OCCASION, "dinner", True, at("20:00:00"))
    note = Notify("note", "reunion_hug", OCCASION, "For you two.", ("alex", "sam"), "t", at("20:00:00"))
    record(config, RitualAnswered("reunion_hug", "start"), ask, dinner, note, step="started")
    told = type_in("journal", "--config", config).output
    assert "scene: dinner on, only told on turntoward/scene/dinner (not yet tried)" in told
    assert "phone: “For you two.” (not yet tried)" in told
    assert "sam" not in told + type_in("journal", "--json", "--config", config).output
