"""Offer the real peers to the integration tests."""

from tests.peers.fixtures import (
    home,
    home_assistant,
    home_broker,
    make_home,
    make_mosquitto,
    mosquitto,
    peer_processes,
)

__all__ = [
    "home",
    "home_assistant",
    "home_broker",
    "make_home",
    "make_mosquitto",
    "mosquitto",
    "peer_processes",
]
