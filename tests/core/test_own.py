"""What belongs to one partner alone: whoever looks from outside sees silence, and no cause for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.core.evening import Evening, break_, checkin, deck, home_since_noon, household
from tests.fakes import at
from turntoward.core import own
from turntoward.core.engine import Engine, new_state
from turntoward.core.events import PRIVATE, Event, PresenceChanged, PrivateAct, TimePassed
from turntoward.core.rules import Rulebook
from turntoward.core.state import HouseholdState

CALLS: dict[str, Any] = {"signals": {"on_call.sam": {}}}
NIGHT = date(2026, 11, 19)


def an_evening(seed: int = 0, **silence: bool) -> Evening:
    home = household(silence=silence, **CALLS)
    question = checkin(offer={"channels": ["speaker", "tile"], "after": "5min"}, limits={"fade_out": True})
    return Evening(home, (question,), replace(home_since_noon("18:00", **{"on_call.sam": "off"}), seed=seed))


def seen(evening: Evening) -> tuple[object, ...]:
    """Everything that anybody can look at."""
    return evening.actions, evening.entries, evening.engine.tiles(evening.state), evening.board


def seen_at_once(evening: Evening) -> tuple[object, ...]:
    return len(evening.actions), len(evening.entries), evening.engine.tiles(evening.state), evening.board


def seed_for(silent: bool, **silence: bool) -> int:
    seeds = (seed for seed in range(1, 300) if bool(an_evening(seed, **silence).tell("21:00").said) is not silent)
    return next(seeds)


# -- a pause looks like any other silence ------------------------------------------------------------------------------


@pytest.mark.parametrize("cause", ["random", "rest_days"])
@pytest.mark.parametrize("paused_at", ["18:00", "20:29:59", "20:30", "20:34:59"])
def test_a_pause_is_not_to_be_told_from_chance_or_from_a_day_of_rest(cause: str, paused_at: str) -> None:
    silence = {cause: True}
    paused = an_evening(seed_for(silent=False, **silence), **silence).private(paused_at, "pause").tell("23:00")
    by_itself = an_evening(seed_for(silent=True, **silence), **silence).tell("23:00")
    assert paused.said == []
    assert seen(paused) == seen(by_itself)


@pytest.mark.parametrize("paused_at", ["18:00", "20:40"])
def test_a_pause_during_a_call_is_not_to_be_told_either(paused_at: str) -> None:
    def on_a_call(evening: Evening, paused: bool) -> Evening:
        calls: list[tuple[str, str]] = [("20:00", "on"), ("20:50", "off")]
        for time, value in calls:
            if paused and paused_at < time:
                evening.private(paused_at, "pause")
            evening.signal(time, "on_call.sam", value)
        return evening.tell("23:00")

    paused = on_a_call(an_evening(seed_for(silent=False, random=True), random=True), True)
    by_chance = on_a_call(an_evening(seed_for(silent=True, random=True), random=True), False)
    assert paused.said == []
    assert seen(paused) == seen(by_chance)


@pytest.mark.parametrize("partner", ["alex", "sam"])
@pytest.mark.parametrize("until", [None, at("20:33"), at("21:00")])
def test_an_offer_that_a_pause_met_stays_silent_to_its_end(partner: str, until: datetime | None) -> None:
    evening = an_evening().private("20:31", "pause", partner, until=until).private("20:34", "resume", partner)
    evening.tell(at("21:00", "2026-11-20"))
    assert evening.said == ["20:35:00"]
    assert {when.date() for when, _ in evening.actions} == {date(2026, 11, 20)}


def test_a_pause_that_begins_after_the_offer_changes_nothing_to_see() -> None:
    def answered(*, pause: bool) -> Evening:
        evening = an_evening().tell("20:36")
        if pause:
            evening.private("20:36", "pause")
        return evening.answer("20:37", "later", "evening_checkin").answer("20:53", "done", "evening_checkin")

    assert answered(pause=True).said == ["20:35:00", "20:52:00"]
    assert seen(answered(pause=True)) == seen(answered(pause=False))


def test_what_somebody_starts_runs_although_one_of_you_pauses() -> None:
    evening = an_evening().private("18:00", "pause").answer("18:30", "start", "evening_checkin")
    assert evening.told == ["started"]


# -- nothing to see of a private act -----------------------------------------------------------------------------------


def idle() -> Evening:
    return an_evening().tell("19:00")


def waiting() -> Evening:
    return an_evening().tell("20:32")


def offered() -> Evening:
    return an_evening().tell("20:40")


def running() -> Evening:
    return an_evening().answer("20:39", "start", "evening_checkin").tell("20:40")


def in_a_break() -> Evening:
    evening = Evening(household(), (break_(), checkin()), home_since_noon("18:00"))
    return evening.answer("20:10", "start", "time_out").tell("20:20")


def asked_after_a_break() -> Evening:
    return in_a_break().tell("20:31")


@pytest.mark.parametrize("situation", [idle, waiting, offered, running, in_a_break, asked_after_a_break])
@pytest.mark.parametrize("act", [act for act in PRIVATE if act != "more_time"])
def test_a_private_act_is_not_to_be_seen(situation: Any, act: Any) -> None:
    evening = situation()
    evening.delivers = False
    now, before = evening.state.now, seen_at_once(evening)
    evening.after_a_gap(now, PrivateAct("sam", act, ritual="evening_checkin", level=3, noticed=False))
    assert seen_at_once(evening) == before


def test_going_deeper_offers_nothing_by_itself() -> None:
    card = checkin(offer={"card": "cards", "say": ["{card}"]})
    evening = Evening(household(), (card,), home_since_noon("20:00"), decks=deck({"id": "deep", "depth": 2}))
    evening.tell("20:31").private("20:32", "depth", "alex", level=2).private("20:33", "depth", "sam", level=2)
    assert evening.actions == []


def test_a_stranger_has_nothing_of_the_own() -> None:
    evening = an_evening().private("18:00", "pause", "mum").private("18:00", "less", "mum", ritual="evening_checkin")
    assert evening.state.own == {}
    assert evening.tell("21:00").said == ["20:35:00"]


def test_who_is_no_longer_one_of_the_two_silences_nothing() -> None:
    evening = an_evening().private("18:00", "pause").private("18:00", "less", ritual="evening_checkin")
    kim = household(partners=[{"name": "Alex"}, {"name": "Kim"}], agreed=["Alex", "Kim"], **CALLS)
    evening.live_in(kim).tell("18:30", PresenceChanged("kim", "home", True, at("17:00")))
    assert evening.tell("20:36").said == ["20:35:00"]


# -- days of rest and chance -------------------------------------------------------------------------------------------


def days_of_rest(days: int, events: tuple[tuple[datetime, Event], ...] = (), seed: int = 7) -> list[date]:
    engine = Engine(household(silence={"rest_days": True}), Rulebook())
    noon = datetime(2026, 11, 19, 11, tzinfo=UTC)
    state: HouseholdState = replace(new_state(noon), seed=seed)
    everything = [(noon + timedelta(days=n), TimePassed()) for n in range(days)]
    rests: list[date] = []
    for now, event in sorted([*everything, *events], key=lambda pair: pair[0]):
        state = engine.decide(state, event, now).state
        if state.resting_on is not None and state.resting_on not in rests:
            rests.append(state.resting_on)
    return rests


def test_about_one_day_in_seven_is_a_day_of_rest() -> None:
    assert 1_320 < len(days_of_rest(10_000)) < 1_540  # three deviations to each side
    assert days_of_rest(400, seed=8) != days_of_rest(400, seed=9)


def paused_on(day: date, hours: int, *more: tuple[int, Any]) -> tuple[tuple[datetime, Event], ...]:
    start = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    first = PrivateAct("sam", "pause", until=start + timedelta(hours=hours))
    return (start, first), *((start + timedelta(hours=h), PrivateAct("sam", act)) for h, act in more)


def busy_day(usual: list[date]) -> date:
    return next(day for n in range(1, 9) if (day := usual[2] + timedelta(days=n)) not in usual)


def test_a_pause_uses_up_the_next_day_of_rest_and_only_that() -> None:
    usual = days_of_rest(200)
    busy = busy_day(usual)
    following = next(day for day in usual if day > busy)
    assert days_of_rest(200, paused_on(busy, 3)) == [day for day in usual if day != following]


def test_a_pause_that_is_tapped_twice_on_one_day_is_one() -> None:
    busy = busy_day(days_of_rest(200))
    twice = paused_on(busy, 3, (1, "resume"), (2, "pause"), (3, "resume"))
    assert days_of_rest(200, twice) == days_of_rest(200, paused_on(busy, 3))


def test_chance_silences_about_three_of_twenty() -> None:
    state, now = replace(new_state(at("12:00")), seed=3), at("12:00")
    home = household(silence={"random": True})
    silent = sum(own.silent(home, state, f"evening_checkin-{n}", now) for n in range(10_000))
    assert 1_390 < silent < 1_610


def test_without_your_both_wish_nothing_is_ever_silent() -> None:
    evening = an_evening(seed_for(silent=True, random=True)).tell(at("12:00", "2027-01-18"))
    evening_of_rest = an_evening(seed_for(silent=True, rest_days=True)).tell(at("12:00", "2026-11-22"))
    refused = {entry.reason for entry in evening.entries if entry.step in ("held", "refused")}
    assert refused == {"rests"}  # nobody answers, so it fades; that is no chance
    assert evening_of_rest.said == ["20:35:00"] * 3


# -- less, depth, bids -------------------------------------------------------------------------------------------------


def evenings(evening: Evening, days: int) -> list[int]:
    """On which of some days it was said, when it is done each time."""
    for n in range(days):
        day = f"2026-11-{19 + n}"
        evening.tell(at("20:36", day))
        if "evening_checkin" in evening.state.occasions:
            evening.answer(at("20:37", day), "done", "evening_checkin")
    return [when.day for when, action in evening.actions if action.channel == "speaker"]


@pytest.mark.parametrize("who", [["sam"], ["alex"], ["alex", "sam"]])
def test_less_of_it_is_every_second_time_and_looks_like_a_pause(who: list[str]) -> None:
    evening = an_evening()
    for partner in who:
        evening.private("18:00", "less", partner, ritual="evening_checkin")
    assert evenings(evening, 6) == [20, 22, 24]
    assert [e for e in evening.entries if e.step in ("refused", "held")] == []
    assert evenings(an_evening().private("18:00", "less", ritual="another"), 3) == [19, 20, 21]


@pytest.mark.parametrize(("alex", "sam", "level"), [(1, 3, 1), (3, 1, 1), (2, 3, 2), (3, 3, 3), (9, 9, 3), (0, 0, 1)])
def test_questions_go_as_deep_as_both_want(alex: int, sam: int, level: int) -> None:
    evening = an_evening().private("18:00", "depth", "alex", level=alex).private("18:00", "depth", level=sam)
    assert own.depth(evening.home, evening.state) == level


@pytest.mark.parametrize("noted_again", [True, False])
def test_small_moments_are_forgotten_after_five_weeks(noted_again: bool) -> None:
    evening = an_evening().private("18:00", "bid", noticed=True).private("18:01", "bid", noticed=False)
    assert evening.state.own["sam"].bids == ((NIGHT, True), (NIGHT, False))
    later = NIGHT + timedelta(days=36)
    if noted_again:
        evening.private(at("18:00", later.isoformat()), "bid")
    evening.tell(at("18:01", later.isoformat()))
    assert evening.state.own["sam"].bids == (((later, True),) if noted_again else ())
