"""What people call a ritual when they answer: ids, titles and what is said aloud, in either language."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.adapters.mqtt_home import HOME
from turntoward.core.events import RitualAnswered
from turntoward.core.rules import Rulebook
from turntoward.settings import Listening, NotAnAnswer, Settings

BOOK = Rulebook.model_validate(
    {
        "rituals": [
            {
                "ritual": "evening_checkin",
                "title": {"en": "High and low", "de": "Hoch und Tief"},
                "spoken_as": {"en": ["check-in", "our evening talk"], "de": ["Abendrunde", "Tee"]},
            },
            {"ritual": "tea", "title": "Tee", "answers": ["done", "enough"]},
            {"ritual": "hug", "title": {"en": "A hug", "de": "Eine Umarmung"}, "spoken_as": {"en": ["Tee"]}},
            {"ritual": "small_moments", "title": "Jar", "private": True, "offer": {"channels": ["page"]}},
        ]
    }
)


def listening(language: str = "en") -> Listening:
    return Listening.of(Settings.model_validate({**HOME, "mqtt": {}, "language": language}), BOOK)


@pytest.mark.parametrize(
    ("called", "ritual"),
    [
        ("", ""),
        ("  ", ""),
        ("evening_checkin", "evening_checkin"),
        ("Evening Checkin", "evening_checkin"),
        ("the check-in", "evening_checkin"),
        ("Check in!", "evening_checkin"),
        ("CHECKIN", "evening_checkin"),
        ("high and low", "evening_checkin"),
        ("Hoch und Tief", "evening_checkin"),
        ("our evening talk", "evening_checkin"),
        ("die Abendrunde", "evening_checkin"),
        ("a hug", "hug"),
        ("the hug", "hug"),
        ("unsere Umarmung", "hug"),
        ("tea", "tea"),
    ],
)
def test_a_ritual_is_known_by_all_its_names(called: str, ritual: str) -> None:
    assert listening().answer(called, "start") == RitualAnswered(ritual, "start")


def test_of_two_that_are_called_the_same_the_homes_own_language_goes_first() -> None:
    assert listening("de").answer("Tee", "start").ritual == "evening_checkin"
    assert listening("en").answer("Tee", "start").ritual == "hug"


def test_an_unknown_name_is_told_in_words_only_to_somebody_who_waits() -> None:
    with pytest.raises(NotAnAnswer, match="no ritual"):
        listening().answer("dance", "start")
    assert listening().answer("dance", "start", reply_to="x1") == RitualAnswered("Dance", "start", reply_to="x1")


@pytest.mark.parametrize("called", ["small_moments", "Small moments", "jar", "the Jar"])
def test_a_private_ritual_cannot_be_called_by_any_name(called: str) -> None:
    with pytest.raises(NotAnAnswer):
        listening().answer(called, "start")
    assert listening().answer(called, "done", reply_to="x1").ritual not in {ritual.ritual for ritual in BOOK.rituals}


def test_an_answer_a_ritual_does_not_take_is_refused_in_words_to_somebody_who_waits() -> None:
    with pytest.raises(NotAnAnswer, match="no answer of this ritual"):
        listening().answer("hug", "enough")
    assert listening().answer("hug", "enough", reply_to="x1").answer == "enough"
    with pytest.raises(NotAnAnswer, match="no answer of this ritual"):
        listening().answer("hug", "perhaps", reply_to="x1")
    assert listening().answer("", "enough").answer == "enough"
    assert listening().answer("hug", "Not today").answer == "not_today"


def test_what_else_an_answer_may_bring() -> None:
    answered = listening().answer("hug", "start", "40min", "You looked lovely.", 7)
    assert answered == RitualAnswered("hug", "start", timedelta(minutes=40), "You looked lovely.", "7")


@pytest.mark.parametrize("more", [{"lasts": "soon"}, {"text": 7}, {"reply_to": "x" * 101}, {"reply_to": "a\nb"}])
def test_what_it_brings_can_be_wrong(more: dict[str, object]) -> None:
    with pytest.raises(NotAnAnswer):
        listening().answer("hug", "start", **more)


def test_of_what_is_far_too_long_no_more_is_kept_than_fits() -> None:
    assert listening().answer("hug", "start", text="ä" * 10_000).text == "ä" * 500
    with pytest.raises(NotAnAnswer, match="no name"):
        listening().answer("x" * 101, "start", reply_to="x1")
