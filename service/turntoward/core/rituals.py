"""The life of one occasion: due -> waiting for its moment -> offered -> running -> done | declined | expired.

Whether the moment is good is asked of `moments`, what an answer does of `answers`; what made the ritual due is told by
`engine`. Each function takes the draft of a decision and carries one step of the life into it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from turntoward.core import civil, telling
from turntoward.core.actions import INTERRUPTING, Action, Announce, SetTile, TileState
from turntoward.core.draft import Draft
from turntoward.core.moments import Moment, judge
from turntoward.core.rules import ChannelChoice, Ritual
from turntoward.core.state import Occasion, Outcome, Prompt
from turntoward.core.triggers import Due

REMEMBERED = timedelta(days=8)
_TILE_AFTER: dict[Outcome, TileState] = {"done": "done", "declined": "not_today"}


def become_due(draft: Draft, due: Due) -> None:
    """Open an occasion, unless one is open, the window has passed already, or it was closed for today."""
    name = due.ritual.ritual
    expires_at = due.at + due.ritual.offer.valid_for
    if not draft.household.both_agreed:
        draft.note(name, "refused", "not_agreed")
    elif name in draft.state.occasions:
        draft.note(name, "refused", "already_open", draft.state.occasions[name].id)
    elif draft.past(name).declined_on == draft.day:
        draft.note(name, "refused", "declined_today")
    elif expires_at <= draft.now:
        draft.note(name, "refused", "too_late")
    else:
        occasion = new_occasion(draft, due.ritual, due.cause, due.at, due.tile_only)
        draft.put(occasion)
        draft.note(name, "due", due.cause, occasion.id)


def new_occasion(draft: Draft, ritual: Ritual, cause: str, at: datetime, tile_only: bool = False) -> Occasion:
    """Return an occasion with an id of its own, whose window begins at `at`."""
    return Occasion(
        id=telling.next_id(draft, ritual.ritual),
        ritual=ritual.ritual,
        cause=cause,
        opened_at=at,
        due_at=at + ritual.offer.after,
        expires_at=at + ritual.offer.valid_for,
        tile_only=tile_only,
    )


def step(draft: Draft, ritual: Ritual | None, occasion: Occasion) -> None:
    """Let time do what it does to an open occasion: offer it, let it expire, end its timer."""
    if ritual is None:
        end(draft, occasion, "expired", "switched_off")
    elif not draft.household.both_agreed:
        end(draft, occasion, "expired", "not_agreed")
    elif occasion.phase == "running":
        if occasion.ends_at is not None and draft.now >= occasion.ends_at:
            end(draft, occasion, "done" if ritual.run.timer else "stopped", "timer")
    elif draft.now >= occasion.expires_at:
        end(draft, occasion, "expired", "no_answer" if occasion.phase == "offered" else occasion.held_by)
    elif occasion.phase == "waiting":
        _wait(draft, ritual, occasion)


def looks_again_at(occasion: Occasion) -> datetime:
    """Return when time alone may change something in an occasion's life."""
    if occasion.phase == "running":
        return occasion.ends_at or occasion.expires_at
    if occasion.phase == "waiting" and occasion.look_again_at is not None:
        return min(occasion.look_again_at, occasion.expires_at)
    return occasion.expires_at


def _wait(draft: Draft, ritual: Ritual, occasion: Occasion) -> None:
    if draft.now < occasion.due_at:
        draft.put(replace(occasion, look_again_at=occasion.due_at))
        return
    verdict = judge(Moment(draft.household, draft.state, ritual, occasion, draft.now))
    channels = _channels(ritual, silent=verdict.says == "silent" or occasion.tile_only)
    reason = verdict.reason if verdict.says == "hold" or channels else "nothing_silent"
    if verdict.says != "hold" and channels:
        _offer(draft, ritual, occasion, channels, verdict.reason)
        return
    if reason != occasion.held_by:
        draft.note(ritual.ritual, "held", reason, occasion.id)
    draft.put(replace(occasion, held_by=reason, look_again_at=verdict.until))


def _channels(ritual: Ritual, silent: bool) -> tuple[ChannelChoice, ...]:
    chosen = ritual.offer.channels
    return tuple(c for c in chosen if c.channel not in INTERRUPTING) if silent else chosen


def _offer(
    draft: Draft, ritual: Ritual, occasion: Occasion, channels: tuple[ChannelChoice, ...], why_silent: str
) -> None:
    text = _next_line(draft, ritual)
    if occasion.offered_at is None:  # what was put off has been counted
        count(draft, ritual.ritual)
    occasion = replace(occasion, phase="offered", offered_at=draft.now, text=text, held_by="", look_again_at=None)
    actions = [_offer_on(choice, draft, occasion) for choice in channels]
    occasion = replace(occasion, pending={a.id: a.channel for a in actions}, delivered=())
    draft.actions += actions
    if any(choice.channel in INTERRUPTING for choice in channels):
        draft.state = replace(draft.state, prompts=(*draft.state.prompts, Prompt(draft.now, occasion.id)))
    if any(choice.channel == "tile" for choice in channels):
        telling.show(draft, occasion.ritual, "offered")
    reason = "joint_outing" if occasion.tile_only else why_silent
    draft.note(ritual.ritual, "offered", reason, occasion.id, channels=", ".join(c.channel for c in channels))
    draft.put(telling.tell(draft, occasion, "offered"))


def _offer_on(choice: ChannelChoice, draft: Draft, occasion: Occasion) -> Action:
    key = f"{occasion.id}-{occasion.steps}-{choice.channel}"
    if choice.channel == "tile":
        until = occasion.expires_at
        return SetTile(key, occasion.ritual, occasion.id, "offered", occasion.text, until, until)
    home = draft.household
    # A speaker that is slow to answer must not talk into the quiet hours.
    quiet_from = civil.next_at(home.quiet_hours.start, draft.now, home.time_zone)
    valid_until = min(draft.now + home.presence.voice_ttl, occasion.expires_at, quiet_from)
    rooms = choice.rooms or home.speaker_rooms()
    return Announce(key, occasion.ritual, occasion.id, occasion.text, home.language, rooms, valid_until)


def _next_line(draft: Draft, ritual: Ritual) -> str:
    lines = ritual.offer.lines(draft.household.language)
    if not lines:
        return ""
    spoken = draft.past(ritual.ritual).spoken
    draft.change_past(ritual.ritual, spoken=spoken + 1)
    return lines[spoken % len(lines)].format(couple=draft.household.couple)


def count(draft: Draft, ritual: str) -> None:
    """Let an offer, or doing it, count for the limits."""
    recent = tuple(at for at in draft.past(ritual).offered if at > draft.now - REMEMBERED)
    draft.change_past(ritual, offered=(*recent, draft.now))


def end(draft: Draft, occasion: Occasion, outcome: Outcome, reason: str) -> None:
    """End an occasion: the tile shows what became of it, and it is remembered for the limits."""
    draft.drop(occasion.ritual)
    draft.change_past(occasion.ritual, last_outcome=outcome, last_end=draft.now)
    if outcome == "declined":
        draft.change_past(occasion.ritual, declined_on=draft.day)
    draft.note(occasion.ritual, outcome, reason, occasion.id)
    tile = _TILE_AFTER.get(outcome, "idle")
    if tile != "idle" or occasion.ritual in draft.state.shown:
        telling.set_tile(draft, occasion, tile)
    if occasion.steps or outcome in _TILE_AFTER:
        telling.tell(draft, occasion, outcome)  # what was never offered dies without a trace


def report(draft: Draft, action_id: str, became: Literal["delivered", "failed", "expired"]) -> None:
    """Take a channel's word on an action of an open offer.

    An offer that reached nobody never was one: when every channel has failed, or its spoken line came too late and no
    tile shows it yet, it ends, does not count, and does not appear later.
    """
    found = next((o for o in draft.state.occasions.values() if action_id in o.pending), None)
    if found is None:
        return
    interrupts = found.pending[action_id] in INTERRUPTING
    pending = {action: channel for action, channel in found.pending.items() if action != action_id}
    reached = (*found.delivered, found.pending[action_id]) if became == "delivered" else found.delivered
    draft.put(replace(found, pending=pending, delivered=reached))
    if became == "delivered":
        return
    if interrupts and not INTERRUPTING & {*reached, *pending.values()}:
        unheard = Prompt(found.offered_at or draft.now, found.id)
        left = tuple(p for p in draft.state.prompts if p != unheard)
        draft.state = replace(draft.state, prompts=left)
    came_too_late = became == "expired" and interrupts
    if found.phase == "offered" and not reached and (came_too_late or not pending):
        offered = tuple(at for at in draft.past(found.ritual).offered if at != found.offered_at)
        draft.change_past(found.ritual, offered=offered)
        end(draft, draft.state.occasions[found.ritual], "undelivered", "no_channel")
