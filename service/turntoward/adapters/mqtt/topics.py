"""The topics we listen to, and what can be wrong with a message on one of them. Pure: no client, no log, no clock.

What a message means is in `meaning`, and in `choices` for what people choose. Nothing may be translated here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from turntoward.core.rules import Rulebook
from turntoward.settings import Listening, OurTopics, Settings, Told

Arrival = Literal["live", "late", "retained"]
"""How a message came: as it happened; queued for us until it was too old to count as seen; kept by the broker."""


class Unusable(Exception):
    """A message that says nothing to us.

    `kind`: what is wrong, the same words for the same fault. `about`: the topic, or the filter of all topics that
    could have the fault. `shown`: its beginning, empty where it could tell where somebody is.
    """

    def __init__(self, about: str, kind: str, expected: str, shown: str = "") -> None:
        super().__init__(kind)
        self.about = about
        self.kind = kind
        self.expected = expected
        self.shown = shown


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics we listen to, and what each is about."""

    ours: OurTopics
    presence: tuple[Told, ...] = ()
    signals: tuple[Told, ...] = ()
    listening: Listening = field(default_factory=Listening)
    birth: str | None = None

    @classmethod
    def of(cls, settings: Settings, rulebook: Rulebook) -> Topics:
        """Collect the topics of a household and of its rules."""
        discovery = settings.mqtt.discovery if settings.mqtt else None
        birth = f"{discovery}/status" if discovery else None
        listening = Listening.of(settings, rulebook)
        return cls(settings.topics, settings.presence_topics(), settings.signal_topics(), listening, birth)

    def filters(self) -> list[str]:
        """Return what to subscribe to, each once."""
        told = [told.topic for told in (*self.presence, *self.signals)]
        tag = [self.ours.tag] if self.listening.tags else []
        birth = [self.birth] if self.birth else []
        chosen = [self.ours.answer_to("+"), self.ours.answer, self.ours.choose_season, self.ours.choose_quiet]
        return list(dict.fromkeys([*told, *chosen, *tag, *self.listening.topics, *birth]))

    def ritual_of(self, topic: str) -> str | None:
        """Return the ritual an answer's topic names, known or not; None for another topic."""
        before, _, after = self.ours.answer_to("+").partition("+")
        fits = topic.startswith(before) and topic.endswith(after) and len(topic) > len(before + after)
        return topic[len(before) : -len(after)] if fits else None
