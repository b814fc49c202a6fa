"""What every setting and every rule is made of. Nothing else may be here."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Settings are frozen, and a key that does not exist is an error, never a shrug."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())
