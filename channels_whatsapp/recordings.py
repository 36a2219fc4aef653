"""Recordings in the one form WhatsApp plays as a voice note: Opus in Ogg, one channel.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/audio-messages
(read in September 2026)
"""

from __future__ import annotations

from typing import BinaryIO

import av
from av.error import FFmpegError

from common import sound
from common.sound import OGG, BadSound, SlowSound
from inbox.ports import OutboundFile, SendError

#: Sent as they are when they are not voice notes; of Ogg only Opus with one channel.
PLAYED = {"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4"}
#: What may be converted; browsers call a recording without pictures video/webm too.
CONVERTS = (
    "audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/webm", "video/webm", "audio/flac",
    "audio/x-flac", "audio/x-m4a", "audio/m4a", "audio/mp3", "audio/x-aiff", "audio/aiff", "audio/opus",
    "audio/3gpp", "audio/ogg", "audio/aac", "audio/amr", "audio/mpeg", "audio/mp4",
)  # fmt: skip
#: A voice note above this size is shown as a file to be downloaded; headers take some of it.
VOICE_BYTES = 500 * 1024


def is_taken(file: OutboundFile, stream: BinaryIO) -> bool:
    """Is it sent as it is? Raises SendError for an Ogg file that cannot be read."""
    mime = file.mime.split(";")[0].strip().lower()
    if mime != OGG:
        return file.kind == "audio" and mime in PLAYED
    try:
        with av.open(stream, "r") as found:
            context = sound.sound_in(found).codec_context
            return context.name in {"opus", "libopus"} and context.layout.nb_channels == 1
    except FFmpegError:
        raise _refusal("This is no recording we can read; it may be broken.") from None
    except BadSound as fault:
        raise _refusal(str(fault)) from None
    finally:
        stream.seek(0)


def write_opus(source: BinaryIO, out: BinaryIO, *, until: float, is_voice: bool) -> None:
    """Make it Opus in Ogg; a voice note stays small enough to be played where its length is told.

    until: on the monotonic clock. Raises SendError when it cannot be read, is too long, or time is up.
    """
    try:
        sound.write_opus(source, out, until=until, fitting=VOICE_BYTES if is_voice else None)
    except SlowSound as fault:
        raise SendError("unavailable", str(fault), permanent=False) from None
    except BadSound as fault:
        raise _refusal(str(fault)) from None


def _refusal(sentence: str) -> SendError:
    return SendError("invalid", sentence, permanent=True)
