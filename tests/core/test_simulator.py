"""The simulator itself: what it says when `then` is wrong, and how its outages behave."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.evening import checkin, household, ritual, with_door
from turntoward.core.household import Household
from turntoward.core.rules import Ritual, Rulebook
from turntoward.core.scenario import Scenario
from turntoward.core.simulator import Played, play
from turntoward.settings import Settings

GIVEN = {"at": "2026-11-19 18:00", "home": ["alex"], "away": {"sam": "08:40"}}
ARRIVES = {"at": "18:30", "arrives": "sam"}
SPEAKER, TILE = {"at": "18:32:30", "channel": "speaker"}, {"at": "18:32:30", "channel": "tile"}


def played(
    when: list[dict[str, Any]],
    then: list[dict[str, Any]] | None = None,
    home: Household | None = None,
    rituals: tuple[Ritual, ...] = (),
    **more: Any,
) -> Played:
    scenario = Scenario.model_validate({"given": GIVEN, "when": when, "then": then or [], **more})
    return play(home or household(), Rulebook(rituals=rituals or (ritual(),)), scenario)


def spoken(result: Played) -> list[str]:
    return [f"{e.at:%H:%M:%S}" for e in result.emitted if e.channel == "speaker"]


@pytest.mark.parametrize(
    ("then", "differences"),
    [
        ([SPEAKER], []),
        ([SPEAKER, TILE], []),
        ([{**SPEAKER, "text": "One"}], []),
        ([], [  # nothing at all: then a tile is one thing too many as well
            "not expected: speaker at 18:32:30 for reunion_hug: 'One'",
            "not expected: tile at 18:32:30 for reunion_hug: 'One'",
        ]),
        ([TILE], ["not expected: speaker at 18:32:30 for reunion_hug: 'One'"]),
        ([{**SPEAKER, "at": "18:33"}], [
            "expected speaker at 18:33:00; it came at 18:32:30",
            "not expected: speaker at 18:32:30 for reunion_hug: 'One'",
        ]),
        ([{**SPEAKER, "text": "Two"}], [
            "expected speaker at 18:32:30; it came at 18:32:30: 'One'",
            "not expected: speaker at 18:32:30 for reunion_hug: 'One'",
        ]),
        ([SPEAKER, {**SPEAKER, "at": "19:00"}], ["expected speaker at 19:00:00; nothing of the kind came"]),
        ([SPEAKER, SPEAKER], ["expected speaker at 18:32:30; nothing of the kind came"]),
        ([SPEAKER, {**TILE, "ritual": "dinner"}], ["expected tile at 18:32:30 for dinner; nothing of the kind came"]),
        ([SPEAKER, {"at": "18:32:30", "channel": "phone"}], ["expected phone at 18:32:30; nothing of the kind came"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said_in_words(then: list[dict[str, Any]], differences: list[str]) -> None:
    assert list(played([ARRIVES], then).differences) == differences


def test_the_timeline_is_in_order_and_says_what_happened() -> None:
    result = played([ARRIVES], [SPEAKER])
    assert [line.at for line in result.timeline] == sorted(line.at for line in result.timeline)
    assert [(line.kind, line.text) for line in result.timeline] == [
        ("happens", "sam arrives"),
        ("decides", "reunion_hug is due: you are both home again after having been apart"),
        ("decides", "reunion_hug is offered (speaker, tile)"),
        ("emits", "speaker: One"),
        ("emits", "tile: One"),
        ("decides", "reunion_hug ends quietly: it was not answered, which is fine"),
    ]


def test_the_second_half_past_two_of_autumn_is_not_the_first() -> None:
    """Down over the first 02:30; up again in the hour that comes twice, so it is offered at the second."""
    given = {"at": "2026-10-25 00:30", "home": ["alex", "sam"]}
    night = checkin(time="02:30", offer={"valid_for": "3h"})
    home = household(quiet_hours="10:00-18:00", presence={"startup_hold": "15min"})
    when = [{"at": "2026-10-25 01:00", "down": "service", "until": "2026-10-25 02:30"}]
    then = [{"at": "2026-10-25 02:45", "channel": "speaker"}]
    scenario: dict[str, Any] = {"given": given, "when": when, "until": "2026-10-25 06:00"}
    assert played(then=then, home=home, rituals=(night,), **scenario).differences == ()
    late = household(quiet_hours="10:00-18:00", presence={"startup_hold": "75min"})
    assert len(played(then=then, home=late, rituals=(night,), **scenario).differences) == 2


@pytest.mark.parametrize(("back", "said"), [("18:34:29", ["18:34:29"]), ("18:34:30", [])])
def test_speech_waits_for_its_channel_as_long_as_it_is_valid(back: str, said: list[str]) -> None:
    assert spoken(played([ARRIVES, {"at": "18:32", "down": "mqtt", "until": back}])) == said


def test_a_tile_shows_its_latest_state_when_it_can_be_reached_again() -> None:
    tile_only = ritual(offer={"channels": ["tile"]})
    outage = {"at": "18:32", "down": "mqtt", "until": "18:36"}
    answered = {"at": "18:35", "answer": "done", "ritual": "reunion_hug"}
    assert [e.channel for e in played([ARRIVES, outage], rituals=(tile_only,)).emitted] == ["tile"]
    result = played([ARRIVES, outage, answered], rituals=(tile_only,))
    assert [e.channel for e in result.emitted] == ["tile"], "an answer that cannot be heard changes nothing"


def test_what_expires_while_the_service_is_down_is_told_when_it_is_back() -> None:
    broker = {"at": "18:32", "down": "mqtt", "until": "18:40"}
    service = {"at": "18:33", "down": "service", "until": "18:39"}
    result = played([ARRIVES, broker, service])
    assert result.emitted == ()
    dropped = [f"{line.at:%H:%M}" for line in result.timeline if "dropped" in line.text]
    assert dropped == ["18:39"]


def mqtt_home() -> Settings:
    return Settings.model_validate(
        {
            "partners": [{"name": "Alex", "presence": "home/alex"}, {"name": "Sam", "presence": "home/sam"}],
            "agreed": ["Alex", "Sam"],
            "mqtt": {"host": "localhost"},
            "signals": {"entry_door": {"topic": "home/door"}},
        }
    )


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("18:31:00", ["18:34:00"]),  # queued by the broker for our session: seen live, believed after the hold
        ("18:31:29", ["18:34:29"]),
        ("18:31:30", ["18:34:30"]),
        ("18:31:31", []),  # gone for longer than two minutes: only what is retained, and nobody knows since when
    ],
)
def test_a_broker_keeps_what_it_was_told_for_two_minutes(until: str, said: list[str]) -> None:
    when = [
        {"at": "18:30:05", "signal": "entry_door", "is": "on"},
        {"at": "18:30:20", "arrives": "sam"},
        {"at": "18:29:30", "down": "mqtt", "until": until},
    ]
    assert spoken(played(when, home=mqtt_home())) == said


def test_an_outage_of_home_assistant_does_not_touch_what_mqtt_tells() -> None:
    when = [
        {"at": "18:30:05", "signal": "entry_door", "is": "on"},
        {"at": "18:30:20", "arrives": "sam"},
        {"at": "18:00", "down": "homeassistant", "until": "19:00"},
    ]
    assert spoken(played(when, home=mqtt_home())) == ["18:31:35"]


def test_what_is_withdrawn_while_the_service_is_down_counts_when_it_is_back() -> None:
    outage: dict[str, Any] = {"at": "18:33", "down": "service", "until": "18:36"}
    result = played([ARRIVES, outage, {"at": "18:34", "agreed": ["alex"]}])
    withdrawn = [f"{line.at:%H:%M}" for line in result.timeline if "not both agreed" in line.text]
    assert withdrawn == ["18:36"]


def test_an_untold_end_is_six_hours_after_the_last_thing_named() -> None:
    late = checkin(time="23:59")
    at_home = {"at": "2026-11-19 17:59", "home": ["alex", "sam"]}
    home = household(quiet_hours="02:00-03:00")
    assert len(played([], rituals=(late,), home=home, given=at_home).emitted) == 0
    later = [{"at": "18:00", "signal": "table", "is": "on"}]
    assert spoken(played(later, rituals=(late,), home=home, given=at_home)) == ["23:59:00"]


def test_who_was_away_since_a_time_after_the_start_left_yesterday() -> None:
    given = {"at": "2026-11-19 00:10", "home": ["alex"], "away": {"sam": "23:30"}}
    when = [{"at": "00:20", "arrives": "sam"}]
    home = with_door(presence={"require_door": False}, quiet_hours="03:00-04:00")
    assert spoken(played(when, home=home, given=given)) == ["00:22:30"]


def test_outages_of_one_kind_may_overlap_or_be_told_the_wrong_way_round() -> None:
    when = [
        {"at": "18:00", "down": "mqtt", "until": "19:00"},
        {"at": "18:20", "down": "mqtt", "until": "18:30"},
        {"at": "18:30:20", "arrives": "sam"},
    ]
    scenario = Scenario.model_validate(
        {"given": {"at": "2026-11-19 17:00", "home": ["alex"], "away": {"sam": "08:40"}}, "when": when}
    )
    assert play(household(), Rulebook(rituals=(ritual(),)), scenario).emitted == ()
