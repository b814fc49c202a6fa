"""What rules hear by a real Mosquitto: as it happens, and never what the broker has kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.adapters.mqtt_home import Home, household, observing, running
from tests.peers.mosquitto import Mosquitto
from turntoward.core.events import MessageReceived, PresenceChanged, RitualAnswered, SeasonChosen, TagScanned

pytestmark = pytest.mark.integration

ALEX, TABLE, TAG, SEASON = "turntoward/presence/alex", "home/table", "turntoward/tag", "turntoward/season/set"
HUG = "turntoward/ritual/reunion_hug/answer"
MARK = PresenceChanged("alex", "away")


def marked(home: Home, mosquitto: Mosquitto) -> None:
    """Wait until everything that was published before has been heard: a broker works in order."""
    mosquitto.publish(ALEX, "not_home")
    home.inbox.wait_for(MARK)


def test_what_happens_is_heard(mosquitto: Mosquitto) -> None:
    with running(household(mosquitto.port)) as home:
        for topic, payload in (
            (TABLE, "laid"),
            (TAG, "04-5F-77"),
            (SEASON, '{"season": "simplified", "until": "2026-12-01"}'),
            (HUG, '{"answer": "start", "lasts": "40min"}'),
            ("turntoward/ritual/evening_tea/answer", "enough"),
        ):
            mosquitto.publish(topic, payload)
        home.inbox.wait_for(
            MessageReceived(TABLE, "laid"),
            TagScanned("phone_bowl"),
            SeasonChosen("simplified", date(2026, 12, 1)),
            RitualAnswered("reunion_hug", "start", timedelta(minutes=40)),
            RitualAnswered("evening_tea", "enough"),
        )


def test_what_the_broker_has_kept_is_not(mosquitto: Mosquitto) -> None:
    with observing(mosquitto.port) as other:
        for topic, payload in ((TABLE, "laid"), (TAG, "phone_bowl"), (SEASON, "apart"), (HUG, "done")):
            other.send(topic, payload, retain=True)
    with running(household(mosquitto.port)) as home:
        marked(home, mosquitto)
        assert {event.type for event in home.inbox} == {"source_connected", "presence_changed"}


def test_a_live_message_is_heard_also_where_it_asks_to_be_kept(mosquitto: Mosquitto) -> None:
    with running(household(mosquitto.port)) as home, observing(mosquitto.port) as other:
        other.send(TABLE, "laid", retain=True)
        home.inbox.wait_for(MessageReceived(TABLE, "laid"))


def test_what_came_in_a_long_absence_begins_nothing(mosquitto: Mosquitto) -> None:
    settings = household(mosquitto.port)
    with running(settings):
        pass  # now the broker has a session for us
    with observing(mosquitto.port) as other:
        for topic, payload in ((TABLE, "laid"), (TAG, "phone_bowl"), (HUG, "start"), (SEASON, "apart")):
            other.send(topic, payload)
    with running(settings) as home:
        home.inbox.wait_for(SeasonChosen("apart"))  # a choice stays one
        marked(home, mosquitto)
        assert {event.type for event in home.inbox} == {"source_connected", "presence_changed", "season_chosen"}


def test_nobody_can_do_something_private_here(mosquitto: Mosquitto, caplog: pytest.LogCaptureFixture) -> None:
    with running(household(mosquitto.port)) as home:
        mosquitto.publish("turntoward/ritual/bid_log/answer", "done")
        for topic in (HUG, "turntoward/private/alex", "turntoward/pause", "turntoward/ritual/private_act/answer"):
            for payload in ("pause", "ready", '{"type": "private_act", "partner": "alex", "act": "pause"}'):
                mosquitto.publish(topic, payload)
        marked(home, mosquitto)
        assert {event.type for event in home.inbox} == {"source_connected", "presence_changed"}
