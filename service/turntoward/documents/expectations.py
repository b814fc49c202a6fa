"""What a model expects at a place: follows the `loc` of a pydantic error through model and document at once.

A union's tag stands in `loc` but in no file, and a validator may have wrapped what the file says; only the model tells
them apart. No words for people are here.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from turntoward.documents.tree import Document, Keys


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an error is in the document, and what the model expects there."""

    keys: Keys
    expected: Any
    models: tuple[type[BaseModel], ...]
    """The models around it, outermost first."""
    field: FieldInfo | None = None
    choice: Keys | None = None
    """The place of the last union without a tag that was passed: each of its members reports errors of its own."""
    lost: bool = False
    """The rest of the error's place is not in the file: a default, or something laid over it."""

    @property
    def model(self) -> type[BaseModel]:
        """The innermost model around it."""
        return self.models[-1]


def spot_of(loc: Iterable[str | int], model: type[BaseModel], document: Document, at: Keys) -> Spot:
    """Follow an error's `loc`; `at` is where the model's own data stands in the document."""
    spot = Spot(at, model, (model,))
    for part in loc:
        if part != "[key]":  # pydantic's mark for "the key itself"
            spot = _next(spot, part, document)
    return spot


def _next(spot: Spot, part: str | int, document: Document) -> Spot:
    expected, tag_name = bare(spot.expected)
    members = _members(expected)
    if tag_name:
        return _into(spot, next((m for m in members if part in tags_of(m, tag_name)), Any))
    if members:
        chosen = next((m for m in members if str(part).startswith(_label(m))), Any)
        return replace(_into(spot, chosen), choice=spot.choice or spot.keys)
    inner, field = _inside(expected, part)
    return replace(_into(_moved(spot, part, document), inner), field=field)


def _into(spot: Spot, expected: Any) -> Spot:
    model = bare(expected)[0]
    inner = (*spot.models, model) if is_model(model) else spot.models
    return replace(spot, expected=expected, models=inner)


def _moved(spot: Spot, part: str | int, document: Document) -> Spot:
    keys = (*spot.keys, part)
    if not spot.lost and keys in document.places:
        return replace(spot, keys=keys)
    # one item may stand for a list of one, and a list for the lines in the household's language
    wrapped = part in (0, "") and bool(document.places)
    return spot if wrapped else replace(spot, lost=True)


def _inside(expected: Any, part: str | int) -> tuple[Any, FieldInfo | None]:
    if is_model(expected):
        field = fields_of(expected).get(str(part))
        return (field.annotation if field else Any), field
    arguments = get_args(expected)
    if get_origin(expected) is dict:
        return arguments[1], None
    if get_origin(expected) is tuple and isinstance(part, int):
        return (arguments[0] if arguments[-1] is ... else arguments[part]), None
    return Any, None


def is_model(expected: Any) -> bool:
    """Whether something expected is a pydantic model."""
    return isinstance(expected, type) and issubclass(expected, BaseModel)


def made_of(expected: Any, model: type[BaseModel]) -> bool:
    """Whether what is expected is a model, or a list or mapping of it."""
    plain = bare(expected)[0]
    if get_origin(plain) in (dict, tuple):
        return any(made_of(inner, model) for inner in get_args(plain) if inner is not ...)
    return plain is model


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """A model's fields by the names that files use (`is`, `for`)."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def bare(expected: Any, tag_name: str = "") -> tuple[Any, str]:
    """Take annotations and `| None` away; also return the key that tells a union's members apart, if there is one."""
    if get_origin(expected) is Annotated:
        inner, *notes = get_args(expected)
        found = [n.discriminator for n in notes if isinstance(n, FieldInfo) and isinstance(n.discriminator, str)]
        return bare(inner, *found[-1:] or [tag_name])
    if members := _members(expected):
        return bare(members[0], tag_name) if len(members) == 1 else (expected, tag_name)
    return expected, tag_name


def _members(expected: Any) -> tuple[Any, ...]:
    if get_origin(expected) not in (Union, types.UnionType):
        return ()
    return tuple(member for member in get_args(expected) if member is not types.NoneType)


def _label(member: Any) -> str:
    plain = bare(member)[0]
    return str(getattr(get_origin(plain) or plain, "__name__", plain))


def tags_of(member: Any, tag_name: str) -> tuple[str, ...]:
    """The words that choose a member of a tagged union."""
    field = fields_of(bare(member)[0]).get(tag_name)
    return get_args(field.annotation) if field and get_origin(field.annotation) is Literal else ()
