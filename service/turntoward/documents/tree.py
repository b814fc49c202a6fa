"""A document: a file's data as plain values, with the place of every key and item.

The tree is built here and not by ruamel's constructor: that way duplicate keys, tags, aliases and sizes are refused at
their place. How a file gets here, and what its data means, is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from turntoward.documents.problems import Problem, Problems
from turntoward.documents.syntax import Position

Keys = tuple[str | int, ...]
"""A place in a document's data: `("triggers", 1, "at")`."""

DEEPEST = 40
_LARGEST_DATA = 2 * 1024 * 1024
_COST_OF_A_VALUE = 32
_PLAIN = "tag:yaml.org,2002:"
_NUMBER_BASES = {"0x": 16, "0o": 8, "0b": 2}
_TAGS_OF_HOME_ASSISTANT = ("!include", "!env_var", "!input")


@dataclass(frozen=True, slots=True)
class Document:
    """A file that could be read. Neither its data nor its secrets appear in its repr."""

    path: Path
    data: dict[str, Any] = field(repr=False)
    places: Mapping[Keys, Position] = field(repr=False)
    """Line and column, from 1, of every key and every list item; `()` is the beginning."""
    secrets: Mapping[Keys, str] = field(default_factory=dict, repr=False)
    """Where `!secret` stands, with the secret's name; the value is in `data` alone."""

    def problem(self, keys: Keys, message: str) -> Problem:
        """Return a problem at a place, or at the nearest one above it that the file has. No secret is in its words."""
        while keys and keys not in self.places:
            keys = keys[:-1]
        line, column = self.places.get(keys, (1, 1))
        return Problem(self.path, line, column, ".".join(map(str, keys)), self.without_secrets(keys, message))

    def without_secrets(self, keys: Keys, message: str) -> str:
        """Return a message about a place, with every secret at, above or below the place blackened."""
        for place in self.secrets:
            if place[: len(keys)] == keys or keys[: len(place)] == place:
                message = _blackened(message, self._at(place))
        return message

    def _at(self, place: Keys) -> str:
        value: Any = self.data
        for key in place:
            value = value[key]
        return str(value)


def _blackened(message: str, secret: str) -> str:
    # names are also compared, and so shown, without case and spaces
    words = r"[\W_]*".join(re.escape(word) for word in re.split(r"[\W_]+", secret) if word)
    for pattern in (re.escape(secret), re.escape(repr(secret)[1:-1]), words):
        if pattern:
            message = re.sub(rf"(?<!\w)(?:{pattern})(?!\w)", "(secret)", message, flags=re.IGNORECASE)
    return message


def built(path: Path, root: Node, secret: Callable[[str], str]) -> Document:
    """Return a file's nodes as a document; `secret` looks up a name. Raises Problems for what must not be in it."""
    return _Builder(path, secret).document(root)


class _Builder:
    """Turns ruamel's nodes into plain data, and collects what must not be in them."""

    def __init__(self, path: Path, secret: Callable[[str], str]) -> None:
        self._path = path
        self._secret = secret
        self._places: dict[Keys, Position] = {(): (1, 1)}
        self._secrets: dict[Keys, str] = {}
        self._problems: list[Problem] = []
        self._room = _LARGEST_DATA

    def document(self, root: Node) -> Document:
        if not isinstance(root, MappingNode):
            found = "a list" if isinstance(root, SequenceNode) else "a text"
            self._refuse(root, (), f"the file is {found}; at the top level settings are expected: 'name: value'")
        data = self._value(root, ())
        if self._problems:
            raise Problems(self._problems)
        return Document(self._path, data, self._places, self._secrets)

    def _refuse(self, node: Node, keys: Keys, message: str) -> None:
        self._problems.append(Problem(self._path, *_start(node), ".".join(map(str, keys)), message))

    def _value(self, node: Node, keys: Keys) -> Any:
        self._pay(node, keys)
        if isinstance(node, ScalarNode):
            return self._scalar(node, keys)
        if str(node.tag) not in (f"{_PLAIN}map", f"{_PLAIN}seq"):
            self._unknown_tag(node, keys)
            return None
        return self._mapping(node, keys) if isinstance(node, MappingNode) else self._items(node, keys)

    def _pay(self, node: Node, keys: Keys) -> None:
        """Keep aliases that repeat or contain each other from growing without bound."""
        self._room -= _COST_OF_A_VALUE + (len(node.value) if isinstance(node, ScalarNode) else 0)
        if self._room < 0 or len(keys) > DEEPEST:
            message = "with each *alias counted as what it stands for, the file grows too large or too deep; shorten it"
            self._refuse(node, (), message)
            raise Problems(self._problems)

    def _mapping(self, node: MappingNode, keys: Keys) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for key, value in node.value:
            name = self._name(key, keys)
            if name is None:
                continue
            place = (*keys, name)
            if name in out:
                first = self._places[place][0]
                self._refuse(key, place, f"'{name}' is written twice, here and in line {first}; keep one of them")
                continue
            self._places[place] = _start(key)
            if node.flow_style and " " in name and _is_empty(value):
                self._refuse(
                    key,
                    place,
                    f"inside {{ }} a comma begins the next setting; '{name}' is part of a text, "
                    "which needs quotation marks",
                )
            out[name] = self._value(value, place)
        return out

    def _name(self, node: Node, keys: Keys) -> str | None:
        tag = str(node.tag)
        if tag == f"{_PLAIN}merge":
            self._refuse(node, keys, "'<<' is not read here; write the settings out")
        elif not isinstance(node, ScalarNode):
            self._refuse(node, keys, "a name is expected here; a text that begins with { or [ needs quotation marks")
        elif tag == f"{_PLAIN}null":
            self._refuse(node, keys, "a name is missing before the ':'")
        elif tag not in (f"{_PLAIN}str", f"{_PLAIN}value"):
            self._refuse(node, keys, "a name has to be text; put it in quotation marks")
        else:
            return str(node.value)
        return None

    def _items(self, node: Node, keys: Keys) -> list[Any]:
        out = []
        for index, item in enumerate(node.value):
            self._places[(*keys, index)] = _start(item)
            out.append(self._value(item, (*keys, index)))
        return out

    def _scalar(self, node: ScalarNode, keys: Keys) -> Any:
        tag = str(node.tag)
        if tag == "!secret":
            return self._secret_at(node, keys)
        if not tag.startswith(_PLAIN):
            self._unknown_tag(node, keys)
            return None
        try:
            return _plain_value(tag.removeprefix(_PLAIN), node.value)
        except ValueError:
            self._refuse(node, keys, "this is not what its tag says; write the value without !!")
            return None

    def _secret_at(self, node: ScalarNode, keys: Keys) -> str | None:
        try:
            value = self._secret(node.value)
        except LookupError as error:
            self._refuse(node, keys, str(error.args[0]))
            return None
        self._secrets[keys] = node.value
        return value

    def _unknown_tag(self, node: Node, keys: Keys) -> None:
        tag = next((known for known in _TAGS_OF_HOME_ASSISTANT if str(node.tag).startswith(known)), None)
        found = f"{tag} is not known here" if tag else "a ! begins a tag"
        self._refuse(
            node, keys, f"{found}, and !secret is the only tag; a text that begins with ! needs quotation marks"
        )


def _is_empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and str(node.tag) == f"{_PLAIN}null" and not node.value


def _start(node: Node) -> Position:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _plain_value(kind: str, text: str) -> Any:
    """Return what a scalar stands for. Dates stay text. Raises ValueError."""
    if kind in ("str", "timestamp", "value", "merge"):
        return text
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "int":
        return _whole_number(text)
    if kind == "float":
        return float(re.sub(r"\.(?=inf|nan)", "", text.replace("_", ""), flags=re.IGNORECASE))
    raise ValueError(kind)


def _whole_number(text: str) -> int:
    digits = text.replace("_", "").lstrip("+-")
    sign = -1 if text.startswith("-") else 1
    base = _NUMBER_BASES.get(digits[:2].lower(), 10)
    return sign * int(digits[2:] if base != 10 else digits, base)
