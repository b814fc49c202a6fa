"""`turntoward backup`: a copy of the journal, also while the service runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from turntoward.adapters.journal import BACKUP_NAME, FILE_NAME, JournalNotOpened, NotBackedUp, back_up
from turntoward.adapters.privileges import step_down
from turntoward.cli.frame import DEFAULT_CONFIG, Config, app, out, settings_of, wrong


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="where to; left out: journal.backup in data_dir")] = None,
    config: Config = DEFAULT_CONFIG,
    replace: Annotated[bool, typer.Option("--replace", help="replace the file if it is there, without asking")] = False,
    if_any: Annotated[bool, typer.Option("--if-any", help="where there is no journal yet, do nothing")] = False,
) -> None:
    """Copy the journal, without presence and time-outs. A data_dir without journal starts from `journal.backup`."""
    folder = _journal_dir(config)
    step_down(os.environ.get("TURNTOWARD_USER"), folder)
    target = file or folder / BACKUP_NAME
    if target.is_dir() or target.name == FILE_NAME:
        wrong(f"{target}: this is no place for a backup; name another file")
    if if_any and not (folder / FILE_NAME).exists():
        return
    if target.exists() and not replace:
        _ask_to_replace(target)
    try:
        back_up(folder, target)
    except (JournalNotOpened, NotBackedUp) as problem:
        wrong(problem, code=1)
    out().print(Text(f"{target} is written. To go back to it: stop the service, move {FILE_NAME} away from {folder},"))
    out().print(Text(f"put this file there as {BACKUP_NAME}, and start the service."))


def _journal_dir(config: Path) -> Path:
    """Return where the journal lies; in a container that needs no household.yaml, which may be wrong just now."""
    given = os.environ.get("TURNTOWARD_DATA_DIR")
    return Path(given) if given else settings_of(config)[0].journal_dir


def _ask_to_replace(target: Path) -> None:
    if not sys.stdin.isatty():
        wrong(f"{target} is there already; name another file, or add --replace", code=1)
    if not typer.confirm(f"{target} is there already. Replace it?"):
        raise typer.Exit(1)
