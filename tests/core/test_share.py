"""What is put on a tile on purpose, for both to read until the day is over."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.evening import Evening, home_since_noon, household, ritual
from tests.fakes import at
from turntoward.core.actions import Announce, Notify, Reply, SetTile, TellStep
from turntoward.core.answers import shared_line
from turntoward.core.events import RitualAnswered
from turntoward.core.rules import Ritual

LINE = "You sang in the kitchen."


def jar(**changes: Any) -> Ritual:
    return ritual("jar", **{"answers": ["done", "share", "later"], "offer": {"channels": ["phone", "tile"]}, **changes})


def shared(*texts: str, **changes: Any) -> Evening:
    evening = Evening(household(), (jar(**changes),), home_since_noon())
    for minute, text in enumerate(texts):
        evening.tell(at("18:00").replace(minute=minute), RitualAnswered("jar", "share", text=text))
    return evening


def on_the_tile(evening: Evening) -> tuple[str, str]:
    (tile,) = evening.engine.tiles(evening.state)
    return tile.state, tile.text


def test_it_stands_on_the_tile_counts_as_done_and_is_gone_the_next_day() -> None:
    evening = shared(LINE)
    assert [(a.state, a.text) for _, a in evening.actions if isinstance(a, SetTile)] == [("done", LINE)]
    assert evening.told == ["done"]
    assert on_the_tile(evening) == ("done", LINE)
    assert on_the_tile(evening.restarts("19:00").tell("23:59")) == ("done", LINE)
    assert on_the_tile(evening.tell(at("04:00", "2026-11-20"))) == ("idle", "")
    assert LINE not in str(evening.state)


def test_the_lines_of_a_day_stand_there_below_each_other_and_not_without_end() -> None:
    assert on_the_tile(shared("one", "two", "three")) == ("done", "one\ntwo\nthree")
    assert on_the_tile(shared(*"abcdefgh")) == ("done", "c\nd\ne\nf\ng\nh")


def test_the_same_tap_told_twice_is_one_line() -> None:
    evening = shared(LINE)
    evening.tell("18:00:01", RitualAnswered("jar", "share", text=LINE))
    assert on_the_tile(evening) == ("done", LINE)
    assert evening.told == ["done"]


@pytest.mark.parametrize("text", ["", "  \n\t ", "\x00\x1b", "\u200b"])
def test_without_words_nothing_is_shared(text: str) -> None:
    evening = shared(text)
    assert (evening.told, on_the_tile(evening)) == ([], ("idle", ""))
    assert evening.thoughts == ["18:00:00 jar stays as it is: there was no text in it"]


def test_what_is_shared_is_one_line_of_writing() -> None:
    assert shared_line("  a\r\n b\x1b[31m\tc\u202ed ") == "a b [31m c d"
    assert shared_line("👩\u200d🍳 ✓") == "👩\u200d🍳 ✓"
    assert len(shared_line("x" * 900)) == 500


def test_a_ritual_that_does_not_name_it_takes_nothing() -> None:
    evening = shared(LINE, answers=["done"])
    assert on_the_tile(evening) == ("idle", "")
    assert evening.thoughts == ["18:00:00 jar stays as it is: 'share' is not an answer of this ritual"]


def test_it_goes_to_no_phone_into_no_message_and_into_no_trace() -> None:
    evening = shared(LINE)
    evening.replied("18:30", "share", "jar", "Another line.")
    others = [a for _, a in evening.actions if isinstance(a, Notify | Announce | TellStep | Reply)]
    assert LINE not in str(others) + str(evening.entries) + str(evening.boards)
    assert "Another line." not in str(others) + str(evening.entries) + str(evening.boards)


@pytest.mark.parametrize(("said", "tile"), [("done", "done"), ("not_today", "not_today"), ("stop", "done")])
def test_whatever_else_becomes_of_it_that_day_the_words_stay_until_the_day_is_over(said: str, tile: str) -> None:
    """The other one taps "done" after reading: that must not take the words away."""
    evening = shared(LINE, answers=["start", "done", "share", "not_today"])
    evening.answer("18:30", "start", "jar").answer("18:40", said, "jar")
    assert on_the_tile(evening) == (tile, LINE)
    assert on_the_tile(evening.restarts("19:00")) == (tile, LINE)
    assert on_the_tile(evening.tell(at("04:00", "2026-11-20"))) == ("idle", "")
    assert LINE not in str(evening.state)


def test_an_offer_after_it_gives_the_tile_back_to_the_words() -> None:
    offered_at_eight = {"triggers": [{"trigger": "time", "at": "20:00"}], "limits": {"per_day": None, "cooldown": "0s"}}
    evening = shared(LINE, **offered_at_eight).tell("20:01")
    assert on_the_tile(evening)[0] == "offered"
    evening.answer("20:02", "later", "jar")
    assert on_the_tile(evening) == ("done", LINE)
    assert on_the_tile(evening.tell("23:00")) == ("done", LINE)


def test_what_was_still_running_when_the_day_was_over_does_not_bring_the_words_back() -> None:
    evening = shared(LINE, answers=["start", "done", "share"], run={"timer": "12h"})
    evening.answer("20:00", "start", "jar").tell(at("05:00", "2026-11-20"))
    assert on_the_tile(evening.answer(at("05:01", "2026-11-20"), "done", "jar")) == ("done", "")
    assert LINE not in str(evening.state)
