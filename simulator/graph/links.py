"""Files that a message only points at: fetched by the provider before the message is sent."""

import asyncio
from urllib.parse import unquote, urlsplit

from simulator.models import Message
from simulator.simulation import Simulation
from simulator.webhooks.wire import Refused

_FILE_MAX = 100 * 1024 * 1024


async def fetch_then_send(sim: Simulation, message: Message, link: str) -> None:
    """Fetch the file and send the message, or fail it with 131053 when the file cannot be had."""
    try:
        answer = await sim.client.get(link, timeout_s=20, max_bytes=_FILE_MAX)
    except Refused as error:
        sim.business.fail(message, 131053, f"Media URL could not be fetched: {error}.")
        return
    if answer.status != 200:
        sim.business.fail(message, 131053, f"Media URL answered HTTP {answer.status}.")
        return
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
    if media.flaw:
        sim.business.fail(message, 131053, media.flaw)
        return
    message.media_id = media.id
    sim.business.accept(message)
