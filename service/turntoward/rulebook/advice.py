"""What is allowed but probably not meant: advice for `turntoward check`, in whole sentences.

Nothing here is an error, and nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from turntoward.core.household import signal_role
from turntoward.core.rules import Condition, Ritual, Rulebook, SignalCondition, StateTrigger
from turntoward.core.signals import CALL_ROLES, ENTRY_DOOR
from turntoward.documents import nearest
from turntoward.settings import Settings

EASY_TO_KEEP = 3
READ_BY_GATES = (ENTRY_DOOR, "guests", "asleep", *CALL_ROLES)
"""What a signal may be about without any rule that names it."""


def warnings(settings: Settings, rulebook: Rulebook) -> tuple[str, ...]:
    """Return advice, most important first; empty when there is none."""
    return (
        *_not_agreed(settings),
        *_no_token(settings),
        *_too_many(rulebook),
        *_not_read(settings, rulebook),
        *_nobodys_calls(settings),
        *(line for ritual in rulebook.rituals for line in _of_ritual(settings, ritual)),
    )


def _not_agreed(settings: Settings) -> Iterator[str]:
    if not settings.both_agreed:  # who has not is nobody else's business
        yield "nothing will be offered until both have agreed: when both want it, list both names under agreed:"


def _no_token(settings: Settings) -> Iterator[str]:
    if settings.homeassistant is not None and not settings.homeassistant.token:
        yield (
            'homeassistant: it lets nobody in without a token; write ha_token: "..." into secrets.yaml and below '
            "homeassistant: token: !secret ha_token, or set TURNTOWARD_HA_TOKEN"
        )


def _not_read(settings: Settings, rulebook: Rulebook) -> Iterator[str]:
    named = {name for ritual in rulebook.rituals for name in _signals(ritual)}
    for name in settings.signals:
        if signal_role(name) not in READ_BY_GATES and name not in named:
            hint = _meant(name, named) or "no ritual that is on names it"
            yield f"the signal '{name}' is read by nothing; {hint}"


def _meant(name: str, named: Iterable[str]) -> str:
    role, dot, who = name.partition(".")
    near = nearest(name, named) or nearest(role, READ_BY_GATES)
    return f"did you mean '{near + dot + who if near in READ_BY_GATES else near}'?" if near else ""


def _nobodys_calls(settings: Settings) -> Iterator[str]:
    """A baby may be asleep, but whose call it is matters: it has to be one of the two."""
    known = settings.partner_ids
    for name in settings.signals:
        role, _, who = name.partition(".")
        if role in CALL_ROLES and who and who not in known:
            near = nearest(who, known)
            hint = f"did you mean '{role}.{near}'?" if near else f"they are {' and '.join(known)}"
            yield f"the signal '{name}' is about '{who}', who is none of the partners; {hint}"


def _too_many(rulebook: Rulebook) -> Iterator[str]:
    if len(rulebook.rituals) > EASY_TO_KEEP:
        count = len(rulebook.rituals)
        yield f"{count} rituals are switched on; two or three are easier to keep in the first two weeks"


def _of_ritual(settings: Settings, ritual: Ritual) -> Iterator[str]:
    for name in dict.fromkeys(_signals(ritual)):
        if name not in settings.signals:
            yield f"{ritual.ritual}: the signal '{name}' is not mapped, so it never comes true; add it under signals:"
    yield from _in_another_language(settings.language, ritual)
    rooms = settings.speaker_rooms()
    for choice in (choice for choice in ritual.offer.channels if choice.channel == "speaker"):
        if not rooms:
            topic = f"{settings.base}/announce"
            yield f"{ritual.ritual}: no speaker is set up, so its lines only go to the topic {topic}; see speakers:"
        for room in (room for room in choice.rooms if rooms and room not in rooms):
            yield f"{ritual.ritual}: there is no speaker in '{room}'; rooms with one are {', '.join(rooms)}"


def _in_another_language(language: str, ritual: Ritual) -> Iterator[str]:
    """Yield which texts are there, but not in the household's language; one without a language is in any."""
    texts = {"title": ritual.title, "about": ritual.about, "offer.say": ritual.offer.say}
    for name, text in texts.items():
        there = [key for key, words in text.items() if words] if isinstance(text, dict) else []
        if there and not {language, ""} & set(there):
            others = ", ".join(f"'{key}'" for key in there)
            yield f"{ritual.ritual}: {name} has no words in '{language}', the household's language, only in {others}"


def _signals(ritual: Ritual) -> Iterator[str]:
    yield from (trigger.signal for trigger in ritual.triggers if isinstance(trigger, StateTrigger))
    yield from _signals_in(ritual.conditions)


def _signals_in(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition in conditions:
        if isinstance(condition, SignalCondition):
            yield condition.signal
        elif hasattr(condition, "conditions"):
            yield from _signals_in(condition.conditions)
