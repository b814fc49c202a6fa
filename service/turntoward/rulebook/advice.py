"""What is allowed but probably not meant: advice for `turntoward check`, in whole sentences.

Nothing here is an error, and nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from turntoward.core.rules import Condition, Ritual, Rulebook, SignalCondition, StateTrigger
from turntoward.settings import Settings

EASY_TO_KEEP = 3


def warnings(settings: Settings, rulebook: Rulebook) -> tuple[str, ...]:
    """Return advice, most important first; empty when there is none."""
    return (
        *_not_agreed(settings),
        *_too_many(rulebook),
        *(line for ritual in rulebook.rituals for line in _of_ritual(settings, ritual)),
    )


def _not_agreed(settings: Settings) -> Iterator[str]:
    if not settings.both_agreed:  # who has not is nobody else's business
        yield "nothing will be offered until both have agreed: when both want it, list both names under agreed:"


def _too_many(rulebook: Rulebook) -> Iterator[str]:
    if len(rulebook.rituals) > EASY_TO_KEEP:
        count = len(rulebook.rituals)
        yield f"{count} rituals are switched on; two or three are easier to keep in the first two weeks"


def _of_ritual(settings: Settings, ritual: Ritual) -> Iterator[str]:
    for name in dict.fromkeys(_signals(ritual)):
        if name not in settings.signals:
            yield f"{ritual.ritual}: the signal '{name}' is not mapped, so it never comes true; add it under signals:"
    rooms = settings.speaker_rooms()
    for choice in (choice for choice in ritual.offer.channels if choice.channel == "speaker"):
        if not rooms:
            topic = f"{settings.base}/announce"
            yield f"{ritual.ritual}: no speaker is set up, so its lines only go to the topic {topic}; see speakers:"
        for room in (room for room in choice.rooms if rooms and room not in rooms):
            yield f"{ritual.ritual}: there is no speaker in '{room}'; rooms with one are {', '.join(rooms)}"


def _signals(ritual: Ritual) -> Iterator[str]:
    yield from (trigger.signal for trigger in ritual.triggers if isinstance(trigger, StateTrigger))
    yield from _signals_in(ritual.conditions)


def _signals_in(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition in conditions:
        if isinstance(condition, SignalCondition):
            yield condition.signal
        elif hasattr(condition, "conditions"):
            yield from _signals_in(condition.conditions)
