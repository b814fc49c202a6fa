"""The household's dashboard and its place in Home Assistant, for whoever wants it there. Nobody is asked here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from turntoward.channels.tile import discovery
from turntoward.channels.tile.entities import node_of
from turntoward.core.rules import Rulebook
from turntoward.dashboard import ICON, Couple, Entities, dashboard, shown
from turntoward.settings import Settings

if TYPE_CHECKING:
    from turntoward.adapters.homeassistant.questions import Questions  # its client library takes a second

URL = "turntoward"


class Page:
    """The dashboard of one household. What asks Home Assistant raises as `Questions.ask`."""

    def __init__(self, settings: Settings, rulebook: Rulebook) -> None:
        names = tuple(partner.name for partner in settings.partners)
        self._couple = Couple(settings.couple, names, settings.language, shown(rulebook, settings.language))
        self._node, self._components = node_of(settings), discovery.components(settings, rulebook)

    def example(self) -> dict[str, Any]:
        """Return it with the ids that our entities have at first."""
        return dashboard(self._couple, Entities.proposed(self._node, self._components))

    def made_for(self, home_assistant: Questions) -> dict[str, Any] | None:
        """Return it with the entities that are there; None: there are none of ours."""
        found = Entities.found(self._node, self._components, home_assistant.ask("config/entity_registry/list"))
        return dashboard(self._couple, found) if found else None


def there(home_assistant: Questions) -> str | None:
    """Return how the dashboard at our address is kept: `storage`, `yaml`; None: there is none."""
    known = home_assistant.ask("lovelace/dashboards/list")
    return next((str(row["mode"]) for row in known if row["url_path"] == URL), None)


def create(home_assistant: Questions, made: dict[str, Any]) -> None:
    """Put it where there is none."""
    about = {"title": made["title"], "icon": ICON, "mode": "storage", "url_path": URL, "allow_single_word": True}
    home_assistant.ask("lovelace/dashboards/create", **about, show_in_sidebar=True, require_admin=False)
    replace(home_assistant, made)


def replace(home_assistant: Questions, made: dict[str, Any]) -> None:
    """Put it in the place of the one that is there."""
    home_assistant.ask("lovelace/config/save", url_path=URL, config=made)
