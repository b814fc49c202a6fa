"""What people read in the log about the connection: each trouble once, until all is good again.

No payload, no password and no presence may be in a line, and nothing may be decided here.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from paho.mqtt.reasoncodes import ReasonCode

from turntoward.ports import Clock
from turntoward.settings import MqttSettings

UNSUPPORTED_VERSION = 132
BAD_LOGIN = 134
NOT_ALLOWED = 135
TAKEN_OVER = 142
"""Reason codes of MQTT 5; paho translates those of 3.1.1 to them."""

STEADY = timedelta(seconds=10)
"""A connection that held this long is a good one."""
FLICKERS = 3
"""This many short connections in a row, and their coming and going is not told one by one any more."""


class Reports:
    """The log of one connection."""

    def __init__(self, settings: MqttSettings, clock: Clock, log: logging.Logger) -> None:
        self._settings = settings
        self._where = f"{settings.host}:{settings.port}"
        self._clock = clock
        self._log = log
        self._told: set[str] = set()
        self._since: datetime | None = None
        self._short = 0

    def connected(self) -> None:
        """Say that the broker is there; whatever goes wrong from now on is told again."""
        self._since = self._clock.now()
        if self._short < FLICKERS:
            self._told.clear()
            self._log.info("connected to the MQTT broker at %s", self._where)

    def holds(self) -> None:
        """Look at a connection that is there: after a time of flickering it may have become a good one."""
        if self._short >= FLICKERS and self._was_steady():
            self._short = 0
            self.connected()

    def lost(self, reason: ReasonCode) -> None:
        """Say that a connection broke."""
        self._short = 0 if self._was_steady() else self._short + 1
        if self._short >= FLICKERS or reason.value == TAKEN_OVER:
            self._tell(
                logging.WARNING,
                "flicker",
                "the MQTT broker at %s closes the connection again and again (%s): is there another program, or a"
                " second Turntoward, with mqtt.client_id %r? Give each its own",
                reason,
                self._settings.client_id,
            )
        else:
            self._tell(logging.WARNING, "lost", "lost the MQTT broker at %s (%s); connecting again", reason)

    def no_broker(self, problem: object) -> None:
        """Say that nobody is there, where nothing else was said."""
        if not self._told:
            self._tell(logging.WARNING, "absent", "no MQTT broker at %s yet (%s); trying on", problem)

    def older_protocol(self) -> None:
        """Say that we go on with MQTT 3.1.1."""
        self._tell(logging.INFO, "version", "the MQTT broker at %s does not take MQTT 5; going on with 3.1.1")

    def refused(self, reason: ReasonCode) -> None:
        """Say that the broker does not let us in, and what can be done."""
        if reason.value not in (BAD_LOGIN, NOT_ALLOWED):
            self._tell(logging.WARNING, "refused", "the MQTT broker at %s refuses us (%s); trying on", reason)
            return
        user = self._settings.username
        self._tell(
            logging.ERROR,
            "login",
            "the MQTT broker at %s refuses %s (%s): check mqtt.username and mqtt.password, or"
            " TURNTOWARD_MQTT_PASSWORD, against the broker's list of users; trying on, more and more rarely",
            f"the user {user!r}" if user else "a connection without a user",
            reason,
        )

    def _was_steady(self) -> bool:
        return self._since is not None and self._clock.now() - self._since >= STEADY

    def _tell(self, level: int, trouble: str, text: str, *values: object) -> None:
        if trouble not in self._told:
            self._told.add(trouble)
            self._log.log(level, text, self._where, *values)
