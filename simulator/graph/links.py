"""Files that a message only points at: fetched by the provider before the message is sent."""

import asyncio
from urllib.parse import unquote, urlsplit

from simulator.models import Media, Message
from simulator.simulation import Simulation
from simulator.webhooks.wire import Refused

_FILE_MAX = 100 * 1024 * 1024


async def fetch_then_send(sim: Simulation, message: Message, links: list[tuple[int | None, str]]) -> None:
    """Fetch the files and send the message, or fail it with 131053 when one of them cannot be had.

    links: place of the card, None for the message's own file, and address.
    """
    for place, link in links:
        media = await _fetched(sim, message, link)
        if isinstance(media, str):
            sim.business.fail(message, 131053, media)
            return
        if place is None:
            message.media_id = media.id
        else:
            message.card_media[str(place)] = media.id
    sim.business.accept(message)


async def _fetched(sim: Simulation, message: Message, link: str) -> Media | str:
    """The file at an address, kept; or why it cannot be had."""
    try:
        answer = await sim.client.get(link, timeout_s=20, max_bytes=_FILE_MAX)
    except Refused as error:
        return f"Media URL could not be fetched: {error}."
    if answer.status != 200:
        return f"Media URL answered HTTP {answer.status}."
    mime = answer.headers.get("content-type", "application/octet-stream").split(";")[0].strip()
    filename = unquote(urlsplit(link).path.rsplit("/", 1)[-1]) or None
    media = await asyncio.to_thread(
        sim.world.files.write,
        answer.body,
        channel=message.channel,
        mime=mime,
        source="business",
        at=sim.world.now(),
        filename=filename,
    )
    sim.world.save_media(media)
    return media.flaw or media
