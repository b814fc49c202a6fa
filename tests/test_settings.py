"""household.yaml: the starter is complete, folders and the environment are taken as promised."""

import re
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter

from turntoward.core.scenario import CivilMoment
from turntoward.core.spans import TimeWindow
from turntoward.documents import Problems, read
from turntoward.documents.expectations import bare, fields_of, is_model
from turntoward.rulebook import load_rulebook
from turntoward.settings import MqttSettings, Place, Settings, load_settings, load_settings_and_document

STARTER = Path(__file__).parent.parent / "config" / "household.yaml"
MINIMAL = "partners: [{name: Alex}, {name: Sam}]\nmqtt: {}\n"

# what a first file has to say although the program's default is another, or none
NOT_DEFAULTS = {"partners", "homeassistant", "mqtt", "rituals"}
# models that a file writes as one text
WRITTEN_AS_TEXT = (TimeWindow, CivilMoment, Place)
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


def test_the_starter_loads_as_it_is() -> None:
    settings, document = load_settings_and_document(STARTER, {})
    assert [p.name for p in settings.partners] == ["Alex", "Sam"]
    assert not settings.both_agreed
    assert [r.ritual for r in load_rulebook(settings, document).rituals] == ["reunion_hug"]


def test_the_starter_loads_with_everything_switched_on(tmp_path: Path) -> None:
    path = with_everything_switched_on(tmp_path)
    (tmp_path / "rules").mkdir()
    settings, document = load_settings_and_document(path, {})
    assert settings.homeassistant is not None
    assert settings.homeassistant.token is not None
    assert settings.homeassistant.token.get_secret_value() == "abc"
    assert set(settings.speakers) == {"kitchen", "hall", "bedroom"}
    assert settings.rules_dir == tmp_path / "rules"
    load_rulebook(settings, document)


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
