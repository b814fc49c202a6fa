"""Whether presence moves at all, and whether it moves too much: a phone that stays at home, one that flickers.

No finding tells when or how often somebody went.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta

from turntoward.doctor.facts import Edge, Facts
from turntoward.doctor.findings import Finding, notice, ok
from turntoward.settings import Settings

ORDER = 52
A_WEEK = timedelta(days=7)
TOO_MANY = 12
"""Changes in one day that nobody's feet make."""


def look(facts: Facts) -> Iterator[Finding]:
    """Yield what a week of each person's presence shows."""
    home = facts.known_home
    if home is None or not facts.settings.presence_entities():
        return
    if home.history is None:
        yield notice(
            "Home Assistant keeps no history, so nothing can be said of how your phones behave",
            "with the integrations recorder and history switched on, a week of it is looked at here",
        )
        return
    for entity, who in facts.settings.presence_entities().items():
        if entity in home.states:
            yield _one(entity, facts.settings.name_of(who), home.history.get(entity, ()), facts)


def _one(entity: str, name: str, edges: Sequence[Edge], facts: Facts) -> Finding:
    week = _last(edges, facts)
    if not edges or facts.now - edges[0].since < A_WEEK - timedelta(hours=1):
        known = f"only {_days(facts.now - edges[0].since)}" if edges else "nothing"
        if _flickers(week, facts.settings):
            return _flickering(entity)
        return notice(
            f"Home Assistant remembers {known} of {entity}, too little to judge a week",
            "ask again in a few days; an entity that recorder: excludes stays unknown",
        )
    if all(edge.home for edge in week):
        return notice(
            f"{entity} was never away in 7 days",
            f"if {name} was, the person follows a device that stays at home: choose the phone that goes along",
        )
    if not any(edge.home for edge in week) and facts.settings.season != "apart":
        return notice(
            f"{entity} was never at home in 7 days",
            f"if {name} was, look at the zone 'home' on the map, and whether the phone may share its location",
        )
    return _flickering(entity) if _flickers(week, facts.settings) else ok(f"{entity} comes and goes as people do")


def _last(edges: Sequence[Edge], facts: Facts) -> list[Edge]:
    """Return the edges of the last week, with what was so when it began."""
    before = [edge for edge in edges if facts.now - edge.since > A_WEEK]
    return [*before[-1:], *(edge for edge in edges if facts.now - edge.since <= A_WEEK)]


def _flickers(week: Sequence[Edge], settings: Settings) -> bool:
    days = Counter(settings.logical_day(edge.since) for edge in week)
    return max(days.values(), default=0) >= TOO_MANY


def _flickering(entity: str) -> Finding:
    return notice(
        f"{entity} flickers between home and away",
        "let the phone use its exact location, add its Wi-Fi as a second tracker, or raise presence: away_dwell:",
    )


def _days(span: timedelta) -> str:
    return "less than a day" if span.days < 1 else f"{span.days} day{'s' if span.days > 1 else ''}"
