"""What may stand on a locked phone that somebody else picks up: that there is something for the two, and no more.

Every text of a notification comes from here, never from a ritual or a card.
"""

from __future__ import annotations

LOCK_SAFE: dict[str, tuple[str, ...]] = {
    "en": (
        "A moment for you two?",
        "Something small for the two of you.",
        "Whenever it suits you both.",
        "A little idea is waiting for you two.",
        "If you like: a few minutes together.",
    ),
    "de": (
        "Ein Moment für euch zwei?",
        "Eine Kleinigkeit für euch beide.",
        "Wann immer es euch beiden passt.",
        "Da wartet eine kleine Idee auf euch.",
        "Wenn ihr mögt: ein paar Minuten zu zweit.",
    ),
}


def lock_safe(language: str, number: int) -> str:
    """Return the text for a notification; `number` counts on, so that they take turns."""
    texts = LOCK_SAFE.get(language.partition("-")[0], LOCK_SAFE["en"])
    return texts[number % len(texts)]
