"""The dashboard as YAML that people read and change: texts of several lines as blocks, conditions in one line each."""

from __future__ import annotations

from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

_IN_ONE_LINE = ("condition", "columns", "entity_id", "action")
"""What begins with one of these is short, and is written in one line."""
_QUOTED = {word: DoubleQuotedScalarString(word) for word in ("on", "off", "yes", "no")}
"""To YAML 1.1, which Home Assistant reads from files, these are no texts."""


def as_yaml(config: dict[str, Any], comment: str) -> str:
    """Return the configuration as YAML below a comment, one line each."""
    yaml = YAML()
    yaml.width = 10_000  # a template that is folded is another template
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    yaml.dump(_readable(config), out)
    return "".join(f"# {line}".rstrip() + "\n" for line in comment.splitlines()) + out.getvalue()


def _readable(value: Any) -> Any:
    if isinstance(value, dict):
        written = CommentedMap((key, _readable(inner)) for key, inner in value.items())
        if next(iter(value), "") in _IN_ONE_LINE:
            written.fa.set_flow_style()
        return written
    if isinstance(value, list):
        return [_readable(inner) for inner in value]
    if isinstance(value, str):
        return LiteralScalarString(value) if "\n" in value else _QUOTED.get(value, value)
    return value
