"""The order of the questions, from the names to the file. What each step asks is in a file of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from turntoward.adapters.clock import SystemClock
from turntoward.rulebook import warnings
from turntoward.setup import couple, first_words, former, reaching_broker, reaching_home, rituals, rooms, saving
from turntoward.setup.asking import Asker, Stopped, yes
from turntoward.setup.former import Former
from turntoward.setup.plan import ChosenSignal, Plan
from turntoward.setup.reaching_broker import ReachedBroker
from turntoward.setup.reaching_home import Reached
from turntoward.setup.writing import HA_TOKEN, MQTT_PASSWORD

_ABOUT_FORMER = """\
What it says is suggested, so Enter keeps it; what is not asked about goes on as it is. Your own comments stay in the
copy, and so does what you choose no longer."""
_NO_FORMER = "Nothing of it is taken over: it is as it came, or cannot be used (`turntoward check` says why)."


def interview(asker: Asker, config: Path, environ: Mapping[str, str], program: str = "turntoward") -> None:
    """Ask everything, and write household.yaml at the end. `program`: what to type to call us again.

    Raises Stopped, AnswerRefused, Problems, or whatever ends the asking (Ctrl-C): then nothing was changed.
    """
    saving.check_place(config)
    asker.say("Enter takes what is in [brackets]; * marks what is suggested. Ctrl-C ends it, and nothing is changed.")
    household = former.read(config, environ) if config.exists() else None
    if config.exists():
        asker.say(f"There is a {config} already. At the end it would be replaced; a copy stays beside it.")
        asker.say(_ABOUT_FORMER if household else _NO_FORMER)
        if not yes(asker, "replace", "Go on?"):
            raise Stopped("it stays as it is; for another file: turntoward setup --config other/household.yaml")
    plan = _plan(asker, environ, household)
    with saving.drafted(plan, config, _with_token(environ, plan), household) as draft:
        asker.say("What the rituals still lack (`turntoward check` says it again):")
        for advice in warnings(draft.settings, draft.loaded.rulebook) or ("nothing",):
            asker.say(f"  {advice}")
        first_words.try_speakers(asker, draft)
        copies = saving.save(draft, config, SystemClock().now().astimezone(draft.settings.time_zone))
    _say_goodbye(asker, config, plan, copies)
    asker.say("Next:")
    for verb in ("doctor", "run"):
        asker.say(f"  {program} {verb} --config {config}")


def _plan(asker: Asker, environ: Mapping[str, str], before: Former | None) -> Plan:
    asker.say("You two:")
    names = couple.names(asker, before)
    asker.say("Home Assistant:")
    home = reaching_home.reach(asker, environ, before)
    found = home.found if home else None
    language, zone = couple.language(asker, found, before), couple.zone(asker, found, before)
    plan = _with_home(asker, Plan(names, language, zone, persons=_by_mqtt(before)), home, before)
    asker.say("The broker, which brings tiles to your dashboard:")
    if home and not home.found.mqtt:
        asker.say("  Home Assistant has no MQTT integration yet; it needs one, with the same broker, to show tiles.")
    needed = not all(person and "/" not in person for person in plan.persons)
    known = before.settings.mqtt if before else None
    broker = reaching_broker.reach(asker, environ, _likely_host(home), needed, known)
    plan = replace(plan, mqtt=broker.settings if broker else None, secrets=_secrets(home, broker))
    plan = replace(plan, lent=_lent(home, broker))
    asker.say("Rituals:")
    plan = replace(plan, rituals=rituals.rituals(asker, language, before.rituals if before else None))
    asker.say("Both of you:")
    return replace(plan, agreed=couple.agreed(asker, names, before.agreed(names) if before else ()))


def _by_mqtt(before: Former | None) -> tuple[str | None, str | None]:
    """Return the topics that tell where each is, which need no Home Assistant."""
    first, second = (one if one and "/" in one else None for one in (before.presences if before else (None, None)))
    return first, second


def _with_home(asker: Asker, plan: Plan, home: Reached | None, before: Former | None) -> Plan:
    if home is None:
        return plan
    found, names = home.found, plan.names
    persons = rooms.persons(asker, found, names, before)
    phones = rooms.phones(asker, found, names, persons, before)
    asker.say("Speakers:")
    speakers = rooms.speakers(asker, found, before)
    asker.say("Doors and signals:")
    doors: tuple[ChosenSignal, ...] = rooms.doors(asker, found, before)
    signals = (*doors, *rooms.signals(asker, found, names, persons, speakers, before))
    return replace(
        plan, homeassistant=home.settings, persons=persons, phones=phones, speakers=speakers, signals=signals
    )


def _secrets(home: Reached | None, broker: ReachedBroker | None) -> dict[str, SecretStr]:
    """What has to be kept beside the file; what the environment tells stays there."""
    secrets = {}
    if home and not home.told and home.settings.token:
        secrets[HA_TOKEN] = home.settings.token
    if broker and not broker.told and broker.settings.password:
        secrets[MQTT_PASSWORD] = broker.settings.password
    return secrets


def _lent(home: Reached | None, broker: ReachedBroker | None) -> frozenset[str]:
    lent = (("homeassistant", home is not None and home.lent), ("mqtt", broker is not None and broker.lent))
    return frozenset(section for section, is_lent in lent if is_lent)


def _with_token(environ: Mapping[str, str], plan: Plan) -> Mapping[str, str]:
    """The token by which Home Assistant was reached also serves the first words."""
    token = plan.homeassistant.token if plan.homeassistant else None
    return {**environ, "TURNTOWARD_HA_TOKEN": token.get_secret_value()} if token else environ


def _likely_host(home: Reached | None) -> str:
    """The broker is most often on the machine of Home Assistant."""
    if home is None:
        return "localhost"
    return "core-mosquitto" if home.lent else urlsplit(home.settings.url).hostname or "localhost"


def _say_goodbye(asker: Asker, config: Path, plan: Plan, copies: list[Path]) -> None:
    asker.say()
    asker.say(f"Written: {config}" + (" and secrets.yaml, which only you can read" if plan.secrets else ""))
    for copy in copies:
        asker.say(f"  what was there before is in {copy}")
    if len(plan.agreed) < len(plan.names):
        asker.say("  agreed: waits. When both of you want this, each adds their own name there.")
