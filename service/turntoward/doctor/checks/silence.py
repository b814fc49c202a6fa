"""Why nothing was offered for a week, as far as that is the home's doing.

What one of the two may have wanted is never among the reasons: only those listed here are told, and no number. A
silence that none of them explains is not told either, for that would be a hint.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from turntoward.core.trace import TraceEntry, reason_in_words
from turntoward.doctor.facts import Facts
from turntoward.doctor.findings import Finding, notice, ok

ORDER = 90
A_WEEK = timedelta(days=7)
TOLD = {
    "not_agreed": "when both of you want it, write both names under agreed:",
    "vacation": "nothing, if you are away; otherwise look at vacation: in household.yaml",
    "guests": "check whether the signal guests is still on by mistake",
    "no_door": "check whether all doors you come in by are listed as entry_door",
    "door_silent": "check whether the entity or topic of entry_door is right",
    "source_lost": "look at the connections above",
    "presence_unknown": "look at the persons and phones above",
    "no_channel": "look at the speakers, phones and the broker above",
    "not_seen": "check whether the service or Home Assistant restarts again and again",
    "starting": "check whether the service restarts again and again",
    "quiet_hours": "look at quiet_hours: in household.yaml",
}
"""A reason, and what can be done about it."""


_WELL = ok("nothing in the home has kept rituals from being offered in the last week")


def look(facts: Facts) -> Iterator[Finding]:
    """Yield that there was an offer in the last week, or what stood in its way most often."""
    folder = facts.folder
    if folder.journal is None or folder.journal_began is None:
        return
    steps = [step for entry in folder.journal for step in entry.trace]
    if any(step.step == "offered" for step in steps):
        yield _WELL
    elif facts.now - folder.journal_began < A_WEEK:
        yield ok("nothing was offered yet, and there was less than a week for it")
    else:
        yield _silence(steps)


def _silence(steps: list[TraceEntry]) -> Finding:
    reasons = Counter(step.reason for step in steps if step.step in ("refused", "held") and step.reason in TOLD)
    if not reasons:
        return _WELL
    (reason, _), *_ = reasons.most_common(1)
    words = reason_in_words(TraceEntry("", "refused", reason))
    return notice(f"nothing was offered for a week; most often because {words}", TOLD[reason])
