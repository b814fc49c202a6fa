"""Making an offer: which line, which card, on which channels; and what comes of it when nobody could be reached.

Whether it may be made at all is decided before; see `moments`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from turntoward.core import programs, telling, tokens, wording
from turntoward.core.actions import INTERRUPTING, Ask, SetTile
from turntoward.core.draft import Draft
from turntoward.core.rules import ChannelChoice, Ritual
from turntoward.core.state import Occasion, Prompt
from turntoward.core.texts import Text

Report = Literal["delivered", "failed", "expired"]
REMEMBERED = timedelta(days=8)
"""How long offers are remembered for the limits: a week, and a day more."""


def channels_for(ritual: Ritual, silent: bool) -> tuple[ChannelChoice, ...]:
    """Return the channels an offer takes; silently, those that only show something."""
    chosen = ritual.offer.channels
    return tuple(c for c in chosen if c.channel not in INTERRUPTING) if silent else chosen


def offer(
    draft: Draft, ritual: Ritual, occasion: Occasion, channels: tuple[ChannelChoice, ...], why_silent: str
) -> bool:
    """Make an offer on some channels; False where it has no card that is new enough, and so nothing to say."""
    prepared = _prepared(draft, ritual, occasion)
    if prepared is None:
        return False
    text = wording.next_line(draft, prepared, ritual.offer.say, "offer")
    if prepared.offered_at is None:  # what was put off has been counted
        count(draft, ritual.name)
    occasion = replace(prepared, phase="offered", offered_at=draft.now, text=text.read, held_by="", look_again_at=None)
    occasion = replace(occasion, asked=occasion.asked + 1)
    before = len(draft.actions)
    for choice in channels:
        occasion = _offer_on(choice, draft, ritual, occasion, text)
    actions = draft.actions[before:]
    heard = any(choice.channel in INTERRUPTING for choice in channels)
    if occasion.kind != "private":  # what only one's own page shows is none
        draft.state = replace(draft.state, prompts=(*draft.state.prompts, Prompt(draft.now, occasion.id, heard)))
    reason = _why_quiet(draft, occasion) if occasion.tile_only else why_silent
    draft.note(ritual.name, "offered", reason, occasion.id, channels=", ".join(c.channel for c in channels))
    occasion = replace(occasion, pending={a.id: a.channel for a in actions}, delivered=())
    draft.put(telling.tell(draft, occasion, "offered"))
    return True


def worded(draft: Draft, ritual: Ritual, occasion: Occasion) -> Occasion | None:
    """Return an occasion with the words of its offer, for what begins without one; None where there is nothing new."""
    prepared = _prepared(draft, ritual, occasion)
    if prepared is None:
        return None
    return replace(prepared, text=wording.next_line(draft, prepared, ritual.offer.say, "offer").read)


def _prepared(draft: Draft, ritual: Ritual, occasion: Occasion) -> Occasion | None:
    """Draw the card and choose what is asked about; what was put off keeps its own."""
    if ritual.offer.reviews and not occasion.about:
        about = wording.to_review(draft, ritual.name)
        if not about:
            return None
        draft.change_past(about, reviewed=draft.now)
        occasion = replace(occasion, about=about)
    if ritual.offer.card is None or occasion.card != ("", "") or not wording.names_card(draft, ritual.offer.say):
        return occasion
    return wording.draw_card(draft, occasion, ritual.offer.card)


def _why_quiet(draft: Draft, occasion: Occasion) -> str:
    return "joint_outing" if occasion.cause == "reunion" and not draft.past(occasion.ritual).unanswered else "faded"


def _offer_on(choice: ChannelChoice, draft: Draft, ritual: Ritual, occasion: Occasion, text: Text) -> Occasion:
    key = f"{occasion.id}-{occasion.steps}-{choice.channel}"
    home, until = draft.household, occasion.expires_at
    if choice.channel == "page":
        for partner in home.partner_ids:
            draft.actions.append(Ask(f"{key}-{partner}", occasion.ritual, occasion.id, partner, "reflection", until))
        return occasion
    if choice.channel == "tile":
        telling.show(draft, occasion.ritual, "offered")
        draft.actions.append(SetTile(key, occasion.ritual, occasion.id, "offered", text.read, until, until))
        return occasion
    if choice.channel == "phone":
        to = (wording.whose_turn(home, draft.state, occasion.ritual),) if choice.to == "turn" else home.partner_ids
        buttons = tokens.for_phone(draft.state.seed, ritual, occasion)
        return programs.notify(draft, occasion, to, until, key, buttons, choice.passive)
    until = min(until, draft.now + home.presence.voice_ttl)
    if choice.chime:
        programs.say(draft, occasion, "", choice.rooms, until, key, chime=True)
    else:
        buttons = tokens.for_voice(draft.state.seed, ritual, occasion)
        programs.say(draft, occasion, text.say, choice.rooms, until, key, buttons=buttons)
    return occasion


def count(draft: Draft, ritual: str) -> None:
    """Let an offer, or doing it, count for the limits."""
    recent = tuple(at for at in draft.past(ritual).offered if at > draft.now - REMEMBERED)
    draft.change_past(ritual, offered=(*recent, draft.now))


def reached_nobody(draft: Draft, occasion: Occasion, action_id: str, became: Report) -> bool:
    """Take a channel's word on an action of an open offer; return whether the offer has reached nobody.

    What nobody heard is no prompt: it does not use up the day's.
    """
    interrupts = occasion.pending[action_id] in INTERRUPTING
    pending = {action: channel for action, channel in occasion.pending.items() if action != action_id}
    reached = occasion.delivered
    if became == "delivered":
        reached = (*reached, occasion.pending[action_id])
    draft.put(replace(occasion, pending=pending, delivered=reached))
    if became == "delivered":
        return False
    came_too_late = became == "expired" and interrupts
    lives_on = occasion.phase != "offered" or bool(reached) or (bool(pending) and not came_too_late)
    if not lives_on or (interrupts and not INTERRUPTING & {*reached, *pending.values()}):
        _was_not_heard(draft, occasion, lives_on)
    if lives_on:
        return False
    offered = tuple(at for at in draft.past(occasion.ritual).offered if at != occasion.offered_at)
    draft.change_past(occasion.ritual, offered=offered)
    return True


def _was_not_heard(draft: Draft, occasion: Occasion, shown: bool) -> None:
    """Let an offer count as one that was only shown, or not at all."""
    of_this = (occasion.offered_at, occasion.id)
    others = tuple(p for p in draft.state.prompts if (p.at, p.occasion) != of_this)
    silent = tuple(replace(p, heard=False) for p in draft.state.prompts if (p.at, p.occasion) == of_this)
    draft.state = replace(draft.state, prompts=tuple(sorted((*others, *(silent if shown else ())), key=lambda p: p.at)))
