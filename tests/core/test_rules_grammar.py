"""What a ritual may say, and what it is told when that could never work."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from tests.core.evening import checkin, ritual
from turntoward.core.rules import Offer, Ritual, merged


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ritual": "Reunion Hug"}, "String should match pattern"),
        ({"triggers": [{"trigger": "timee", "at": "20:30"}]}, "does not match any of the expected tags"),
        ({"triggers": [{"trigger": "time", "at": "24:30"}]}, "is not a time of day"),
        ({"triggers": [{"trigger": "time", "at": "20:30", "weekdays": "monday"}]}, "Input should be 'mon'"),
        ({"triggers": [{"trigger": "state", "signal": "Table", "is": "on"}]}, "is not a signal's name"),
        ({"conditions": [{"condition": "both_hom"}]}, "does not match any of the expected tags"),
        ({"offer": {"channels": ["phone"]}}, "Input should be 'speaker' or 'tile'"),
        ({"offer": {"say": {}, "channels": ["speaker"]}}, "a speaker needs a line to say"),
        ({"offer": {"after": "10min"}}, "'after' is not shorter than 'valid_for', so it is never offered"),
        ({"offer": {"after": 0, "valid_for": 0}}, "so it is never offered"),
        ({"offer": {"valid_for": 10}}, "10 is not a duration"),
        ({"answers": ["maybe"]}, "Input should be 'done'"),
        ({"limits": {"per_day": -1}}, "greater than or equal to 0"),
        ({"short": {"offer": {"channels": ["phone"]}}}, "Input should be 'speaker' or 'tile'"),
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


@pytest.mark.parametrize(
    "line",
    ["{name}", "{}", "{0}", "{couple.x}", "{couple[0]}", "{couple!r}", "{couple!x}", "{couple:d}", "{couple:>9}"],
)
def test_a_line_has_no_other_names_than_the_couple(line: str) -> None:
    with pytest.raises(ValidationError, match=r"is not a name for texts; there is \{couple\}"):
        ritual(offer={"say": [line]})


@pytest.mark.parametrize("line", ["{couple", "couple}", "{couple!}", "{couple!xy}"])
def test_a_line_with_a_lone_brace(line: str) -> None:
    with pytest.raises(ValidationError, match="a lone brace is in this text"):
        ritual(offer={"say": [line]})


@pytest.mark.parametrize("line", ["Hello, {couple}.", "{{couple}}", "no names"])
def test_a_line_that_was_accepted_can_be_said(line: str) -> None:
    (accepted,) = ritual(offer={"say": [line]}).offer.lines("en")
    assert "{couple}" not in accepted.format(couple="Alex and Sam") or line.startswith("{{")


@pytest.mark.parametrize(
    ("say", "language", "line"),
    [
        ({"en": ["Hello"], "de": ["Hallo"]}, "de", "Hallo"),
        ({"en": ["Hello"], "de": ["Hallo"]}, "de-AT", "Hallo"),
        ({"en": ["Hello"], "de": ["Hallo"], "de-AT": ["Servus"]}, "de-AT", "Servus"),
        ({"en": ["Hello"], "de": ["Hallo"]}, "fr", "Hello"),
        ({"de": ["Hallo"]}, "fr", "Hallo"),
        (["Hi"], "fr", "Hi"),
        ("Hi", "de", "Hi"),
        ({"en": [], "de": ["Hallo"]}, "en", "Hallo"),
    ],
)
def test_the_lines_of_a_language(say: object, language: str, line: str) -> None:
    assert Offer.model_validate({"say": say}).lines(language) == (line,)


def test_a_channel_may_be_its_name_and_weekdays_may_be_one() -> None:
    offer = Offer.model_validate({"channels": ["tile", {"channel": "speaker", "rooms": ["hall"]}], "say": "Hi"})
    assert [(c.channel, c.rooms) for c in offer.channels] == [("tile", ()), ("speaker", ("hall",))]
    weekly = checkin(triggers=[{"trigger": "time", "at": "20:30", "weekdays": "fri"}])
    assert weekly.triggers[0].weekdays == ("fri",)  # type: ignore[union-attr]


def test_what_is_on_in_yaml_is_text() -> None:
    table = ritual(triggers=[{"trigger": "state", "signal": "table", "is": True}])
    assert table.triggers[0].is_ == "on"  # type: ignore[union-attr]


def test_the_short_form_is_laid_over_the_ritual() -> None:
    hug = ritual(short={"offer": {"channels": ["tile"]}, "run": {"timer": "6s"}})
    short = hug.in_season("simplified")
    assert [c.channel for c in short.offer.channels] == ["tile"]
    assert (short.run.timer, short.offer.valid_for) == (timedelta(seconds=6), timedelta(minutes=10))
    assert hug.in_season("normal") is hug
    assert ritual().in_season("simplified") == ritual()


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
