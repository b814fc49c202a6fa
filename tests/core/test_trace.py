"""Every reason the core can give has plain words, every word has a reason, and no word names a partner."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from tests.core.evening import Evening, checkin, home_since_noon, household, ritual, sam_is_out
from turntoward.core import trace
from turntoward.core.presence import Refusal
from turntoward.core.state import Outcome
from turntoward.core.trace import TraceEntry, explain, reason_in_words

CORE = Path(trace.__file__).parent
SPEAKING = (
    "answers", "conditions", "engine", "gates", "hearing", "leaving", "moments", "offers", "opening", "presence",
    "rituals", "timeouts", "triggers", "watching",
)  # fmt: skip
PLACE = {"Verdict": 1, "Answer": 2, "Arrival": 1, "_not_before": 3, "end": 3, "note": 2, "_while_held": 2, "Due": 2}
"""Which argument of a call is a reason."""
FINDS = ("_refusal", "due", "_why_quiet")
"""Functions that return one."""


def calls() -> Iterator[tuple[str, ast.Call]]:
    for name in SPEAKING:
        for node in ast.walk(ast.parse((CORE / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def texts(node: ast.expr) -> Iterator[str]:
    """The string literals an argument can be, on either side of an `if`."""
    if isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value


def reasons() -> set[str]:
    found = {refusal for refusal in get_args(Refusal) if refusal}
    for name, call in calls():
        arguments = [*call.args[PLACE[name] : PLACE[name] + 1]] if name in PLACE else []
        arguments += [k.value for k in call.keywords if k.arg == "reason"]
        found.update(text for argument in arguments for text in texts(argument))
    return found | set(returned())


def returned() -> Iterator[str]:
    """Reasons that a function finds and its caller notes."""
    for name in SPEAKING:
        for function in ast.walk(ast.parse((CORE / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef) and function.name in FINDS:
                for node in ast.walk(function):
                    if isinstance(node, ast.Return) and node.value is not None:
                        yield from texts(node.value)


def steps() -> set[str]:
    noted = {text for name, call in calls() if name == "note" for text in texts(call.args[1])}
    return noted | set(get_args(Outcome))


def literals() -> set[str]:
    trees = [ast.parse((CORE / f"{name}.py").read_text(encoding="utf-8")) for name in SPEAKING]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_the_search_finds_what_is_there() -> None:
    assert {"already_open", "min_gap", "no_door", "call_just_ended", "no_answer", "both_home", "starting"} <= reasons()
    assert {"due", "refused", "held", "offered", "started", "undelivered", "stopped"} <= steps()


@pytest.mark.parametrize("reason", sorted(reasons()))
def test_every_reason_has_words(reason: str) -> None:
    words = reason_in_words(TraceEntry("reunion_hug", "held", reason))
    assert words != reason
    assert " " in words
    assert "_" not in words.replace("household.yaml", "")


@pytest.mark.parametrize("step", sorted(steps()))
def test_every_step_has_words(step: str) -> None:
    words = explain(TraceEntry("hug", step, "time"))
    assert words.startswith("hug ")
    assert words != f"hug {step}"
    assert "{" not in words


def test_there_are_no_words_for_a_reason_nobody_gives() -> None:
    given = literals()
    assert [reason for reason in trace._REASONS if reason not in given] == []
    assert [step for step in trace._STEPS if step not in steps()] == []


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (TraceEntry("hug", "refused", "apart_too_short", facts={"apart": "12min", "needed": "30min"}),
         "hug stays silent: you were apart for 12min, it begins at 30min"),
        (TraceEntry("hug", "offered", facts={"channels": "speaker, tile"}), "hug is offered (speaker, tile)"),
        (TraceEntry("hug", "offered", "asleep", facts={"channels": "tile"}),
         "hug is offered (tile), silently: somebody is asleep"),
        (TraceEntry("hug", "held", "guests unknown"),
         "hug waits: the signal guests does not say anything, so it is better to wait"),
        (TraceEntry("hug", "held", "signal dinner"), "hug waits: the signal dinner does not say what the ritual needs"),
        (TraceEntry("hug", "expired"), "hug ends quietly: its window ended"),
        (TraceEntry("hug", "refused", "not_an_answer", facts={"answer": "later"}),
         "hug stays as it is: 'later' is not an answer of this ritual"),
        (TraceEntry("hug", "held", "no_new_card"), "hug waits: there is no card that you have not seen lately"),
    ],
)  # fmt: skip
def test_explanations(entry: TraceEntry, words: str) -> None:
    assert explain(entry) == words


def test_an_answer_that_changes_nothing_is_no_silence() -> None:
    talk = checkin(answers=["start", "later", "share"])
    evening = Evening(household(), (talk,), home_since_noon()).answer("18:00", "start", "evening_checkin")
    for minute, said in enumerate(("start", "later", "share", "done", "another"), 1):
        evening.answer(f"18:0{minute}", said, "evening_checkin")  # type: ignore[arg-type]
    assert [thought.split(" ", 1)[1] for thought in evening.thoughts[-5:]] == [
        "evening_checkin stays as it is: it is running already",
        "evening_checkin stays as it is: there is nothing to come back to later",
        "evening_checkin stays as it is: there was no text in it",
        "evening_checkin stays as it is: 'done' is not an answer of this ritual",
        "evening_checkin stays as it is: 'another' is not an answer of this ritual",
    ]


PRIVATE = ("asleep.sam", "on_call.alex", "focus.sam", "meeting.alex", "mood.sam")


@pytest.mark.parametrize("signal", PRIVATE)
@pytest.mark.parametrize("value", ["on", "unavailable"])
def test_no_thought_names_a_partner(signal: str, value: str) -> None:
    condition = {"condition": "signal", "signal": "mood.sam", "is": "good"}
    home = household(signals={name: {} for name in PRIVATE})
    rituals = (ritual(), checkin(conditions=[condition]))
    evening = Evening(home, rituals, sam_is_out("18:00", mood__sam="good")).signal("18:05", signal, value)
    evening.arrives("18:30").tell("18:55").leaves("19:00").tell("20:00").arrives("20:20").tell("22:00")
    evening.answer("22:01", "done").answer("22:02", "not_today", "evening_checkin")
    assert len(evening.thoughts) > 5
    assert [thought for thought in evening.thoughts if "sam" in thought.lower() or "alex" in thought.lower()] == []


def test_an_arrival_is_explained_without_saying_whose() -> None:
    first = Evening(household(), (ritual(),), sam_is_out()).arrives("18:30").tell("18:40")
    second = Evening(household(), (ritual(),), home_since_noon("17:00"))
    second.leaves("17:05", "alex").arrives("18:30", "alex").tell("18:40")
    assert first.thoughts == second.thoughts
