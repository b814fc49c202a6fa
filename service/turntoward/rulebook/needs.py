"""What rituals and rules need of a home and do not find there: signals, rooms, phones, scenes, connections.

Each ritual's lines, as advice. What is missing inside the rules themselves is a problem, and told by `references`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

from turntoward.core.rule_conditions import SignalCondition
from turntoward.core.rule_steps import AnnounceStep, MqttStep, NotifyStep, SceneStep
from turntoward.core.rule_triggers import (
    CalledTrigger,
    EventTrigger,
    LeavingTrigger,
    MqttTrigger,
    RitualTrigger,
    StateTrigger,
    Trigger,
)
from turntoward.core.rules import Ends, Ritual, Rulebook
from turntoward.core.signals import words_for
from turntoward.documents import nearest
from turntoward.rulebook.library import our_library
from turntoward.rulebook.references import Spec, all_of, conditions, forms, rituals_named, steps
from turntoward.settings import Settings

_TAG_NAME = re.compile(r"(?![0-9a-f]{8,}$)[a-z][a-z0-9_]*")
"""A name that somebody gave a tag; an id has dashes or capital letters, or is hexadecimal."""


def unmet(settings: Settings, rulebook: Rulebook) -> Iterator[str]:
    """Yield what each ritual and rule that is on does not find in this home, as they are in its season."""
    on = {ritual.ritual for ritual in rulebook.rituals}
    for spec in all_of(rulebook.in_season(settings.season)):
        yield from (f"{spec.name}: {line}" for line in dict.fromkeys(_of_form(settings, spec, on)))


def signals_read(rulebook: Rulebook) -> frozenset[str]:
    """Return the names of all signals that a rulebook reads, or that a ritual of ours would which is off."""
    ours = (entry.ritual for entry in our_library().entries.values())
    return frozenset(name for spec in (*all_of(rulebook), *ours) for _, form in forms(spec) for name in _signals(form))


def _signals(form: Spec) -> Iterator[str]:
    for trigger in form.triggers:
        yield from _signs(trigger)
    yield from (c.signal for _, c in conditions(form.conditions) if isinstance(c, SignalCondition))
    if isinstance(form, Ritual):
        yield from (sign.signal for sign in form.run.ends.when)


def _signs(trigger: Trigger) -> tuple[str, ...]:
    """Return the signals any one of which lets a trigger come true; none: it does not look at signals."""
    if isinstance(trigger, StateTrigger):
        return (trigger.signal,)
    return trigger.signs if isinstance(trigger, LeavingTrigger) else ()


def _of_form(settings: Settings, form: Spec, on: Container[str]) -> Iterator[str]:
    yield from _not_mapped(settings, form)
    yield from _silent_places(settings, form)
    yield from _no_phone(settings, form)
    yield from _not_connected(settings, form)
    yield from _not_named(settings, form)
    yield from _switched_off(form, on)


def _not_mapped(settings: Settings, form: Spec) -> Iterator[str]:
    yield from _never_begins(settings, form)
    asked = [c for _, c in conditions(form.conditions) if isinstance(c, SignalCondition) and c.default is None]
    for name in (condition.signal for condition in asked if not _is_mapped(settings, condition.signal)):
        yield f"{_none_mapped([name])}, so a condition never comes true; add it under signals:"
    ends = form.run.ends if isinstance(form, Ritual) else Ends()
    signs = [sign.signal for sign in ends.when]
    if signs and ends.after is None and not any(_is_mapped(settings, sign) for sign in signs):
        yield f"{_none_mapped(signs)}, so it does not notice its own end; add it under signals:"


def _never_begins(settings: Settings, form: Spec) -> Iterator[str]:
    """One trigger that can come true is enough; that somebody starts it goes without saying."""
    signs = [_signs(trigger) for trigger in form.triggers if not isinstance(trigger, CalledTrigger)]
    if signs and not any(not some or any(_is_mapped(settings, sign) for sign in some) for some in signs):
        missing = [sign for some in signs for sign in some]
        yield f"{_none_mapped(missing)}, so it never begins by itself; add it under signals:"


def _is_mapped(settings: Settings, word: str) -> bool:
    return any(word in words_for(signal) for signal in settings.signals)


def _none_mapped(names: Iterable[str]) -> str:
    first, *more = (f"'{name}'" for name in dict.fromkeys(names))
    return f"none of the signals {', '.join((first, *more))} is mapped" if more else f"the signal {first} is not mapped"


def _silent_places(settings: Settings, form: Spec) -> Iterator[str]:
    spoken = [step.rooms for _, step in steps(form) if isinstance(step, AnnounceStep)]
    if isinstance(form, Ritual):
        spoken += [choice.rooms for choice in form.offer.channels if choice.channel == "speaker"]
        if all(choice.channel == "page" for choice in form.offer.channels):
            yield "its only place is the page of each of you, which comes with a later version"
    rooms = settings.speaker_rooms()
    if spoken and not rooms:
        yield f"no speaker is set up, so its lines only go to the topic {settings.base}/announce; see speakers:"
    for room in (room for named in spoken for room in named if rooms and room not in rooms):
        yield f"there is no speaker in '{room}'; rooms with one are {', '.join(rooms)}"


def _no_phone(settings: Settings, form: Spec) -> Iterator[str]:
    by_channel = isinstance(form, Ritual) and any(choice.channel == "phone" for choice in form.offer.channels)
    by_step = any(isinstance(step, NotifyStep) for _, step in steps(form))
    if (by_channel or by_step) and not any(partner.phone for partner in settings.partners):
        yield "it would write to your phones, but none is named; add phone: to each of the partners"


def _not_connected(settings: Settings, form: Spec) -> Iterator[str]:
    triggers = {type(trigger) for trigger in form.triggers}
    acts = {type(step) for _, step in steps(form)}
    if settings.mqtt is None and (MqttTrigger in triggers or MqttStep in acts):
        yield "it needs a broker, and there is no mqtt: section"
    if settings.homeassistant is None and EventTrigger in triggers:
        yield "it needs Home Assistant, and there is no homeassistant: section"


def _not_named(settings: Settings, form: Spec) -> Iterator[str]:
    """Yield scenes and tags that the household has not named. What comes with us does well without."""
    needed = form.name not in our_library().rituals_known
    tags = [t.tag for t in form.triggers if isinstance(t, CalledTrigger) and t.tag and _TAG_NAME.fullmatch(t.tag)]
    scenes = [step.scene for _, step in steps(form) if isinstance(step, SceneStep)]
    yield from _missing("tag", tags, settings.tags, "so scanning it does nothing", needed)
    therefore = "so that step is left out" if settings.mqtt is None else "so it is only told by MQTT"
    yield from _missing("scene", scenes, settings.scenes, therefore, needed)


def _missing(kind: str, names: Iterable[str], known: Iterable[str], therefore: str, needed: bool) -> Iterator[str]:
    there = tuple(known)
    for name in (name for name in names if name not in there):
        near = nearest(name, there)
        hint = f"did you mean '{near}'?" if near else f"add it under {kind}s:"
        if near or needed:
            yield f"the {kind} '{name}' is not known, {therefore}; {hint}"


def _switched_off(form: Spec, on: Container[str]) -> Iterator[str]:
    """To begin after a ritual that is off is no loss where it begins otherwise, too."""
    begins = any(not isinstance(t, CalledTrigger | RitualTrigger) or _is_on(t, on) for t in form.triggers)
    for (part, *_), name in rituals_named(form):
        if name not in on and not (begins and part == "triggers"):
            yield f"it has to do with the ritual '{name}', which is not switched on"


def _is_on(trigger: Trigger, on: Container[str]) -> bool:
    return isinstance(trigger, RitualTrigger) and trigger.ritual in on
