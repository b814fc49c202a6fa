"""`turntoward doctor`: looks whether the home works, and says what to do where it does not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.console import Console
from rich.text import Text

from turntoward.cli.frame import DEFAULT_CONFIG, AsJson, Config, app, loaded_of, out, settings_of
from turntoward.doctor import Finding, Level

_MARKS: dict[Level, tuple[str, str]] = {"ok": ("✓", "green"), "notice": ("!", "yellow"), "problem": ("✗", "bold red")}


@app.command()
def doctor(config: Config = DEFAULT_CONFIG, as_json: AsJson = False) -> None:
    """Check whether your home works: connections, rights, entities, phones, speakers. Also while the service runs.

    Exit codes: 0 no problem; 1 something will not work; 2 something in a file is wrong.
    """
    # their client libraries take a second that the other verbs need not wait
    from turntoward.doctor.gathering import gather
    from turntoward.doctor.rounds import examine

    settings, document = settings_of(config)
    loaded = loaded_of(settings, document)
    findings = list(examine(gather(settings, loaded)))
    if as_json:
        print("\n".join(json.dumps(asdict(finding), ensure_ascii=False) for finding in findings))
    else:
        _show(out(), findings)
    if any(finding.level == "problem" for finding in findings):
        raise typer.Exit(1)


def _show(console: Console, findings: Sequence[Finding]) -> None:
    """Print what was found in the order it was looked at, and a sum at the end."""
    for finding in findings:
        mark, style = _MARKS[finding.level]
        console.print(Text(f"{mark} {finding.text}", style=style))
        if finding.advice:
            console.print(Text(f"    {finding.advice}", style="dim"))
    problems, notices = (sum(1 for f in findings if f.level == level) for level in ("problem", "notice"))
    if problems:
        console.print(Text(f"{_counted(problems, 'problem')}, {_counted(notices, 'notice')}.", style="bold"))
    elif notices:
        console.print(Text(f"No problem; {_counted(notices, 'notice')} to look at when there is time.", style="bold"))
    else:
        console.print(Text("All is well.", style="bold"))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
