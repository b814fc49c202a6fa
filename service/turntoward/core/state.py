"""HouseholdState: all that is remembered between two events, as frozen values that survive JSON.

Only what a later decision needs: of presence the last edge of each partner, never a history.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import BeforeValidator, TypeAdapter

from turntoward.core.actions import TileState
from turntoward.core.events import Raw
from turntoward.core.household import Season

Phase = Literal["waiting", "offered", "running", "asking"]
Holds = Literal["", "prompts", "everything"]
Kind = Literal["ritual", "private", "fleeting", "rule"]
"""What an occasion is of: a ritual, one that only the own pages show, a time-out, or a rule that is no ritual."""
Outcome = Literal["done", "declined", "expired", "undelivered", "stopped"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Presence:
    """Where one partner is: what the source says (`raw`) and what we believe (`confirmed`)."""

    raw: Raw = "unknown"
    raw_since: datetime | None = None
    live: bool = False
    """The last edge was seen happening, or was young enough to count as seen."""
    confirmed: Raw = "unknown"
    home_at: datetime | None = None
    """The raw edge behind the last confirmed arrival."""
    left_at: datetime | None = None
    """The raw edge behind the last confirmed departure."""


@dataclass(frozen=True, slots=True)
class SignalValue:
    """A signal's value and since when it has it."""

    value: str
    since: datetime
    off_since: datetime | None = None
    """When it last went from on to something else; None: it never was on, or is on."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """One run of a ritual, from due to its end."""

    id: str
    ritual: str
    cause: str
    opened_at: datetime
    due_at: datetime
    expires_at: datetime
    phase: Phase = "waiting"
    tile_only: bool = False
    """A joint outing: they were together anyway, so nothing is said aloud."""
    held_by: str = ""
    """The gate that held it when it was last looked at."""
    look_again_at: datetime | None = None
    offered_at: datetime | None = None
    postponed: bool = False
    text: str = ""
    ends_at: datetime | None = None
    """When the running timer is over."""
    steps: int = 0
    """How many steps were told: makes the ids of later actions different."""
    pending: dict[str, str] = field(default_factory=dict)
    """Actions of the offer that no channel has reported on yet, each with its channel."""
    delivered: tuple[str, ...] = ()
    """Channels that have reached somebody."""
    kind: Kind = "ritual"
    silenced: bool = False
    """It stays silent to its end: a pause, a day of rest, or chance; which of them is not told."""
    card: tuple[str, str] = ("", "")
    """The card it has drawn, as it is spoken and as it is read."""
    about: str = ""
    """The ritual it asks about, where it reviews one."""
    holds: Holds = ""
    """What waits while it runs: our own prompts, or everything (a time-out)."""
    began_at: datetime | None = None
    """When it began to run."""
    step: int = 0
    """How many steps of its run have been taken."""
    step_at: datetime | None = None
    """When its next step is taken."""
    scenes: dict[str, str] = field(default_factory=dict)
    """Scenes that were asked for and have to be undone, by the action that sets them, ..."""
    scenes_set: tuple[str, ...] = ()
    """... and of these actions those that were done."""
    notified: tuple[str, ...] = ()
    """Whose phones show a message of it."""
    asked: int = 0
    """How often it has asked for an answer anew: what was asked before is answered by nothing."""
    ready: tuple[str, ...] = ()
    """Who is ready to end a time-out; forgotten with it, and shown to nobody."""

    @property
    def runs(self) -> bool:
        """Whether it has begun and not ended; a time-out runs until both are asked and back."""
        return self.phase in ("running", "asking")


def _by_place(spoken: object) -> object:
    """Earlier journals counted the lines of the offer alone."""
    return {"offer": spoken} if isinstance(spoken, int) else spoken


@dataclass(frozen=True, slots=True)
class SceneAsked:
    """A scene, and what asked for it."""

    ritual: str
    occasion: str
    scene: str


@dataclass(frozen=True, slots=True)
class Past:
    """What is remembered of a ritual's earlier occasions: enough for its limits and its rotation."""

    offered: tuple[datetime, ...] = ()
    """When it was offered or done in the last eight days, oldest first."""
    day: date | None = None
    number: int = 0
    """How many ids with `day` in them were given out."""
    spoken: Annotated[dict[str, int], BeforeValidator(_by_place)] = field(default_factory=dict)
    """How many lines were taken from each of its lists of texts: the next index of the rotation."""
    declined_on: date | None = None
    last_outcome: Outcome | None = None
    last_end: datetime | None = None
    last_done: datetime | None = None
    unanswered: int = 0
    """How many offers in a row that asked for an answer got none."""
    rested_on: date | None = None
    """The day on which it was left out, because it was not taken up lately; None: it was not, the last time."""
    shared: str = ""
    """What was put on its tile on purpose, to be read until the day is over."""
    dropped: bool = False
    """You let it go; it comes back when somebody starts it."""
    reviewed: datetime | None = None
    """When it was asked last whether to keep it."""
    fleeting: bool = False
    """Of a time-out: forgotten after a day."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """An offer, for the budget of the day; `heard`: it made a sound or lit up a phone."""

    at: datetime
    occasion: str
    heard: bool = True


@dataclass(frozen=True, slots=True)
class Own:
    """What belongs to one partner alone: no entity, topic or command shows it, and no trace tells of it."""

    paused: bool = False
    paused_until: datetime | None = None
    depth: int = 1
    """How deep a question may go, from 1 to 3; the lower of the two counts."""
    less: tuple[str, ...] = ()
    """Rituals of which this partner wants less."""
    bids: tuple[tuple[date, bool], ...] = ()
    """Small attempts to connect, on which day, and whether noticed (True) or made (False). Never counted against."""


@dataclass(frozen=True, slots=True)
class ChosenSeason:
    """A season that was chosen while the service ran; it goes before the household's own."""

    season: Season
    until: date | None = None


@dataclass(frozen=True, slots=True)
class HouseholdState:
    """Everything the engine remembers."""

    now: datetime
    presence: dict[str, Presence] = field(default_factory=dict)
    signals: dict[str, SignalValue] = field(default_factory=dict)
    openings: tuple[datetime, ...] = ()
    """Openings of an entry door that an arrival could still be explained by."""
    apart_since: datetime | None = None
    held_until: dict[str, datetime] = field(default_factory=dict)
    """By source: no presence of that source is confirmed before."""
    awaited: tuple[str, ...] = ()
    """Sources that have not been heard since the service started, or since a long outage."""
    lost: dict[str, datetime] = field(default_factory=dict)
    """Sources without a connection, and since when."""
    occasions: dict[str, Occasion] = field(default_factory=dict)
    """The open occasion of each ritual; a ritual has one at most."""
    holding: dict[str, datetime] = field(default_factory=dict)
    """`state` triggers whose `for:` runs, and when it is over."""
    shown: dict[str, TileState] = field(default_factory=dict)
    """Tiles that show something else than idle."""
    past: dict[str, Past] = field(default_factory=dict)
    prompts: tuple[Prompt, ...] = ()
    scheduled_to: datetime | None = None
    """Occurrences of `time` and `schedule` triggers up to here have been dealt with."""
    seed: int = 0
    """From it everything is drawn that is left to chance, so that the same draw comes out again."""
    season: ChosenSeason | None = None
    season_was: ChosenSeason | None = None
    """The season of the last decision, so that its change is noticed; None before the first."""
    own: dict[str, Own] = field(default_factory=dict)
    day: date | None = None
    """The logical day that has begun, ..."""
    resting_on: date | None = None
    """... and the one that is a day of rest."""
    counter: int = 0
    """Counts decisions that did something: makes ids different in which no day may stand, and no number of them."""
    scenes_asked: dict[str, SceneAsked] = field(default_factory=dict)
    """Scenes that something asked for which has ended before it was known whether they were set."""
    rest_owed: int = 0
    """Days of rest that a pause has used up beforehand, ..."""
    rest_owed_on: date | None = None
    """... and the day on which it did so last."""
    quiet_on: date | None = None
    """The logical day on which somebody asked for a quiet evening: until it is over nothing makes a sound."""
    turns: dict[str, str] = field(default_factory=dict)
    """Whose turn is next, by ritual: a pointer, never a tally."""
    drawn: dict[str, dict[str, datetime]] = field(default_factory=dict)
    """When each card of a deck was there last."""
    affection_from: datetime | None = None
    """No gesture of closeness is offered before: there was a time-out."""
    answered_at: datetime | None = None
    """When anything was answered last, ..."""
    unanswered: int = 0
    """... and how many offers that asked have gone by since."""

    def is_held(self, by: Holds, but: str = "") -> bool:
        """Whether something keeps prompts, or everything, away from all rituals but itself (`but`)."""
        return any(o.holds == by and o.ritual != but for o in self.occasions.values())


_STATE: TypeAdapter[HouseholdState] = TypeAdapter(HouseholdState)


def state_to_json(state: HouseholdState) -> str:
    """Write a state as JSON text."""
    return _STATE.dump_json(state).decode()


def state_from_json(text: str) -> HouseholdState:
    """Read a state. Raises pydantic.ValidationError where the text is not one."""
    return _STATE.validate_json(text)


def shift(value: T, by: timedelta) -> T:
    """Move every instant in a value, so that elapsed times stay what they were when the wall clock is set."""
    return cast(T, _shift(value, by))


def _shift(value: Any, by: timedelta) -> Any:
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, dict):
        return {key: _shift(item, by) for key, item in value.items()}
    if isinstance(value, tuple):
        return tuple(_shift(item, by) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _shift(getattr(value, f.name), by) for f in fields(value)})
    return value
