"""A question answered aloud: what may be said, what becomes of it, and that nothing is asked twice.

Home Assistant listens since 2025.7; the one of these tests is older, so the side that listens is a stand-in here.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.channels.sides import Called
from turntoward.channels.speaker import asking
from turntoward.channels.speaker.asking import Asking, answers_to
from turntoward.core.actions import Announce, Button
from turntoward.core.events import ANSWERS, Event, NoticeAnswered
from turntoward.ports import EntityState, Impossible, NotNow, Refused
from turntoward.settings import Speaker

NOON = datetime(2026, 11, 19, 12, tzinfo=UTC)
HALL = Speaker(entity="assist_satellite.hall", listens=True)
BUTTONS = tuple(Button(answer, f"token of {answer}") for answer in ("start", "later", "not_today"))  # type: ignore[arg-type]
ABLE = EntityState("assist_satellite.hall", "idle", {"supported_features": 3}, NOON)


class Listening(Called):
    """Answers a question with `heard`, or raises it; `patience` seconds pass before."""

    def __init__(self, heard: Mapping[str, Any] | Exception, patience: threading.Event | None = None) -> None:
        super().__init__()
        self.heard, self.patience = heard, patience

    def ask(self, domain: str, service: str, data: Mapping[str, Any], timeout: float = 10.0) -> Mapping[str, Any]:
        self.made.append((domain, service, dict(data)))
        if self.patience is not None:
            self.patience.wait(10)
        if isinstance(self.heard, Exception):
            raise self.heard
        return self.heard


class Inbox:
    def __init__(self) -> None:
        self.came: list[Event] = []
        self.some = threading.Event()

    def __call__(self, event: Event) -> None:
        self.came.append(event)
        self.some.set()


def offer(**changes: Any) -> Announce:
    given = {"text": "Shall we talk?", "language": "en", "rooms": (), "buttons": BUTTONS, **changes}
    return Announce("a1", "checkin", "checkin:1", valid_until=NOON + timedelta(minutes=2), **given)


def test_what_was_heard_comes_back_as_the_token_of_its_answer() -> None:
    side, inbox = Listening({"id": "later", "sentence": "not now", "slots": {}}), Inbox()
    assert Asking(side, inbox).ask(HALL, offer())
    assert inbox.some.wait(5)
    assert inbox.came == [NoticeAnswered("token of later")]
    ((domain, service, data),) = side.made
    assert (domain, service) == ("assist_satellite", "ask_question")
    assert data["question"] == "Shall we talk?"
    assert [answer["id"] for answer in data["answers"]] == ["start", "later", "not_today"]


@pytest.mark.parametrize("heard", [{"id": None, "sentence": "what is the weather"}, {}, {"id": "swap"}])
def test_something_else_that_was_said_answers_nothing(heard: Mapping[str, Any]) -> None:
    inbox = Inbox()
    assert Asking(Listening(heard), inbox).ask(HALL, offer())
    assert inbox.came == []


def test_nobody_who_answers_is_no_failure() -> None:
    nobody = Impossible("[home_assistant_error] No answer received from the satellite")
    assert Asking(Listening(nobody), Inbox()).ask(HALL, offer())


def test_the_others_do_not_wait_while_one_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_BEGUN_SECONDS", 0.1)
    answered, inbox = threading.Event(), Inbox()
    assert Asking(Listening({"id": "start"}, answered), inbox).ask(HALL, offer())
    assert inbox.came == []
    answered.set()
    assert inbox.some.wait(5)
    assert inbox.came == [NoticeAnswered("token of start")]


def test_a_home_assistant_that_cannot_ask_is_asked_once() -> None:
    one = Asking(Listening(Refused("[not_found] Action assist_satellite.ask_question not found")), Inbox())
    assert one.is_possible(HALL, ABLE, offer())
    assert not one.ask(HALL, offer())
    assert not one.is_possible(HALL, ABLE, offer())


@pytest.mark.parametrize("problem", [Impossible("it may have been done"), NotNow("no connection")])
def test_what_goes_wrong_at_once_is_told(problem: Exception) -> None:
    with pytest.raises(type(problem)):
        Asking(Listening(problem), Inbox()).ask(HALL, offer())


def test_it_listens_only_where_it_may_and_can() -> None:
    one = Asking(Listening({}), Inbox())
    assert one.is_possible(HALL, ABLE, offer())
    assert not one.is_possible(HALL.model_copy(update={"listens": False}), ABLE, offer())
    assert not one.is_possible(HALL, EntityState("x", "idle", {"supported_features": 1}, NOON), offer())
    assert not one.is_possible(HALL, EntityState("x", "idle", {}, NOON), offer())
    assert not one.is_possible(HALL, ABLE, offer(buttons=()))
    assert not one.is_possible(HALL, ABLE, offer(chime=True))


@pytest.mark.parametrize("language", ["en", "de"])
def test_whatever_may_be_offered_can_be_said(language: str) -> None:
    every = tuple(Button(answer, answer) for answer in ANSWERS)
    said = {answer["id"]: answer["sentences"] for answer in answers_to(every, language)}
    # a shared line is written, and what is not on yet is not stopped
    assert set(said) == set(ANSWERS) - {"share", "stop"}
    for sentences in said.values():
        assert sentences
        assert not [one for one in sentences if re.search(r"[.,;:!?\"]", one)]


@pytest.mark.parametrize(
    ("answers", "yes", "no"),
    [
        (("start", "done", "not_today"), "start", "not_today"),
        (("done", "start", "enough", "not_today"), "start", "not_today"),
        (("done", "not_today"), "done", "not_today"),
        (("accept", "other_slot", "skip", "start"), "accept", "skip"),
        (("keep", "change", "drop"), "keep", "drop"),
    ],
)
def test_a_plain_yes_or_no_means_one_of_them(answers: tuple[Any, ...], yes: str, no: str) -> None:
    for language, a_yes, a_no in (("en", "why not", "(no|nope)"), ("de", "warum nicht", "(nein|nö)")):
        said = {a["id"]: " ".join(a["sentences"]) for a in answers_to([Button(a, a) for a in answers], language)}
        assert [answer for answer, words in said.items() if a_yes in words] == [yes]
        assert [answer for answer, words in said.items() if a_no in words] == [no]
