"""Each finding of the doctor, provoked once in a home where all else is well."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.doctor.homes import (
    NOW,
    examined,
    facts,
    journal,
    registered,
    seen,
    settings,
    with_broker,
    with_folder,
    with_home,
    with_states,
)
from turntoward.channels.speaker.memory import Remembered
from turntoward.core.trace import TraceEntry
from turntoward.doctor.facts import Broker, Edge, Facts, Home, Trouble
from turntoward.doctor.findings import Level
from turntoward.doctor.lookup import meant
from turntoward.doctor.rounds import all_checks, examine

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def test_where_all_is_well_nothing_is_found() -> None:
    assert examined(facts()) == []
    assert {finding.level for finding in examine(facts())} == {"ok"}


def flickering() -> tuple[Edge, ...]:
    start = NOW - 9 * DAY
    return tuple(Edge(start + n * 30 * timedelta(minutes=1), n % 2 == 0) for n in range(9 * 48))


def constant(home: bool, since: timedelta = 9 * DAY) -> tuple[Edge, ...]:
    return (Edge(NOW - since, home),)


def history(**of: tuple[Edge, ...]) -> Facts:
    known = facts().home
    assert isinstance(known, Home)
    assert known.history is not None
    return with_home(
        facts(), history={**known.history, **{name.replace("__", "."): edges for name, edges in of.items()}}
    )


def silent_for_a_week(*reasons: str) -> Facts:
    return with_folder(facts(), journal=journal(*(TraceEntry("reunion_hug", "refused", r) for r in reasons)))


def renamed(**changes: object) -> Facts:
    known = facts().home
    assert isinstance(known, Home)
    rows = tuple({**row, **changes} if row["entity_id"] == HUG else row for row in known.entities)
    return with_home(facts(), entities=rows)


def unavailable() -> Facts:
    known = facts().home
    assert isinstance(known, Home)
    return with_home(facts(), states={**known.states, HUG: seen("unavailable")})


def left_over() -> Facts:
    known = facts().home
    assert isinstance(known, Home)
    old = registered({"unique_id": "turntoward_old_done", "default_entity_id": "button.turntoward_old_done"})
    return with_home(facts(), entities=(*known.entities, old))


def still_kept() -> Facts:
    known = facts().broker
    assert isinstance(known, Broker)
    return with_broker(facts(), kept={**known.kept, "turntoward/ritual/old/state": b"idle"})


HUG = "sensor.turntoward_reunion_hug"
FOUND: list[tuple[str, Callable[[], Facts], Level, str, str]] = [
    (
        "household",
        lambda: facts(settings(agreed=[])),
        "notice",
        "nothing will be offered until both have agreed",
        "both",
    ),
    ("household", lambda: facts(settings(rituals=[])), "notice", "no ritual is switched on", "rituals:"),
    ("home_assistant", lambda: with_home(facts(), admin=False), "problem", "no administrator", "as an administrator"),
    ("home_assistant", lambda: with_home(facts(), running=False), "notice", "still starting", "wait"),
    ("home_assistant", lambda: with_home(facts(), version="2025.3.4"), "problem", "2025.3.4 is older", "update"),
    ("clock", lambda: with_home(facts(), zone="Europe/Lisbon"), "problem", "Europe/Lisbon", "zone: Europe/Lisbon"),
    ("clock", lambda: with_home(facts(), ahead=timedelta(seconds=5)), "notice", "5 s ahead of ours", "NTP"),
    ("clock", lambda: with_home(facts(), ahead=timedelta(seconds=-90)), "problem", "90 s behind ours", "NTP"),
    ("rights", lambda: with_broker(facts(), publish_refused="no"), "problem", "no", "topic readwrite turntoward/#"),
    ("rights", lambda: with_broker(facts(), echoes=False), "problem", "does not come back", "readwrite turntoward/#"),
    ("rights", lambda: with_broker(facts(), filters_refused=("a/b",)), "problem", "listen to 'a/b'", "topic read a/b"),
    ("rights", lambda: with_broker(facts(), discovery_refused="no"), "problem", "no entity of ours", "homeassistant/#"),
    ("strangers", lambda: with_broker(facts(), strangers="may write"), "notice", "may write below turntoward", "docs"),
    ("strangers", lambda: with_broker(facts(), strangers="let in"), "notice", "may connect", "access list"),
    ("discovery", lambda: with_broker(facts(), home_publishes="no mqtt"), "problem", "has no MQTT", "integration MQTT"),
    (
        "discovery",
        lambda: with_broker(facts(), home_publishes="not heard"),
        "problem",
        "does not arrive",
        "same broker",
    ),
    ("discovery", lambda: with_broker(facts(), kept={}), "notice", "no entities are announced yet", "turntoward run"),
    ("discovery", lambda: with_home(facts(), entities=()), "problem", "none of our entities", "discovery prefix"),
    ("discovery", unavailable, "problem", "unavailable in Home Assistant, though the service runs", "restart"),
    ("discovery", lambda: renamed(disabled_by="user"), "notice", f"{HUG} is disabled", "enable it"),
    ("discovery", lambda: renamed(entity_id="sensor.hug"), "notice", f"{HUG} is called sensor.hug", "use that name"),
    ("left_overs", still_kept, "notice", "the ritual 'old'", "turntoward/ritual/old/state"),
    ("left_overs", left_over, "notice", "button.turntoward_old_done is left", "delete it"),
    ("entities", lambda: with_states(facts(), person__sam=None), "problem", "no person.sam", "write it into"),
    (
        "entities",
        lambda: with_states(facts(), binary_sensor__front_door=seen("unavailable")),
        "notice",
        "binary_sensor.front_door is unavailable",
        "power",
    ),
    (
        "entities",
        lambda: with_states(facts(), binary_sensor__front_door=seen("off", 9 * DAY)),
        "notice",
        "has said nothing for more than 8 days",
        "battery",
    ),
    (
        "trackers",
        lambda: with_states(facts(), person__sam=seen("unknown-zone", device_trackers=[])),
        "problem",
        "person.sam has no device that tells where Sam is",
        "choose the phone",
    ),
    (
        "trackers",
        lambda: with_states(facts(), person__sam=seen("home", device_trackers=["device_tracker.sold"])),
        "problem",
        "does not exist any more",
        "used now",
    ),
    (
        "habits",
        lambda: history(person__sam=constant(True)),
        "notice",
        "person.sam was never away in 7 days",
        "if Sam was",
    ),
    ("habits", lambda: history(person__sam=constant(False)), "notice", "never at home in 7 days", "zone 'home'"),
    ("habits", lambda: history(person__sam=flickering()), "notice", "flickers between home and away", "away_dwell"),
    (
        "habits",
        lambda: history(person__sam=constant(True, 3 * DAY)),
        "notice",
        "remembers only 3 days of person.sam",
        "in a few days",
    ),
    ("habits", lambda: history(person__sam=()), "notice", "remembers nothing of person.sam", "recorder: excludes"),
    ("habits", lambda: with_home(facts(), history=None), "notice", "keeps no history", "recorder"),
    (
        "speakers",
        lambda: with_states(facts(), media_player__kitchen=None),
        "problem",
        "no media_player.kitchen",
        "write",
    ),
    (
        "speakers",
        lambda: with_states(facts(), media_player__kitchen=seen("unavailable")),
        "notice",
        "media_player.kitchen is unavailable",
        "power",
    ),
    ("speakers", lambda: with_states(facts(), tts__voice=None), "problem", "voice in kitchen", "household.yaml"),
    (
        "speakers",
        lambda: with_folder(facts(), speakers={"media_player.kitchen": Remembered(NOW - HOUR, NOW - HOUR, 3)}),
        "notice",
        "did not react to its last line",
        "restart the speaker",
    ),
    (
        "speakers",
        lambda: with_folder(facts(), speakers={"media_player.kitchen": Remembered(last_failed=NOW - HOUR)}),
        "notice",
        "had an error when media_player.kitchen was last to speak",
        "log",
    ),
    (
        "speakers",
        lambda: facts(settings(speakers={"hall": {"entity": "assist_satellite.hall", "listens": True}})),
        "notice",
        "cannot listen for an answer",
        "2025.7",
    ),
    ("phones", lambda: with_home(facts(), services={}), "problem", "no action notify.mobile_app_alex_phone", "write"),
    (
        "phones",
        lambda: with_home(with_states(facts(), notify__mobile_app_alex_phone=seen()), services={}),
        "problem",
        "is an entity, which takes no buttons",
        "action",
    ),
    (
        "scenes",
        lambda: with_states(facts(), scene__dinner=None),
        "problem",
        "scene dinner: Home Assistant has no",
        "write",
    ),
    ("scenes", lambda: with_states(facts(), light__table=None), "problem", "light.table", "write"),
    ("tags", lambda: with_home(facts(), tags=frozenset()), "notice", "the tag 'bowl'", "scan it"),
    ("data_folder", lambda: with_folder(facts(), writable=False), "problem", "may not be written", "chown"),
    ("data_folder", lambda: with_folder(facts(), free=1), "problem", "is full", "make room"),
    ("data_folder", lambda: with_folder(facts(), free=10**8), "notice", "95 MB left", "in time"),
    ("data_folder", lambda: with_folder(facts(), journal_trouble="damaged"), "problem", "damaged", "move the file"),
    ("heartbeat", lambda: with_folder(facts(), beat=None), "notice", "has not run here yet", "turntoward run"),
    ("heartbeat", lambda: with_folder(facts(), beat=NOW - HOUR), "notice", "does not run at the moment", "log"),
    (
        "quiet_hours",
        lambda: facts(settings(quiet_hours="07:00-22:30")),
        "notice",
        "longer than half a day",
        "the right way round",
    ),
    (
        "quiet_hours",
        lambda: facts(settings(quiet_hours="20:00-07:00", rituals=["evening_checkin"])),
        "notice",
        "evening_checkin begins in the quiet hours",
        "move",
    ),
    (
        "silence",
        lambda: silent_for_a_week("no_door", "no_door", "cooldown"),
        "notice",
        "no entry door was opened",
        "doors",
    ),
]


@pytest.mark.parametrize(("check", "home", "level", "text", "advice"), FOUND)
def test_what_is_found(check: str, home: Callable[[], Facts], level: Level, text: str, advice: str) -> None:
    found = [f for f in examined(home()) if f.check == check]
    assert any(f.level == level and text in f.text and advice in f.advice for f in found), found


@pytest.mark.parametrize("check", ["home_assistant", "broker"])
@pytest.mark.parametrize("refused", [True, False])
def test_a_side_that_cannot_be_asked_is_one_problem_and_the_checks_that_need_it_are_quiet(
    check: str, refused: bool
) -> None:
    trouble = Trouble("nobody answers", refused)
    known = facts()
    broken = Facts(
        known.settings,
        known.loaded,
        known.now,
        known.folder,
        trouble if check == "home_assistant" else known.home,
        trouble if check == "broker" else known.broker,
    )
    (found,) = examined(broken)
    assert (found.check, found.level, found.text) == (check, "problem", "nobody answers")
    assert ("token" in found.advice or "password" in found.advice) == refused


def test_every_finding_has_a_case_and_an_advice() -> None:
    covered = {check for check, *_ in FOUND} | {"broker"}
    assert covered == set(all_checks())
    assert all(finding.advice for _, home, *_ in FOUND for finding in examined(home()))


def test_all_that_a_household_has_not_is_not_looked_at() -> None:
    bare = settings(
        partners=[{"name": "Alex"}, {"name": "Sam"}], homeassistant=None, signals={}, speakers={}, scenes={}, tags={}
    )
    known = facts(bare)
    found = examine(Facts(bare, known.loaded, NOW, known.folder, None, known.broker))
    assert {f.check for f in found} == {
        "household", "broker", "rights", "strangers", "data_folder", "heartbeat", "quiet_hours", "silence",
    }  # fmt: skip


def test_a_sensor_whose_device_speaks_is_not_suspected() -> None:
    quiet = with_states(facts(), binary_sensor__front_door=seen("off", 9 * DAY), sensor__front_door_battery=seen("80"))
    assert "battery" in said(quiet)
    home = quiet.known_home
    assert home
    rows = tuple(
        {"entity_id": entity, "device_id": "door", "unique_id": entity, "platform": "zha"}
        for entity in ("binary_sensor.front_door", "sensor.front_door_battery")
    )
    assert "battery" not in said(with_home(quiet, entities=(*home.entities, *rows)))


def test_nothing_is_meant_that_only_is_of_the_same_kind() -> None:
    known = ("binary_sensor.front_door", "binary_sensor.turntoward_rituals", "sensor.front_dor")
    assert meant("binary_sensor.front_dor", known).startswith("did you mean binary_sensor.front_door? ")


def said(home: Facts) -> str:
    return " ".join(f.advice for f in examined(home) if f.check == "entities")


def test_who_lives_apart_is_not_expected_at_home() -> None:
    far = replace(history(person__sam=constant(False)), settings=settings(season="apart"))
    assert not [f for f in examined(far) if f.check == "habits" and f.level != "ok"]


def test_no_finding_tells_when_somebody_came_or_went() -> None:
    homes = [history(person__sam=edges) for edges in (constant(True), constant(False), flickering(), daily_until_now())]
    told = json.dumps([f.text + f.advice for home in homes for f in examine(home) if f.check == "habits"])
    assert not [word for word in ("12:00", "21:00", "2026", "2025", " times") if word in told]


def daily_until_now() -> tuple[Edge, ...]:
    return (*constant(True), Edge(NOW - DAY, False))


@pytest.mark.parametrize("private", ["rests", "pause", "private"])
def test_a_reason_that_may_be_one_partners_own_is_never_told(private: str) -> None:
    offered = with_folder(facts(), journal=journal(TraceEntry("reunion_hug", "offered")))
    told = [
        [f for f in examine(home) if f.check == "silence"]
        for home in (silent_for_a_week(private, private), silent_for_a_week(), offered)
    ]
    assert told[0] == told[1] == told[2], "a silence that is not the home's doing looks like none"


def test_a_young_journal_is_no_silence() -> None:
    young = with_folder(facts(), journal=(), journal_began=NOW - DAY)
    assert not [f for f in examined(young) if f.check == "silence"]


def test_a_check_that_stumbles_keeps_no_other_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from turntoward.doctor.checks import clock

    def stumble(_facts: Facts) -> None:
        raise KeyError("nobody thought of this")

    monkeypatch.setattr(clock, "look", stumble)
    found = examined(facts())
    assert [(f.check, f.level) for f in found] == [("clock", "problem")]
    assert "mistake in the program" in found[0].text
    assert "nobody thought" not in found[0].text


def test_one_check_is_one_small_file() -> None:
    folder = Path(__file__).parents[2] / "service" / "turntoward" / "doctor" / "checks"
    lines = {path.stem: len(path.read_text("utf-8").splitlines()) for path in folder.glob("*.py")}
    assert max(lines.values()) <= 105, lines
