"""docker-compose.yml and Dockerfile, as far as they can be checked without an engine: what they name exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = YAML(typ="safe", pure=True).load((ROOT / "docker-compose.yml").read_text("utf-8"))
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def test_the_three_are_there_and_come_back() -> None:
    assert {"turntoward", "mosquitto", "homeassistant"} <= set(COMPOSE["services"])
    for name in ("turntoward", "mosquitto", "homeassistant"):
        assert COMPOSE["services"][name]["restart"] == "unless-stopped"


def test_ours_runs_with_as_little_as_possible() -> None:
    ours = COMPOSE["services"]["turntoward"]
    assert ours["read_only"] is True
    assert ours["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in ours["security_opt"]
    assert "USER turntoward" in DOCKERFILE
    assert "HEALTHCHECK" in DOCKERFILE


@pytest.mark.parametrize("name", ["mosquitto", "homeassistant"])
def test_the_others_have_a_health_check(name: str) -> None:
    assert COMPOSE["services"][name]["healthcheck"]["test"]


def test_volumes_are_declared_and_folders_exist() -> None:
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).exists(), source
            else:
                assert source in COMPOSE["volumes"]


def test_who_is_waited_for_exists() -> None:
    for service in COMPOSE["services"].values():
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"])


def test_every_secret_comes_from_the_environment() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    for name in ("TURNTOWARD_MQTT_PASSWORD", "HOMEASSISTANT_MQTT_PASSWORD", "DEVICES_MQTT_PASSWORD"):
        assert f"${{{name}:?" in text, "a missing password stops docker compose with a word about it"


def test_what_the_image_copies_exists() -> None:
    for line in DOCKERFILE.splitlines():
        if line.startswith("COPY "):
            *sources, _ = line.split()[1:]
            assert all((ROOT / source).exists() for source in sources), line
