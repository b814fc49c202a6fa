"""Tries the broker out as the service would use it, on topics that nobody listens to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Literal

from turntoward.adapters.homeassistant.calls import Calls
from turntoward.adapters.mqtt.topics import Topics
from turntoward.adapters.mqtt.trial import Trial
from turntoward.channels.tile.entities import node_of
from turntoward.core.rules import Rulebook
from turntoward.doctor.facts import Broker, Trouble
from turntoward.ports import Impossible, NotNow
from turntoward.settings import HomeAssistantSettings, MqttSettings, Settings

WORD = "is anybody there?"
Strangers = Literal["kept out", "let in", "may write"]
FromHome = Literal["heard", "not heard", "no mqtt", "not asked"]


def ask(settings: Settings, rulebook: Rulebook) -> Broker | Trouble:
    """Visit the broker once with our account, and once without any."""
    assert settings.mqtt is not None
    try:
        with Trial(settings.mqtt) as trial:
            refusal = _refusal(lambda: trial.publish(f"{settings.base}/doctor", WORD))
            return Broker(
                publish_refused=refusal,
                echoes=not refusal and trial.echoes(f"{settings.base}/doctor", WORD),
                filters_refused=trial.refused(Topics.of(settings, rulebook).filters()),
                discovery_refused=_discovery(trial, settings),
                strangers=_strangers(trial, settings.mqtt, settings.base),
                kept=trial.kept(*_ours(settings)),
                home_publishes=_from_home(trial, settings),
            )
    except Impossible as refused:
        return Trouble(str(refused), refused=True)
    except NotNow as problem:
        return Trouble(str(problem))


def _refusal(attempt: Callable[[], None]) -> str:
    try:
        attempt()
    except Impossible as refused:
        return str(refused)
    return ""


def _discovery(trial: Trial, settings: Settings) -> str:
    """Try the neighbourhood of our discovery message: the message itself would be taken for a farewell."""
    prefix = settings.mqtt.discovery if settings.mqtt else None
    topic = f"{prefix}/device/{node_of(settings)}/doctor"
    return _refusal(lambda: trial.publish(topic, WORD)) if prefix else ""


def _ours(settings: Settings) -> list[str]:
    prefix = settings.mqtt.discovery if settings.mqtt else None
    return [f"{settings.base}/#", *([f"{prefix}/device/+/config"] if prefix else [])]


def _strangers(trial: Trial, mqtt: MqttSettings, base: str) -> Strangers:
    """Try to get in without an account, and listen with ours whether what it publishes arrives."""
    nobody = mqtt.model_copy(update={"username": None, "password": None})
    topic, word = f"{base}/doctor", f"{WORD} (without an account)"
    try:
        with Trial(nobody) as stranger:
            return "may write" if trial.hears(topic, word, lambda: _try(stranger, topic, word)) else "let in"
    except (Impossible, NotNow):
        return "kept out"


def _try(stranger: Trial, topic: str, word: str) -> None:
    with suppress(Impossible):
        stranger.publish(topic, word)


def _from_home(trial: Trial, settings: Settings) -> FromHome:
    """Have Home Assistant publish for a signal that nobody has, and listen whether it arrives."""
    if settings.homeassistant is None:
        return "not asked"
    try:
        return _heard_from(trial, settings.homeassistant, f"{settings.base}/signal/doctor")
    except NotNow:
        return "not asked"


def _heard_from(trial: Trial, homeassistant: HomeAssistantSettings, topic: str) -> FromHome:
    calls = Calls(homeassistant)
    message = {"topic": topic, "payload": WORD}
    try:
        heard = trial.hears(topic, WORD, lambda: calls.call("mqtt", "publish", message))
    except Impossible:  # it has no such action: the MQTT integration is not set up, or not connected
        return "no mqtt"
    return "heard" if heard else "not heard"
