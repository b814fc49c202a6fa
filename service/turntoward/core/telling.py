"""What a step in an occasion's life shows and tells: tiles, and messages for other programs.

Which step is taken is decided in `rituals`, `programs` and `answers`. Of a private ritual nothing is shown or told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from turntoward.core.actions import ClearNotice, SetTile, TellStep, TileState
from turntoward.core.draft import Draft
from turntoward.core.state import Kind, Occasion

_TELLS_UNTIL = timedelta(hours=1)
_SHOWS_UNTIL = timedelta(days=1)
HIDDEN: tuple[Kind, ...] = ("private", "rule")
"""What has neither a tile nor a topic."""


def next_id(draft: Draft, ritual: str) -> str:
    """Return an id like `reunion_hug-2026-11-19-1`. A clock that is set back must not bring back one that was used.

    That of a time-out has no day in it: nothing may tell on which days there were any.
    """
    if ritual in draft.book.fleeting:
        return f"{ritual}-{draft.state.counter}"
    past = draft.past(ritual)
    day = max(draft.day, past.day or draft.day)
    number = past.number + 1 if past.day == day else 1
    draft.change_past(ritual, day=day, number=number)
    return f"{ritual}-{day.isoformat()}-{number}"


def rest_tiles(draft: Draft) -> None:
    """With a new logical day, what was done or declined yesterday is off the tiles."""
    for ritual in [name for name, shown in draft.state.shown.items() if shown in ("done", "not_today")]:
        ended = draft.past(ritual).last_end
        if ended is None or draft.household.logical_day(ended) < draft.day:
            show(draft, ritual, "idle")
            draft.change_past(ritual, shared="")
            key = f"{next_id(draft, ritual)}-0-tile"
            draft.actions.append(SetTile(key, ritual, "", "idle", "", None, draft.now + _SHOWS_UNTIL))


def shared_today(draft: Draft, ritual: str) -> str:
    """Return what was put on a ritual's tile on purpose, until the day is over."""
    past = draft.past(ritual)
    is_of_today = past.last_end is not None and draft.household.logical_day(past.last_end) == draft.day
    return past.shared if is_of_today else ""


def clear_tile(draft: Draft, occasion: Occasion) -> None:
    """Take an offer off the tile; what was shared on it stands there again."""
    shared = shared_today(draft, occasion.ritual)
    if occasion.ritual in draft.state.shown:
        set_tile(draft, occasion, "done" if shared else "idle", shared)


def set_tile(draft: Draft, occasion: Occasion, tile: TileState, text: str = "") -> None:
    """Let the tile show what an occasion has come to."""
    if occasion.kind in HIDDEN:
        return
    show(draft, occasion.ritual, tile)
    key = f"{occasion.id}-{occasion.steps}-tile-{tile}"
    until = occasion.ends_at if tile == "running" else occasion.expires_at if tile == "offered" else None
    valid_until = until if until and until > draft.now else draft.now + _SHOWS_UNTIL
    draft.actions.append(SetTile(key, occasion.ritual, occasion.id, tile, text, until, valid_until))


def show(draft: Draft, ritual: str, tile: TileState) -> None:
    """Remember what a tile shows; whoever calls this also makes the action."""
    shown = {name: state for name, state in draft.state.shown.items() if name != ritual}
    if tile != "idle":
        shown[ritual] = tile
    draft.state = replace(draft.state, shown=dict(sorted(shown.items())))


def clear_phones(draft: Draft, occasion: Occasion) -> Occasion:
    """Take the message of an occasion back from the phones that got it; its buttons answer nothing any more."""
    if not occasion.notified:
        return occasion
    key = f"{occasion.id}-{occasion.steps}-phone-clear"
    until = draft.now + _TELLS_UNTIL
    draft.actions.append(ClearNotice(key, occasion.ritual, occasion.id, occasion.notified, occasion.id, until))
    return replace(occasion, notified=(), asked=occasion.asked + 1)


def tell(draft: Draft, occasion: Occasion, told: str) -> Occasion:
    """Tell other programs and other rules of a step, and return the occasion one step further."""
    if occasion.kind != "private":
        draft.steps.append((occasion.ritual, told))
    if occasion.kind not in HIDDEN:
        key = f"{occasion.id}-{occasion.steps}-{told}"
        until = draft.now + _TELLS_UNTIL
        draft.actions.append(TellStep(key, occasion.ritual, occasion.id, told, draft.now, until))
    return replace(occasion, steps=occasion.steps + 1)
