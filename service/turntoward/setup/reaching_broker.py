"""The step in which the broker is reached: host, port and account, tried at once, and what the account may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from turntoward.adapters.mqtt.trial import Trial
from turntoward.ports import Impossible, NotNow
from turntoward.settings import MqttSettings
from turntoward.setup.asking import NOTHING, Asker, ask_for, yes

WORD = "is anybody there?"
ENCRYPTED = 8883


@dataclass(frozen=True, slots=True)
class ReachedBroker:
    """The broker, as it was reached. `told`: the password came from the environment, and stays there.

    `lent`: Home Assistant runs us as an app and lends its own broker at each start.
    """

    settings: MqttSettings
    told: bool = False
    lent: bool = False


def reach(
    asker: Asker, environ: Mapping[str, str], default_host: str, needed: bool, known: MqttSettings | None = None
) -> ReachedBroker | None:
    """Ask for the broker until it lets us do what we have to; None: do without. `needed`: that cannot be.

    `known`: the broker there was before, with the environment laid over it.
    """
    lent = _lent(environ)
    if lent is not None and _trouble(lent) is None:
        asker.say("  Home Assistant lends its broker, which lets us write and listen; no account is needed.")
        return ReachedBroker(lent, told=True, lent=True)
    former = known or MqttSettings(
        host=environ.get("TURNTOWARD_MQTT_HOST") or default_host,
        username=environ.get("TURNTOWARD_MQTT_USERNAME") or None,
    )
    told = environ.get("TURNTOWARD_MQTT_PASSWORD", "")
    while True:
        asked = _asked(asker, former, told, needed)
        if asked is None:
            return None
        trouble = _trouble(asked)
        if trouble is None:
            asker.say(f"  The broker at {asked.host}:{asked.port} lets us write and listen.")
            return ReachedBroker(asked, told=bool(told))
        asker.refuse(*trouble)
        former = asked.model_copy(update={"password": None})


def _lent(environ: Mapping[str, str]) -> MqttSettings | None:
    start = "TURNTOWARD_APP_MQTT_"
    lent = {name.removeprefix(start).lower(): value for name, value in environ.items() if name.startswith(start)}
    return MqttSettings.model_validate(lent) if "host" in lent else None


def _asked(asker: Asker, former: MqttSettings, told: str, needed: bool) -> MqttSettings | None:
    ending = "" if needed else f" ({NOTHING!r}: do without tiles)"
    host = ask_for(asker, "mqtt_host", f"The broker's address{ending}", former.host, lambda said: _host(said, needed))
    if host is None:
        return None
    port = ask_for(asker, "mqtt_port", "Its port", str(former.port), _port)
    tls = (port == ENCRYPTED or former.tls) and yes(asker, "mqtt_tls", "Is the connection encrypted (TLS)?", True)
    name = asker.ask("mqtt_username", f"The account ({NOTHING!r}: it needs none)", former.username or NOTHING)
    username = None if name.casefold() == NOTHING else name
    password = told or (_password(asker, _kept(former, host, name)) if username else "")
    secret = SecretStr(password) if password else None
    asked = {"host": host, "port": port, "tls": tls, "username": username, "password": secret}
    return former.model_copy(update=asked)


def _kept(former: MqttSettings, host: str, name: str) -> str:
    """Return the password of an account that is known at this broker; it goes nowhere else."""
    same = (former.host, former.username) == (host, name)
    return former.password.get_secret_value() if same and former.password else ""


def _password(asker: Asker, kept: str) -> str:
    question = "Its password (Enter keeps the one you have)" if kept else "Its password"
    return asker.ask("mqtt_password", question, kept, secret=True)


def _host(said: str, needed: bool) -> str | None:
    if said.casefold() == NOTHING:
        if needed:
            raise ValueError("where Home Assistant does not say who is home, only the broker can; name it")
        return None
    return MqttSettings(host=said).host


def _port(said: str) -> int:
    if not said.isdecimal() or not 1 <= int(said) <= 65535:
        raise ValueError("a port is a number from 1 to 65535; most often it is 1883")
    return int(said)


def _trouble(settings: MqttSettings) -> tuple[str, str] | None:
    """Return the question to blame and why, or None where all is well."""
    base, prefix = settings.base, settings.discovery
    allow = f"give the account 'topic readwrite {base}/#' and 'topic readwrite {prefix}/#' in the broker's access list"
    try:
        with Trial(settings) as trial:
            try:
                trial.publish(f"{prefix}/device/{base}/setup", WORD)
                heard = trial.echoes(f"{base}/setup", WORD)
            except Impossible as refusal:
                return "mqtt_username", f"{refusal}: {allow}"
            return None if heard else ("mqtt_username", f"what is published below {base} does not come back: {allow}")
    except NotNow as problem:
        return "mqtt_host", f"{problem}. Check whether it runs, and whether address and port are right"
    except Impossible as refusal:
        return "mqtt_username", str(refusal)
