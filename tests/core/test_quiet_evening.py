"""A quiet evening that somebody asked for: no sound until the next day begins, whatever happens."""

from __future__ import annotations

from typing import Any

import pytest

from tests.core.evening import Evening, checkin, home_since_noon, household, ritual, rule, sam_is_out
from tests.fakes import at
from turntoward.core.actions import Announce, Notify
from turntoward.core.events import ActionDelivered, ActionExpired, QuietChosen
from turntoward.core.rules import Ritual

TALK: dict[str, Any] = {
    "run": {
        "timer": "1h",
        "steps": [
            {"action": "announce", "say": ["The good part first."]},
            {"action": "notify"},
            {"action": "tile", "say": ["Look up."]},
        ],
    },
    "answers": ["start", "done"],
}


def at_home(*rituals: Ritual, **home: Any) -> Evening:
    return Evening(household(**home), rituals, home_since_noon())


def heard(evening: Evening) -> list[str]:
    """When something was said, or a phone lit up."""
    return [f"{when.astimezone(evening.home.time_zone):%H:%M}" for when, a in evening.actions
            if isinstance(a, Announce | Notify)]  # fmt: skip


def test_only_the_tile_offers_and_why_is_told() -> None:
    evening = at_home(checkin(offer={"channels": ["speaker", "phone", "tile"]})).quiet("18:00").tell("21:00")
    assert heard(evening) == []
    assert evening.shown == ["20:30:00 offered"]
    assert evening.thoughts[0] == "18:00:00 quiet_tonight has changed: somebody asked for a quiet evening"
    assert "silently: somebody asked for a quiet evening" in " ".join(evening.thoughts)


def test_what_runs_keeps_its_voice_down_and_sends_nothing() -> None:
    evening = at_home(ritual("talk", **TALK)).quiet("18:00").answer("18:05", "start", "talk")
    assert heard(evening) == []
    assert evening.texts[-1] == "Look up."
    assert heard(at_home(ritual("talk", **TALK)).answer("18:05", "start", "talk")) == ["18:05", "18:05"]


def test_a_rule_says_nothing_either() -> None:
    bell = rule("bell", {"trigger": "mqtt", "topic": "bell"}, {"action": "announce", "say": ["Somebody is there."]})
    evening = Evening(household(), (), home_since_noon(), rules=(bell,)).quiet("18:00").message("18:05", "bell")
    assert heard(evening) == []
    assert heard(evening.quiet("18:06", on=False).message("18:07", "bell")) == ["18:07"]


def test_it_is_over_when_the_next_day_begins_and_what_waits_wakes_up() -> None:
    night = checkin("night", "03:30", offer={"valid_for": "2h"})
    evening = at_home(night, quiet_hours="00:00-00:00").quiet("23:00")
    assert evening.board.quiet_until == at("04:00", "2026-11-20")
    assert heard(evening.tell(at("03:59:59", "2026-11-20"))) == []
    assert evening.board.quiet_until == at("04:00", "2026-11-20")
    assert heard(evening.tell(at("04:00", "2026-11-20"))) == ["04:00"]
    assert (evening.board.quiet_until, evening.state.quiet_on) == (None, None)


def test_it_is_over_by_itself_also_where_nothing_waits() -> None:
    evening = at_home(ritual()).quiet("18:00")
    assert evening.engine.next_wakeup(evening.state) == at("04:00", "2026-11-20")


def test_taken_back_it_is_over_at_once() -> None:
    evening = at_home(checkin()).quiet("18:00").tell("20:40").quiet("20:41", on=False)
    assert heard(evening) == ["20:41"]
    assert evening.board.quiet_until is None


def test_asking_twice_changes_nothing() -> None:
    evening = at_home(checkin()).quiet("18:00")
    again = evening.engine.decide(evening.state, QuietChosen(True), at("18:01"))
    assert (again.trace, again.actions, again.changes(evening.state)) == ((), (), False)


def test_it_survives_a_restart_and_a_clock_that_is_set() -> None:
    evening = at_home(checkin()).quiet("18:00")
    evening.restarts("18:30").tell("18:40").clock_is_set("20:00")
    assert evening.board.quiet_until == at("04:00", "2026-11-20")
    assert heard(evening.tell("21:00")) == []


def test_a_message_that_is_only_on_its_way_is_taken_back() -> None:
    evening = at_home(checkin(offer={"channels": ["phone", "tile"]}))
    evening.delivers = False
    evening.tell("20:30")
    notice = next(a for _, a in evening.actions if isinstance(a, Notify))
    evening.quiet("20:31")
    assert evening.taken_back == ["20:31:00 alex sam"]
    tile = next(a.id for _, a in evening.actions if a.kind == "set_tile")
    evening.tell("20:31:01", ActionDelivered(tile)).tell("20:31:02", ActionExpired(notice.id))
    assert evening.state.occasions["evening_checkin"].phase == "offered", "the tile offers it all the same"


def test_a_message_that_has_come_stays() -> None:
    evening = at_home(checkin(offer={"channels": ["phone", "tile"]})).tell("20:30").quiet("20:31")
    assert evening.taken_back == []


@pytest.mark.parametrize("agreed", [[], ["Alex"]])
def test_anybody_may_ask_for_it(agreed: list[str]) -> None:
    evening = at_home(checkin(), agreed=agreed).quiet("18:00")
    assert evening.board.quiet_until == at("04:00", "2026-11-20"), "whoever asked sees that it was heard"
    assert evening.live_in(household()).tell("18:01").board.quiet_until == at("04:00", "2026-11-20")


def test_the_hug_after_it_is_said_again() -> None:
    evening = Evening(household(), (ritual(),), sam_is_out()).quiet("18:00").arrives("18:30").tell("18:40")
    assert (heard(evening), evening.shown[0]) == ([], "18:32:30 offered")


def test_in_the_night_in_which_an_hour_comes_twice_it_ends_once_and_nothing_wakes_up_again_and_again() -> None:
    evening = Evening(household(day_starts="02:30"), (ritual(),), home_since_noon(day="2026-10-24"))
    first, second = at("01:40", "2026-10-25"), at("02:10", "2026-10-25")  # by the clock 02:40, and then 02:10
    evening.quiet(first).tell(second)
    assert evening.board.quiet_until == at("02:30", "2026-10-26")
    wakeup = evening.engine.next_wakeup(evening.state)
    assert wakeup is not None
    assert wakeup > second
