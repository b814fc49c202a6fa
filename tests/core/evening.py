"""An evening told by hand: a household, a few rituals, and what happens when. The engine is the real one.

Nothing is asserted here; the tests read what was said, what was thought and what is remembered.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tests.fakes import at
from turntoward.core.actions import (
    Action,
    Announce,
    Ask,
    ClearNotice,
    Notify,
    Publish,
    Reply,
    SetScene,
    SetTile,
    TellStep,
)
from turntoward.core.board import Board
from turntoward.core.decks import Deck
from turntoward.core.engine import Engine, new_state
from turntoward.core.events import (
    ActionDelivered,
    ClockJumped,
    Event,
    HomeEventFired,
    MessageReceived,
    NoticeAnswered,
    PresenceChanged,
    PrivateAct,
    QuietChosen,
    RitualAnswered,
    SeasonChosen,
    ServiceStarted,
    SignalChanged,
    SourceConnected,
    TagScanned,
    TimePassed,
)
from turntoward.core.household import Household
from turntoward.core.rules import Ritual, Rule, Rulebook, merged
from turntoward.core.scenario import Given
from turntoward.core.simulated_home import initial_state
from turntoward.core.state import HouseholdState, state_from_json, state_to_json
from turntoward.core.trace import TraceEntry, explain

Moment = str | datetime
"""A time of day in Berlin on the 19th, or an instant."""


def household(**changes: Any) -> Household:
    """Alex and Sam, who have both agreed; the rest is as it comes."""
    plain = {"partners": [{"name": "Alex"}, {"name": "Sam"}], "agreed": ["Alex", "Sam"]}
    return Household.model_validate(merged(plain, changes))


def with_door(**changes: Any) -> Household:
    return household(**merged({"signals": {"entry_door": {}}}, changes))


def ritual(name: str = "reunion_hug", **changes: Any) -> Ritual:
    """The hug, small: a reunion, both home, a minute later, for ten minutes, by speaker and tile."""
    hug = {
        "ritual": name,
        "title": name,
        "triggers": [{"trigger": "reunion"}],
        "conditions": [{"condition": "both_home"}],
        "offer": {"after": "60s", "valid_for": "10min", "channels": ["speaker", "tile"], "say": ["One", "Two"]},
        "run": {"timer": "20s"},
        "limits": {"cooldown": "3h", "per_day": 2},
    }
    return Ritual.model_validate(merged(hug, changes))


def checkin(name: str = "evening_checkin", time: str = "20:30", **changes: Any) -> Ritual:
    """A question at a time of day, by speaker, for 75 minutes."""
    plain = {
        "ritual": name,
        "title": name,
        "triggers": [{"trigger": "time", "at": time}],
        "conditions": [{"condition": "both_home"}],
        "offer": {"valid_for": "75min", "channels": ["speaker"], "say": ["High and low?"]},
        "answers": ["done", "later", "not_today"],
    }
    return Ritual.model_validate(merged(plain, changes))


def break_(**changes: Any) -> Ritual:
    """A time-out that only a person can call."""
    plain = {
        "ritual": "time_out",
        "title": "time_out",
        "triggers": [{"trigger": "called", "tag": "time_out"}],
        "offer": {"channels": ["tile"], "say": ["Break until {until}."]},
        "run": {"time_out": {}},
        "answers": ["start", "stop"],
        "limits": {"per_day": None},
    }
    return Ritual.model_validate(merged(plain, changes))


def rule(name: str, trigger: dict[str, Any], *steps: dict[str, Any], **changes: Any) -> Rule:
    """A rule that is no ritual: one trigger, some steps."""
    plain = {"rule": name, "triggers": [trigger], "actions": list(steps)}
    return Rule.model_validate(merged(plain, changes))


def deck(*cards: str | dict[str, Any], **changes: Any) -> dict[str, Deck]:
    """A deck `cards`; a card of which only a name is given says that name."""
    listed = [{"id": c, "text": c} if isinstance(c, str) else {"text": c["id"], **c} for c in cards]
    return {"cards": Deck.model_validate({"deck": "cards", "cards": listed, **changes})}


def home_since_noon(start: str = "17:00", day: str = "2026-11-19", **signals: str) -> HouseholdState:
    """Both have been home for long."""
    given = {"at": f"{day} {start}", "home": ["alex", "sam"], "signals": signals}
    return initial_state(household(), Given.model_validate(given))


def sam_is_out(start: str = "17:00", left: str = "08:40", day: str = "2026-11-19", **signals: str) -> HouseholdState:
    """Alex is home, Sam has been away since `left`."""
    given = {"at": f"{day} {start}", "home": ["alex"], "away": {"sam": left}, "signals": signals}
    return initial_state(household(), Given.model_validate(given))


@dataclass
class Evening:
    """Plays events one after another; in between, the engine is woken whenever it asked for it."""

    home: Household
    rituals: tuple[Ritual, ...]
    state: HouseholdState = field(default_factory=lambda: new_state(at("17:00")))
    delivers: bool = True
    """Whether the channels do what they are asked, at once."""
    actions: list[tuple[datetime, Action]] = field(default_factory=list)
    thoughts: list[str] = field(default_factory=list)
    entries: list[TraceEntry] = field(default_factory=list)
    rules: tuple[Rule, ...] = ()
    decks: dict[str, Deck] = field(default_factory=dict)
    boards: list[tuple[datetime, Board]] = field(default_factory=list)
    """What was shown of the whole household, before and after each event."""

    def __post_init__(self) -> None:
        self.live_in(self.home)
        self._look(self.state.now)

    def tell(self, time: Moment, event: Event | None = None) -> Evening:
        """Let time pass until `time` (Berlin, the 19th), then tell an event."""
        moment = time if isinstance(time, datetime) else at(time)
        while (wakeup := self.engine.next_wakeup(self.state)) is not None and wakeup <= moment:
            self._decide(TimePassed(), wakeup)
        self._decide(event or TimePassed(), moment)
        return self

    def after_a_gap(self, time: Moment, event: Event | None = None) -> Evening:
        """Tell an event although wake-ups were due before it: the service was off, or the machine asleep."""
        self._decide(event or TimePassed(), time if isinstance(time, datetime) else at(time))
        return self

    def clock_is_set(self, to: Moment) -> Evening:
        """The wall clock is set, in no time."""
        new = to if isinstance(to, datetime) else at(to)
        return self.after_a_gap(new, ClockJumped(new - self.state.now))

    def arrives(self, time: Moment, partner: str = "sam") -> Evening:
        return self.tell(time, PresenceChanged(partner, "home"))

    def leaves(self, time: Moment, partner: str = "sam") -> Evening:
        return self.tell(time, PresenceChanged(partner, "away"))

    def signal(self, time: Moment, name: str, value: str) -> Evening:
        return self.tell(time, SignalChanged(name, value))

    def answer(self, time: Moment, said: Any, ritual: str = "reunion_hug", lasts: timedelta | None = None) -> Evening:
        return self.tell(time, RitualAnswered(ritual, said, lasts))

    def replied(self, time: Moment, said: Any, ritual: str = "", text: str = "") -> str:
        """Somebody answers aloud; return what is replied."""
        self.tell(time, RitualAnswered(ritual, said, text=text, reply_to="kitchen"))
        (reply,) = (
            action for when, action in self.actions[-20:] if isinstance(action, Reply) and when == self.state.now
        )
        assert (reply.to, reply.valid_until) == ("kitchen", self.state.now + timedelta(seconds=10))
        return reply.text

    def taps(self, time: Moment, token: str, text: str = "") -> Evening:
        return self.tell(time, NoticeAnswered(token, text))

    def quiet(self, time: Moment, on: bool = True) -> Evening:
        return self.tell(time, QuietChosen(on))

    def season(self, time: Moment, season: Any, until: date | None = None) -> Evening:
        return self.tell(time, SeasonChosen(season, until))

    def tag(self, time: Moment, tag: str) -> Evening:
        return self.tell(time, TagScanned(tag))

    def private(self, time: Moment, act: Any, partner: str = "sam", **facts: Any) -> Evening:
        return self.tell(time, PrivateAct(partner, act, **facts))

    def message(self, time: Moment, topic: str, payload: str = "") -> Evening:
        return self.tell(time, MessageReceived(topic, payload))

    def event(self, time: Moment, event_type: str, **data: str) -> Evening:
        return self.tell(time, HomeEventFired(event_type, data))

    def restarts(self, time: Moment) -> Evening:
        """The service is off until `time`, reads its state from text, starts, and hears its home again."""
        self.state = state_from_json(state_to_json(self.state))
        self.live_in(self.home).after_a_gap(time, ServiceStarted(("home",)))
        return self.after_a_gap(time, SourceConnected("home"))

    def live_in(self, home: Household) -> Evening:
        """The settings change: the state stays, the engine is a new one."""
        self.home = home
        self.engine = Engine(home, Rulebook(rituals=self.rituals, rules=self.rules, decks=self.decks))
        return self

    def _decide(self, event: Event, now: datetime) -> None:
        decision = self.engine.decide(self.state, event, now)
        self.state = decision.state
        self.entries += decision.trace
        self.thoughts += [f"{self._clock(now)} {explain(entry)}" for entry in decision.trace]
        self.actions += [(now, action) for action in decision.actions]
        self._look(now)
        for action in decision.actions if self.delivers else ():
            if not isinstance(action, TellStep):
                self._decide(ActionDelivered(action.id), now)

    def _look(self, now: datetime) -> None:
        self.boards.append((now, self.engine.board(self.state, now)))

    @property
    def board(self) -> Board:
        """What is shown of the whole household now."""
        return self.boards[-1][1]

    def _clock(self, now: datetime) -> str:
        return f"{now.astimezone(self.home.time_zone):%H:%M:%S}"

    @property
    def said(self) -> list[str]:
        """When something was said aloud."""
        return [self._clock(when) for when, action in self.actions if isinstance(action, Announce)]

    @property
    def shown(self) -> list[str]:
        """What the tiles showed, one after another, with the time."""
        return [f"{self._clock(when)} {action.state}" for when, action in self.actions if isinstance(action, SetTile)]

    @property
    def told(self) -> list[str]:
        """The steps other programs were told of."""
        return [action.step for _, action in self.actions if isinstance(action, TellStep)]

    @property
    def words(self) -> list[str]:
        """What was said aloud; a chime is an empty line."""
        return [action.text for _, action in self.actions if isinstance(action, Announce)]

    @property
    def texts(self) -> list[str]:
        """What stood on the tiles, one after another, without the times at which they were cleared."""
        return [action.text for _, action in self.actions if isinstance(action, SetTile) and action.text]

    @property
    def scenes(self) -> list[str]:
        """When a scene was set and undone."""
        words = {True: "on", False: "undone"}
        return [f"{self._clock(t)} {a.scene} {words[a.on]}" for t, a in self.actions if isinstance(a, SetScene)]

    @property
    def notices(self) -> list[str]:
        """When phones got a message, and whose."""
        return [f"{self._clock(t)} {' '.join(a.to)}" for t, a in self.actions if isinstance(a, Notify)]

    @property
    def asks(self) -> list[str]:
        """Who was asked what on the own page, and when."""
        return [f"{self._clock(t)} {a.partner} {a.about}" for t, a in self.actions if isinstance(a, Ask)]

    @property
    def buttons(self) -> dict[str, str]:
        """The tokens of the latest message or spoken question, by answer."""
        with_buttons = [a for _, a in self.actions if isinstance(a, Announce | Notify) and a.buttons]
        return {button.answer: button.token for button in with_buttons[-1].buttons} if with_buttons else {}

    @property
    def taken_back(self) -> list[str]:
        """When messages were taken back from phones, and whose."""
        return [f"{self._clock(t)} {' '.join(a.to)}" for t, a in self.actions if isinstance(a, ClearNotice)]

    @property
    def published(self) -> list[str]:
        """What rules published, and when."""
        return [f"{self._clock(t)} {a.topic} {a.payload}" for t, a in self.actions if isinstance(a, Publish)]

    @property
    def seasons(self) -> list[tuple[str, date | None]]:
        """Which seasons were shown after the first, each with its last day."""
        shown = [(board.season, board.season_until) for _, board in self.boards]
        return [after for before, after in itertools.pairwise(shown) if after != before]
