"""The buttons of an offer, and the tokens by which their answers come back. A token cannot be guessed.

A token belongs to one answer of one offer. When the offer is answered, put off, taken back or over, it answers nothing.
"""

from __future__ import annotations

import hashlib

from turntoward.core.actions import Button
from turntoward.core.events import Answer
from turntoward.core.rules import Ritual
from turntoward.core.state import Occasion

_MOVES_ON: tuple[Answer, ...] = ("accept", "start", "done")
_LATER: tuple[Answer, ...] = ("later", "other_slot")
_IN_BETWEEN: tuple[Answer, ...] = (*_LATER, "share")
_NOT_TODAY: tuple[Answer, ...] = ("not_today", "skip")
_NEED_THE_TILE: tuple[Answer, ...] = ("another", "enough", "stop")
"""They are about what somebody has before the eyes, or is doing."""
_BYTES = 16


def for_phone(seed: int, ritual: Ritual, occasion: Occasion) -> tuple[Button, ...]:
    """Return the buttons of a message: what moves it on, later (or a line for both), not today, then the others."""
    left = _left(ritual, occasion)
    first = _firsts(left, _IN_BETWEEN)
    others = (a for a in left if a not in first and a not in _NEED_THE_TILE)
    return tuple(_button(seed, occasion, answer) for answer in (*first, *others))


def for_voice(seed: int, ritual: Ritual, occasion: Occasion) -> tuple[Button, ...]:
    """Return what may be answered aloud to an offer: yes, later, not today."""
    return tuple(_button(seed, occasion, answer) for answer in _firsts(_left(ritual, occasion), _LATER))


def meant(seed: int, ritual: Ritual, occasion: Occasion, token: str) -> Answer | None:
    """Return the answer a token stands for, if it belongs to this occasion as it is offered now."""
    if occasion.phase != "offered":
        return None
    return next((answer for answer in ritual.answers if _token(seed, occasion, answer) == token), None)


def _left(ritual: Ritual, occasion: Occasion) -> tuple[Answer, ...]:
    """Leave out what cannot be done any more: it is put off once."""
    return tuple(answer for answer in ritual.answers if not (occasion.postponed and answer in _LATER))


def _firsts(answers: tuple[Answer, ...], in_between: tuple[Answer, ...]) -> tuple[Answer, ...]:
    found = (_first_of(group, answers) for group in (_MOVES_ON, in_between, _NOT_TODAY))
    return tuple(answer for answer in found if answer is not None)


def _first_of(group: tuple[Answer, ...], there: tuple[Answer, ...]) -> Answer | None:
    return next((answer for answer in group if answer in there), None)


def _button(seed: int, occasion: Occasion, answer: Answer) -> Button:
    return Button(answer, _token(seed, occasion, answer))


def _token(seed: int, occasion: Occasion, answer: Answer) -> str:
    about = f"{occasion.id} {occasion.asked} {answer}"
    return hashlib.blake2b(about.encode(), key=str(seed).encode(), digest_size=_BYTES).hexdigest()
