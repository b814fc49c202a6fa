"""The household a scenario plays in."""

from pathlib import Path

import pytest

from turntoward.core.household import Household
from turntoward.core.scenario import Scenario
from turntoward.documents import Document, Problems
from turntoward.rulebook import load_scenario, read_library, scenario_household
from turntoward.rulebook.playing import play_scenario
from turntoward.settings import Settings, load_settings

GOLDEN = Path(__file__).parent.parent / "golden"
START = 'given: {at: "2026-11-19 17:00", home: [alex]}\n'


@pytest.fixture
def told(tmp_path: Path) -> tuple[Path, Path]:
    """Where a scenario and a household are written."""
    return tmp_path / "scenario.yaml", tmp_path / "household.yaml"


def loaded(told: tuple[Path, Path], text: str) -> tuple[Scenario, Document]:
    told[0].write_text(text, encoding="utf-8")
    return load_scenario(told[0])


def household_of(told: tuple[Path, Path], text: str, home: str | None = None) -> Household:
    scenario, document = loaded(told, text)
    if home is None:
        return scenario_household(scenario, None, document)
    told[1].write_text(home, encoding="utf-8")
    return scenario_household(scenario, load_settings(told[1], {}), document)


def test_without_a_config_it_is_the_usual_couple_and_nothing_is_mapped(told: tuple[Path, Path]) -> None:
    household = household_of(told, START)
    assert type(household) is Household
    assert household.partner_ids == ("alex", "sam")
    assert household.both_agreed
    assert household.zone == "Europe/Berlin"
    assert household.signals == {}


def test_signals_that_it_names_exist(told: tuple[Path, Path]) -> None:
    text = (
        START.replace("home:", "signals: {guests: off}, home:") + "when: [{at: '18:00', signal: entry_door, is: on}]\n"
    )
    assert set(household_of(told, text).signals) == {"guests", "entry_door"}


def test_changes_are_laid_over_the_usual_couple(told: tuple[Path, Path]) -> None:
    household = household_of(told, "household: {agreed: [Alex], presence: {require_door: false}}\n" + START)
    assert not household.both_agreed
    assert household.presence.require_door is False


@pytest.mark.parametrize(
    "change",
    [
        "partners: [{name: Alex, presence: home/alex}, {name: Sam}]",
        "speakers: {hall: assist_satellite.hall}",
        "signals: {guests: home/guests}",
        "mqtt: {base: elsewhere}",
    ],
)
def test_changes_of_how_things_are_reached_make_it_settings(told: tuple[Path, Path], change: str) -> None:
    assert isinstance(household_of(told, f"household: {{{change}}}\n{START}"), Settings)


def test_a_config_is_the_base_and_signals_join_its_own(told: tuple[Path, Path]) -> None:
    home = (
        "partners: [{name: Kim, presence: person.kim}, {name: Lou, presence: person.lou}]\n"
        "homeassistant: {url: 'http://ha', token: geheim}\nsignals: {guests: input_boolean.guests}\n"
        "presence: {away_dwell: {hours: 1}}\n"
    )
    text = (
        "household: {presence: {away_dwell: {minutes: 5}}}\ngiven: {at: 2026-11-19 17:00, home: [kim], "
        "signals: {entry_door: off}}\n"
    )
    household = household_of(told, text, home)
    assert isinstance(household, Settings)
    assert household.partner_ids == ("kim", "lou")
    assert set(household.signals) == {"guests", "entry_door"}
    assert household.presence.away_dwell.total_seconds() == 300
    assert household.source_of("kim") == "homeassistant"


def test_strangers_are_told_with_the_base_they_are_strangers_to(told: tuple[Path, Path]) -> None:
    home = "partners: [{name: Kim}, {name: Lou}]\nmqtt: {}\n"
    with pytest.raises(Problems, match="'alex' is not one of the partners; they are kim and lou"):
        household_of(told, START, home)


def test_a_ritual_that_is_known_but_off_may_be_named(told: tuple[Path, Path]) -> None:
    text = "rituals: []\n" + START + "when: [{at: '18:00', answer: done, ritual: reunion_hug}]\n"
    assert play_scenario(*loaded(told, text), read_library()).differences == ()


def test_a_ritual_that_nobody_knows_may_not_be_named(told: tuple[Path, Path]) -> None:
    text = (
        START
        + "when: [{at: '18:00', answer: done, ritual: reunion_hag}]\nthen: [{at: '18:31', channel: tile, ritual: x}]\n"
    )
    with pytest.raises(Problems) as raised:
        play_scenario(*loaded(told, text), read_library())
    assert [(p.line, p.path) for p in raised.value.problems] == [(2, "when.0.ritual"), (3, "then.0.ritual")]


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_golden_scenarios_load(path: Path) -> None:
    scenario, document = load_scenario(path)
    assert scenario_household(scenario, None, document).both_agreed


LAMP = (
    "rule: lamp\ntriggers: [{trigger: state, signal: kettle, is: on}]\n"
    "actions: [{action: mqtt, topic: home/lamp, payload: warm}]\n"
)
KETTLE = (
    'given: {at: "2026-11-19 17:00", home: [alex, sam], signals: {kettle: off}}\n'
    'when: [{at: "17:10", signal: kettle, is: on}]\n'
    'then: [{at: "17:10", channel: mqtt, ritual: lamp, text: home/lamp warm}]\n'
    'until: "17:30"\n'
)


@pytest.mark.parametrize("rituals", ["rituals: [lamp]\n", "rituals: {lamp: {limits: {cooldown: 1h}}}\n", ""])
def test_a_rule_that_is_no_ritual_plays_too(told: tuple[Path, Path], tmp_path: Path, rituals: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "lamp.yaml").write_text(LAMP, encoding="utf-8")
    library = read_library(tmp_path / "own")
    assert play_scenario(*loaded(told, rituals + KETTLE), library).differences == ()
    assert play_scenario(*loaded(told, "rituals: []\n" + KETTLE), library).differences != ()


@pytest.mark.parametrize(("season", "channels"), [("normal", ["speaker", "tile"]), ("simplified", ["tile"])])
def test_the_season_of_a_scenario_chooses_the_form(told: tuple[Path, Path], season: str, channels: list[str]) -> None:
    text = (
        f"household: {{season: {season}}}\nrituals: [reunion_hug]\n"
        'given: {at: "2026-11-19 17:00", home: [alex], away: {sam: "08:40"}}\nwhen: [{at: "18:30", arrives: sam}]\n'
        'then: [{at: "18:32:30", channel: tile}]\n'
    )
    played = play_scenario(*loaded(told, text), read_library())
    assert [emitted.channel for emitted in played.emitted] == channels
