"""The step in which the first rituals are chosen: two or three are enough to begin with."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from turntoward.core.rules import Ritual
from turntoward.rulebook import our_library
from turntoward.setup.asking import Asker, Option, choose, yes

TO_BEGIN_WITH = ("reunion_hug", "evening_checkin")
EASY_TO_KEEP = 3


def known() -> Mapping[str, Ritual]:
    """Return the rituals of both, those that are good to begin with first."""
    rituals = {name: entry.ritual for name, entry in our_library().entries.items() if not entry.ritual.private}
    return {name: rituals[name] for name in dict.fromkeys((*TO_BEGIN_WITH, *rituals))}


def rituals(asker: Asker, language: str, before: Collection[str] | None = None) -> tuple[str, ...]:
    """Ask which are to be on. `before`: those that are on now; others than ours stay out of it."""
    wanted = TO_BEGIN_WITH if before is None else before
    asker.say("Which rituals do you want to begin with? Two or three are easiest to keep; the others can wait.")
    options = [
        Option(name, f"{ritual.named(language)} ({name}): {about(ritual, language)}", name in wanted)
        for name, ritual in known().items()
    ]
    while True:
        chosen = tuple(option.id for option in choose(asker, "rituals", "Rituals?", options))
        question = f"{len(chosen)} at once is a lot to get used to. Take them all?"
        if len(chosen) <= max(EASY_TO_KEEP, len(before or ())) or yes(asker, "many_rituals", question):
            return chosen
        asker.refuse("rituals", "choose two or three")


def about(ritual: Ritual, language: str) -> str:
    """Say in one sentence what a ritual is."""
    told = ritual.about
    text = told if isinstance(told, str) else told.get(language) or next(iter(told.values()), "")
    return text.partition(". ")[0].rstrip(".")
