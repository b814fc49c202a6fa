"""docker-compose.yml and Dockerfile, as far as they can be checked without an engine: what they name exists."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
COMPOSE: dict[str, Any] = YAML(typ="safe", pure=True).load(COMPOSE_TEXT)
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
    assert "HEALTHCHECK" in DOCKERFILE


def test_it_is_never_root_however_it_is_started() -> None:
    """docker compose starts it as its own user; started as root, it becomes that user by itself."""
    made = re.search(r"useradd --uid (\d+)", DOCKERFILE)
    assert made
    assert COMPOSE["services"]["turntoward"]["user"] == f"{made[1]}:{made[1]}"
    assert "TURNTOWARD_USER=turntoward" in DOCKERFILE


@pytest.mark.parametrize(("sign", "seconds_ago", "well"), [
    ("alive", 10, True), ("alive.waiting", 10, True), ("alive", 90, False), ("journal.db", 10, False),
])  # fmt: skip
def test_the_health_check_of_the_image_looks_for_a_sign_of_life(
    tmp_path: Path, sign: str, seconds_ago: int, well: bool
) -> None:
    rule = re.search(r"^  CMD (test .+)$", DOCKERFILE, re.MULTILINE)
    assert rule
    then = time.time() - seconds_ago
    (tmp_path / sign).touch()
    os.utime(tmp_path / sign, (then, then))
    done = subprocess.run(["sh", "-c", rule[1].replace("/data", str(tmp_path))], check=False)
    assert (done.returncode == 0) is well


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


PASSWORDS = {
    "TURNTOWARD": "TURNTOWARD_MQTT_PASSWORD",
    "HOMEASSISTANT": "HOMEASSISTANT_MQTT_PASSWORD",
    "DEVICES": "DEVICES_MQTT_PASSWORD",
}


def test_every_secret_comes_from_the_environment() -> None:
    given = COMPOSE["services"]["mosquitto-accounts"]["environment"]
    assert given == {account: f"${{{name}:-}}" for account, name in PASSWORDS.items()}
    ours = COMPOSE["services"]["turntoward"]["environment"]
    assert ours["TURNTOWARD_MQTT_PASSWORD"] == "${TURNTOWARD_MQTT_PASSWORD:-}"
    assert ours["TURNTOWARD_HA_TOKEN"] == "${TURNTOWARD_HA_TOKEN:-}"


def test_the_name_at_the_broker_can_be_another() -> None:
    ours = COMPOSE["services"]["turntoward"]["environment"]
    assert ours["TURNTOWARD_MQTT_USERNAME"] == "${TURNTOWARD_MQTT_USERNAME:-turntoward}"


def test_ours_starts_alone_without_the_passwords_of_others() -> None:
    """docker compose fills in the whole file, also for a service that is started alone."""
    filled_in = re.findall(r"(?<!\$)\$\{[^}]*\}", COMPOSE_TEXT)  # `$$` is left to the shell in the container
    assert filled_in
    assert not [variable for variable in filled_in if ":-" not in variable]


@pytest.mark.parametrize("missing", PASSWORDS)
def test_a_missing_password_is_named_before_any_file_is_touched(missing: str) -> None:
    accounts = COMPOSE["services"]["mosquitto-accounts"]
    script = accounts["command"][0].replace("$$", "$")
    given = {account: "secret" for account in PASSWORDS if account != missing} | {missing: ""}
    done = subprocess.run([*accounts["entrypoint"], script], env=given, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert f"write {PASSWORDS[missing]}=... into .env" in done.stderr
    assert "/mosquitto/data" not in done.stderr
    assert "secret" not in done.stderr


def test_what_the_image_copies_exists() -> None:
    for line in DOCKERFILE.splitlines():
        if line.startswith("COPY "):
            *sources, _ = line.split()[1:]
            assert all((ROOT / source).exists() for source in sources), line
