"""A notice board: a notify entity that only writes down."""

from __future__ import annotations

from custom_components.recording_room import device, write_down
from homeassistant.components.notify import NotifyEntity, NotifyEntityFeature
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddEntitiesCallback) -> None:
    """Add the board."""
    async_add_entities([Board()])


class Board(NotifyEntity):
    """`notify.message_board`."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_unique_id = "message_board"
    _attr_supported_features = NotifyEntityFeature.TITLE

    def __init__(self) -> None:
        """Fix the entity id."""
        self.entity_id = "notify.message_board"
        self._attr_device_info = device("message_board", "Message board")

    async def async_send_message(self, message: str, title: str | None = None) -> None:
        """Record the message."""
        await write_down(self.hass, self.entity_id, "send_message", message=message, title=title)
