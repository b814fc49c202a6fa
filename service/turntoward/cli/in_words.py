"""When a ritual is offered and where, in plain words for people. Nothing is read or decided here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from turntoward.core.rule_triggers import (
    WEEKDAYS,
    ApartTrigger,
    CalledTrigger,
    EventTrigger,
    LeavingTrigger,
    MqttTrigger,
    ReunionTrigger,
    RitualTrigger,
    ScheduleTrigger,
    SeasonTrigger,
    StateTrigger,
    TimeTrigger,
    Trigger,
    UnansweredTrigger,
    Weekday,
)
from turntoward.core.rules import ChannelChoice, Ritual
from turntoward.core.spans import format_duration, format_time

_DAYS: dict[Weekday, str] = {
    "mon": "Mondays", "tue": "Tuesdays", "wed": "Wednesdays", "thu": "Thursdays", "fri": "Fridays",
    "sat": "Saturdays", "sun": "Sundays",
}  # fmt: skip
_PERIODS = {"month": "a month", "quarter": "a quarter", "four_months": "four months", "year": "a year"}


def when(triggers: Iterable[Trigger]) -> str:
    """Say what makes it due: `20:30, or: table is off for 5min`."""
    said = dict.fromkeys(_TRIGGERS[type(trigger)](trigger) for trigger in triggers)
    return ", or: ".join(said) or "when somebody starts it"


def where(channels: Iterable[ChannelChoice]) -> str:
    """Say where it is offered: `speaker (kitchen), tile`."""
    return ", ".join(_channel(choice) for choice in channels)


def short_form(ritual: Ritual) -> str:
    """Say what becomes of it in the season `simplified`."""
    return "rests" if ritual.short is False else "of its own" if ritual.short else "the same"


def _channel(choice: ChannelChoice) -> str:
    about = [
        *choice.rooms,
        *(["a chime"] if choice.chime else []),
        *(["whose turn it is"] if choice.to == "turn" else []),
    ]
    return f"{choice.channel} ({', '.join(about)})" if about else choice.channel


def _on(days: tuple[Weekday, ...]) -> str:
    if set(days) == set(WEEKDAYS):
        return ""
    if set(days) == set(WEEKDAYS[:5]):
        return " on workdays"
    return " on " + " and ".join(_DAYS[day] for day in WEEKDAYS if day in days)


def _reunion(trigger: ReunionTrigger) -> str:
    apart = f" after {format_duration(trigger.apart_for)}" if trigger.apart_for else ""
    return f"both are home again{apart}"


def _leaving(trigger: LeavingTrigger) -> str:
    return f"somebody is about to leave, {trigger.between}{_on(trigger.weekdays)}"


def _apart(trigger: ApartTrigger) -> str:
    return f"apart for {format_duration(trigger.for_)}"


def _time(trigger: TimeTrigger) -> str:
    chance = f", on about {trigger.chance:.0%} of the days" if trigger.chance < 1 else ""
    awake = ", when both are awake" if trigger.both_awake else ""
    return f"{format_time(trigger.at)}{_on(trigger.weekdays)}{awake}{chance}"


def _schedule(trigger: ScheduleTrigger) -> str:
    day = _DAYS[trigger.weekday].removesuffix("s")
    ahead = f"{format_duration(trigger.ahead)} before " if trigger.ahead else ""
    return f"{ahead}the first {day} of {_PERIODS[trigger.every]} at {format_time(trigger.at)}"


def _state(trigger: StateTrigger) -> str:
    lasting = f" for {format_duration(trigger.for_)}" if trigger.for_ else ""
    return f"{trigger.signal} is {trigger.is_}{lasting}"


def _mqtt(trigger: MqttTrigger) -> str:
    return f"a message on {trigger.topic}" + (f": {trigger.payload}" if trigger.payload is not None else "")


def _event(trigger: EventTrigger) -> str:
    data = ", ".join(f"{key}: {value}" for key, value in trigger.event_data.items())
    return f"the event {trigger.event_type}" + (f" ({data})" if data else "")


def _ritual(trigger: RitualTrigger) -> str:
    return f"{trigger.ritual} {'has' if trigger.is_ in ('started', 'ended') else 'is'} {trigger.is_}"


def _season(trigger: SeasonTrigger) -> str:
    return f"the season becomes {trigger.is_}"


def _unanswered(trigger: UnansweredTrigger) -> str:
    return f"nothing was answered for {format_duration(trigger.for_)}"


def _called(trigger: CalledTrigger) -> str:
    return f"the tag {trigger.tag}" if trigger.tag else "when somebody starts it"


_TRIGGERS: dict[type[Any], Callable[[Any], str]] = {
    ReunionTrigger: _reunion, LeavingTrigger: _leaving, ApartTrigger: _apart, TimeTrigger: _time,
    ScheduleTrigger: _schedule, StateTrigger: _state, MqttTrigger: _mqtt, EventTrigger: _event,
    RitualTrigger: _ritual, SeasonTrigger: _season, UnansweredTrigger: _unanswered, CalledTrigger: _called,
}  # fmt: skip
