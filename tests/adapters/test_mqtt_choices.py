"""What people choose by MQTT, without a broker: answers, a season, a quiet evening."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from tests.adapters.mqtt_messages import HUG, TEA, TOPICS, fault, translated
from turntoward.adapters.mqtt.topics import Unusable
from turntoward.core.events import PRIVATE, Event, QuietChosen, RitualAnswered, SeasonChosen

ANY = "turntoward/answer"
QUIET = "turntoward/quiet/set"
SEASON = "turntoward/season/set"


@pytest.mark.parametrize("answer", ["done", "later", "not_today", "start", "stop"])
def test_answers(answer: str) -> None:
    expected = [RitualAnswered("reunion_hug", answer)]  # type: ignore[arg-type]
    assert translated(HUG, answer) == expected
    assert translated(HUG, f" {answer.upper()} ") == expected
    assert translated(HUG, json.dumps({"answer": answer})) == expected


def test_a_late_answer_begins_nothing_but_still_ends_something() -> None:
    assert translated(HUG, "start", "late") == []
    assert translated(HUG, "later", "late") == []
    assert translated(HUG, "done", "late") == [RitualAnswered("reunion_hug", "done")]
    assert translated(HUG, "not_today", "late") == [RitualAnswered("reunion_hug", "not_today")]


def test_refused_answers() -> None:
    assert "for ever" in fault(HUG, "done", "retained").kind
    assert "not_today" in fault(HUG, "perhaps").expected
    assert "no answer" in fault(HUG, "").kind
    for payload in ("done", "{", "x" * 5000):
        unknown = fault("turntoward/ritual/no_such/answer", payload)
        assert unknown.about == "turntoward/ritual/+/answer"
    assert "evening_tea, phones_away, reunion_hug" in fault("turntoward/ritual/no_such/answer", "done").expected


def test_a_ritual_takes_its_own_answers_and_no_others() -> None:
    assert translated(TEA, "enough") == [RitualAnswered("evening_tea", "enough")]
    problem = fault(HUG, "enough")
    assert problem.kind == "no answer of this ritual"
    assert problem.expected == "done, later, not_today, start, stop"


def test_what_is_started_may_say_how_long() -> None:
    said = '{"answer": "start", "lasts": "40min"}'
    assert translated(HUG, said) == [RitualAnswered("reunion_hug", "start", timedelta(minutes=40))]
    assert translated(HUG, '{"answer": "start", "lasts": null}') == [RitualAnswered("reunion_hug", "start")]
    for wrong in ('"40"', "40", '"for ever"', "[]", "true"):
        assert "lasts" in fault(HUG, f'{{"answer": "start", "lasts": {wrong}}}').expected


def test_an_answer_to_whatever_is_on() -> None:
    assert translated(ANY, "start") == [RitualAnswered("", "start")]
    assert translated(ANY, '{"answer": "not_today", "ritual": ""}') == [RitualAnswered("", "not_today")]
    assert translated(ANY, "start", "late") == []
    assert "for ever" in fault(ANY, "done", "retained").kind
    assert fault(ANY, "perhaps").expected == "done, later, not_today, start, stop, enough"


def test_an_answer_that_names_its_ritual_and_who_waits_for_a_reply() -> None:
    said = '{"ritual": "the Tea", "answer": "start", "reply_to": "x1", "lasts": "40min"}'
    assert translated(ANY, said) == [RitualAnswered("evening_tea", "start", timedelta(minutes=40), reply_to="x1")]
    unknown = '{"ritual": "dance", "answer": "start", "reply_to": "x1"}'
    assert translated(ANY, unknown) == [RitualAnswered("Dance", "start", reply_to="x1")]
    assert fault(ANY, '{"ritual": "dance", "answer": "start"}').about == ANY
    for wrong in ('["tea"]', "7", f'"{"x" * 300}"'):
        assert "'ritual'" in fault(ANY, f'{{"ritual": {wrong}, "answer": "start"}}').kind


def test_a_private_ritual_is_as_unknown_as_any_other_even_to_somebody_who_waits() -> None:
    for name in ("bid_log", "Small moments"):
        (answered,) = translated(ANY, json.dumps({"ritual": name, "answer": "done", "reply_to": "x1"}))
        assert isinstance(answered, RitualAnswered)
        assert answered.ritual not in {"bid_log", ""}
        assert fault(ANY, json.dumps({"ritual": name, "answer": "done"})).kind == "an answer to no ritual of this home"


def test_what_somebody_shares_is_not_shown_in_a_log() -> None:
    assert fault(HUG, '{"answer": "perhaps", "text": "my secret"}').shown == ""
    assert fault(HUG, "{'answer': 'share', 'text': 'my secret'}").shown == ""
    assert fault(HUG, "share my secret").shown == ""
    (shared,) = translated(ANY, '{"answer": "done", "text": "my line"}')
    assert isinstance(shared, RitualAnswered)
    assert shared.text == "my line"


@pytest.mark.parametrize("key", ["text", "reply_to", "ritual"])
def test_half_an_emoji_can_be_written_down(key: str) -> None:
    """It comes where somebody cuts a text: neither SQLite nor a broker takes it."""
    (answered,) = translated(ANY, f'{{"answer": "done", "reply_to": "x1", "{key}": "hello \\ud83d"}}')
    assert "ello ?" in str(answered)
    str(answered).encode()


@pytest.mark.parametrize(
    ("payload", "on"), [("ON", True), ("off", False), ('{"state": "on"}', True), ('{"quiet": false}', False)]
)
def test_a_quiet_evening(payload: str, on: bool) -> None:
    assert translated(QUIET, payload) == [QuietChosen(on)]
    assert translated(QUIET, payload, "late") == [QuietChosen(on)]
    assert "for ever" in fault(QUIET, payload, "retained").kind


@pytest.mark.parametrize("payload", ["", "please", "7", "{}", "[]", b"\xff"])
def test_no_quiet_evening(payload: str | bytes) -> None:
    assert fault(QUIET, payload).expected == "ON or OFF, not retained"


@pytest.mark.parametrize("payload", ["done", "start", "pause", "ready", '{"answer": "less"}'])
def test_a_private_ritual_takes_no_answer_here_and_is_not_named(payload: str) -> None:
    problem = fault("turntoward/ritual/bid_log/answer", payload)
    assert problem.kind == "an answer to no ritual of this home"
    assert "bid_log" not in problem.expected


def test_no_message_is_a_private_act() -> None:
    """Every word that is one, on every topic that is heard, as text and as JSON: none gets through as such."""
    topics = [*TOPICS.filters(), HUG, TEA, "turntoward/private", "turntoward/private/alex", "turntoward/pause"]
    for topic in topics:
        for act in PRIVATE:
            for payload in (act, json.dumps({key: act for key in ("answer", "state", "tag", "season", "act", "type")})):
                assert "private_act" not in [event.type for event in attempt(topic, payload)]


def attempt(topic: str, payload: str) -> list[Event]:
    try:
        return translated(topic, payload)
    except Unusable:
        return []


@pytest.mark.parametrize(
    ("payload", "chosen"),
    [
        ("simplified", SeasonChosen("simplified")),
        (" Normal ", SeasonChosen("normal")),
        ('{"season": "apart"}', SeasonChosen("apart")),
        ('{"season": "simplified", "until": "2026-12-01"}', SeasonChosen("simplified", date(2026, 12, 1))),
        ('{"season": "normal", "until": null}', SeasonChosen("normal")),
    ],
)
def test_seasons(payload: str, chosen: SeasonChosen) -> None:
    assert translated(SEASON, payload) == [chosen]
    assert translated(SEASON, payload, "late") == [chosen]
    assert "for ever" in fault(SEASON, payload, "retained").kind


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ("summer", "no season"),
        ("", "no season"),
        ('{"until": "2026-12-01"}', "'season'"),
        ('{"season": "simplified", "until": "soon"}', "'until'"),
        ('{"season": "simplified", "until": "2026-02-30"}', "'until'"),
        ('{"season": ["simplified"]}', "'season'"),
        ('{"season": "simplified", "untill": "2026-12-01"}', "'untill'"),
    ],
)
def test_unusable_seasons(payload: str, kind: str) -> None:
    problem = fault(SEASON, payload)
    assert kind in problem.kind
    assert "simplified" in problem.expected
