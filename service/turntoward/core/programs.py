"""What a ritual does while it runs: its steps one after another, what it holds, and what it puts back at its end.

A rule that is no ritual is a program too: no offer, no tile, only its steps. When something runs is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from turntoward.core import lock_screen, seasons, signals, telling, waking, wording
from turntoward.core.actions import Announce, Button, Notify, Publish, SetScene
from turntoward.core.draft import Draft
from turntoward.core.gates import Moment
from turntoward.core.moments import may_speak
from turntoward.core.rule_steps import (
    AnnounceStep,
    MqttStep,
    NotifyStep,
    SceneStep,
    SeasonStep,
    StartStep,
    Step,
    TileStep,
    WaitStep,
)
from turntoward.core.rules import Ritual, Rule
from turntoward.core.state import Holds, Occasion, Presence, SceneAsked

RUNS_AT_MOST = timedelta(hours=1)
"""A ritual that was started, has no timer and gets no answer ends by itself."""
_OF_THE_MOMENT = (TileStep, SceneStep)
"""Steps that make no sense any more when the ritual ends."""
_UNDONE_UNTIL = timedelta(hours=12)
_PUBLISHED_UNTIL = timedelta(minutes=10)
_NOTICED_UNTIL = timedelta(hours=1)
"""A rule's message to phones is worth sending for so long; that of a ritual as long as it runs."""


def steps_of(definition: Ritual | Rule) -> tuple[Step, ...]:
    """Return the steps of a ritual or a rule."""
    return definition.run.steps if isinstance(definition, Ritual) else definition.actions


def speaks(definition: Ritual | Rule) -> bool:
    """Whether there is a voice in what it does."""
    return any(isinstance(step, AnnounceStep) for step in steps_of(definition))


def begun(draft: Draft, definition: Ritual | Rule, occasion: Occasion, lasts: timedelta | None) -> Occasion:
    """Return an occasion that begins to run now, and for how long."""
    if isinstance(definition, Rule):
        waits = sum((step.for_ for step in definition.actions if isinstance(step, WaitStep)), timedelta())
        return replace(occasion, phase="running", began_at=draft.now, ends_at=draft.now + waits, step_at=draft.now)
    ends_at = draft.now + (lasts or definition.run.lasts or RUNS_AT_MOST)
    running = replace(occasion, phase="running", began_at=draft.now, ends_at=ends_at, held_by="", look_again_at=None)
    return replace(running, holds=_holds(definition), step=0, step_at=draft.now)


def _holds(ritual: Ritual) -> Holds:
    if ritual.run.time_out:
        return "everything"
    return "prompts" if ritual.run.hold_prompts else ""


def proceed(draft: Draft, definition: Ritual | Rule, occasion: Occasion) -> Occasion:
    """Take the steps that are due by now, and return the occasion after them."""
    steps = steps_of(definition)
    while occasion.step_at is not None and occasion.step_at <= draft.now:
        if occasion.step >= len(steps):
            return replace(occasion, step_at=None)
        step, at = steps[occasion.step], occasion.step_at
        if not (isinstance(step, _OF_THE_MOMENT) and _is_over(draft, definition, occasion)):
            occasion = _take(draft, definition, occasion, step, at)
        waits = step.for_ if isinstance(step, WaitStep) else timedelta()
        occasion = replace(occasion, step=occasion.step + 1, step_at=at + waits)
    return occasion


def _is_over(draft: Draft, definition: Ritual | Rule, occasion: Occasion) -> bool:
    """Whether a ritual has ended while nobody looked."""
    return isinstance(definition, Ritual) and occasion.ends_at is not None and draft.now >= occasion.ends_at


def finish(draft: Draft, occasion: Occasion) -> Occasion:
    """Put back what the occasion has changed: scenes once, messages on phones; and stop waiting for its end.

    A scene whose setting nobody has reported on yet is put back when it is reported set, and never where it was not.
    """
    for key, scene in occasion.scenes.items():
        asked = SceneAsked(occasion.ritual, occasion.id, scene)
        if key in occasion.scenes_set:
            undo(draft, key, asked)
        else:  # whether it was set at all is not known yet
            draft.state = replace(draft.state, scenes_asked={**draft.state.scenes_asked, key: asked})
    holding = {key: at for key, at in draft.state.holding.items() if not _waits_for_end(key, occasion.ritual)}
    draft.state = replace(draft.state, holding=holding)
    return replace(telling.clear_phones(draft, occasion), scenes={}, scenes_set=())


def undo(draft: Draft, key: str, asked: SceneAsked) -> None:
    """Put back what a scene has changed; `key`: the id of the action that set it."""
    until = draft.now + _UNDONE_UNTIL
    draft.actions.append(SetScene(f"{key}-undo", asked.ritual, asked.occasion, asked.scene, False, until))


def _waits_for_end(key: str, ritual: str) -> bool:
    return key.startswith(f"{ritual}: ") and key.endswith(" ends")


def _take(draft: Draft, definition: Ritual | Rule, occasion: Occasion, step: Step, at: datetime) -> Occasion:
    key = f"{occasion.id}-run-{occasion.step}"
    if isinstance(step, AnnounceStep):
        return _announce(draft, definition, occasion, step, key, at)
    if isinstance(step, TileStep):
        drawn = _with_card(draft, occasion, step)
        if drawn is None:
            return occasion
        occasion = drawn
        text = wording.next_line(draft, occasion, step.say, f"run {occasion.step}")
        return show_text(draft, occasion, text.read)
    if isinstance(step, NotifyStep):
        if at + draft.household.presence.voice_ttl <= draft.now or not _may_speak(draft, definition, occasion):
            return occasion
        of_use = occasion.ends_at if isinstance(definition, Ritual) else None
        return notify(draft, occasion, draft.household.partner_ids, of_use or draft.now + _NOTICED_UNTIL, key)
    if isinstance(step, SceneStep):
        return _set_scene(draft, definition, occasion, step, key)
    if isinstance(step, MqttStep):
        until = draft.now + _PUBLISHED_UNTIL
        draft.actions.append(Publish(key, occasion.ritual, occasion.id, step.topic, step.payload, step.retain, until))
    elif isinstance(step, SeasonStep) and draft.household.both_agreed and occasion.cause != "season":
        # two rules that answer one season with the other would never come to rest
        until_day = draft.day + timedelta(days=step.for_.days)
        draft.state = seasons.choose(draft.state, step.season, None if step.season == "normal" else until_day)
    elif isinstance(step, StartStep):
        draft.starts.append((step.ritual, "ritual"))
    return occasion


def show_text(draft: Draft, occasion: Occasion, text: str) -> Occasion:
    """Show a text on the tile of something that runs or is offered, and return the occasion one step further."""
    occasion = replace(occasion, text=text)
    telling.set_tile(draft, occasion, "offered" if occasion.phase == "offered" else "running", text)
    return replace(occasion, steps=occasion.steps + 1)


def notify(
    draft: Draft,
    occasion: Occasion,
    to: Iterable[str],
    until: datetime,
    key: str,
    buttons: tuple[Button, ...] = (),
    passive: bool = False,
) -> Occasion:
    """Send a message to phones, of which nothing but a word that is fit for a lock screen can be read."""
    partners = tuple(to)
    number = wording.counted(draft, occasion.ritual, "phone")
    text = lock_screen.lock_safe(draft.household.language, number)
    until = _before_quiet(draft, until)
    if until <= draft.now:
        return occasion
    draft.actions.append(
        Notify(key, occasion.ritual, occasion.id, text, partners, occasion.id, until, buttons, passive)
    )
    return replace(occasion, notified=tuple(dict.fromkeys((*occasion.notified, *partners))))


def say(
    draft: Draft,
    occasion: Occasion,
    text: str,
    rooms: tuple[str, ...],
    until: datetime,
    key: str,
    chime: bool = False,
    buttons: tuple[Button, ...] = (),
) -> None:
    """Say a line, or let a soft sound be heard, where somebody is; no rooms: wherever a speaker is."""
    home, until = draft.household, _before_quiet(draft, until)
    places = signals.occupied(home, draft.state, rooms or home.speaker_rooms(), draft.now)
    draft.actions.append(
        Announce(key, occasion.ritual, occasion.id, text, home.language, places, until, chime, buttons)
    )


def _before_quiet(draft: Draft, until: datetime) -> datetime:
    """What is slow to be delivered must not be heard or felt in the quiet hours."""
    return min(until, waking.quiet_from(draft.household, draft.book.season, draft.now))


def _with_card(draft: Draft, occasion: Occasion, step: AnnounceStep | TileStep) -> Occasion | None:
    """Return an occasion with the card a step wants; None where there is none and the step is about it."""
    if step.card is None:
        return occasion
    drawn = wording.draw_card(draft, occasion, step.card)
    return drawn if drawn or wording.names_card(draft, step.say) else occasion


def _may_speak(draft: Draft, definition: Ritual | Rule, occasion: Occasion) -> bool:
    moment = Moment(draft.household, draft.state, definition, occasion, draft.now)
    return draft.household.both_agreed and may_speak(moment)


def _announce(
    draft: Draft, definition: Ritual | Rule, occasion: Occasion, step: AnnounceStep, key: str, at: datetime
) -> Occasion:
    """Say it, unless this is no moment for a voice, or it was to be said a while ago; nothing is made up for."""
    until = at + draft.household.presence.voice_ttl
    if draft.now >= until or not _may_speak(draft, definition, occasion) or not _is_heard(draft, definition):
        return occasion
    drawn = _with_card(draft, occasion, step)
    if drawn is None:
        return occasion
    text = wording.next_line(draft, drawn, step.say, f"run {drawn.step}")
    if text.say:
        say(draft, drawn, text.say, step.rooms, until, key)
    return drawn


def _is_heard(draft: Draft, definition: Ritual | Rule) -> bool:
    """Whether there is anybody to hear it; who is not known to be there is not.

    What a ritual says is for both: who is away must not make the house speak to the other one.
    """
    known = _presences(draft)
    somebody = any(presence.confirmed == "home" and presence.raw == "home" for presence in known)
    return somebody and not (isinstance(definition, Ritual) and any(p.confirmed == "away" for p in known))


def _presences(draft: Draft) -> list[Presence]:
    return [draft.state.presence.get(partner, Presence()) for partner in draft.household.partner_ids]


def _set_scene(draft: Draft, definition: Ritual | Rule, occasion: Occasion, step: SceneStep, key: str) -> Occasion:
    until = draft.now + draft.household.presence.voice_ttl
    if step.scene in occasion.scenes.values():
        return occasion  # it is set already, and is undone once
    if isinstance(definition, Ritual) and all(presence.confirmed == "away" for presence in _presences(draft)):
        return occasion  # nobody is there to see it
    draft.actions.append(SetScene(key, occasion.ritual, occasion.id, step.scene, True, until))
    if isinstance(definition, Rule):
        return occasion  # a rule sets a scene for good
    return replace(occasion, scenes={**occasion.scenes, key: step.scene})
