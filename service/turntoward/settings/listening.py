"""What a rulebook listens for beside presence and signals: topics, tags, events of Home Assistant, answers.

Both adapters ask here, so that they hear the same; nothing is heard or decided here. What is private is never among it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic_core import PydanticCustomError

from turntoward.core.answers import SHARED_AT_MOST
from turntoward.core.events import ANSWERS, Answer, RitualAnswered, TagScanned
from turntoward.core.rule_triggers import CalledTrigger, EventTrigger, MqttTrigger, Trigger
from turntoward.core.rules import Ritual, Rulebook
from turntoward.core.spans import parse_duration
from turntoward.settings.home import Settings

COMMON: tuple[Answer, ...] = ("done", "later", "not_today", "start", "stop")
"""Answers that every ritual takes, or refuses with a reason of its own."""

LONGEST_REPLY_TO = 100
LONGEST_NAME = 100
_ARTICLE = re.compile(r"the|an?|our|d(?:er|ie|as|en|em)|ein(?:e[nmrs]?)?|unser(?:e[nmrs]?)?")


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
    names: Mapping[str, str] = field(default_factory=dict)
    """By what people call a ritual, in any language and written as `_plain` does, its id."""
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
            names=_names([r for r in rulebook.rituals if not r.private], settings.language),
            topics=tuple(dict.fromkeys(t.topic for t in triggers if isinstance(t, MqttTrigger))),
            events=events,
            tags=any(isinstance(t, CalledTrigger) and t.tag is not None for t in triggers),
            tag_names={id: name for name, id in settings.tags.items()},
        )

    def tag(self, scanned: str) -> TagScanned:
        """Translate the id or the name of a tag."""
        return TagScanned(self.tag_names.get(scanned, scanned))

    def answer(
        self, ritual: str, said: str, lasts: object = None, text: object = None, reply_to: object = None
    ) -> RitualAnswered:
        """Translate an answer. Raises NotAnAnswer.

        `ritual`: its id, or what people call it; empty: whatever is on now. `text`: what is shared by "share".
        `reply_to`: somebody waits for words, by which an answer is recognised that only the core can refuse.
        """
        waiting = _asker(reply_to)
        about = self._meant(ritual, waiting)
        return RitualAnswered(about, self._said(about, said, waiting), _span(lasts), _shared(text), waiting)

    def _meant(self, ritual: str, waiting: str) -> str:
        called = ritual.strip()
        if len(called) > LONGEST_NAME:
            raise NotAnAnswer("a 'ritual' that is no name", f"at most {LONGEST_NAME} characters as ritual")
        if not called or called in self.answers:
            return called
        if known := self.names.get(_plain(called)):
            return known
        if waiting:
            # No id begins with a capital letter, so this cannot be one that is private and not among ours.
            return called[:1].upper() + called[1:]
        rituals = ", ".join(sorted(self.answers)) or "none, as no ritual is switched on"
        raise NotAnAnswer("an answer to no ritual of this home", rituals)

    def _said(self, ritual: str, said: str, waiting: str) -> Answer:
        allowed = self.allowed(ritual)
        wanted = re.sub(r"[\s-]+", "_", said.strip().casefold())
        answer = next((known for known in (ANSWERS if waiting else allowed) if known == wanted), None)
        if answer is None:
            raise NotAnAnswer("no answer of this ritual", ", ".join(allowed))
        return answer

    def allowed(self, ritual: str) -> tuple[Answer, ...]:
        """Return what may be said to a ritual; to one that is not known, what may be said to any."""
        if ritual in self.answers:
            return self.answers[ritual]
        anything = {*COMMON, *(answer for answers in self.answers.values() for answer in answers)}
        return tuple(answer for answer in ANSWERS if answer in anything)


def _asker(reply_to: object) -> str:
    text = "" if reply_to is None else str(reply_to).strip()
    if len(text) > LONGEST_REPLY_TO or not text.isprintable():
        raise NotAnAnswer("a reply_to that cannot be given back", f"at most {LONGEST_REPLY_TO} characters as reply_to")
    return text


def _span(lasts: object) -> timedelta | None:
    try:
        return (parse_duration(lasts) or None) if lasts is not None else None
    except PydanticCustomError:
        raise NotAnAnswer("a duration that cannot be read", '40min or "1h 30min" as lasts') from None


def _shared(text: object) -> str:
    if text is not None and not isinstance(text, str):
        raise NotAnAnswer("a text that is none", "words as text")
    return (text or "")[:SHARED_AT_MOST]


def _plain(name: str) -> str:
    """Write a name so that neither case, nor articles, nor what stands between its words matters."""
    words = [word for word in re.split(r"[\W_]+", name.casefold()) if word]
    return "".join(word for word in words if not _ARTICLE.fullmatch(word)) or "".join(words)


def _names(rituals: Iterable[Ritual], language: str) -> dict[str, str]:
    """Collect what the rituals are called; where two are called the same, the home's own language goes first."""
    rituals = list(rituals)
    names = {_plain(ritual.ritual): ritual.ritual for ritual in rituals}
    for own in (True, False):
        for ritual in rituals:
            for spoken, called in _called(ritual):
                if (spoken == language) == own:
                    names.setdefault(_plain(called), ritual.ritual)
    return {name: ritual for name, ritual in names.items() if name}


def _called(ritual: Ritual) -> Iterator[tuple[str, str]]:
    """Yield each name of a ritual with its language."""
    yield from ritual.title.items() if isinstance(ritual.title, dict) else [("", ritual.title)]
    for language, names in ritual.spoken_as.items():
        yield from ((language, name) for name in names)


def _triggers(rulebook: Rulebook) -> Iterator[Trigger]:
    for ritual in rulebook.rituals:
        for form in ritual.forms():
            yield from form.triggers
    for rule in rulebook.rules:
        yield from rule.triggers


def _answers(ritual: Ritual) -> tuple[Answer, ...]:
    own = {answer for form in ritual.forms() for answer in form.answers}
    return tuple(answer for answer in ANSWERS if answer in COMMON or answer in own)
