"""From a path to a document: the file's text, its YAML, and the secrets beside it.

YAML 1.2 by ruamel.yaml, so `22:30` and `NO` stay text. What the data means is not known here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import Node

from turntoward.documents.problems import Problem, Problems, nearest
from turntoward.documents.syntax import stray_character, unreadable
from turntoward.documents.tree import DEEPEST, Document, built

LARGEST_FILE = 1024 * 1024
SECRETS = "secrets.yaml"


def read(path: Path) -> Document:
    """Read a file. Raises Problems where it is missing, is no text, or is not YAML with settings at the top."""
    return _document(path, _secrets_beside(path))


def _document(path: Path, secret: Callable[[str], str]) -> Document:
    text = _text_of(path)
    if stray := stray_character(text):
        raise Problems([Problem(path, *stray[0], "", stray[1])])
    return built(path, _compose(path, text), secret)


def _text_of(path: Path) -> str:
    try:
        raw = _bytes_of(path)
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        message = "this is not UTF-8 text; save the file as UTF-8 in your editor"
        raise Problems([Problem(path, line, column, "", message)]) from None
    except (OSError, ValueError) as error:
        raise Problems([Problem(path, 0, 0, "", _why_not(path, error))]) from None


def _bytes_of(path: Path) -> bytes:
    size = path.stat().st_size
    if path.is_dir():
        raise ValueError("this is a folder; name a file in it")
    if not path.is_file():
        raise ValueError("this is not a plain file")
    if size > LARGEST_FILE:
        raise ValueError(f"the file has {size} bytes, more than the {LARGEST_FILE} that are read; split it")
    return path.read_bytes()


def _why_not(path: Path, error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file" + _beside(path)
    if isinstance(error, PermissionError):
        return "the file may not be read by this user; allow it with chmod, or change the file's owner"
    if isinstance(error, OSError):
        return f"the file cannot be read ({error.strerror})"
    return str(error)


def _beside(path: Path) -> str:
    try:
        near = nearest(path.name, (file.name for file in path.parent.iterdir()))
    except OSError:
        return ""
    return f"; did you mean {near}?" if near else ""


def _compose(path: Path, text: str) -> Node:
    yaml = YAML()
    yaml.max_depth = DEEPEST
    yaml.composer.warn_double_anchors = False
    try:
        root: Node | None = yaml.compose(text)
    except Exception as error:  # whatever the parser stumbles over, it is the file that cannot be read
        position, message = unreadable(error, text)
        raise Problems([Problem(path, *position, "", message)]) from None
    if root is None:
        raise Problems([Problem(path, 1, 1, "", "the file is empty; settings are written 'name: value'")])
    return root


def _secrets_beside(path: Path) -> Callable[[str], str]:
    """Return a way to look up a secret by its name; it raises LookupError with words for the person."""
    file, found = path.parent / SECRETS, dict[str, Any]()

    def secret(name: str) -> str:
        if not file.exists():
            raise LookupError(f"there is no {SECRETS} beside this file; create it with a line '{name}: ...'")
        if not found:
            found.update(_document(file, _no_secrets).data)
        if name not in found:
            near = nearest(name, found)
            raise LookupError(
                f"{SECRETS} has no '{name}'" + (f"; did you mean '{near}'?" if near else "; add it there")
            )
        if not isinstance(found[name], str | int | float) or isinstance(found[name], bool):
            raise LookupError(f"'{name}' in {SECRETS} is not a text; put its value in quotation marks")
        return str(found[name])

    return secret


def _no_secrets(_name: str) -> str:
    raise LookupError(f"{SECRETS} cannot refer to another secret; write the value here")
