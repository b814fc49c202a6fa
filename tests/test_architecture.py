"""The rules of the house that no linter knows: how long a file or a function may be, and what it may be called."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "service").rglob("*.py"))
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
MEDIAN_FUNCTION = 10
VAGUE = {"manager", "helper", "helpers", "util", "utils", "common", "handler", "handlers", "data", "info", "misc"}
GIVEN = {"pyproject.toml", "service", "rules", "tests", "config", "docker-compose.yml"}
BESIDE = {
    "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "Dockerfile", ".dockerignore", ".gitignore",
    ".ci", "docs", "repository.yaml", "homeassistant-app",
}  # fmt: skip


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of code: what it takes and what it does, without its docstring."""
    documented = ast.get_docstring(function) is not None
    first = function.body[1] if documented and len(function.body) > 1 else function.body[0]
    return (function.end_lineno or 0) - first.lineno + 1


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_something_to_look_at() -> None:
    assert len(MODULES) > 30


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_is_short_has_a_purpose_and_a_clear_name(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    assert ast.get_docstring(ast.parse(text)), "a module opens with what it is for"
    assert path.stem not in VAGUE
    too_long = {f.name: length(f) for f in functions(path) if length(f) > LONGEST_FUNCTION}
    assert not too_long


def test_most_functions_are_small() -> None:
    assert statistics.median(length(f) for path in MODULES for f in functions(path)) <= MEDIAN_FUNCTION


def test_the_top_level_holds_what_was_agreed() -> None:
    made = {".git", ".venv", ".peers", "data"}
    there = {p.name for p in ROOT.iterdir()} - made
    caches = {n for n in there if n.endswith("_cache") or n in {".hypothesis", "dist", "build"}}
    assert (there - caches) <= (GIVEN | BESIDE)
    assert there >= GIVEN
    assert not (ROOT / "service" / "turntoward" / "rules").exists()
