"""Our own topics: where channels show and tell, and where `adapters.mqtt` hears what people answer and choose.

Where presence and signals are told is up to the household and in `home`. Nothing is published or heard here.
"""

from __future__ import annotations


class OurTopics:
    """All of them, below one base."""

    def __init__(self, base: str) -> None:
        self._rituals = f"{base}/ritual"
        # kept by the broker
        self.status = f"{base}/status"
        self.home = f"{base}/home"
        self.season = f"{base}/season"
        self.devices = f"{base}/devices"
        # told once
        self.event = f"{base}/event"
        self.reply = f"{base}/reply"
        self.announce = f"{base}/announce"
        # heard
        self.answer = f"{base}/answer"
        self.choose_season = f"{base}/season/set"
        self.choose_quiet = f"{base}/quiet/set"
        self.tag = f"{base}/tag"

    def state(self, ritual: str) -> str:
        """Return where a ritual's state is kept: idle, offered, running, done or not_today."""
        return f"{self._rituals}/{ritual}/state"

    def attributes(self, ritual: str) -> str:
        """Return where its title, text, end, occasion and answers are kept, as JSON."""
        return f"{self._rituals}/{ritual}/attributes"

    def answer_to(self, ritual: str) -> str:
        """Return where it is answered to a ritual; `+`: to each."""
        return f"{self._rituals}/{ritual}/answer"
