"""What the verbs print: timelines, journals, reasons. Colour where a terminal is, plain text and JSON elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from turntoward.adapters.journal import Entry
from turntoward.core.actions import Action, Announce, Notify, Publish, SetScene, SetTile
from turntoward.core.simulated_home import Emitted
from turntoward.core.simulator import Played
from turntoward.core.trace import NOTICEABLE, TraceEntry, explain
from turntoward.settings import Settings

_PRIVATE_ACT = "private_act"
_KIND = {"happens": ("·", "dim"), "decides": ("→", "cyan"), "emits": ("♪", "bold green")}


def emitted_as_json(emitted: Iterable[Emitted]) -> list[str]:
    """Return one line of JSON for each prompt that reached people."""
    return [
        json.dumps(
            {"at": e.at.isoformat(), "channel": e.channel, "ritual": e.ritual, "text": e.text}, ensure_ascii=False
        )
        for e in emitted
    ]


def show_timeline(out: Console, played: Played) -> None:
    """Print what happened, what was decided and what came out, and where that is not what `then` says."""
    day = None
    for line in played.timeline:
        if line.at.date() != day:
            day = line.at.date()
            out.print(Text(f"{day:%A %d %B %Y}", style="bold"))
        mark, style = _KIND[line.kind]
        out.print(Text.assemble((f"  {line.at:%H:%M:%S} ", "dim"), (f"{mark} {line.text}", style)))
    for difference in played.differences:
        out.print(Text(f"✗ {difference}", style="bold red"))
    if not played.differences:
        out.print(Text("✓ as expected", style="green"))


def shared(entries: Iterable[Entry]) -> list[Entry]:
    """Return what both may see: not what one of the two did in private, nor what only one of them was asked."""
    visible = []
    for entry in (entry for entry in entries if entry.type != _PRIVATE_ACT):
        actions = tuple(pair for pair in entry.actions if pair[0].channel != "page")
        if entry.trace or actions:
            visible.append(replace(entry, actions=actions))
    return visible


def show_journal(out: Console, entries: Sequence[Entry], settings: Settings) -> None:
    """Print what happened to rituals, newest last."""
    zone = settings.time_zone
    for entry in entries:
        for step in (s for s in entry.trace if s.step in NOTICEABLE):
            out.print(_dated(entry.at, zone, explain(step), "cyan"))
        for action, status in entry.actions:
            if words := _action_in_words(action, status, settings):
                out.print(_dated(entry.at, zone, words, "green" if status == "delivered" else "yellow"))


def journal_as_json(entries: Iterable[Entry], zone: ZoneInfo) -> list[str]:
    """Return one line of JSON for each entry."""
    return [json.dumps(_entry_as_data(entry, zone), ensure_ascii=False) for entry in entries]


def _entry_as_data(entry: Entry, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "at": entry.at.astimezone(zone).isoformat(),
        "trace": [
            {"ritual": s.ritual, "occasion": s.occasion, "step": s.step, "reason": s.reason, "words": explain(s)}
            for s in entry.trace
        ],
        "actions": [
            {
                "id": a.id,
                "channel": a.channel,
                "ritual": getattr(a, "ritual", ""),
                "text": getattr(a, "text", ""),
                "status": status,
            }
            for a, status in entry.actions
        ],
    }


def show_reasons(out: Console, entries: Sequence[Entry], settings: Settings) -> None:
    """Print every step of the entries in plain words, silence too."""
    zone = settings.time_zone
    for entry in entries:
        for step in entry.trace:
            style = {"offered": "bold green", "refused": "yellow", "held": "yellow"}.get(step.step, "cyan")
            out.print(_dated(entry.at, zone, explain(step), style))
        for action, status in entry.actions:
            if words := _action_in_words(action, status, settings):
                out.print(_dated(entry.at, zone, f"  {words}", "dim"))


def _action_in_words(action: Action, status: str, settings: Settings) -> str:
    """What people could hear or see; bookkeeping has no words."""
    words = _what(action, settings)
    return f"{words} ({_STATUS.get(status, status)})" if words else ""


def _what(action: Action, settings: Settings) -> str:
    if isinstance(action, Announce):
        return "speaker: a soft sound" if action.chime else f"speaker: “{action.text}”"
    if isinstance(action, Notify):
        return f"phone: “{action.text}”"
    if isinstance(action, SetTile) and action.state == "offered":
        return f"tile: “{action.text}”"
    if isinstance(action, SetScene):
        return _scene(action, settings)
    return f"message: {action.topic}" if isinstance(action, Publish) else ""


def _scene(action: SetScene, settings: Settings) -> str:
    words = f"scene: {action.scene} {'on' if action.on else 'off'}"
    scene = settings.scenes.get(action.scene)
    if settings.mqtt is None or (settings.homeassistant is not None and scene is not None and scene.set):
        return words
    return f"{words}, only told on {settings.base}/scene/{action.scene}"


_STATUS = {
    "planned": "not yet tried",
    "attempted": "tried, no word back yet",
    "delivered": "delivered",
    "assumed": "may have been said before a crash; it is not said twice",
    "failed": "could not be delivered",
    "expired": "too late, dropped",
}


def _dated(at: datetime, zone: ZoneInfo, words: str, style: str) -> Text:
    return Text.assemble((f"{at.astimezone(zone):%a %Y-%m-%d %H:%M:%S}  ", "dim"), (words, style))


def about(entries: Sequence[Entry], wanted: str | None) -> list[Entry]:
    """Return the entries that an id speaks of: an occasion, an action, a ritual, a number; None: the latest story.

    The latest story is that of the newest occasion, with the silences after it; without any, the last silences.
    """
    if wanted is None:
        newest = next((s.occasion for e in reversed(entries) for s in reversed(e.trace) if s.occasion), None)
        if newest is None:
            return _only(entries, lambda s: True)[-5:]
        start = next(i for i, e in enumerate(entries) if any(s.occasion == newest for s in e.trace))
        return list(entries[start:])
    if wanted.isdigit():
        return [e for e in entries if e.seq == int(wanted)]
    return _only(
        entries, lambda s: wanted in (s.ritual, s.occasion) or (bool(s.occasion) and wanted.startswith(s.occasion))
    )


def _only(entries: Iterable[Entry], fits: Any) -> list[Entry]:
    out = []
    for entry in entries:
        steps: tuple[TraceEntry, ...] = tuple(s for s in entry.trace if fits(s))
        if steps:
            occasions = {s.occasion for s in steps}
            actions = tuple(pair for pair in entry.actions if getattr(pair[0], "occasion", "") in occasions)
            out.append(Entry(entry.seq, entry.at, entry.type, steps, actions))
    return out
