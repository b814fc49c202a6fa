"""What to do, as data. Each action has an id derived from its occasion, so the same decision has the same id.

How a thing is done belongs to `turntoward.channels`; no action holds an entity id or a topic.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from turntoward.core.board import Board
from turntoward.core.events import Answer

TileState = Literal["idle", "offered", "running", "done", "not_today"]
TILE_STATES: tuple[TileState, ...] = ("idle", "offered", "running", "done", "not_today")


@dataclass(frozen=True, slots=True)
class Button:
    """An answer that can be given to a message or a spoken question, and the token by which it comes back."""

    answer: Answer
    token: str


@dataclass(frozen=True, slots=True)
class Announce:
    """Say a line aloud, at most once, never after `valid_until`. No rooms: wherever a speaker is.

    `chime`: a soft sound instead of the words. `buttons`: what may be answered aloud, where the speaker can listen.
    """

    id: str
    ritual: str
    occasion: str
    text: str
    language: str
    rooms: tuple[str, ...]
    valid_until: datetime
    chime: bool = False
    buttons: tuple[Button, ...] = ()
    channel: Literal["speaker"] = "speaker"
    kind: Literal["announce"] = "announce"


@dataclass(frozen=True, slots=True)
class Notify:
    """Send a message to phones. Its text is fit for a lock screen; one with the same `tag` replaces it.

    `buttons`: the answers it offers, the most likely first; a phone shows the first three. `passive`: it waits in the
    list without sound or light.
    """

    id: str
    ritual: str
    occasion: str
    text: str
    to: tuple[str, ...]
    tag: str
    valid_until: datetime
    buttons: tuple[Button, ...] = ()
    passive: bool = False
    channel: Literal["phone"] = "phone"
    kind: Literal["notify"] = "notify"


@dataclass(frozen=True, slots=True)
class ClearNotice:
    """Take a message back from all phones that got it."""

    id: str
    ritual: str
    occasion: str
    to: tuple[str, ...]
    tag: str
    valid_until: datetime
    channel: Literal["phone"] = "phone"
    kind: Literal["clear_notice"] = "clear_notice"


@dataclass(frozen=True, slots=True)
class SetTile:
    """Show a ritual's state where people look; the latest state counts, an older one is not worth repeating."""

    id: str
    ritual: str
    occasion: str
    state: TileState
    text: str
    until: datetime | None
    valid_until: datetime
    channel: Literal["tile"] = "tile"
    kind: Literal["set_tile"] = "set_tile"


@dataclass(frozen=True, slots=True)
class ShowHome:
    """Show what concerns the whole household; the latest counts. It is no step of anything, so no journal keeps it."""

    id: str
    board: Board
    valid_until: datetime
    channel: Literal["tile"] = "tile"
    kind: Literal["show_home"] = "show_home"


@dataclass(frozen=True, slots=True)
class SetScene:
    """Set a scene of the home (`on`), or undo it; each at most once."""

    id: str
    ritual: str
    occasion: str
    scene: str
    on: bool
    valid_until: datetime
    channel: Literal["scene"] = "scene"
    kind: Literal["set_scene"] = "set_scene"


@dataclass(frozen=True, slots=True)
class TellStep:
    """Tell other programs of a step in an occasion's life."""

    id: str
    ritual: str
    occasion: str
    step: str
    at: datetime
    valid_until: datetime
    channel: Literal["mqtt"] = "mqtt"
    kind: Literal["tell_step"] = "tell_step"


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer in words whoever asked aloud; `to` is what the asker gave to recognise it by. Worth a few seconds only."""

    id: str
    ritual: str
    occasion: str
    to: str
    text: str
    valid_until: datetime
    channel: Literal["mqtt"] = "mqtt"
    kind: Literal["reply"] = "reply"


@dataclass(frozen=True, slots=True)
class Publish:
    """Publish a message that a rule asks for."""

    id: str
    ritual: str
    occasion: str
    topic: str
    payload: str
    retain: bool
    valid_until: datetime
    channel: Literal["mqtt"] = "mqtt"
    kind: Literal["publish"] = "publish"


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask one of the two something the other does not see, on that partner's own page."""

    id: str
    ritual: str
    occasion: str
    partner: str
    about: Literal["ready", "reflection"]
    valid_until: datetime
    channel: Literal["page"] = "page"
    kind: Literal["ask"] = "ask"


def _kind(value: Any) -> str:
    """Earlier journals name the channel alone."""
    given = value if isinstance(value, dict) else {"kind": getattr(value, "kind", None)}
    by_channel = {"speaker": "announce", "tile": "set_tile", "mqtt": "tell_step"}
    return str(given.get("kind") or by_channel.get(str(given.get("channel")), ""))


Action = Annotated[
    Annotated[Announce, Tag("announce")]
    | Annotated[Notify, Tag("notify")]
    | Annotated[ClearNotice, Tag("clear_notice")]
    | Annotated[SetTile, Tag("set_tile")]
    | Annotated[ShowHome, Tag("show_home")]
    | Annotated[Reply, Tag("reply")]
    | Annotated[SetScene, Tag("set_scene")]
    | Annotated[TellStep, Tag("tell_step")]
    | Annotated[Publish, Tag("publish")]
    | Annotated[Ask, Tag("ask")],
    Discriminator(_kind),
]
"""Everything a channel can be asked."""

INTERRUPTING: frozenset[str] = frozenset({"speaker", "phone"})
"""Channels that make a sound or light up a phone; the others are looked at when somebody wants to."""
