"""Two lamps that can be dimmed."""

from __future__ import annotations

from typing import Any

from custom_components.recording_room import device, write_down
from homeassistant.components.light import ATTR_BRIGHTNESS, ColorMode, LightEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddEntitiesCallback


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddEntitiesCallback) -> None:
    """Add the lamps."""
    async_add_entities([Lamp("table_lamp", "Table lamp"), Lamp("ceiling_lamp", "Ceiling lamp")])


class Lamp(LightEntity):
    """A lamp that writes down when it is switched."""

    _attr_has_entity_name = True
    _attr_name = None
    _attr_should_poll = False
    _attr_is_on = False
    _attr_brightness = 255
    _attr_color_mode = ColorMode.BRIGHTNESS
    _attr_supported_color_modes = {ColorMode.BRIGHTNESS}  # noqa: RUF012 - as Home Assistant's own lights do

    def __init__(self, key: str, name: str) -> None:
        """Fix the entity id."""
        self.entity_id = f"light.{key}"
        self._attr_unique_id = key
        self._attr_device_info = device(key, name)

    async def async_turn_on(self, **asked: Any) -> None:
        """Light up."""
        self._attr_is_on, self._attr_brightness = True, asked.get(ATTR_BRIGHTNESS, self._attr_brightness)
        await write_down(self.hass, self.entity_id, "turn_on", brightness=self._attr_brightness)
        self.async_write_ha_state()

    async def async_turn_off(self, **_: Any) -> None:
        """Go dark."""
        self._attr_is_on = False
        await write_down(self.hass, self.entity_id, "turn_off")
        self.async_write_ha_state()
