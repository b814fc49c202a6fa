"""The two sides of a channel for tests without either: they remember what they were asked, and fail when told to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from turntoward.ports import EntityState

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)


class Called:
    """A Home Assistant that has some states; `problem(domain, service, data)` is raised where it is one."""

    def __init__(self, **there: str) -> None:
        self.made: list[tuple[str, str, dict[str, Any]]] = []
        ids = {name.replace("__", "."): state for name, state in there.items()}
        self.there = {name: EntityState(name, state, {}, NOON) for name, state in ids.items()}
        self.problem: Callable[[str, str, Mapping[str, Any]], Exception | None] = lambda domain, service, data: None

    def call(self, domain: str, service: str, data: Mapping[str, Any], timeout: float = 10.0) -> None:
        if (problem := self.problem(domain, service, data)) is not None:
            raise problem
        self.made.append((domain, service, dict(data)))

    def states(self, entity_ids: Iterable[str]) -> dict[str, EntityState]:
        return {name: self.there[name] for name in entity_ids if name in self.there}


class Published:
    """A broker that remembers topic, payload, retain and expiry; `problem` is raised instead."""

    def __init__(self) -> None:
        self.problem: Exception | None = None
        self.sent: list[tuple[str, str, bool, float | None]] = []

    def publish(
        self, topic: str, payload: str, *, retain: bool = False, expires_in: float | None = None, wait: float = 5.0
    ) -> None:
        if self.problem is not None:
            raise self.problem
        self.sent.append((topic, payload, retain, expires_in))

    def retained(self, topic: str, wait: float = 5.0) -> str | None:
        raise AssertionError("nothing of this is kept")

    def on_connect(self, then: Callable[[], None]) -> None:
        raise AssertionError("nothing of this is repeated on connect")
