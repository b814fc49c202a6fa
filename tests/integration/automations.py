"""Blueprints as people get them: imported from an address, filled in, and run by a real Home Assistant."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests import spoken
from tests.peers.homeassistant import HomeAssistant
from tests.peers.ports import HOST
from tests.service import Process, until

ROADS = ("blueprint", "files")
HOUSEHOLD = """
partners: [{{name: Alex}}, {{name: Sam}}]
agreed: [{agreed}]
language: {language}
quiet_hours: "00:00-00:00"
mqtt: {{host: 127.0.0.1, port: {port}, keepalive: 5s}}
presence: {{startup_hold: 0, dwell_plain: 0}}
rules_dir: rules
rituals: [{rituals}]
data_dir: data
"""
TEA = """
ritual: tea_time
title: Tea time
triggers: [{trigger: mqtt, topic: test/kettle, payload: boils}]
offer: {channels: [tile], say: ["Tea for two?"]}
run: {ends: {after: 30min}}
answers: [start, done, not_today, share]
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Keep the test output quiet."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder as the project's own address does, and return where."""
    server = ThreadingHTTPServer((HOST, 0), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://{HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def automated(home: HomeAssistant, blueprint: str, identity: str = "", **inputs: Any) -> Iterator[str]:
    """Import a blueprint, make an automation of it, and return its entity. Nothing may be complained of."""
    imported(home, blueprint)
    identity = identity or f"test_{blueprint}"
    before = len(home.log_path.read_text("utf-8"))
    used = {"path": f"turntoward/{blueprint}.yaml", "input": inputs}
    path = f"/api/config/automation/config/{identity}"
    home.api.request("POST", path, {"alias": identity, "use_blueprint": used})
    home.wait_state(f"automation.{identity}", "on")
    try:
        yield f"automation.{identity}"
    finally:
        home.api.request("DELETE", path)
        until(lambda: home.state(f"automation.{identity}") is None, what="the end of the automation")
    said = home.log_path.read_text("utf-8")[before:]
    assert "automation" not in said, said


def imported(home: HomeAssistant, blueprint: str) -> None:
    with served(spoken.BLUEPRINTS) as address:
        found = home.api.command("blueprint/import", url=f"{address}/{blueprint}.yaml")
    assert found["validation_errors"] is None
    about = found["blueprint"]["metadata"]
    text = {"path": f"turntoward/{blueprint}.yaml", "yaml": found["raw_data"], "source_url": about["source_url"]}
    home.api.command("blueprint/save", domain="automation", allow_override=True, **text)


@contextmanager
def custom_sentences(home: HomeAssistant) -> Iterator[None]:
    """Copy the sentences and what is done with them, as the guide says, and take them away again."""
    copies = [home.folder / name for name in ("custom_sentences", "packages")]
    for copy in copies:
        shutil.copytree(spoken.FOLDER / copy.name, copy)
    _reload(home)
    try:
        yield
    finally:
        for copy in copies:
            shutil.rmtree(copy)
        _reload(home)


def _reload(home: HomeAssistant) -> None:
    for domain in ("script", "intent_script", "conversation"):
        home.call(domain, "reload")


@contextmanager
def listening(home: HomeAssistant, road: str) -> Iterator[None]:
    """Understand what is said, by the blueprint or by files."""
    with automated(home, "voice") if road == "blueprint" else custom_sentences(home):
        yield


def heard(home: HomeAssistant, sentence: str, language: str = "en") -> str:
    """Say something to Home Assistant, and return what it answers; empty where it did not understand."""
    said = {"text": sentence, "language": language}
    response = home.api.request("POST", "/api/conversation/process", said)["response"]
    answer: str = response["speech"]["plain"]["speech"]
    return answer if response["response_type"] == "action_done" else ""


def service(
    folder: Path, home: HomeAssistant, *rituals: str, language: str = "en", agreed: str = "Alex, Sam"
) -> Process:
    """Turntoward with the broker of Home Assistant and nothing else of it."""
    assert home.broker is not None
    (folder / "rules").mkdir(exist_ok=True)
    (folder / "rules" / "tea_time.yaml").write_text(TEA, "utf-8")
    path = folder / "household.yaml"
    told = {"language": language, "agreed": agreed, "port": home.broker.port, "rituals": ", ".join(rituals)}
    path.write_text(HOUSEHOLD.format(**told), "utf-8")
    return Process(path)


def state(home: HomeAssistant, entity: str) -> str:
    found = home.state(entity)
    return str(found["state"]) if found else ""


def attribute(home: HomeAssistant, entity: str, name: str) -> Any:
    found = home.state(entity)
    return found["attributes"].get(name) if found else None


def traces(home: HomeAssistant, *identities: str, domain: str = "automation") -> list[Any]:
    """What Home Assistant remembers of the runs of these automations or scripts."""
    kept: list[Any] = home.api.command("trace/list", domain=domain)
    return [trace for trace in kept if trace["item_id"] in identities]
