"""The numbers of a household, with their defaults: presence, the dose, and the silence of its own accord.

What they mean is in the modules that use them; docs/presence.md explains each.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from turntoward.core.model import Model
from turntoward.core.spans import Duration


class PresenceSettings(Model):
    """The numbers of presence. All but the last two are elapsed times, 0 s and more."""

    dwell_door: Duration = Field(timedelta(seconds=15), description="home counts after this long when a door opened")
    dwell_plain: Duration = Field(timedelta(seconds=90), description="home counts after this long without a door")
    door_lookback: Duration = Field(timedelta(minutes=10), description="how long before an arrival a door may open")
    away_dwell: Duration = Field(timedelta(minutes=10), description="away counts after this long")
    min_apart: Duration = Field(timedelta(minutes=30), description="a reunion needs to have been apart this long")
    joint_in: Duration = Field(timedelta(minutes=10), description="two arrivals within this are one joint arrival")
    joint_out: Duration = Field(timedelta(minutes=10), description="two departures within this are a joint outing")
    post_call: Duration = Field(timedelta(seconds=30), description="wait after a call has ended")
    hold_stable: Duration = Field(timedelta(seconds=15), description="a presence that dropped must be back this long")
    startup_hold: Duration = Field(timedelta(minutes=2), description="nothing is confirmed this long after connecting")
    stale_event: Duration = Field(timedelta(minutes=2), description="a change older than this is adopted silently")
    voice_ttl: Duration = Field(timedelta(minutes=2), description="a spoken line that is later than this is dropped")
    unknown_grace: Duration = Field(
        timedelta(minutes=30), description="a mapped signal that stays unknown this long counts as absent"
    )
    require_door: bool | None = Field(
        None, description="a reunion needs an opening of an entry door; left out: true where one is mapped"
    )
    joint_outing: Literal["tile", "speak", "nothing"] = Field(
        "tile", description="what to do when both come back from an outing together"
    )


class HouseholdLimits(Model):
    """The dose for the couple, over all rituals."""

    prompts_per_day: int = Field(3, ge=0, le=50, description="spoken or pushed prompts in a logical day")
    min_gap: Duration = Field(timedelta(minutes=45), description="shortest time between two of them")


class Silence(Model):
    """Silence by chance, so that a pause of one of you is not to be told from it. Off until both want it."""

    random: bool = Field(False, description="three of twenty occasions stay silent, drawn by chance")
    rest_days: bool = Field(False, description="each day is a day of rest with a chance of one in seven")
