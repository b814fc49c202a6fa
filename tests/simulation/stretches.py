"""Stretches of time: is a moment inside one, and what is left between them. Nothing is known of what they stand for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

_NOTHING = timedelta()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `begin` on until just before `end`."""

    begin: datetime
    end: datetime

    @property
    def lasts(self) -> timedelta:
        return self.end - self.begin

    def touches(self, other: Span, margin: timedelta = _NOTHING) -> bool:
        return self.begin - margin < other.end and other.begin < self.end + margin


class Stretches:
    """Spans in their order, those that overlap joined."""

    def __init__(self, spans: Iterable[Span]) -> None:
        joined: list[Span] = []
        for span in sorted(spans):
            if joined and span.begin <= joined[-1].end:
                joined[-1] = Span(joined[-1].begin, max(joined[-1].end, span.end))
            else:
                joined.append(span)
        self.spans = tuple(joined)
        self._begins = [span.begin for span in joined]

    def covers(self, moment: datetime) -> bool:
        found = self._before(moment)
        return found is not None and moment < found.end

    def left_by(self, moment: datetime) -> datetime:
        """The moment itself, or the end of the span it lies in."""
        found = self._before(moment)
        return max(moment, found.end) if found else moment

    def touches(self, span: Span) -> bool:
        found = self._before(span.end)
        return found is not None and found.touches(span)

    def gaps(self, within: Span) -> Iterator[Span]:
        """What is left of a span between ours."""
        first = max(0, bisect_right(self._begins, within.begin) - 1)
        last = bisect_right(self._begins, within.end)
        yield from without(within, self.spans[first:last])

    def _before(self, moment: datetime) -> Span | None:
        found = bisect_right(self._begins, moment)
        return self.spans[found - 1] if found else None


def without(span: Span, others: Iterable[Span]) -> Iterator[Span]:
    """What is left of a span when others, in their order, are cut out of it."""
    begin = span.begin
    for other in others:
        if other.begin >= span.end:
            break
        if other.begin > begin:
            yield Span(begin, other.begin)
        begin = max(begin, other.end)
    if begin < span.end:
        yield Span(begin, span.end)
