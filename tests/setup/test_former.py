"""A household that is there already: what it says is suggested, and what nobody is asked about goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.dashboard.household import ROOT
from tests.setup.homes import Listed, entity, home
from tests.setup.test_writing import PLAN
from turntoward.adapters.supervisor import STARTER
from turntoward.settings import MqttSettings, load_settings
from turntoward.setup import couple, former, interview, reaching_broker, reaching_home, rituals, rooms
from turntoward.setup.former import Former
from turntoward.setup.plan import ChosenSignal, ChosenSpeaker, Plan
from turntoward.setup.saving import drafted
from turntoward.setup.writing import household

HOUSEHOLD = """\
partners:
  - {name: Mia, presence: {topic: home/mia, key: at}, phone: notify.mobile_app_mia, zone: Asia/Tokyo}
  - {name: Noa, presence: device_tracker.noa}
agreed: [Mia, Noa]
language: de
zone: Europe/Vienna
quiet_hours: "21:00-08:00"
homeassistant: {url: "http://192.0.2.5:8123", token: !secret mine, dashboard: /turntoward}
mqtt: {host: 192.0.2.6, port: 8884, tls: true, username: us, password: !secret theirs, base: ours}
# what speaks
speakers:
  salon:  # downstairs
    - {entity: media_player.a, tts: tts.voice, volume: 30}
    - notify.gone_speak
signals:
  entry_door.garden: {entity: binary_sensor.garden, on: [auf]}
  guests: input_boolean.party
  asleep.mia: home/bed
tags: {tea: "04-A2"}
limits: {min_gap: 1h}
rituals:
  evening_checkin: {offer: {valid_for: 5m}}  # short
  bids:
season: simplified
"""
SECRETS = "mine: canary-token\ntheirs: canary-password\n"
HOME = home(
    entity("person.mia", "Mia"),
    entity("person.noa", "Noa"),
    entity("media_player.a", "A", area="Kitchen", supported_features=512),
    entity("media_player.b", "B", area="Living room", supported_features=512),
    entity("tts.voice"),
    entity("tts.other"),
    entity("binary_sensor.front", "Front door", device_class="door"),
    entity("binary_sensor.garden", "Garden", device_class="door"),
    entity("input_boolean.guests", "Guests"),
    entity("binary_sensor.bed_noa", "Bed of Noa"),
    notify=("mobile_app_mia", "mobile_app_noa"),
)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "secrets.yaml").write_text(SECRETS, "utf-8")
    path = tmp_path / "household.yaml"
    path.write_text(HOUSEHOLD, "utf-8")
    return path


@pytest.fixture
def before(config: Path) -> Former:
    found = former.read(config, {})
    assert found is not None
    return found


def test_enter_keeps_the_couple_and_who_has_agreed(before: Former) -> None:
    assert couple.names(Listed(), before) == ("Mia", "Noa")
    assert couple.language(Listed(), HOME, before) == "de"
    assert couple.zone(Listed(), HOME, before) == "Europe/Vienna"
    assert couple.agreed(Listed(), ("Mia", "Noa"), before.agreed(("Mia", "Noa"))) == ("Mia", "Noa")


def test_the_word_of_one_is_kept_and_is_nobodys_but_theirs(before: Former) -> None:
    assert couple.agreed(Listed(), ("Mia", "Noa"), ("Noa",)) == ("Noa",)
    asker = Listed(both_here="yes", first_agrees="yes", second_agrees="no")
    assert couple.agreed(asker, ("Mia", "Noa"), ("Noa",)) == ()
    assert before.agreed(("Mia", "Kim")) == (), "Kim has not been asked"


def test_enter_keeps_what_was_chosen_in_the_home_also_what_is_not_seen_just_now(before: Former) -> None:
    names = ("Mia", "Noa")
    persons = rooms.persons(Listed(), HOME, names, before)
    assert persons == ("home/mia", "device_tracker.noa")
    assert rooms.phones(Listed(), HOME, names, persons, before) == ("notify.mobile_app_mia", "notify.mobile_app_noa")
    speakers = rooms.speakers(Listed(), HOME, before)
    assert speakers == (
        ChosenSpeaker("salon", "media_player.a", "tts.voice"),
        ChosenSpeaker("salon", "notify.gone_speak"),
    )
    assert rooms.doors(Listed(), HOME, before) == (ChosenSignal("entry_door.garden", "binary_sensor.garden", ("auf",)),)
    assert [one.name for one in rooms.signals(Listed(), HOME, names, persons, speakers, before)] == ["guests"]
    assert rituals.rituals(Listed(), "en", before.rituals) == ("evening_checkin",)


def test_something_new_comes_beside_what_there_is(before: Former) -> None:
    speakers = rooms.speakers(Listed(speakers="1, 2, media_player.b", voice="tts.other"), HOME, before)
    assert speakers[2] == ChosenSpeaker("living_room", "media_player.b", "tts.other")
    assert speakers[0].voice == "tts.voice"
    doors = rooms.doors(Listed(doors="binary_sensor.front, binary_sensor.garden"), HOME, before)
    assert {one.name: one.entity for one in doors} == {
        "entry_door": "binary_sensor.front",
        "entry_door.garden": "binary_sensor.garden",
    }


def test_a_token_and_a_password_are_known_only_where_they_were_used(before: Former) -> None:
    known = before.settings.homeassistant
    assert known is not None
    assert reaching_home._token_for("http://192.0.2.5:8123", known) == "canary-token"
    assert reaching_home._token_for("http://192.0.2.7:8123", known) == ""
    mqtt = before.settings.mqtt
    assert mqtt is not None
    kept = reaching_broker._asked(Listed(), mqtt, "", needed=True)
    assert kept == mqtt
    for other in ({"mqtt_host": "192.0.2.9"}, {"mqtt_username": "somebody"}):
        asked = reaching_broker._asked(Listed(**other), mqtt, "", needed=True)
        assert asked is not None
        assert asked.password is None


PLAN_NOW = replace(
    PLAN,
    names=("Mia", "Noa"),
    agreed=("Mia", "Noa"),
    persons=("home/mia", "person.noa"),
    mqtt=MqttSettings(host="192.0.2.9", username="us", password=SecretStr("new")),
    speakers=(ChosenSpeaker("salon", "media_player.a", "tts.voice"), ChosenSpeaker("hall", "assist_satellite.hall")),
    signals=(ChosenSignal("entry_door.garden", "binary_sensor.garden", ("auf",)),),
    rituals=("evening_checkin", "reunion_hug"),
    secrets={},
)


def test_what_nobody_is_asked_about_goes_on(config: Path, before: Former) -> None:
    with drafted(PLAN_NOW, config, {}, before) as draft:
        now, text = draft.settings, draft.text
    was = before.settings
    for key in ("tags", "limits", "season", "quiet_hours"):
        assert getattr(now, key) == getattr(was, key), key
    assert [p.zone for p in now.partners] == ["Asia/Tokyo", None]
    assert (now.partners[0].presence, now.partners[1].presence.entity) == (was.partners[0].presence, "person.noa")
    assert now.homeassistant
    assert now.homeassistant.dashboard == "/turntoward"
    assert now.mqtt
    assert (now.mqtt.base, now.mqtt.host, now.mqtt.tls) == ("ours", "192.0.2.9", False)
    assert now.speakers["salon"] == was.speakers["salon"][:1]
    assert set(now.speakers) == {"salon", "hall"}
    assert now.signals == {name: was.signals[name] for name in ("entry_door.garden", "asleep.mia")}
    assert now.rituals == {"bids": None, "evening_checkin": {"offer": {"valid_for": "5m"}}, "reunion_hug": None}
    assert "canary" not in text


def test_a_ritual_that_was_switched_off_stays_off_until_it_is_chosen(tmp_path: Path) -> None:
    config = tmp_path / "household.yaml"
    rituals_of = "rituals: {reunion_hug: false, evening_checkin: }\n"
    config.write_text("partners: [{name: Mia}, {name: Noa}]\nmqtt: {}\n" + rituals_of, "utf-8")
    before = former.read(config, {})
    assert before is not None
    assert rituals.rituals(Listed(), "en", before.rituals) == ("evening_checkin",)
    plan = Plan(("Mia", "Noa"), "en", "Europe/Berlin", mqtt=MqttSettings(), rituals=("reunion_hug",))
    with drafted(plan, config, {}, before) as draft:
        assert draft.settings.rituals == {"reunion_hug": None}


def test_rules_of_their_own_and_a_secret_elsewhere_are_found_where_they_are(tmp_path: Path) -> None:
    config, rules = tmp_path / "household.yaml", tmp_path / "mine"
    rules.mkdir()
    hug = (ROOT / "rules" / "reunion_hug.yaml").read_text("utf-8")
    (rules / "our_hug.yaml").write_text(hug.replace("ritual: reunion_hug", "ritual: our_hug"), "utf-8")
    (tmp_path / "secrets.yaml").write_text("tea: 04-A2\n", "utf-8")
    config.write_text(
        "partners: [{name: Mia}, {name: Noa}]\nmqtt: {}\nrules_dir: mine\ntags: {tea: !secret tea}\n"
        "rituals: [our_hug, reunion_hug]\n",
        "utf-8",
    )
    before = former.read(config, {})
    plan = Plan(("Mia", "Noa"), "en", "Europe/Berlin", mqtt=MqttSettings(), rituals=("reunion_hug",))
    with drafted(plan, config, {}, before) as draft:
        assert draft.loaded.problems == ()
        assert {one.ritual for one in draft.loaded.rulebook.rituals} == {"our_hug", "reunion_hug"}
        assert draft.settings.tags == {"tea": "04-A2"}
        assert "!secret tea" in draft.text
        assert draft.secrets == ""


def test_what_is_not_wanted_any_more_is_gone(config: Path, before: Former) -> None:
    plan = replace(PLAN_NOW, speakers=(), signals=(), mqtt=None, homeassistant=None, persons=("home/mia", None))
    text = former.carried(household(plan), before, rituals.known(), ())
    assert "media_player" not in text
    assert "guests" not in text
    assert "mqtt:" not in text
    lent = former.carried(household(plan), before, rituals.known(), {"mqtt"})
    assert "mqtt:\n  base: ours\n" in lent, "what is added to a lent broker"


def test_comments_stay_with_what_they_explain(before: Former) -> None:
    text = former.carried(household(PLAN_NOW), before, rituals.known(), ())
    lines = text.splitlines()
    for section in ("agreed", "speakers", "signals", "rituals", "mqtt"):
        (at,) = (n for n, line in enumerate(lines) if line.startswith(f"{section}:"))
        assert lines[at - 1].startswith("# "), section
    assert "downstairs" not in text


def test_before_it_asks_it_says_what_becomes_of_what_is_there(config: Path) -> None:
    for text, told in ((HOUSEHOLD, "Enter keeps it"), ("partners: mine\n", "Nothing of it is taken over")):
        config.write_text(text, "utf-8")
        asker = Listed(replace="no")
        with pytest.raises(interview.Stopped):
            interview.interview(asker, config, {})
        assert any(told in line for line in asker.told)
        assert "canary" not in "".join(asker.told)


@pytest.mark.parametrize("starter", [ROOT / "config" / "household.yaml", STARTER], ids=["source", "app"])
def test_a_file_that_is_as_it_came_is_nobodys_household(tmp_path: Path, starter: Path) -> None:
    config = tmp_path / "household.yaml"
    text = starter.read_text("utf-8")
    config.write_text(text, "utf-8")
    lent = {"TURNTOWARD_APP_HA_URL": "http://supervisor/core", "TURNTOWARD_APP_HA_TOKEN": "t"}
    assert former.read(config, lent) is None
    config.write_text(text.replace("name: Sam", "name: Noa"), "utf-8")
    assert former.read(config, lent) is not None


def test_a_household_without_home_assistant_stays_without(tmp_path: Path) -> None:
    config = tmp_path / "household.yaml"
    config.write_text("partners: [{name: Mia, presence: home/mia}, {name: Noa}]\nmqtt: {}\n", "utf-8")
    before = former.read(config, {})
    assert before is not None
    assert reaching_home.reach(Listed(), {}, before) is None
    assert load_settings(config, {}).homeassistant is None
