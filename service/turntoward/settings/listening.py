"""What a rulebook listens for beside presence and signals: topics, tags, events of Home Assistant, answers.

Both adapters ask here, so that they hear the same; nothing is heard or decided here. What is private is never among it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pydantic_core import PydanticCustomError

from turntoward.core.events import ANSWERS, Answer, RitualAnswered, TagScanned
from turntoward.core.rule_triggers import CalledTrigger, EventTrigger, MqttTrigger, Trigger
from turntoward.core.rules import Ritual, Rulebook
from turntoward.core.spans import parse_duration
from turntoward.settings.home import Settings

COMMON: tuple[Answer, ...] = ("done", "later", "not_today", "start", "stop")
"""Answers that every ritual takes, or refuses with a reason of its own."""


class NotAnAnswer(ValueError):
    """What was said answers nothing; the message says what is wrong, `expected` what would be right."""

    def __init__(self, message: str, expected: str) -> None:
        super().__init__(message)
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Listening:
    """What has to be heard, in all forms the rituals have over the seasons."""

    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    """By ritual, what may be said to it."""
    topics: tuple[str, ...] = ()
    events: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By event type, the keys of its data that a rule asks about."""
    tags: bool = False
    """Whether any rule is called by a tag."""
    tag_names: Mapping[str, str] = field(default_factory=dict)
    """By the id of a tag, its name."""

    @classmethod
    def of(cls, settings: Settings, rulebook: Rulebook) -> Listening:
        """Collect it from a household and its rulebook."""
        triggers = list(_triggers(rulebook))
        events: dict[str, tuple[str, ...]] = {}
        for trigger in triggers:
            if isinstance(trigger, EventTrigger):
                known = events.get(trigger.event_type, ())
                events[trigger.event_type] = tuple(dict.fromkeys((*known, *trigger.event_data)))
        return cls(
            answers={r.ritual: _answers(r) for r in rulebook.rituals if not r.private},
            topics=tuple(dict.fromkeys(t.topic for t in triggers if isinstance(t, MqttTrigger))),
            events=events,
            tags=any(isinstance(t, CalledTrigger) and t.tag is not None for t in triggers),
            tag_names={id: name for name, id in settings.tags.items()},
        )

    def tag(self, scanned: str) -> TagScanned:
        """Translate the id or the name of a tag."""
        return TagScanned(self.tag_names.get(scanned, scanned))

    def answer(self, ritual: str, said: str, lasts: object = None) -> RitualAnswered:
        """Translate an answer. Raises NotAnAnswer."""
        allowed = self.answers.get(ritual)
        if allowed is None:
            rituals = ", ".join(sorted(self.answers)) or "none, as no ritual is switched on"
            raise NotAnAnswer("an answer to no ritual of this home", rituals)
        answer = next((known for known in allowed if known == said.strip().casefold()), None)
        if answer is None:
            raise NotAnAnswer("no answer of this ritual", ", ".join(allowed))
        try:
            span = parse_duration(lasts) if lasts is not None else None
        except PydanticCustomError:
            raise NotAnAnswer("a duration that cannot be read", '40min or "1h 30min" as lasts') from None
        return RitualAnswered(ritual, answer, span or None)


def _triggers(rulebook: Rulebook) -> Iterator[Trigger]:
    for ritual in rulebook.rituals:
        for form in ritual.forms():
            yield from form.triggers
    for rule in rulebook.rules:
        yield from rule.triggers


def _answers(ritual: Ritual) -> tuple[Answer, ...]:
    own = {answer for form in ritual.forms() for answer in form.answers}
    return tuple(answer for answer in ANSWERS if answer in COMMON or answer in own)
