"""Files of every kind: whatever is in them, the answer is a document or Problems."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from turntoward.core.decks import Deck
from turntoward.core.rules import Ritual, Rule
from turntoward.core.scenario import Scenario
from turntoward.documents import Document, Problem, Problems, nearest, read, validated
from turntoward.documents.expectations import bare, fields_of, is_model
from turntoward.documents.reading import LARGEST_FILE
from turntoward.settings import Settings

JARGON = ("Input should", "Field required", "Extra inputs", "Value error", "pydantic", "NoneType", "tuple[")
T = TypeVar("T")
ODD = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def document_of(folder: Path, content: str | bytes) -> Document:
    path = folder / "file.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(path)


def words_for(folder: Path, content: str | bytes) -> str:
    with pytest.raises(Problems) as raised:
        document_of(folder, content)
    return str(raised.value)


def test_texts_that_other_readers_change_stay_what_they_are(tmp_path: Path) -> None:
    data = document_of(tmp_path, "a: 22:30\nb: NO\nc: on\nd: 2026-11-19 17:00\ne: 2026-11-19\nf: 1:2:3\n").data
    assert data == {"a": "22:30", "b": "NO", "c": "on", "d": "2026-11-19 17:00", "e": "2026-11-19", "f": "1:2:3"}


def test_numbers_and_their_like(tmp_path: Path) -> None:
    text = "a: 09\nb: -0x1F\nc: 0o17\nd: 1_000\ne: 1.5\nf: -.inf\ng: true\nh: ~\ni:\nj: '5'\nk: =\nl: 1e3\n"
    data = document_of(tmp_path, text).data
    inf = float("-inf")
    assert list(data.values()) == [9, -31, 15, 1000, 1.5, inf, True, None, None, "5", "=", 1000.0]


def test_places_are_those_of_keys_and_items(tmp_path: Path) -> None:
    document = document_of(tmp_path, "# first\na:\n  - b: 1\n    c: [x, {d: 2}]\n")
    assert dict(document.places) == {
        (): (1, 1),
        ("a",): (2, 1),
        ("a", 0): (3, 5),
        ("a", 0, "b"): (3, 5),
        ("a", 0, "c"): (4, 5),
        ("a", 0, "c", 0): (4, 9),
        ("a", 0, "c", 1): (4, 12),
        ("a", 0, "c", 1, "d"): (4, 13),
    }


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    document = document_of(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert document.data == {"a": 1, "b": 2}
    assert document.places["b",] == (2, 1)


@pytest.mark.parametrize("line", ["a: {en: Hello, you two, de: Hallo}", "a: {en: Hallo, ihr zwei}"])
def test_a_comma_in_a_text_without_quotation_marks_is_explained(tmp_path: Path, line: str) -> None:
    words = words_for(tmp_path, line)
    assert words.endswith("is part of a text, which needs quotation marks")
    assert ":1:16: a." in words


def test_names_without_a_value_may_stand_in_braces(tmp_path: Path) -> None:
    assert document_of(tmp_path, "a: {b, c: }\n").data == {"a": {"b": None, "c": None}}


def test_aliases_are_written_out(tmp_path: Path) -> None:
    assert document_of(tmp_path, "a: &x {b: [1]}\nc: *x\n").data == {"a": {"b": [1]}, "c": {"b": [1]}}


def test_a_problem_below_what_the_file_has_is_told_at_the_nearest_place(tmp_path: Path) -> None:
    problem = document_of(tmp_path, "a:\n  b: 1\n").problem(("a", "b", "c", 3), "is odd")
    assert (problem.line, problem.column, problem.path) == (2, 3, "a.b")


def test_a_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "household.yml").write_text("a: 1\n")
    with pytest.raises(Problems, match=r"^household\.yaml: there is no such file; did you mean household\.yml\?$"):
        read(Path("household.yaml"))


def test_a_folder_a_pipe_and_a_large_file(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="this is a folder"):
        read(tmp_path)
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(Problems, match="not a plain file"):
        read(tmp_path / "pipe.yaml")
    assert f"{LARGEST_FILE + 4} bytes" in words_for(tmp_path, b"a: " + b"x" * (LARGEST_FILE + 1))
    assert len(document_of(tmp_path, b"a: " + b"x" * (LARGEST_FILE - 3)).data["a"]) == LARGEST_FILE - 3


@pytest.fixture
def somebody_else() -> Iterator[None]:
    """Root may read everything, so become nobody for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_may_not_be_read(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = tmp_path / "file.yaml"
    path.write_text("a: 1\n")
    path.chmod(0)
    request.getfixturevalue("somebody_else")
    with pytest.raises(Problems, match="may not be read by this user"):
        read(path)


def test_a_path_outside_the_current_folder_is_shown_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert words_for(tmp_path, "").startswith(f"{tmp_path}/file.yaml:1:1: the file is empty")


def test_a_secret_comes_from_the_file_beside(tmp_path: Path) -> None:
    (tmp_path / "secrets.yaml").write_text("number: 1234\nword: 'geheim'\n")
    document = document_of(tmp_path, "a: !secret word\nb: [!secret number]\n")
    assert document.data == {"a": "geheim", "b": ["1234"]}
    assert "geheim" not in repr(document)


def test_a_secret_that_is_not_there(tmp_path: Path) -> None:
    assert "create it with a line 'word: ...'" in words_for(tmp_path, "a: !secret word\n")
    (tmp_path / "secrets.yaml").write_text("list: [geheim]\nother: !secret list\n")
    assert "secrets.yaml:2:8: other: secrets.yaml cannot refer to another secret" in words_for(
        tmp_path, "a: !secret x\n"
    )
    (tmp_path / "secrets.yaml").write_text("list: [geheim]\n")
    words = words_for(tmp_path, "a: !secret list\nb: !secret word\n")
    assert words.count("file.yaml:") == 2
    assert "'list' in secrets.yaml is not a text" in words
    assert "secrets.yaml has no 'word'; add it there" in words
    assert "geheim" not in words


@pytest.mark.parametrize("line", ["a: *geheim", "a: !geheim", "a: {geheim", "a: geheim: b", "a: %geheim", "a: 'geheim"])
def test_a_broken_secrets_file_is_not_quoted(tmp_path: Path, line: str) -> None:
    (tmp_path / "secrets.yaml").write_text(line)
    words = words_for(tmp_path, "a: !secret a\n")
    assert "secrets.yaml:1:" in words
    assert "geheim" not in words


@pytest.mark.parametrize("secret", ["alex", "Alex", "x y", "it's", 'q"', "a\\b", "Ä ö"])
def test_no_message_shows_a_secret(tmp_path: Path, secret: str) -> None:
    (tmp_path / "secrets.yaml").write_text(f"it: '{secret.replace(chr(39), chr(39) * 2)}'\n")
    document = document_of(tmp_path, "a: {b: !secret it}\n")
    assert document.data["a"]["b"] == secret
    for shown in (secret, repr(secret), secret.casefold(), secret.replace(" ", "_")):
        message = document.problem((), f"no <{shown}> here").message
        assert "(secret)" in message
        assert not re.search(re.escape(secret.strip("\"'")), message, re.IGNORECASE)


@ODD
@given(content=st.binary(max_size=400))
def test_bytes_of_any_kind(tmp_path: Path, content: bytes) -> None:
    expect_document_or_problems(tmp_path, content)


YAML_PIECES = st.lists(
    st.sampled_from([*"ab:-[]{},&*!|>'\"%@`#?~\n\t.1é", "...", "---", "<<", "\n  ", ": ", "- "]),
    max_size=40,
).map("".join)


@ODD
@given(content=YAML_PIECES)
def test_text_that_is_nearly_yaml(tmp_path: Path, content: str) -> None:
    expect_document_or_problems(tmp_path, content)


def expect_document_or_problems(folder: Path, content: str | bytes) -> None:
    result = tried(lambda: document_of(folder, content))
    if isinstance(result, Document):
        assert isinstance(result.data, dict)
        return
    assert result
    for problem in result:
        assert problem.message
        assert 1 <= problem.line <= len(content) + 1
        assert 1 <= problem.column <= len(content) + 1


def tried(act: Callable[[], T]) -> T | tuple[Problem, ...]:
    """What comes out, or the problems; anything else that is raised fails the test."""
    try:
        return act()
    except Problems as problems:
        return problems.problems


def words_of(model: type[BaseModel], seen: tuple[type, ...] = ()) -> Iterator[str]:
    """Every name the grammar knows, to make data that is nearly right."""
    for name, field in fields_of(model).items():
        yield name
        for kind in _kinds(field.annotation):
            if is_model(kind) and kind not in seen:
                yield from words_of(kind, (*seen, kind))


def _kinds(expected: Any) -> Iterator[Any]:
    kind, _ = bare(expected)
    yield kind
    for inner in getattr(kind, "__args__", ()):
        yield from _kinds(inner)


def data_for(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    names = sorted({*words_of(model), "time", "signal", "both_home", "speaker", "tile", "en", "nonsense"})
    scalars = st.one_of(
        st.sampled_from([*names, "10min", "22:30", "22:30-07:00", "2026-11-19 17:00", "person.alex", "{x}", "on", ""]),
        st.integers(-(10**25), 10**25),
        st.floats(),
        st.booleans(),
        st.none(),
    )
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(names), inner, max_size=4),
        max_leaves=25,
    )


@pytest.mark.parametrize("model", [Settings, Ritual, Rule, Deck, Scenario])
@ODD
@given(data=st.data())
def test_data_of_any_kind(model: type[BaseModel], data: st.DataObject) -> None:
    names = st.sampled_from(sorted(fields_of(model)))
    values = data.draw(st.dictionaries(names, data_for(model), max_size=6))
    document = Document(Path("file.yaml"), values, {(): (1, 1)} | dict.fromkeys(((key,) for key in values), (2, 1)))
    result = tried(lambda: validated(model, values, document))
    assert isinstance(result, model) or result
    assert not any(jargon in str(result) for jargon in JARGON)


def test_the_nearest_word() -> None:
    assert nearest("Timee", ["state", "time"]) == "time"
    assert nearest("xylophone", ["state", "time"]) is None


def test_a_bomb_is_refused_before_it_grows(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert "too large or too deep" in words_for(tmp_path, "\n".join(lines))
