"""`household.yaml` and the environment, as one frozen value.

What a setting means is with its field; what the core needs is in `turntoward.core.household`, the rest is here.
Nothing is connected here, and no rule is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core.household import Household, Model, Partner, Signal, SignalName
from turntoward.core.scenario import Happening, Moment
from turntoward.core.spans import Duration
from turntoward.documents import Document, read, validated

_ENTITY = re.compile(r"[a-z_]+\.[a-z0-9_]+")
_WEB_ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")
SPEAKER_DOMAINS = ("media_player", "assist_satellite", "notify")

MQTT = "mqtt"
HOME_ASSISTANT = "homeassistant"


def _entity(value: str) -> str:
    if not _ENTITY.fullmatch(value):
        small = re.sub(r"\s+", "_", value.strip().lower())
        hint = f"did you mean {small}?" if _ENTITY.fullmatch(small) else "it has a kind, a dot and a name: person.alex"
        raise PydanticCustomError("entity", "{found} is not an entity; {hint}", {"found": repr(value), "hint": hint})
    return value


def _topic(value: str) -> str:
    if not value or any(c in value for c in "+#\0") or len(value.encode()) > 200:
        raise PydanticCustomError(
            "topic", "{found} is not a topic to listen to; write one without + and #: home/alex", {"found": repr(value)}
        )
    return value


Entity = Annotated[str, BeforeValidator(lambda v: _entity(v) if isinstance(v, str) else v)]
Topic = Annotated[str, BeforeValidator(lambda v: _topic(v) if isinstance(v, str) else v)]


def _place(value: object) -> object:
    """`person.alex` is an entity, `home/alex` is a topic."""
    if not isinstance(value, str):
        return value
    return {"topic": value} if "/" in value else {"entity": value}


def _check_one_place(entity: str | None, topic: str | None) -> None:
    if entity and topic:
        raise PydanticCustomError("place", "both 'entity' and 'topic' are given; keep one of them", {})


class Place(Model):
    """Where something is told: an entity of Home Assistant or an MQTT topic."""

    entity: Entity | None = None
    topic: Topic | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        _check_one_place(self.entity, self.topic)
        return self


class HomePartner(Partner):
    """One of the two, and how the home knows of them."""

    presence: Annotated[Place, BeforeValidator(_place)] = Field(
        Place(), description="person.alex, or a topic; left out: <base>/presence/<name>"
    )
    phone: Annotated[str, BeforeValidator(lambda v: _entity(v) if isinstance(v, str) else v)] | None = Field(
        None, description="the notify action of this partner's phone: notify.mobile_app_alex_phone"
    )


class HomeSignal(Signal):
    """A signal, and where it is told."""

    entity: Entity | None = None
    topic: Topic | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        _check_one_place(self.entity, self.topic)
        return self


class Speaker(Model):
    """Something that can say a line in a room."""

    entity: Entity = Field(description="media_player.x, assist_satellite.x or notify.x")
    tts: Entity | None = Field(None, description="the voice, for a media_player: tts.home_assistant_cloud")
    media: str | None = Field(None, description="a sound to play instead of words, for a media_player")

    @model_validator(mode="after")
    def _can_speak(self) -> Self:
        domain = self.entity.partition(".")[0]
        if domain not in SPEAKER_DOMAINS:
            raise PydanticCustomError(
                "speaker",
                "{entity} cannot speak; a speaker is a media_player, an assist_satellite or a notify entity or action",
                {"entity": repr(self.entity)},
            )
        if domain == "media_player" and not (self.tts or self.media):
            raise PydanticCustomError(
                "speaker",
                "{entity} needs a voice: write {entity: {entity}, tts: tts.your_voice}",
                {"entity": self.entity},
            )
        return self


def _speakers(value: object) -> object:
    """One speaker or several in a room, each as a mapping or as its entity alone."""
    items = value if isinstance(value, list | tuple) else [value]
    return [{"entity": item} if isinstance(item, str) else item for item in items]


class MqttSettings(Model):
    """The connection to the broker."""

    host: str = "localhost"
    port: int = Field(1883, ge=1, le=65535)
    username: str | None = None
    password: SecretStr | None = Field(None, description="better: !secret, or TURNTOWARD_MQTT_PASSWORD")
    tls: bool = Field(False, description="encrypt the connection, checked against the system's certificates")
    client_id: str = Field("turntoward", min_length=1, max_length=64)
    base: Topic = Field("turntoward", description="all our topics begin with it")
    discovery: Topic | None = Field("homeassistant", description="Home Assistant's discovery prefix; null: none")
    keepalive: Duration = timedelta(seconds=30)


def _web_address(value: str) -> str:
    if not _WEB_ADDRESS.fullmatch(value):
        # the value stays out of the message: people paste addresses with a password in them
        raise PydanticCustomError(
            "web_address", "this is not a web address; write it with http:// or https://, as in the browser", {}
        )
    return value


class HomeAssistantSettings(Model):
    """The connection to Home Assistant."""

    url: Annotated[str, AfterValidator(_web_address)] = Field(description="http://homeassistant.local:8123")
    token: SecretStr | None = Field(None, description="long-lived, of an admin; !secret, or TURNTOWARD_HA_TOKEN")


class DemoHome(Model):
    """A simulated home for the first try: an embedded broker, a fast clock and an evening."""

    speed: int = Field(60, ge=1, le=3600, description="how many times faster than life")
    starts_at: Moment = Field(description="with a date: the demo's evening is always the same one")
    evening: tuple[Happening, ...] = Field((), description="what happens, in the words of a scenario's `when:`")

    @property
    def starts_on(self) -> date:
        """The civil day that undated times mean."""
        assert self.starts_at.day is not None  # checked below
        return self.starts_at.day

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.starts_at.day is None:
            raise PydanticCustomError(
                "moment", 'demo.starts_at needs a date: "2026-11-19 18:20"', {"at": ("starts_at",)}
            )
        return self


_MAY_BE_EMPTY = ("agreed", "presence", "limits", "signals", "speakers", "rituals")


class Settings(Household):
    """Everything in `household.yaml`, with secrets from the environment."""

    partners: tuple[HomePartner, HomePartner]
    # nobody writes into the dict, so that dict is invariant does no harm
    signals: dict[SignalName, Annotated[HomeSignal, BeforeValidator(_place)]] = Field(  # type: ignore[assignment]
        default_factory=dict, description="named facts about the home, and where each is told"
    )
    speakers: dict[str, Annotated[tuple[Speaker, ...], BeforeValidator(_speakers)]] = Field(
        default_factory=dict, description="by room"
    )
    mqtt: MqttSettings | None = None
    homeassistant: HomeAssistantSettings | None = None
    rituals: dict[str, Any] = Field(
        default_factory=dict, description="which rituals are on, and what is changed in them"
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
        """A list of names means: these, unchanged."""
        if not isinstance(value, list | tuple):
            return value
        if not all(isinstance(name, str) for name in value):
            raise PydanticCustomError(
                "rituals", "a list holds names only; to change a ritual write 'reunion_hug: {...}', without '- '", {}
            )
        return {name: {} for name in value}

    @model_validator(mode="after")
    def _connections_fit(self) -> Self:
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

    def _topics(self) -> Iterator[tuple[str | int, ...]]:
        """Yield where a broker is needed, as places in the file."""
        yield from (("partners", n) for n, p in enumerate(self.partners) if not p.presence.entity)
        yield from (("signals", name) for name, signal in self.signals.items() if not signal.entity)

    @model_validator(mode="after")
    def _told_once(self) -> Self:
        """A topic, or a person, tells one thing; two that share it would silently become one."""
        seen: dict[str, str] = {}
        told = [(p.presence.topic or p.presence.entity, f"presence of {p.name}") for p in self.partners]
        told += [(s.topic, f"signal {name}") for name, s in self.signals.items()]
        for place, what in told:
            if place and place in seen:
                raise PydanticCustomError(
                    "place",
                    "{place} tells both the {first} and the {second}; each needs one of its own",
                    {"place": repr(place), "first": seen[place], "second": what},
                )
            if place:
                seen[place] = what
        return self

    @property
    def base(self) -> str:
        """The topic all ours begin with."""
        return self.mqtt.base if self.mqtt else "turntoward"

    def source_of(self, partner: str) -> str:
        """Name the source a partner's presence comes from: `mqtt` or `homeassistant`."""
        found = next(p for p in self.partners if p.id == partner)
        return HOME_ASSISTANT if found.presence.entity else MQTT

    def source_of_signal(self, name: str) -> str:
        """Name the source a signal comes from: `mqtt` or `homeassistant`."""
        return HOME_ASSISTANT if self.signals[name].entity else MQTT

    def reached_by(self, channel: str) -> str:
        """Name the connection a channel needs: speakers are Home Assistant's where the household has any."""
        return HOME_ASSISTANT if channel == "speaker" and self.speakers else MQTT

    def speaker_rooms(self) -> tuple[str, ...]:
        """Rooms with a speaker, in the order of the file."""
        return tuple(self.speakers)

    def presence_topics(self) -> dict[str, str]:
        """Topics that tell a partner's presence, each with the partner's id."""
        default = f"{self.base}/presence/"
        return {p.presence.topic or default + p.id: p.id for p in self.partners if not p.presence.entity}

    def signal_topics(self) -> dict[str, str]:
        """Topics that tell a signal, each with its name."""
        default = f"{self.base}/signal/"
        return {s.topic or default + name: name for name, s in self.signals.items() if not s.entity}

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


BY_ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "TURNTOWARD_DATA_DIR": ("data_dir",),
    "TURNTOWARD_MQTT_HOST": ("mqtt", "host"),
    "TURNTOWARD_MQTT_USERNAME": ("mqtt", "username"),
    "TURNTOWARD_MQTT_PASSWORD": ("mqtt", "password"),
    "TURNTOWARD_HA_URL": ("homeassistant", "url"),
    "TURNTOWARD_HA_TOKEN": ("homeassistant", "token"),
}
"""What the environment may set: secrets, and what differs between a container and the machine around it."""


def with_environment(values: dict[str, Any], environ: Mapping[str, str]) -> dict[str, Any]:
    """Lay the environment over what the file says; a section the file does not have stays away."""
    out = dict(values)
    for name, (key, *inner) in BY_ENVIRONMENT.items():
        if not (value := environ.get(name)):
            continue
        if not inner:
            out[key] = value
        elif isinstance(out.get(key), dict):
            out[key] = {**out[key], inner[0]: value}
    return out


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Read `household.yaml`, with the environment laid over it. Raises Problems."""
    return load_settings_and_document(path, environ)[0]


def load_settings_and_document(path: Path, environ: Mapping[str, str]) -> tuple[Settings, Document]:
    """Read `household.yaml`; also return its document, to point into it later. Raises Problems."""
    document = read(path)
    values = _with_folders(with_environment(document.data, environ), path.parent)
    return validated(Settings, values, document), document


def _with_folders(values: dict[str, Any], base: Path) -> dict[str, Any]:
    """Take folders relative to the file that names them, wherever the service was started."""
    default: dict[str, Any] = {"data_dir": str(Settings.model_fields["data_dir"].default)}
    folders = {
        key: base / Path(value).expanduser()
        for key in ("data_dir", "rules_dir")
        if isinstance(value := {**default, **values}.get(key), str)
    }
    return {**values, **folders}
