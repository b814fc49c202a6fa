"""Made-up months against the truth: how many reunions are found, and how often a phone is taken for a person.

The target is to find 95 of 100 reunions that had a free moment, with at most half a false prompt in 30 days. Three
phones in a hundred tell of an arrival more than five minutes after the door, so the default numbers come to the edge of
it; a household that lets a door count for ten minutes is well inside. Beside them a naive policy: a prompt for every
phone that comes home while the other is there. `TURNTOWARD_SIMULATE=long` plays many more months.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.core.evening import Evening, home_since_noon, ritual, with_door
from tests.fakes import at
from tests.simulation.month import MIN_APART, Month, Reunion
from turntoward.core import civil
from turntoward.core.actions import Announce, SetTile
from turntoward.core.events import PresenceChanged
from turntoward.core.household import Household

LONG = os.environ.get("TURNTOWARD_SIMULATE") == "long"
MONTHS = 300 if LONG else 20
IN_TIME = timedelta(minutes=15)
SPEECH_NEEDS = timedelta(minutes=6)
"""Who leaves again sooner had no free moment: the phone lags, it is believed and a minute goes by."""
COOLDOWN = timedelta(hours=3)
HOME = with_door()
PATIENT = with_door(presence={"door_lookback": "10min", "joint_in": "10min"})


@dataclass(frozen=True, slots=True)
class Score:
    """What became of a month."""

    prompts: int
    right: int
    chances: int
    found: int

    @property
    def false(self) -> int:
        return self.prompts - self.right


@dataclass(frozen=True, slots=True)
class Heard:
    """When something was said aloud, and when it was offered at all, on the tile too."""

    aloud: list[datetime]
    offers: list[datetime]


def by_turntoward(month: Month, home: Household) -> Heard:
    state = home_since_noon("00:00", "2026-11-02", entry_door="off")
    evening = Evening(home, (ritual(),), state)
    for when, event in month.events():
        evening.tell(when, event)
    evening.tell(month.end)
    aloud = [when for when, action in evening.actions if isinstance(action, Announce)]
    tiles = [when for when, action in evening.actions if isinstance(action, SetTile) and action.state == "offered"]
    return Heard(aloud, sorted({*aloud, *tiles}))


def naively(month: Month) -> Heard:
    raw, prompts = {"alex": "home", "sam": "home"}, []
    for when, event in month.events():
        if isinstance(event, PresenceChanged):
            raw[event.partner] = event.raw
            if event.raw == "home" and set(raw.values()) == {"home"}:
                prompts.append(when)
    return Heard(prompts, prompts)


def is_quiet(moment: datetime) -> bool:
    return HOME.quiet_hours.contains(moment.astimezone(HOME.time_zone).time())


def right_offers(month: Month, offers: Sequence[datetime]) -> dict[datetime, datetime]:
    """The first offer in the quarter of an hour after each true reunion, of outings together too."""
    true = [r.at for r in month.reunions() if r.apart >= MIN_APART]
    firsts = {at: next((o for o in offers if at <= o <= at + IN_TIME), None) for at in true}
    return {at: offer for at, offer in firsts.items() if offer is not None}


def had_a_free_moment(reunion: Reunion, right: Sequence[datetime]) -> bool:
    """They stay, it is no quiet hour, and no offer that was right has used up the dose of this ritual."""
    end, day = reunion.at + IN_TIME, civil.logical_day(reunion.at, HOME.time_zone)
    earlier = [offer for offer in right if offer < reunion.at]
    stayed = reunion.until - reunion.at >= SPEECH_NEEDS
    undisturbed = not is_quiet(reunion.at) and not is_quiet(end)
    rested = all(reunion.at - offer >= COOLDOWN for offer in earlier)
    return stayed and undisturbed and rested and sum(civil.logical_day(o, HOME.time_zone) == day for o in earlier) < 2


def score(month: Month, heard: Heard) -> Score:
    true = {r.at: r for r in month.reunions() if r.apart >= MIN_APART and not r.outing}
    right = right_offers(month, heard.offers)
    chances = [at for at, reunion in true.items() if had_a_free_moment(reunion, list(right.values()))]
    return Score(
        prompts=len(heard.aloud),
        right=sum(right.get(at) in heard.aloud for at in true),
        chances=len(chances),
        found=sum(at in right for at in chances),
    )


def total(scores: Sequence[Score]) -> Score:
    return Score(*(sum(getattr(s, name) for s in scores) for name in ("prompts", "right", "chances", "found")))


def row(name: str, all_of: Score, months: int) -> str:
    recall, precision = all_of.found / all_of.chances, all_of.right / all_of.prompts
    return f"{name:<12} {all_of.prompts:>8} {precision:>9.1%} {all_of.false / months:>16.2f} {recall:>9.1%}"


def test_reunions_are_found_and_phones_are_not_taken_for_people() -> None:
    months = [Month(seed, at("00:00", "2026-11-02")) for seed in range(MONTHS)]
    usual = total([score(month, by_turntoward(month, HOME)) for month in months])
    patient = total([score(month, by_turntoward(month, PATIENT)) for month in months])
    naive = total([score(month, naively(month)) for month in months])
    print(f"\n{'policy':<12} {'prompts':>8} {'right':>9} {'false / 30 days':>16} {'found':>9}")
    for name, policy in (("turntoward", usual), ("patient", patient), ("naive", naive)):
        print(row(name, policy, MONTHS))
    assert usual.chances > 10 * MONTHS, "too few reunions to judge by"
    assert usual.found / usual.chances >= 0.94
    assert patient.found / patient.chances >= 0.95
    assert max(usual.false, patient.false) / MONTHS <= 0.5
    assert naive.false > 20 * usual.false, "the noise is too weak to tell the two apart"


def test_the_same_seed_is_the_same_month() -> None:
    one, other, another = (Month(seed, at("00:00", "2026-11-02"), days=7) for seed in (1, 1, 2))
    assert one.events() == other.events()
    assert one.out != another.out
