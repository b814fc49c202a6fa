"""What is said to somebody who asked aloud: one short sentence on what came of it, in the household's language.

Who asked is not known. Home Assistant remembers every reply, so one about a break is one that is often given.
No ritual's own words are here; those are in its file.
"""

from __future__ import annotations

from datetime import timedelta

from turntoward.core import civil
from turntoward.core.actions import Reply
from turntoward.core.draft import Asked, Draft
from turntoward.core.rule_steps import TileStep
from turntoward.core.rules import Ritual
from turntoward.core.state import Occasion
from turntoward.core.texts import spoken_minutes, spoken_time
from turntoward.core.trace import TraceEntry

_WORTH = timedelta(seconds=10)
"""Whoever asked waits no longer for an answer."""

_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "all_right": "All right.",
        "started": "{title}. The time is yours.",
        "started_for": "{title}, for {span}. The time is yours.",
        "started_until": "{title}, until {until}. The time is yours.",
        "done": "Lovely.",
        "shared": "Lovely. It is there for both of you.",
        "postponed": "Later it is.",
        "declined": "All right, another time.",
        "swapped": "All right, {turn} is next.",
        "nothing_on": "Nothing is on at the moment.",
        "not_on": "{title} is not on at the moment.",
        "not_agreed": "The rituals rest until you have both agreed.",
        "already_running": "It is already on.",
        "no_such_ritual": "That is not among your rituals at the moment.",
        "not_an_answer": "That does not fit this one: {title}.",
        "no_new_card": "You have seen all of them lately.",
        "nothing_shared": "There were no words in it yet.",
        "nothing_to_review": "There is nothing to look back on just now.",
    },
    "de": {
        "all_right": "In Ordnung.",
        "started": "{title}. Die Zeit gehört euch.",
        "started_for": "{title}, {span}. Die Zeit gehört euch.",
        "started_until": "{title}, bis {until}. Die Zeit gehört euch.",
        "done": "Schön.",
        "shared": "Schön. Es steht für euch beide da.",
        "postponed": "Gut, dann später.",
        "declined": "In Ordnung, ein andermal.",
        "swapped": "In Ordnung, jetzt ist {turn} dran.",
        "nothing_on": "Gerade ist nichts dran.",
        "not_on": "Das ist gerade nicht dran: {title}.",
        "not_agreed": "Die Rituale ruhen, bis ihr beide zugestimmt habt.",
        "already_running": "Das läuft schon.",
        "no_such_ritual": "Das gehört gerade nicht zu euren Ritualen.",
        "not_an_answer": "Das passt hier nicht: {title}.",
        "no_new_card": "Ihr hattet alle erst vor Kurzem.",
        "nothing_shared": "Es standen noch keine Worte darin.",
        "nothing_to_review": "Gerade gibt es nichts, worauf ihr zurückblicken könntet.",
    },
}

_SAID_OF: dict[str, str] = {
    "started": "all_right",
    "done": "done",
    "postponed": "postponed",
    "declined": "declined",
    "swapped": "swapped",
    "expired": "declined",
    "stopped": "all_right",
}
"""By the step that was taken."""
_SAID_TO: dict[str, str] = {
    "nothing_on": "nothing_on",
    "nothing_runs": "not_on",
    "nothing_to_postpone": "not_on",
    "not_agreed": "not_agreed",
    "already_running": "already_running",
    "no_such_ritual": "no_such_ritual",
    "not_an_answer": "not_an_answer",
    "no_turns": "not_an_answer",
    "no_new_card": "no_new_card",
    "nothing_shared": "nothing_shared",
    "nothing_to_review": "nothing_to_review",
}
"""By the reason for which nothing was done. What is not here is a break, or a second tap, and is told alike."""


def give(draft: Draft) -> None:
    """Reply to whoever waits for it, after everything has been decided."""
    asked = draft.asked
    if asked is None:
        return
    occasion = draft.state.occasions.get(asked.ritual)
    key, until = f"reply-{draft.state.counter}", draft.now + _WORTH
    text = _text(draft, asked, occasion)
    draft.actions.append(Reply(key, asked.ritual, occasion.id if occasion else "", asked.by, text, until))


def _text(draft: Draft, asked: Asked, occasion: Occasion | None) -> str:
    words = _WORDS.get(draft.household.language, _WORDS["en"])
    ritual = draft.book.rituals.get(asked.ritual)
    if not draft.household.both_agreed:  # both can see that, and a break that does not begin must not seem to
        return words["not_agreed"]
    if asked.ritual in draft.book.fleeting:
        return words["all_right"]
    told = [e for e in draft.trace[asked.since :] if e.ritual == asked.ritual]
    if ritual is not None and occasion is not None and occasion.runs and _begun_or_another(asked, told):
        return _of_what_runs(draft, ritual, occasion, words)
    if asked.answer == "another" and not told and occasion is not None:
        return occasion.card[0] or words["all_right"]
    title = _title(ritual, draft.household.language) if ritual else ""
    turn = draft.household.name_of(draft.state.turns.get(asked.ritual, ""))
    key = _which(asked, told)
    if key == "not_on" and occasion is not None and occasion.runs:
        key = "already_running"
    return words[key].format(title=title, turn=turn)


def _begun_or_another(asked: Asked, told: list[TraceEntry]) -> bool:
    return any(entry.step == "started" for entry in told) or (asked.answer == "another" and not told)


def _which(asked: Asked, told: list[TraceEntry]) -> str:
    for entry in told:
        if entry.step in ("refused", "void"):
            return _SAID_TO.get(entry.reason, "all_right")
        if entry.step in _SAID_OF:
            return "shared" if asked.answer == "share" and entry.step == "done" else _SAID_OF[entry.step]
    return "all_right"


def _of_what_runs(draft: Draft, ritual: Ritual, occasion: Occasion, words: dict[str, str]) -> str:
    """A card or a question that was asked for is the whole reply; else what runs now, and for how long."""
    if ritual.offer.reviews:
        return occasion.text
    if occasion.card[0] and _is_about_cards(ritual):
        return occasion.card[0]
    title = _title(ritual, draft.household.language)
    lasts = occasion.ends_at - draft.now if occasion.ends_at and ritual.run.lasts else timedelta()
    minutes = round(lasts / timedelta(minutes=1))
    if minutes < 1 or occasion.ends_at is None:
        return words["started"].format(title=title)
    if minutes < 60:
        return words["started_for"].format(title=title, span=spoken_minutes(minutes, draft.household.language))
    clock = civil.local(occasion.ends_at, draft.household.time_zone).time()
    return words["started_until"].format(title=title, until=spoken_time(clock, draft.household.language))


def _title(ritual: Ritual, language: str) -> str:
    """Return what a ritual is called within a sentence: one that is a question must not end it."""
    return ritual.named(language).rstrip("?")


def _is_about_cards(ritual: Ritual) -> bool:
    shown = [step.card for step in ritual.run.steps if isinstance(step, TileStep)] or [ritual.offer.card]
    return any(shown) and ("another" in ritual.answers or ritual.offer.card is not None)
