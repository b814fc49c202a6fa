"""The step in which Home Assistant is reached: address and token, tried at once, until both are right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from turntoward.adapters.homeassistant.connection import in_words, new_session
from turntoward.adapters.homeassistant.questions import PATIENCE, Questions
from turntoward.ports import Impossible, NotNow
from turntoward.settings import HomeAssistantSettings
from turntoward.setup.asking import NOTHING, Asker, Stopped, ask_for
from turntoward.setup.former import Former
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


def reach(asker: Asker, environ: Mapping[str, str], former: Former | None = None) -> Reached | None:
    """Ask for address and token until they work; None: there is no Home Assistant. Raises Stopped."""
    known = former.settings.homeassistant if former else None
    lent = environ.get("TURNTOWARD_APP_HA_URL"), environ.get("TURNTOWARD_APP_HA_TOKEN")
    if lent[0] and lent[1]:
        return _lent(asker, HomeAssistantSettings(url=lent[0], token=SecretStr(lent[1])))
    default = environ.get("TURNTOWARD_HA_URL") or (known.url if known else NOTHING if former else USUAL)
    while True:
        question = f"The address of Home Assistant, as in the browser ({NOTHING!r}: there is none)"
        url = ask_for(asker, "homeassistant", question, default, _address)
        if url is None:
            return None
        default = url
        if nobody := _nobody(url):
            _refuse_address(asker, nobody)
        elif reached := _tried(asker, url, environ.get("TURNTOWARD_HA_TOKEN", ""), _token_for(url, known)):
            return reached


def _lent(asker: Asker, settings: HomeAssistantSettings) -> Reached:
    try:
        with Questions(settings) as questions:
            found = read(questions)
    except (NotNow, Impossible) as problem:
        raise Stopped(f"Home Assistant cannot be reached through its Supervisor: {problem}") from None
    asker.say(f"  Home Assistant {found.version} runs us as an app; no address and no token are needed.")
    return Reached(settings, found, told=True, lent=True)


def _nobody(url: str) -> str:
    """Return why there is no Home Assistant at an address, before a token is sent there; empty: there is one."""
    try:
        with new_session(PATIENCE) as session:
            session.get(f"{url}/manifest.json").raise_for_status()
    except Exception as problem:  # whatever it was, it is no Home Assistant
        return f"no connection to Home Assistant: {in_words(problem)}"
    return ""


def _refuse_address(asker: Asker, problem: str) -> None:
    asker.refuse("homeassistant", f"{problem}. Is the address the one your browser shows, with its port?")


def _token_for(url: str, known: HomeAssistantSettings | None) -> str:
    """Return the token that is known at an address; it goes nowhere else."""
    return known.token.get_secret_value() if known and known.token and known.url == url else ""


def _tried(asker: Asker, url: str, told: str, kept: str) -> Reached | None:
    """Try an address with one token after the other; None: the address is to be asked again.

    `told`: the token of the environment; `kept`: the one that was used before, which Enter takes.
    """
    question = "The token (Enter keeps the one you have)" if kept else "The token"
    if not told and not kept:
        asker.say("  A token: in Home Assistant click your name, then Security, Long-lived access tokens, as an")
        asker.say("  administrator. It is not shown while you paste it, and goes into secrets.yaml only.")
    while True:
        token = told or asker.ask("token", question, kept, secret=True)
        if not token:
            asker.refuse("token", "nothing was pasted; once more from the address")
            return None
        settings = HomeAssistantSettings(url=url, token=SecretStr(token))
        try:
            with Questions(settings) as questions:
                found = read(questions)
        except NotNow as problem:
            _refuse_address(asker, str(problem))
            return None
        except Impossible:
            _refuse_token(asker, told, "Home Assistant does not accept this token; copy all of it, or make a new one")
            question, kept = "The token", ""
            continue
        if not found.admin:
            _refuse_token(asker, told, "this token's user is no administrator; make one as an administrator")
            continue
        _check_version(found.version)
        asker.say(f"  Home Assistant {found.version} is there and accepts the token.")
        return Reached(settings, found, told=bool(told))


def _refuse_token(asker: Asker, told: str, problem: str) -> None:
    if told:
        raise Stopped(f"TURNTOWARD_HA_TOKEN: {problem}")
    asker.refuse("token", problem)


def _check_version(version: str) -> None:
    year, _, rest = version.partition(".")
    month = rest.partition(".")[0]
    if year.isdecimal() and month.isdecimal() and (int(year), int(month)) < OLDEST:
        raise Stopped(f"Home Assistant {version} is too old: Turntoward needs 2025.4 or newer. Update it.")


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
