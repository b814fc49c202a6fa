"""Takes over changes in household.yaml and in the household's own rules while the service runs.

Whoever takes back the own name under `agreed:` has ended it for both within seconds, without a restart. A file that is
wrong changes nothing; what cannot be changed in a running service is named. Nothing is connected or decided here.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from turntoward.core.engine import Engine
from turntoward.core.rules import Ritual, Rule, Rulebook
from turntoward.documents import Problems
from turntoward.rulebook import load, warnings
from turntoward.settings import Listening, Settings, load_settings_and_document

log = logging.getLogger(__name__)

LOOK_EVERY = 2.0
"""Seconds."""
_LIVE = (
    "agreed", "season", "season_until", "vacation", "silence", "quiet_hours", "day_starts", "limits", "presence",
    "rituals", "rules_dir",
)  # fmt: skip
"""Settings that can change while the service runs; all the others are built into connections and channels."""


class Reloader:
    """Looks at the files every two seconds, in a thread of its own; a source of new engines."""

    def __init__(
        self,
        path: Path,
        environ: Mapping[str, str],
        running: Settings,
        rulebook: Rulebook,
        take: Callable[[Engine], None],
    ) -> None:
        self._path, self._environ, self._take = path, environ, take
        self._running = running
        self._rulebook = rulebook
        self._advised = frozenset(warnings(running, rulebook))
        self._known = {ritual.ritual: ritual.private for ritual in rulebook.rituals}
        self._heard = _heard(Listening.of(running, rulebook))
        self._seen = self._fingerprint()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="reloading", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()
        self._thread.join(LOOK_EVERY)

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_EVERY):
            try:
                now = self._fingerprint()
                if now != self._seen:
                    self._seen = now
                    self._take_over()
            except Exception:  # whatever is in the files: the next change is looked at too
                log.exception("a mistake in the program, while changed files were read; going on as before")

    def _fingerprint(self) -> tuple[tuple[str, int, int], ...]:
        own = self._running.rules_dir
        files = [self._path, *(sorted(own.rglob("*.yaml")) if own and own.is_dir() else [])]
        found = []
        for file in files:
            try:
                stat = file.stat()
            except OSError:
                continue
            found.append((str(file), stat.st_mtime_ns, stat.st_size))
        return tuple(found)

    def _take_over(self) -> None:
        try:
            settings, document = load_settings_and_document(self._path, self._environ)
            loaded = load(settings, document)
        except Problems as found:
            log.error("%s was changed and cannot be used; going on as before:\n%s", self._path.name, found)
            return
        if loaded.problems:
            told = "\n".join(str(problem) for problem in loaded.problems)
            log.error("the rituals were changed and cannot be used; going on as before:\n%s", told)
            return
        self._say_what_waits(settings, loaded.rulebook)
        before, rules_before = self._running, self._rulebook
        self._running = before.model_copy(update={name: getattr(settings, name) for name in _LIVE})
        if self._running.rules_dir != before.rules_dir:  # it is looked into from now on, which is no change in it
            self._seen = self._fingerprint()
        rituals = tuple(r for r in loaded.rulebook.rituals if self._is_known(r))
        self._rulebook = loaded.rulebook.model_copy(update={"rituals": rituals})
        self._take(Engine(self._running, self._rulebook))
        changed = (*_changed_settings(before, self._running), *_changed_rules(rules_before, self._rulebook))
        log.info("taken over: %s", ", ".join(changed) or "nothing")
        self._advise(warnings(settings, loaded.rulebook))

    def _advise(self, advice: Sequence[str]) -> None:
        """Say what is new; what stood there before has been said."""
        for line in advice:
            if line not in self._advised:
                log.warning("%s", line)
        self._advised = frozenset(advice)

    def _say_what_waits(self, settings: Settings, rulebook: Rulebook) -> None:
        waits = [
            name
            for name in Settings.model_fields
            if name not in _LIVE and getattr(settings, name) != getattr(self._running, name)
        ]
        waits += [r.ritual for r in rulebook.rituals if not self._is_known(r)]
        waits += [name for name in _heard(Listening.of(self._running, rulebook)) if name not in self._heard]
        if waits:
            log.warning("these changes wait for a restart: %s", ", ".join(waits))

    def _is_known(self, ritual: Ritual) -> bool:
        """Whether tiles and topics were made for it; one that has become private has some too many."""
        return self._known.get(ritual.ritual) == ritual.private


def _changed_settings(before: Settings, now: Settings) -> list[str]:
    told_by_name = ("rituals", "rules_dir")
    return [n for n in _LIVE if n not in told_by_name and getattr(before, n) != getattr(now, n)]


def _changed_rules(before: Rulebook, now: Rulebook) -> list[str]:
    """Name the rituals, rules and decks that are new, gone or otherwise than before."""
    # Apart from each other: a deck may have the name of a ritual.
    return sorted(_differing(_specs(before), _specs(now)) | _differing(before.decks, now.decks))


def _specs(rulebook: Rulebook) -> dict[str, Ritual | Rule]:
    specs: tuple[Ritual | Rule, ...] = (*rulebook.rituals, *rulebook.rules)
    return {spec.name: spec for spec in specs}


def _differing(were: Mapping[str, object], are: Mapping[str, object]) -> set[str]:
    return {name for name in {*were, *are} if were.get(name) != are.get(name)}


def _heard(listening: Listening) -> list[str]:
    """Name what the connections were asked to listen to, when they were made."""
    events = [f"event {kind} {key}".rstrip() for kind, keys in listening.events.items() for key in ("", *keys)]
    return [*(f"topic {topic}" for topic in listening.topics), *events, *(["tags"] if listening.tags else [])]
