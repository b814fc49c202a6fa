"""A voice satellite that says what it is told, and hears what a test has staged."""

from __future__ import annotations

import asyncio

from custom_components.recording_room import device, staged, write_down
from custom_components.recording_room.audio import fetch
from homeassistant.components.assist_pipeline import PipelineEvent, PipelineEventType
from homeassistant.components.assist_satellite import (
    AssistSatelliteAnnouncement,
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
    AssistSatelliteEntityFeature,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback

# A real satellite answers the caller when it has finished speaking.
SPEAKING_SECONDS = 0.2


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddEntitiesCallback) -> None:
    """Add the satellite."""
    async_add_entities([Satellite()])


class Satellite(AssistSatelliteEntity):
    """`assist_satellite.hall_satellite`."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_unique_id = "hall_satellite"
    _attr_supported_features = AssistSatelliteEntityFeature.ANNOUNCE | AssistSatelliteEntityFeature.START_CONVERSATION

    def __init__(self) -> None:
        """Fix the entity id."""
        self.entity_id = "assist_satellite.hall_satellite"
        self._attr_device_info = device("hall_satellite", "Hall satellite")

    def async_get_configuration(self) -> AssistSatelliteConfiguration:
        """Know no wake words."""
        return AssistSatelliteConfiguration([], [], 1)

    async def async_set_configuration(self, config: AssistSatelliteConfiguration) -> None:
        """Have nothing to set."""

    def on_pipeline_event(self, event: PipelineEvent) -> None:
        """Have no pipeline to follow."""

    async def async_announce(self, announcement: AssistSatelliteAnnouncement) -> None:
        """Fetch, record and speak."""
        await self._say("announce", announcement)

    async def async_start_conversation(self, start_announcement: AssistSatelliteAnnouncement) -> None:
        """Speak, and then hear."""
        await self._say("start_conversation", start_announcement)
        heard = await staged(self.hass, "heard")
        if heard is not None:
            self.hass.async_create_background_task(self._hear(heard), "an answer")

    async def _hear(self, text: str) -> None:
        """Go through what a pipeline that only understands speech goes through."""
        await asyncio.sleep(SPEAKING_SECONDS)
        self._internal_on_pipeline_event(PipelineEvent(PipelineEventType.STT_START))
        if text:
            self._internal_on_pipeline_event(PipelineEvent(PipelineEventType.STT_END, {"stt_output": {"text": text}}))
        self._internal_on_pipeline_event(PipelineEvent(PipelineEventType.RUN_END))

    async def _say(self, call: str, announcement: AssistSatelliteAnnouncement) -> None:
        await write_down(
            self.hass,
            self.entity_id,
            call,
            message=announcement.message,
            media_id=announcement.original_media_id,
            preannounce=announcement.preannounce_media_id,
            fetched=await fetch(self.hass, announcement.media_id, self.entity_id),
        )
        await asyncio.sleep(SPEAKING_SECONDS)
