"""What is promised of every decision: order in the home, on phones and tiles, and nothing told that is not for others.

Each promise has a memory of its own; what happens is in `machine`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.simulation.machine_home import BOOK, PARTNERS, Step
from tests.simulation.promises import PRIVATE_RITUALS, RULES, SEEN, Promise, offered, says, season
from turntoward.core.actions import Announce, ClearNotice, Notify, Reply, SetScene, SetTile, ShowHome, TellStep
from turntoward.core.board import Board
from turntoward.core.engine import Engine
from turntoward.core.events import ActionDelivered, ActionExpired, ActionFailed, NoticeAnswered, PrivateAct, TimePassed
from turntoward.core.lock_screen import LOCK_SAFE
from turntoward.core.state import HouseholdState, Occasion, state_from_json, state_to_json
from turntoward.core.trace import explain, reason_in_words

JSON_EVERY = 5
"""A round trip through JSON takes longer than a decision: every so many are looked at."""


@dataclass
class Scenes(Promise):
    """What a ritual sets in the home is undone once, after it and never before it is set."""

    open: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By the action that asked for it: the occasion and the scene."""
    known_set: set[str] = field(default_factory=set)

    def holds(self, step: Step) -> None:
        if isinstance(step.event, ActionFailed | ActionExpired):
            self.open.pop(step.event.action, None)  # what was not set is not undone
        if isinstance(step.event, ActionDelivered):
            self.known_set.add(step.event.action)
        for action in step.decision.actions:
            if isinstance(action, SetScene) and action.ritual in RULES:
                assert action.on, "a rule sets a scene for good"
            elif isinstance(action, SetScene):
                self._set_or_undone(action)
        running = {key: (o.id, scene) for o in step.after.occasions.values() for key, scene in o.scenes.items()}
        asked = {key: (a.occasion, a.scene) for key, a in step.after.scenes_asked.items()}
        assert not self.known_set & set(asked), "what is known to be set waits for nothing"
        assert self.open == {**running, **asked}, "a scene would stay for ever"

    def _set_or_undone(self, action: SetScene) -> None:
        SEEN["scene on" if action.on else "scene off"] += 1
        if action.on:
            assert (action.occasion, action.scene) not in self.open.values()
            self.open[action.id] = (action.occasion, action.scene)
            return
        begun_by = action.id.removesuffix("-undo")
        assert begun_by in self.known_set, "it was never set"
        assert self.open.pop(begun_by) == (action.occasion, action.scene)


@dataclass
class Phones(Promise):
    """A message on a phone tells nothing, and is there only while it is of use."""

    shown: dict[str, set[str]] = field(default_factory=dict)

    def holds(self, step: Step) -> None:
        for action in step.decision.actions:
            if isinstance(action, Notify):
                assert action.text in [text for texts in LOCK_SAFE.values() for text in texts]
                assert set(action.to) <= set(PARTNERS)
                assert action.tag == action.occasion
                if action.ritual not in RULES:  # a rule has no end at which to take it back
                    self.shown.setdefault(action.tag, set()).update(action.to)
            elif isinstance(action, ClearNotice):
                assert self.shown.pop(action.tag) == set(action.to)
        assert set(self.shown) <= {o.id for o in step.after.occasions.values() if o.phase == "offered"}


@dataclass
class Buttons(Promise):
    """A button answers the offer it came with, and nothing once that is answered, put off, taken back or over."""

    offers: dict[str, str] = field(default_factory=dict)
    """By token: the occasion it is of."""

    def holds(self, step: Step) -> None:
        if isinstance(step.event, NoticeAnswered):
            self._tapped(step, step.event)
        for action in step.decision.actions:
            for button in action.buttons if isinstance(action, Announce | Notify) else ():
                assert self.offers.setdefault(button.token, action.occasion) == action.occasion
            assert not isinstance(action, Reply) or action.text

    def _tapped(self, step: Step, tap: NoticeAnswered) -> None:
        of = self.offers.get(tap.token)
        is_open = [o for o in step.before.occasions.values() if o.id == of and o.phase != "waiting"]
        taken = not any(entry.reason == "old_notice" for entry in step.decision.trace)
        SEEN["button taken" if taken else "old button"] += 1
        if taken:
            assert is_open, "a button of something that is over was taken"
        else:
            assert not step.decision.actions


@dataclass
class Cards(Promise):
    """No card comes back too soon or goes deeper than both want; whose turn it is changes only when it was taken."""

    depth: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PARTNERS, 1))

    def holds(self, step: Step) -> None:
        if isinstance(step.event, PrivateAct) and step.event.act == "depth" and step.event.partner in PARTNERS:
            self.depth[step.event.partner] = min(3, max(1, step.event.level))
        deepest = 1 if season(step) == "simplified" else min(self.depth.values())
        for name, drawn in step.after.drawn.items():
            deck, before = BOOK.decks[name], step.before.drawn.get(name, {})
            new = {card for card, when in drawn.items() if before.get(card) != when}
            for card in (card for card in deck.cards if card.id in new):
                SEEN[f"card of depth {card.depth}"] += 1
                assert card.depth <= deepest
                assert card.id not in before or step.now - before[card.id] >= deck.repeat_after
        taken = {entry.ritual for entry in step.decision.trace if entry.step in ("done", "swapped")}
        turns = {**step.before.turns, **step.after.turns}
        changed = {name for name in turns if step.before.turns.get(name) != step.after.turns.get(name)}
        SEEN["turn passed"] += len(changed)
        assert changed <= taken


@dataclass
class Secrets(Promise):
    """What belongs to one is seen by nobody else; what is private or no ritual has no tile."""

    def holds(self, step: Step) -> None:
        for action in step.decision.actions:
            private = not isinstance(action, ShowHome) and action.ritual in PRIVATE_RITUALS
            assert not (private and isinstance(action, SetTile | TellStep | Notify | Announce)), action
            assert not (isinstance(action, SetTile | TellStep) and action.ritual in RULES)
        if isinstance(step.event, PrivateAct):
            self._nobody_sees(step, step.event)

    def _nobody_sees(self, step: Step, act: PrivateAct) -> None:
        SEEN[f"private {act.act}"] += 1
        asking = [o for o in step.before.occasions.values() if o.phase == "asking"]
        if asking and act.act in ("ready", "more_time"):
            self._ready_is_seen_of_both_only(step, asking)
            return
        assert not step.decision.actions
        assert not step.decision.trace
        assert _board(step, step.after) == _board(step, step.before)
        assert _without_own(step.after) == _without_own(step.before)

    def _ready_is_seen_of_both_only(self, step: Step, asking: list[Occasion]) -> None:
        """That one is ready is to be seen nowhere; that both are, and that a new time is named, is."""
        for occasion in asking:
            after = step.after.occasions.get(occasion.ritual)
            SEEN["asked if ready"] += 1
            SEEN["new time"] += after is not None and after.phase == "running"
            if after is not None and after.phase == "asking":
                assert not step.decision.actions
                assert _board(step, step.after) == _board(step, step.before)
                assert replace(after, ready=occasion.ready) == occasion


def _board(step: Step, state: HouseholdState) -> Board:
    """What is shown of the whole household."""
    return step.engine.board(state, step.now)


def _without_own(state: HouseholdState) -> HouseholdState:
    """What is known without what belongs to one alone; silence belongs to nobody."""
    silenced = {name: replace(occasion, silenced=True) for name, occasion in state.occasions.items()}
    return replace(state, occasions=silenced, own={}, rest_owed=0, rest_owed_on=None)


@dataclass
class Words(Promise):
    """Whatever was thought has words, and no name of the two in them."""

    def holds(self, step: Step) -> None:
        for entry in step.decision.trace:
            SEEN[entry.step] += 1
            words = explain(entry)
            assert "{" not in words
            assert not set(PARTNERS) & set(words.lower().replace(".", " ").split())
            assert not [name for name in PARTNERS if name in entry.reason]
            assert not entry.reason or " " in reason_in_words(entry), f"{entry.reason!r} has no words"


@dataclass
class Order(Promise):
    """Ids are new, ends lie ahead, tiles are what they are said to be, and wake-ups are in the future."""

    ids: set[str] = field(default_factory=set)
    shown: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def holds(self, step: Step) -> None:
        assert step.after.now == step.now
        wakeup = step.engine.next_wakeup(step.after)
        assert wakeup is None or wakeup > step.now, "a wake-up in the past would be sent for ever"
        for action in step.decision.actions:
            SEEN[type(action).__name__] += 1
            assert action.id not in self.ids, f"{action.id} was used before"
            assert action.valid_until > step.now
            self.ids.add(action.id)
            if isinstance(action, SetTile):
                self._tile(step, action)
        assert {name: tile for name, tile in self.shown.items() if tile != "idle"} == step.after.shown
        self.count += 1
        if self.count % JSON_EVERY == 0:
            assert state_from_json(state_to_json(step.after)) == step.after

    def _tile(self, step: Step, tile: SetTile) -> None:
        self.shown[tile.ritual] = tile.state
        if tile.state in ("offered", "running"):
            assert step.home.both_agreed
            assert tile.until is not None
            assert tile.until > step.now
        if tile.occasion in {entry.occasion for entry in offered(step)}:
            assert says(step, "guests") != "on"


@dataclass
class Rest(Promise):
    """What can be done now is done now: nothing is left for another look at the same moment."""

    engine: Engine | None = None

    def holds(self, step: Step) -> None:
        again = self.engine is step.engine and isinstance(step.event, TimePassed) and step.now == step.before.now
        if again:
            SEEN["looked at again"] += 1
            assert not step.decision.actions
            assert not step.decision.trace
        self.engine = step.engine
