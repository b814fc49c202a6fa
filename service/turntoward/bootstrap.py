"""The only place that builds real adapters and channels, and puts them together.

Importing this module does nothing; building opens the journal; nothing connects before `Service.run`.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

from turntoward.adapters.broker import EmbeddedBroker
from turntoward.adapters.clock import SystemClock, draw_seed
from turntoward.adapters.evening import Evening
from turntoward.adapters.journal import SqliteJournal
from turntoward.adapters.mqtt import Mqtt
from turntoward.adapters.scheduler import Scheduler
from turntoward.channels import Reach, build_channels
from turntoward.core.actions import SetTile, ShowHome
from turntoward.core.engine import Engine
from turntoward.core.events import ServiceStarted
from turntoward.core.rules import Rulebook
from turntoward.core.state import HouseholdState
from turntoward.ports import Clock, HomeAssistant, Source
from turntoward.reloading import Reloader
from turntoward.runtime import Runtime, show_home
from turntoward.settings import HOME_ASSISTANT, MQTT, DemoHome, Settings

log = logging.getLogger(__name__)

DEMO_SEED = 1


@dataclass(slots=True)
class Service:
    """Everything that runs. `run` returns after SIGINT, SIGTERM or `stop`."""

    runtime: Runtime
    clock: Clock
    sources: tuple[Source, ...]
    names: tuple[str, ...]
    begin: Callable[[], Scheduler]
    finish: tuple[Callable[[], None], ...]
    """What to close at the end, in this order."""

    def run(self) -> None:
        """Start the sources, decide until stopped, and leave everything in order."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self._asked_to_stop)
        scheduler = self.begin()
        try:
            for source in self.sources:
                source.start()
            self.runtime.run()
        finally:
            scheduler.stop()
            for source in self.sources:
                source.stop()
            for close in self.finish:
                close()

    def stop(self) -> None:
        """Ask it to end, from any thread."""
        self.runtime.stop()

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()


def make_clock(settings: Settings) -> Clock:
    """Return the clock of a home: the wall's, or for the demo a faster one that starts at a fixed time."""
    if settings.demo is None:
        return SystemClock()
    return SystemClock(settings.demo.speed, _demo_start(settings, settings.demo))


def build(
    settings: Settings, rulebook: Rulebook, clock: Clock, config: Path | None = None, why: str = "turntoward why"
) -> Service:
    """Build the service of a home.

    `config`: the file to watch for changes; `why`: the command that explains, for the demo's advice. Raises
    JournalNotOpened, ChannelNotLoaded or BrokerNotStarted.
    """
    # First of all, because it keeps a second service out. A demo is always the first evening.
    journal = SqliteJournal(settings.journal_dir, fresh=settings.demo is not None)
    finish: list[Callable[[], None]] = [journal.close]
    try:
        stored = journal.load()  # a state that cannot be read is better found before anything runs
        return _assemble(settings, rulebook, clock, journal, stored, finish, config, why)
    except BaseException:
        for close in reversed(finish):
            close()
        raise


def _assemble(
    settings: Settings,
    rulebook: Rulebook,
    clock: Clock,
    journal: SqliteJournal,
    stored: HouseholdState | None,
    finish: list[Callable[[], None]],
    config: Path | None,
    why: str,
) -> Service:
    if settings.demo is not None:
        settings = _with_own_broker(settings, finish)
    engine = Engine(settings, rulebook)
    runtime = Runtime(engine, journal, clock)
    sources: list[Source] = []
    if config is not None:
        sources.append(Reloader(config, os.environ, settings, rulebook, runtime.take))
    broker: Mqtt | None = None
    homeassistant: HomeAssistant | None = None
    if settings.mqtt is not None:
        broker = Mqtt(settings, rulebook, clock, runtime.put, journal.last_beat())
        sources.append(broker)
    if settings.homeassistant is not None:
        # Its client library is the largest of all; a home without Home Assistant need not carry it.
        from turntoward.adapters.homeassistant import Calls, Listener

        homeassistant = Calls(settings.homeassistant)
        listener = Listener(settings, rulebook, clock, runtime.put)
        if listener.wanted:
            sources.append(listener)
    names = tuple(n for n, there in ((MQTT, settings.mqtt), (HOME_ASSISTANT, _tells_states(settings))) if there)
    shown = _shown_at_first(engine, stored, clock, names)
    channels = build_channels(Reach(settings, rulebook, clock, broker, homeassistant, runtime.put, shown))
    # A demo is always the same one, chance included.
    seed = DEMO_SEED if settings.demo is not None else draw_seed()

    def begin() -> Scheduler:
        scheduler = Scheduler(clock, runtime.put)
        runtime.start(channels, scheduler, names, seed)
        return scheduler

    if settings.demo is not None:
        sources.append(_evening(settings, settings.demo, clock, why))
    return Service(runtime, clock, tuple(sources), names, begin, tuple(reversed(finish)))


def _shown_at_first(
    engine: Engine, stored: HouseholdState | None, clock: Clock, names: tuple[str, ...]
) -> tuple[SetTile | ShowHome, ...]:
    """Return what is shown when the service has started: what a former run left, as it has come to by now."""
    if stored is None:
        return ()
    now = clock.now()
    state = engine.decide(stored, ServiceStarted(names), now).state
    return (*engine.tiles(state), show_home(engine.board(state, now), now, 0))


def _tells_states(settings: Settings) -> bool:
    """Whether Home Assistant tells who is home or what a sensor says: then its first word is waited for."""
    return bool(settings.presence_entities() or settings.signal_entities())


def _demo_start(settings: Settings, demo: DemoHome) -> datetime:
    return demo.starts_at.resolve(demo.starts_on, settings.time_zone)


def _with_own_broker(settings: Settings, finish: list[Callable[[], None]]) -> Settings:
    assert settings.mqtt is not None  # a demo has a broker
    broker = EmbeddedBroker(settings.mqtt.port)
    broker.start()
    finish.append(broker.stop)
    if broker.port != settings.mqtt.port:
        log.info("port %s is taken, so the embedded broker listens on %s", settings.mqtt.port, broker.port)
    return settings.model_copy(update={"mqtt": settings.mqtt.model_copy(update={"port": broker.port})})


def _evening(settings: Settings, demo: DemoHome, clock: Clock, why: str) -> Evening:
    assert settings.mqtt is not None  # a demo has a broker
    script = [(h.at.resolve(demo.starts_on, settings.time_zone), h) for h in demo.evening]
    return Evening(settings.base, settings.mqtt.port, clock, script, _what_next(settings, demo, why))


def _what_next(settings: Settings, demo: DemoHome, why: str) -> str:
    assert settings.mqtt is not None  # a demo has a broker
    second = settings.partner_ids[1]
    port, base = settings.mqtt.port, settings.base
    pub = f"mosquitto_pub -p {port} -t {base}"
    out_for = round(settings.presence.min_apart.total_seconds() / demo.speed) + 10
    tries = (
        (f"{pub}/ritual/reunion_hug/answer -m done", "say that you did it"),
        (f"{pub}/ritual/questions/answer -m start", "a question for two; 'another' is the next one"),
        (f"{pub}/ritual/phone_free_dinner/answer -m start", "phones away at dinner: everything else waits"),
        (f"{pub}/ritual/time_out/answer -m start", "a break, with a time to come back"),
        (f"{pub}/presence/{second} -m not_home", f"{second} goes out; wait {out_for} s ..."),
        (f"{pub}/signal/entry_door -m on", "... the door opens ..."),
        (f"{pub}/presence/{second} -m home", f"... and {second} is back"),
        (f"mosquitto_sub -v -p {port} -t '{base}/#'", "see everything it tells"),
        (why, "why it spoke, or why it did not"),
    )
    width = max(len(command) for command, _ in tries)
    lines = [f"  {command:<{width}}  # {meaning}" for command, meaning in tries]
    return "\n".join(
        [
            "",
            f"That was the evening. Your turn, in another terminal (a minute here takes {60 / demo.speed:g} s;",
            "mosquitto_pub and mosquitto_sub come with: apt-get install mosquitto-clients):",
            *lines,
            "Ctrl-C ends it. For your own home: .venv/bin/turntoward setup, then make run CONFIG=config/household.yaml",
            "",
        ]
    )
