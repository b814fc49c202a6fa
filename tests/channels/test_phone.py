"""Who is sent what, with which buttons, and what one phone's failure means for the other."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.channels.sides import NOON, Called
from tests.fakes import ManualClock
from turntoward.channels import Reach
from turntoward.channels.phone import PhoneChannel, build, words
from turntoward.channels.phone.notices import tag_of
from turntoward.core.actions import Button, ClearNotice, Notify, SetTile
from turntoward.core.events import ANSWERS, Answer
from turntoward.core.rules import Ritual, Rulebook
from turntoward.ports import Impossible, NotNow
from turntoward.rulebook import read_library
from turntoward.settings import Settings

ALEX, SAM = "notify.mobile_app_alex_phone", "notify.mobile_app_sam_phone"
BOTH = ("alex", "sam")
TEXT = "A moment for you two?"
UNTIL = NOON + timedelta(minutes=9)
BUTTONS = (Button("start", "aa11"), Button("later", "bb22"), Button("not_today", "cc33"))
HELLO = Notify("n1", "check_in", "check_in-1", TEXT, BOTH, "check_in-1", UNTIL, BUTTONS)
CLEAR = ClearNotice("n2", "check_in", "check_in-1", BOTH, "check_in-1", UNTIL)


def channel(
    home: Called | None,
    alex: str | None = ALEX,
    sam: str | None = SAM,
    language: str = "en",
    dashboard: str | None = None,
) -> PhoneChannel | None:
    settings = Settings.model_validate(
        {
            "partners": [{"name": "Alex", "phone": alex}, {"name": "Sam", "phone": sam}],
            "mqtt": {},
            "homeassistant": {"url": "http://ha", "dashboard": dashboard},
            "language": language,
        }
    )
    return build(Reach(settings, Rulebook(), ManualClock(NOON), None, home))


def built(home: Called, **changes: str | None) -> PhoneChannel:
    made = channel(home, **changes)  # type: ignore[arg-type]
    assert made is not None
    return made


def sent(action: Notify, **changes: str | None) -> dict[str, Any]:
    """Return what both phones are told beside the words."""
    home = Called()
    built(home, **changes).deliver(action)
    to_alex, to_sam = (data["data"] for _, _, data in home.made)
    assert to_alex == to_sam
    told: dict[str, Any] = to_alex
    return told


def broken(service: str, problem: Exception) -> Any:
    def look(domain: str, called: str, data: Mapping[str, Any]) -> Exception | None:
        return problem if called == service else None

    return look


def test_both_get_the_words_and_what_replaces_them() -> None:
    home = Called()
    built(home).deliver(HELLO)
    assert [(domain, service) for domain, service, _ in home.made] == [
        ("notify", "mobile_app_alex_phone"),
        ("notify", "mobile_app_sam_phone"),
    ]
    for _, _, data in home.made:
        assert data["message"] == TEXT
        assert data["data"]["tag"] == tag_of(HELLO)
        assert data["data"]["group"] == "turntoward"
        assert data["data"]["channel"] == "Turntoward"


def test_it_is_neither_delivered_nor_shown_after_its_time() -> None:
    told = sent(HELLO)
    assert told["timeout"] == 540  # seconds: how long Android shows it
    assert told["ttl"] == 540_000  # milliseconds: how long Google tries
    assert told["apns_headers"] == {"apns-expiration": str(int(UNTIL.timestamp()))}
    assert sent(replace(HELLO, valid_until=NOON))["ttl"] == 1000  # 0 would mean: now or never, 0 s shown: for ever


def test_each_answer_is_a_button_and_comes_back_by_its_token() -> None:
    assert sent(HELLO)["actions"] == [
        {"action": "TURNTOWARD_aa11", "title": "Yes, let's"},
        {"action": "TURNTOWARD_bb22", "title": "Later"},
        {"action": "TURNTOWARD_cc33", "title": "Not today"},
    ]
    assert [action["title"] for action in sent(HELLO, language="de")["actions"]] == [
        "Ja, machen wir",
        "Später",
        "Heute nicht",
    ]


def test_a_message_without_answers_has_no_buttons() -> None:
    assert "actions" not in sent(replace(HELLO, buttons=()))


def test_android_has_room_for_three_and_ios_gets_the_same() -> None:
    four = (*BUTTONS, Button("swap", "dd44"))
    assert [action["action"] for action in sent(replace(HELLO, buttons=four))["actions"]] == [
        "TURNTOWARD_aa11",
        "TURNTOWARD_bb22",
        "TURNTOWARD_cc33",
    ]


def test_only_to_share_something_is_anything_typed() -> None:
    (share,) = sent(replace(HELLO, buttons=(Button("share", "ee55"),)), language="de")["actions"]
    assert share == {
        "action": "TURNTOWARD_ee55",
        "title": "Etwas schreiben",
        "behavior": "textInput",
        "textInputButtonTitle": "Teilen",
        "textInputPlaceholder": "Ihr könnt es beide lesen",
    }
    for answer in set(ANSWERS) - {"share"}:
        (button,) = sent(replace(HELLO, buttons=(Button(answer, "ff66"),)))["actions"]
        assert set(button) == {"action", "title"}


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_answer_has_words_that_fit_beside_two_others(language: str) -> None:
    titles = [words.title(answer, language) for answer in ANSWERS]
    assert len(set(titles)) == len(ANSWERS)
    assert all(2 <= len(title) <= 16 for title in titles)


def test_another_language_is_english_and_a_country_does_not_matter() -> None:
    later: Answer = "later"
    assert words.title(later, "fr") == "Later"
    assert words.title(later, "de-AT") == "Später"


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_button_tells_which_ritual_it_is_about(language: str) -> None:
    asked = words.asked(language)
    shown = {*(words.title(a, language) for a in ANSWERS), asked.send, asked.placeholder}
    seen = {word for text in shown for word in text.casefold().split()}
    named = {name for entry in read_library().entries.values() for name in names(entry.ritual, language)}
    assert len(named) > 20
    assert not [name for name in sorted(named) if name in seen]


def names(ritual: Ritual, language: str) -> set[str]:
    """What a ritual is called: the words of its title that could give it away, which "for two" could not."""
    title = ritual.title[language] if isinstance(ritual.title, dict) else ritual.title
    return {word for word in title.casefold().split() if len(word) > 4}


def test_the_guide_shows_the_words_of_every_button() -> None:
    page = (Path(__file__).parents[2] / "docs" / "phones.md").read_text("utf-8")
    page = page.partition("## The buttons")[2].partition("## ")[0]
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    for answer in ANSWERS:
        (row,) = (line for line in rows if f"`{answer}`" in line)
        assert words.title(answer, "en") in row
        assert words.title(answer, "de") in row


def test_what_can_wait_waits_without_a_sound() -> None:
    active, passive = sent(HELLO), sent(replace(HELLO, passive=True))
    assert (active["channel"], active["importance"], active["priority"]) == ("Turntoward", "default", "high")
    assert active["push"] == {"interruption-level": "active"}
    # Android never changes how loud a channel is, so the quiet ones need another.
    assert (passive["channel"], passive["importance"]) == ("Turntoward, quietly", "low")
    assert passive["push"] == {"interruption-level": "passive", "sound": "none"}
    assert "priority" not in passive
    assert sent(replace(HELLO, passive=True), language="de")["channel"] == "Turntoward, leise"


def test_a_tap_on_the_words_opens_the_page_of_the_two_where_there_is_one() -> None:
    told = sent(HELLO, dashboard="/turntoward/us")
    assert told["url"] == told["clickAction"] == "/turntoward/us"
    assert not {"url", "clickAction"} & sent(HELLO).keys()


@pytest.mark.parametrize("page", ["//elsewhere.example/us", "lovelace/us", "/lovelace us", "https://ha.example/us", ""])
def test_nothing_but_a_page_of_the_own_home_assistant_is_opened(page: str) -> None:
    with pytest.raises(ValueError, match="without the address"):
        sent(HELLO, dashboard=page)


def test_a_replaced_message_makes_no_second_sound_and_shows_nothing_on_a_locked_phone_that_hides_things() -> None:
    told = sent(HELLO)
    assert told["alert_once"] is True
    assert told["visibility"] == "private"


def test_googles_server_takes_it() -> None:
    """It refuses a whole message where a value below `actions` is no text."""
    for action in sent(replace(HELLO, buttons=(*BUTTONS[:2], Button("share", "ee55"))))["actions"]:
        assert all(isinstance(value, str) and value for value in action.values())


def test_nothing_that_passes_the_makers_of_phones_names_the_ritual_or_one_of_the_two() -> None:
    home = Called()
    phones = built(home)
    phones.deliver(HELLO)
    phones.deliver(CLEAR)
    told = repr([data for _, _, data in home.made]).casefold()
    assert not [name for name in ("check_in", "alex", "sam", "action_data") if name in told]
    assert tag_of(HELLO) != tag_of(replace(HELLO, tag="check_in-2"))


def test_only_those_asked_for_get_it() -> None:
    home = Called()
    built(home).deliver(replace(HELLO, to=("sam",)))
    assert [service for _, service, _ in home.made] == ["mobile_app_sam_phone"]


def test_it_is_taken_back_by_its_tag() -> None:
    home = Called()
    built(home).deliver(CLEAR)
    assert [data for _, _, data in home.made] == [
        {"message": "clear_notification", "data": {"tag": tag_of(HELLO)}},
        {"message": "clear_notification", "data": {"tag": tag_of(HELLO)}},
    ]


def test_a_notify_entity_takes_the_words_and_cannot_take_them_back(caplog: pytest.LogCaptureFixture) -> None:
    home = Called(notify__alex_phone="unknown")
    phones = built(home, alex="notify.alex_phone")
    phones.deliver(HELLO)
    phones.deliver(HELLO)
    (told,) = [record.getMessage() for record in caplog.records]  # once
    assert "no buttons" in told
    assert "notify.mobile_app_alex_phone" in told
    assert home.made[0] == ("notify", "send_message", {"entity_id": "notify.alex_phone", "message": TEXT})
    home.made.clear()
    phones.deliver(CLEAR)
    assert [service for _, service, _ in home.made] == ["mobile_app_sam_phone"]


@pytest.mark.parametrize("problem", [Impossible("[not_found]"), NotNow("still starting")])
def test_one_phone_that_is_missing_is_named_and_the_other_gets_it(
    problem: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    home = Called()
    home.problem = broken("mobile_app_alex_phone", problem)
    with caplog.at_level(logging.WARNING):
        built(home).deliver(HELLO)
    assert [service for _, service, _ in home.made] == ["mobile_app_sam_phone"]
    assert ALEX in caplog.text
    assert TEXT not in caplog.text


def test_nobody_reached_is_a_failure_and_tried_again_where_that_may_help() -> None:
    home = Called()
    home.problem = lambda domain, service, data: Impossible("[not_found]")
    with pytest.raises(Impossible, match=f"{ALEX}.*{SAM}"):
        built(home).deliver(HELLO)
    home.problem = lambda domain, service, data: NotNow("no connection") if "sam" in service else Impossible("gone")
    with pytest.raises(NotNow, match=SAM):
        built(home).deliver(HELLO)


def test_a_partner_without_a_phone_is_left_out() -> None:
    home = Called()
    phones = built(home, alex=None)
    phones.deliver(HELLO)
    assert [service for _, service, _ in home.made] == ["mobile_app_sam_phone"]
    with pytest.raises(Impossible, match="phone"):
        phones.deliver(replace(HELLO, to=("alex",)))


def test_a_home_without_phones_has_no_such_channel() -> None:
    assert channel(Called(), None, None) is None
    assert channel(None) is None


def test_it_may_be_sent_again() -> None:
    assert not built(Called()).at_most_once
    with pytest.raises(Impossible, match="SetTile"):
        built(Called()).deliver(SetTile("t", "check_in", "check_in-1", "idle", "", None, NOON))
