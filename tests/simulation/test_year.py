"""Made-up years against the truth: what Turntoward says, when, and to whom, beside two naive policies.

The targets hold for two people with phones that lag, flap and drift, and connections that break. A usual run plays the
thirds of a year, each with other people; `TURNTOWARD_SIMULATE=long` plays two hundred years. The table is printed
(`pytest -s`), and written as Markdown to the file that `TURNTOWARD_TABLE` names.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest

from tests.simulation.figures import Figures, compared
from tests.simulation.policies import POLICIES
from tests.simulation.table import causes, table
from tests.simulation.telling import Fact, Telling
from tests.simulation.year import BERLIN, PARTNERS, Year
from turntoward.core import civil

LONG = os.environ.get("TURNTOWARD_SIMULATE") == "long"
THIRDS = (date(2026, 1, 1), date(2026, 5, 1), date(2026, 9, 1))
PLAYED = (
    [(seed, THIRDS[0], 365) for seed in range(200)]
    if LONG
    else [(seed, first, 122) for seed, first in enumerate(THIRDS)]
)
DAYS = sum(days for _, _, days in PLAYED)
RECALL = 0.95 if LONG else 0.93
"""One year holds so few reunions that a target may be missed by chance."""
OURS = ("Turntoward", "5 min for a door")
NAIVE = ("every arrival", "fixed times")
NEVER = (
    "in quiet hours",
    "asleep, as told",
    "guests, as told",
    "on a call, as told",
    "in a time-out",
    "too close",
    "repeated",
    "from a restart",
    "from a snapshot",
)


def each_part() -> Iterator[dict[str, Figures]]:
    if not LONG:
        yield from map(compared, PLAYED)
        return
    with multiprocessing.get_context("spawn").Pool() as pool:
        yield from pool.imap_unordered(compared, PLAYED)


@pytest.fixture(scope="module")
def figures() -> dict[str, Figures]:
    whole = {name: Figures() for name in POLICIES}
    for part in each_part():
        whole = {name: whole[name] + part[name] for name in whole}
    print(f"\n{table(whole)}")
    for name in OURS:
        print(f"\n{name}")
        for title in ("missed", "false", "unwelcome"):
            print(causes(title, getattr(whole[name], title)))
    if path := os.environ.get("TURNTOWARD_TABLE"):
        Path(path).write_text(table(whole) + "\n", "utf-8")
    return whole


@pytest.mark.parametrize("policy", OURS)
def test_most_prompts_come_when_both_are_there_and_free(figures: dict[str, Figures], policy: str) -> None:
    assert figures[policy].counts["prompts"] > 0.7 * DAYS, "too few prompts to judge by"
    assert figures[policy].welcome >= 0.95


def test_reunions_are_found_and_phones_are_not_taken_for_people(figures: dict[str, Figures]) -> None:
    ours = figures["Turntoward"]
    assert ours.counts["chances"] > 0.5 * DAYS, "too few reunions to judge by"
    assert ours.recall >= RECALL
    assert ours.false_a_month <= 0.5


def test_a_phone_may_be_later_than_the_door(figures: dict[str, Figures]) -> None:
    usual, impatient = (figures[policy] for policy in OURS)
    assert usual.recall > impatient.recall + 0.01


@pytest.mark.parametrize("policy", OURS)
def test_the_dose_is_small(figures: dict[str, Figures], policy: str) -> None:
    assert figures[policy].usual_dose <= 2
    assert figures[policy].largest_dose == 3, "never more, and on some days that many"


@pytest.mark.parametrize("wrong", NEVER)
@pytest.mark.parametrize("policy", OURS)
def test_what_never_happens(figures: dict[str, Figures], policy: str, wrong: str) -> None:
    assert figures[policy].counts[wrong] == 0


@pytest.mark.parametrize("policy", NAIVE)
def test_it_is_easy_to_do_worse(figures: dict[str, Figures], policy: str) -> None:
    """Else the noise is too weak, or the years are too quiet, to tell anything."""
    assert figures[policy].welcome < figures["Turntoward"].welcome - 0.25
    assert figures[policy].false_a_month > 20 * figures["Turntoward"].false_a_month


def test_a_phone_that_comes_home_is_no_reason_to_speak(figures: dict[str, Figures]) -> None:
    counts = figures["every arrival"].counts
    assert (
        min(counts[wrong] for wrong in ("in quiet hours", "asleep, truly", "too close", "from a restart")) > DAYS / 50
    )


# -- the years themselves ---------------------------------------------------------------------------------------------


def test_the_same_seed_is_the_same_year() -> None:
    one, other, another = (Telling(Year(seed, days=30)) for seed in (1, 1, 2))
    assert one.steps == other.steps
    assert one.year.out != another.year.out


def test_a_year_lives_through_both_changes_of_the_clocks() -> None:
    dates, at_noon = Year(0).dates, [d.astimezone(BERLIN).utcoffset() for d in map(_noon, Year(0).dates)]
    changes = [day for day, before, after in zip(dates[1:], at_noon, at_noon[1:], strict=False) if before != after]
    assert changes == [date(2026, 3, 29), date(2026, 10, 25)]


@pytest.mark.parametrize("seed", [0, 1])
def test_nobody_is_in_two_places(seed: int) -> None:
    year = Year(seed)
    for partner in PARTNERS:
        assert not [s for s in year.asleep[partner] for away in year.out[partner] if s.touches(away)]
        assert not [p for p in year.phones[partner] for away in year.out[partner] if p.touches(away)]
        assert not [c for c in year.on_call[partner] for s in year.asleep[partner] if c.touches(s)]


def test_phones_tell_what_is_not_so_as_often_as_phones_do() -> None:
    """Half of a flap a day, a drift a week, a long one in fifty days; those during an absence change nothing."""
    told = Counter(
        step.cause
        for seed in range(6)
        for _, step in Telling(Year(seed)).steps
        if isinstance(step, Fact) and step.value == "home"
    )
    phone_days = 6 * 2 * 365
    assert 0.25 < told["flap"] / phone_days < 0.5
    assert 0.07 < told["drift"] / phone_days < 0.15
    assert 0.01 < told["long drift"] / phone_days < 0.02
    assert 1 / 14 < told["start of Home Assistant"] / phone_days < 1 / 7


def test_phones_tell_of_an_arrival_as_late_as_phones_do() -> None:
    telling = Telling(Year(1))
    came = {partner: sorted(away.end for away in telling.year.out[partner]) for partner in PARTNERS}
    lags = sorted(
        (at - max(home for home in came[step.subject] if home <= at)).total_seconds()
        for at, step in telling.steps
        if isinstance(step, Fact) and step.cause == "out" and step.value == "home"
    )
    assert 35 < lags[len(lags) // 2] < 45
    assert 180 < lags[int(0.95 * len(lags))] < 300


def _noon(day: date) -> datetime:
    return civil.instant(day, time(12), BERLIN)
