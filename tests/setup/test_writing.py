"""What is written: it reads back as what was chosen, holds no secret, and loses nothing that was there."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from turntoward.cli import app
from turntoward.settings import HomeAssistantSettings, MqttSettings
from turntoward.setup import Stopped
from turntoward.setup.plan import ChosenSignal, ChosenSpeaker, Plan
from turntoward.setup.saving import check_place, drafted, save
from turntoward.setup.writing import household

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
TOKEN = SecretStr("canary-token")
PLAN = Plan(
    names=("Alex", "Sam"),
    language="de",
    zone="Europe/Vienna",
    homeassistant=HomeAssistantSettings(url="http://192.0.2.5:8123", token=TOKEN),
    mqtt=MqttSettings(
        host="192.0.2.5", port=8883, tls=True, username="turntoward", password=SecretStr("canary: #1'\"")
    ),
    persons=("person.alex", "person.sam"),
    phones=("notify.mobile_app_alex", None),
    speakers=(
        ChosenSpeaker("kitchen", "media_player.a", "tts.voice"),
        ChosenSpeaker("hall", "assist_satellite.hall"),
        ChosenSpeaker("kitchen", "notify.echo_speak"),
    ),
    signals=(
        ChosenSignal("entry_door", "binary_sensor.door"),
        ChosenSignal("entry_door.back", "binary_sensor.back"),
        ChosenSignal("on_call.alex", "sensor.alex_phone_state", ("offhook", "ringing")),
        ChosenSignal("phones.sam", "sensor.sam_battery_state", ("Charging", "Full")),
    ),
    rituals=("reunion_hug", "evening_checkin"),
    secrets={"ha_token": TOKEN, "mqtt_password": SecretStr("canary: #1'\"")},
)
BARE = Plan(("Alex", "Sam"), "en", "Europe/Berlin", mqtt=MqttSettings(), rituals=("reunion_hug",))


def test_it_reads_back_as_what_was_chosen(tmp_path: Path) -> None:
    with drafted(PLAN, tmp_path / "household.yaml", {}) as draft:
        settings = draft.settings
        assert draft.loaded.problems == ()
    assert [(p.name, p.presence.entity, p.phone) for p in settings.partners] == [
        ("Alex", "person.alex", "notify.mobile_app_alex"), ("Sam", "person.sam", None),
    ]  # fmt: skip
    assert (settings.agreed, settings.language, settings.zone) == ((), "de", "Europe/Vienna")
    assert settings.homeassistant
    assert settings.homeassistant.token == TOKEN
    assert settings.mqtt == PLAN.mqtt
    assert [(s.entity, s.tts) for s in settings.speakers["kitchen"]] == [
        ("media_player.a", "tts.voice"), ("notify.echo_speak", None),
    ]  # fmt: skip
    assert settings.speaker_rooms() == ("kitchen", "hall")
    assert list(settings.signals) == ["entry_door", "entry_door.back", "on_call.alex", "phones.sam"]
    assert settings.signals["on_call.alex"].on == ("offhook", "ringing")
    assert set(settings.rituals) == {"reunion_hug", "evening_checkin"}


@pytest.mark.parametrize("plan", [PLAN, BARE, replace(PLAN, rituals=()), replace(PLAN, mqtt=None, secrets={})])
def test_check_finds_nothing_wrong_in_it(tmp_path: Path, plan: Plan) -> None:
    config = tmp_path / "household.yaml"
    with drafted(plan, config, {"TURNTOWARD_HA_TOKEN": "t"}) as draft:
        save(draft, config, NOW)
    done = CliRunner().invoke(app, ["check", "--config", str(config)])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize("name", ["No", "Seán", "O'Brien", "Anne-Marie", "Yes", "Ünal", "Null"])
def test_names_are_read_as_they_are_written(tmp_path: Path, name: str) -> None:
    plan = replace(BARE, names=(name, "Sam"), agreed=(name, "Sam"))
    with drafted(plan, tmp_path / "household.yaml", {}) as draft:
        assert draft.settings.partners[0].name == name
        assert draft.settings.both_agreed


@pytest.mark.parametrize("room", ["1", "null", "true", "2_og", "kitchen", "no"])
def test_rooms_are_read_as_they_are_written(tmp_path: Path, room: str) -> None:
    plan = replace(PLAN, speakers=(ChosenSpeaker(room, "assist_satellite.a"), ChosenSpeaker(room, "notify.b")))
    with drafted(plan, tmp_path / "household.yaml", {}) as draft:
        assert draft.settings.speaker_rooms() == (room,)


def test_nobody_has_agreed_by_being_asked_nothing() -> None:
    assert "agreed: []" in household(PLAN)
    assert 'agreed: ["Alex", "Sam"]' in household(replace(PLAN, agreed=PLAN.names))


def test_no_secret_is_in_the_file_and_secrets_are_the_owners_alone(tmp_path: Path) -> None:
    config = tmp_path / "new" / "household.yaml"
    os.umask(0o022)
    with drafted(PLAN, config, {}) as draft:
        save(draft, config, NOW)
    assert "canary" not in config.read_text("utf-8")
    assert (config.parent / "secrets.yaml").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in config.parent.iterdir()} == {"household.yaml", "secrets.yaml"}


def test_what_the_environment_tells_is_not_written_down(tmp_path: Path) -> None:
    config = tmp_path / "household.yaml"
    with drafted(replace(PLAN, secrets={}), config, {"TURNTOWARD_HA_TOKEN": "from-outside"}) as draft:
        assert draft.settings.homeassistant
        assert draft.settings.homeassistant.token == SecretStr("from-outside")
        save(draft, config, NOW)
    assert not (tmp_path / "secrets.yaml").exists()
    assert "!secret" not in config.read_text("utf-8")


def test_what_was_there_stays_beside_it(tmp_path: Path) -> None:
    config, secrets = tmp_path / "household.yaml", tmp_path / "secrets.yaml"
    config.write_text("partners: mine\n", "utf-8")
    secrets.write_text("# of the garden\nother: 'kept'  # as it is\nha_token: old\n", "utf-8")
    with drafted(PLAN, config, {}) as draft:
        copies = save(draft, config, NOW)
    assert [copy.name for copy in copies] == [
        "household.yaml.bak-20261120-183000", "secrets.yaml.bak-20261120-183000",
    ]  # fmt: skip
    assert copies[0].read_text("utf-8") == "partners: mine\n"
    assert copies[1].stat().st_mode & 0o777 == 0o600
    merged = secrets.read_text("utf-8")
    assert merged.startswith("# of the garden\nother: 'kept'  # as it is\nha_token: canary-token\n")
    assert secrets.stat().st_mode & 0o777 == 0o600


def test_secrets_that_say_the_same_already_are_left_alone(tmp_path: Path) -> None:
    config = tmp_path / "household.yaml"
    for _ in range(2):
        with drafted(PLAN, config, {}) as draft:
            copies = save(draft, config, NOW)
    assert [copy.name for copy in copies] == ["household.yaml.bak-20261120-183000"]


def test_where_there_is_no_room_for_one_file_both_stay_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, secrets = tmp_path / "household.yaml", tmp_path / "secrets.yaml"
    config.write_text("partners: mine\n", "utf-8")
    secrets.write_text("ha_token: old\n", "utf-8")
    room = iter([None])

    def fsync(_: int) -> None:
        if next(room, "none") == "none":
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", fsync)
    with drafted(PLAN, config, {}) as draft, pytest.raises(OSError, match="No space left"):
        save(draft, config, NOW)
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {
        "household.yaml": "partners: mine\n", "secrets.yaml": "ha_token: old\n",
    }  # fmt: skip


def test_the_file_of_passwords_is_no_household(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="is for passwords"):
        check_place(tmp_path / "secrets.yaml")


def test_a_copy_never_takes_the_place_of_another(tmp_path: Path) -> None:
    config = tmp_path / "household.yaml"
    for number in range(3):
        config.write_text(f"number {number}\n", "utf-8")
        with drafted(BARE, config, {}) as draft:
            save(draft, config, NOW)
    assert {copy.read_text("utf-8") for copy in tmp_path.glob("*.bak-*")} == {f"number {n}\n" for n in range(3)}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root writes for others")
def test_what_root_writes_belongs_to_the_owner_of_the_folder(tmp_path: Path) -> None:
    config = tmp_path / "household.yaml"
    os.chown(tmp_path, 10001, 10001)
    with drafted(PLAN, config, {}) as draft:
        save(draft, config, NOW)
    assert {path.stat().st_uid for path in tmp_path.iterdir()} == {10001}


def test_a_file_that_only_its_owner_reads_stays_so(tmp_path: Path) -> None:
    config = tmp_path / "household.yaml"
    config.touch(mode=0o600)
    with drafted(BARE, config, {}) as draft:
        save(draft, config, NOW)
    assert config.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "real.yaml"
    real.write_text("old: 1\n", "utf-8")
    config = tmp_path / "household.yaml"
    config.symlink_to(real)
    with drafted(BARE, config, {}) as draft:
        save(draft, config, NOW)
    assert config.is_symlink()
    assert "partners:" in real.read_text("utf-8")


@pytest.mark.parametrize("text", ["- a list\n", "a: [\n"])
def test_secrets_that_cannot_be_read_are_told_before_anything_is_asked(tmp_path: Path, text: str) -> None:
    (tmp_path / "secrets.yaml").write_text(text, "utf-8")
    with pytest.raises(Stopped, match=r"secrets\.yaml .* correct it, or move it away"):
        check_place(tmp_path / "household.yaml")


def test_a_place_that_is_a_folder_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    with pytest.raises(Stopped, match="cannot be written"):
        check_place(tmp_path)
