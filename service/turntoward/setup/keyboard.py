"""A person at the keyboard. What is secret is typed without being seen."""

from __future__ import annotations

from getpass import getpass

from rich.console import Console
from rich.text import Text


class Keyboard:
    """Asks at the terminal; `asking.Asker`."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def say(self, text: str = "") -> None:
        """Print it; what ends with a colon, and is not below another line, is a heading."""
        is_heading = text.endswith(":") and not text.startswith(" ")
        self._console.print(Text(text, style="bold" if is_heading else ""))

    def ask(self, key: str, question: str, default: str = "", secret: bool = False) -> str:
        """Ask in one line. Raises EOFError or KeyboardInterrupt where somebody ends it."""
        prompt = f"{question} [{default}]: " if default and not secret else f"{question}: "
        answer = getpass(prompt) if secret else input(prompt)
        seen = "".join(letter for letter in answer if letter.isprintable())  # what a paste brings along is not meant
        return seen.strip() or default

    def refuse(self, key: str, problem: str) -> None:
        """Say what is wrong; the question comes again."""
        self._console.print(Text(f"  {problem}", style="yellow"))
