"""The golden scenarios: each is played by the real engine, and what comes out is exactly what is written.

`play` itself is exhaustive for what makes a sound; here the tile is too. A scenario in which nothing happens proves
little by itself, so it also says why it is silent, or speaks as soon as its last event is taken away.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from turntoward.core.defaults import Silence
from turntoward.core.household import Household
from turntoward.core.rules import Rulebook
from turntoward.core.scenario import Scenario
from turntoward.core.simulated_home import Emitted, Line, SimulatedHome
from turntoward.core.simulator import Played, play
from turntoward.documents import Document
from turntoward.rulebook import load_scenario, read_library, scenario_household
from turntoward.rulebook.choice import choose

FOLDER = Path(__file__).parent / "golden"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
LIBRARY = read_library(FOLDER / "rules")
NO_FILE = Document(Path("scenario.yaml"), {}, {(): (1, 1)})

BECAUSE = {
    "G07": "14:35:30 reunion_hug stays silent: no entry door was opened",
    "G08": "18:04:45 reunion_hug is offered (tile), silently: you came back from an outing together",
    "G14": "18:31:35 reunion_hug waits: there are guests",
    "G15": "18:40:35 reunion_hug ends quietly: there are guests",
    "G16": "21:56:15 reunion_hug is offered (tile), silently: somebody is asleep",
    "G17": "18:37:00 reunion_hug waits: a call has only just ended",
    "G23": "23:41:15 reunion_hug is offered (tile), silently: it is within the quiet hours",
    "G25": "19:01:55 reunion_hug is offered (tile), silently: you came back from an outing together",
    "G26": "18:33:35 reunion_hug did not reach you and does not count",
    "G34": "19:51:25 reunion_hug waits: there was a break between you two a short while ago",
    "G37": "20:30:00 evening_checkin waits: the last prompt is too recent",
    "G38": "18:31:00 reunion_hug is done",
    "G39": "20:30:00 evening_checkin stays silent: it comes less often",
    "G42": "18:30:35 reunion_hug stays silent: you have not both agreed yet",
    "G44": "07:59:10 goodbye_kiss stays silent: the door has opened already",
    "G45-asleep": "07:58:10 goodbye_kiss waits: there should be no sound now, and it has no silent way",
    "G45-too-late": "07:58:10 goodbye_kiss stays silent: the door has opened already",
    "spring-apart": "03:05:15 reunion_hug stays silent: you were apart for 20min, it begins at 30min",
    "midnight-reunion": "03:31:15 reunion_hug is offered (tile), silently: it is within the quiet hours",
    "clock-set-by-months": "18:00:00 evening_checkin stays silent: its window had passed",
    "restart-with-one-gone": "20:34:00 evening_checkin waits: you are not both home at this moment",
    "restart-in-the-window": "20:32:00 evening_checkin waits: the service has just started",
    "later-comes-once": "20:50:00 evening_checkin ends quietly: there is no later inside its window",
    "quiet-tonight": "18:31:35 reunion_hug is offered (tile), silently: somebody asked for a quiet evening",
    "quiet-tonight-in-the-window": "20:30:00 evening_checkin waits: there should be no sound now",
    "quiet-tonight-restart": "20:30:00 evening_checkin waits: there should be no sound now",
    "button-later": "19:05:01 an answer comes to nothing: that question is over",
    "button-of-yesterday": "22:10:00 an answer comes to nothing: that question is over",
    "share": "19:30:00 appreciation waits: it had its turns for today",
    "film": "18:31:35 reunion_hug waits: a film is on",
    "film-to-its-end": "20:30:00 evening_checkin waits: a film is on",
    "answer-to-what-is-on": "20:55:00 an answer comes to nothing: nothing is on at the moment",
    "quiet-hours-end-in-the-window": "20:30:00 evening_checkin waits: there should be no sound now",
}
"""What must be among the thoughts of a scenario."""

SPEAKS_WITHOUT_ITS_LAST_EVENT = ("G10", "G14", "G26", "G27", "G38", "G42")
NOBODY_EVER_LEFT = ("G04", "G06", "G12", "G31", "G43")


def load(name: str) -> tuple[Scenario, Household]:
    scenario, document = load_scenario(FOLDER / f"{name}.yaml")
    return scenario, scenario_household(scenario, None, document)


def played(scenario: Scenario, household: Household) -> Played:
    assert scenario.rituals is not None
    choices = dict(scenario.rituals) if isinstance(scenario.rituals, dict) else dict.fromkeys(scenario.rituals, True)
    return play(household, choose(choices, LIBRARY, NO_FILE, ("rituals",)), scenario)


def thoughts(result: Played) -> list[str]:
    return [f"{line.at:%H:%M:%S} {line.text}" for line in result.timeline if line.kind == "decides"]


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_out_is_exactly_what_is_written(name: str) -> None:
    scenario, household = load(name)
    result = played(scenario, household)
    zone, day = household.time_zone, scenario.starts_on
    assert result.differences == ()
    assert sorted((e.at.astimezone(UTC), e.channel, e.ritual) for e in result.emitted) == sorted(
        (e.at.resolve(day, zone), e.channel, e.ritual) for e in scenario.then
    )
    assert not [line for line in thoughts(result) if "alex" in line.lower() or "sam" in line.lower()]


@pytest.mark.parametrize(("name", "reason"), BECAUSE.items())
def test_it_says_why(name: str, reason: str) -> None:
    assert [line for line in thoughts(played(*load(name))) if line.startswith(reason)]


@pytest.mark.parametrize("name", SPEAKS_WITHOUT_ITS_LAST_EVENT)
def test_it_is_silent_only_because_of_its_last_event(name: str) -> None:
    scenario, household = load(name)
    without = scenario.model_copy(update={"when": scenario.when[:-1]})
    assert [f"{e.channel} {e.at:%H:%M:%S}" for e in played(without, household).emitted] == [
        "speaker 18:31:35",
        "tile 18:31:35",
    ]


def test_the_tile_is_silent_until_its_window_ends() -> None:
    assert "22:05:15 reunion_hug ends quietly: it was not answered, which is fine" in thoughts(played(*load("G16")))


def test_nothing_says_that_it_stayed_silent() -> None:
    assert thoughts(played(*load("G33"))) == [
        "18:30:35 reunion_hug is due: you are both home again after having been apart"
    ]


def test_without_the_pause_it_would_have_spoken() -> None:
    scenario, household = load("G33")
    without = scenario.model_copy(update={"when": scenario.when[1:]})
    assert [f"{e.channel} {e.at:%H:%M:%S}" for e in played(without, household).emitted] == [
        "speaker 18:31:35",
        "tile 18:31:35",
    ]


def test_silence_by_chance_looks_the_same_as_a_pause() -> None:
    """Whatever the other could see (tiles, messages, thoughts) is the same, to the byte."""
    scenario, quiet_home = load("G33")
    household = quiet_home.model_copy(update={"silence": Silence(random=True)})
    rulebook = Rulebook(rituals=tuple(LIBRARY.entries[name].ritual for name in ("evening_checkin", "reunion_hug")))
    paused, by_chance = seen(household, rulebook, scenario), None
    for seed in range(1, 200):
        home = SimulatedHome(household, rulebook, scenario.model_copy(update={"when": scenario.when[1:]}))
        home.state = replace(home.state, seed=seed)
        home.run()
        by_chance = (home.emitted, [line for line in home.timeline if line.kind != "happens"])
        if not home.emitted:
            break
    assert by_chance == paused


def seen(household: Household, rulebook: Rulebook, scenario: Scenario) -> tuple[list[Emitted], list[Line]]:
    home = SimulatedHome(household, rulebook, scenario)
    home.run()
    return home.emitted, [line for line in home.timeline if line.kind != "happens"]


@pytest.mark.parametrize("name", NOBODY_EVER_LEFT)
def test_nobody_was_ever_believed_to_be_away(name: str) -> None:
    scenario, household = load(name)
    result = played(scenario, household)
    assert thoughts(result) == []
    assert {p.confirmed for p in result.state.presence.values()} == {"home"}
    assert {p.left_at for p in result.state.presence.values()} == {None}
    assert all(p.raw == "home" for p in result.state.presence.values())


def test_the_gap_and_the_overlap_are_told_apart_by_the_worlds_clock() -> None:
    instants = {name: played(*load(name)).emitted[0].at.astimezone(UTC).isoformat() for name in ("G19", "G21")}
    assert instants == {"G19": "2027-03-28T01:00:00+00:00", "G21": "2026-10-25T00:30:00+00:00"}


def test_the_dog_walkers_door_is_heard_and_nothing_follows() -> None:
    result = played(*load("G41"))
    assert [f"{at.astimezone(UTC):%H:%M}" for at in result.state.openings] == ["10:00"]
    assert thoughts(result) == []
    assert {p.confirmed for p in result.state.presence.values()} == {"away"}


def test_a_prompt_that_reached_nobody_uses_nothing_up() -> None:
    state = played(*load("G26")).state
    assert state.prompts == ()
    assert state.past["reunion_hug"].offered == ()
    assert state.past["reunion_hug"].last_outcome == "undelivered"


def test_an_answer_after_midnight_belongs_to_the_day_before() -> None:
    scenario, household = load("G22")
    answered = scenario.model_copy(update={"until": scenario.when[0].at})
    result = played(answered, household)
    assert result.state.past["late_checkin"].day is not None
    assert result.state.past["late_checkin"].day.isoformat() == "2026-11-19"


def test_an_arrival_that_nobody_saw_is_believed_at_once_and_ends_the_time_apart() -> None:
    for name in ("G10", "G27"):
        state = played(*load(name)).state
        assert state.presence["sam"].confirmed == "home"
        assert state.apart_since is None
        assert not state.presence["sam"].live


def test_every_golden_ritual_could_be_read() -> None:
    assert LIBRARY.problems == ()
    assert len(NAMES) >= 51
