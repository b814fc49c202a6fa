"""`python -m turntoward.rulebook.schema` writes `rules/rule.schema.json`, with which editors complete and check rules.

The schema is made from the models and never edited; it is an aid, and what counts is what the loader says.
"""

from __future__ import annotations

import json

from turntoward.core.rules import Ritual
from turntoward.rulebook.library import shipped_rules

FILE = "rule.schema.json"


def schema_text() -> str:
    """Return the JSON schema of a rule file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Ritual.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write the schema beside our rules."""
    (shipped_rules() / FILE).write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
