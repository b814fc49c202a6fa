"""Questions in their few forms: what is understood, what is refused, and what Enter means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.console import Console

from tests.setup.homes import Listed
from turntoward.setup import asking, couple
from turntoward.setup.asking import KEYS, Option, choose, choose_one, chosen, yes
from turntoward.setup.keyboard import Keyboard
from turntoward.setup.reaching_home import _address

ROOMS = [Option("kitchen", "Kitchen", True), Option("hall", "Hall"), Option("3", "Room 3")]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1", ["kitchen"]),
        ("2, 1", ["kitchen", "hall"]),
        ("1 1 2", ["kitchen", "hall"]),
        ("hall", ["hall"]),
        ("hall,kitchen", ["kitchen", "hall"]),
        ("3", ["3"]),
        ("none", []),
        ("None", []),
        ("0", []),
        ("-", []),
        ("KITCHEN, room 3", ["kitchen", "3"]),
        ("kitchen hall", ["kitchen", "hall"]),
    ],
)
def test_numbers_or_names_choose(said: str, meant: list[str]) -> None:
    assert [option.id for option in chosen(said, ROOMS)] == meant


@pytest.mark.parametrize("said", ["4", "1, attic", "yes"])
def test_what_is_not_in_the_list_is_named(said: str) -> None:
    with pytest.raises(ValueError, match="is not in the list; write numbers from 1 to 3"):
        chosen(said, ROOMS)


def test_enter_takes_what_is_suggested_and_it_is_asked_again_after_a_mistake() -> None:
    asker = Listed(speakers=["9", ""])
    assert [o.id for o in choose(asker, "speakers", "Which?", ROOMS)] == ["kitchen"]
    assert [key for key, _ in asker.refused] == ["speakers"]
    assert "   1 * Kitchen" in asker.told


def test_one_of_several() -> None:
    assert choose_one(Listed(voice=["1, 2", "2"]), "voice", "Which?", ROOMS) == ROOMS[1]
    assert choose_one(Listed(voice="none"), "voice", "Which?", ROOMS) is None
    plain = [Option("a", "A"), Option("b", "B")]
    assert choose_one(Listed(), "voice", "Which?", plain, needed=True) == plain[0]
    assert choose_one(Listed(), "voice", "Which?", plain) is None


def test_one_is_named_as_it_is_read_and_asked_for_as_one() -> None:
    people = [Option("person.p1", "Alex (person.p1)"), Option("person.p2", "Sam Marie (person.p2)")]
    asker = Listed(first_person=["5", "sam marie"])
    assert choose_one(asker, "first_person", "Who?", people) == people[1]
    assert asker.refused == [
        ("first_person", "'5' is not in the list; write a number from 1 to 2, or 'none'"),
    ]
    speaker = Option("media_player.k", "kitchen: Kitchen speaker (media_player.k)")
    assert chosen("kitchen speaker", [speaker]) == [speaker]
    twins = [Option("a", "Lamp (a)"), Option("b", "Lamp (b)")]
    with pytest.raises(ValueError, match="'lamp' is not in the list"):
        chosen("lamp", twins)


def test_yes_and_no_in_both_languages() -> None:
    assert [yes(Listed(replace=word), "replace", "?") for word in ("yes", "J", "nein", "n", "")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    asker = Listed(replace=["perhaps", "yes"])
    assert yes(asker, "replace", "?")
    assert asker.refused == [("replace", "write yes or no")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("homeassistant.local", "http://homeassistant.local:8123"),
        ("192.0.2.5:8123", "http://192.0.2.5:8123"),
        ("https://ha.example.org", "https://ha.example.org"),
        ("http://homeassistant.local:8123/lovelace/0", "http://homeassistant.local:8123"),
        ("homeassistant.local/dashboard", "http://homeassistant.local:8123"),
        ("http://supervisor/core", "http://supervisor/core"),
        ("none", None),
    ],
)
def test_an_address_as_people_write_it(written: str, meant: str | None) -> None:
    assert _address(written) == meant


@pytest.mark.parametrize("written", ["http://", "http://ha:99999", "ftp://ha:8123"])
def test_what_is_no_address_is_refused_in_words(written: str) -> None:
    with pytest.raises(ValueError, match=r"address|port"):
        _address(written)


def test_the_names_have_to_be_two() -> None:
    asker = Listed(first_name=["4711", "Mary Ann"], second_name=["mary ann", "Sam"])
    assert couple.names(asker) == ("Mary Ann", "Sam")
    assert [key for key, _ in asker.refused] == ["first_name", "second_name"]


@pytest.mark.parametrize(
    ("here", "first", "second", "agreed"),
    [
        ("yes", "yes", "yes", ("Alex", "Sam")),
        ("yes", "yes", "no", ()),
        ("yes", "no", "yes", ()),
        ("yes", "", "", ()),
        ("no", "yes", "yes", ()),
        ("", "yes", "yes", ()),
    ],
)
def test_it_takes_both_and_enter_is_no(here: str, first: str, second: str, agreed: tuple[str, ...]) -> None:
    asker = Listed(both_here=here, first_agrees=first, second_agrees=second)
    assert couple.agreed(asker, ("Alex", "Sam")) == agreed


def test_who_of_the_two_said_no_is_not_told() -> None:
    told = []
    for first, second in (("no", "yes"), ("yes", "no"), ("no", "no")):
        asker = Listed(both_here="yes", first_agrees=first, second_agrees=second)
        couple.agreed(asker, ("Alex", "Sam"))
        told.append(asker.told)
    assert told[0] == told[1] == told[2]


def test_every_question_has_a_name_that_a_file_can_answer() -> None:
    folder = Path(asking.__file__).parent
    text = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    asked = set(re.findall(r'(?:ask|ask_for|yes|choose|choose_one|_chosen)\(\s*asker, "([a-z_]+)"', text))
    asked |= set(re.findall(r'asker\.ask\("([a-z_]+)"', text))
    asked |= {f"{who}_{what}" for who in ("first", "second") for what in ("person", "phone", "agrees")}
    assert asked == set(KEYS)
    guide = (Path(__file__).parents[2] / "docs" / "setup.md").read_text("utf-8")
    assert not [key for key in KEYS if f"`{key}`" not in guide]


def test_what_a_paste_brings_along_is_not_part_of_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: " al\x7f\x1bex\udc80\u2028 ")
    assert Keyboard(Console()).ask("first_name", "Who?") == "alex"
