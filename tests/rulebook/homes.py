"""A household in a folder of its own, with rituals, rules and decks of its own. Nothing is asserted here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from turntoward.rulebook import Loaded, load, warnings
from turntoward.settings import Settings, load_settings_and_document

HOME = "partners: [{name: Alex}, {name: Sam}]\nagreed: [Alex, Sam]\nmqtt: {}\nrules_dir: mine\n"
TILE = "ritual: {name}\ntitle: Ours\nlimits: {{cooldown: {{hours: 3}}}}\n"


def tile(name: str, more: str = "") -> str:
    """A ritual that is only a tile, with more lines."""
    return TILE.format(name=name) + more


@dataclass(frozen=True)
class Home:
    """The folder, with what is written into it."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "household.yaml"

    def __call__(self, settings: str = "", decks: Mapping[str, str] | None = None, **rules: str) -> Loaded:
        """Write files beside those that are there, and load the household."""
        (self.folder / "mine" / "decks").mkdir(parents=True, exist_ok=True)
        for name, text in rules.items():
            (self.folder / "mine" / f"{name}.yaml").write_text(text, encoding="utf-8")
        for name, text in (decks or {}).items():
            (self.folder / "mine" / "decks" / f"{name}.yaml").write_text(text, encoding="utf-8")
        self.path.write_text(f"{HOME}{settings}\n", encoding="utf-8")
        return load(*load_settings_and_document(self.path, {}))

    @property
    def settings(self) -> Settings:
        return load_settings_and_document(self.path, {})[0]

    def advice(self, settings: str = "", **rules: str) -> str:
        """Load the household and return the advice it gets."""
        loaded = self(settings, **rules)
        return "\n".join(warnings(self.settings, loaded.rulebook))
