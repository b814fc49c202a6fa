"""The topics of what is shown, and of what is answered to it; `turntoward.adapters.mqtt` listens to the answers.

Nothing else may be here.
"""

from __future__ import annotations


def state_topic(base: str, ritual: str) -> str:
    """Return where a ritual's state is kept: idle, offered, running, done or not_today."""
    return f"{base}/ritual/{ritual}/state"


def attributes_topic(base: str, ritual: str) -> str:
    """Return where its title, text, end, occasion and answers are kept, as JSON."""
    return f"{base}/ritual/{ritual}/attributes"


def answer_topic(base: str, ritual: str) -> str:
    """Return where people answer."""
    return f"{base}/ritual/{ritual}/answer"


def answer_to_any_topic(base: str) -> str:
    """Return where people answer to whatever is on."""
    return f"{base}/answer"


def home_topic(base: str) -> str:
    """Return where it is kept how the whole household is, as JSON."""
    return f"{base}/home"


def quiet_topic(base: str) -> str:
    """Return where people ask for a quiet evening."""
    return f"{base}/quiet/set"


def season_topic(base: str) -> str:
    """Return where the season is kept, with its last day."""
    return f"{base}/season"


def season_choice_topic(base: str) -> str:
    """Return where people choose the season."""
    return f"{base}/season/set"


def event_topic(base: str) -> str:
    """Return where each step in an occasion's life is told."""
    return f"{base}/event"


def reply_topic(base: str) -> str:
    """Return where whoever asked aloud is answered in words."""
    return f"{base}/reply"


def status_topic(base: str) -> str:
    """Return where it is kept whether the service is there: online or offline."""
    return f"{base}/status"


def devices_topic(base: str) -> str:
    """Return where it is kept under which topics Home Assistant has been told of us."""
    return f"{base}/devices"
