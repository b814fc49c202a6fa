"""Questions in their few forms, whoever answers them: a person at the keyboard, or a file that was prepared.

What is asked belongs to the steps. An answer that cannot be is refused with a sentence, and asked again where somebody
is there to be asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from pydantic import ValidationError

T = TypeVar("T")
NOTHING = "none"
"""What people write where a question may be answered by nothing at all."""

KEYS = (
    "replace", "first_name", "second_name", "homeassistant", "token", "language", "zone", "first_person",
    "second_person", "first_phone", "second_phone", "speakers", "voice", "doors", "signals", "mqtt_host", "mqtt_port",
    "mqtt_tls", "mqtt_username", "mqtt_password", "rituals", "many_rituals", "both_here", "first_agrees",
    "second_agrees", "try_speakers",
)  # fmt: skip
"""What each question is called in a file of answers."""


class AnswerRefused(Exception):
    """An answer that was prepared cannot be; the message says which, and why."""


class Stopped(Exception):
    """It cannot go on; the message says why and what to do. Nothing was changed."""


class Asker(Protocol):
    """Who is asked."""

    def say(self, text: str = "") -> None:
        """Tell something."""

    def ask(self, key: str, question: str, default: str = "", secret: bool = False) -> str:
        """Return the answer, or the default where there is none. `key`: see KEYS. A secret is not shown."""

    def refuse(self, key: str, problem: str) -> None:
        """Say that an answer cannot be; it is asked again. Raises AnswerRefused where nobody is there to be asked."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose. `suggested`: what Enter takes; `label`: what people read beside the number."""

    id: str
    label: str
    suggested: bool = False


def ask_for(asker: Asker, key: str, question: str, default: str, understood: Callable[[str], T]) -> T:
    """Ask until an answer is understood. `understood` raises ValueError, whose message is what people read."""
    while True:
        try:
            return understood(asker.ask(key, question, default))
        except ValidationError as wrong:
            asker.refuse(key, wrong.errors()[0]["msg"])
        except ValueError as wrong:
            asker.refuse(key, str(wrong))


def as_before(options: Sequence[Option], former: Iterable[str]) -> list[Option]:
    """Suggest what was chosen before, and nothing else; what is not offered any more can be kept as well."""
    wanted = list(dict.fromkeys(former))
    offered = {option.id for option in options}
    gone = [Option(id, f"{id} (as before)", True) for id in wanted if id not in offered]
    return [*(replace(option, suggested=option.id in wanted) for option in options), *gone]


def yes(asker: Asker, key: str, question: str, default: bool = False) -> bool:
    """Ask for a yes or a no."""
    return ask_for(asker, key, f"{question} (yes/no)", "yes" if default else "no", _yes_or_no)


def _yes_or_no(answer: str) -> bool:
    word = answer.casefold()
    if word in ("y", "yes", "j", "ja", "true", "on"):
        return True
    if word in ("n", "no", "nein", "false", "off"):
        return False
    raise ValueError("write yes or no")


def choose(asker: Asker, key: str, question: str, options: Sequence[Option]) -> list[Option]:
    """Show what there is with numbers, and ask which of them: several, or none. Enter takes what is suggested (*)."""
    show(asker, options)
    default = ", ".join(str(n) for n, option in enumerate(options, 1) if option.suggested) or NOTHING
    return ask_for(asker, key, f"{question} Numbers, or {NOTHING!r}", default, lambda said: chosen(said, options))


def choose_one(asker: Asker, key: str, question: str, options: Sequence[Option], needed: bool = False) -> Option | None:
    """Show what there is with numbers, and ask which one. Enter takes what is suggested."""
    show(asker, options)
    default = next((str(n) for n, option in enumerate(options, 1) if option.suggested), "1" if needed else NOTHING)

    def one(said: str) -> Option | None:
        found = chosen(said, options, just_one=True)
        if len(found) > 1 or (needed and not found):
            raise ValueError("choose one of them")
        return found[0] if found else None

    return ask_for(asker, key, question if needed else f"{question} A number, or {NOTHING!r}", default, one)


def show(asker: Asker, options: Iterable[Option]) -> None:
    """Show what there is to choose from."""
    for number, option in enumerate(options, 1):
        asker.say(f"  {number:>2} {'*' if option.suggested else ' '} {option.label}")


def chosen(said: str, options: Sequence[Option], just_one: bool = False) -> list[Option]:
    """Translate `1, 3` (or ids, or names) to what is meant, in the order of the list. Raises ValueError."""
    if said.strip().casefold() in (NOTHING, "", "-", "0"):
        return []
    # a name may have spaces in it
    words = [word for part in said.split(",") for word in ([part] if _meant(part, options) else part.split())]
    found = {word: _meant(word, options) for word in words}
    for word, option in found.items():
        if option is None:
            last = len(options)
            how = f"a number from 1 to {last}" if just_one else f"numbers from 1 to {last}, with commas"
            raise ValueError(f"{word!r} is not in the list; write {how}, or {NOTHING!r}")
    return [option for option in options if option in found.values()]


def _meant(said: str, options: Sequence[Option]) -> Option | None:
    word = said.strip().casefold()
    if word.isdecimal() and 1 <= int(word) <= len(options):
        return options[int(word) - 1]
    named = [option for option in options if word in _names(option)]
    return named[0] if len(named) == 1 else None


def _names(option: Option) -> tuple[str, ...]:
    """What people may call it: its id, and what stands before the id in its label, with or without its kind."""
    read = option.label.partition(" (")[0].casefold()
    return option.id.casefold(), read, read.rpartition(": ")[2]
