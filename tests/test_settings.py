"""household.yaml: the starter is complete, folders and the environment are taken as promised."""

import re
from datetime import date, time
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter

from turntoward.core.scenario import CivilMoment
from turntoward.core.spans import DaySpan, TimeWindow
from turntoward.documents import Problems, read
from turntoward.documents.expectations import bare, fields_of, is_model
from turntoward.rulebook import load_rulebook
from turntoward.settings import (
    HOME_ASSISTANT,
    MQTT,
    MqttSettings,
    Place,
    Settings,
    Told,
    load_settings,
    load_settings_and_document,
)

STARTER = Path(__file__).parent.parent / "config" / "household.yaml"
MINIMAL = "partners: [{name: Alex}, {name: Sam}]\nmqtt: {}\n"

# what a first file has to say although the program's default is another, or none
NOT_DEFAULTS = {"partners", "homeassistant", "mqtt", "rituals"}
# models that a file writes as one text
WRITTEN_AS_TEXT = (TimeWindow, DaySpan, CivilMoment, Place)
# the starter shows what a household's evening may hold; the words of a scenario are explained in rules/README.md
EXPLAINED_ELSEWHERE = {"demo.evening"}


def written(folder: Path, text: str) -> Path:
    path = folder / "household.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def with_everything_switched_on(folder: Path) -> Path:
    """The starter with the # taken from every setting that is switched off."""
    (folder / "secrets.yaml").write_text("ha_token: abc\nmqtt_password: def\n", encoding="utf-8")
    return written(folder, re.sub(r"(?m)^(\s*)#(?=[a-z-])", r"\1", STARTER.read_text(encoding="utf-8")))


def settings_of(expected: Any, path: str = "") -> set[str]:
    """Every setting a model knows; items of lists and mappings stand for their kind."""
    kind, _ = bare(expected)
    if is_model(kind) and kind not in WRITTEN_AS_TEXT:
        fields = fields_of(kind).items()
        return {name for key, field in fields for name in settings_of(field.annotation, f"{path}.{key}".lstrip("."))}
    kinds = [k for k in get_args(kind) if k is not ... and k is not type(None)]
    if get_origin(kind) in (tuple, dict) and path not in EXPLAINED_ELSEWHERE and is_model(_plain(kinds[-1])):
        return settings_of(_plain(kinds[-1]), path)
    return {path}


def _plain(kind: Any) -> Any:
    kind, _ = bare(kind)
    return bare(get_args(kind)[0])[0] if get_origin(kind) is tuple else kind


def mentioned_in(data: Any, expected: Any, path: str = "") -> set[str]:
    kind, _ = bare(expected)
    if is_model(kind) and isinstance(data, dict):
        fields = fields_of(kind)
        found = (mentioned_in(v, fields[k].annotation, f"{path}.{k}".lstrip(".")) for k, v in data.items())
        return {path} | set().union(*found)
    if get_origin(kind) in (tuple, dict) and path not in EXPLAINED_ELSEWHERE:
        items = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
        return {path} | set().union(*(mentioned_in(item, _plain(get_args(kind)[-1]), path) for item in items))
    return {path}


STARTERS = ["evening_checkin", "phone_free_dinner", "reunion_hug"]
"""Three are easy to keep."""


def test_the_starter_loads_as_it_is() -> None:
    settings, document = load_settings_and_document(STARTER, {})
    assert [p.name for p in settings.partners] == ["Alex", "Sam"]
    assert not settings.both_agreed
    assert [r.ritual for r in load_rulebook(settings, document).rituals] == STARTERS


def test_the_starter_loads_with_everything_switched_on(tmp_path: Path) -> None:
    path = with_everything_switched_on(tmp_path)
    (tmp_path / "rules").mkdir()
    settings, document = load_settings_and_document(path, {})
    assert settings.homeassistant is not None
    assert settings.homeassistant.token is not None
    assert settings.homeassistant.token.get_secret_value() == "abc"
    assert set(settings.speakers) == {"kitchen", "hall", "bedroom", "living_room"}
    assert settings.scenes["dinner"].set == "scene.dinner"
    assert settings.scenes["film"].undo == "scene.evening"
    assert settings.scenes["talk"].restore == ("light.table", "media_player.tv")
    assert settings.scenes["blinds"].set is None
    assert settings.zone_of("alex") != settings.time_zone == settings.zone_of("sam")
    assert [str(days) for days in settings.vacation] == ["2026-12-20..2026-12-27"]
    assert settings.season_until == date(2026, 12, 1)
    assert settings.rules_dir == tmp_path / "rules"
    # what the starter shows of the hug are its own numbers
    assert load_rulebook(settings, document) == load_rulebook(load_settings(STARTER, {}))
    back_door = settings.signals["entry_door.back"]
    assert back_door.key == "contact"
    assert back_door.is_on("false")
    assert not back_door.is_on("true")


def test_the_starter_works_with_mqtt_only_after_what_it_says(tmp_path: Path) -> None:
    text = STARTER.read_text(encoding="utf-8")
    assert "delete `homeassistant:` with all below it, both `presence:` lines" in text
    text = re.sub(r"(?m)^homeassistant:\n(  .*\n)+|^    presence: person.*\n", "", text)
    settings = load_settings(written(tmp_path, text), {})
    assert settings.homeassistant is None
    assert [told.topic for told in settings.presence_topics()] == [
        "turntoward/presence/alex",
        "turntoward/presence/sam",
    ]


def test_the_starter_says_how_to_switch_quiet_hours_off(tmp_path: Path) -> None:
    off = re.search(r'"00:00-00:00": none', STARTER.read_text(encoding="utf-8"))
    assert off
    settings = load_settings(written(tmp_path, MINIMAL + 'quiet_hours: "00:00-00:00"\n'), {})
    assert not any(settings.quiet_hours.contains(time(hour)) for hour in range(24))


def test_the_starter_mentions_every_setting(tmp_path: Path) -> None:
    data = read(with_everything_switched_on(tmp_path)).data
    assert settings_of(Settings) - mentioned_in(data, Settings) == set()


def test_the_starter_shows_every_default_as_it_is() -> None:
    data = read(STARTER).data
    wrong = list(differing(Settings, {k: v for k, v in data.items() if k not in NOT_DEFAULTS}))
    assert wrong + list(differing(MqttSettings, data["mqtt"], "mqtt.")) == []


def differing(model: type[BaseModel], data: dict[str, Any], path: str = "") -> Any:
    for key, value in data.items():
        field = fields_of(model)[key]
        kind, _ = bare(field.annotation)
        if is_model(kind) and isinstance(value, dict):
            yield from differing(kind, value, f"{path}{key}.")
        elif value is not None:
            adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
            if adapter.validate_python(value) != field.get_default(call_default_factory=True):
                yield f"{path}{key}: {value}"


def test_folders_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, MINIMAL + "rules_dir: my/rules\n")
    monkeypatch.chdir("/")
    settings = load_settings(path, {})
    assert settings.data_dir == tmp_path / "data"
    assert settings.rules_dir == tmp_path / "my/rules"


def test_the_environment_is_laid_over_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, MINIMAL.replace("{}", "{username: old}"))
    environ = {"TURNTOWARD_MQTT_USERNAME": "new", "TURNTOWARD_MQTT_PASSWORD": "pw", "TURNTOWARD_HA_TOKEN": "t"}
    settings = load_settings(path, environ)
    assert settings.mqtt is not None
    assert settings.mqtt.username == "new"
    assert settings.mqtt.password is not None
    assert settings.mqtt.password.get_secret_value() == "pw"
    assert settings.homeassistant is None  # a token alone does not make a section


def test_an_emptied_section_means_none(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, MINIMAL + "speakers:\nsignals:\nrituals:\nagreed:\n"), {})
    assert settings.speakers == {}
    assert settings.rituals == {}


@pytest.mark.parametrize("rituals", ["rituals: {}", "rituals: []", "rituals:"])
def test_no_rituals_are_none_and_left_out_is_the_hug(tmp_path: Path, rituals: str) -> None:
    assert load_settings(written(tmp_path, MINIMAL + rituals + "\n"), {}).rituals == {}
    assert load_settings(written(tmp_path, MINIMAL), {}).rituals == {"reunion_hug": {}}


@pytest.mark.parametrize(
    ("discovery", "prefix"),
    [("false", None), ("null", None), ("off", None), ("no", None), ("true", "homeassistant"), ("ha", "ha")],
)
def test_discovery(tmp_path: Path, discovery: str, prefix: str | None) -> None:
    settings = load_settings(written(tmp_path, MINIMAL.replace("{}", f"{{discovery: {discovery}}}")), {})
    assert settings.mqtt is not None
    assert settings.mqtt.discovery == prefix


@pytest.mark.parametrize(
    "url",
    [
        "http://ha", "http://ha/", "https://ha.example:443", "http://supervisor/core", "http://supervisor/core/",
        "http://192.168.1.5:8123", "http://[fd00::5]:8123/", "http://[fe80::1%25eth0]:8123", "http://u:p@ha:8123",
    ],
)  # fmt: skip
def test_addresses_of_home_assistant(tmp_path: Path, url: str) -> None:
    settings = load_settings(written(tmp_path, f'{MINIMAL}homeassistant: {{url: "{url}"}}\n'), {})
    assert settings.homeassistant is not None
    assert settings.homeassistant.url == url


@pytest.mark.parametrize(
    "host", ["localhost", "homeassistant.local", "192.168.1.5", "fd00::5", "::1", "core-mosquitto"]
)
def test_hosts_of_a_broker(tmp_path: Path, host: str) -> None:
    settings = load_settings(written(tmp_path, MINIMAL.replace("{}", f'{{host: "{host}"}}')), {})
    assert settings.mqtt is not None
    assert settings.mqtt.host == host


@pytest.mark.parametrize("entity", ["person.alex", "device_tracker.alex_phone"])
def test_presence_of_a_person_or_a_tracker(tmp_path: Path, entity: str) -> None:
    text = MINIMAL.replace("name: Alex", f"name: Alex, presence: {entity}")
    settings = load_settings(written(tmp_path, text + 'homeassistant: {url: "http://ha"}\n'), {})
    assert settings.presence_entities() == {entity: "alex"}


def test_topics_and_their_keys(tmp_path: Path) -> None:
    text = MINIMAL.replace("name: Sam", "name: Sam, presence: {topic: tags/sam, key: room}") + (
        "signals:\n  guests: {}\n  entry_door: {topic: z/door, key: contact, on: [false]}\n"
        "  knock: {topic: z/door, key: vibration}\n"
    )
    settings = load_settings(written(tmp_path, text), {})
    assert settings.presence_topics() == (Told("turntoward/presence/alex", "alex"), Told("tags/sam", "sam", "room"))
    assert settings.signal_topics() == (
        Told("turntoward/signal/guests", "guests"),
        Told("z/door", "entry_door", "contact"),
        Told("z/door", "knock", "vibration"),
    )


def test_the_door_in_the_docs_is_open_when_its_contact_is_not(tmp_path: Path) -> None:
    page = (STARTER.parent.parent / "docs" / "mqtt.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    settings = load_settings(written(tmp_path, MINIMAL + example), {})
    assert settings.signal_topics() == (Told("zigbee2mqtt/front_door", "entry_door", "contact"),)
    assert settings.signals["entry_door"].is_on("false")


HA = "homeassistant: {url: http://ha}\n"


@pytest.mark.parametrize("emptied", ["scenes", "tags", "vacation", "silence"])
def test_a_section_with_every_line_switched_off_is_none(tmp_path: Path, emptied: str) -> None:
    settings = load_settings(written(tmp_path, f"{MINIMAL}{emptied}:\n"), {})
    assert getattr(settings, emptied) == Settings.model_fields[emptied].get_default(call_default_factory=True)


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (HA + "scenes: {dinner: light.table}", "scenes.dinner", "not a scene of Home Assistant"),
        (HA + "scenes: {dinner: {set: scene.a, undo: scene.b, restore: [light.c]}}", "scenes.dinner", "keep one"),
        (HA + "scenes: {dinner: {undo: scene.b}}", "scenes.dinner", "set: scene.dinner"),
        (HA + "scenes: {Dinner: scene.a}", "scenes.Dinner", "small letters"),
        ("scenes: {dinner: scene.a}", "scenes.dinner", "needs Home Assistant"),
        ("tags: {bowl: AB-12, door: AB-12}", "tags.door", "the tags bowl and door have the same id"),
        (HA + "speakers: {hall: {entity: notify.x, chime: media-source://y}}", "speakers.hall", "cannot play a sound"),
    ],
)
def test_what_is_said_of_a_mistake(tmp_path: Path, text: str, path: str, message: str) -> None:
    with pytest.raises(Problems) as raised:
        load_settings(written(tmp_path, MINIMAL + text + "\n"), {})
    (problem,) = raised.value.problems
    assert problem.path.startswith(path)
    assert message in str(problem)


def test_a_scene_that_is_only_told_needs_no_home_assistant(tmp_path: Path) -> None:
    settings = load_settings(written(tmp_path, MINIMAL + "scenes: {blinds: }\n"), {})
    assert settings.scenes["blinds"].set is None
    assert settings.reached_by("scene") == MQTT


def test_which_connection_a_channel_needs(tmp_path: Path) -> None:
    with_scene = load_settings(written(tmp_path, f"{MINIMAL}{HA}scenes: {{dinner: scene.dinner}}\n"), {})
    reached = {channel: with_scene.reached_by(channel) for channel in ("speaker", "scene", "phone", "tile", "mqtt")}
    assert reached == {
        "speaker": MQTT,
        "scene": HOME_ASSISTANT,
        "phone": HOME_ASSISTANT,
        "tile": MQTT,
        "mqtt": MQTT,
    }


def test_all_problems_come_in_one_go(tmp_path: Path) -> None:
    path = written(tmp_path, MINIMAL + "zonne: Europe/Berlin\nlimits: {min_gap: 45}\nlog_level: loud\n")
    with pytest.raises(Problems) as raised:
        load_settings(path, {})
    assert [(p.line, p.path) for p in raised.value.problems] == [(3, "zonne"), (4, "limits.min_gap"), (5, "log_level")]


@pytest.mark.parametrize("text", ["url: alex:geheim@ha", "url: geheim", "url: http://ha, token: [geheim]"])
def test_what_may_be_a_secret_is_not_quoted(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, MINIMAL + f"homeassistant: {{{text}}}\nmqttt: {{}}\n")
    with pytest.raises(Problems) as raised:
        load_settings(path, {})
    assert "geheim" not in str(raised.value)
