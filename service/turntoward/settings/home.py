"""`household.yaml` as one frozen value, and what follows from it: who tells what, and where.

What the core needs is in `turntoward.core.household`, the rest is here. No file is read and nothing is connected.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core.household import Household, SignalName
from turntoward.settings.scenes import Scene, SceneName, TagId, TagName, scene_from_text
from turntoward.settings.sections import (
    DemoHome,
    HomeAssistantSettings,
    HomePartner,
    HomeSignal,
    MqttSettings,
    place_from_text,
)
from turntoward.settings.speakers import Speaker, speakers_from_text
from turntoward.settings.topics import OurTopics

MQTT = "mqtt"
HOME_ASSISTANT = "homeassistant"

_MAY_BE_EMPTY = ("agreed", "presence", "limits", "signals", "speakers", "scenes", "tags", "vacation", "silence")


@dataclass(frozen=True, slots=True)
class Told:
    """What a topic tells: a partner's presence or a signal, by its id. `key`: of JSON, only what stands there."""

    topic: str
    what: str
    key: str | None = None


class Settings(Household):
    """Everything in `household.yaml`, with secrets from the environment."""

    partners: tuple[HomePartner, HomePartner]
    # nobody writes into the dict, so that dict is invariant does no harm
    signals: dict[SignalName, Annotated[HomeSignal, BeforeValidator(place_from_text)]] = Field(  # type: ignore[assignment]
        default_factory=dict, description="named facts about the home, and where each is told"
    )
    speakers: dict[str, Annotated[tuple[Speaker, ...], BeforeValidator(speakers_from_text)]] = Field(
        default_factory=dict, description="by room"
    )
    scenes: dict[SceneName, Annotated[Scene, BeforeValidator(scene_from_text)]] = Field(
        default_factory=dict, description="scenes that rules speak of, and what each is in Home Assistant"
    )
    tags: dict[TagName, TagId] = Field(default_factory=dict, description="NFC tags that rules speak of, and their ids")
    mqtt: MqttSettings | None = None
    homeassistant: HomeAssistantSettings | None = None
    rituals: dict[str, Any] = Field(
        default_factory=lambda: {"reunion_hug": {}},
        description="which rituals are on, and what is changed in them; left out: the reunion hug",
    )
    rules_dir: Path | None = Field(None, description="a folder with rituals of your own; same name replaces ours")
    data_dir: Path = Field(Path("data"), description="where the journal lies; relative to this file")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    demo: DemoHome | None = None

    @model_validator(mode="before")
    @classmethod
    def _empty_sections(cls, values: object) -> object:
        """`speakers:` with every line below it switched off means none, not a mistake."""
        if not isinstance(values, dict):
            return values
        return {key: value for key, value in values.items() if value is not None or key not in _MAY_BE_EMPTY}

    @field_validator("rituals", mode="before")
    @classmethod
    def _rituals_by_name(cls, value: object) -> object:
        """A list of names means: these, unchanged. Nothing below `rituals:` means none; left out is another thing."""
        if value is None:
            return {}
        if not isinstance(value, list | tuple):
            return value
        if not all(isinstance(name, str) for name in value):
            raise PydanticCustomError(
                "rituals", "a list holds names only; to change a ritual write 'reunion_hug: {...}', without '- '", {}
            )
        return {name: {} for name in value}

    @model_validator(mode="after")
    def _connections_fit(self) -> Self:
        if self.demo is not None and self.mqtt is None:
            raise PydanticCustomError(
                "mqtt", "the demo lives on a broker of its own; add 'mqtt: {port: 18883}'", {"at": ("demo",)}
            )
        if self.homeassistant is None and (what := next(self._entities(), None)):
            raise PydanticCustomError(
                "homeassistant",
                "this needs Home Assistant, but there is no 'homeassistant:' section; add one with url and token",
                {"at": what},
            )
        if self.mqtt is None and (what := next(self._topics(), None)):
            raise PydanticCustomError(
                "mqtt",
                "nothing tells this without an 'mqtt:' section; add one, or name an entity: presence: person.alex",
                {"at": what},
            )
        return self

    def _entities(self) -> Iterator[tuple[str | int, ...]]:
        """Yield where Home Assistant is needed, as places in the file."""
        yield from (("partners", n, "presence") for n, p in enumerate(self.partners) if p.presence.entity)
        yield from (("partners", n, "phone") for n, p in enumerate(self.partners) if p.phone)
        yield from (("signals", name) for name, signal in self.signals.items() if signal.entity)
        yield from (("speakers", room) for room in self.speakers)
        yield from (("scenes", name) for name, scene in self.scenes.items() if scene.set)

    def _topics(self) -> Iterator[tuple[str | int, ...]]:
        """Yield where a broker is needed, as places in the file."""
        yield from (("partners", n) for n, p in enumerate(self.partners) if not p.presence.entity)
        yield from (("signals", name) for name, signal in self.signals.items() if not signal.entity)

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        """A topic (or a key of its JSON), a person or a phone is one thing; two that share it would become one."""
        seen: dict[tuple[str, str | None], str] = {}
        for place, key, what, at in self._places():
            if first := seen.get((place, key)):
                raise PydanticCustomError(
                    "place",
                    "{place} is both the {first} and the {second}; each needs one of its own",
                    {"place": repr(place), "first": first, "second": what, "at": at},
                )
            seen[place, key] = what
        return self

    @model_validator(mode="after")
    def _tags_are_one_thing(self) -> Self:
        names: dict[str, str] = {}
        for name, tag in self.tags.items():
            if first := names.get(tag):
                raise PydanticCustomError(
                    "tag",
                    "the tags {first} and {second} have the same id; a tag has one name",
                    {"first": first, "second": name, "at": ("tags", name)},
                )
            names[tag] = name
        return self

    def _places(self) -> Iterator[tuple[str, str | None, str, tuple[str | int, ...]]]:
        """Yield each place that is one thing only: its key, what it is, and where the file says so."""
        for n, partner in enumerate(self.partners):
            if place := partner.presence.topic or partner.presence.entity:
                yield place, partner.presence.key, f"presence of {partner.name}", ("partners", n, "presence")
            if partner.phone:
                yield partner.phone, None, f"phone of {partner.name}", ("partners", n, "phone")
        for name, signal in self.signals.items():
            if signal.topic:
                yield signal.topic, signal.key, f"signal {name}", ("signals", name)

    @property
    def journal_dir(self) -> Path:
        """Where the journal lies. A demo begins anew each time, so it has a folder of its own."""
        return self.data_dir / "demo" if self.demo is not None else self.data_dir

    @property
    def base(self) -> str:
        """The topic all ours begin with."""
        return self.mqtt.base if self.mqtt else "turntoward"

    @property
    def topics(self) -> OurTopics:
        """Our own topics, all below `base`."""
        return OurTopics(self.base)

    def source_of(self, partner: str) -> str:
        """Name the source a partner's presence comes from: `mqtt` or `homeassistant`."""
        found = next(p for p in self.partners if p.id == partner)
        return HOME_ASSISTANT if found.presence.entity else MQTT

    def source_of_signal(self, name: str) -> str:
        """Name the source a signal comes from: `mqtt` or `homeassistant`."""
        return HOME_ASSISTANT if self.signals[name].entity else MQTT

    def reached_by(self, channel: str) -> str:
        """Name the connection a channel needs: speakers and scenes are Home Assistant's where the household has any."""
        by_home_assistant = {
            "speaker": bool(self.speakers),
            "scene": any(scene.set for scene in self.scenes.values()),
            "phone": True,
        }
        return HOME_ASSISTANT if by_home_assistant.get(channel) else MQTT

    def speaker_rooms(self) -> tuple[str, ...]:
        """Rooms with a speaker, in the order of the file."""
        return tuple(self.speakers)

    def presence_topics(self) -> tuple[Told, ...]:
        """Return the topics that tell a partner's presence, each with the partner's id."""
        default = f"{self.base}/presence/"
        told = ((p.id, p.presence) for p in self.partners)
        return tuple(Told(at.topic or default + id, id, at.key) for id, at in told if not at.entity)

    def signal_topics(self) -> tuple[Told, ...]:
        """Return the topics that tell a signal, each with its name."""
        default = f"{self.base}/signal/"
        return tuple(Told(s.topic or default + name, name, s.key) for name, s in self.signals.items() if not s.entity)

    def presence_entities(self) -> dict[str, str]:
        """Entities that tell a partner's presence, each with the partner's id."""
        return {p.presence.entity: p.id for p in self.partners if p.presence.entity}

    def signal_entities(self) -> dict[str, tuple[str, ...]]:
        """Entities that tell signals, each with the signals' names (one entity may tell several)."""
        out: dict[str, tuple[str, ...]] = {}
        for name, signal in self.signals.items():
            if signal.entity:
                out[signal.entity] = (*out.get(signal.entity, ()), name)
        return out
