"""The files for Home Assistant, read as it reads them, and every sentence in them spelt out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor

FOLDER = Path(__file__).parents[1] / "config" / "homeassistant"
BLUEPRINTS = FOLDER / "blueprints" / "automation" / "turntoward"
PACKAGE = FOLDER / "packages" / "turntoward_voice.yaml"
LANGUAGES = ("en", "de")
_GROUP = re.compile(r"[\[(]([^\[\]()]*)[\])]")
Says = dict[str, str]


@dataclass(frozen=True)
class Input:
    """`!input name` in a blueprint."""

    name: str


class _Constructor(SafeConstructor):
    """Knows the tag of blueprints."""


_Constructor.add_constructor("!input", lambda _, node: Input(node.value))


def read(path: Path) -> dict[str, Any]:
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    yaml.version = (1, 1)  # as Home Assistant reads it: there, on is true
    content: dict[str, Any] = yaml.load(path.read_text("utf-8"))
    return content


def sentences_of(language: str) -> Path:
    return FOLDER / "custom_sentences" / language / "turntoward.yaml"


def inputs(blueprint: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """All inputs by name, also those in a section."""
    found: dict[str, dict[str, Any]] = {}
    for name, content in blueprint["blueprint"]["input"].items():
        found |= content.get("input", {name: content})
    return found


def ways(sentence: str) -> list[str]:
    """Everything that `(this|that)` and `[maybe this]` allow."""
    group = _GROUP.search(sentence)
    if group is None:
        return [" ".join(sentence.split()).casefold()]
    before, after = sentence[: group.start()], sentence[group.end() :]
    said = {way: None for choice in _choices(group) for way in ways(before + choice + after)}
    return list(said)


def samples(sentence: str) -> list[str]:
    """Some of the ways in which it can be said, with each of its words in one of them."""
    longest = max((len(_choices(group)) for group in _GROUP.finditer(sentence)), default=1)
    return list(dict.fromkeys(_nth(sentence, number) for number in range(longest)))


def _nth(sentence: str, number: int) -> str:
    while group := _GROUP.search(sentence):
        choices = _choices(group)
        sentence = sentence[: group.start()] + choices[number % len(choices)] + sentence[group.end() :]
    return " ".join(sentence.split())


def _choices(group: re.Match[str]) -> list[str]:
    return [*group[1].split("|"), *([""] if group[0][0] == "[" else [])]


def of_the_blueprint() -> Iterator[tuple[str, Says]]:
    """Each sentence of the blueprint, with what it means; `{ritual}` and `{text}` stand for any words."""
    blueprint = read(BLUEPRINTS / "voice.yaml")
    known = inputs(blueprint)
    for trigger in blueprint["triggers"]:
        command = trigger["command"]
        says = {key: re.sub(r".*slots\.(\w+).*", r"{\1}", value) for key, value in _meant(trigger).items()}
        for sentence in known[command.name]["default"] if isinstance(command, Input) else command:
            yield sentence, says


def _meant(trigger: dict[str, Any]) -> Says:
    variables: dict[str, Any] = trigger.get("variables", {})
    says: Says = variables.get("says") or {"asks": trigger["id"], **variables}
    return says


def of_the_files(language: str) -> Iterator[tuple[str, Says]]:
    """The same of the custom sentences."""
    content = read(sentences_of(language))
    for intent, details in content["intents"].items():
        for data in details["data"]:
            says = {key: value for key, value in data["slots"].items() if key != "language"}
            if intent != "TurntowardAnswer":
                says = {"asks": ASKS[intent], **says}
            for sentence in data["sentences"]:
                yield from _with_lists(_with_rules(sentence, content["expansion_rules"]), content["lists"], says)


ASKS = {"TurntowardWhatIsOn": "what_is_on", "TurntowardCard": "card", "TurntowardQuiet": "quiet"}


def _with_rules(sentence: str, rules: dict[str, str]) -> str:
    return re.sub(r"<(\w+)>", lambda found: rules[found[1]], sentence)


def _with_lists(sentence: str, lists: dict[str, Any], says: Says) -> Iterator[tuple[str, Says]]:
    found = re.search(r"\{(\w+):(\w+)\}", sentence)
    if found is None:
        yield sentence, says
    elif lists[found[1]].get("wildcard"):
        yield sentence.replace(found[0], f"{{{found[2]}}}"), {**says, found[2]: f"{{{found[2]}}}"}
    else:
        for value in lists[found[1]]["values"]:
            yield sentence.replace(found[0], value["in"]), {**says, found[2]: value["out"]}
