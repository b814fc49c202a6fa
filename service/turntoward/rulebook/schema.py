"""`python -m turntoward.rulebook.schema` writes the JSON schemas with which editors complete and check rules and decks.

A schema is made from the models and never edited; it is an aid, and what counts is what the loader says.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import TypeAdapter

from turntoward.core.decks import Deck
from turntoward.core.rules import Ritual, Rule
from turntoward.rulebook.library import shipped_rules

FILE = "rule.schema.json"
DECK_FILE = "decks/deck.schema.json"

_EITHER: TypeAdapter[Any] = TypeAdapter(Ritual | Rule)


def schema_text() -> str:
    """Return the JSON schema of a rule file: a ritual, or a rule that is none."""
    return _text(_EITHER.json_schema())


def deck_schema_text() -> str:
    """Return the JSON schema of a deck."""
    return _text(Deck.model_json_schema())


def main() -> None:
    """Write the schemas beside our rules and decks."""
    for file, text in ((FILE, schema_text()), (DECK_FILE, deck_schema_text())):
        (shipped_rules() / file).write_text(text, encoding="utf-8")


def _text(schema: dict[str, Any]) -> str:
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
