"""A voice that needs no network: every text becomes a tone."""

from __future__ import annotations

from typing import Any

from custom_components.recording_room import write_down
from custom_components.recording_room.audio import tone
from homeassistant.components.tts import TextToSpeechEntity, TtsAudioType
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddEntitiesCallback) -> None:
    """Add the voice."""
    async_add_entities([Voice()])


class Voice(TextToSpeechEntity):
    """`tts.test_voice`; Home Assistant asks it once for a text and keeps the sound after that."""

    _attr_name = "Test voice"
    _attr_unique_id = "test_voice"
    _attr_default_language = "en"

    def __init__(self) -> None:
        """Fix the entity id and the languages."""
        self.entity_id = "tts.test_voice"
        self._attr_supported_languages = ["en", "de"]

    async def async_get_tts_audio(self, message: str, language: str, options: dict[str, Any]) -> TtsAudioType:
        """Record the text and return its sound."""
        await write_down(self.hass, self.entity_id, "speak", message=message, language=language)
        return "wav", await self.hass.async_add_executor_job(tone, message)
