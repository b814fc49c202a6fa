"""A template to copy: `cp _template.py doorbell.py`, and the channel `doorbell` exists. (A name with _ is not loaded.)

A channel carries out actions; whether and when is not its business. It gets one action at a time, in a thread of its
own, so it may take seconds, and it may fail: what it raises says what happens next.
"""

from __future__ import annotations

from turntoward.channels import Reach
from turntoward.core.actions import Action, TellStep
from turntoward.ports import Broker, Impossible


def build(reach: Reach) -> TemplateChannel | None:
    """Return the channel, or None where this home has no use for it (here: no broker)."""
    return TemplateChannel(reach.broker, reach.settings.base) if reach.broker is not None else None


class TemplateChannel:
    """Rings a bell by MQTT when an occasion takes a step."""

    # Actions name their channel in `core/actions.py`; rules may ask for those in `core/rules.py: ChannelName`.
    name = "template"
    # True: an action that was tried before a crash is not tried again (a voice). False: it is (a light, a tile).
    at_most_once = False

    def __init__(self, broker: Broker, base: str) -> None:
        self._broker, self._topic = broker, f"{base}/bell"

    def deliver(self, action: Action) -> None:
        """Do it now.

        Return when it was taken. Raise NotNow when it was certainly not done and may work later (no connection: the
        broker's own NotNow may just pass), Impossible when it will never work or may have been done already.
        """
        if not isinstance(action, TellStep):
            raise Impossible(f"a bell cannot carry out {type(action).__name__}")
        self._broker.publish(self._topic, action.step, expires_in=60)

    def close(self) -> None:
        """Leave everything in order; called once, after the last deliver."""
