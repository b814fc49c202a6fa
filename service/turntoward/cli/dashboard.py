"""The command dashboard: a page for Home Assistant, printed as YAML or put there. How it looks is made elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from turntoward.channels.tile import discovery
from turntoward.channels.tile.entities import node_of
from turntoward.cli.frame import DEFAULT_CONFIG, Config, app, loaded_of, settings_of, wrong
from turntoward.dashboard import ICON, Couple, Entities, as_yaml, shown
from turntoward.dashboard import dashboard as made_for
from turntoward.ports import Impossible, NotNow
from turntoward.settings import Settings

if TYPE_CHECKING:
    from turntoward.adapters.homeassistant.questions import Questions

URL = "turntoward"
_ABOUT = """\
{what} for Home Assistant, made by `turntoward dashboard`; docs/dashboard.md says more.
In Home Assistant: Settings, Dashboards, Add dashboard, New dashboard from scratch. Open it, then the pencil, the three
dots, Raw configuration editor: paste this. Or let `turntoward dashboard --save` do all that."""
_NOTHING = """\
Home Assistant at {url} has no entities of Turntoward. What it takes:
  - the MQTT integration in Home Assistant (Settings, Devices & services), connected to the broker {broker}
  - the service, which tells Home Assistant of its entities when it starts: turntoward run
  - the discovery prefix of that integration: {prefix}, as mqtt.discovery in household.yaml says
To see what a dashboard looks like before that: turntoward dashboard --example"""


@app.command()
def dashboard(
    config: Config = DEFAULT_CONFIG,
    example: Annotated[
        bool, typer.Option("--example", help="ask no Home Assistant, and take the ids our entities have at first")
    ] = False,
    save: Annotated[bool, typer.Option("--save", help=f"put it into Home Assistant, at /{URL}")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="with --save: replace one that is there without asking")] = False,
) -> None:
    """Print a dashboard for Home Assistant, made for the entities your home really has, or put it there."""
    if example and save:
        wrong("--example shows what a home could look like, --save needs the home you have: leave one of them out")
    settings, document = settings_of(config)
    rulebook = loaded_of(settings, document).rulebook
    couple = Couple(settings.couple, settings.language, shown(rulebook, settings.language))
    node, components = node_of(settings), discovery.components(settings, rulebook)
    if example:
        made = made_for(couple, Entities.proposed(node, components))
        return _print(made, "An example of a dashboard")
    if settings.homeassistant is None:
        wrong(f"{config} has no 'homeassistant:' section; add one with url and token, or take --example")
    from turntoward.adapters.homeassistant.questions import Questions  # its client library takes a second

    try:
        with Questions(settings.homeassistant) as home_assistant:
            entities = Entities.found(node, components, home_assistant.ask("config/entity_registry/list"))
            if not entities:
                wrong(_nothing_there(settings), code=1)
            made = made_for(couple, entities)
            if not save:
                return _print(made, "A dashboard")
            _put(home_assistant, made, yes)
    except (NotNow, Impossible) as problem:
        wrong(problem, code=1)
    _hint(f"It is at {settings.homeassistant.url.rstrip('/')}/{URL}, and in the sidebar.")
    if settings.homeassistant.dashboard is None:
        _hint(f"To open it with a tap on a message on your phones, write 'dashboard: /{URL}' below 'homeassistant:'.")


def _print(made: dict[str, Any], what: str) -> None:
    print(as_yaml(made, _ABOUT.format(what=what)), end="")


def _hint(text: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(text)


def _nothing_there(settings: Settings) -> str:
    mqtt, url = settings.mqtt, settings.homeassistant.url if settings.homeassistant else ""
    if mqtt is None:
        return f"{url}: our entities reach Home Assistant by MQTT; add an 'mqtt:' section to household.yaml"
    if not mqtt.discovery:
        return "our entities are not announced; write 'discovery: homeassistant' below 'mqtt:' in household.yaml"
    return _NOTHING.format(url=url, broker=f"{mqtt.host}:{mqtt.port}", prefix=mqtt.discovery)


def _put(home_assistant: Questions, made: dict[str, Any], yes: bool) -> None:
    """Make the dashboard, or replace what is there when somebody agrees."""
    there = [found for found in home_assistant.ask("lovelace/dashboards/list") if found["url_path"] == URL]
    if there:
        _may_replace(there[0]["mode"], yes)
    else:
        about = {"title": made["title"], "icon": ICON, "mode": "storage", "url_path": URL, "allow_single_word": True}
        home_assistant.ask("lovelace/dashboards/create", **about, show_in_sidebar=True, require_admin=False)
    home_assistant.ask("lovelace/config/save", url_path=URL, config=made)


def _may_replace(mode: str, yes: bool) -> None:
    """End where it may not be replaced, or nobody agrees."""
    if mode != "storage":
        wrong(f"/{URL} lies in a file of Home Assistant's: put there what `turntoward dashboard` prints", code=1)
    if not yes and not sys.stdin.isatty():
        wrong(f"there is a dashboard at /{URL} already; --yes replaces it", code=1)
    if not yes:
        typer.confirm(
            f"There is a dashboard at /{URL} already. Replace it, and all that was changed in it?", abort=True
        )
