"""Is this a good moment? Asks the gates in their order, for an offer that waits inside its window, and for a voice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from turntoward.core.gates import GATES, OPEN, OWN_LIMITS, SOUND, Gate, Moment, Verdict, another_runs, conditions
from turntoward.core.rules import Ritual


def judge(moment: Moment) -> Verdict:
    """Whether an offer may be made: the first gate that holds decides; else silent if one asked for silence."""
    return _first(GATES, moment)


def may_speak(moment: Moment) -> bool:
    """Whether a voice may be heard now that is part of what runs; that of a rule may not interrupt a ritual."""
    gates = SOUND if isinstance(moment.ritual, Ritual) else (another_runs, *SOUND)
    return _first(gates, moment) is OPEN


def may_run(moment: Moment) -> Verdict:
    """Whether a rule that is no ritual may do its steps now."""
    return _first((conditions, *OWN_LIMITS), moment)


def _first(gates: Iterable[Gate], moment: Moment) -> Verdict:
    silent = OPEN
    for gate in gates:
        verdict = gate(moment)
        if verdict.says == "hold":
            return verdict
        if verdict.says == "silent" and silent is OPEN:
            silent, moment = verdict, replace(moment, silent=True)
    return silent
