"""Words people write because another program or an earlier text uses them, and ours for the same thing.

Only words; a hint is given where our word is known at that place.
"""

from __future__ import annotations

MEANT: dict[str, tuple[str, ...]] = {
    # household
    "partner": ("partners",), "persons": ("partners",), "people": ("partners",), "couple": ("partners",),
    "person": ("partners",), "notify": ("phone",),
    "consent": ("agreed",), "consented": ("agreed",), "agree": ("agreed",),
    "time_zone": ("zone",), "timezone": ("zone",), "tz": ("zone",), "locale": ("language",), "lang": ("language",),
    "quiet": ("quiet_hours",), "quiet_time": ("quiet_hours",), "night": ("quiet_hours",),
    "do_not_disturb": ("quiet_hours",),
    "mode": ("season",), "sensors": ("signals",), "entities": ("signals",), "rules": ("rituals", "rules_dir"),
    "media_players": ("speakers",), "rooms": ("speakers", "channels"), "ha": ("homeassistant",),
    "home_assistant": ("homeassistant",), "hass": ("homeassistant",), "broker": ("mqtt", "host"), "server": ("host",),
    "ip": ("host",), "user": ("username",), "pass": ("password",), "ssl": ("tls",), "topic_prefix": ("base",),
    "prefix": ("base",), "discovery_prefix": ("discovery",), "api_key": ("token",), "access_token": ("token",),
    "host": ("url",), "address": ("url", "host"), "adress": ("url", "host"), "voice": ("tts",),
    "entity_id": ("entity", "signal"),
    "media_player": ("entity", "speaker"), "state_topic": ("topic",), "max_per_day": ("prompts_per_day", "per_day"),
    "debounce": ("away_dwell",), "logging": ("log_level",), "log": ("log_level",),
    # rules, mostly from Home Assistant's automations
    "alias": ("title", "rule"), "id": ("ritual", "rule"), "name": ("title", "ritual", "rule"),
    "description": ("about",), "run": ("actions",), "steps": ("actions",), "service": ("action",),
    "seconds": ("for",), "minutes": ("for",), "hours": ("for",), "say": ("text", "announce"), "question": ("text",),
    "platform": ("trigger",), "type": ("trigger", "condition"), "to": ("is",), "value": ("is",),
    "state": ("is", "signal"),
    "entity": ("signal",), "sensor": ("signal",), "weekday": ("weekdays",), "days": ("weekdays",), "day": ("weekdays",),
    "time": ("at",), "delay": ("after", "for", "wait"), "wait": ("after",), "duration": ("for", "timer"),
    "timeout": ("valid_for",), "expires": ("valid_for",), "window": ("valid_for",), "message": ("say",),
    "text": ("say",),
    "texts": ("say",), "lines": ("say",), "channel": ("channels",), "speaker": ("channels",), "action": ("offer",),
    "actions": ("offer",), "responses": ("answers",), "limit": ("limits",), "daily": ("per_day",),
    "weekly": ("per_week",),
    "test": ("examples",), "tests": ("examples",), "room": ("rooms",),
    # the words of triggers, conditions, channels and answers
    "tag_scanned": ("called",), "tag": ("called",), "nfc": ("called",), "button": ("called",),
    "presence": ("both_home",), "departure": ("leaving",), "calendar": ("schedule",), "finished": ("ended", "done"),
    "over": ("ended",), "on": ("running",), "light": ("scene",), "switch": ("scene",), "publish": ("mqtt",),
    "speak": ("announce",), "mobile": ("phone",), "push": ("phone", "notify"), "notification": ("phone", "notify"),
    "mute": ("pause",), "topic": ("text",),
    "and": ("all",), "or": ("any",), "numeric_state": ("state", "signal"), "event": ("called",), "zone": ("reunion",),
    "home": ("both_home",), "alarm": ("time",), "sun": ("time",), "schedule": ("time",), "arrival": ("reunion",),
    "tts": ("speaker", "announce"), "audio": ("speaker",), "dashboard": ("tile",), "yes": ("start", "done"),
    "ok": ("done",), "no": ("not_today",), "snooze": ("later",), "dismiss": ("not_today",), "skip": ("not_today",),
    # scenarios
    "start": ("given",), "events": ("when",), "then_": ("then",), "expect": ("then",), "expected": ("then",),
    "german": ("de",), "deutsch": ("de",), "de-de": ("de",), "de-at": ("de",), "de-ch": ("de",),
    "english": ("en",), "englisch": ("en",), "en-us": ("en",), "en-gb": ("en",),
    "arrive": ("arrives",), "comes_home": ("arrives",), "leave": ("leaves",), "simple": ("simplified",),
}  # fmt: skip
"""A word people write -> our words for it; the first that is known at the place counts."""

INSTEAD: dict[tuple[str, str], str] = {
    ("every", "week"): "for every week use the trigger 'time' with 'weekdays:'",
    ("every", "day"): "for every day use the trigger 'time'",
}
"""A setting and what people write in it -> how to say that with other words of ours."""

MOVED: dict[str, str] = {
    "presence.settle": "rituals.reunion_hug.offer.after",
    "presence.offer_window": "rituals.reunion_hug.offer.valid_for",
    "presence.hug_cooldown": "rituals.reunion_hug.limits.cooldown",
    "presence.hug_max_day": "rituals.reunion_hug.limits.per_day",
    "presence.quiet_hours": "quiet_hours, at the top level",
    "limits.cooldown": "rituals.NAME.limits.cooldown, for each ritual",
    "limits.per_day": "limits.prompts_per_day, or rituals.NAME.limits.per_day for one ritual",
    "limits.per_week": "rituals.NAME.limits.per_week, for each ritual",
}
"""A setting at the wrong place -> where it belongs, both from the top of `household.yaml`."""
