"""How the commands try a broker out: an old one, an encrypted one, one that hangs, one that says no without a word."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.integration.test_mqtt_other_brokers import OldBroker, encrypted
from tests.peers.mosquitto import Mosquitto
from turntoward.adapters.mqtt.trial import Trial
from turntoward.ports import Impossible, NotNow
from turntoward.settings import MqttSettings

pytestmark = pytest.mark.integration

TOPIC = "turntoward/setup"


def at(port: int, **more: object) -> MqttSettings:
    return MqttSettings.model_validate({"host": "127.0.0.1", "port": port, **more})


@contextmanager
def old(broker: Mosquitto) -> Iterator[MqttSettings]:
    """A way to a broker that knows MQTT 3.1.1 only."""
    with OldBroker(broker.port, b"\x20\x02\x00\x01") as door:
        threading.Thread(target=door.serve_forever, args=(0.05,)).start()
        try:
            yield at(door.server_address[1])
        finally:
            door.shutdown()


def test_a_broker_of_the_older_protocol(mosquitto: Mosquitto) -> None:
    mosquitto.publish("turntoward/season", "normal", retain=True)
    with old(mosquitto) as settings, Trial(settings) as trial:
        assert trial.echoes(TOPIC, "hello")
        assert trial.refused(["turntoward/#"]) == ()
        assert trial.kept("turntoward/#") == {"turntoward/season": b"normal"}


def test_in_the_older_protocol_a_refusal_is_silent_and_still_noticed(make_mosquitto: Callable[..., Mosquitto]) -> None:
    broker = make_mosquitto(users={"us": "p"}, acl="user us\ntopic read #\n")
    with old(broker) as settings:
        account = settings.model_copy(update={"username": "us", "password": SecretStr("p")})
        with Trial(account) as trial:
            assert not trial.echoes(TOPIC, "hello")


def test_the_service_keeps_its_own_connection(mosquitto: Mosquitto) -> None:
    with Trial(at(mosquitto.port)) as first, Trial(at(mosquitto.port)) as second:
        assert first.hears(TOPIC, "from the other", lambda: second.publish(TOPIC, "from the other"))
        assert first.echoes(TOPIC, "hello")
    assert mosquitto.retained() == {}


def test_a_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    with (
        encrypted(tmp_path) as (port, _),
        pytest.raises(NotNow, match="no encrypted connection"),
        Trial(at(port, tls=True)),
    ):
        pass


def test_a_broker_that_hangs_is_not_waited_for_without_end(mosquitto: Mosquitto) -> None:
    mosquitto.freeze()
    with pytest.raises(NotNow, match="does not speak MQTT"), Trial(at(mosquitto.port)):
        pass


def test_a_password_is_in_no_complaint(make_mosquitto: Callable[..., Mosquitto]) -> None:
    broker = make_mosquitto(users={"us": "p"})
    wrong = at(broker.port, username="us", password="canary-password")
    with pytest.raises(Impossible, match="refuses the user 'us'") as refusal, Trial(wrong):
        pass
    assert "canary" not in str(refusal.value)
