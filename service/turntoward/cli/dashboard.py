"""The command dashboard: a page for Home Assistant, printed as YAML or put there. How it looks is made elsewhere."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
from rich.console import Console

from turntoward.cli import placing
from turntoward.cli.frame import DEFAULT_CONFIG, Config, app, loaded_of, settings_of, wrong
from turntoward.cli.placing import URL
from turntoward.dashboard import as_yaml
from turntoward.ports import Impossible, NotNow
from turntoward.settings import Settings

if TYPE_CHECKING:
    from turntoward.adapters.homeassistant.questions import Questions

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
        bool, typer.Option("--example", help="without asking Home Assistant, with the ids our entities have at first")
    ] = False,
    save: Annotated[bool, typer.Option("--save", help=f"put it into Home Assistant, at /{URL}")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="with --save: replace one that is there without asking")] = False,
) -> None:
    """Print a dashboard for Home Assistant, made for the entities your home really has, or put it there."""
    if example and save:
        wrong("--example shows what a home could look like, --save needs the home you have: leave one of them out")
    settings, document = settings_of(config)
    page = placing.Page(settings, loaded_of(settings, document).rulebook)
    if example:
        return _print(page.example(), "An example of a dashboard")
    if settings.homeassistant is None:
        wrong(f"{config} has no 'homeassistant:' section; add one with url and token, or take --example")
    from turntoward.adapters.homeassistant.questions import Questions  # its client library takes a second

    try:
        with Questions(settings.homeassistant) as home_assistant:
            made = page.made_for(home_assistant)
            if made is None:
                wrong(_nothing_there(settings), code=1)
            if not save:
                return _print(made, "A dashboard")
            _put(home_assistant, made, yes)
    except (NotNow, Impossible) as problem:
        wrong(problem, code=1)
    _hint(f"It is in the sidebar of Home Assistant, at /{URL}.")
    if settings.homeassistant.dashboard is None:
        _hint(f"To open it with a tap on a message on your phones, write 'dashboard: /{URL}' below 'homeassistant:'.")


def _print(made: dict[str, Any], what: str) -> None:
    print(as_yaml(made, _ABOUT.format(what=what)), end="")


def _hint(text: str) -> None:
    Console(stderr=True, highlight=False, soft_wrap=True).print(text)


def _nothing_there(settings: Settings) -> str:
    mqtt, url = settings.mqtt, _address(settings.homeassistant.url) if settings.homeassistant else ""
    if mqtt is None:
        return f"{url}: our entities reach Home Assistant by MQTT; add an 'mqtt:' section to household.yaml"
    if not mqtt.discovery:
        return "our entities are not announced; write 'discovery: homeassistant' below 'mqtt:' in household.yaml"
    return _NOTHING.format(url=url, broker=f"{mqtt.host}:{mqtt.port}", prefix=mqtt.discovery)


def _address(url: str) -> str:
    """An address may have a password in it, which nobody else is to read."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")


def _put(home_assistant: Questions, made: dict[str, Any], yes: bool) -> None:
    """Make the dashboard, or replace what is there when somebody agrees."""
    mode = placing.there(home_assistant)
    if mode is None:
        return placing.create(home_assistant, made)
    _may_replace(mode, yes)
    placing.replace(home_assistant, made)


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
