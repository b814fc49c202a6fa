"""Whether the quiet hours leave room for what is switched on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from turntoward.core.rule_triggers import TimeTrigger
from turntoward.core.rules import Ritual
from turntoward.doctor.facts import Facts
from turntoward.doctor.findings import Finding, notice, ok

ORDER = 80
LONGEST = timedelta(hours=12)
_A_DAY = date(2026, 1, 1)


def look(facts: Facts) -> Iterator[Finding]:
    """Yield quiet hours that are most of the day, and spoken rituals that would fall into them."""
    quiet = facts.settings.quiet_hours
    found = []
    if _length(quiet.start, quiet.end) > LONGEST:
        found.append(
            notice(
                "the quiet hours are longer than half a day",
                'check whether their beginning and end are the right way round: quiet_hours: "22:30-07:00"',
            )
        )
    for ritual in facts.loaded.rulebook.rituals:
        if _spoken(ritual) and any(quiet.contains(at) for at in _times(ritual)):
            found.append(
                notice(
                    f"{ritual.ritual} begins in the quiet hours, so it will only be shown",
                    "move the quiet hours or the ritual's time, if you want to hear it",
                )
            )
    yield from found or [ok("the quiet hours leave room for the rituals that are on")]


def _length(start: time, end: time) -> timedelta:
    """How long a window is; one that begins when it ends is none."""
    return (datetime.combine(_A_DAY, end) - datetime.combine(_A_DAY, start)) % timedelta(days=1)


def _spoken(ritual: Ritual) -> bool:
    return any(choice.channel == "speaker" for choice in ritual.offer.channels)


def _times(ritual: Ritual) -> Iterator[time]:
    yield from (trigger.at for trigger in ritual.triggers if isinstance(trigger, TimeTrigger))
