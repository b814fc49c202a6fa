"""What a ritual may say, and what it is told when that could never work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from tests.core.evening import checkin, ritual
from turntoward.core.household import SEASONS
from turntoward.core.rules import Offer, Ritual, Rule, Rulebook, Run, merged


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ritual": "Reunion Hug"}, "String should match pattern"),
        ({"triggers": [{"trigger": "timee", "at": "20:30"}]}, "does not match any of the expected tags"),
        ({"triggers": [{"trigger": "time", "at": "24:30"}]}, "is not a time of day"),
        ({"triggers": [{"trigger": "time", "at": "20:30", "weekdays": "monday"}]}, "Input should be 'mon'"),
        ({"triggers": [{"trigger": "state", "signal": "Table", "is": "on"}]}, "is not a signal's name"),
        ({"conditions": [{"condition": "both_hom"}]}, "does not match any of the expected tags"),
        ({"offer": {"channels": ["radio"]}}, "Input should be 'speaker', 'tile', 'phone' or 'page'"),
        ({"offer": {"channels": [{"channel": "phone", "to": "alex"}]}}, "Input should be 'both' or 'turn'"),
        ({"triggers": [{"trigger": "leaving"}]}, r"triggers.0.leaving.between\s+Field required"),
        ({"triggers": [{"trigger": "leaving", "between": "07:00"}]}, "is not a window"),
        ({"triggers": [{"trigger": "apart", "for": "29min"}]}, "'for' begins at 30min here"),
        ({"triggers": [{"trigger": "time", "at": "20:30", "chance": 0}]}, "greater than 0"),
        ({"triggers": [{"trigger": "time", "at": "20:30", "chance": 1.1}]}, "less than or equal to 1"),
        ({"triggers": [{"trigger": "schedule", "every": "week", "at": "10:00"}]}, "Input should be 'month'"),
        ({"triggers": [{"trigger": "mqtt", "topic": "home/#"}]}, "is not one topic"),
        ({"triggers": [{"trigger": "event", "event_type": "tag scanned"}]}, "String should match pattern"),
        ({"triggers": [{"trigger": "called", "answer": "done"}]}, "'answer' says what a tag means; add 'tag:'"),
        ({"triggers": [{"trigger": "ritual", "ritual": "tea", "is": "over"}]}, "Input should be 'started'"),
        ({"triggers": [{"trigger": "season", "is": "summer"}]}, "Input should be 'normal'"),
        ({"conditions": [{"condition": "signal", "signal": "table", "is": "on", "match": "one"}]}, "'all' or 'any'"),
        ({"conditions": [{"condition": "ritual", "ritual": "tea", "is": "over"}]}, "Input should be 'running'"),
        ({"offer": {"card": {"deck": "questions", "depth": 4}}}, "less than or equal to 3"),
        ({"run": {"steps": [{"action": "announce"}]}}, "there is nothing to say: add 'say:' or 'card:'"),
        ({"run": {"steps": [{"action": "tile", "say": {"en": []}}]}}, "there is nothing to say: add 'say:' or 'card:'"),
        ({"run": {"steps": [{"action": "light"}]}}, "does not match any of the expected tags"),
        ({"run": {"ends": {"when": {"signal": "table"}}}}, r"run.ends.when.0.is\s+Field required"),
        ({"offer": {"say": {}, "channels": ["speaker"]}}, "a speaker needs a line to say"),
        ({"offer": {"after": "10min"}}, "'after' is not shorter than 'valid_for', so it is never offered"),
        ({"offer": {"after": 0, "valid_for": 0}}, "so it is never offered"),
        ({"offer": {"valid_for": 10}}, "10 is not a duration"),
        ({"answers": ["maybe"]}, "Input should be 'done'"),
        ({"limits": {"per_day": -1}}, "greater than or equal to 0"),
        ({"short": {"offer": {"channels": ["radio"]}}}, "Input should be 'speaker', 'tile'"),
        ({"apart": {"offer": {"channels": ["radio"]}}}, "Input should be 'speaker', 'tile'"),
        ({"short": True}, "Input should be False"),
        ({"evidence": "proven"}, "Input should be 'supported'"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be(changes: dict[str, Any], message: str) -> None:
    plain = ritual().model_dump(mode="json", by_alias=True)
    if "say" in changes.get("offer", {}):
        plain["offer"].pop("say")
    with pytest.raises(ValidationError, match=message):
        Ritual.model_validate(merged(plain, changes))


def test_a_channel_may_be_its_name_and_weekdays_may_be_one() -> None:
    offer = Offer.model_validate({"channels": ["tile", {"channel": "speaker", "rooms": ["hall"]}], "say": "Hi"})
    assert [(c.channel, c.rooms) for c in offer.channels] == [("tile", ()), ("speaker", ("hall",))]
    weekly = checkin(triggers=[{"trigger": "time", "at": "20:30", "weekdays": "fri"}])
    assert weekly.triggers[0].weekdays == ("fri",)  # type: ignore[union-attr]


def test_what_is_on_in_yaml_is_text() -> None:
    table = ritual(triggers=[{"trigger": "state", "signal": "table", "is": True}])
    assert table.triggers[0].is_ == "on"  # type: ignore[union-attr]


@pytest.mark.parametrize(("key", "season"), [("short", "simplified"), ("apart", "apart")])
def test_the_form_of_a_season_is_laid_over_the_ritual(key: str, season: str) -> None:
    hug = ritual(**{key: {"offer": {"channels": ["tile"]}, "run": {"timer": "6s"}}})
    form = hug.in_season(season)
    assert form is not None
    assert [c.channel for c in form.offer.channels] == ["tile"]
    assert (form.run.timer, form.offer.valid_for) == (timedelta(seconds=6), timedelta(minutes=10))
    assert all(hug.in_season(other) is hug for other in SEASONS if other != season)
    assert ritual().in_season(season) == ritual()


@pytest.mark.parametrize(("key", "season"), [("short", "simplified"), ("apart", "apart")])
def test_a_ritual_may_rest_in_a_season(key: str, season: str) -> None:
    resting = ritual(**{key: False})
    assert resting.in_season(season) is None
    book = Rulebook(rituals=(resting, checkin()))
    assert [r.ritual for r in book.in_season(season).rituals] == ["evening_checkin"]  # type: ignore[arg-type]
    assert len(book.in_season("normal").rituals) == 2


def test_a_form_keeps_the_examples() -> None:
    given = {"given": {"at": "2026-11-19 18:00"}}
    hug = ritual(short={"title": "Short"}, examples=[given])
    form = hug.in_season("simplified")
    assert form is not None
    assert form.examples == hug.examples != ()


def test_a_rule_acts_and_has_no_dose_of_its_own() -> None:
    rule = Rule.model_validate(
        {"rule": "lamp", "triggers": [{"trigger": "reunion"}], "actions": [{"action": "mqtt", "topic": "home/lamp"}]}
    )
    assert (rule.name, rule.limits.per_day, rule.actions[0].action) == ("lamp", None, "mqtt")


@pytest.mark.parametrize("missing", ["triggers", "actions"])
def test_a_rule_needs_something_to_wait_for_and_something_to_do(missing: str) -> None:
    whole = {"rule": "lamp", "triggers": [{"trigger": "reunion"}], "actions": [{"action": "notify"}]}
    with pytest.raises(ValidationError, match=rf"{missing}\s+Field required"):
        Rule.model_validate({key: value for key, value in whole.items() if key != missing})


@pytest.mark.parametrize(
    ("run", "lasts"),
    [
        ({}, None),
        ({"timer": "20s"}, 20),
        ({"steps": [{"action": "wait", "for": "5min"}, {"action": "notify"}, {"action": "timer", "for": "1min"}]}, 360),
        ({"timer": "20s", "ends": {"after": "1h"}}, 3600),
        ({"ends": {"when": {"signal": "table", "is": "off"}}}, None),
    ],
)
def test_how_long_it_runs_by_its_own_words(run: dict[str, Any], lasts: float | None) -> None:
    spoken = Run.model_validate(run).lasts
    assert (spoken and spoken.total_seconds()) == lasts


def test_one_sign_one_weekday_and_one_deck_need_no_list() -> None:
    run = Run.model_validate(
        {"ends": {"when": {"signal": "table", "is": "off"}}, "steps": [{"action": "tile", "card": "cues"}]}
    )
    assert [sign.signal for sign in run.ends.when] == ["table"]
    assert run.steps[0].card.deck == "cues"  # type: ignore[union-attr]
    leaving = ritual(triggers=[{"trigger": "leaving", "signs": "hall", "between": "07:00-08:00"}])
    assert leaving.triggers[0].signs == ("hall",)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("title", "language", "named"),
    [
        ("Hug", "de", "Hug"),
        ({"en": "Hug", "de": "Umarmung"}, "de-AT", "Umarmung"),
        ({"en": "Hug"}, "fr", "Hug"),
        ({"de": "Umarmung"}, "fr", "reunion_hug"),
    ],
)
def test_its_title(title: object, language: str, named: str) -> None:
    assert ritual().model_copy(update={"title": title}).named(language) == named


def test_changes_are_laid_key_by_key_and_lists_are_replaced() -> None:
    base = {"offer": {"after": "60s", "channels": ["speaker"]}, "answers": ["done"]}
    changed = merged(base, {"offer": {"channels": ["tile"]}, "answers": []})
    assert changed == {"offer": {"after": "60s", "channels": ["tile"]}, "answers": []}
    assert base["offer"] == {"after": "60s", "channels": ["speaker"]}
