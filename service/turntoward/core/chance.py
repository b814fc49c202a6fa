"""What is left to chance, drawn so that the same draw comes out again. Nothing here asks a generator."""

from __future__ import annotations

import hashlib


def drawn(seed: int, *about: object) -> float:
    """Return a number in [0, 1) for a household (`seed`) and a matter: a ritual, a day, an occasion."""
    text = " ".join(str(part) for part in (seed, *about))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") / 2**48
