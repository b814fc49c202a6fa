"""`turntoward setup`: asks what has to be known of a home, tries it, and writes household.yaml."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from turntoward.cli.frame import DEFAULT_CONFIG, Config, app, out, program, wrong
from turntoward.documents import Problems
from turntoward.setup import AnswerRefused, Asker, Stopped

Answers = Annotated[Path | None, typer.Option("--answers", help="a file with the answers, see docs/setup.md")]


@app.command()
def setup(config: Config = DEFAULT_CONFIG, answers: Answers = None) -> None:
    """Ask about your home, try the answers out, and write household.yaml. Takes about five minutes.

    Exit codes: 0 it is written; 1 it was ended or could not go on, and nothing was changed; 2 an answer in the file
    is wrong.
    """
    # its client libraries take a second that the other verbs need not wait
    from turntoward.setup.interview import interview

    try:
        interview(_asker(answers), config, os.environ, program())
    except (Problems, AnswerRefused) as problem:
        wrong(problem)
    except Stopped as problem:
        wrong(problem, code=1)
    except OSError as problem:
        wrong(f"{config} could not be written ({problem.strerror}); make room, or name another place", code=1)
    except (KeyboardInterrupt, EOFError):
        wrong("\nEnded. Nothing was changed.", code=1)


def _asker(answers: Path | None) -> Asker:
    from turntoward.setup.keyboard import Keyboard
    from turntoward.setup.prepared import Prepared

    if answers is not None:
        return Prepared(answers, lambda text: print(text))
    if not sys.stdin.isatty():
        wrong("setup asks questions at a terminal; where there is none, give it --answers FILE (docs/setup.md)")
    return Keyboard(out())
