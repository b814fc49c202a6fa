"""What must not be confused: a time-out and what it leads to, one scene and another, the old and the new."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from tests.core.evening import Evening, break_, checkin, deck, home_since_noon, household, ritual, rule, sam_is_out
from tests.fakes import at
from turntoward.core.actions import Announce, Notify, SetScene
from turntoward.core.events import ActionDelivered, ActionExpired
from turntoward.core.rules import Rulebook
from turntoward.core.state import state_from_json, state_to_json

REPAIR = ritual(
    "repair",
    triggers=[{"trigger": "ritual", "ritual": "time_out", "is": "done"}],
    offer={"after": 0, "valid_for": "1h", "channels": ["tile"], "card": "cards", "say": ["{card}"]},
    answers=["done"],
)
AFTER = rule("after", {"trigger": "ritual", "ritual": "repair"}, {"action": "mqtt", "topic": "x"})
DINNER = ritual(
    "dinner",
    triggers=[{"trigger": "called"}],
    run={"timer": 0, "steps": [{"action": "scene", "scene": "dinner"}], "ends": {"after": "90min"}},
)


def made_up() -> Evening:
    """A break that both are ready to end, and a small way back."""
    evening = Evening(household(), (break_(), REPAIR), home_since_noon(), rules=(AFTER,), decks=deck("one", "two"))
    evening.answer("18:10", "start", "time_out", timedelta(minutes=30)).tell("18:40")
    return evening.private("18:41", "ready").private("18:42", "ready", "alex")


def test_what_a_time_out_leads_to_cannot_count_it_either() -> None:
    evening = made_up().answer("18:45", "done", "repair")
    assert {entry.ritual for entry in evening.entries} == {"time_out", "repair", "after"}
    assert all(entry.fleeting for entry in evening.entries)
    left = state_to_json(evening.tell(at("04:00", "2026-11-20")).state)
    assert not [word for word in ("time_out", "repair", "18:4", "17:4") if word in left]


def test_the_way_back_brings_another_card_now_and_then() -> None:
    cards = {made_up().texts[-1]}
    for number in range(1, 12):
        evening = made_up()
        evening.state = state_from_json(state_to_json(evening.state))
        other = Evening(household(), (break_(), REPAIR), home_since_noon(), rules=(AFTER,), decks=deck("one", "two"))
        other.state = state_from_json(json.dumps({**json.loads(state_to_json(other.state)), "counter": number}))
        other.answer("18:10", "start", "time_out").tell("18:30")
        cards.add(other.private("18:31", "ready").private("18:32", "ready", "alex").texts[-1])
    assert cards == {"one", "two"}


@pytest.mark.parametrize("trigger", [{"trigger": "time", "at": "20:00"}, {"trigger": "reunion"}])
def test_only_people_ask_for_a_time_out(trigger: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="by one of the two, and by nothing else"):
        break_(triggers=[{"trigger": "called"}, trigger])


def test_no_rule_starts_a_time_out() -> None:
    starts = rule("starts", {"trigger": "mqtt", "topic": "x"}, {"action": "start", "ritual": "time_out"})
    evening = Evening(household(), (break_(),), home_since_noon(), rules=(starts,)).message("18:00", "x")
    assert evening.state.occasions == {}


def test_ready_for_a_time_out_that_rests_in_this_season_is_nothing() -> None:
    evening = Evening(household(season="apart"), (break_(apart=False),), home_since_noon())
    acted = evening.tell("17:30").private("18:00", "ready")
    assert [a for when, a in acted.actions if when == at("18:00")] == []


def test_two_rituals_of_one_reunion_do_not_wait_for_each_other() -> None:
    tea = ritual("tea", offer={"after": "15min", "valid_for": "20min", "channels": ["speaker"]}, limits={"min_gap": 0})
    evening = Evening(household(limits={"min_gap": 0}), (ritual(), tea), sam_is_out()).arrives("18:30").tell("19:00")
    assert evening.said == ["18:32:30", "18:46:30"]


def test_a_window_of_three_days_outlives_two_days_without_the_service() -> None:
    plan = checkin("plan", "11:00", offer={"valid_for": "3d", "channels": ["tile"]})
    evening = Evening(household(), (plan,), home_since_noon("10:00")).tell("10:30")
    assert evening.after_a_gap(at("10:00", "2026-11-22")).tell(at("10:05", "2026-11-22")).shown != []


def test_a_day_that_is_left_out_is_left_out_whatever_else_asks_for_it() -> None:
    triggers = [{"trigger": "time", "at": time} for time in ("20:30", "20:50")]
    asks = checkin(triggers=triggers, offer={"valid_for": "15min"}, limits={"fade_out": True, "per_day": 1})
    evening = Evening(household(), (asks,), home_since_noon())
    days = [f"2026-11-{day}" for day in range(19, 26)]
    evening.tell(at("23:00", days[-1]))
    assert [when.strftime("%d") for when, a in evening.actions if isinstance(a, Announce)] == [
        "19",
        "20",
        "21",
        "23",
        "25",
    ]


def test_a_message_to_phones_ends_where_the_quiet_hours_begin() -> None:
    film = ritual(
        "film",
        triggers=[{"trigger": "called"}],
        run={"timer": 0, "steps": [{"action": "notify"}], "ends": {"after": "3h"}},
    )
    evening = Evening(household(), (film,), home_since_noon()).answer("21:00", "start", "film")
    assert [a.valid_until for _, a in evening.actions if isinstance(a, Notify)] == [at("22:30")]


def test_apart_it_ends_where_they_begin_for_one_of_the_two() -> None:
    home = household(season="apart", partners=[{"name": "Alex"}, {"name": "Sam", "zone": "Asia/Tokyo"}])
    call = checkin("call", "14:00", conditions=[], offer={"valid_for": "9h", "channels": ["phone"]})
    evening = Evening(home, (call,), home_since_noon("13:00")).tell("14:00")
    assert [a.valid_until for _, a in evening.actions if isinstance(a, Notify)] == [at("14:30")]  # 22:30 in Tokyo


def test_a_card_may_speak_of_the_two() -> None:
    cards = deck({"id": "ask", "text": "{turn}, ask {other}, {{gently}}."})
    asks = checkin(offer={"channels": ["tile"], "card": "cards", "say": ["{card}"]})
    evening = Evening(household(), (asks,), home_since_noon(), decks=cards).tell("20:30")
    assert evening.state.occasions["evening_checkin"].text == "Alex, ask Sam, {gently}."


def asked_for_dinner() -> tuple[Evening, str]:
    evening = Evening(household(), (DINNER,), home_since_noon(), delivers=False).answer("18:00", "start", "dinner")
    return evening, next(a.id for _, a in evening.actions if isinstance(a, SetScene))


def test_a_scene_that_was_asked_for_and_never_set_is_not_undone() -> None:
    evening, scene = asked_for_dinner()
    evening.answer("18:01", "stop", "dinner").tell("18:02", ActionExpired(scene)).tell("23:00")
    assert evening.scenes == ["18:00:00 dinner on"]
    assert evening.state.scenes_asked == {}


def test_a_scene_that_was_set_after_its_end_is_undone_then() -> None:
    evening, scene = asked_for_dinner()
    evening.answer("18:01", "stop", "dinner").tell("18:01:30", ActionDelivered(scene)).tell("23:00")
    assert evening.scenes == ["18:00:00 dinner on", "18:01:30 dinner undone"]


def test_a_journal_of_an_earlier_version_is_read() -> None:
    evening = Evening(household(), (ritual(),), sam_is_out()).arrives("18:30").tell("18:40")
    older = json.loads(state_to_json(evening.state))
    older["past"]["reunion_hug"]["spoken"] = 3
    assert state_from_json(json.dumps(older)).past["reunion_hug"].spoken == {"offer": 3}


def test_what_follows_is_found_however_long_the_chain() -> None:
    chain = [
        ritual(f"r{n}", triggers=[{"trigger": "ritual", "ritual": f"r{n - 1}" if n else "time_out"}]) for n in range(4)
    ]
    book = Rulebook(rituals=(break_(), ritual(), *chain))
    assert book.fleeting == {"time_out", "r0", "r1", "r2", "r3"}


VOICE = rule("voice", {"trigger": "mqtt", "topic": "x"}, {"action": "announce", "say": "Hi."}, {"action": "notify"})


def test_a_rule_does_not_talk_into_a_ritual_that_keeps_the_others_away() -> None:
    dinner = DINNER.model_copy(update={"run": DINNER.run.model_copy(update={"hold_prompts": True})})
    evening = Evening(household(), (dinner,), home_since_noon(), rules=(VOICE,)).answer("18:00", "start", "dinner")
    evening.message("18:20", "x").answer("18:30", "stop", "dinner").message("18:31", "x")
    assert (evening.said, evening.notices) == (["18:31:00"], ["18:31:00 alex sam"])


def test_what_keeps_the_others_away_ends_with_a_time_out() -> None:
    dinner = DINNER.model_copy(update={"run": DINNER.run.model_copy(update={"hold_prompts": True})})
    evening = Evening(household(), (dinner, break_()), home_since_noon()).answer("18:00", "start", "dinner")
    evening.answer("18:10", "start", "time_out")
    assert set(evening.state.occasions) == {"time_out"}
    assert evening.scenes == ["18:00:00 dinner on", "18:10:00 dinner undone"]


def test_a_rule_with_limits_runs_as_often_as_they_allow() -> None:
    lamp = rule(
        "lamp", {"trigger": "mqtt", "topic": "x"}, {"action": "mqtt", "topic": "y"}, limits={"cooldown": "10min"}
    )
    evening = Evening(household(), (), home_since_noon(), rules=(lamp,))
    for time in ("18:00", "18:05", "18:10", "19:00"):
        evening.message(time, "x")
    assert len(evening.published) == 3


def test_a_season_that_is_over_is_not_chosen() -> None:
    evening = Evening(household(season="simplified"), (ritual(),), home_since_noon())
    evening.season("18:00", "apart", date(2020, 1, 1))
    assert evening.thoughts == ["18:00:00 season stays as it is: the last day that was named has passed already"]
    assert evening.state.season is None
