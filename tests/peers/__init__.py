"""Real peers for the tests: a Mosquitto broker and a headless Home Assistant, nothing mocked.

`python -m tests.peers.install` fetches what is missing; the classes are `mosquitto.Mosquitto` and
`homeassistant.HomeAssistant`.
"""
