"""What an answer does to an occasion: start, done, later, not today, stop.

Who answered is not known here and nowhere else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from turntoward.core import rituals, telling
from turntoward.core.actions import SetTile
from turntoward.core.draft import Draft
from turntoward.core.events import Answer
from turntoward.core.rules import Ritual
from turntoward.core.spans import format_duration
from turntoward.core.state import Occasion, Outcome

LATER = timedelta(minutes=15)
"""How long "later" waits before the one re-offer inside the window."""
DOUBLE_TAP = timedelta(seconds=60)
"""A second "done" within this is the same tap, or the other partner's."""
RUNS_AT_MOST = timedelta(hours=1)
"""A ritual that was started, has no timer and gets no answer ends by itself."""


def answer(draft: Draft, ritual: Ritual, said: Answer) -> None:
    """Take an answer. One that does not fit the ritual, or comes twice, changes nothing and is traced."""
    name, occasion = ritual.ritual, draft.state.occasions.get(ritual.ritual)
    if not draft.household.both_agreed:
        draft.note(name, "refused", "not_agreed")
    elif said not in ("start", "stop") and said not in ritual.answers:
        draft.note(name, "refused", "not_an_answer", occasion.id if occasion else "", answer=said)
    elif said == "start":
        _start(draft, ritual, occasion)
    elif said == "later":
        _later(draft, ritual, occasion)
    elif said == "stop" and occasion is None:
        draft.note(name, "refused", "nothing_runs")
    elif said == "stop" and occasion is not None:
        rituals.end(draft, occasion, "stopped", "answered")
    else:
        _close(draft, ritual, occasion, said)


def _start(draft: Draft, ritual: Ritual, occasion: Occasion | None) -> None:
    if occasion is not None and occasion.phase == "running":
        draft.note(ritual.ritual, "refused", "already_running", occasion.id)
        return
    begun = occasion or rituals.new_occasion(draft, ritual, "called", draft.now)
    ends_at = draft.now + (ritual.run.timer or RUNS_AT_MOST)
    begun = replace(begun, phase="running", ends_at=ends_at, held_by="", look_again_at=None)
    if begun.offered_at is None:
        rituals.count(draft, ritual.ritual)
    telling.show(draft, begun.ritual, "running")
    draft.note(ritual.ritual, "started", begun.cause, begun.id, for_=format_duration(ends_at - draft.now))
    key = f"{begun.id}-{begun.steps}-tile"
    draft.actions.append(SetTile(key, begun.ritual, begun.id, "running", begun.text, ends_at, ends_at))
    draft.put(telling.tell(draft, begun, "started"))


def _later(draft: Draft, ritual: Ritual, occasion: Occasion | None) -> None:
    """One re-offer inside the window, and only one: whoever says it twice means no."""
    if occasion is None or occasion.phase == "running":
        draft.note(ritual.ritual, "refused", "nothing_to_postpone")
    elif occasion.postponed or draft.now + LATER >= occasion.expires_at:
        rituals.end(draft, occasion, "expired", "postponed")
    else:
        waiting = replace(occasion, phase="waiting", postponed=True, due_at=draft.now + LATER)
        draft.note(ritual.ritual, "postponed", "", occasion.id)
        telling.clear_tile(draft, occasion)
        draft.put(replace(telling.tell(draft, waiting, "postponed"), look_again_at=waiting.due_at))


def _close(draft: Draft, ritual: Ritual, occasion: Occasion | None, said: Answer) -> None:
    outcome: Outcome = "done" if said == "done" else "declined"
    past = draft.past(ritual.ritual)
    if occasion is None:
        if past.last_outcome == outcome and past.last_end and draft.now - past.last_end < DOUBLE_TAP:
            draft.note(ritual.ritual, "refused", "answered_already")
            return
        occasion = rituals.new_occasion(draft, ritual, "called", draft.now)
    if outcome == "done" and occasion.offered_at is None and occasion.phase != "running":
        rituals.count(draft, ritual.ritual)  # they did it by themselves, so no prompt is needed soon
    rituals.end(draft, occasion, outcome, "answered")
