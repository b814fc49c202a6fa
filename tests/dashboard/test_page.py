"""The dashboard: only what the home has, only cards that come with Home Assistant, and only words for people."""

from __future__ import annotations

import re

import pytest

from tests.dashboard.household import (
    Row,
    cards,
    couple,
    entities,
    every,
    household,
    page,
    registry,
    sections,
    seen,
    texts,
    tiles,
)
from tests.rules.tone import FORBIDDEN
from turntoward.channels.tile.discovery import components
from turntoward.dashboard import Couple, Entities, dashboard, shown
from turntoward.dashboard.cards import FULL, HALF, ROOM, THIRD
from turntoward.dashboard.words import ENGLISH, GERMAN

LANGUAGES = ("en", "de")
STARTER = ("reunion_hug", "evening_checkin", "phone_free_dinner")
OURS = re.compile(r"\b(?:binary_sensor|sensor|button|switch|select|event)\.turntoward_\w+")
# What a card may be made of, from Home Assistant 2025.4 on.
KNOWN = {"grid", "heading", "markdown", "tile"}
CONDITIONS = {"state", "or"}
COLORS = {"pink", "purple", "indigo", "amber", "blue-grey", "disabled"}


def has(platform: str, name: str) -> str:
    return f"{platform}.turntoward_{name}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rituals", [(), STARTER, ("time_out",), ("bids",)], ids=["all", "starter", "one", "private"])
def test_every_entity_is_one_the_home_has(language: str, rituals: tuple[str, ...]) -> None:
    there = {row["entity_id"] for row in registry(language, *rituals)}
    made = page(language, *rituals)
    named = entities(made) | {id for _, value in every(made) for id in OURS.findall(str(value))}
    assert named
    assert named <= there


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_what_comes_with_home_assistant_is_used(language: str) -> None:
    made = page(language)
    assert {card["type"] for card in cards(made)} <= KNOWN
    assert not [card for card in cards(made) if "features" in card]
    assert {value for key, value in every(made) if key == "condition"} == CONDITIONS
    assert {value for key, value in every(made) if key == "color"} == COLORS


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_reads_an_id_and_nothing_counts_or_blames(language: str) -> None:
    for text in texts(page(language)):
        plain = re.sub(r"\{[{%].*?[%}]\}", " ", text, flags=re.DOTALL)
        assert "_" not in plain, text
        assert not re.search(r"\b(idle|offered|running|simplified|unknown|unavailable)\b", plain), text
        assert not FORBIDDEN.search(plain), text


def test_the_languages_say_the_same_things_in_their_own_words() -> None:
    for name in ENGLISH.__slots__:
        english, german = getattr(ENGLISH, name), getattr(GERMAN, name)
        assert type(english) is type(german)
        assert len(english) == len(german) or isinstance(english, str), name
        assert english != german or name == "date", name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_is_cut_off_and_no_row_has_a_hole(language: str) -> None:
    made = page(language)
    for ritual in ("", *(one.id for one in couple(language).rituals)):
        for state in ("offered", "running"):
            widths = [columns(card) for card in seen(made, **{ritual: state}) if is_tile(card)]
            rows = "".join({HALF: "h", FULL: "f", THIRD: "t"}[width] for width in widths)
            assert re.fullmatch(r"(hh|f|ttt)*", rows), (ritual, state, rows)
    assert not [card["name"] for card in cards(made) if is_tile(card) and too_long(card)]


def is_tile(card: Row) -> bool:
    return bool(card["type"] == "tile")


def columns(card: Row) -> int:
    return int(card.get("grid_options", {}).get("columns", HALF))


def too_long(card: Row) -> bool:
    return len(card["name"]) > {HALF: ROOM, FULL: 30, THIRD: 10}[columns(card)]


def test_private_rituals_are_nowhere() -> None:
    assert "bids" not in str(page())
    assert any(ritual.private for ritual in household("en")[1].rituals)


def test_what_was_renamed_is_found_under_its_new_name() -> None:
    rows = registry("en", *STARTER)
    next(row for row in rows if row["entity_id"] == has("button", "evening_checkin_start"))["entity_id"] = "button.tea"
    made = page("en", *STARTER, rows=rows)
    assert "button.tea" in entities(made)
    assert has("button", "evening_checkin_start") not in str(made)


def test_what_was_disabled_is_left_out() -> None:
    rows = registry("en", *STARTER)
    next(row for row in rows if row["entity_id"] == has("switch", "quiet_tonight"))["disabled_by"] = "user"
    assert tiles(page("en", *STARTER), ENGLISH.quiet)
    assert not tiles(page("en", *STARTER, rows=rows), ENGLISH.quiet)


def test_what_belongs_to_somebody_else_is_not_ours() -> None:
    rows = [{**row, "platform": "template"} for row in registry("en", *STARTER)]
    assert not Entities.found("turntoward", components(*household("en", *STARTER)), rows)


@pytest.mark.parametrize("gone", ["sensor", "button", "switch", "select", "binary_sensor"])
def test_no_part_is_empty_where_something_is_missing(gone: str) -> None:
    rows = [row for row in registry() if not row["entity_id"].startswith(f"{gone}.")]
    for section in sections(page(rows=rows)):
        assert any(card["type"] != "heading" for card in section["cards"])


@pytest.mark.parametrize(
    ("ritual", "state", "answers"),
    [
        ("reunion_hug", "offered", ["Done", "Not today"]),
        ("reunion_hug", "running", ["Done"]),
        ("evening_checkin", "offered", ["Start", "Later", "Not today"]),
        ("evening_checkin", "running", ["Done"]),
        ("date_night", "offered", ["Yes, gladly", "Another one", "Another time", "Swap turns", "Not this time"]),
        ("kind_words", "running", ["Enough for now", "Another one"]),
        ("monthly_review", "offered", ["Keep it", "Change it", "Let it go"]),
        ("time_out", "running", ["We are both back"]),
    ],
)
def test_the_answers_are_those_that_fit(ritual: str, state: str, answers: list[str]) -> None:
    made = page()
    always = [card for card in seen(made) if is_tile(card)]
    assert [card["name"] for card in seen(made, **{ritual: state}) if is_tile(card) and card not in always] == answers


def test_a_tap_presses_the_button_of_that_ritual() -> None:
    [start] = [
        card
        for card in tiles(page("en", *STARTER), "Start")
        if card["entity"] == has("button", "evening_checkin_start")
    ]
    assert start["tap_action"] == {"action": "toggle"}  # of a button: to press it


def headings(found: list[Row]) -> list[str]:
    return [card["heading"] for card in found if card["type"] == "heading"]


def test_what_is_on_takes_the_place_of_what_comes_next() -> None:
    made = page("en", *STARTER)
    rest = [ENGLISH.turns, ENGLISH.today_at_home, ENGLISH.weeks, ENGLISH.start]
    assert headings(seen(made)) == [ENGLISH.next, ENGLISH.card, *rest]
    for state in ("offered", "running"):
        assert headings(seen(made, reunion_hug=state)) == ["Reunion hug", *rest]
    for state in ("done", "not_today"):
        assert headings(seen(made, reunion_hug=state)) == [ENGLISH.next, ENGLISH.card, *rest]


def test_in_a_time_out_nothing_else_can_be_begun() -> None:
    during = seen(page("en", *STARTER, "time_out"), time_out="running")
    assert ENGLISH.start not in headings(during)
    assert headings(during)[:2] == ["Time-out", ENGLISH.today_at_home]
    assert next(card["name"] for card in during if is_tile(card)) == ENGLISH.both_back
    names = [card["name"] for card in during if is_tile(card)]
    assert "Time-out" not in names
    assert "Phones away at dinner" not in names, "its switch would do nothing"
    before = seen(page("en", *STARTER, "time_out"))
    assert headings(before)[2:5] == [ENGLISH.turns, ENGLISH.today_at_home, ENGLISH.break_]
    assert ENGLISH.start in headings(before)


def test_in_a_time_out_what_goes_on_underneath_is_not_shown() -> None:
    made = page("en", *STARTER, "time_out")
    assert "Done" in [card["name"] for card in seen(made, evening_checkin="running") if is_tile(card)]
    during = seen(made, evening_checkin="running", time_out="running")
    assert headings(during) == ["Time-out", ENGLISH.today_at_home, ENGLISH.weeks]
    assert "Done" not in [card["name"] for card in during if is_tile(card)]


@pytest.mark.parametrize("rituals", [(), STARTER], ids=["all", "starter"])
def test_what_grows_with_the_rituals_has_a_column_of_its_own(rituals: tuple[str, ...]) -> None:
    columns = sections(page("en", *rituals))[2:]
    assert len(columns) == 3
    assert [headings(column["cards"])[-1] for column in columns] == [ENGLISH.turns, ENGLISH.weeks, ENGLISH.start]


def test_a_long_name_has_room_where_it_is_somebodys_turn() -> None:
    settings, book = household("en", *STARTER, "date_night")
    found = Entities.proposed("turntoward", components(settings, book))
    for name, width in (("Sam", HALF), ("Maximilian-Alexander", FULL)):
        both = Couple(f"Alex and {name}", ("Alex", name), "en", shown(book, "en"))
        turns = [card for card in cards(dashboard(both, found)) if card.get("entity", "").endswith("_turn")]
        assert [columns(card) for card in turns] == [width, width]


def test_what_rests_in_a_season_cannot_be_begun_in_it() -> None:
    resting = household("en")[1].in_season("apart").rituals
    assert "phone_free_dinner" not in {ritual.name for ritual in resting}
    [dinner] = tiles(page(), "Phones away at dinner")
    assert {"condition": "state", "entity": has("select", "season"), "state_not": "apart"} in dinner["visibility"]


def test_what_was_written_for_both_is_there_until_the_day_is_over() -> None:
    made = page("en", *STARTER, "appreciation")
    for state, is_there in (("done", True), ("idle", False), ("offered", False), ("running", False)):
        content = [card["content"] for card in seen(made, appreciation=state) if not card.get("show_empty", True)]
        assert any(has("sensor", "appreciation") in text for text in content) == is_there, state


@pytest.mark.parametrize("state", ["unknown", "unavailable"])
def test_whose_turn_it_is_is_shown_where_that_is_known(state: str) -> None:
    made = page("en", *STARTER, "date_night")
    assert ENGLISH.turns in headings(seen(made))
    one = seen(made, date_night_turn=state)
    assert ENGLISH.turns in headings(one)
    assert has("sensor", "date_night_turn") not in {card["entity"] for card in one if is_tile(card)}
    assert ENGLISH.turns not in headings(seen(made, date_night_turn=state, evening_checkin_turn=state))


def test_without_both_of_you_or_without_the_service_one_line_says_so() -> None:
    for section in sections(page("en", *STARTER))[2:]:
        assert {"condition": "state", "entity": has("binary_sensor", "rituals"), "state_not": "off"} in section[
            "visibility"
        ]
        assert {"condition": "state", "entity": has("binary_sensor", "connection"), "state": "on"} in section[
            "visibility"
        ]
    away, off = sections(page("en", *STARTER))[:2]
    assert [card["content"] for card in away["cards"]] == [ENGLISH.away]
    assert [card["content"] for card in off["cards"]] == [ENGLISH.off]
