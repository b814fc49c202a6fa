"""What a text in a rule may say, which line it is in a language, and how a clock is read aloud."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from turntoward.core.texts import TEXT_NAMES, Lines, Text, filled, in_language, spoken_time

LINES: TypeAdapter[dict[str, tuple[Text, ...]]] = TypeAdapter(Lines)


def lines(say: object) -> dict[str, tuple[Text, ...]]:
    return LINES.validate_python(say)


@pytest.mark.parametrize(
    "line",
    [
        "{name}",
        "{}",
        "{0}",
        "{couple.x}",
        "{couple[0]}",
        "{couple!r}",
        "{couple!x}",
        "{couple:d}",
        "{until:%H}",
        "{Turn}",
    ],
)
def test_a_line_has_no_other_names(line: str) -> None:
    with pytest.raises(ValidationError, match=r"is not a name for texts; there is \{couple\}, \{turn\}"):
        lines([line])


@pytest.mark.parametrize("line", ["{couple", "couple}", "{couple!}", "{couple!xy}"])
def test_a_line_with_a_lone_brace(line: str) -> None:
    with pytest.raises(ValidationError, match="a lone brace is in this text"):
        lines([line])


@pytest.mark.parametrize("line", ["{nobody}", "{couple"])
def test_the_form_for_reading_is_looked_at_too(line: str) -> None:
    with pytest.raises(ValidationError, match=r"is not a name for texts|a lone brace"):
        Text(say="Hello", read=line)


@pytest.mark.parametrize("line", ["", "x" * 241])
def test_a_line_is_neither_empty_nor_a_speech(line: str) -> None:
    with pytest.raises(ValidationError, match="String should have at"):
        lines([line])


@given(
    st.lists(
        st.sampled_from([*(f"{{{name}}}" for name in TEXT_NAMES), "{{", "}}", "Hi ", "?"]), min_size=1, max_size=12
    )
)
def test_a_line_that_was_accepted_can_be_said(parts: list[str]) -> None:
    ((text,),) = lines(["".join(parts)]).values()
    said = filled(text, {name: name.upper() for name in TEXT_NAMES}, {name: name.title() for name in TEXT_NAMES})
    for name in TEXT_NAMES:
        assert said.say.count(name.upper()) == said.read.count(name.title()) == parts.count(f"{{{name}}}")
    assert said.say.count("{") == parts.count("{{")


def test_what_is_filled_in_may_hold_braces() -> None:
    said = filled(Text(say="Now: {card}", read="{card}!"), {"card": "{couple} {"}, {"card": "}"})
    assert (said.say, said.read) == ("Now: {couple} {", "}!")


def test_left_out_it_is_read_as_it_is_spoken() -> None:
    assert Text(say="Ten minutes?").read == "Ten minutes?"
    assert Text(say="Ten minutes?", read="10 minutes?").read == "10 minutes?"


@pytest.mark.parametrize(
    ("say", "meant"),
    [
        ("Hi", {"": [("Hi", "Hi")]}),
        ({"say": "Ten", "read": "10"}, {"": [("Ten", "10")]}),
        (["Hi", {"say": "Ten", "read": "10"}], {"": [("Hi", "Hi"), ("Ten", "10")]}),
        (
            {"en": "Hi", "de": ["Hallo", "Servus"]},
            {"en": [("Hi", "Hi")], "de": [("Hallo", "Hallo"), ("Servus", "Servus")]},
        ),
        ({"en": {"say": "Ten", "read": "10"}}, {"en": [("Ten", "10")]}),
        ({}, {}),
    ],
)
def test_the_ways_to_write_lines(say: object, meant: dict[str, list[tuple[str, str]]]) -> None:
    read = lines(say)
    assert {language: [(t.say, t.read) for t in texts] for language, texts in read.items()} == meant
    assert lines(LINES.dump_python(read, mode="json")) == read


@pytest.mark.parametrize(
    "say", [5, None, [5], [["Hi"]], {"en": 5}, {"en": {"read": "10"}}, {"say": "Hi", "raed": "Hi"}]
)
def test_no_lines(say: object) -> None:
    with pytest.raises(ValidationError):
        lines(say)


@pytest.mark.parametrize(
    ("say", "language", "line"),
    [
        ({"en": ["Hello"], "de": ["Hallo"]}, "de", "Hallo"),
        ({"en": ["Hello"], "de": ["Hallo"]}, "de-AT", "Hallo"),
        ({"en": ["Hello"], "de": ["Hallo"], "de-AT": ["Servus"]}, "de-AT", "Servus"),
        ({"en": ["Hello"], "de": ["Hallo"]}, "fr", "Hello"),
        ({"de": ["Hallo"]}, "fr", "Hallo"),
        (["Hi"], "fr", "Hi"),
        ("Hi", "de", "Hi"),
        ({"en": [], "de": ["Hallo"]}, "en", "Hallo"),
    ],
)
def test_the_lines_of_a_language(say: Any, language: str, line: str) -> None:
    assert [text.say for text in in_language(lines(say), language)] == [line]


def test_without_lines_there_is_nothing_to_say() -> None:
    assert in_language({}, "en") == ()
    assert in_language({"en": ()}, "en") == ()


@pytest.mark.parametrize(
    ("clock", "english", "german"),
    [
        ("00:00", "midnight", "null Uhr"),
        ("01:00", "one o'clock", "ein Uhr"),
        ("01:01", "one oh one", "ein Uhr eins"),
        ("07:05", "seven oh five", "sieben Uhr fünf"),
        ("18:40", "eighteen forty", "achtzehn Uhr vierzig"),
        ("21:21", "twenty one twenty one", "einundzwanzig Uhr einundzwanzig"),
        ("12:16", "twelve sixteen", "zwölf Uhr sechzehn"),
        ("23:59", "twenty three fifty nine", "dreiundzwanzig Uhr neunundfünfzig"),
    ],
)
def test_a_clock_read_aloud(clock: str, english: str, german: str) -> None:
    assert spoken_time(time.fromisoformat(clock), "en") == english
    assert spoken_time(time.fromisoformat(clock), "de") == german


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_minute_has_words_of_its_own_and_no_digits(language: str) -> None:
    said = [spoken_time(time(minute // 60, minute % 60), language) for minute in range(24 * 60)]
    assert len(set(said)) == len(said)
    assert all(re.fullmatch(r"[^\W\d_]+(?:[ '][^\W\d_]+)*", words) for words in said)
