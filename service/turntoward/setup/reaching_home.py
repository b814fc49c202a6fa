"""The step in which Home Assistant is reached: address and token, tried at once, until both are right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from turntoward.adapters.homeassistant.questions import Questions
from turntoward.ports import Impossible, NotNow
from turntoward.settings import HomeAssistantSettings
from turntoward.setup.asking import NOTHING, Asker, Stopped, ask_for
from turntoward.setup.found import Found, read

USUAL = "http://homeassistant.local:8123"
OLDEST = (2025, 4)


@dataclass(frozen=True, slots=True)
class Reached:
    """Home Assistant, as it was reached. `told`: the token came from the environment, and stays there.

    `lent`: Home Assistant runs us as an app and lends its own address and key at each start.
    """

    settings: HomeAssistantSettings
    found: Found
    told: bool = False
    lent: bool = False


def reach(asker: Asker, environ: Mapping[str, str]) -> Reached | None:
    """Ask for address and token until they work; None: there is no Home Assistant. Raises Stopped."""
    lent = environ.get("TURNTOWARD_APP_HA_URL"), environ.get("TURNTOWARD_APP_HA_TOKEN")
    if lent[0] and lent[1]:
        return _lent(asker, HomeAssistantSettings(url=lent[0], token=SecretStr(lent[1])))
    default = environ.get("TURNTOWARD_HA_URL") or USUAL
    while True:
        question = f"The address of Home Assistant, as in the browser ({NOTHING!r}: there is none)"
        url = ask_for(asker, "homeassistant", question, default, _address)
        if url is None:
            return None
        if reached := _tried(asker, url, environ.get("TURNTOWARD_HA_TOKEN", "")):
            return reached
        default = url


def _lent(asker: Asker, settings: HomeAssistantSettings) -> Reached:
    try:
        with Questions(settings) as questions:
            found = read(questions)
    except (NotNow, Impossible) as problem:
        raise Stopped(f"Home Assistant cannot be reached through its Supervisor: {problem}") from None
    asker.say(f"  Home Assistant {found.version} runs us as an app; it needs no address and no token.")
    return Reached(settings, found, told=True, lent=True)


def _tried(asker: Asker, url: str, told: str) -> Reached | None:
    """Try an address with one token after the other; None: the address is to be asked again."""
    if not told:
        asker.say("  A token: in Home Assistant click your name, then Security, Long-lived access tokens, as an")
        asker.say("  administrator. It is not shown while you paste it, and goes into secrets.yaml only.")
    while True:
        token = told or asker.ask("token", "The token", secret=True)
        settings = HomeAssistantSettings(url=url, token=SecretStr(token))
        try:
            with Questions(settings) as questions:
                found = read(questions)
        except NotNow as problem:
            asker.refuse("homeassistant", f"{problem}. Is the address the one your browser shows, with its port?")
            return None
        except Impossible:
            _refuse_token(asker, told, "Home Assistant does not accept this token; copy the whole of it, or make a new")
            continue
        if not found.admin:
            _refuse_token(asker, told, "this token is of a user who is no administrator; make one as an administrator")
            continue
        _check_version(found.version)
        asker.say(f"  Home Assistant {found.version} is there and takes the token.")
        return Reached(settings, found, told=bool(told))


def _refuse_token(asker: Asker, told: str, problem: str) -> None:
    if told:
        raise Stopped(f"TURNTOWARD_HA_TOKEN: {problem}")
    asker.refuse("token", problem)


def _check_version(version: str) -> None:
    year, _, rest = version.partition(".")
    month = rest.partition(".")[0]
    if year.isdecimal() and month.isdecimal() and (int(year), int(month)) < OLDEST:
        raise Stopped(f"Home Assistant {version} is too old; 2025.4 is the first that Turntoward knows. Update it.")


def _address(said: str) -> str | None:
    """Make an address of what people write: `homeassistant.local`, or a page of the dashboard."""
    if said.strip().casefold() == NOTHING:
        return None
    written = said.strip()
    if "://" not in written:
        written = (
            f"http://{written}" if ":" in written.partition("/")[0] else f"http://{written.partition('/')[0]}:8123"
        )
    try:
        parts = urlsplit(written)
    except ValueError:  # the settings have words for it
        parts = None
    if parts is not None and parts.hostname and not parts.path.startswith("/core"):
        written = f"{parts.scheme}://{parts.netloc}"
    return HomeAssistantSettings(url=written).url
