"""What stands in a message: text or JSON, of a size that is fit for reading. What it means is in `meaning`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

MAX_BYTES = 4096
MAX_TEXT = 255
SHOWN = 40


def line(payload: bytes, keys: tuple[str, ...]) -> str:
    """Return what a payload says, as one line of text. Raises ValueError, whose message says what is wrong with it."""
    said = decoded(payload)
    if said[:1] in ("{", "[", '"'):
        said = _from_json(said, keys)
    if len(said) > MAX_TEXT or not said.isprintable():
        raise ValueError(f"more than {MAX_TEXT} characters, or several lines")
    return said


def fields(payload: bytes, key: str) -> Mapping[str, Any]:
    """Return JSON with `key` and perhaps more; a plain text stands for that key alone. Raises ValueError."""
    said = decoded(payload)
    found = _loaded(said) if said.startswith("{") else {key: line(payload, (key,))}
    if key not in found or isinstance(found[key], dict | list):
        raise ValueError(f"JSON without {key!r}")
    return dict(found)


def decoded(payload: bytes) -> str:
    """Return a payload as text. Raises ValueError."""
    if len(payload) > MAX_BYTES:
        raise ValueError(f"more than {MAX_BYTES} bytes")
    try:
        return payload.decode().strip()
    except UnicodeDecodeError:
        raise ValueError("no UTF-8 text") from None


def _loaded(text: str) -> Any:
    try:
        found = json.loads(text)
        # Half an emoji, as JSON has it where a text was cut, can be written down nowhere: it becomes a question mark.
        return json.loads(json.dumps(found, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):
        raise ValueError("broken JSON") from None


def _from_json(text: str, keys: tuple[str, ...]) -> str:
    value = _loaded(text)
    if isinstance(value, dict):
        value = next((value[key] for key in keys if key in value), value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        raise ValueError(f"JSON without {' or '.join(map(repr, keys))}")
    return "" if value is None else str(value).strip()


def beginning(payload: bytes) -> str:
    """Return what may be shown of a payload in a log."""
    return payload[: SHOWN * 4].decode(errors="replace")[:SHOWN]
