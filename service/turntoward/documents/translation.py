"""From pydantic's errors to problems: which place of which file, and one problem for one mistake.

The words for a kind of error are in `wording`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from turntoward.documents.expectations import Spot, spot_of
from turntoward.documents.problems import Problem, Problems
from turntoward.documents.tree import Document, Keys
from turntoward.documents.wording import expectation, expected_kind, in_words, mismatch, name_meant

M = TypeVar("M", bound=BaseModel)
_Found = tuple[ErrorDetails, Spot]


def validated(model: type[M], values: Any, document: Document, at: Keys = ()) -> M:
    """Validate values that stand at `at` in a document, or are laid over it. Raises Problems, all of them."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        # from None: the original shows what was written, and that may be a password
        raise Problems(problems_of(error, model, document, at)) from None


def problems_of(error: ValidationError, model: type[BaseModel], document: Document, at: Keys = ()) -> list[Problem]:
    """Translate what a model said about the data at `at` in a document; one problem for each mistake, in file order."""
    said = error.errors(include_url=False)
    found = _without_echoes([(details, spot_of(details["loc"], model, document, at)) for details in said])
    tagged = [item for item in found if item[1].choice is None]
    chosen = sorted((item for item in found if item[1].choice is not None), key=_choice)
    out = [_problem(details, spot, document) for details, spot in tagged]
    for _, group in groupby(chosen, _choice):
        out += _of_one_choice(list(group), document)
    return sorted(set(out))


def _without_echoes(found: list[_Found]) -> list[_Found]:
    """A misspelt setting is unknown, and the one that was meant is missing: one mistake."""
    meant = {(spot.keys[:-1], name_meant(details, spot)) for details, spot in found}
    return [
        (details, spot)
        for details, spot in found
        if details["type"] != "missing" or (spot.keys, details["loc"][-1]) not in meant
    ]


def _choice(item: _Found) -> str:
    return repr(item[1].choice)


def _of_one_choice(group: list[_Found], document: Document) -> Iterable[Problem]:
    """Each form that was possible complains; the one that got furthest is the one that was meant."""
    depth = max(len(spot.keys) for _, spot in group)
    furthest = [item for item in group if len(item[1].keys) == depth]
    kinds = [kind for details, _ in furthest if (kind := expected_kind(details["type"]))]
    details, spot = furthest[0]
    if len(kinds) > 1 and len(kinds) == len(furthest):
        return [document.problem(spot.keys, mismatch(" or ".join(dict.fromkeys(kinds)), details["input"], spot))]
    return [_problem(*item, document) for item in furthest]


def _problem(details: ErrorDetails, spot: Spot, document: Document) -> Problem:
    keys = _named_field(details, spot, document)
    secret = next((name for place, name in document.secrets.items() if spot.keys[: len(place)] == place), None)
    if secret is None:
        # a check of a whole model may speak of more than the place it points at
        return document.problem(keys, document.without_secrets(spot.keys, in_words(details, spot)))
    return document.problem(keys, f"the value of '!secret {secret}' does not fit here{expectation(details, spot)}")


def _named_field(details: ErrorDetails, spot: Spot, document: Document) -> Keys:
    """A check of a whole model says what it is about: by its `at`, or by the name of a setting as its type."""
    about: Keys = details.get("ctx", {}).get("at", (details["type"],))
    keys = (*spot.keys, *about)
    return keys if keys[: len(spot.keys) + 1] in document.places else spot.keys
