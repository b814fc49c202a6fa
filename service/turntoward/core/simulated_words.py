"""The simulated home's words: what a scenario's happening is as an event, and what people notice of an action.

Nothing is played here.
"""

from __future__ import annotations

from datetime import datetime

from turntoward.core.actions import Action, Announce, Ask, Notify, Publish, SetScene, SetTile, ShowHome
from turntoward.core.events import (
    Event,
    HomeEventFired,
    MessageReceived,
    PrivateAct,
    QuietChosen,
    RitualAnswered,
    SeasonChosen,
    TagScanned,
)
from turntoward.core.household import Household
from turntoward.core.scenario import Happening


def told(home: Household, h: Happening, until: datetime | None) -> tuple[str, Event]:
    """Return through which connection something is told, and the event it is. A private act needs none."""
    if h.kind == "answer" and h.answer:
        return home.reached_by("tile"), RitualAnswered(h.ritual or "", h.answer, h.lasts, h.text or "")
    if h.kind == "quiet":
        return home.reached_by("tile"), QuietChosen(h.quiet == "on")
    if h.kind == "tag":
        return home.reached_by("tag"), TagScanned(h.tag or "")
    if h.kind == "season" and h.season:
        last = until.astimezone(home.time_zone).date() if until else None
        return home.reached_by("tile"), SeasonChosen(h.season, last)
    if h.kind == "private" and h.private:
        return "", PrivateAct(h.by or "", h.private, until, h.ritual or "", h.level or 1)
    if h.kind == "message":
        return "mqtt", MessageReceived(h.message or "", h.payload or "")
    return "homeassistant", HomeEventFired(h.event or "", dict(h.event_data or {}))


def noticed(action: Action, shown: dict[str, str]) -> str | None:
    """Return what people notice of an action, None where it is nothing.

    Of a tile that is an offer, or another text while something runs; `shown` remembers the text of each tile.
    """
    if isinstance(action, SetTile):
        before, shown[action.ritual] = shown.get(action.ritual, ""), action.text
        news = action.state == "running" and action.text not in ("", before)
        return action.text if action.state == "offered" or news else None
    if isinstance(action, SetScene):
        return f"{action.scene} {'on' if action.on else 'off'}"
    if isinstance(action, Publish):
        return f"{action.topic} {action.payload}".strip()
    if isinstance(action, Announce):
        return "(a chime)" if action.chime else action.text
    if isinstance(action, Ask):
        return f"{action.partner}: {action.about}"
    return action.text if isinstance(action, Notify) else None


def subject(action: Action) -> str:
    """Return what an action is about: a ritual, or with no name the whole household."""
    return "" if isinstance(action, ShowHome) else action.ritual


def happening(h: Happening) -> str:
    """Say in a few words what happens."""
    return {
        "arrives": f"{h.arrives} arrives",
        "leaves": f"{h.leaves} leaves",
        "presence": f"{h.presence} is {h.is_}",
        "signal": f"{h.signal} is {h.is_}",
        "answer": f"{h.ritual or 'what is on'}: {h.answer}",
        "notice": f"{h.ritual}, by a button: {h.notice}",
        "quiet": "a quiet evening is asked for" if h.quiet == "on" else "the quiet evening is taken back",
        "tag": f"the tag {h.tag} is scanned",
        "season": f"the season is {h.season}",
        "private": f"{h.by}, in private: {h.private}",
        "message": f"{h.message} {h.payload or ''}".strip(),
        "event": f"the event {h.event}",
        "down": f"{h.down} is down",
        "clock": "the clock is set",
        "agreed": f"agreed: {', '.join(h.agreed or ()) or 'nobody'}",
    }[h.kind]
