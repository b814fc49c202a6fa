"""The sections of `household.yaml`, one class for each: what may be written in them, and what it means.

How the sections fit together is in `home`; nothing is read or connected here.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core.household import Partner, Signal, partner_id
from turntoward.core.model import Model
from turntoward.core.scenario import Happening, Moment
from turntoward.core.spans import Duration
from turntoward.settings.addresses import host_name, page_path, web_address

_ENTITY = re.compile(r"[a-z_]+\.[a-z0-9_]+")
PRESENCE_DOMAINS = ("person", "device_tracker")
BUTTON_PREFIX = "TURNTOWARD_"
"""What the action of a phone's button begins with where it is ours; its token follows."""


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


def _phone(value: object) -> object:
    if isinstance(value, str) and not value.startswith("notify."):
        raise PydanticCustomError(
            "phone",
            "{found} is not a phone; write its notify action as Home Assistant does: notify.mobile_app_alex_phone",
            {"found": repr(value)},
        )
    return _entity(value) if isinstance(value, str) else value


Entity = Annotated[str, BeforeValidator(lambda v: _entity(v) if isinstance(v, str) else v)]
Topic = Annotated[str, BeforeValidator(lambda v: _topic(v) if isinstance(v, str) else v)]


def place_from_text(value: object) -> object:
    """`person.alex` is an entity, `home/alex` is a topic."""
    if not isinstance(value, str):
        return value
    return {"topic": value} if "/" in value else {"entity": value}


class Place(Model):
    """Where something is told: an entity of Home Assistant or an MQTT topic."""

    entity: Entity | None = None
    topic: Topic | None = None
    key: str | None = Field(None, min_length=1, description="what to read of a topic that tells JSON: contact")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.entity and self.topic:
            raise PydanticCustomError("place", "both 'entity' and 'topic' are given; keep one of them", {})
        if self.key and self.entity:
            raise PydanticCustomError("key", "'key' belongs to a topic, and this is an entity; delete the key", {})
        if self.key and not self.topic:
            raise PydanticCustomError(
                "key", "'key' reads the JSON of a topic; write beside it topic: zigbee2mqtt/front_door", {}
            )
        return self


class HomePartner(Partner):
    """One of the two, and how the home knows of them."""

    presence: Annotated[Place, BeforeValidator(place_from_text)] = Field(
        Place(), description="person.alex, or a topic; left out: <base>/presence/<name>"
    )
    phone: Annotated[str, BeforeValidator(_phone)] | None = Field(
        None, description="the notify action of this partner's phone: notify.mobile_app_alex_phone"
    )

    @field_validator("presence")
    @classmethod
    def _tells_where_somebody_is(cls, place: Place, info: ValidationInfo) -> Place:
        """Of anything else no value means home, so it would read as away for ever."""
        if place.entity and place.entity.partition(".")[0] not in PRESENCE_DOMAINS:
            name = partner_id(info.data.get("name") or "alex")
            raise PydanticCustomError(
                "presence",
                "{entity} does not tell where somebody is; write a person or a device_tracker: person.{name}",
                {"entity": repr(place.entity), "name": name},
            )
        return place


class HomeSignal(Place, Signal):
    """A signal, and where it is told."""


class MqttSettings(Model):
    """The connection to the broker."""

    host: Annotated[str, AfterValidator(host_name)] = "localhost"
    port: int = Field(1883, ge=1, le=65535)
    username: str | None = None
    password: SecretStr | None = Field(None, description="better: !secret, or TURNTOWARD_MQTT_PASSWORD")
    tls: bool = Field(False, description="encrypt the connection, checked against the system's certificates")
    client_id: str = Field("turntoward", min_length=1, max_length=64)
    base: Topic = Field("turntoward", description="all our topics begin with it")
    discovery: Topic | None = Field("homeassistant", description="Home Assistant's discovery prefix; null: none")
    keepalive: Duration = timedelta(seconds=30)

    @field_validator("discovery", mode="before")
    @classmethod
    def _switched(cls, value: object) -> object:
        """`false` means null, `true` the usual prefix; `off` is text in YAML 1.2, but no prefix that anybody has."""
        if isinstance(value, bool):
            return cls.model_fields["discovery"].default if value else None
        return None if value in ("off", "no") else value


class HomeAssistantSettings(Model):
    """The connection to Home Assistant."""

    url: Annotated[str, AfterValidator(web_address)] = Field(description="http://homeassistant.local:8123")
    token: SecretStr | None = Field(None, description="long-lived, of an admin; !secret, or TURNTOWARD_HA_TOKEN")
    dashboard: Annotated[str, AfterValidator(page_path)] | None = Field(
        None, description="the page of Home Assistant that a tap on a phone's message opens: /turntoward"
    )


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
