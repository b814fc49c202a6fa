"""Figures as a table that people read, a column for each policy. Nothing is counted here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from tests.simulation.figures import Figures


def _percent(part: str, whole: str) -> Callable[[Figures], str]:
    return lambda f: f"{f.share(part, whole):.1%}" if f.counts[whole] else "-"


def _count(name: str) -> Callable[[Figures], str]:
    return lambda f: str(f.counts[name])


ROWS: tuple[tuple[str, Callable[[Figures], str]], ...] = (
    ("days lived", lambda f: str(f.days.total())),
    ("prompts aloud", _count("prompts")),
    ("both there and free (M1)", _percent("welcome", "prompts")),
    ("reunions with a free moment", _count("chances")),
    ("... more, greeted not long before", _count("greeted before")),
    ("... more, where enough was said already", _count("enough was said")),
    ("... more, where another ritual spoke first", _count("another spoke first")),
    ("of these found (M2)", _percent("found", "chances")),
    ("... and greeted aloud", _percent("aloud", "chances")),
    ("false reunion prompts in 30 days (M2)", lambda f: f"{f.false_a_month:.2f}"),
    ("prompts a day, median (M5)", lambda f: f"{f.usual_dose:g}"),
    ("prompts a day, most (M5)", lambda f: str(f.largest_dose)),
    *((f"prompts {name} (M5)", _count(name)) for name in ("in quiet hours", "in a time-out")),
    *(
        (f"prompts with somebody {name} (M5)", _count(name))
        for name in ("asleep, as told", "asleep, truly", "on a call, as told")
    ),
    ("prompts with guests, as told (M5)", _count("guests, as told")),
    ("prompts too close to another (M5)", _count("too close")),
    ("said twice, ids used twice (M6)", _count("repeated")),
    ("false reunion prompts from a restart (M6)", _count("from a restart")),
    ("reunion prompts from a snapshot (M6)", _count("from a snapshot")),
)


def table(columns: Mapping[str, Figures]) -> str:
    """All figures as Markdown, a column for each policy."""
    cells = [["", *columns], *([name, *(show(f) for f in columns.values())] for name, show in ROWS)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(cells[0]))]
    lines = [_line(row, widths) for row in cells]
    rule = "|" + "|".join("-" * (width + 1) + (":" if n else "-") for n, width in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def _line(row: Iterable[str], widths: Sequence[int]) -> str:
    pads = [cell.rjust(w) if n else cell.ljust(w) for n, (cell, w) in enumerate(zip(row, widths, strict=True))]
    return f"| {' | '.join(pads)} |"


def causes(title: str, counted: Counter[str]) -> str:
    """What lies behind a figure, the largest first."""
    whole = max(1, counted.total())
    return "\n".join([f"{title}:", *(f"  {n:>6} {n / whole:>6.1%}  {why}" for why, n in counted.most_common())])
