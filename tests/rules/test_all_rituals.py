"""Every practice the project exists for has its file; what research allows; and what no ritual may ever do.

The numbers R1 to R21 are those of docs/rituals.md. That examples come out and words can be spoken is tested elsewhere.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest

from tests.core.evening import Evening, home_since_noon, household
from turntoward.core.rule_conditions import Condition
from turntoward.core.rules import Ritual
from turntoward.core.texts import Text
from turntoward.rulebook import read_library

BOOK = {name: entry.ritual for name, entry in read_library().entries.items()}
SEASONS = ("normal", "simplified", "apart")

FILES = {
    "R1": ("goodbye_kiss",),
    "R2": ("reunion_hug",),
    "R3": ("everyday_touch",),
    "R4": ("evening_checkin",),
    "R5": ("morning_anchor",),
    "R6": ("date_night",),
    "R7": ("date_night", "date_ideas"),
    "R8": ("evening_checkin", "repair"),
    "R9": ("questions",),
    "R10": ("bids",),
    "R11": ("kind_words", "repair"),
    "R12": ("questions",),
    "R13": ("phone_free_dinner",),
    "R14": ("shared_purpose",),
    "R15": ("quarterly_talk", "yearly_talk", "reappraisal"),
    "R16": ("fair_fighting",),
    "R17": ("time_out", "repair"),
    "R18": ("simpler_weeks", "back_to_normal"),
    "R19": ("long_distance",),
    "R20": ("appreciation",),
    "R21": ("monthly_review",),
}
RESTS_WHEN_SIMPLIFIED = {
    "everyday_touch": "R3: off",
    "morning_anchor": "R5: nothing",
    "bids": "R10: off",
    "shared_purpose": "R14: hidden",
    "simpler_weeks": "R18: it is the way into that season",
    "back_to_normal": "R18: it is the way out of it",
}
SAME_WHEN_SIMPLIFIED = {
    "time_out": "R17: a safety feature is not shortened",
    "fair_fighting": "R16: set up once",
}
EVIDENCE = {
    "supported": {"evening_checkin"},
    "mixed": {
        "reunion_hug", "everyday_touch", "date_night", "date_ideas", "questions", "phone_free_dinner", "shared_purpose",
        "quarterly_talk", "yearly_talk", "reappraisal", "time_out", "repair",
    },
    "weak": {"goodbye_kiss", "bids"},
    "none": {
        "morning_anchor", "kind_words", "fair_fighting", "simpler_weeks", "back_to_normal", "long_distance",
        "appreciation", "monthly_review",
    },
}  # fmt: skip
SPEAK = {"goodbye_kiss", "reunion_hug", "evening_checkin"}
"""The only ones that may be heard."""
TAKE_PHONES = {"date_night", "quarterly_talk", "yearly_talk", "long_distance"}
"""The only ones that may light up a phone while you are together."""
BY_HAND_ONLY = {"date_ideas", "kind_words", "fair_fighting", "time_out"}
SIGNALS = {"hall", "coats", "hurry", "television", "sofa", "table", "phones", "asleep"}
"""All that rituals look at: nothing that listens, watches, or measures a mood."""


def forms(name: str) -> Iterator[Ritual]:
    """Yield a ritual as it is in each season in which it does not rest."""
    yield from filter(None, map(BOOK[name].in_season, SEASONS))


def channels(name: str) -> set[str]:
    return {choice.channel for form in forms(name) for choice in form.offer.channels}


def triggers(name: str) -> set[str]:
    return {trigger.trigger for form in forms(name) for trigger in form.triggers}


def actions(name: str) -> set[str]:
    return {step.action for form in forms(name) for step in form.run.steps}


def decks(form: Ritual) -> list[str]:
    """Return what a running ritual draws from, in order."""
    return [step.card.deck for step in form.run.steps if step.action in ("tile", "announce") and step.card]


def offered(name: str) -> set[str]:
    return {text.say for form in forms(name) for text in _texts(form.offer.say)}


def said(name: str) -> set[str]:
    """Return every line a ritual says or shows, in all languages and seasons."""
    steps = (step for form in forms(name) for step in form.run.steps if step.action in ("tile", "announce"))
    return offered(name) | {text.say for step in steps for text in _texts(step.say)}


def _texts(lines: dict[str, tuple[Text, ...]]) -> Iterator[Text]:
    yield from (text for listed in lines.values() for text in listed)


def signals(form: Ritual) -> set[str]:
    named = {trigger.signal for trigger in form.triggers if trigger.trigger == "state"}
    named |= {sign for trigger in form.triggers if trigger.trigger == "leaving" for sign in trigger.signs}
    return named | set(_signals_in(form.conditions)) | {sign.signal for sign in form.run.ends.when}


def _signals_in(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition in conditions:
        if condition.condition == "signal":
            yield condition.signal
        elif condition.condition in ("all", "any", "not"):
            yield from _signals_in(condition.conditions)


def test_every_practice_has_its_file_and_every_file_its_practice() -> None:
    assert list(FILES) == [f"R{number}" for number in range(1, 22)]
    assert {name for names in FILES.values() for name in names} == set(BOOK)


def test_what_research_says_is_said_of_each() -> None:
    assert {name: ritual.evidence for name, ritual in BOOK.items()} == {
        name: grade for grade, names in EVIDENCE.items() for name in names
    }


@pytest.mark.parametrize("name", BOOK)
def test_each_has_a_short_form_or_a_reason_to_rest(name: str) -> None:
    ritual, short = BOOK[name], BOOK[name].in_season("simplified")
    assert (short is None) == (name in RESTS_WHEN_SIMPLIFIED)
    assert (short == ritual) == (name in SAME_WHEN_SIMPLIFIED)


def test_only_few_may_be_heard_and_only_few_light_up_a_phone() -> None:
    assert {name for name in BOOK if "speaker" in channels(name) or "announce" in actions(name)} == SPEAK
    assert {n for n, ritual in BOOK.items() if any(c.channel == "phone" for c in ritual.offer.channels)} == TAKE_PHONES
    assert not any("notify" in actions(name) for name in BOOK)


def test_some_begin_only_by_hand() -> None:
    assert {name for name in BOOK if triggers(name) == {"called"}} == BY_HAND_ONLY


def test_nothing_is_sensed_that_a_couple_would_not_expect() -> None:
    assert {signal for name in BOOK for form in forms(name) for signal in signals(form)} == SIGNALS


@pytest.mark.parametrize("name", BOOK)
def test_what_is_private_is_on_the_own_page_and_nowhere_else(name: str) -> None:
    assert (channels(name) == {"page"}) == BOOK[name].private
    assert BOOK[name].private or "page" not in channels(name)


@pytest.mark.parametrize("name", BOOK)
def test_a_name_in_a_line_is_one_the_ritual_knows(name: str) -> None:
    ritual, lines = BOOK[name], " ".join(said(name))
    assert ritual.turns or not {"{turn}", "{other}"} & set(lines.split())
    assert ritual.run.time_out or "{until}" not in lines
    assert ritual.offer.reviews == ("{ritual}" in lines)
    for form in forms(name):
        steps = [step for step in form.run.steps if step.action in ("tile", "announce")]
        for words in (form.offer, *steps):
            assert words.card or not any("{card}" in text.say for text in _texts(words.say))


@pytest.mark.parametrize("name", BOOK)
def test_it_tells_of_nobody_who_it_was(name: str) -> None:
    """Only rituals with turns name one of you, and only whose turn it is."""
    if not BOOK[name].turns:
        assert not any("{turn" in line or "{other" in line for line in said(name))


def test_gestures_of_closeness_leave_you_alone_after_a_time_out() -> None:
    affection = {name for name, ritual in BOOK.items() if ritual.affection}
    assert affection == {"goodbye_kiss", "reunion_hug", "everyday_touch", "appreciation"}


def test_a_goodbye_is_never_timed_and_never_said_to_a_closed_door() -> None:
    together = [form for form in forms("goodbye_kiss") if any(t.trigger == "leaving" for t in form.triggers)]
    assert len(together) == 2
    for form in together:
        assert form.offer.valid_for <= timedelta(minutes=3)
        assert {choice.channel for choice in form.offer.channels} == {"speaker"}  # so who sleeps ends it
    assert not any(form.run.timer or form.run.steps for form in forms("goodbye_kiss"))


def test_a_goodbye_is_a_chime_without_words_in_demanding_weeks() -> None:
    short = BOOK["goodbye_kiss"].in_season("simplified")
    assert short is not None
    assert all(choice.chime for choice in short.offer.channels)


def test_a_hug_speaks_of_nobody_and_comes_at_most_twice_a_day() -> None:
    assert not any("{" in line for line in said("reunion_hug"))
    assert BOOK["reunion_hug"].limits.per_day == 2


def test_touch_is_never_spoken_of_over_a_film() -> None:
    assert channels("everyday_touch") == {"tile"}
    assert BOOK["everyday_touch"].limits.per_week == 1
    assert signals(BOOK["everyday_touch"]) == {"television", "sofa"}


def test_the_check_in_begins_with_the_good_and_has_a_cue_for_listening() -> None:
    ritual = BOOK["evening_checkin"]
    high, low = (step.say["en"] for step in ritual.run.steps if step.action == "announce")
    assert any("High first" in text.say for text in high)
    assert any("low" in text.say for text in low)
    assert decks(ritual) == ["listening_cues"]
    assert ritual.run.hold_prompts


def test_the_short_check_in_is_two_minutes_without_a_low() -> None:
    short = BOOK["evening_checkin"].in_season("simplified")
    assert short is not None
    assert short.run.lasts == timedelta(minutes=2)
    assert sum(step.action == "announce" for step in short.run.steps) == 1
    assert [text.say for step in short.run.steps if step.action == "tile" for text in step.say["en"]] == ["Listen."]


@pytest.mark.parametrize("name", ["morning_anchor", "phone_free_dinner", "repair", "appreciation", "monthly_review"])
def test_some_are_only_ever_looked_at(name: str) -> None:
    assert channels(name) == {"tile"}


def test_planning_passes_from_one_to_the_other_on_the_phone_of_whose_turn_it_is() -> None:
    ritual = BOOK["date_night"]
    assert ritual.turns
    assert [choice.to for choice in ritual.offer.channels if choice.channel == "phone"] == ["turn"]
    assert {"accept", "other_slot", "skip", "swap"} <= set(ritual.answers)


def test_a_question_waits_for_a_yes_and_the_next_one_for_a_tap() -> None:
    assert not any("{card}" in line for line in offered("questions"))
    assert all(decks(form) == ["questions"] for form in forms("questions"))
    assert BOOK["questions"].limits.per_week == 3


def test_the_short_question_is_a_single_light_one() -> None:
    short = BOOK["questions"].in_season("simplified")
    assert short is not None
    assert "another" not in short.answers
    assert [step.card.depth for step in short.run.steps if step.action == "tile" and step.card] == [1]


def test_breakfast_has_light_questions_only() -> None:
    card = BOOK["morning_anchor"].offer.card
    assert card is not None
    assert (card.deck, card.tags, card.depth) == (
        "questions",
        ("week", "month"),
        1,
    )  # none looks back on a day that has hardly begun


def test_small_moments_are_never_sensed() -> None:
    assert triggers("bids") == {"time"}
    assert signals(BOOK["bids"]) == set()
    assert BOOK["bids"].private


def test_dinner_tells_of_nobody_who_lifts_a_phone_and_ends_by_itself() -> None:
    ritual = BOOK["phone_free_dinner"]
    assert actions("phone_free_dinner") == {"scene", "tile"}
    assert ritual.run.ends.after == timedelta(minutes=90)
    assert {sign.signal: sign.for_ for sign in ritual.run.ends.when} == {
        "phones": timedelta(minutes=2),
        "table": timedelta(minutes=5),
    }


def test_the_talk_of_the_quarter_has_four_prompts_and_is_proposed_two_weeks_ahead() -> None:
    ritual = BOOK["quarterly_talk"]
    cards = [step.card for step in ritual.run.steps if step.action == "tile" and step.card]
    assert [card.tags for card in cards] == [("build",), ("travel",), ("experiences",), ("evolve",)]
    assert {t.ahead for t in ritual.triggers if t.trigger == "schedule"} == {timedelta(days=14)}


def test_the_quiet_exercise_takes_seven_minutes() -> None:
    assert BOOK["reappraisal"].run.lasts == timedelta(minutes=7)


def test_a_time_out_does_nothing_to_the_home_and_is_started_by_nothing_in_it() -> None:
    ritual = BOOK["time_out"]
    assert triggers("time_out") == {"called"}
    assert channels("time_out") == {"tile"}
    assert actions("time_out") == set()
    assert ritual.run.time_out is not None
    assert ritual.run.time_out.lasts == ritual.run.time_out.at_least == timedelta(minutes=20)
    assert ritual.run.time_out.at_most == timedelta(hours=24)
    assert all("{until}" in line for line in said("time_out"))


def test_only_a_time_out_that_both_ended_offers_a_way_back() -> None:
    named = [(t.ritual, t.is_) for form in forms("repair") for t in form.triggers if t.trigger == "ritual"]
    assert set(named) == {("time_out", "done")}
    assert triggers("repair") == {"ritual", "called"}
    assert decks(BOOK["repair"]) == ["repair_cards", "listening_cues", "safety_phrases"]


def test_simpler_weeks_last_a_fortnight_and_ask_for_no_reason() -> None:
    ritual = BOOK["simpler_weeks"]
    assert triggers("simpler_weeks") == {"unanswered", "called"}
    assert [(s.season, s.for_) for s in ritual.run.steps if s.action == "season"] == [
        ("simplified", timedelta(days=14))
    ]
    assert ritual.run.lasts is None  # so that "accept" is enough to carry it out


def test_far_apart_nothing_is_asked_about_where_anybody_is() -> None:
    assert not any(signals(form) for form in forms("long_distance"))
    assert channels("long_distance") == {"phone", "tile"}


def test_one_voice_lets_a_ritual_go() -> None:
    assert BOOK["monthly_review"].answers == ("keep", "change", "drop")


def test_whatever_has_a_tile_can_be_asked_for_aloud_and_means_one_ritual() -> None:
    for language in ("en", "de"):
        called: dict[str, str] = {}
        for name, ritual in BOOK.items():
            names = {ritual.named(language), *ritual.spoken_as.get(language, ())} if not ritual.private else set()
            assert ritual.private or ritual.spoken_as.get(language), f"{name} has no name in {language}"
            for said in {re.sub(r"\W", "", said.casefold()) for said in names}:
                assert called.setdefault(said, name) == name, f"{said!r} is {called[said]} and {name}"


def test_dinner_without_phones_is_a_switch() -> None:
    assert [name for name, ritual in BOOK.items() if ritual.mode] == ["phone_free_dinner"]


def test_something_is_shared_on_purpose_and_only_there() -> None:
    assert [name for name, ritual in BOOK.items() if "share" in ritual.answers] == ["appreciation", "long_distance"]


def test_what_has_days_of_time_waits_in_the_list_without_a_sound() -> None:
    passive = {name for name, ritual in BOOK.items() if any(choice.passive for choice in ritual.offer.channels)}
    assert passive == {"quarterly_talk", "yearly_talk"}
    assert all(BOOK[name].offer.valid_for >= timedelta(days=1) for name in passive)


def test_one_ritual_has_a_card_of_the_day_and_it_is_a_light_one_for_any_day() -> None:
    (daily,) = (ritual for ritual in BOOK.values() if ritual.card_of_day is not None)
    choice = daily.card_of_day
    assert choice is not None
    assert (daily.name, choice.deck, choice.tags, choice.depth) == ("questions", "questions", ("day",), 1)
    cards = [card for card in read_library().decks["questions"].cards if card.depth == 1 and choice.takes(card)]
    assert len(cards) >= 30


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", sorted(name for name, ritual in BOOK.items() if not ritual.private))
def test_what_is_begun_by_hand_has_something_to_read(name: str, language: str) -> None:
    library = read_library()
    known = () if name == "reunion_hug" else (BOOK["reunion_hug"],)
    evening = Evening(household(language=language), (BOOK[name], *known), home_since_noon(), decks=dict(library.decks))
    evening.answer("17:30", "done", "reunion_hug").answer("18:00", "start", name).tell("18:00:02")
    shown = {action.ritual: action for action in evening.engine.tiles(evening.state)}[name]
    assert (shown.state, shown.text != "") in {("running", True), ("idle", False)}
    assert shown.state == "running" or name == "simpler_weeks"
