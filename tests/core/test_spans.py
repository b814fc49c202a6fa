"""What people write as a duration, a time of day and a window, and what it means."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from turntoward.core.spans import (
    Days,
    Duration,
    Instant,
    TimeOfDay,
    Window,
    format_duration,
    format_time,
    parse_days,
    parse_duration,
    parse_time,
    parse_window,
)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("90s", 90),
        ("90 sec", 90),
        ("10min", 600),
        ("10 m", 600),
        ("2h", 7200),
        ("1h 30min", 5400),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("3 Days", 259200),
        ("1 week", 604800),
        ("00:01:30", 90),
        ("1:30", 5400),
        ("0", 0),
        (0, 0),
        (0.0, 0),
        ("0s", 0),
        (" 5min ", 300),
        ({"minutes": 10}, 600),
        ({"hours": 1, "seconds": 30}, 3630),
        ({"minutes": 0.5}, 30),
        (timedelta(seconds=7), 7),
    ],
)
def test_a_duration(written: object, seconds: float) -> None:
    assert parse_duration(written).total_seconds() == seconds


@pytest.mark.parametrize(
    "written",
    [
        10, 1.5, True, False, None, [], {}, "", "soon", "10", "10 minuets", "5min later", "in 5min", "-5min", "min",
        "1e5s", "1:75", {"minuts": 1}, {"minutes": "ten"}, {"minutes": True}, {"minutes": float("inf")},
        {"minutes": float("nan")}, {"minutes": -1}, timedelta(-1), "4000d", "99999999999999999s", "9" * 400 + "s",
        "99999999:00",
    ],
)  # fmt: skip
def test_no_duration(written: object) -> None:
    with pytest.raises(PydanticCustomError):
        parse_duration(written)


def test_a_duration_that_is_none_says_what_to_write() -> None:
    with pytest.raises(PydanticCustomError, match=r"10 is not a duration; write 90s, 10min, 2h or \{minutes: 10\}"):
        parse_duration(10)
    with pytest.raises(PydanticCustomError, match="'minuts' is not a unit of time; the units are seconds, minutes"):
        parse_duration({"minuts": 10})
    with pytest.raises(PydanticCustomError, match="'4000d' is outside 0s to 10 years"):
        parse_duration("4000d")


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0, "0s"), (45, "45s"), (90, "1min 30s"), (5400, "1h 30min"), (86400, "1d"), (0.4, "0s"), (59.6, "1min")],
)
def test_a_duration_is_written_as_people_write_it(seconds: float, written: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == written


@given(st.integers(0, 3660 * 86400))
def test_what_is_written_reads_as_the_same_duration(seconds: int) -> None:
    span = timedelta(seconds=seconds)
    assert parse_duration(format_duration(span)) == span


@given(st.text(max_size=20) | st.integers() | st.floats() | st.dictionaries(st.text(max_size=8), st.floats()))
def test_whatever_is_written_is_a_duration_or_a_clear_refusal(written: object) -> None:
    try:
        span = parse_duration(written)
    except PydanticCustomError:
        return
    assert timedelta() <= span <= timedelta(days=3660)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("22:30", time(22, 30)), ("7:05", time(7, 5)), ("22:30:15", time(22, 30, 15)), ("00:00", time(0))],
)
def test_a_time_of_day(written: str, meant: time) -> None:
    assert parse_time(written) == meant


@pytest.mark.parametrize("written", ["24:00", "22:60", "22", "2230", 1350, None, "noon", "22:30:60", "-1:00", ""])
def test_no_time_of_day(written: object) -> None:
    with pytest.raises(PydanticCustomError, match="is not a time of day; write"):
        parse_time(written)


@given(st.times().map(lambda t: t.replace(microsecond=0)))
def test_what_is_written_reads_as_the_same_time(moment: time) -> None:
    assert parse_time(format_time(moment)) == moment


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        ("22:30-07:00", ["22:30", "23:59:59", "00:00", "06:59:59"], ["22:29:59", "07:00", "12:00"]),
        ("12:00 - 13:00", ["12:00", "12:59:59"], ["11:59:59", "13:00", "00:00"]),
        ("12:00–13:00", ["12:30"], ["13:30"]),
        ("12:00-12:00", [], ["12:00", "00:00", "11:59"]),
        ("22:00-00:00", ["22:00", "23:59:59"], ["00:00", "21:59"]),
    ],
)
def test_a_window(window: str, inside: list[str], outside: list[str]) -> None:
    parsed = parse_window(window)
    assert [t for t in inside + outside if parsed.contains(parse_time(t))] == inside


@pytest.mark.parametrize("written", ["22:30", "22:30-", "22:30-7", "a-b", 1350, None, "22:30-07:00-08:00"])
def test_no_window(written: object) -> None:
    with pytest.raises(PydanticCustomError, match="is not a window; write"):
        parse_window(written)


@given(st.times(), st.times(), st.times())
def test_a_window_and_the_rest_of_the_day_share_no_moment(start: time, end: time, moment: time) -> None:
    start, end = start.replace(microsecond=0), end.replace(microsecond=0)
    window, rest = (parse_window(f"{a.isoformat()}-{b.isoformat()}") for a, b in ((start, end), (end, start)))
    assert [window.contains(moment), rest.contains(moment)].count(True) == (0 if start == end else 1)


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2026-12-20..2026-12-27", date(2026, 12, 20), date(2026, 12, 27)),
        (" 2026-12-20 .. 2026-12-27 ", date(2026, 12, 20), date(2026, 12, 27)),
        ("2026-12-20", date(2026, 12, 20), date(2026, 12, 20)),
        ("2026-12-31..2027-01-01", date(2026, 12, 31), date(2027, 1, 1)),
        (date(2026, 12, 20), date(2026, 12, 20), date(2026, 12, 20)),
    ],
)
def test_days(written: object, first: date, last: date) -> None:
    days = parse_days(written)
    assert (days.first, days.last) == (first, last)


@pytest.mark.parametrize(
    "written",
    [
        "2026-12-27..2026-12-20",
        "2026-12-20-2026-12-27",
        "2026-02-30",
        "summer",
        "..",
        "2026-12-20..x",
        "",
        2026,
        None,
        [],
    ],
)
def test_no_days(written: object) -> None:
    with pytest.raises(PydanticCustomError, match=r"are no days; write .*, the earlier one first"):
        parse_days(written)


def test_in_a_model_spans_are_written_as_they_are_read() -> None:
    for kind, written in (
        (Duration, "1h 30min"),
        (TimeOfDay, "22:30"),
        (Window, "22:30-07:00"),
        (Days, "2026-12-20..2026-12-27"),
    ):
        adapter: TypeAdapter[object] = TypeAdapter(kind)
        assert adapter.dump_python(adapter.validate_python(written), mode="json") == written


def test_an_instant_needs_a_zone() -> None:
    adapter: TypeAdapter[object] = TypeAdapter(Instant)
    with pytest.raises(ValidationError, match="an instant needs a zone"):
        adapter.validate_python("2026-11-19T18:00:00")
    assert adapter.validate_python("2026-11-19T18:00:00+01:00") is not None
