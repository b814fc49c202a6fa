"""What the household's entities mean: states of Home Assistant in, events out.

Pure: nothing is read, waited for or remembered here, and what the events lead to is the core's business.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from turntoward.core.events import PresenceChanged, SignalChanged, raw_presence
from turntoward.settings import Settings

AFTER_START = timedelta(seconds=60)
"""Home Assistant makes all states anew when it starts; a change this soon after it did not happen in the house."""

Told = PresenceChanged | SignalChanged
ToClock = Callable[[datetime], datetime]
"""Translates an instant of Home Assistant's clock into ours: `Clock.from_wall`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The state of an entity, since when by Home Assistant's clock."""

    state: str
    last_changed: datetime


def reading(raw: Mapping[str, Any]) -> Reading:
    """Read one state object. Raises KeyError, TypeError or ValueError when it is none."""
    return Reading(str(raw["state"]), datetime.fromisoformat(raw["last_changed"]))


def readings(raw_states: Iterable[Mapping[str, Any]]) -> dict[str, Reading]:
    """Read the answer to `get_states`, by entity."""
    return {str(raw["entity_id"]): reading(raw) for raw in raw_states}


@dataclass(frozen=True, slots=True)
class Watched:
    """The entities the household speaks of, and no other: each with its partner or its signals."""

    presence: Mapping[str, str]
    signals: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, settings: Settings) -> Watched:
        """Take them from the settings."""
        return cls(settings.presence_entities(), settings.signal_entities())

    @property
    def entities(self) -> tuple[str, ...]:
        """Signals first: what they tell (a door, guests) is to be known when somebody is told to be home."""
        return (*self.signals, *(entity for entity in self.presence if entity not in self.signals))

    def snapshot(self, found: Mapping[str, Reading], to_clock: ToClock) -> Iterator[Told]:
        """Tell all watched entities as they are; one that does not exist is unknown or unavailable."""
        started = min((state.last_changed for state in found.values()), default=None)
        for entity in self.entities:
            state = found.get(entity)
            since = to_clock(state.last_changed) if state else None
            happened = None if _made_by_start(state, started) else since
            yield from self._signals(entity, state, happened, snapshot=True)
            yield from self._presence(entity, state, since, snapshot=True)

    def live(self, entity: str, state: Reading | None, to_clock: ToClock) -> Iterator[Told]:
        """Tell a change of one entity; None: it was removed."""
        since = to_clock(state.last_changed) if state else None
        yield from self._signals(entity, state, since, snapshot=False)
        yield from self._presence(entity, state, since, snapshot=False)

    def _signals(
        self, entity: str, state: Reading | None, since: datetime | None, *, snapshot: bool
    ) -> Iterator[SignalChanged]:
        for signal in self.signals.get(entity, ()):
            yield SignalChanged(signal, state.state if state else "unavailable", snapshot, since)

    def _presence(
        self, entity: str, state: Reading | None, since: datetime | None, *, snapshot: bool
    ) -> Iterator[PresenceChanged]:
        if entity in self.presence:
            raw = raw_presence(state.state if state else "unknown")
            yield PresenceChanged(self.presence[entity], raw, snapshot, since)


def _made_by_start(state: Reading | None, started: datetime | None) -> bool:
    return state is not None and started is not None and state.last_changed - started <= AFTER_START


def subject(event: Told) -> tuple[str, str]:
    """Return what an event is about: the same subject with the same value is no news."""
    return (event.type, event.partner if isinstance(event, PresenceChanged) else event.signal)


def value(event: Told) -> str:
    """Return what an event tells of its subject."""
    return event.raw if isinstance(event, PresenceChanged) else event.value


def not_there(entity: str, existing: Iterable[str]) -> str:
    """Say that an entity does not exist, with the ids that look like it."""
    near = difflib.get_close_matches(entity, existing, n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else "no id looks like it."
    return (
        f"Home Assistant has no {entity}; {hint} Write the id as Home Assistant shows it into household.yaml "
        "(a disabled entity counts as not there)."
    )


def called_entities(settings: Settings) -> tuple[str, ...]:
    """Return the speakers, voices and scenes that have to exist, so that a misspelt one is named before it is needed.

    A `notify.x` may be an action without an entity and is left out.
    """
    speakers = [speaker for room in settings.speakers.values() for speaker in room]
    named = [entity for speaker in speakers for entity in (speaker.entity, speaker.tts) if entity]
    named += [
        entity for scene in settings.scenes.values() for entity in (scene.set, scene.undo, *scene.restore) if entity
    ]
    return tuple(dict.fromkeys(entity for entity in named if not entity.startswith("notify.")))
