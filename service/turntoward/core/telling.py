"""What a step in an occasion's life shows and tells: tiles, and messages for other programs.

Which step is taken is decided in `rituals` and `answers`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from turntoward.core.actions import SetTile, TellStep, TileState
from turntoward.core.draft import Draft
from turntoward.core.state import Occasion

_TELLS_UNTIL = timedelta(hours=1)


def next_id(draft: Draft, ritual: str) -> str:
    """Return an id like `reunion_hug-2026-11-19-1`. A clock that is set back must not bring back one that was used."""
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
            key = f"{next_id(draft, ritual)}-0-tile"
            until = draft.now + timedelta(days=1)
            draft.actions.append(SetTile(key, ritual, "", "idle", "", None, until))


def clear_tile(draft: Draft, occasion: Occasion) -> None:
    """Take an offer off the tile."""
    if occasion.ritual in draft.state.shown:
        set_tile(draft, occasion, "idle")


def set_tile(draft: Draft, occasion: Occasion, tile: TileState) -> None:
    """Let the tile show what an occasion has come to."""
    show(draft, occasion.ritual, tile)
    key = f"{occasion.id}-{occasion.steps}-tile-{tile}"
    until = draft.now + timedelta(days=1)
    draft.actions.append(SetTile(key, occasion.ritual, occasion.id, tile, "", None, until))


def show(draft: Draft, ritual: str, tile: TileState) -> None:
    """Remember what a tile shows; whoever calls this also makes the action."""
    shown = {name: state for name, state in draft.state.shown.items() if name != ritual}
    if tile != "idle":
        shown[ritual] = tile
    draft.state = replace(draft.state, shown=dict(sorted(shown.items())))


def tell(draft: Draft, occasion: Occasion, told: str) -> Occasion:
    """Tell other programs of a step, and return the occasion one step further."""
    key = f"{occasion.id}-{occasion.steps}-{told}"
    until = draft.now + _TELLS_UNTIL
    draft.actions.append(TellStep(key, occasion.ritual, occasion.id, told, draft.now, until))
    return replace(occasion, steps=occasion.steps + 1)
