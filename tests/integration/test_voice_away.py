"""Asked aloud while Turntoward is not there, or rests: an answer that is kind, soon and true."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.integration.automations import ROADS, heard, listening, service, state
from tests.peers.homeassistant import HomeAssistant

pytestmark = pytest.mark.integration

REPLY, NOW, QUIET = "sensor.turntoward_reply", "sensor.turntoward_now", "switch.turntoward_quiet_tonight"
CHECKIN = "sensor.turntoward_evening_checkin"
AWAY = {
    "en": "Turntoward is not there just now. You two can do this without it.",
    "de": "Turntoward ist gerade nicht da. Ihr zwei könnt das auch ohne.",
}


@pytest.mark.parametrize("road", ROADS)
def test_while_turntoward_is_away_the_answer_is_kind_and_soon(road: str, tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home, "evening_checkin") as running, listening(home, road):
        home.wait_state(NOW, "Nothing", 40)
        os.kill(running.pid, signal.SIGSTOP)
        begun = time.monotonic()
        assert heard(home, "We did it") == AWAY["en"]
        assert time.monotonic() - begun < 10  # 3 s, and a machine that has much to do
        os.kill(running.pid, signal.SIGCONT)
        running.stop()
        home.wait_state(REPLY, "unavailable")
        for sentence in ("Start the check-in", "What is on for us", "Quiet tonight", "what is our question of the day"):
            assert heard(home, sentence) == AWAY["en"], sentence
        assert heard(home, "Los geht's", "de") == AWAY["de"]
        running.start()
        home.wait_state(NOW, "Nothing", 40)
        assert (state(home, CHECKIN), state(home, QUIET)) == ("idle", "off")


@pytest.mark.parametrize("road", ROADS)
def test_while_not_both_have_agreed_nobody_believes_to_have_a_break(
    road: str, tmp_path: Path, home: HomeAssistant
) -> None:
    rest = "The rituals rest until you have both agreed."
    with service(tmp_path, home, "time_out", "questions", agreed="Alex"), listening(home, road):
        home.wait_state("binary_sensor.turntoward_rituals", "off", 40)
        assert [heard(home, said) for said in ("Time-out, please", "A question for us", "We did it")] == [rest] * 3
        assert heard(home, "What is on for us?") == "Nothing just now."
        assert heard(home, "Quiet tonight") == "Gladly. It will stay quiet tonight."
        assert state(home, QUIET) == "on"
        assert heard(home, "You may speak again") == "Gladly."
