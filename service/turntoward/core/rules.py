"""Rituals and rules as data: the grammar of `rules/*.yaml`, one pydantic class for each word.

What a rule means when something happens is in triggers, conditions, moments, rituals and programs; here is its shape.
The triggers, conditions and steps have files of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from turntoward.core.decks import NAME, CardChoiceOrName, Deck
from turntoward.core.events import Answer
from turntoward.core.household import SEASONS, Season, SignalName
from turntoward.core.model import Model
from turntoward.core.rule_conditions import Condition
from turntoward.core.rule_steps import Step
from turntoward.core.rule_triggers import RitualTrigger, Trigger, as_list
from turntoward.core.scenario import Scenario, SignalText
from turntoward.core.spans import Duration, Window
from turntoward.core.texts import Lines

ChannelName = Literal["speaker", "tile", "phone", "page"]


class ChannelChoice(Model):
    """A channel; for a speaker the rooms, or a chime instead of words; for phones whose, and whether it may call."""

    channel: ChannelName
    rooms: tuple[str, ...] = ()
    chime: bool = Field(False, description="for a speaker: a soft sound, no words")
    passive: bool = Field(False, description="for phones: it waits in the list, without sound or light")
    to: Literal["both", "turn"] = Field("both", description="for phones: both of you, or whose turn it is")


def _channel(value: object) -> object:
    return {"channel": value} if isinstance(value, str) else value


ChannelOrName = Annotated[ChannelChoice, BeforeValidator(_channel, json_schema_input_type=ChannelName | ChannelChoice)]


class Offer(Model):
    """How a ritual is offered: when, for how long, where, and in which words."""

    after: Duration = Field(timedelta(), description="wait this long after the trigger")
    valid_for: Duration = Field(timedelta(minutes=10), description="after this long since the trigger it dies silently")
    window: Window | None = Field(None, description="only at this time of day; it dies silently at the end of it")
    later: Duration = Field(timedelta(minutes=15), description="how long 'later' and 'other_slot' wait, once")
    channels: tuple[ChannelOrName, ...] = (ChannelChoice(channel="tile"),)
    say: Lines = Field(default_factory=dict, description="lines, used in turn, by language")
    card: CardChoiceOrName | None = Field(None, description="draw a card, which is {card} in the lines")
    reviews: bool = Field(False, description="asks about one ritual after another, which is {ritual} in the lines")
    on_vacation: bool = Field(False, description="also while you are both away on vacation")

    @model_validator(mode="after")
    def _has_words_and_time(self) -> Self:
        speaks = any(choice.channel == "speaker" and not choice.chime for choice in self.channels)
        if speaks and not any(self.say.values()) and self.card is None:
            raise PydanticCustomError("offer", "a speaker needs a line to say: add 'say:'", {})
        if self.after >= self.valid_for:
            raise PydanticCustomError("offer", "'after' is not shorter than 'valid_for', so it is never offered", {})
        return self


class EndSign(Model):
    """A signal by which a running ritual ends. Of several signals of a kind all have to have the value."""

    signal: SignalName
    is_: SignalText = Field(alias="is")
    for_: Duration = Field(timedelta(), alias="for")


class Ends(Model):
    """When a running ritual ends by itself."""

    after: Duration | None = Field(None, description="at the latest this long after it was started")
    when: Annotated[tuple[EndSign, ...], BeforeValidator(as_list)] = Field(
        (), description="any one of these signs, if it comes while it runs"
    )


class Break(Model):
    """A time-out: a time to come back is named, and both are asked in private whether they are ready."""

    lasts: Duration = Field(timedelta(minutes=20), description="when nothing else is said")
    at_least: Duration = timedelta(minutes=20)
    at_most: Duration = Field(timedelta(hours=24), description="with all that is added")
    more: Duration = Field(timedelta(minutes=20), description="what 'more time' adds for both")
    asks_for: Duration = Field(timedelta(hours=2), description="how long it waits for both; then it closes quietly")
    affection_waits: Duration = Field(
        timedelta(minutes=60), description="no gesture of closeness is offered this long after it"
    )


class Run(Model):
    """What happens while a ritual runs."""

    timer: Duration = Field(timedelta(), description="a wordless timer; it runs once and is never required")
    hold_prompts: bool = Field(False, description="while it runs, all our other prompts wait")
    steps: tuple[Step, ...] = Field((), description="one after another, from the start on")
    ends: Ends = Ends()
    time_out: Break | None = Field(None, description="this ritual is a time-out: while it runs, all others are silent")

    @property
    def lasts(self) -> timedelta | None:
        """How long it runs at most by its own words; None: it does not say."""
        in_steps = sum((step.for_ for step in self.steps if step.action in ("wait", "timer")), timedelta())
        return self.ends.after or self.timer or in_steps or None


class Limits(Model):
    """The dose of one ritual. The household's own limits come on top."""

    cooldown: Duration = Field(timedelta(), description="shortest time between two occasions")
    per_day: int | None = Field(1, ge=0, le=50, description="offers in a logical day; null: no limit")
    per_week: int | None = Field(None, ge=0, le=350, description="offers in seven days; null: no limit")
    min_gap: Duration | None = Field(
        None, description="time to the last prompt of any ritual, instead of limits.min_gap"
    )
    fade_out: bool = Field(False, description="it asks for an answer; without one it comes less often, then silently")


Form = dict[str, Any] | Literal[False]


class Ritual(Model):
    """One ritual: one file in `rules/`."""

    ritual: str = Field(pattern=NAME, description="the file's name without .yaml: small letters, digits and _")
    title: str | dict[str, str]
    about: str | dict[str, str] = ""
    evidence: Literal["supported", "mixed", "weak", "none"] = Field("none", description="what research says of it")
    affection: bool = Field(False, description="a gesture of closeness; not offered for a while after a time-out")
    turns: bool = Field(False, description="you take turns: {turn} in the lines is whose turn it is")
    mode: bool = Field(False, description="something you switch on and off: Home Assistant gets a switch for it")
    spoken_as: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="by language, what else you call it when you ask for it aloud"
    )
    card_of_day: CardChoiceOrName | None = Field(
        None, description="a card of depth 1 to look at, another one each day; one ritual of the household has one"
    )
    private: bool = Field(False, description="only on the own page of each; no tile, no entity, no message tells of it")
    triggers: tuple[Trigger, ...] = ()
    conditions: tuple[Condition, ...] = ()
    offer: Offer = Offer()
    run: Run = Run()
    answers: tuple[Answer, ...] = ("done", "not_today")
    limits: Limits = Limits()
    short: Form = Field(default_factory=dict, description="what changes in the season `simplified`; false: it rests")
    apart: Form = Field(default_factory=dict, description="what changes in the season `apart`; false: it rests")
    examples: tuple[Scenario, ...] = ()

    @model_validator(mode="after")
    def _forms_are_rituals(self) -> Self:
        list(self.forms())
        return self

    @model_validator(mode="after")
    def _private_is_private(self) -> Self:
        if self.private and any(choice.channel != "page" for choice in self.offer.channels):
            raise PydanticCustomError(
                "private", "a private ritual is on the own page of each only; write 'channels: [page]'", {}
            )
        return self

    @property
    def name(self) -> str:
        """What it is called by in files and topics."""
        return self.ritual

    @model_validator(mode="after")
    def _people_ask_for_a_time_out(self) -> Self:
        if self.run.time_out is not None and any(trigger.trigger != "called" for trigger in self.triggers):
            message = "a time-out is asked for by one of the two, and by nothing else; write 'trigger: called'"
            raise PydanticCustomError("time_out", message, {"at": ("triggers",)})
        return self

    @property
    def is_time_out(self) -> bool:
        """Whether it is a time-out, in whatever season."""
        return any(form.run.time_out is not None for form in self.forms())

    def form(self, season: str) -> Form:
        """Return what changes in a season."""
        return self.short if season == "simplified" else self.apart if season == "apart" else {}

    def in_season(self, season: str) -> Ritual | None:
        """Return the ritual as it is in a season, None where it rests.

        Raises pydantic.ValidationError where the form of that season does not fit.
        """
        changes = self.form(season)
        if changes is False:
            return None
        if not changes:
            return self
        full = self.model_dump(by_alias=True, exclude={"short", "apart", "examples"}, mode="json")
        return Ritual.model_validate({**merged(full, changes), "examples": self.examples})

    def forms(self) -> Iterator[Ritual]:
        """Yield the ritual as it is in each season in which it does not rest. Raises as `in_season`."""
        yield from (form for season in SEASONS if (form := self.in_season(season)) is not None)

    def named(self, language: str) -> str:
        """Return the title in a language."""
        if isinstance(self.title, str):
            return self.title
        short = language.partition("-")[0]
        return self.title.get(language) or self.title.get(short) or self.title.get("en") or self.ritual


class RuleLimits(Limits):
    """How often a rule does its steps: as often as it is set off, unless it says otherwise."""

    per_day: int | None = Field(None, ge=0, le=50, description="runs in a logical day; left out or null: no limit")


class Rule(Model):
    """A rule that is no ritual: when this happens and that is so, do these steps. Also one file in `rules/`."""

    rule: str = Field(pattern=NAME, description="the file's name without .yaml: small letters, digits and _")
    about: str | dict[str, str] = ""
    triggers: tuple[Trigger, ...]
    conditions: tuple[Condition, ...] = ()
    actions: tuple[Step, ...] = Field(description="one after another")
    limits: RuleLimits = RuleLimits()
    examples: tuple[Scenario, ...] = ()

    @property
    def name(self) -> str:
        """What it is called by in files and topics."""
        return self.rule


class Rulebook(Model):
    """All rituals and rules that are switched on, in the order of their names, with a digest of what they say."""

    rituals: tuple[Ritual, ...] = ()
    rules: tuple[Rule, ...] = ()
    decks: dict[str, Deck] = Field(default_factory=dict)
    digest: str = ""

    @cached_property
    def fleeting(self) -> frozenset[str]:
        """The time-outs, and what they lead to: nothing of them may be kept, or they could be counted by it."""
        found = {ritual.name for ritual in self.rituals if ritual.is_time_out}
        definitions: tuple[Ritual | Rule, ...] = (*self.rituals, *self.rules)
        while more := {d.name for d in definitions if d.name not in found and _follows(d, found)}:
            found |= more
        return frozenset(found)

    def in_season(self, season: Season) -> Rulebook:
        """Return what there is in a season."""
        forms = (ritual.in_season(season) for ritual in self.rituals)
        return self.model_copy(update={"rituals": tuple(form for form in forms if form is not None)})


def _follows(definition: Ritual | Rule, others: set[str]) -> bool:
    return any(isinstance(t, RitualTrigger) and t.ritual in others for t in definition.triggers)


def merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `changes` laid over it, key by key; lists are replaced, not joined."""
    out = dict(base)
    for key, value in changes.items():
        old = out.get(key)
        out[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
    return out
