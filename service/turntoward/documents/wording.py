"""Plain words for each kind of error: what was found, what is expected, what to do.

The words of our own checks (durations, windows, entities ...) are with those checks and pass through unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import get_args
from zoneinfo import available_timezones

from pydantic import SecretStr
from pydantic_core import ErrorDetails

from turntoward.core.decks import NAME
from turntoward.core.texts import Text
from turntoward.documents.expectations import Spot, bare, fields_of, is_model, made_of
from turntoward.documents.hints import INSTEAD, MEANT, MOVED
from turntoward.documents.problems import nearest

_KINDS = {
    "string_type": "text", "path_type": "a path", "int_type": "a whole number", "int_parsing": "a whole number",
    "int_from_float": "a whole number", "int_parsing_size": "a whole number", "finite_number": "a whole number",
    "float_type": "a number", "float_parsing": "a number", "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list", "list_type": "a list", "dict_type": "settings ('name: value')",
    "model_type": "settings ('name: value')", "model_attributes_type": "settings ('name: value')",
}  # fmt: skip
_SHAPES = {NAME: "small letters, digits and _, a letter first"}
"""What fits a pattern, in words."""
_LONGEST_QUOTE = 40
_LONGEST_LIST = 20
_LONGEST_LIST_WITH_A_HINT = 8


def expected_kind(error_type: str) -> str | None:
    """Return what kind of value a type error expects: `text`, `a list` ...; None for other errors."""
    return _KINDS.get(error_type)


def in_words(error: ErrorDetails, spot: Spot) -> str:
    """Return what is wrong and what to do, in one sentence without jargon."""
    if kind := expected_kind(error["type"]):
        return mismatch(kind, error["input"], spot)
    if words := _WORDS.get(error["type"]):
        return words(error, spot)
    return _as_we_said_it(error)


def expectation(error: ErrorDetails, spot: Spot) -> str:
    """Return what is expected, without a word of what was found."""
    kind = expected_kind(error["type"])
    return f"; {kind} {_is(kind)} expected" if kind else _about(spot)


def name_meant(error: ErrorDetails, spot: Spot) -> str | None:
    """Return the setting that was probably meant by one that does not exist."""
    if error["type"] != "extra_forbidden":
        return None
    key = str(error["loc"][-1])
    return None if _moved(key, spot) else _meant(key, fields_of(spot.model))


def _as_we_said_it(error: ErrorDetails) -> str:
    """The words of our own checks; where they show a value, show it as it is written in a file."""
    message, shown = error["msg"].removeprefix("Value error, "), repr(error["input"])
    return message.replace(shown, _as_written(error["input"]), 1) if message.startswith(shown) else message


def _as_written(value: object) -> str:
    if value is None:
        return "an empty value"
    if isinstance(value, dict) and all(isinstance(v, str | int | float) for v in value.values()):
        return "{" + ", ".join(f"{key}: {_plain(v)}" for key, v in value.items()) + "}"
    return _quoted(value)


def _is(kind: str) -> str:
    return "are" if kind.startswith("settings") else "is"


def mismatch(kind: str, found: object, spot: Spot) -> str:
    """Say that another kind of value is expected."""
    if made_of(spot.expected, Text):  # people write a line, or several
        kind = "text, or a list of texts,"
    if found is None:
        return f"nothing is written here; {kind} {_is(kind)} expected{_about(spot)}"
    if bare(spot.expected)[0] is SecretStr:
        return f"{kind} is expected; put the value in quotation marks"
    words = f"{kind} {_is(kind)} expected, found {_quoted(found)}"
    if kind.startswith("text") and isinstance(found, bool | int | float):
        return f'{words}; put it in quotation marks: "{_plain(found)}"'
    if (tag_name := bare(spot.expected)[1]) and isinstance(found, str):
        return f"{words}; write '{tag_name}: {found[:_LONGEST_QUOTE]}'"
    if kind == "a list" and isinstance(found, dict | str):
        return f"{words}; {_as_list(found, spot)}"
    return words + _about(spot)


def _as_list(found: object, spot: Spot) -> str:
    item = get_args(bare(spot.expected)[0])[:1]
    if isinstance(found, str) and item and bare(item[0])[0] is str and re.fullmatch(r"[\w-]+", found):
        return f"write [{found}]"
    return "begin each item with '- '"


def _about(spot: Spot) -> str:
    if spot.field and spot.field.description:
        return f" ({spot.field.description})"
    expected = bare(spot.expected)[0]
    if is_model(expected):
        return f"; there are {', '.join(fields_of(expected))}"
    return ""


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _quoted(value: object) -> str:
    if isinstance(value, str):
        return f"'{value[:_LONGEST_QUOTE]}{'...' if len(value) > _LONGEST_QUOTE else ''}'"
    if isinstance(value, bool | int | float):
        return _plain(value)[:_LONGEST_QUOTE]
    if value is None:
        return "nothing"
    return "a list" if isinstance(value, list | tuple) else "settings"


def _meant(word: str, known: Iterable[str]) -> str | None:
    """Return the known word somebody probably meant by another one."""
    words = tuple(known)
    return _hinted(word, words) or nearest(word, words)


def _hinted(word: str, known: Iterable[str]) -> str | None:
    """An action of Home Assistant, `light.turn_on`, is meant by its domain."""
    hints = MEANT.get(word.casefold()) or (word.partition(".")[0], *MEANT.get(word.partition(".")[0], ()))
    return next((hint for hint in hints if hint in known), None)


def _unknown(word: str, what: str, known: Iterable[str]) -> str:
    words = tuple(known)
    if meant := _meant(word, words):
        return f"'{word}' is not {what}; did you mean '{meant}'?"
    listed = (
        f"; there {'are' if len(words) > 1 else 'is only'} {', '.join(words)}" if len(words) <= _LONGEST_LIST else ""
    )
    return f"'{word}' is not {what}{listed}"


def _unknown_key(error: ErrorDetails, spot: Spot) -> str:
    key, names = str(error["loc"][-1]), fields_of(spot.model)
    if moved := _moved(key, spot):
        return f"'{key}' is not a setting here; {moved}"
    return _unknown(key, "a setting here", names)


def _moved(key: str, spot: Spot) -> str:
    """Say where a setting belongs that exists, but elsewhere; empty where it does not."""
    if moved := MOVED.get(".".join(map(str, spot.keys[-2:]))):
        return f"write it as {moved}"
    if _hinted(key, fields_of(spot.model)):
        return ""
    for name, field in fields_of(spot.model).items():
        inner = bare(field.annotation)[0]
        if is_model(inner) and key in fields_of(inner):
            return f"it belongs below '{name}:'"
    outer = next((model for model in reversed(spot.models[:-1]) if key in fields_of(model)), None)
    return "it is indented too deep and belongs further left" if outer else ""


def _missing(error: ErrorDetails, spot: Spot) -> str:
    return f"'{error['loc'][-1]}' is missing{_about(spot)}"


def _article(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"


def _words_in(listed: object) -> list[str]:
    """pydantic tells the words that would fit as one text: `'speaker' or 'tile'`."""
    return re.findall(r"'([^']*)'", str(listed))


def _unknown_tag(error: ErrorDetails, spot: Spot) -> str:
    name = _words_in(error["ctx"]["discriminator"])[0]
    written, known = error["input"][name], _words_in(error["ctx"]["expected_tags"])
    return _unknown(written, _article(name), known) if isinstance(written, str) else _one_of(known, written)


def _no_tag(error: ErrorDetails, spot: Spot) -> str:
    name = _words_in(error["ctx"]["discriminator"])[0]
    keys = list(error["input"]) if isinstance(error["input"], dict) else []
    wrong = next((key for key in keys if _meant(key, [name])), None)
    hint = f"; did you mean that by '{wrong}:'?" if wrong else f"; each begins with '{name}: ...'"
    return f"'{name}' is missing{hint}"


def _no_choice(error: ErrorDetails, spot: Spot) -> str:
    words = _words_in(error["ctx"]["expected"])
    if not isinstance(error["input"], str):
        return _one_of(words, error["input"])
    if instead := INSTEAD.get((str(spot.keys[-1]), error["input"])) if spot.keys else None:
        return f"{_quoted(error['input'])} is not one of {', '.join(words)}; {instead}"
    meant = _meant(error["input"], words)
    if meant and len(words) > _LONGEST_LIST_WITH_A_HINT:
        return f"{_quoted(error['input'])} is not known here; did you mean '{meant}'?"
    hint = f"; did you mean '{meant}'?" if meant else ""
    return f"{_quoted(error['input'])} is not one of {', '.join(words)}{hint}"


def _one_of(words: Iterable[str], found: object) -> str:
    return f"one of {', '.join(words)} is expected, found {_quoted(found)}"


def _no_zone(error: ErrorDetails, spot: Spot) -> str:
    # names without a slash are abbreviations: CEST is near EST, but an ocean away
    by_city = {zone.rpartition("/")[2]: zone for zone in sorted(available_timezones()) if "/" in zone}
    written = str(error["input"]).strip().replace(" ", "_")
    near = by_city.get(written.title()) or nearest(written, by_city.values())
    hint = f"did you mean '{near}'?" if near else "write a name like Europe/Berlin"
    return f"{_quoted(error['input'])} is not a time zone; {hint}"


def _bound(words: str, key: str) -> Callable[[ErrorDetails, Spot], str]:
    return lambda error, spot: f"{_quoted(error['input'])} is {words} {error['ctx'][key]:g}"


def _pattern(error: ErrorDetails, spot: Spot) -> str:
    shape = _SHAPES.get(error["ctx"]["pattern"], "letters, digits, _ and no space")
    return f"{_quoted(error['input'])} does not fit here; expected: {shape}"


def _no_day(error: ErrorDetails, spot: Spot) -> str:
    return f"{_quoted(error['input'])} is not a day; write one like 2026-12-31"


_WORDS: dict[str, Callable[[ErrorDetails, Spot], str]] = {
    "missing": _missing,
    "extra_forbidden": _unknown_key,
    "union_tag_invalid": _unknown_tag,
    "union_tag_not_found": _no_tag,
    "literal_error": _no_choice,
    "zone": _no_zone,
    "string_pattern_mismatch": _pattern,
    "greater_than_equal": _bound("too small; the smallest is", "ge"),
    "greater_than": _bound("too small; it has to be more than", "gt"),
    "less_than_equal": _bound("too large; the largest is", "le"),
    "date_from_datetime_parsing": _no_day,
    "date_from_datetime_inexact": _no_day,
    "date_parsing": _no_day,
    "date_type": _no_day,
    "string_too_short": lambda _error, _spot: "the text is empty; write something, or delete the line",
    "string_too_long": lambda error, _spot: f"the text is too long; {error['ctx']['max_length']} characters at most",
}
