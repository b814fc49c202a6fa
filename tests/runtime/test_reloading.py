"""Changed files: what a running service takes over, and what it says of the rest."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tests.service import PAUSE, until
from turntoward import reloading
from turntoward.core.engine import Engine
from turntoward.rulebook import load_rulebook
from turntoward.settings import load_settings_and_document

HOME = """
partners: [{name: Alex}, {name: Sam}]
agreed: [Alex, Sam]
mqtt: {}
rules_dir: rules
rituals: [tea]
"""
TEA = "ritual: tea\ntitle: Tea\ntriggers: [{trigger: called}]\n"


@dataclass
class Watched:
    folder: Path
    engines: list[Engine]

    def change(self, **files: str) -> Engine:
        """Write files, and return the engine that came of it."""
        before = len(self.engines)
        for name, text in files.items():
            (self.folder / ("household.yaml" if name == "home" else f"rules/{name}.yaml")).write_text(text, "utf-8")
        until(lambda: len(self.engines) > before, what="a new engine")
        return self.engines[-1]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.setattr(reloading, "LOOK_EVERY", 0.05)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "tea.yaml").write_text(TEA, "utf-8")
    (tmp_path / "household.yaml").write_text(HOME, "utf-8")
    with _watching(tmp_path) as made:
        yield made


@contextmanager
def _watching(folder: Path) -> Iterator[Watched]:
    path = folder / "household.yaml"
    settings, document = load_settings_and_document(path, {})
    made = Watched(folder, [])
    reloader = reloading.Reloader(path, {}, settings, load_rulebook(settings, document), made.engines.append)
    reloader.start()
    try:
        yield made
    finally:
        reloader.stop()


def test_seasons_vacations_and_silence_are_taken_over(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    added = (
        "season: simplified\nseason_until: 2026-12-01\nvacation: [2026-12-20..2026-12-27]\nsilence: {random: true}\n"
    )
    household = watched.change(home=HOME + added).household
    assert (household.season, household.season_until) == ("simplified", date(2026, 12, 1))
    assert [str(days) for days in household.vacation] == ["2026-12-20..2026-12-27"]
    assert household.silence.random
    assert "restart" not in caplog.text


@pytest.mark.parametrize("added", ["tags: {bowl: AB-12}", "scenes: {blinds: {}}"])
def test_what_is_built_into_connections_waits(watched: Watched, added: str, caplog: pytest.LogCaptureFixture) -> None:
    watched.change(home=f"{HOME}{added}\n")
    until(lambda: f"these changes wait for a restart: {added.partition(':')[0]}" in caplog.text)


@pytest.mark.parametrize(
    ("trigger", "named"),
    [
        ("{trigger: mqtt, topic: home/table}", "topic home/table"),
        ("{trigger: event, event_type: bell, event_data: {room: hall}}", "event bell, event bell room"),
        ("{trigger: called, tag: bowl}", "tags"),
    ],
)
def test_what_nobody_listens_to_yet_is_named(
    watched: Watched, trigger: str, named: str, caplog: pytest.LogCaptureFixture
) -> None:
    watched.change(tea=TEA.replace("{trigger: called}", trigger))
    until(lambda: f"these changes wait for a restart: {named}" in caplog.text)


def test_a_ritual_that_becomes_private_rests_until_its_tile_is_gone(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    engine = watched.change(tea=f"{TEA}private: true\noffer: {{channels: [page]}}\n")
    assert engine.rulebook.rituals == ()
    until(lambda: "these changes wait for a restart: tea" in caplog.text)


def test_one_line_says_what_was_taken_over(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    watched.change(home=HOME.replace("agreed: [Alex, Sam]", "agreed: [Alex]") + "season: apart\n")
    until(lambda: "taken over: agreed, season" in caplog.text)
    watched.change(tea=TEA.replace("Tea", "Our tea"))
    until(lambda: "taken over: tea" in caplog.text)
    watched.change(home=HOME.replace("agreed: [Alex, Sam]", "agreed: [Alex]") + "season: apart  # until spring\n")
    until(lambda: "taken over: nothing" in caplog.text)


def test_a_ritual_that_has_the_name_of_a_deck_is_told_too(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    cards = watched.folder / "rules" / "decks" / "tea.yaml"
    cards.parent.mkdir()
    cards.write_text("deck: tea\ncards: [{id: green, text: {en: Green, de: Grün}}]\n", "utf-8")
    with_card = f"{TEA}offer: {{card: tea, channels: [tile]}}\n"
    watched.change(tea=with_card)
    until(lambda: "taken over: tea" in caplog.text)
    caplog.clear()
    watched.change(tea=with_card.replace("Tea", "Our tea"))
    until(lambda: "taken over: tea" in caplog.text)


def test_advice_is_given_once_as_long_as_it_stands(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    odd = HOME + "signals: {entry_dor: {topic: home/door}}\n"
    watched.change(home=odd)
    until(lambda: "the signal 'entry_dor' is read by nothing" in caplog.text)
    watched.change(home=odd + "season: apart\n")
    watched.change(home=HOME)
    assert caplog.text.count("entry_dor") == 1
    watched.change(home=odd)
    until(lambda: caplog.text.count("entry_dor") == 2)


def test_what_the_start_has_said_is_not_said_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "tea.yaml").write_text(TEA, "utf-8")
    (tmp_path / "household.yaml").write_text(HOME.replace("[Alex, Sam]", "[Alex]"), "utf-8")
    with _watching(tmp_path) as watched:
        watched.change(home=HOME.replace("[Alex, Sam]", "[Alex]") + "season: apart\n")
        watched.change(home=HOME + "season: apart\n")
    assert "until both have agreed" not in caplog.text


def test_another_folder_of_rules_is_taken_over_once(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    (watched.folder / "ours").mkdir()
    (watched.folder / "ours" / "tea.yaml").write_text(TEA.replace("Tea", "Our tea"), "utf-8")
    caplog.set_level(logging.INFO)
    engine = watched.change(home=HOME.replace("rules_dir: rules", "rules_dir: ours"))
    assert [ritual.title for ritual in engine.rulebook.rituals] == ["Our tea"]
    PAUSE.wait(10 * reloading.LOOK_EVERY)
    assert len(watched.engines) == 1
