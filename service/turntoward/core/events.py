"""What happened, in the past tense: plain frozen values, one union.

No event says what to do. An event that came from outside has been translated by its adapter; no entity id, topic,
device or user of another system is in it, and a zone's name never: away is away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from turntoward.core.household import Season, is_unknown

Raw = Literal["home", "away", "unknown"]
Answer = Literal[
    "done", "later", "not_today", "start", "stop",
    "another", "enough", "accept", "other_slot", "skip", "swap", "keep", "change", "drop", "share",
]  # fmt: skip
ANSWERS: tuple[Answer, ...] = (
    "done", "later", "not_today", "start", "stop",
    "another", "enough", "accept", "other_slot", "skip", "swap", "keep", "change", "drop", "share",
)  # fmt: skip
"""What people may say. Every ritual can be started and stopped; the others are those it names."""

Private = Literal["pause", "resume", "less", "more", "depth", "bid", "ready", "more_time"]
PRIVATE: tuple[Private, ...] = ("pause", "resume", "less", "more", "depth", "bid", "ready", "more_time")
"""What one of the two does without the other knowing."""


def raw_presence(text: str) -> Raw:
    """Map what a source says of a person to home, away or unknown; the name of any other zone is away."""
    said = text.strip()
    if is_unknown(said):
        return "unknown"
    return "home" if said.casefold() == "home" else "away"


@dataclass(frozen=True, slots=True)
class ServiceStarted:
    """The service began to decide, after a start or a long sleep; `sources` will connect soon.

    `seed`: a number drawn by chance, from which a new household draws everything that is left to chance.
    """

    sources: tuple[str, ...] = ()
    seed: int = 0
    type: Literal["service_started"] = "service_started"


@dataclass(frozen=True, slots=True)
class SourceConnected:
    """A source of presence or signals is there, for the first time or again; its snapshot follows."""

    source: str
    type: Literal["source_connected"] = "source_connected"


@dataclass(frozen=True, slots=True)
class SourceLost:
    """A source is gone. What it told stays as it was."""

    source: str
    type: Literal["source_lost"] = "source_lost"


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """A source told where a partner is.

    `snapshot`: it was read or retained, not seen happening. `changed_at`: since when it is so, where the source knows.
    """

    partner: str
    raw: Raw
    snapshot: bool = False
    changed_at: datetime | None = None
    type: Literal["presence_changed"] = "presence_changed"


@dataclass(frozen=True, slots=True)
class SignalChanged:
    """A source told a signal's value; `snapshot` and `changed_at` as in PresenceChanged."""

    signal: str
    value: str
    snapshot: bool = False
    changed_at: datetime | None = None
    type: Literal["signal_changed"] = "signal_changed"


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing but time."""

    type: Literal["time_passed"] = "time_passed"


@dataclass(frozen=True, slots=True)
class ClockJumped:
    """The wall clock was set. `by`: new minus old reading, without the time that really passed."""

    by: timedelta
    type: Literal["clock_jumped"] = "clock_jumped"


@dataclass(frozen=True, slots=True)
class RitualAnswered:
    """One of the two answered; who is not known and not kept.

    No `ritual`: whatever is on at the moment. `lasts`: how long what is started is to run. `text`: of "share", the line
    that is shared on purpose. `reply_to`: somebody waits for a reply in words (a voice), and recognises it by this.
    """

    ritual: str
    answer: Answer
    lasts: timedelta | None = None
    text: str = ""
    reply_to: str = ""
    type: Literal["ritual_answered"] = "ritual_answered"


@dataclass(frozen=True, slots=True)
class NoticeAnswered:
    """A button of a message, or a spoken answer to a question, came back: by its token, which nobody can guess.

    The token belongs to one answer of one occasion; one of an occasion that is over answers nothing. `text`: of
    "share".
    """

    token: str
    text: str = ""
    type: Literal["notice_answered"] = "notice_answered"


@dataclass(frozen=True, slots=True)
class QuietChosen:
    """One of the two asked for a quiet evening, for both to see, or took it back."""

    on: bool
    type: Literal["quiet_chosen"] = "quiet_chosen"


@dataclass(frozen=True, slots=True)
class PrivateAct:
    """One of the two did something the other does not see: it has no entity, no topic, no trace.

    `until`: of a pause, None for no end. `ritual`: of "less", and of "more", which takes it back. `level`: of "depth".
    `noticed`: of "bid", whether the own attempt or one that was noticed; never one that the other did not answer.
    """

    partner: str
    act: Private
    until: datetime | None = None
    ritual: str = ""
    level: int = 1
    noticed: bool = True
    type: Literal["private_act"] = "private_act"


@dataclass(frozen=True, slots=True)
class SeasonChosen:
    """One of the two chose the season of both; `until`: its last day, None for no end."""

    season: Season
    until: date | None = None
    type: Literal["season_chosen"] = "season_chosen"


@dataclass(frozen=True, slots=True)
class TagScanned:
    """An NFC tag was held to a phone; whose phone it was is not known."""

    tag: str
    type: Literal["tag_scanned"] = "tag_scanned"


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A live message on a topic that a rule names."""

    topic: str
    payload: str
    type: Literal["message_received"] = "message_received"


@dataclass(frozen=True, slots=True)
class HomeEventFired:
    """An event of Home Assistant that a rule names; of its data only what a rule asks about."""

    event_type: str
    event_data: dict[str, str] = field(default_factory=dict)
    type: Literal["home_event_fired"] = "home_event_fired"


@dataclass(frozen=True, slots=True)
class ActionDelivered:
    """A channel did what an action asked. `assumed`: it may have, before a crash; speech is never tried twice."""

    action: str
    assumed: bool = False
    type: Literal["action_delivered"] = "action_delivered"


@dataclass(frozen=True, slots=True)
class ActionFailed:
    """A channel could not do it, and will not try again."""

    action: str
    reason: str
    type: Literal["action_failed"] = "action_failed"


@dataclass(frozen=True, slots=True)
class ActionExpired:
    """An action was not delivered before its `valid_until`, and was dropped."""

    action: str
    type: Literal["action_expired"] = "action_expired"


Event = Annotated[
    ServiceStarted
    | SourceConnected
    | SourceLost
    | PresenceChanged
    | SignalChanged
    | TimePassed
    | ClockJumped
    | RitualAnswered
    | NoticeAnswered
    | QuietChosen
    | PrivateAct
    | SeasonChosen
    | TagScanned
    | MessageReceived
    | HomeEventFired
    | ActionDelivered
    | ActionFailed
    | ActionExpired,
    Field(discriminator="type"),
]
"""Everything the engine can be told."""
