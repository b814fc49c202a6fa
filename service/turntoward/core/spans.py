"""Spans of time as people write them: durations, times of day, windows.

Only the words and their meaning are here; what a window is *for* belongs to whoever uses it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

_UNITS = {
    "s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1,
    "m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60,
    "h": 3600, "hour": 3600, "hours": 3600,
    "d": 86400, "day": 86400, "days": 86400,
    "w": 604800, "week": 604800, "weeks": 604800,
}  # fmt: skip
_MAPPING_UNITS = ("seconds", "minutes", "hours", "days", "weeks")
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+)\s*", re.IGNORECASE)
_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")
_LONGEST = timedelta(days=3660)


def _not_a_duration(found: object) -> PydanticCustomError:
    return PydanticCustomError(
        "duration",
        "{found} is not a duration; write 90s, 10min, 2h or {minutes: 10}",
        {"found": repr(found)},
    )


def parse_duration(value: object) -> timedelta:
    """Read `90s`, `10min`, `1h 30min`, `00:01:30`, `{minutes: 10}` or `0` as an elapsed time.

    A bare number other than 0 is refused: it does not say whether it means seconds or minutes.
    Raises PydanticCustomError for anything else, for negative spans and for more than ten years.
    """
    if isinstance(value, timedelta):
        span = value
    elif isinstance(value, Mapping):
        span = _duration_from_mapping(value)
    elif isinstance(value, str):
        span = _duration_from_text(value)
    elif value == 0 and not isinstance(value, bool):
        span = timedelta()
    else:
        raise _not_a_duration(value)
    if not timedelta() <= span <= _LONGEST:
        raise PydanticCustomError("duration", "{found} is outside 0s to 10 years", {"found": repr(value)})
    return span


def _duration_from_mapping(value: Mapping[Any, Any]) -> timedelta:
    for unit, amount in value.items():
        if unit not in _MAPPING_UNITS:
            known = ", ".join(_MAPPING_UNITS)
            raise PydanticCustomError(
                "duration",
                "{unit} is not a unit of time; the units are {known}",
                {"unit": repr(unit), "known": known},
            )
        if isinstance(amount, bool) or not isinstance(amount, int | float) or not abs(amount) < 1e9:
            raise _not_a_duration(dict(value))
    if not value:
        raise _not_a_duration({})
    return timedelta(**value)


def _duration_from_text(value: str) -> timedelta:
    text = value.strip()
    if text == "0":
        return timedelta()
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        if hours > 10**6:
            raise _not_a_duration(value)
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    seconds_total, end = 0.0, 0
    for part in _PART.finditer(text):
        if part.start() != end or part[2].lower() not in _UNITS:
            raise _not_a_duration(value)
        seconds_total += float(part[1]) * _UNITS[part[2].lower()]
        end = part.end()
    if not text or end != len(text) or seconds_total > 1e10:
        raise _not_a_duration(value)
    return timedelta(seconds=seconds_total)


def format_duration(span: timedelta) -> str:
    """Write a span in the words that `parse_duration` reads: `1h 30min`, `45s`, `0s`."""
    left = round(span.total_seconds())
    parts = []
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60), ("s", 1)):
        amount, left = divmod(left, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return " ".join(parts) or "0s"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "examples": ["90s", "10min", "2h"]},
                {"const": 0},
                {
                    "type": "object",
                    "properties": {unit: {"type": "number", "minimum": 0} for unit in _MAPPING_UNITS},
                    "additionalProperties": False,
                    "minProperties": 1,
                },
            ]
        }
    ),
]
"""An elapsed time, 0 s to 10 years."""


def parse_time(value: object) -> time:
    """Read `22:30` or `22:30:15` as a time of day. Raises PydanticCustomError."""
    if isinstance(value, time):
        return value
    clock = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if clock is None or int(clock[1]) > 23:
        raise PydanticCustomError(
            "time", '{found} is not a time of day; write "22:30" or "22:30:15"', {"found": repr(value)}
        )
    return time(int(clock[1]), int(clock[2]), int(clock[3] or 0))


def format_time(value: time) -> str:
    """Write a time of day as `22:30`, or `22:30:15` where the seconds matter."""
    return value.strftime("%H:%M:%S" if value.second else "%H:%M")


TimeOfDay = Annotated[
    time,
    BeforeValidator(parse_time),
    PlainSerializer(format_time, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,2}:[0-5]\d(:[0-5]\d)?$", "examples": ["22:30"]}),
]
"""A civil time of day in the household's zone."""


class TimeWindow(BaseModel):
    """A part of every day, from `start` (included) to `end` (not included); may cross midnight."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    start: TimeOfDay
    end: TimeOfDay

    def contains(self, moment: time) -> bool:
        """Whether a civil time of day lies inside."""
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end

    def __str__(self) -> str:
        return f"{format_time(self.start)}-{format_time(self.end)}"


def parse_window(value: object) -> TimeWindow:
    """Read `"22:30-07:00"` as a window. Raises PydanticCustomError."""
    if isinstance(value, TimeWindow):
        return value
    ends = [part.strip() for part in re.split(r"-|–", value)] if isinstance(value, str) else []
    if len(ends) == 2:
        try:
            return TimeWindow(start=parse_time(ends[0]), end=parse_time(ends[1]))
        except PydanticCustomError:
            pass  # the message below shows the whole text, not half of it
    raise PydanticCustomError(
        "window", '{found} is not a window; write "22:30-07:00" (in quotation marks)', {"found": repr(value)}
    )


Window = Annotated[
    TimeWindow,
    BeforeValidator(parse_window),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["22:30-07:00"]}),
]
"""A window of civil time, written `"22:30-07:00"`."""


class DaySpan(BaseModel):
    """Days from the first to the last, both included."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


def parse_days(value: object) -> DaySpan:
    """Read `2026-12-20..2026-12-27`, or one day, as days. Raises PydanticCustomError."""
    if isinstance(value, DaySpan):
        return value
    text = value.isoformat() if isinstance(value, date) else value
    if isinstance(text, str):
        first, _, last = (part.strip() for part in text.partition(".."))
        try:
            span = DaySpan(first=date.fromisoformat(first), last=date.fromisoformat(last or first))
        except ValueError:
            pass  # the message below shows the whole text
        else:
            if span.first <= span.last:
                return span
    raise PydanticCustomError(
        "days", '{found} are no days; write "2026-12-20..2026-12-27", the earlier one first', {"found": repr(value)}
    )


Days = Annotated[
    DaySpan,
    BeforeValidator(parse_days),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["2026-12-20..2026-12-27"]}),
]
"""Days, written `2026-12-20..2026-12-27`."""


def _must_be_aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return value


Instant = Annotated[datetime, AfterValidator(_must_be_aware)]
"""An aware point in time."""
