"""What can be said, in both languages: all of it is heard, and none of it means something to Home Assistant already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import spoken
from tests.integration.automations import ROADS, heard, listening, service
from tests.peers.homeassistant import HomeAssistant

pytestmark = pytest.mark.integration

NOW, CHECKIN = "sensor.turntoward_now", "sensor.turntoward_evening_checkin"
OF_HOME_ASSISTANT = {"en": "what time is it", "de": "wie spät ist es"}


@pytest.mark.parametrize("road", ROADS)
def test_german_is_spoken_too(road: str, tmp_path: Path, home: HomeAssistant) -> None:
    with service(tmp_path, home, "evening_checkin", language="de"), listening(home, road):
        home.wait_state(NOW, "Nichts", 40)
        assert heard(home, "Was steht für uns an?", "de").startswith("Gerade nichts.")
        said = heard(home, "Lass uns Hoch und Tief machen", "de")
        assert said == "Hoch und Tief, zehn Minuten. Die Zeit gehört euch."
        home.wait_state(CHECKIN, "running")
        assert heard(home, "Wir haben es gemacht.", "de") == "Schön."
        home.wait_state(CHECKIN, "done")
        assert heard(home, "Heute Abend bitte Ruhe", "de") == "Gern. Heute Abend bleibt es still."
        assert heard(home, "Beginne unseren Strickabend", "de") == "Das gehört gerade nicht zu euren Ritualen."


@pytest.mark.parametrize("language", spoken.LANGUAGES)
def test_no_sentence_is_taken_from_home_assistant(language: str, home: HomeAssistant) -> None:
    assert understood(home, [*said(language), OF_HOME_ASSISTANT[language]], language) == [OF_HOME_ASSISTANT[language]]


@pytest.mark.parametrize("road", ROADS)
def test_every_sentence_is_heard(road: str, home: HomeAssistant) -> None:
    with listening(home, road):
        for language in spoken.LANGUAGES:
            assert understood(home, said(language), language) == said(language)


def said(language: str) -> list[str]:
    """Each sentence in all of its ways; the many names of rituals in one way each, as a sentence takes its time."""
    ways = [spoken.samples(sentence) for sentence, _ in spoken.of_the_files(language)]
    return [way for n, all_ways in enumerate(ways) for way in (all_ways if len(all_ways) <= 4 else _one(all_ways, n))]


def _one(ways: list[str], number: int) -> list[str]:
    return [ways[number % len(ways)]]


def understood(home: HomeAssistant, sentences: list[str], language: str) -> list[str]:
    """Those of the sentences that Home Assistant would act on, as its own page for developers tells."""
    plain = [sentence.format(ritual="knitting evening", text="the soup was good") for sentence in sentences]
    results: list[dict[str, Any] | None] = []
    for first in range(0, len(plain), 20):
        asked = {"sentences": plain[first : first + 20], "language": language}
        results += home.api.command("conversation/agent/homeassistant/debug", **asked)["results"]
    return [sentence for sentence, result in zip(sentences, results, strict=True) if result and result["match"]]
