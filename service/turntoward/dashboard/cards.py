"""Home Assistant's own cards as values: one function for each kind, as it has been known since 2025.4."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Card = dict[str, Any]
Condition = dict[str, Any]

FULL, HALF, THIRD = 12, 6, 4
"""Widths, in twelfths of a section. Half of one is what a tile has by itself."""
ROOM = 16
"""Characters of a name that are not cut off in a tile of half the width, on a small phone."""


def is_(entity: str, *states: str) -> Condition:
    """Hold while an entity has one of these states."""
    return {"condition": "state", "entity": entity, "state": states[0] if len(states) == 1 else list(states)}


def is_not(entity: str, *states: str) -> Condition:
    """Hold while an entity has none of these states."""
    return {"condition": "state", "entity": entity, "state_not": states[0] if len(states) == 1 else list(states)}


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Hold while at least one of these holds."""
    return {"condition": "or", "conditions": list(conditions)}


def only_when(card: Card, conditions: Iterable[Condition]) -> Card:
    """Show a card, a badge or a section only while all of these hold."""
    listed = list(conditions)
    return {**card, "visibility": [*card.get("visibility", ()), *listed]} if listed else card


def heading(text: str, icon: str = "", *, small: bool = False) -> Card:
    """Head what follows."""
    card: Card = {"type": "heading", "heading": text, "heading_style": "subtitle" if small else "title"}
    return {**card, "icon": icon} if icon else card


def markdown(content: str, *, plain: bool = False) -> Card:
    """Show a text that Home Assistant fills in; `plain` without a card around it."""
    card: Card = {"type": "markdown", "content": content}
    return {**card, "text_only": True} if plain else card


def if_any(text: Card) -> Card:
    """Show a markdown card only where there are words in it."""
    return {**text, "show_empty": False}


def tile(entity: str, name: str, icon: str, *, color: str, columns: int = HALF, **more: Any) -> Card:
    """Show an entity under a name of ours. A tap does what is usual: it switches a switch and presses a button."""
    card: Card = {"type": "tile", "entity": entity, "name": name, "icon": icon, "color": color}
    return _wide({**card, "tap_action": {"action": "toggle"}, **more}, columns)


def press(button: str, name: str, icon: str, *, color: str, columns: int) -> Card:
    """Show a button of ours as a tile; when it was pressed last is nobody's business."""
    return tile(button, name, icon, color=color, columns=columns, hide_state=True)


def choose(select: str, option: str, name: str, icon: str, *, color: str) -> Card:
    """Show one option of a selection as a small tile."""
    to = {"target": {"entity_id": select}, "data": {"option": option}}
    tap = {"action": "perform-action", "perform_action": "select.select_option", **to}
    look = {"hide_state": True, "vertical": True}
    return tile(select, name, icon, color=color, columns=THIRD, **look, tap_action=tap, icon_tap_action=tap)


def _wide(card: Card, columns: int) -> Card:
    return card if columns == HALF else {**card, "grid_options": {"columns": columns}}


def width_of(name: str) -> int:
    """Return how wide a tile has to be for its name to be read in full."""
    return HALF if len(name) <= ROOM else FULL


def filled(tiles: Iterable[Card]) -> list[Card]:
    """Put narrow tiles side by side: those first, then the wide ones. The last of an odd number becomes wide."""
    narrow: list[Card] = []
    wide: list[Card] = []
    for card in tiles:
        (wide if "grid_options" in card else narrow).append(card)
    if len(narrow) % 2:
        wide.insert(0, _wide(narrow.pop(), FULL))
    return [*narrow, *wide]


def led(tiles: Iterable[Card]) -> list[Card]:
    """Put narrow tiles side by side like `filled`, but of an odd number the first becomes wide."""
    first, *others = tiles
    odd = sum("grid_options" not in card for card in (first, *others)) % 2
    return [_wide(first, FULL), *filled(others)] if odd else filled([first, *others])


def section(*cards: Card) -> Card:
    """Put cards together, as one part of the page."""
    return {"type": "grid", "cards": list(cards)}
