"""The words on buttons of messages: an answer to "A moment for you two?", short enough for three beside each other.

They stand on a lock screen, so none of them may tell which ritual it is about, or anything of one of the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from turntoward.core.events import Answer

CHANNEL = "Turntoward"
"""The channel of Android's settings for what may make a sound."""

_QUIET_CHANNEL: Mapping[str, str] = {"en": "Turntoward, quietly", "de": "Turntoward, leise"}

_TITLES: Mapping[str, Mapping[Answer, str]] = {
    "en": {
        "start": "Yes, let's",
        "done": "We did it",
        "later": "Later",
        "not_today": "Not today",
        "stop": "That's it",
        "another": "Another one",
        "enough": "Enough for now",
        "accept": "Yes, gladly",
        "other_slot": "Another time",
        "skip": "Not this time",
        "swap": "Swap turns",
        "keep": "Keep it",
        "change": "Change it",
        "drop": "Let it go",
        "share": "Write a line",
    },
    "de": {
        "start": "Ja, machen wir",
        "done": "Haben wir",
        "later": "Später",
        "not_today": "Heute nicht",
        "stop": "Das war's",
        "another": "Noch eine",
        "enough": "Reicht für jetzt",
        "accept": "Ja, gern",
        "other_slot": "Andere Zeit",
        "skip": "Diesmal nicht",
        "swap": "Tauschen",
        "keep": "Bleibt so",
        "change": "Ändern",
        "drop": "Loslassen",
        "share": "Etwas schreiben",
    },
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The words around a line that is typed into a message."""

    send: str
    placeholder: str


_ASKED: Mapping[str, Asked] = {
    "en": Asked("Share", "For both of you to read"),
    "de": Asked("Teilen", "Ihr könnt es beide lesen"),
}


def title(answer: Answer, language: str) -> str:
    """Return what stands on the button of an answer."""
    return _TITLES[_known(language)][answer]


def asked(language: str) -> Asked:
    """Return the words around a line that somebody is to type."""
    return _ASKED[_known(language)]


def quiet_channel(language: str) -> str:
    """Return the channel of Android's settings for what makes no sound."""
    return _QUIET_CHANNEL[_known(language)]


def _known(language: str) -> str:
    short = language.partition("-")[0]
    return short if short in _TITLES else "en"
