"""The Home Assistant app: what its files name exists, agrees with the rest, and asks for no more than it needs.

There is no Supervisor here; what its schema allows is said in plain checks.
"""

from __future__ import annotations

import re
import shlex
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from turntoward import __version__
from turntoward.adapters.journal import BACKUP_NAME, FILE_NAME, SqliteJournal
from turntoward.adapters.supervisor import STARTER
from turntoward.cli import app as commands
from turntoward.cli import as_app
from turntoward.documents import Problems
from turntoward.rulebook import load_rulebook
from turntoward.settings import Settings, load_settings, load_settings_and_document

ROOT = Path(__file__).parents[1]
APP = ROOT / "homeassistant-app" / "turntoward"
LENT = {
    "TURNTOWARD_APP_HA_URL": "http://supervisor/core",
    "TURNTOWARD_APP_HA_TOKEN": "supervisor-token",
    "TURNTOWARD_APP_ZONE": "Europe/Lisbon",
    "TURNTOWARD_APP_LANGUAGE": "de",
    "TURNTOWARD_APP_LOG_LEVEL": "warning",
    "TURNTOWARD_APP_MQTT_HOST": "core-mosquitto",
    "TURNTOWARD_APP_MQTT_PORT": "1884",
    "TURNTOWARD_APP_MQTT_USERNAME": "addons",
    "TURNTOWARD_APP_MQTT_PASSWORD": "lent-password",
    "TURNTOWARD_APP_MQTT_TLS": "true",
}
"""The environment after the Supervisor was asked."""


def yaml(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


CONFIG: dict[str, Any] = yaml(APP / "config.yaml")
COMPOSE: dict[str, Any] = yaml(ROOT / "docker-compose.yml")
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


def written(folder: Path, text: str) -> Path:
    path = folder / "household.yaml"
    path.write_text(text, "utf-8")
    return path


def settings(folder: Path, text: str, **environ: str) -> Settings:
    return load_settings(written(folder, "partners: [{name: Alex}, {name: Sam}]\n" + text), LENT | environ)


def test_the_repository_and_the_app_have_what_home_assistant_asks_for() -> None:
    assert yaml(ROOT / "repository.yaml")["name"] == "Turntoward"
    assert {"name", "version", "slug", "description", "arch"} <= CONFIG.keys()
    assert re.fullmatch(r"[-_.A-Za-z0-9]+", CONFIG["slug"])
    assert set(CONFIG["arch"]) == {"aarch64", "amd64"}
    assert all((APP / name).exists() for name in ("DOCS.md", "README.md", "CHANGELOG.md", "apparmor.txt"))


def test_no_other_file_could_be_taken_for_an_app() -> None:
    """The Supervisor reads every config.yaml, .yml and .json of a repository."""
    folders = [path for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "." and path.name != "dist"]
    files = [path for folder in folders for path in folder.rglob("config.*")] + list(ROOT.glob("config.*"))
    assert [path for path in files if path.suffix in (".yaml", ".yml", ".json")] == [APP / "config.yaml"]


def test_the_version_is_one_and_the_same() -> None:
    assert CONFIG["version"] == __version__
    assert re.findall(r'\.version="([^"]+)"', DOCKERFILE) == [__version__, __version__]
    assert f"## {__version__}" in (APP / "CHANGELOG.md").read_text("utf-8")


def test_the_image_is_the_one_of_docker_compose() -> None:
    assert COMPOSE["services"]["turntoward"]["image"] == f"{CONFIG['image']}:{CONFIG['version']}"
    assert 'io.hass.type="app"' in DOCKERFILE
    assert f'io.hass.arch="{"|".join(CONFIG["arch"])}"' in DOCKERFILE


def test_it_asks_for_no_more_than_it_needs() -> None:
    """A point less for each of these in Home Assistant's rating of security."""
    asked = {key for key, value in CONFIG.items() if value is True}
    assert asked == {"homeassistant_api", "tmpfs"}
    assert not {"privileged", "devices", "ports", "hassio_role", "environment"} & CONFIG.keys()
    assert [entry["type"] for entry in CONFIG["map"]] == ["addon_config"]
    assert CONFIG["services"] == ["mqtt:need"]


def test_the_apparmor_profile_bears_the_name_of_the_app_and_confines() -> None:
    profile = (APP / "apparmor.txt").read_text("utf-8")
    assert re.findall(r"^profile ([^ ]+)", profile, re.MULTILINE) == [CONFIG["slug"]]
    assert "complain" not in profile
    writable = re.findall(r"^  (/\S+) [a-z]*w[a-z]*,", profile, re.MULTILINE)
    assert {place.split("/")[1] for place in writable} == {"data", "config", "tmp", "dev", "proc"}


def test_the_watchdog_asks_where_somebody_answers() -> None:
    assert CONFIG["watchdog"] == f"http://[HOST]:[PORT:{as_app.PORT}]/healthz"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_option_is_explained_in_both_languages(language: str) -> None:
    told = yaml(APP / "translations" / f"{language}.yaml")["configuration"]
    assert told.keys() == CONFIG["schema"].keys() == CONFIG["options"].keys()
    assert all(entry["name"] and entry["description"] for entry in told.values())


@pytest.mark.parametrize("option", ["language", "log_level"])
def test_an_option_offers_what_the_service_takes(tmp_path: Path, option: str) -> None:
    offered = re.fullmatch(r"list\((.+)\)", CONFIG["schema"][option])
    assert offered
    assert CONFIG["options"][option] in offered[1].split("|")
    for value in offered[1].split("|"):
        assert getattr(settings(tmp_path, "", **{f"TURNTOWARD_APP_{option.upper()}": value}), option) == value


@pytest.mark.parametrize(("name", "size"), [("icon", (128, 128)), ("logo", (250, 100))])
def test_the_pictures_have_the_size_home_assistant_shows(name: str, size: tuple[int, int]) -> None:
    raw = (APP / f"{name}.png").read_bytes()
    assert raw.startswith(b"\x89PNG")
    assert struct.unpack(">II", raw[16:24]) == size
    assert (APP / "drawn" / f"{name}.svg").exists()


def test_the_commands_around_a_backup_do_what_is_promised(tmp_path: Path) -> None:
    before, after = shlex.split(CONFIG["backup_pre"]), shlex.split(CONFIG["backup_post"])
    place = before.pop()
    assert Path(place).name == BACKUP_NAME
    assert after == ["rm", "-f", place]
    environ = {"TURNTOWARD_DATA_DIR": str(tmp_path / "data")}
    command = [*before[1:], str(tmp_path / "data" / BACKUP_NAME)]
    assert CliRunner().invoke(commands, command, env=environ).exit_code == 0  # before anything has happened
    SqliteJournal(tmp_path / "data").close()
    for _ in range(2):  # the copy of a backup that was broken off is replaced
        assert CliRunner().invoke(commands, command, env=environ).exit_code == 0
    kept = {p.name for p in (tmp_path / "data").iterdir() if not any(p.match(x) for x in CONFIG["backup_exclude"])}
    assert kept == {BACKUP_NAME}


@pytest.mark.parametrize(
    "name", [FILE_NAME, f"{FILE_NAME}-wal", f"{FILE_NAME}-shm", "lock", "alive", "alive.waiting", "speakers.json"]
)
def test_what_says_who_was_home_is_in_no_backup(name: str) -> None:
    assert any(Path("/data", name).match(pattern) for pattern in CONFIG["backup_exclude"])


def test_a_folder_to_build_from_has_all_the_image_needs(tmp_path: Path) -> None:
    """`make app`, into a copy: the checkout stays as it is."""
    given = ("Makefile", "Dockerfile", ".dockerignore", "pyproject.toml", "LICENSE")
    subprocess.run(["cp", "-R", *given, "rules", "homeassistant-app", str(tmp_path)], cwd=ROOT, check=True)
    (tmp_path / "service").mkdir()
    subprocess.run(["make", "app"], cwd=tmp_path, check=True, capture_output=True)
    made = tmp_path / "dist" / "app" / "turntoward"
    copied = [line.split()[1:-1] for line in DOCKERFILE.splitlines() if line.startswith("COPY ")]
    assert copied
    assert all((made / name).exists() for names in copied for name in names)
    assert {**yaml(made / "config.yaml"), "image": None} == {**CONFIG, "image": None}
    assert "image" not in yaml(made / "config.yaml")


def test_the_starter_of_the_app_is_whole_with_what_is_lent(tmp_path: Path) -> None:
    path = written(tmp_path, STARTER.read_text("utf-8"))
    found, document = load_settings_and_document(path, LENT)
    assert found.homeassistant is not None
    assert found.mqtt is not None
    assert str(found.time_zone) == "Europe/Lisbon"
    assert not found.both_agreed
    on = [ritual.ritual for ritual in load_rulebook(found, document).rituals]
    assert on == ["evening_checkin", "phone_free_dinner", "reunion_hug"]


def test_the_starter_of_the_app_can_be_switched_on_line_by_line(tmp_path: Path) -> None:
    text = re.sub(r"(?m)^(\s+)#(?=[a-z])", r"\1", STARTER.read_text("utf-8"))
    found = load_settings(written(tmp_path, text), LENT)
    assert set(found.speakers) == {"kitchen", "hall"}
    assert {"entry_door", "guests", "asleep.alex", "on_call.sam"} == set(found.signals)
    assert found.partners[0].phone


def test_where_the_file_is_silent_it_is_as_lent(tmp_path: Path) -> None:
    found = settings(tmp_path, "")
    assert found.mqtt is not None
    assert found.mqtt.password is not None
    assert (found.mqtt.host, found.mqtt.port, found.mqtt.username) == ("core-mosquitto", 1884, "addons")
    assert (found.mqtt.password.get_secret_value(), found.mqtt.tls) == ("lent-password", True)
    assert found.homeassistant is not None
    assert found.homeassistant.url == "http://supervisor/core"
    assert (found.language, found.log_level) == ("de", "warning")


def test_what_the_file_says_goes_first(tmp_path: Path) -> None:
    found = settings(tmp_path, "language: en\nzone: Asia/Tokyo\nlog_level: error\nmqtt: {base: ours, port: 1}\n")
    assert found.mqtt is not None
    assert (found.mqtt.base, found.mqtt.port, found.mqtt.host) == ("ours", 1, "core-mosquitto")
    assert (found.language, str(found.time_zone), found.log_level) == ("en", "Asia/Tokyo", "error")


def test_a_password_goes_to_nobody_but_the_one_it_was_lent_for(tmp_path: Path) -> None:
    found = settings(tmp_path, "mqtt: {host: elsewhere}\nhomeassistant: {url: 'http://elsewhere:8123'}\n")
    assert found.mqtt is not None
    assert (found.mqtt.host, found.mqtt.username, found.mqtt.password) == ("elsewhere", None, None)
    assert found.homeassistant is not None
    assert found.homeassistant.token is None


def test_a_broker_that_is_not_wanted_is_none(tmp_path: Path) -> None:
    places = "partners: [{name: Alex, presence: person.alex}, {name: Sam, presence: person.sam}]\n"
    found = load_settings(written(tmp_path, places + "mqtt: null\n"), LENT)
    assert found.mqtt is None


def test_outside_of_an_app_nothing_is_lent(tmp_path: Path) -> None:
    with pytest.raises(Problems, match="mqtt"):
        load_settings(written(tmp_path, "partners: [{name: Alex}, {name: Sam}]\n"), {})


def test_the_docs_quote_what_the_log_says() -> None:
    page = (APP / "DOCS.md").read_text("utf-8")
    source = Path(as_app.__file__).read_text("utf-8") + "".join(
        path.read_text("utf-8") for path in (ROOT / "service/turntoward/adapters/supervisor").glob("*.py")
    )
    for said in re.findall(r"^\| `waiting: (?:household\.yaml )?([^`]+)`", page, re.MULTILINE):
        assert said in source
