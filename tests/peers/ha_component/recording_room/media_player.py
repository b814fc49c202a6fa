"""Four speakers: two that can announce, one that only plays, one that fails."""

from __future__ import annotations

import asyncio
from typing import Any

from custom_components.recording_room import device, staged, write_down
from custom_components.recording_room.audio import fetch, spoken_text
from homeassistant.components.media_player import (
    MediaPlayerDeviceClass,
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddEntitiesCallback

PLAIN = (
    MediaPlayerEntityFeature.PLAY_MEDIA
    | MediaPlayerEntityFeature.PLAY
    | MediaPlayerEntityFeature.PAUSE
    | MediaPlayerEntityFeature.STOP
    | MediaPlayerEntityFeature.VOLUME_SET
)
ANNOUNCING = PLAIN | MediaPlayerEntityFeature.MEDIA_ANNOUNCE
# Long enough to be seen by a poll, short enough not to hold up a test.
PLAYING_SECONDS = 0.3


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddEntitiesCallback) -> None:
    """Add the speakers."""
    async_add_entities(
        [
            Speaker("kitchen_speaker", "Kitchen speaker", ANNOUNCING),
            Speaker("bedroom_speaker", "Bedroom speaker", ANNOUNCING),
            Speaker("plain_speaker", "Plain speaker", PLAIN),
            BrokenSpeaker("broken_speaker", "Broken speaker", ANNOUNCING),
        ]
    )


class Speaker(MediaPlayerEntity):
    """A speaker that fetches what it shall play and says so."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_should_poll = False
    _attr_device_class = MediaPlayerDeviceClass.SPEAKER
    _attr_state = MediaPlayerState.IDLE
    _attr_volume_level = 0.4

    def __init__(self, key: str, name: str, features: MediaPlayerEntityFeature) -> None:
        """Name the speaker; the entity id is fixed, for newer versions put the area in front."""
        self.entity_id = f"media_player.{key}"
        self._attr_unique_id = key
        self._attr_device_info = device(key, name)
        self._attr_supported_features = features
        self._clip: asyncio.Task[None] | None = None
        self._between_clips = MediaPlayerState.IDLE

    async def async_play_media(self, media_type: str, media_id: str, **kwargs: Any) -> None:
        """Fetch and record; then be playing for a moment."""
        asked = {
            "media_type": media_type,
            "media_id": media_id,
            "message": spoken_text(media_id),
            "announce": kwargs.get("announce"),
            "extra": kwargs.get("extra"),
        }
        try:
            fetched = await fetch(self.hass, media_id, self.entity_id)
        except HomeAssistantError as error:
            await write_down(self.hass, self.entity_id, "play_media", **asked, error=str(error))
            raise
        await write_down(self.hass, self.entity_id, "play_media", **asked, fetched=fetched, volume=self.volume_level)
        if self.entity_id in (await staged(self.hass, "silent") or ()):
            return
        if self._clip is not None:
            self._clip.cancel()
        self._clip = self.hass.async_create_background_task(self._play(), f"clip {self.entity_id}")

    async def _play(self) -> None:
        self._show(MediaPlayerState.PLAYING)
        await asyncio.sleep(PLAYING_SECONDS)
        self._show(self._between_clips)

    def _show(self, state: MediaPlayerState) -> None:
        self._attr_state = state
        self.async_write_ha_state()

    def _stay(self, state: MediaPlayerState) -> None:
        self._between_clips = state
        self._show(state)

    async def async_media_play(self) -> None:
        """Go on playing, until told otherwise."""
        await write_down(self.hass, self.entity_id, "media_play")
        self._stay(MediaPlayerState.PLAYING)

    async def async_media_pause(self) -> None:
        """Pause."""
        await write_down(self.hass, self.entity_id, "media_pause")
        self._stay(MediaPlayerState.PAUSED)

    async def async_media_stop(self) -> None:
        """Stop."""
        await write_down(self.hass, self.entity_id, "media_stop")
        self._stay(MediaPlayerState.IDLE)

    async def async_set_volume_level(self, volume: float) -> None:
        """Take a volume between 0 and 1."""
        await write_down(self.hass, self.entity_id, "volume_set", volume=volume)
        self._attr_volume_level = volume
        self.async_write_ha_state()


class BrokenSpeaker(Speaker):
    """A speaker that promises everything and fails at each clip."""

    async def async_play_media(self, media_type: str, media_id: str, **kwargs: Any) -> None:
        """Record the attempt and fail."""
        await write_down(
            self.hass,
            self.entity_id,
            "play_media",
            media_type=media_type,
            media_id=media_id,
            message=spoken_text(media_id),
            announce=kwargs.get("announce"),
            error="broken",
        )
        raise HomeAssistantError("this speaker is broken")
