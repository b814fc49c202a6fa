"""Advice: what is allowed in a household and its rules, but probably not meant."""

import pytest

from tests.rulebook.homes import Home, tile
from turntoward.rulebook import load, warnings
from turntoward.settings import load_settings_and_document

KETTLE = "triggers: [{trigger: state, signal: kettle, is: on}]"


def test_a_good_household_needs_no_advice(home: Home) -> None:
    speaker = "homeassistant: {url: 'http://ha', token: abc}\nspeakers: {hall: assist_satellite.hall}\n"
    gates = "entry_door: {}, guests: {}, asleep.baby: {}, on_call.alex: {}, focus: {}, meeting.sam: {}"
    assert home.advice(f"{speaker}signals: {{{gates}}}\nrituals: [reunion_hug]") == ""


def test_advice_about_a_missing_token_names_both_ways_to_give_it(home: Home) -> None:
    said = home.advice("homeassistant: {url: 'http://ha'}")
    assert "token: !secret ha_token" in said
    assert "TURNTOWARD_HA_TOKEN" in said
    settings, _ = load_settings_and_document(home.path, {"TURNTOWARD_HA_TOKEN": "abc"})
    assert "ha_token" not in "\n".join(warnings(settings, home("homeassistant: {url: 'http://ha'}").rulebook))


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        ("gusts", "the signal 'gusts' is read by nothing; did you mean 'guests'?"),
        ("aslep.sam", "the signal 'aslep.sam' is read by nothing; did you mean 'asleep.sam'?"),
        ("kettel", "the signal 'kettel' is read by nothing; did you mean 'kettle'?"),
        ("weather", "the signal 'weather' is read by nothing; no ritual that is on names it"),
        ("on_call.samm", "'on_call.samm' is about 'samm', who is none of the partners; did you mean 'on_call.sam'?"),
        ("focus.baby", "'focus.baby' is about 'baby', who is none of the partners; they are alex and sam"),
    ],
)
def test_advice_about_a_signal_that_does_nothing(home: Home, signal: str, said: str) -> None:
    rule = tile("tea", KETTLE)
    told = home.advice(f"signals: {{kettle: {{}}, {signal}: {{}}}}\nrituals: [tea]", tea=rule)
    assert told.splitlines()[-1].endswith(said)
    assert len(told.splitlines()) == 1


def test_advice_about_a_signal_that_only_a_ritual_reads_which_is_off(home: Home) -> None:
    rule = tile("tea", KETTLE)
    told = home.advice("signals: {kettle: {}}\nrituals: []", tea=rule)
    assert told == "the signal 'kettle' is read by nothing; no ritual that is on names it"


def test_what_our_rituals_can_do_without_is_not_missed(home: Home) -> None:
    speaker = "homeassistant: {url: 'http://ha', token: abc}\nspeakers: {hall: assist_satellite.hall}\n"
    of_others = "entry_door: {}, phones.alex: {}, television: {}, sofa: {}, hall: {}, table: {}"
    assert home.advice(f"{speaker}signals: {{{of_others}}}\nrituals: [reunion_hug, evening_checkin, questions]") == ""


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("tags: {phone_bowls: 04-A2}", "the tag 'phone_bowl' is not known, so scanning it does nothing; did you mean"),
        ("scenes: {diner: }", "the scene 'dinner' is not known, so it is only told by MQTT; did you mean 'diner'?"),
        ("", None),
    ],
)
def test_what_was_meant_for_our_rituals_is_told(home: Home, settings: str, said: str | None) -> None:
    phones = "signals: {phones.alex: {}, phones.sam: {}}"
    told = home.advice(f"{phones}\n{settings}\nrituals: [phone_free_dinner]").splitlines()
    named = [line for line in told if "is not known" in line]
    assert len(named) == bool(said)
    assert not said or said in named[0]


@pytest.mark.parametrize(
    ("triggers", "rituals", "said"),
    [
        ("{trigger: ritual, ritual: time_out}", "", "tea: it has to do with the ritual 'time_out', which is not"),
        ("{trigger: ritual, ritual: time_out}, {trigger: called}", "", "tea: it has to do with the ritual 'time_out'"),
        ("{trigger: ritual, ritual: time_out}, {trigger: time, at: '20:00'}", "", None),
        ("{trigger: ritual, ritual: time_out}, {trigger: ritual, ritual: coffee}", "coffee", None),
    ],
)
def test_advice_about_beginning_after_another_ritual(home: Home, triggers: str, rituals: str, said: str | None) -> None:
    rules = {"tea": tile("tea", f"triggers: [{triggers}]"), "coffee": tile("coffee")}
    told = home.advice(f"rituals: [tea, {rituals}]", **rules)
    assert told.startswith(said) if said else told == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("offer: {say: {de: [Tee]}}", "tea: offer.say has no words in 'en', the household's language, only in 'de'"),
        ("about: {de: Tee, fr: The}", "tea: about has no words in 'en', the household's language, only in 'de', 'fr'"),
        ("offer: {say: {en: [], de: [Tee]}}", "tea: offer.say has no words in 'en'"),
        ("offer: {say: {de: [Tee], en: [Tea]}}", None),
        ("offer: {say: [Tee]}", None),
        ("about: Tee", None),
    ],
)
def test_advice_about_words_in_another_language(home: Home, words: str, said: str | None) -> None:
    told = home.advice("rituals: [tea]", tea=tile("tea", words))
    assert told.startswith(said) if said else told == ""


def test_advice_about_signals_and_rooms(home: Home) -> None:
    rule = tile(
        "tea",
        "triggers: [{trigger: state, signal: kettle, is: on}]\n"
        "conditions: [{condition: not, conditions: [{condition: signal, signal: guests, is: on}]}]\n"
        "offer: {channels: [{channel: speaker, rooms: [attic]}], say: Tea}\n",
    )
    speaker = "homeassistant: {url: 'http://ha'}\nspeakers: {hall: assist_satellite.hall}\n"
    said = home.advice(f"{speaker}signals: {{kettle: home/kettle}}\nrituals: [tea]", tea=rule)
    assert "the signal 'guests' is not mapped" in said
    assert "kettle" not in said
    assert "there is no speaker in 'attic'; rooms with one are hall" in said


@pytest.mark.parametrize(
    ("signal", "said"),
    [
        ("occupied.hall", ""),
        ("occupied.hal", "no room with a speaker, so it does nothing; did you mean 'occupied.hall'?"),
        (
            "occupied",
            "the signal 'occupied' is about no room with a speaker, so it does nothing; rooms with one are hall",
        ),
        ("film", ""),
        ("flim", "the signal 'flim' is read by nothing; did you mean 'film'?"),
    ],
)
def test_advice_about_who_is_in_which_room_and_about_films(home: Home, signal: str, said: str) -> None:
    speaker = "homeassistant: {url: 'http://ha', token: abc}\nspeakers: {hall: assist_satellite.hall}\n"
    told = home.advice(f"{speaker}signals: {{{signal}: binary_sensor.x}}\nrituals: [tea]", tea=tile("tea"))
    assert said in told
    assert bool(said) == (signal in told)


def test_advice_about_a_silent_home(home: Home) -> None:
    assert "no speaker is set up" in home.advice("rituals: [reunion_hug]")


def test_advice_about_too_many_rituals(home: Home) -> None:
    rules = {name: tile(name) for name in ("a", "b", "c", "d")}
    assert "two or three are easier to keep" in home.advice("rituals: [a, b, c, d]", **rules)
    assert "easier" not in home.advice("rituals: [a, b, c]", **rules)


def test_advice_about_agreement_names_nobody(home: Home) -> None:
    home("rituals: [reunion_hug]")
    home.path.write_text(home.path.read_text().replace("agreed: [Alex, Sam]", "agreed: [Alex]"))
    said = "\n".join(warnings(home.settings, load(home.settings).rulebook))
    assert "nothing will be offered until both have agreed" in said
    assert "Alex" not in said
    assert "Sam" not in said


@pytest.mark.parametrize(
    ("triggers", "signals", "said"),
    [
        ("{trigger: state, signal: table, is: on}", "table.1: {}, table.2: {}", None),
        ("{trigger: state, signal: table.1, is: on}", "table.1: {}", None),
        ("{trigger: state, signal: kettle, is: on}, {trigger: called}", "", "the signal 'kettle' is not mapped, so"),
        ("{trigger: state, signal: kettle, is: on}, {trigger: time, at: '20:00'}", "", None),
        ("{trigger: leaving, between: '07:00-08:00'}", "", "the signal 'hall' is not mapped, so it never begins"),
        ("{trigger: leaving, signs: [hall, coats], between: '07:00-08:00'}", "coats: {}", None),
        (
            "{trigger: leaving, signs: [hall, coats], between: '07:00-08:00'}",
            "",
            "none of the signals 'hall', 'coats' is mapped, so it never begins",
        ),
    ],
)
def test_advice_about_what_begins_a_ritual(home: Home, triggers: str, signals: str, said: str | None) -> None:
    told = home.advice(f"signals: {{{signals}}}\nrituals: [tea]", tea=tile("tea", f"triggers: [{triggers}]"))
    assert told.startswith(f"tea: {said}") if said else told == ""


@pytest.mark.parametrize(
    ("condition", "signals", "said"),
    [
        ("{condition: signal, signal: asleep, is: off}", "asleep.alex: {}", None),
        ("{condition: signal, signal: asleep, is: off}", "", "tea: the signal 'asleep' is not mapped, so a condition"),
        ("{condition: signal, signal: asleep.sam, is: off}", "asleep.alex: {}", "tea: the signal 'asleep.sam' is not"),
        ("{condition: signal, signal: sofa, is: on, default: off}", "", None),
        ("{condition: signal, signal: sofa, is: on, default: off}", "sofa.1: {}", None),
    ],
)
def test_advice_about_what_a_condition_asks(home: Home, condition: str, signals: str, said: str | None) -> None:
    told = home.advice(f"signals: {{{signals}}}\nrituals: [tea]", tea=tile("tea", f"conditions: [{condition}]"))
    assert told.startswith(said) if said else told == ""


@pytest.mark.parametrize(
    ("ends", "signals", "said"),
    [
        (
            "{when: {signal: table, is: off}}",
            "",
            "tea: the signal 'table' is not mapped, so it does not notice its own",
        ),
        ("{when: {signal: table, is: off}}", "table.2: {}", None),
        ("{when: {signal: table, is: off}, after: 1h}", "", None),
    ],
)
def test_advice_about_the_end_of_a_ritual(home: Home, ends: str, signals: str, said: str | None) -> None:
    told = home.advice(f"signals: {{{signals}}}\nrituals: [tea]", tea=tile("tea", f"run: {{ends: {ends}}}"))
    assert told.startswith(said) if said else told == ""


PHONES = (
    "partners: [{name: Alex, phone: notify.mobile_app_a}, {name: Sam}]\nhomeassistant: {url: 'http://ha', token: abc}"
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("offer: {channels: [phone]}", "tea: it would write to your phones, but none is named"),
        ("run: {steps: [{action: notify}]}", "tea: it would write to your phones, but none is named"),
        (
            "offer: {channels: [page]}",
            "tea: its only place is the page of each of you, which comes with a later version",
        ),
        ("offer: {channels: [page, tile]}", None),
        ("run: {steps: [{action: announce, say: Hi}]}", "tea: no speaker is set up"),
        ("triggers: [{trigger: event, event_type: x}]", "tea: it needs Home Assistant"),
        ("triggers: [{trigger: mqtt, topic: x}]", None),
        (
            "triggers: [{trigger: called, tag: bowl}]",
            "tea: the tag 'bowl' is not known, so scanning it does nothing; add",
        ),
        ("triggers: [{trigger: called, tag: bowl_2}]", "tea: the tag 'bowl_2' is not known"),
        ("triggers: [{trigger: called, tag: 04-A2-F1}]", None),
        ("triggers: [{trigger: called, tag: ab04f2c81190}]", None),
        (
            "run: {steps: [{action: scene, scene: dinner}]}",
            "tea: the scene 'dinner' is not known, so it is only told by MQTT",
        ),
        (
            "triggers: [{trigger: ritual, ritual: reunion_hug}]",
            "tea: it has to do with the ritual 'reunion_hug', which",
        ),
        ("run: {steps: [{action: start, ritual: reunion_hug}]}", "tea: it has to do with the ritual 'reunion_hug'"),
        ("apart: {offer: {channels: [phone]}}", None),
    ],
)
def test_advice_about_what_the_home_does_not_have(home: Home, words: str, said: str | None) -> None:
    told = home.advice("rituals: [tea]", tea=tile("tea", words))
    assert told.startswith(said) if said else told == ""
    assert len(told.splitlines()) <= 1


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("scenes: {dinner: }", "run: {steps: [{action: scene, scene: dinner}]}"),
        ("tags: {bowl: 04-A2}", "triggers: [{trigger: called, tag: bowl}]"),
    ],
)
def test_what_the_home_has_needs_no_advice(home: Home, settings: str, words: str) -> None:
    assert home.advice(f"{settings}\nrituals: [tea]", tea=tile("tea", words)) == ""


def test_the_nearest_scene_is_named(home: Home) -> None:
    told = home.advice(
        "scenes: {dinner: }\nrituals: [tea]", tea=tile("tea", "run: {steps: [{action: scene, scene: diner}]}")
    )
    assert told.endswith("did you mean 'dinner'?")


def test_one_phone_is_enough(home: Home) -> None:
    home("rituals: [tea]", tea=tile("tea", "offer: {channels: [phone]}"))
    text = home.path.read_text().replace("partners: [{name: Alex}, {name: Sam}]", PHONES)
    home.path.write_text(text)
    assert warnings(home.settings, load(home.settings).rulebook) == ()


def test_in_the_season_apart_it_is_the_form_for_it_that_counts(home: Home) -> None:
    told = home.advice("season: apart\nrituals: [tea]", tea=tile("tea", "apart: {offer: {channels: [phone]}}"))
    assert told.startswith("tea: it would write to your phones")
    assert (
        home.advice("season: apart\nrituals: [tea]", tea=tile("tea", "offer: {channels: [phone]}\napart: false")) == ""
    )


def test_rules_get_advice_too_and_are_not_counted(home: Home) -> None:
    rule = (
        "rule: lamp\ntriggers: [{trigger: state, signal: table, is: on}]\nactions: [{action: scene, scene: dinner}]\n"
    )
    rituals = {name: tile(name) for name in ("a", "b", "c")}
    told = home.advice("rituals: [a, b, c, lamp]", lamp=rule, **rituals)
    assert told.splitlines() == [
        "lamp: the signal 'table' is not mapped, so it never begins by itself; add it under signals:",
        "lamp: the scene 'dinner' is not known, so it is only told by MQTT; add it under scenes:",
    ]


def test_a_rule_that_publishes_needs_a_broker(home: Home) -> None:
    actions = "[{action: mqtt, topic: x}, {action: scene, scene: dinner}]"
    home("rituals: [lamp]", lamp=f"rule: lamp\ntriggers: [{{trigger: reunion}}]\nactions: {actions}\n")
    text = home.path.read_text().replace("mqtt: {}", "homeassistant: {url: 'http://ha', token: abc}")
    text = text.replace("{name: Alex}", "{name: Alex, presence: person.a}")
    home.path.write_text(text.replace("{name: Sam}", "{name: Sam, presence: person.s}"))
    said = warnings(home.settings, load(home.settings).rulebook)
    assert said == (
        "lamp: it needs a broker, and there is no mqtt: section",
        "lamp: the scene 'dinner' is not known, so that step is left out; add it under scenes:",
    )


def test_advice_about_cards_in_another_language(home: Home) -> None:
    cards = "deck: words\ncards: [{id: a, text: {de: Eins}}, {id: b, text: {de: Zwei, en: Two}}]\n"
    loaded = home("rituals: [tea]", decks={"words": cards}, tea=tile("tea", "offer: {card: words}"))
    assert warnings(home.settings, loaded.rulebook) == (
        "deck words: the card 'a' has no words in 'en', the household's language",
    )
