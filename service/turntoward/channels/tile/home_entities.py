"""The entities of the whole household: what is on, what comes next, the answers to it, and what both set. Pure.

All of them read the one message on `<base>/home`. Nothing here may be about one of the two alone.
"""

from __future__ import annotations

from typing import Any

from turntoward.channels.tile.entities import Component, component
from turntoward.channels.tile.words import words_of
from turntoward.core.events import Answer
from turntoward.core.household import SEASONS
from turntoward.settings import Settings

ANSWERED: tuple[Answer, ...] = ("start", "done", "later", "not_today")
"""What can be answered to whatever is on, with a button each."""
LONGEST_STATE = 255
"""Characters; Home Assistant takes no longer state."""


def home_entities(settings: Settings) -> dict[str, Component]:
    """Return the entities of the household, by key."""
    return {
        **_sensors(settings),
        **{answer: _button(settings, answer) for answer in ANSWERED},
        "quiet_tonight": _quiet(settings),
        "season": _season(settings),
        **_diagnostics(settings),
    }


def _of_home(settings: Settings, platform: str, key: str, template: str, **more: Any) -> Component:
    shown = {"state_topic": settings.topics.home, "value_template": template}
    return component(settings, platform, key, key, name=words_of(settings.language)[key], **shown, **more)


def _attributes(settings: Settings, template: str) -> dict[str, str]:
    return {"json_attributes_topic": settings.topics.home, "json_attributes_template": template}


def _sensors(settings: Settings) -> dict[str, Component]:
    nothing = words_of(settings.language)["nothing"]
    # Home Assistant takes no attribute that is called state.
    of_now = "dict(value_json.now, phase=value_json.now.state)"
    now = _attributes(settings, f"{{{{ ({of_now} if value_json.now else {{}}) | to_json }}}}")
    of_next = "{'ritual': value_json.next.ritual, 'title': value_json.next.title}"
    planned = _attributes(settings, f"{{{{ ({of_next} if value_json.next else {{}}) | to_json }}}}")
    card = _attributes(settings, "{{ {'text': value_json.card} | to_json }}")
    short = f"{{{{ value_json.card[:{LONGEST_STATE}] if value_json.card else None }}}}"
    is_on = f"{{{{ value_json.now.title if value_json.now else '{nothing}' }}}}"
    at = "{{ value_json.next.at if value_json.next else None }}"
    left = {"device_class": "duration", "unit_of_measurement": "min"}
    return {
        "now": _of_home(settings, "sensor", "now", is_on, icon="now", **now),
        "next": _of_home(settings, "sensor", "next", at, icon="next", device_class="timestamp", **planned),
        "card": _of_home(settings, "sensor", "card", short, icon="card", **card),
        "minutes_left": _of_home(
            settings, "sensor", "minutes_left", "{{ value_json.minutes_left }}", icon="minutes_left", **left
        ),
    }


def _button(settings: Settings, answer: Answer) -> Component:
    words = words_of(settings.language)
    return component(
        settings,
        "button",
        answer,
        answer,
        answer,
        # Lists are in the order of the names: so these stand together, and beside what they are about.
        name=f"{words['now']}: {words[answer]}",
        command_topic=settings.topics.answer,
        payload_press=answer,
    )


def _quiet(settings: Settings) -> Component:
    until = _attributes(settings, "{{ {'until': value_json.quiet_until} | to_json }}")
    where = {"command_topic": settings.topics.choose_quiet, **until}
    return _of_home(settings, "switch", "quiet_tonight", "{{ value_json.quiet }}", icon="quiet_tonight", **where)


def _season(settings: Settings) -> Component:
    until = _attributes(settings, "{{ {'until': value_json.season_until} | to_json }}")
    where = {"command_topic": settings.topics.choose_season, "options": list(SEASONS), **until}
    return _of_home(
        settings, "select", "season", "{{ value_json.season }}", icon="season", entity_category="config", **where
    )


def _diagnostics(settings: Settings) -> dict[str, Component]:
    diagnostic = {"entity_category": "diagnostic"}
    found = {
        "reply": _reply(settings) | diagnostic,
        "rituals": _of_home(settings, "binary_sensor", "rituals", "{{ value_json.rituals }}", icon="rituals")
        | diagnostic,
        "connection": _connection(settings) | diagnostic,
    }
    if settings.homeassistant is not None:
        linked = _of_home(settings, "binary_sensor", "home_assistant", "{{ value_json.homeassistant }}")
        found["home_assistant"] = linked | diagnostic | {"device_class": "connectivity"}
    return found


def _reply(settings: Settings) -> Component:
    topic = settings.topics.reply
    return component(
        settings,
        "sensor",
        "reply",
        "reply",
        "reply",
        name=words_of(settings.language)["reply"],
        state_topic=topic,
        value_template=f"{{{{ value_json.text[:{LONGEST_STATE}] }}}}",
        json_attributes_topic=topic,
    )


def _connection(settings: Settings) -> Component:
    found = component(
        settings,
        "binary_sensor",
        "connection",
        "connection",
        name=words_of(settings.language)["connection"],
        device_class="connectivity",
        state_topic=settings.topics.status,
        payload_on="online",
        payload_off="offline",
    )
    # The only one without availability: it would be unavailable just when it has something to say.
    del found["availability_topic"]
    return found
