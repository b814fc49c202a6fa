"""Sound without a sound card: resolve a media id, fetch it as a speaker would, make a tone."""

from __future__ import annotations

import array
import asyncio
import io
import math
import wave
from typing import Any

from aiohttp import ClientError
from homeassistant.components import media_source
from homeassistant.components.media_player import async_process_play_media_url
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from yarl import URL

RATE = 16000
FETCH_TIMEOUT = 10


def spoken_text(media_id: str) -> str | None:
    """Return the text inside the media id of a spoken message."""
    return URL(media_id).query.get("message")


async def fetch(hass: HomeAssistant, media_id: str, entity_id: str) -> dict[str, Any]:
    """Resolve a media id and load the sound; a speaker that cannot load it fails its call."""
    url = media_id
    if media_source.is_media_source_id(media_id):
        url = (await media_source.async_resolve_media(hass, media_id, entity_id)).url
    url = async_process_play_media_url(hass, url)
    try:
        async with asyncio.timeout(FETCH_TIMEOUT):
            async with async_get_clientsession(hass).get(url) as answer:
                body = await answer.read()
    except (ClientError, OSError, TimeoutError) as error:
        raise HomeAssistantError(f"cannot fetch {url}: {error}") from error
    if answer.status != 200:
        raise HomeAssistantError(f"cannot fetch {url}: {answer.status}")
    return {"url": url, "content_type": answer.content_type, "size": len(body)}


def tone(text: str) -> bytes:
    """Make a short WAV, longer for a longer text."""
    frames = int(RATE * min(2.0, 0.2 + 0.01 * len(text)))
    wavelength = RATE / 440
    samples = array.array("h", (int(6000 * math.sin(math.tau * i / wavelength)) for i in range(frames)))
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return sound.getvalue()
