"""Why a ritual was offered or was not: entries a decision carries, and the plain words for them.

Nothing here names a partner: a reason is about the two, or about the home.
"""

from __future__ import annotations

from dataclasses import dataclass, field

NOTICEABLE = (
    "offered", "postponed", "started", "done", "declined", "undelivered", "stopped", "swapped", "unchanged",
    "chosen",
)  # fmt: skip
"""Steps the couple could notice themselves. Only these are logged, listed by `journal` and kept for long; the others
would tell when somebody came home.
"""


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One ritual that was looked at, and the first thing that said no (or that nothing did)."""

    ritual: str
    step: str
    """due, refused, held, offered, postponed, started, swapped, runs, unchanged, chosen, void, or how it ended."""
    reason: str = ""
    occasion: str = ""
    facts: dict[str, str] = field(default_factory=dict)
    fleeting: bool = False
    """Of a time-out: not for a log, and forgotten after a day."""


_STEPS = {
    "due": "is due: {reason}",
    "refused": "stays silent: {reason}",
    "held": "waits: {reason}",
    "offered": "is offered ({channels})",
    "postponed": "comes again later",
    "started": "has started and runs for {for_}",
    "done": "is done",
    "declined": "is not for today",
    "expired": "ends quietly: {reason}",
    "undelivered": "did not reach you and does not count: {reason}",
    "stopped": "has been stopped",
    "runs": "does its steps: {reason}",
    "swapped": "is the other one's turn now",
    "unchanged": "stays as it is: {reason}",
    "void": "comes to nothing: {reason}",
    "chosen": "has changed: {reason}",
}

_REASONS = {
    "reunion": "you are both home again after having been apart",
    "apart": "you have been apart for this long",
    "leaving": "somebody is about to leave",
    "ritual": "another ritual led to it",
    "season": "it is for another season",
    "told": "a message or an event asked for it",
    "unanswered": "nothing was answered for a while",
    "time_out": "there is a break between you two",
    "after_time_out": "there was a break between you two a short while ago",
    "just_home": "you have only just come home",
    "another_runs": "another ritual is running, and keeps the others away",
    "another_ritual": "it depends on another ritual, which is not so far",
    "vacation": "you are on vacation",
    "both_awake": "it is night for one of you",
    "door_opened": "the door has opened already",
    "no_new_card": "there is no card that you have not seen lately",
    "rests": "it comes less often, because it was not taken up lately or less of it was wanted",
    "faded": "it was not taken up lately, so it is only shown",
    "dropped": "you let it go; it comes back when somebody starts it",
    "sign": "the home gave the sign for its end",
    "time": "its time has come",
    "not_its_time": "it is not the hour or the weekday for it",
    "state": "the home gave its sign",
    "called": "somebody started it",
    "already_open": "it is being offered already",
    "declined_today": '"not today" closed it until tomorrow',
    "too_late": "its window had passed before the service could look",
    "not_agreed": "you have not both agreed yet (agreed: in household.yaml)",
    "not_an_answer": "{answer!r} is not an answer of this ritual",
    "no_such_ritual": "no ritual of this name is switched on",
    "nothing_to_postpone": "there is nothing to come back to later",
    "answered_already": "it has been answered a moment ago",
    "other_away": "one of you came home, the other is not home yet",
    "not_seen": "nobody saw the arrival happen: it was found like this after a start or an outage",
    "never_apart": "it is not known since when you were apart",
    "door_silent": "no entry door has told anything so far; check whether its entity or topic is right",
    "no_door": "no entry door was opened, so it may be a phone and not a person",
    "apart_too_short": "you were apart for {apart}, it begins at {needed}",
    "joint_outing": "you came back from an outing together",
    "starting": "the service has just started, or was cut off, and has not heard the home yet",
    "source_lost": "the connection that tells who is home has been gone for a while",
    "season_over": "the last day that was named has passed already",
    "no_turns": "you do not take turns in it",
    "nothing_on": "nothing is on at the moment",
    "nothing_shared": "there was no text in it",
    "nothing_to_review": "there is no ritual yet to look back on, or all were asked about lately",
    "old_notice": "that question is over",
    "season_chosen": "it was chosen: {season}",
    "quiet_evening": "somebody asked for a quiet evening",
    "no_quiet_evening": "the quiet evening was taken back",
    "nothing_runs": "it is not on at the moment",
    "already_running": "it is running already",
    "both_home": "you are not both home at this moment",
    "not_like_this": "it is not for a moment like this one",
    "one_home": "it is for when one of you is home",
    "nobody_home": "it is for when nobody is home",
    "presence_unknown": "it is not known who is home",
    "quiet_hours": "it is within the quiet hours, so there is no sound",
    "quiet_tonight": "somebody asked for a quiet evening, so there is no sound",
    "call_just_ended": "a call has only just ended",
    "day_budget": "there were enough prompts today",
    "min_gap": "the last prompt is too recent",
    "cooldown": "the last time is too recent",
    "per_day": "it had its turns for today",
    "per_week": "it had its turns for this week",
    "nothing_silent": "there should be no sound now, and it has no silent way",
    "no_answer": "it was not answered, which is fine",
    "no_channel": "no channel could be reached in time",
    "switched_off": "the ritual was switched off",
    "postponed": "there is no later inside its window",
    "timer": "its timer is over",
    "answered": "you answered",
}

_STAYS = frozenset(
    {
        "already_running", "answered_already", "no_new_card", "no_turns", "not_an_answer", "nothing_runs",
        "nothing_shared", "nothing_to_postpone", "nothing_to_review",
    }
)  # fmt: skip
"""Reasons for which somebody's answer changes nothing: no silence is to be explained."""

_ROLES = {
    "guests": "there are guests",
    "asleep": "somebody is asleep",
    "on_call": "somebody is on a call",
    "focus": "somebody does not want to be disturbed",
    "meeting": "somebody is in a meeting",
    "film": "a film is on",
}


def explain(entry: TraceEntry) -> str:
    """Say an entry in plain words: `reunion_hug stays silent: you were apart for 12min, it begins at 30min`."""
    facts = {"for_": "a while", "channels": "", **entry.facts, "reason": reason_in_words(entry)}
    step = "unchanged" if entry.step == "refused" and entry.reason in _STAYS else entry.step
    words = _STEPS.get(step, step).format_map(facts)
    if entry.step == "offered" and entry.reason:
        words += f", silently: {facts['reason']}"
    return f"{entry.ritual} {words}"


def reason_in_words(entry: TraceEntry) -> str:
    """Say the reason of an entry; one that has no words of its own is shown as it is."""
    reason = entry.reason
    if reason in _REASONS:
        return _REASONS[reason].format_map({"apart": "", "needed": "", "answer": "", "season": "", **entry.facts})
    name, _, state = reason.partition(" ")
    role = name.partition(".")[0]
    if state == "unknown":
        return f"the signal {name} does not say anything, so it is better to wait"
    if name == "signal":
        return f"the signal {state} does not say what the ritual needs"
    return _ROLES.get(role, reason or "its window ended")
