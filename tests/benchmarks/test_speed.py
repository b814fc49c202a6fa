"""How fast and how big: measured and printed beside a floor in the same run, never asserted as times.

Run by `make bench`. The floor is a bare paho script that announces when both are home, with no rules, journal or
restart; what the service takes beyond it is the price of those.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.peers.fixtures import make_mosquitto, peer_processes
from tests.peers.mosquitto import Mosquitto
from tests.service import Process
from turntoward.adapters.journal import SqliteJournal
from turntoward.core.engine import Engine, new_state
from turntoward.core.events import Event, PresenceChanged, SignalChanged, TimePassed
from turntoward.core.household import Household
from turntoward.core.rules import Ritual, Rulebook

__all__ = ["make_mosquitto", "peer_processes"]
pytestmark = pytest.mark.benchmark

REUNIONS = 200
MOST_PROMPTS = 50  # the highest budget of a day that can be set
CONFIG = """
partners: [{{name: Alex}}, {{name: Sam}}]
agreed: [Alex, Sam]
quiet_hours: "00:00-00:00"
mqtt: {{host: 127.0.0.1, port: {port}}}
signals: {{guests: {{}}}}
limits: {{min_gap: 0, prompts_per_day: 50}}
presence: {{dwell_door: 0, dwell_plain: 0, away_dwell: 0, min_apart: 0, startup_hold: 0, joint_in: 0, joint_out: 0,
  hold_stable: 0}}
rituals: {{reunion_hug: {{offer: {{after: 0, valid_for: 20s}}, limits: {{cooldown: 0, per_day: null}}}}}}
log_level: warning
"""
FLOOR = """
import socket, sys, paho.mqtt.client as mqtt
state = {}
def heard(c, u, m):
    who, where = m.topic.rsplit("/", 1)[1], m.payload.decode()
    old, state[who] = state.get(who), where
    if where == "home" != old and set(state.values()) == {"home"}: c.publish("turntoward/announce", "welcome", qos=1)
c = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2); c.on_message = heard
c.on_socket_open = lambda _c, _u, sock: sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
def connected(c, *_):
    c.subscribe("turntoward/presence/#", qos=1)
    c.publish("turntoward/status", "online", retain=True)
c.on_connect = connected
c.connect("127.0.0.1", int(sys.argv[1])); c.loop_forever()
"""


def show(*cells: object) -> None:
    print(" | ".join(f"{cell:>22}" if i else f"{cell:<34}" for i, cell in enumerate(cells)))


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


class Home:
    """Tells presence, and times how long until the line comes."""

    def __init__(self, broker: Mosquitto) -> None:
        self.said, self.online = threading.Semaphore(0), threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._heard
        self._client.on_socket_open = lambda _c, _u, sock: sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client.connect(broker.host, broker.port)
        self._client.subscribe([("turntoward/announce", 1), ("turntoward/status", 1)])
        self._client.loop_start()

    def _heard(self, _c: object, _u: object, message: paho.MQTTMessage) -> None:
        if message.topic.endswith("announce"):
            self.said.release()
        elif message.payload == b"online":
            self.online.set()

    def tell(self, who: str, where: str) -> None:
        self._client.publish(f"turntoward/presence/{who}", where, qos=1).wait_for_publish(5)

    def latencies(self, count: int) -> list[float]:
        out = []
        for _ in range(count):
            for who in ("alex", "sam"):
                self.tell(who, "not_home")
            self.tell("alex", "home")
            time.sleep(0.03)
            begun = time.perf_counter()
            self.tell("sam", "home")
            if self.said.acquire(timeout=5):
                out.append((time.perf_counter() - begun) * 1000)
            self._client.publish("turntoward/ritual/reunion_hug/answer", "done", qos=1).wait_for_publish(5)
        return out

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def test_from_the_second_arrival_to_the_line(tmp_path: Path, make_mosquitto: Callable[..., Mosquitto]) -> None:
    print()
    show("arrival to line, ms", "median", "p95", "RSS MB", "start s")
    medians = {}
    for name in ("floor (bare paho)", "turntoward"):
        broker = make_mosquitto()
        home = Home(broker)
        config = tmp_path / "household.yaml"
        # 50 prompts a day is the highest budget that can be set, so a few days are lived one after the other.
        config.write_text(CONFIG.format(port=broker.port), "utf-8")
        begun = time.perf_counter()
        if name == "turntoward":
            with Process(config) as service:
                assert home.online.wait(20)
                started = time.perf_counter() - begun
                times, size = home.latencies(MOST_PROMPTS), resident_mb(service.pid)
                assert service.stop() == 0
        else:
            script = subprocess.Popen([sys.executable, "-c", FLOOR, str(broker.port)])
            assert home.online.wait(20)
            started = time.perf_counter() - begun
            times, size = home.latencies(REUNIONS), resident_mb(script.pid)
            script.kill()
            script.wait()
        home.close()
        assert len(times) >= MOST_PROMPTS
        medians[name] = statistics.median(times)
        p95 = statistics.quantiles(times, n=20)[-1]
        show(name, f"{medians[name]:.2f}", f"{p95:.2f}", f"{size:.0f}", f"{started:.2f}")
    show("ratio of medians", f"{medians['turntoward'] / medians['floor (bare paho)']:.1f}")


def rules(count: int) -> Rulebook:
    hug = {
        "ritual": "hug",
        "title": "Hug",
        "triggers": [{"trigger": "reunion"}],
        "conditions": [{"condition": "both_home"}],
        "offer": {"channels": ["speaker", "tile"], "say": ["Hello."]},
    }
    others = [
        {
            "ritual": f"other_{n}",
            "title": "Other",
            "triggers": [
                {"trigger": "state", "signal": f"thing_{n}", "is": "on"},
                {"trigger": "time", "at": f"{n % 24:02}:{n % 60:02}", "weekdays": "wed"},  # none of the days lived
            ],
            "conditions": [{"condition": "nobody_home"}],
        }
        for n in range(count - 1)
    ]
    return Rulebook(rituals=tuple(Ritual.model_validate(r) for r in [hug, *others]), digest="bench")


def day(start: datetime) -> list[tuple[Event, datetime]]:
    out: list[tuple[Event, datetime]] = []
    for who, hour in (("alex", 1), ("sam", 2)):
        out.append((PresenceChanged(who, "away"), start + timedelta(hours=hour)))
    for minute in range(300):
        out.append((SignalChanged("guests", str(minute % 2)), start + timedelta(hours=3, minutes=minute)))
    for who, hour in (("alex", 9), ("sam", 10)):
        out.append((PresenceChanged(who, "home"), start + timedelta(hours=hour)))
        out.append((TimePassed(), start + timedelta(hours=hour, seconds=90)))
    return out


@pytest.mark.parametrize("count", [1, 100, 1_000, 10_000])
def test_an_event_with_many_rules(count: int, tmp_path: Path) -> None:
    household = Household.model_validate(
        {"partners": [{"name": "Alex"}, {"name": "Sam"}], "agreed": ["Alex", "Sam"], "signals": {"guests": {}}}
    )
    begun = time.perf_counter()
    engine = Engine(household, rules(count))
    built = time.perf_counter() - begun
    journal, state = SqliteJournal(tmp_path), new_state(datetime(2026, 11, 19, 4, tzinfo=UTC))
    decided: list[float] = []
    written: list[float] = []
    shown: list[float] = []
    for number in range(5):
        for event, now in day(datetime(2026, 11, 19, 4, tzinfo=UTC) + timedelta(days=number)):
            begun = time.perf_counter()
            decision = engine.decide(state, event, now)
            engine.next_wakeup(decision.state)
            decided.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            engine.board(decision.state, now)
            shown.append(time.perf_counter() - begun)
            if decision.changes(state):
                begun = time.perf_counter()
                journal.record(event, decision, "bench")
                written.append(time.perf_counter() - begun)
            state = decision.state
    journal.close()
    if count == 1:
        print()
        show("rules", "decide, µs median", "board, µs median", "journal, µs median", "engine built, s")
    medians = (f"{statistics.median(times) * 1e6:.0f}" for times in (decided, shown, written))
    show(count, *medians, f"{built:.3f}")
    assert decided
