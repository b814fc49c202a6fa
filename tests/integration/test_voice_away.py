"""Asked aloud while Turntoward is not there: a kind answer, soon, and nothing that is obeyed later."""

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
    "en": "Turntoward is not there just now. The two of you can do without.",
    "de": "Turntoward ist gerade nicht da. Ihr zwei könnt auch ohne.",
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
