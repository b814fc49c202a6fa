"""A message's whole life on two phones: offered, answered on one of them, taken from both; and everything in between.

The real Home Assistant, its companion app's registrations, a real broker, and the service as a process of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.peers.homeassistant import HomeAssistant
from tests.service import PAUSE, Process, command, until
from turntoward.adapters.journal import read_entries
from turntoward.core.trace import TraceEntry

pytestmark = pytest.mark.integration

BOTH = ("alex", "sam")
CONFIG = """
partners:
  - {{name: Alex, presence: person.alex, phone: {alex}}}
  - {{name: Sam, presence: person.sam, phone: notify.mobile_app_sam_phone}}
agreed: [Alex, Sam]
quiet_hours: "00:00-00:00"
limits: {{min_gap: 0, prompts_per_day: 50}}
mqtt: {{host: 127.0.0.1, port: {mqtt}, keepalive: 5s}}
homeassistant: {{url: "{url}", dashboard: /turntoward}}
presence: {{startup_hold: 0.3s}}
rules_dir: rules
rituals: [small_tea, kind_words]
data_dir: data
log_level: {log_level}
"""
TEA = """
ritual: small_tea
title: Tea for two
triggers: [{{trigger: event, event_type: tea_is_ready}}]
offer: {{valid_for: {valid_for}, later: {later}, channels: [phone, tile], say: {{en: ["The kettle sings."]}}}}
run: {{ends: {{after: 10min}}}}
answers: [start, done, later, not_today]
limits: {{per_day: null}}
"""
WORDS = """
ritual: kind_words
title: Kind words
triggers: [{trigger: event, event_type: words_are_ready}]
offer:
  valid_for: 10min
  channels: [{channel: phone, passive: true}, tile]
  say: {en: ["Something kind for each other?"]}
answers: [share, not_today]
limits: {per_day: null}
"""
TEA_STATE, WORDS_STATE = "sensor.turntoward_small_tea", "sensor.turntoward_kind_words"
Push = dict[str, Any]


@contextmanager
def living(
    folder: Path,
    home: HomeAssistant,
    valid_for: str = "10min",
    later: str = "1min",
    alex: str = "notify.mobile_app_alex_phone",
    log_level: str = "info",
) -> Iterator[Process]:
    """Run the service until it is connected; at the end it has to stop in order and without a mistake in its log."""
    assert home.broker is not None
    (folder / "rules").mkdir()
    (folder / "rules" / "small_tea.yaml").write_text(TEA.format(valid_for=valid_for, later=later), "utf-8")
    (folder / "rules" / "kind_words.yaml").write_text(WORDS, "utf-8")
    path = folder / "household.yaml"
    said = CONFIG.format(url=home.url, mqtt=home.broker.port, alex=alex, log_level=log_level)
    path.write_text(said, "utf-8")
    with Process(path, TURNTOWARD_HA_TOKEN=home.token) as running:
        connected(running, home)
        yield running
        assert running.stop() == 0
        assert "Traceback" not in running.log()


def connected(running: Process, home: HomeAssistant, times: int = 1) -> None:
    until(lambda: running.log().count("connected to Home Assistant") >= times, 40, "the connection")
    until(lambda: (home.state(TEA_STATE) or {"state": "unavailable"})["state"] != "unavailable", 40, "the tile")


def offered(home: HomeAssistant, event: str = "tea_is_ready", nth: int = 1) -> Push:
    """Offer it, and return the message as Alex has it; both have the same."""
    home.fire(event)
    return shown(home, nth)


def shown(home: HomeAssistant, nth: int = 1) -> Push:
    first, second = (home.wait_pushes(who, count=nth)[nth - 1] for who in BOTH)
    assert first["data"] == second["data"]
    assert first["data"]["actions"]
    return first


def button(push: Push, title: str) -> str:
    """Return the action of a button."""
    (found,) = (action["action"] for action in push["data"]["actions"] if action["title"] == title)
    return str(found)


def tap(home: HomeAssistant, who: str, push: Push, title: str, **more: Any) -> None:
    home.answer_push(who, button(push, title), push["data"]["tag"], **more)


def taken_back(home: HomeAssistant, push: Push, nth: int = 2) -> None:
    """Wait until both phones are told to clear it."""
    for who in BOTH:
        clear = home.wait_pushes(who, count=nth)[nth - 1]
        assert (clear["message"], clear["data"]) == ("clear_notification", {"tag": push["data"]["tag"]})


def traced(running: Process) -> list[TraceEntry]:
    return [step for entry in read_entries(running.config.parent / "data") for step in entry.trace]


def steps(running: Process, ritual: str = "small_tea") -> list[str]:
    """Return what became of its occasions, as the journal knows it."""
    aside = ("due", "refused", "held")
    return [step.step for step in traced(running) if step.ritual == ritual and step.step not in aside]


def refused(running: Process) -> None:
    """Wait until a button was refused because its message is over, and see that it is explained."""
    until(lambda: "old_notice" in [step.reason for step in traced(running)], what="the refusal")
    assert "that question is over" in command("why", "--config", str(running.config))


@pytest.mark.parametrize("who", BOTH)
def test_answered_on_one_phone_it_goes_from_both(tmp_path: Path, home: HomeAssistant, who: str) -> None:
    with living(tmp_path, home) as running:
        message = offered(home)
        home.wait_state(TEA_STATE, "offered")
        assert [action["title"] for action in message["data"]["actions"]] == ["Yes, let's", "Later", "Not today"]
        assert len({action["action"] for action in message["data"]["actions"]}) == 3
        tap(home, who, message, "Yes, let's")
        home.wait_state(TEA_STATE, "running")
        taken_back(home, message)
        assert steps(running) == ["offered", "started"]
    assert all(len(home.pushes(one)) == 2 for one in BOTH)


def test_nothing_a_phone_is_sent_tells_what_it_is_about(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home):
        message = offered(home)
        tap(home, "sam", message, "Not today")
        taken_back(home, message)
    told = json.dumps([{"message": push["message"], "data": push["data"]} for push in home.pushes("sam")]).casefold()
    assert not [word for word in ("tea", "kettle", "alex", "sam", "not_today") if word in told]


def test_answered_at_the_tile_it_goes_from_both(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home):
        message = offered(home)
        home.call("button", "press", entity_id="button.turntoward_small_tea_done")
        home.wait_state(TEA_STATE, "done")
        taken_back(home, message)


def test_unanswered_it_goes_when_its_time_is_over_and_its_buttons_are_dead(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home, valid_for="2s", later="1s") as running:
        message = offered(home)
        assert message["data"]["timeout"] <= 2
        taken_back(home, message)
        home.wait_state(TEA_STATE, "idle")
        tap(home, "alex", message, "Yes, let's")
        refused(running)
        assert home.wait_state(TEA_STATE, "idle")
        assert steps(running) == ["offered", "expired"]


def test_later_brings_it_back_with_new_buttons_and_the_old_ones_are_dead(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home, later="1s") as running:
        first = offered(home)
        tap(home, "sam", first, "Later")
        taken_back(home, first)
        second = shown(home, nth=3)
        assert second["data"]["tag"] == first["data"]["tag"]
        assert button(second, "Yes, let's") != button(first, "Yes, let's")
        tap(home, "alex", first, "Yes, let's")
        refused(running)
        assert home.wait_state(TEA_STATE, "offered")
        tap(home, "alex", second, "Yes, let's")
        home.wait_state(TEA_STATE, "running")
        taken_back(home, second, nth=4)


def test_both_tap_at_once(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home) as running:
        message = offered(home)
        for who in (*BOTH, *BOTH):
            tap(home, who, message, "Yes, let's")
        home.wait_state(TEA_STATE, "running")
        tap(home, "sam", message, "Not today")
        refused(running)
        assert home.wait_state(TEA_STATE, "running")
        taken_back(home, message)
        assert steps(running) == ["offered", "started"]
    assert all(len(home.pushes(who)) == 2 for who in BOTH)


def test_the_service_is_killed_between_the_offer_and_the_answer(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home) as running:
        message = offered(home)
        home.wait_state(TEA_STATE, "offered")
        running.kill()
        running.start()
        connected(running, home, times=2)
        home.wait_state(TEA_STATE, "offered")
        tap(home, "alex", message, "Yes, let's")
        home.wait_state(TEA_STATE, "running")
        tap(home, "alex", message, "Yes, let's")
        taken_back(home, message, nth=len(home.wait_pushes("sam", count=2)))
        assert steps(running) == ["offered", "started"]


def test_home_assistant_restarts_between_the_offer_and_the_answer(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home) as running:
        message = offered(home)
        home.restart()
        connected(running, home, times=2)
        tap(home, "sam", message, "Yes, let's")
        home.wait_state(TEA_STATE, "running", timeout=30)
        taken_back(home, message)


def test_one_phone_is_gone(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home, alex="notify.mobile_app_old_phone") as running:
        home.fire("tea_is_ready")
        (message,) = home.wait_pushes("sam")
        tap(home, "sam", message, "Yes, let's")
        home.wait_state(TEA_STATE, "running")
        assert home.wait_pushes("sam", count=2)[1]["message"] == "clear_notification"
        running.wait_log("notify.mobile_app_old_phone")
    assert home.pushes("alex") == []


def test_the_makers_server_is_down_and_the_tile_is_there(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home) as running:
        home.sink.stop()
        home.fire("tea_is_ready")
        home.wait_state(TEA_STATE, "offered")
        home.call("button", "press", entity_id="button.turntoward_small_tea_start")
        home.wait_state(TEA_STATE, "running")
        home.sink.start()
        home.call("button", "press", entity_id="button.turntoward_small_tea_done")
        home.wait_state(TEA_STATE, "done")
        assert steps(running) == ["offered", "started", "done"]


def test_an_answer_to_one_leaves_the_other_where_it_is(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home):
        tea = offered(home)
        words = offered(home, "words_are_ready", nth=2)
        assert tea["data"]["tag"] != words["data"]["tag"]
        assert [push["data"]["push"]["interruption-level"] for push in (tea, words)] == ["active", "passive"]
        assert tea["data"]["channel"] != words["data"]["channel"]
        tap(home, "sam", words, "Not today")
        taken_back(home, words, nth=3)
        home.wait_state(WORDS_STATE, "not_today")
        assert home.wait_state(TEA_STATE, "offered")


def test_a_line_that_is_typed_into_a_message_stands_on_the_tile_and_nowhere_else(
    tmp_path: Path, home: HomeAssistant
) -> None:
    line = "Danke für die Suppe 🍲"
    with living(tmp_path, home, log_level="debug") as running:
        message = offered(home, "words_are_ready")
        tap(home, "sam", message, "Write a line", reply_text=line)
        home.wait_state(WORDS_STATE, "done")
        until(lambda: (home.state(WORDS_STATE) or {})["attributes"]["text"] == line, what="the line")
        taken_back(home, message)
        log = running.log()
    assert "Suppe" not in log
    assert "Suppe" not in json.dumps([home.pushes(who) for who in BOTH], ensure_ascii=False)


def test_an_empty_line_shares_nothing_and_the_offer_stays(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home) as running:
        message = offered(home, "words_are_ready")
        tap(home, "alex", message, "Write a line", reply_text="  \n ")
        PAUSE.wait(1.0)
        assert home.wait_state(WORDS_STATE, "offered")
        assert steps(running, "kind_words") == ["offered"]


def test_who_answered_is_kept_nowhere(tmp_path: Path, home: HomeAssistant) -> None:
    with living(tmp_path, home, log_level="debug") as running:
        message = offered(home)
        with home.api.commands() as seen_by_others:
            seen_by_others.run("subscribe_events", event_type="mobile_app_notification_action")
            tap(home, "sam", message, "Yes, let's")
            user = seen_by_others.next_event()["context"]["user_id"]
        home.wait_state(TEA_STATE, "running")
        log = running.log()
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file())
    assert b"notice_answered" in kept
    for trace in (user, home.phones["sam"].webhook_id):
        assert trace.encode() not in kept
        assert trace not in log
