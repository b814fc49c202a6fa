"""A home to choose from, and somebody who answers from a list."""

from __future__ import annotations

from typing import Any

from turntoward.setup.found import Entity, Found


def entity(id: str, name: str = "", state: str = "on", area: str = "", device: str = "", **attributes: Any) -> Entity:
    return Entity(id, name or id, state, attributes, area, device)


def home(*entities: Entity, notify: tuple[str, ...] = (), **more: Any) -> Found:
    return Found("2026.11.0", "en", "Europe/Berlin", True, entities, frozenset(notify), **more)


class Listed:
    """Answers by what the questions are called; a list is one answer after the other."""

    def __init__(self, **answers: Any) -> None:
        self._answers = {key: list(a) if isinstance(a, list) else [a] for key, a in answers.items()}
        self.told: list[str] = []
        self.refused: list[tuple[str, str]] = []

    def say(self, text: str = "") -> None:
        self.told.append(text)

    def ask(self, key: str, question: str, default: str = "", secret: bool = False) -> str:
        waiting = self._answers.get(key)
        answer = waiting.pop(0) if waiting else default
        return answer or default

    def refuse(self, key: str, problem: str) -> None:
        assert self._answers.get(key), f"nobody knows another answer to {key}: {problem}"
        self.refused.append((key, problem))
