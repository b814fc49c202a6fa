"""Where a line is said when rooms tell who is in them, and that nothing is said into a film."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.evening import Evening, checkin, home_since_noon, household, ritual
from turntoward.core.actions import Announce
from turntoward.core.household import Household
from turntoward.core.rules import Ritual


class Rooms(Household):
    """A home with three speakers."""

    def speaker_rooms(self) -> tuple[str, ...]:
        return ("kitchen", "living", "bath")


def evening(*rituals: Ritual, **signals: str) -> Evening:
    named = {name.replace("__", "."): value for name, value in signals.items()}
    plain = household(signals={name: {} for name in ("occupied.kitchen", "occupied.living", "film")})
    home = Rooms.model_validate(plain.model_dump(by_alias=True))
    return Evening(home, rituals or (checkin(),), home_since_noon(**named))


def rooms(of: Evening) -> list[tuple[str, ...]]:
    return [action.rooms for _, action in of.actions if isinstance(action, Announce)]


@pytest.mark.parametrize(
    ("signals", "said_in"),
    [
        ({}, ("kitchen", "living", "bath")),
        ({"occupied__kitchen": "off", "occupied__living": "off"}, ("kitchen", "living", "bath")),
        ({"occupied__kitchen": "on"}, ("kitchen",)),
        ({"occupied__kitchen": "on", "occupied__living": "on"}, ("kitchen", "living")),
        ({"occupied__kitchen": "on", "occupied__living": "unavailable"}, ("kitchen",)),
        ({"occupied__kitchen": "unknown"}, ("kitchen", "living", "bath")),
    ],
)
def test_a_line_is_said_where_somebody_is_known_to_be(signals: dict[str, str], said_in: tuple[str, ...]) -> None:
    assert rooms(evening(**signals).tell("20:31")) == [said_in]


def test_of_the_rooms_that_are_named_those_with_somebody_in_them() -> None:
    named = checkin(offer={"channels": [{"channel": "speaker", "rooms": ["living", "bath"]}]})
    assert rooms(evening(named, occupied__living="on", occupied__kitchen="on").tell("20:31")) == [("living",)]
    assert rooms(evening(named, occupied__kitchen="on").tell("20:31")) == [("living", "bath")]


def test_what_is_said_on_the_way_follows_them() -> None:
    steps = [{"action": "announce", "say": ["One."]}, {"action": "wait", "for": "5min"}]
    talk = ritual(run={"timer": "10min", "steps": [*steps, {"action": "announce", "say": ["Two."]}]})
    told = evening(talk, occupied__kitchen="on").answer("18:00", "start").signal("18:01", "occupied.kitchen", "off")
    told.signal("18:02", "occupied.living", "on").tell("18:06")
    assert rooms(told) == [("kitchen",), ("living",)]


@pytest.mark.parametrize(("channels", "shown"), [(["speaker", "tile"], []), (["tile"], ["20:30:00 offered"])])
def test_a_voice_waits_for_the_end_of_a_film_and_a_tile_does_not(channels: list[str], shown: list[str]) -> None:
    told = evening(checkin(offer={"channels": channels}), film="on").tell("20:40")
    assert (told.said, told.shown) == ([], shown)
    told.signal("20:41", "film", "off")
    assert told.said == (["20:41:00"] if "speaker" in channels else [])


def test_a_film_that_is_not_known_is_waited_for_and_one_that_is_not_mapped_is_not() -> None:
    told = evening(film="off").signal("20:20", "film", "unavailable").tell("20:40")
    assert told.said == []
    assert "waits: the signal film does not say anything" in told.thoughts[-1]
    assert told.tell("20:51").said == ["20:50:00"]
    assert evening().tell("20:31").said == ["20:30:00"]


@pytest.mark.parametrize(("film", "said"), [("on", 0), ("off", 1)])
def test_what_runs_says_nothing_into_a_film(film: str, said: int) -> None:
    steps: list[dict[str, Any]] = [{"action": "announce", "say": ["One."]}, {"action": "tile", "say": ["Look."]}]
    told = evening(ritual(offer={"channels": ["tile"]}, run={"steps": steps}), film=film).answer("18:00", "start")
    assert (len(told.said), told.texts) == (said, ["Look."])
