"""Texts in rules: by language, in turn, each with a form for speaking and one for reading.

Which words a ritual has is in `rules/`; no words for people are written here but the clock's, which have to be spoken.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from datetime import time
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core.model import Model

_LANGUAGE = re.compile(r"([a-z]{2}(-[A-Z]{2})?)?")
TEXT_NAMES = ("couple", "turn", "other", "card", "until", "ritual")
"""What may stand in {braces} in a text: both names; whose turn it is, and the other one; the card that was drawn; the
time at which it ends; the title of the ritual that is spoken of.
"""


def _in_braces(line: str) -> Iterator[str]:
    """Yield what stands in braces, with what follows the name: {couple!x} and {couple:d} are no names either."""
    for _, name, form, conversion in string.Formatter().parse(line):
        if name is not None:
            yield name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")


def _known_names_only(line: str) -> str:
    try:
        names = list(_in_braces(line))
    except ValueError:
        raise PydanticCustomError("text", "a lone brace is in this text; write {{ or }} for a real one", {}) from None
    for name in names:
        if name not in TEXT_NAMES:
            known = ", ".join(f"{{{name}}}" for name in TEXT_NAMES)
            raise PydanticCustomError(
                "text",
                "{name} is not a name for texts; there is {known}",
                {"name": f"'{{{name}}}'", "known": known},
            )
    return line


Line = Annotated[str, Field(min_length=1, max_length=240), AfterValidator(_known_names_only)]


class Text(Model):
    """One line, as it is spoken and as it is read. Left out, it is read as it is spoken."""

    say: Line
    read: Line = ""

    @model_validator(mode="after")
    def _is_read_as_it_is_spoken(self) -> Self:
        if not self.read:
            object.__setattr__(self, "read", self.say)  # frozen for everybody else
        return self


def _text(value: object) -> object:
    return {"say": value} if isinstance(value, str) else value


TextOrLine = Annotated[Text, BeforeValidator(_text, json_schema_input_type=Line | Text)]


def _by_language(value: object) -> object:
    """A plain list, or a single line, means the household's language."""
    if isinstance(value, str) or (isinstance(value, Mapping) and "say" in value):
        return {"": [value]}
    if isinstance(value, list | tuple):
        return {"": value}
    if isinstance(value, Mapping):
        return {
            key: [v] if isinstance(v, str) or (isinstance(v, Mapping) and "say" in v) else v for key, v in value.items()
        }
    return value


def _language(key: str) -> str:
    if not _LANGUAGE.fullmatch(key):
        raise PydanticCustomError(
            "language", "{found} is not a language; write two letters: en, de", {"found": repr(key)}
        )
    return key


Language = Annotated[str, AfterValidator(_language)]
_LinesInput = Line | Text | tuple[TextOrLine, ...]
Lines = Annotated[
    dict[Language, tuple[TextOrLine, ...]],
    BeforeValidator(_by_language, json_schema_input_type=_LinesInput | dict[str, _LinesInput]),
]
"""Lines by language, used in turn."""


def in_language(lines: Mapping[str, tuple[Text, ...]], language: str) -> tuple[Text, ...]:
    """Return the lines in a language: its own, the household's unnamed ones, English, or whatever there is."""
    for key in (language, language.partition("-")[0], "", "en"):
        if lines.get(key):
            return lines[key]
    return next((some for some in lines.values() if some), ())


def filled(text: Text, spoken: Mapping[str, str], read: Mapping[str, str]) -> Text:
    """Return a text with its names filled in, those of each form by its own words."""
    return Text.model_construct(say=text.say.format_map(spoken), read=text.read.format_map(read))


_ENGLISH = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_ENGLISH_TENS = ("", "", "twenty", "thirty", "forty", "fifty")
_GERMAN = (
    "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf",
    "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
)  # fmt: skip
_GERMAN_TENS = ("", "", "zwanzig", "dreißig", "vierzig", "fünfzig")


def spoken_time(clock: time, language: str) -> str:
    """Return a time of day in words: `eighteen forty`, `achtzehn Uhr vierzig`."""
    if language == "de":
        hour = "ein" if clock.hour == 1 else _german(clock.hour)
        return f"{hour} Uhr {_german(clock.minute)}" if clock.minute else f"{hour} Uhr"
    if not clock.minute:
        return f"{_english(clock.hour)} o'clock" if clock.hour else "midnight"
    oh = "oh " if clock.minute < 10 else ""
    return f"{_english(clock.hour)} {oh}{_english(clock.minute)}"


def spoken_minutes(minutes: int, language: str) -> str:
    """Return some minutes in words, fewer than 60 of them: `ten minutes`, `zehn Minuten`."""
    if language == "de":
        return "eine Minute" if minutes == 1 else f"{_german(minutes)} Minuten"
    return "one minute" if minutes == 1 else f"{_english(minutes)} minutes"


def _english(number: int) -> str:
    if number < 20:
        return _ENGLISH[number]
    tens, ones = divmod(number, 10)
    return f"{_ENGLISH_TENS[tens]} {_ENGLISH[ones]}" if ones else _ENGLISH_TENS[tens]


def _german(number: int) -> str:
    if number < 20:
        return _GERMAN[number]
    tens, ones = divmod(number, 10)
    return f"{'ein' if ones == 1 else _GERMAN[ones]}und{_GERMAN_TENS[tens]}" if ones else _GERMAN_TENS[tens]
