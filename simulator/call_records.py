"""What calls by WhatsApp leave behind when the business asked for it: a sound, and what was said.

The real sound never passes here, so the sound is a tone as long as the call, and the words are invented.
"""

import asyncio
from typing import Any

from simulator import sound
from simulator.models import Media
from simulator.voice import VoiceCall, VoiceCalls
from simulator.webhooks import payloads
from simulator.world import World

Json = dict[str, Any]
_SECONDS_MAX = 20


async def keep(world: World, voice: VoiceCalls, base_url: str, call: VoiceCall) -> None:
    """Make both and tell the business of each."""
    lasted = max(1, min(_SECONDS_MAX, call.state.get("duration_s") or 0))
    if "recording" in call.keeps:
        media = await _file(world, call, await asyncio.to_thread(sound.tone, lasted), sound.VOICE_MIME)
        audio = {"type": "audio", "audio": _shown(world, call, media, base_url)}
        voice.tell_kept(call, "call_recording_available", call_recording=audio)
    if "transcription" in call.keeps:
        voice.tell_kept(
            call, "call_transcription_available", call_transcription=await _words(world, call, base_url)
        )


async def _words(world: World, call: VoiceCall, base_url: str) -> Json:
    words = "\n".join(
        (
            f"{call.number.verified_name}: Good day, how can I help you?",
            f"{call.phone.name}: I am calling about my order.",
            f"{call.number.verified_name}: It left this morning and arrives tomorrow.",
        )
    )
    if call.number.settings.call_transcription == "text":
        return {"type": "text", "text": {"body": words}}
    media = await _file(world, call, words.encode(), "text/plain", "transcript.txt")
    return {"type": "document", "document": _shown(world, call, media, base_url)}


async def _file(world: World, call: VoiceCall, content: bytes, mime: str, name: str | None = None) -> Media:
    media = await asyncio.to_thread(
        world.files.write, content, channel=call.number.id, mime=mime, source="customer", at=world.now(),
        filename=name,
    )  # fmt: skip
    world.save_media(media)
    return media


def _shown(world: World, call: VoiceCall, media: Media, base_url: str) -> Json:
    lives_s = call.number.settings.media_url_lives_s
    url = world.files.address(base_url, media, now=world.now(), lives_s=lives_s)
    named = {"filename": media.filename} if media.filename else {}
    return {**payloads.media_object(call.number, media, url), **named}
