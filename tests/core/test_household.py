"""What a household may say of itself, and what it is told when that cannot be."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.core.evening import household
from tests.fakes import at
from turntoward.core.household import Household, Signal, is_unknown, partner_id, signal_role

TWO = [{"name": "Alex"}, {"name": "Sam"}]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"partners": TWO[:1]}, "found 1; the service is made for two adults"),
        ({"partners": [*TWO, {"name": "Kim"}]}, "found 3"),
        ({"partners": [{"name": "Alex"}, {"name": " alex "}]}, "both partners are called 'alex'"),
        ({"partners": [{"name": "42"}, {"name": "Sam"}]}, "'42' is not a name; use letters, as in Alex"),
        ({"partners": [{"name": ""}, {"name": "Sam"}]}, "'' is not a name"),
        ({"agreed": ["Kim"]}, r"agreed names 'Kim', who is not one of the partners \(Alex, Sam\)"),
        ({"zone": "Berlin"}, "'Berlin' is not a time zone; write a name like Europe/Berlin"),
        ({"zone": "../etc/passwd"}, "is not a time zone"),
        ({"language": "German"}, "Input should be 'en' or 'de'"),
        ({"language": "de-AT"}, "Input should be 'en' or 'de'"),
        ({"quiet_hours": "22:30"}, "is not a window"),
        ({"signals": {"Front Door": {}}}, "'Front Door' is not a signal's name"),
        ({"signals": {"a.b.c": {}}}, "'a.b.c' is not a signal's name"),
        ({"limits": {"prompts_per_day": -1}}, "greater than or equal to 0"),
        ({"presence": {"away_dwell": 10}}, "10 is not a duration"),
        ({"colour": "red"}, "Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Household.model_validate({"partners": TWO, **values})


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Alex", "alex"),
        ("Mary Ann", "mary_ann"),
        ("Jürgen", "jürgen"),
        ("Anne-Marie O'Neil", "anne_marie_o_neil"),
    ],
)
def test_the_id_of_a_name(name: str, id: str) -> None:
    assert partner_id(name) == id
    assert household(partners=[{"name": name}, {"name": "Sam"}], agreed=["Sam"]).partner_ids == (id, "sam")


@pytest.mark.parametrize(
    ("agreed", "both"),
    [([], False), (["Alex"], False), (["Sam", "Sam"], False), (["Alex", "Sam"], True), (["sam", "ALEX"], True)],
)
def test_both_must_have_agreed(agreed: list[str], both: bool) -> None:
    assert household(agreed=agreed).both_agreed is both


@pytest.mark.parametrize("value", ["on", "ON", "open", "home", "playing", "1", "True", "offhook"])
def test_on(value: str) -> None:
    assert Signal().is_on(value)


@pytest.mark.parametrize("value", ["off", "closed", "0", "idle", "", "unavailable", "not_home", "onn"])
def test_not_on(value: str) -> None:
    assert not Signal().is_on(value)


def test_a_signal_may_say_itself_what_is_on() -> None:
    lock = Signal.model_validate({"on": "unlocked"})
    assert lock.is_on("Unlocked")
    assert not lock.is_on("on")


@pytest.mark.parametrize(
    ("on", "texts"),
    [
        (False, ("false",)),
        ([False], ("false",)),
        ([True, "open"], ("true", "open")),
        ([0, 1.5], ("0", "1.5")),
        (1, ("1",)),
    ],
)
def test_what_counts_as_on_may_be_no_text(on: object, texts: tuple[str, ...]) -> None:
    signal = Signal.model_validate({"on": on})
    assert signal.on == texts
    assert signal.is_on(texts[0])
    assert Signal.model_validate(signal.model_dump(mode="json")) == signal


@pytest.mark.parametrize("on", [None, {}, [None], [["on"]]])
def test_what_cannot_count_as_on(on: object) -> None:
    with pytest.raises(ValidationError):
        Signal.model_validate({"on": on})


@pytest.mark.parametrize(("value", "unknown"), [("unknown", True), ("Unavailable", True), ("", True), ("off", False)])
def test_unknown(value: str, unknown: bool) -> None:
    assert is_unknown(value) is unknown


def test_signals_by_role() -> None:
    home = household(signals={"asleep.sam": {}, "entry_door": {}, "asleep.alex": {}, "asleeping": {}})
    assert home.signals_of("asleep") == ("asleep.sam", "asleep.alex")
    assert home.signals_of("guests") == ()
    assert signal_role("asleep.alex") == "asleep"


@pytest.mark.parametrize(("language", "couple"), [("en", "Alex and Sam"), ("de", "Alex und Sam")])
def test_the_couple_in_a_sentence(language: str, couple: str) -> None:
    assert household(language=language).couple == couple


def test_a_household_is_frozen_and_its_defaults_are_those_of_the_design() -> None:
    home = household()
    with pytest.raises(ValidationError):
        home.zone = "Asia/Tokyo"  # type: ignore[misc]
    said = home.presence.model_dump(mode="json")
    assert said == {
        "dwell_door": "15s", "dwell_plain": "1min 30s", "door_lookback": "10min", "away_dwell": "10min",
        "min_apart": "30min", "joint_in": "10min", "joint_out": "10min", "post_call": "30s", "hold_stable": "15s",
        "startup_hold": "2min", "stale_event": "2min", "voice_ttl": "2min", "unknown_grace": "30min",
        "require_door": None, "joint_outing": "tile",
    }  # fmt: skip
    assert str(home.quiet_hours) == "22:30-07:00"
    assert home.limits.model_dump(mode="json") == {"prompts_per_day": 3, "min_gap": "45min"}
    assert not Household.model_validate({"partners": TWO}).both_agreed


def test_a_day_begins_when_the_household_says() -> None:
    early = household(day_starts="02:30")
    assert early.logical_day(at("02:29")).isoformat() == "2026-11-18"
    assert early.logical_day(at("02:30")).isoformat() == "2026-11-19"
    assert early.day_after(at("12:00")) == at("02:30", "2026-11-20")
    assert household().logical_day(at("03:59")).isoformat() == "2026-11-18"
