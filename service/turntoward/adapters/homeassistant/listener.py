"""Listens to Home Assistant: one thread that keeps a connection, and puts what it tells into the inbox.

Changes are hints and states are the truth: after each connect the states are read, and told as a snapshot. Events are
heard only as they happen: what was fired while there was no connection is over. Nothing is decided here, no action is
called, and whatever goes wrong ends in a new connection, never in the end of the thread.
"""

from __future__ import annotations

import logging
import threading
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from homeassistant_api import WebsocketClient
from homeassistant_api.errors import ResponseError
from homeassistant_api.models.websocket import FiredTrigger
from niquests.exceptions import ReadTimeout

from turntoward.adapters.homeassistant.connection import Access, Link, NotAllowed, in_words
from turntoward.adapters.homeassistant.entities import (
    Reading,
    Told,
    Watched,
    called_entities,
    not_there,
    reading,
    readings,
    subject,
    value,
)
from turntoward.adapters.homeassistant.happenings import event_types, events_of
from turntoward.core.events import Event, SourceConnected, SourceLost
from turntoward.core.rules import Rulebook
from turntoward.ports import Clock, Inbox
from turntoward.settings import HOME_ASSISTANT, HomeAssistantSettings, Listening, NotAnAnswer, Settings

log = logging.getLogger(__name__)

_NOT_ADMIN = (
    "Home Assistant does not let this token listen to states and events (tags and answers are events, and so are the "
    "buttons of messages on phones: tapping them does nothing): its user is no administrator. Make a long-lived token "
    "with an administrator's account (profile, tab Security), and put it in the place of the old one."
)
_STOP_STEPS = 20
_STOP_STEP_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Timings:
    """How patient the listener is, in real seconds; only `recycle` is a span of the service's clock."""

    tick: float = 15.0
    """A silence this long is answered with a ping, and a ping that takes as long means that Home Assistant hangs."""
    first_retry: float = 1.0
    longest_retry: float = 60.0
    refused_retry: float = 300.0
    starting: float = 1.0
    """How often a Home Assistant that is still starting is asked whether it is done."""
    recycle: timedelta = timedelta(days=1)
    """A connection lives this long: the library never forgets what it sent."""

    def retry_after(self, failures: int, seed: str) -> float:
        """Return the wait before the next attempt: doubled each time, spread by a tenth either way."""
        doubled = min(self.longest_retry, self.first_retry * 2.0 ** min(failures, 16))
        spread = zlib.crc32(f"{seed} {failures}".encode()) / 2**32
        return min(self.longest_retry, doubled * (0.9 + 0.2 * spread))


class Listener:
    """The source `homeassistant`: presence and signals of the entities the settings name, and the events of rules."""

    def __init__(
        self, settings: Settings, rulebook: Rulebook, clock: Clock, inbox: Inbox, timings: Timings | None = None
    ) -> None:
        self._access = Access.of(_section(settings))
        self._watched = Watched.of(settings)
        self._listening = Listening.of(settings, rulebook)
        self._event_types = event_types(self._listening, phones=any(p.phone for p in settings.partners))
        self._called = called_entities(settings)
        self._clock = clock
        self._inbox = inbox
        self._timings = timings or Timings()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._supervise, name="homeassistant", daemon=True)
        self._link: Link | None = None
        self._connected: bool | None = None
        self._failures = 0
        self._complaint = ""
        self._missing: frozenset[str] = frozenset()
        self._told: dict[tuple[str, str], str] = {}
        self._dropped: set[str] = set()

    @property
    def wanted(self) -> bool:
        """Whether there is anything to hear; where a household names no entity and no rule an event, there is not."""
        return bool(self._watched.entities or self._event_types)

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End the connection and the thread, within two seconds also when Home Assistant hangs."""
        self._ended.set()
        for _ in range(_STOP_STEPS):
            if not self._thread.is_alive():
                return
            # Again and again: the thread may be between making a link and opening it.
            if self._link is not None:
                self._link.close()
            self._thread.join(_STOP_STEP_SECONDS)

    def _supervise(self) -> None:
        while not self._ended.is_set():
            try:
                with Link(self._access, self._timings.tick) as link:
                    self._link = link
                    self._listen(link.open())
            except Exception as problem:  # the library raises many families; all of them mean: connect anew
                if not self._ended.is_set():
                    self._ended.wait(self._wait_after(problem))

    def _listen(self, client: WebsocketClient) -> None:
        """Tell what happens until the connection is old enough to be replaced."""
        self._wait_until_running(client)
        subscription = self._subscribe(client)
        # Only now: a change between the two is in the snapshot, or still to be read.
        found = readings(client.recv_result_list(client.send("get_states")))
        self._warn_of_missing(found)
        self._tell_states(found)
        self._follow(client, subscription)

    def _wait_until_running(self, client: WebsocketClient) -> None:
        """Wait while Home Assistant starts: until then many entities are missing, and trackers say nonsense."""
        while client.get_config()["state"] != "RUNNING":
            log.debug("Home Assistant is starting; waiting until it is done")
            if self._ended.wait(self._timings.starting):
                raise InterruptedError

    def _subscribe(self, client: WebsocketClient) -> int:
        """Ask for what is wanted alone, in one subscription, as the library reads one at a time."""
        try:
            # Unlike the library's own method this takes several triggers.
            subscription = client.send("subscribe_trigger", trigger=self._triggers())
            client.recv_result(subscription)
        except ResponseError as refusal:
            if "[unauthorized]" in str(refusal):
                raise NotAllowed(_NOT_ADMIN) from None
            raise
        return subscription

    def _triggers(self) -> list[dict[str, Any]]:
        triggers: list[dict[str, Any]] = []
        if self._watched.entities:
            # `to: null` leaves out changes of attributes only.
            triggers.append({"platform": "state", "entity_id": list(self._watched.entities), "to": None})
        if self._event_types:
            triggers.append({"platform": "event", "event_type": list(self._event_types)})
        return triggers

    def _tell_states(self, found: Mapping[str, Reading]) -> None:
        """Tell a snapshot; after a connection was only replaced, what changed meanwhile."""
        if self._connected:
            for entity in self._watched.entities:
                self._tell(self._watched.live(entity, found.get(entity), self._clock.from_wall))
            return
        log.info("connected to Home Assistant")
        self._connected, self._complaint = True, ""
        self._told.clear()
        self._put(SourceConnected(HOME_ASSISTANT))
        self._tell(self._watched.snapshot(found, self._clock.from_wall))

    def _follow(self, client: WebsocketClient, subscription: int) -> None:
        old = self._clock.now() + self._timings.recycle
        while not self._ended.is_set() and self._clock.now() < old:
            try:
                self._fired(client.recv_event(subscription).event)
            except ReadTimeout:
                client.ping_latency()
                self._failures = 0
        log.debug("the connection to Home Assistant has done its time; opening the next one")

    def _fired(self, fired: object) -> None:
        if not isinstance(fired, FiredTrigger):
            raise TypeError("not the event of a trigger")
        trigger = fired.variables["trigger"]
        if trigger.get("platform") == "event":
            self._happened(trigger["event"])
        else:
            self._changed(trigger)

    def _changed(self, trigger: Mapping[str, Any]) -> None:
        state = trigger["to_state"]
        now = reading(state) if state is not None else None
        self._tell(self._watched.live(trigger["entity_id"], now, self._clock.from_wall))

    def _happened(self, event: Mapping[str, Any]) -> None:
        try:
            for told in events_of(self._listening, event["event_type"], event["data"]):
                self._put(told)
        except NotAnAnswer as problem:
            text = f"dropped an event {event['event_type']} of Home Assistant: {problem}; expected {problem.expected}"
            log.log(logging.DEBUG if text in self._dropped else logging.WARNING, text)
            self._dropped.add(text)

    def _tell(self, events: Iterable[Told]) -> None:
        """Put news into the inbox. What was told already is none: it came by snapshot and by event, or only an
        attribute or the zone somebody is away in has changed.
        """
        for event in events:
            if self._told.get(subject(event)) != value(event):
                self._told[subject(event)] = value(event)
                self._put(event)

    def _put(self, event: Event) -> None:
        if not self._ended.is_set():
            self._inbox(event)

    def _wait_after(self, problem: Exception) -> float:
        """Like `_lost`, and nothing ends this thread: without it the service would look healthy and hear nothing."""
        try:
            return self._lost(problem)
        except Exception:
            log.exception("a mistake in the program, while a lost connection to Home Assistant was told")
            return self._timings.longest_retry

    def _lost(self, problem: Exception) -> float:
        """Tell that there is no connection, once; return how many seconds to wait."""
        if self._connected is not False:  # also where there never was one: nobody else would know
            self._connected = False
            self._put(SourceLost(HOME_ASSISTANT))
        if isinstance(problem, NotAllowed):
            self._complain(logging.ERROR, str(problem))
            return self._timings.refused_retry
        self._complain(logging.WARNING, f"no connection to Home Assistant at {self._access.host}: {in_words(problem)}")
        self._failures += 1
        return self._timings.retry_after(self._failures - 1, self._access.url)

    def _complain(self, level: int, text: str) -> None:
        """Log the first line of its kind since the last connection, the rest only for those who look closely."""
        kind = logging.getLevelName(level)
        log.log(level if self._complaint != kind else logging.DEBUG, text)
        self._complaint = kind

    def _warn_of_missing(self, found: Mapping[str, Reading]) -> None:
        wanted = (*self._watched.entities, *self._called)
        missing = frozenset(entity for entity in wanted if entity not in found)
        for entity in sorted(missing - self._missing):
            log.warning(not_there(entity, found))
        self._missing = missing


def _section(settings: Settings) -> HomeAssistantSettings:
    if settings.homeassistant is None:
        raise ValueError("the household has no 'homeassistant:' section, so there is nothing to listen to")
    return settings.homeassistant
