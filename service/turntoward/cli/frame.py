"""What all commands share: the app, its usual options, and how something wrong is told. No command is here."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from turntoward import __version__
from turntoward.adapters import supervisor
from turntoward.documents import Document, Problem, Problems
from turntoward.rulebook import Loaded, load
from turntoward.settings import Settings, load_settings_and_document

app = typer.Typer(
    help="Notices the moments you two share, and offers a ritual that fits.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

DEFAULT_CONFIG = Path("config/household.yaml")
Config = Annotated[
    Path, typer.Option("--config", "-c", envvar="TURNTOWARD_CONFIG", help="your household.yaml", show_default=True)
]
AsJson = Annotated[bool, typer.Option("--json", help="one line of JSON each, for programs")]


def main() -> None:
    """Run the command line."""
    app()


def program() -> str:
    """Return what to type to call us again: most installations are in a folder that no shell looks into."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "turntoward" and shutil.which("turntoward") is None else "turntoward"


def out() -> Console:
    """Where results go."""
    # Piped, a line must stay one line however long it is.
    return Console(highlight=False, soft_wrap=True)


def wrong(problem: object, code: int = 2) -> NoReturn:
    """Say on the error stream what is wrong, and end."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(Text(str(problem)))
    raise typer.Exit(code)


def all_wrong(problems: Sequence[Problem]) -> NoReturn:
    """Say everything that is wrong, with a count, and end."""
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    wrong("\n".join([*(str(problem) for problem in sorted(problems)), count]))


def _version(wanted: bool) -> None:
    if wanted:
        print(f"turntoward {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="say which version")
    ] = False,
) -> None:
    if supervisor.TOKEN in os.environ and context.invoked_subcommand != "run":  # which asks by itself, as it may wait
        supervisor.lend(os.environ)


def settings_of(config: Path) -> tuple[Settings, Document]:
    """Read household.yaml, or say what is wrong in it and end."""
    try:
        return load_settings_and_document(config, os.environ)
    except Problems as found:
        wrong(found)


def loaded_of(settings: Settings, document: Document) -> Loaded:
    """Read the rules, or say what is wrong in them and end."""
    try:
        return load(settings, document)
    except Problems as found:
        wrong(found)
