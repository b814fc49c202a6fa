"""What rituals and rules there are, on or off: a table for people, lines of JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from turntoward.cli import in_words
from turntoward.core.rules import Ritual, Rule, Rulebook
from turntoward.rulebook import Library


@dataclass(frozen=True, slots=True)
class Row:
    """One ritual, or one rule that is none, as it is listed."""

    name: str
    kind: str
    on: bool
    title: str
    about: str
    when: str
    where: str
    short: str
    evidence: str


def rows(library: Library, on: Rulebook, language: str) -> list[Row]:
    """Return all there are: rituals first; what is on is described as the household has changed it."""
    rituals = {name: entry.ritual for name, entry in library.entries.items()}
    rituals |= {ritual.ritual: ritual for ritual in on.rituals}
    rules = {name: entry.rule for name, entry in library.rules.items()} | {rule.rule: rule for rule in on.rules}
    are_on = {*(ritual.ritual for ritual in on.rituals), *(rule.rule for rule in on.rules)}
    return [
        *(_ritual(ritual, are_on, language) for ritual in rituals.values()),
        *(_rule(rule, are_on, language) for rule in rules.values()),
    ]


def _ritual(ritual: Ritual, on: Collection[str], language: str) -> Row:
    return Row(
        name=ritual.ritual,
        kind="ritual",
        on=ritual.ritual in on,
        title=ritual.named(language),
        about=_in(language, ritual.about),
        when=in_words.when(ritual.triggers),
        where=in_words.where(ritual.offer.channels),
        short=in_words.short_form(ritual),
        evidence=ritual.evidence,
    )


def _rule(rule: Rule, on: Collection[str], language: str) -> Row:
    steps = ", ".join(dict.fromkeys(step.action for step in rule.actions))
    when = in_words.when(rule.triggers)
    return Row(
        rule.rule, "rule", rule.rule in on, rule.rule, _in(language, rule.about), when, steps, "the same", "none"
    )


def _in(language: str, text: str | dict[str, str]) -> str:
    if isinstance(text, str):
        return text
    return text.get(language) or text.get("en") or next(iter(text.values()), "")


def as_json(listed: list[Row]) -> list[str]:
    """Return one line of JSON for each."""
    return [json.dumps(asdict(row), ensure_ascii=False) for row in listed]


def show(out: Console, listed: list[Row]) -> None:
    """Print the table: what each is, when and where it is offered, and what becomes of it in a demanding time."""
    table = Table(box=None, padding=(0, 2, 1, 0), header_style="bold", expand=True)
    table.add_column("")
    for title, share in (("what", 4), ("when", 3), ("where", 2), ("short form; evidence", 2)):
        table.add_column(title, ratio=share)
    for row in listed:
        what = "\n".join(dict.fromkeys(part for part in (row.name, row.title, row.about) if part))
        facts = f"{row.short}; {row.evidence}" if row.kind == "ritual" else "a rule, no ritual"
        table.add_row("●" if row.on else "○", what, row.when, row.where, facts, style="none" if row.on else "dim")
    out.print(table)
    out.print("● on   ○ off: switch it on below rituals: in household.yaml")
