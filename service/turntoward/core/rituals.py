"""The life of one occasion: waiting for its moment -> offered -> running -> done | declined | expired.

How it begins is in `opening`. Whether the moment is good is asked of `moments`, what an answer does of `answers`, what
happens while it runs of `programs`. Each function takes the draft of a decision and carries one step into it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from turntoward.core import programs, telling, timeouts, wording
from turntoward.core.actions import TileState
from turntoward.core.draft import Draft
from turntoward.core.gates import QUIET, Moment
from turntoward.core.moments import judge
from turntoward.core.offers import Report, channels_for, offer, reached_nobody
from turntoward.core.rules import Ritual, Rule
from turntoward.core.state import Occasion, Outcome

_TILE_AFTER: dict[Outcome, TileState] = {"done": "done", "declined": "not_today"}


def step(draft: Draft, occasion: Occasion) -> None:
    """Let time do what it does to an open occasion: offer it, take its next step, let it expire or end."""
    definition = draft.book.definition(occasion.ritual)
    if definition is None:
        end(draft, occasion, "expired", "switched_off")
    elif not draft.household.both_agreed and isinstance(definition, Ritual):
        end(draft, occasion, "expired", "not_agreed")
    elif occasion.runs:
        _run_on(draft, definition, occasion)
    elif isinstance(definition, Rule):
        _end_rule(draft, occasion)
    elif draft.now >= occasion.expires_at:
        _expire(draft, definition, occasion)
    elif occasion.phase == "waiting":
        _wait(draft, definition, occasion)
    elif draft.state.is_held("everything", occasion.ritual):
        end(draft, occasion, "expired", "time_out")


def _run_on(draft: Draft, definition: Ritual | Rule, occasion: Occasion) -> None:
    in_the_way = programs.speaks(definition) or occasion.holds == "prompts"
    if in_the_way and isinstance(definition, Ritual) and draft.state.is_held("everything", occasion.ritual):
        end(draft, occasion, "stopped", "time_out")
        return
    occasion = programs.proceed(draft, definition, occasion)
    draft.put(occasion)
    if occasion.ends_at is not None and draft.now < occasion.ends_at:
        return
    if isinstance(definition, Rule):
        _end_rule(draft, occasion)
    elif definition.run.time_out is not None:
        _time_is_up(draft, definition, occasion)
    else:
        end(draft, occasion, "done" if definition.run.lasts else "stopped", "timer")


def _time_is_up(draft: Draft, ritual: Ritual, occasion: Occasion) -> None:
    assert ritual.run.time_out is not None  # asked by the caller
    if occasion.phase == "running":
        asking = timeouts.ask(draft, ritual.run.time_out, occasion)
        if asking is not None:
            draft.put(asking)
            return
        end(draft, occasion, "stopped", "timer")  # nobody was there to ask
    else:
        end(draft, occasion, "stopped", "timer")


def _expire(draft: Draft, ritual: Ritual, occasion: Occasion) -> None:
    if occasion.phase == "offered" and ritual.limits.fade_out:
        draft.change_past(ritual.name, unanswered=draft.past(ritual.name).unanswered + 1)
        draft.state = replace(draft.state, unanswered=draft.state.unanswered + 1)
        draft.steps.append(("", "unanswered"))
    end(draft, occasion, "expired", "no_answer" if occasion.phase == "offered" else occasion.held_by)


def _end_rule(draft: Draft, occasion: Occasion) -> None:
    """A rule ends without a word; what it remembers for its limits goes with the time-out it has followed."""
    draft.drop(occasion.ritual)
    if occasion.ritual in draft.book.fleeting:
        draft.change_past(occasion.ritual, last_end=draft.now, fleeting=True)


def looks_again_at(occasion: Occasion) -> datetime:
    """Return when time alone may change something in an occasion's life."""
    if occasion.runs:
        times = [at for at in (occasion.ends_at, occasion.step_at) if at is not None]
        return min(times, default=occasion.expires_at)
    if occasion.phase == "waiting" and occasion.look_again_at is not None:
        return min(occasion.look_again_at, occasion.expires_at)
    return occasion.expires_at


def _wait(draft: Draft, ritual: Ritual, occasion: Occasion) -> None:
    if draft.now < occasion.due_at:
        draft.put(replace(occasion, look_again_at=occasion.due_at))
        return
    verdict = judge(Moment(draft.household, draft.state, ritual, occasion, draft.now))
    channels = channels_for(ritual, silent=verdict.says == "silent" or occasion.tile_only)
    reason = verdict.reason if verdict.says == "hold" or channels else "nothing_silent"
    if verdict.says != "hold" and channels:
        if offer(draft, ritual, occasion, channels, verdict.reason):
            return
        reason = "no_new_card"
    if reason not in (occasion.held_by, QUIET):
        draft.note(ritual.name, "held", reason, occasion.id)
    draft.put(replace(occasion, held_by=reason, look_again_at=verdict.until))


def end(draft: Draft, occasion: Occasion, outcome: Outcome, reason: str, shared: str = "") -> None:
    """End an occasion: the tile shows what became of it, and it is remembered for the limits.

    `shared`: what the tile is to say until the day is over, however often the ritual ends until then.
    """
    shared = shared or telling.shared_today(draft, occasion.ritual)
    occasion = programs.finish(draft, occasion)
    ritual = draft.book.rituals.get(occasion.ritual)
    draft.drop(occasion.ritual)
    is_fleeting = occasion.kind == "fleeting"
    draft.change_past(occasion.ritual, fleeting=is_fleeting, shared=shared)
    if is_fleeting or reason != "time_out":  # of which nothing is left after a day: not when it took this back either
        draft.change_past(occasion.ritual, last_outcome=outcome, last_end=draft.now)
    if outcome == "declined":
        draft.change_past(occasion.ritual, declined_on=draft.day)
    if outcome == "done":
        draft.change_past(occasion.ritual, last_done=draft.now)
        if ritual is not None and "accept" not in ritual.answers:
            wording.pass_turn(draft, ritual)
    if ritual is not None and ritual.run.time_out is not None:
        waits = ritual.run.time_out.affection_waits
        draft.state = replace(draft.state, affection_from=draft.now + waits)
    if reason != QUIET:  # silence may be a pause; nobody is told of it
        draft.note(occasion.ritual, outcome, reason, occasion.id)
    tile = _TILE_AFTER.get(outcome, "done" if shared else "idle")
    if occasion.kind == "fleeting":
        tile = "idle"
    if tile != "idle" or occasion.ritual in draft.state.shown:
        telling.set_tile(draft, occasion, tile, shared)
    if occasion.steps or outcome in _TILE_AFTER:
        telling.tell(draft, occasion, outcome)  # what was never offered dies without a trace


def report(draft: Draft, action_id: str, became: Report) -> None:
    """Take a channel's word on an action of an open occasion.

    An offer that reached nobody never was one: when every channel has failed, or its spoken line came too late and no
    tile shows it yet, it ends, does not count, and does not appear later. A scene that was not set is not undone.
    """
    _report_scene(draft, action_id, became == "delivered")
    found = next((o for o in draft.state.occasions.values() if action_id in o.pending), None)
    if found is not None and reached_nobody(draft, found, action_id, became):
        end(draft, draft.state.occasions[found.ritual], "undelivered", "no_channel")


def _report_scene(draft: Draft, action_id: str, was_set: bool) -> None:
    asked = draft.state.scenes_asked.get(action_id)
    if asked is not None:
        left = {key: scene for key, scene in draft.state.scenes_asked.items() if key != action_id}
        draft.state = replace(draft.state, scenes_asked=left)
        if was_set:
            programs.undo(draft, action_id, asked)
    for occasion in [o for o in draft.state.occasions.values() if action_id in o.scenes]:
        if was_set:
            draft.put(replace(occasion, scenes_set=(*occasion.scenes_set, action_id)))
        else:
            scenes = {key: scene for key, scene in occasion.scenes.items() if key != action_id}
            draft.put(replace(occasion, scenes=scenes))
