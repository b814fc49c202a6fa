"""What was chosen, until it is written: the household to be. Nothing is asked or written here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import SecretStr

from turntoward.settings import HomeAssistantSettings, MqttSettings

Language = Literal["en", "de"]


@dataclass(frozen=True, slots=True)
class ChosenSpeaker:
    """A speaker in its room; `voice` for a media player."""

    room: str
    entity: str
    voice: str | None = None


@dataclass(frozen=True, slots=True)
class ChosenSignal:
    """A signal and where it is told. `on`: the values that count as on, where they are not the usual ones."""

    name: str
    entity: str
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The household to be."""

    names: tuple[str, str]
    language: Language
    zone: str
    homeassistant: HomeAssistantSettings | None = None
    mqtt: MqttSettings | None = None
    persons: tuple[str | None, str | None] = (None, None)
    """Where each of the two is told of: an entity or a topic; None: the usual topic."""
    phones: tuple[str | None, str | None] = (None, None)
    speakers: tuple[ChosenSpeaker, ...] = ()
    signals: tuple[ChosenSignal, ...] = ()
    rituals: tuple[str, ...] = ()
    agreed: tuple[str, ...] = ()
    secrets: dict[str, SecretStr] = field(default_factory=dict)
    """What goes into secrets.yaml, by its name there; what the environment tells is not among it."""
    lent: frozenset[str] = frozenset()
    """The sections that Home Assistant lends at each start, where it runs us as an app: they are not written."""
