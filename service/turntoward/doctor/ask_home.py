"""Asks Home Assistant what it has and what it remembers. Of a history only home or not home is taken along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from turntoward.adapters.homeassistant.questions import Questions
from turntoward.doctor.facts import Edge, Home, Row, Seen, Trouble
from turntoward.ports import Clock, Impossible, NotNow
from turntoward.settings import Settings

LOOKED_BACK = timedelta(days=10)
"""As long as Home Assistant remembers where nobody changed that."""
NOW = "{{ utcnow().isoformat() }}"


def ask(settings: Settings, clock: Clock) -> Home | Trouble:
    """Visit Home Assistant once."""
    assert settings.homeassistant is not None
    try:
        with Questions(settings.homeassistant) as questions:
            return _answers(questions, settings, clock)
    except Impossible as refusal:
        return Trouble(str(refusal), refused=True)
    except NotNow as problem:
        return Trouble(str(problem))


def _answers(questions: Questions, settings: Settings, clock: Clock) -> Home:
    config = questions.ask("get_config")
    services = questions.ask("get_services")
    return Home(
        version=str(config.get("version", "")),
        running=config.get("state") == "RUNNING",
        zone=str(config.get("time_zone", "")),
        admin=bool(questions.ask("auth/current_user").get("is_admin")),
        states={str(raw["entity_id"]): _seen(raw) for raw in questions.ask("get_states")},
        services={str(domain): frozenset(names) for domain, names in services.items()},
        entities=tuple(questions.ask("config/entity_registry/list")),
        tags=_tags(questions),
        history=_history(questions, tuple(settings.presence_entities()), clock.now()),
        ahead=_ahead(questions, clock),
    )


def _seen(raw: Row) -> Seen:
    reported = raw.get("last_reported") or raw["last_updated"]
    return Seen(str(raw["state"]), raw.get("attributes") or {}, datetime.fromisoformat(reported))


def _tags(questions: Questions) -> frozenset[str] | None:
    try:
        return frozenset(str(tag.get("id") or tag.get("tag_id")) for tag in questions.ask("tag/list"))
    except Impossible:  # no tag was ever set up
        return None


def _history(questions: Questions, entities: tuple[str, ...], now: datetime) -> Mapping[str, tuple[Edge, ...]] | None:
    if not entities:
        return {}
    try:
        told = questions.ask(
            "history/history_during_period",
            start_time=(now - LOOKED_BACK).isoformat(),
            entity_ids=list(entities),
            minimal_response=True,
            no_attributes=True,
            significant_changes_only=False,
        )
    except Impossible:  # the recorder is switched off
        return None
    return {entity: edges(told.get(entity, ())) for entity in entities}


def edges(rows: Iterable[Mapping[str, Any]]) -> tuple[Edge, ...]:
    """Translate a history to when somebody was home and when not; what is not known is left out."""
    found: list[Edge] = []
    for row in rows:
        state, since = str(row.get("s", "")), row.get("lc", row.get("lu"))
        if state in ("unknown", "unavailable", "") or since is None:
            continue
        at = datetime.fromtimestamp(float(since), UTC)
        if not found or found[-1].home != (state == "home"):
            found.append(Edge(at, state == "home"))
    return tuple(found)


def _ahead(questions: Questions, clock: Clock) -> timedelta | None:
    """Compare both clocks, in the middle of the question's way there and back."""
    before = clock.now()
    try:
        theirs = datetime.fromisoformat(questions.rendered(NOW))
    except (Impossible, ValueError):
        return None
    return theirs - (before + (clock.now() - before) / 2)
