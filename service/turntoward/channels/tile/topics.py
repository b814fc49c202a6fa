"""The topics of a tile; `turntoward.adapters.mqtt` listens to the answers. Nothing else may be here."""

from __future__ import annotations


def state_topic(base: str, ritual: str) -> str:
    """Return where a ritual's state is kept: idle, offered, running, done or not_today."""
    return f"{base}/ritual/{ritual}/state"


def attributes_topic(base: str, ritual: str) -> str:
    """Return where its title, text, end and occasion are kept, as JSON."""
    return f"{base}/ritual/{ritual}/attributes"


def answer_topic(base: str, ritual: str) -> str:
    """Return where people answer."""
    return f"{base}/ritual/{ritual}/answer"


def season_topic(base: str) -> str:
    """Return where the season is kept, with its last day."""
    return f"{base}/season"


def status_topic(base: str) -> str:
    """Return where it is kept whether the service is there: online or offline."""
    return f"{base}/status"
