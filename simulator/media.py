"""Files: kept on disk, measured, and handed out behind addresses that are signed and soon expire."""

import base64
import hashlib
import hmac
import os
import re
from pathlib import Path
from urllib.parse import urlencode

from simulator import pictures, sound
from simulator.ids import new_media_id
from simulator.models import Media

_DAY_S = 86_400
_MIME = re.compile(r"[\w.+-]+/[\w.+-]+(; ?[\w=.+-]+)*", re.ASCII)
# How long a media id can be used: `business` = uploaded by the business, `customer` = came in a webhook.
LIVES_S = {"business": 30 * _DAY_S, "customer": 7 * _DAY_S}


class Files:
    """The folder of stored files and the key that signs their addresses."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._key = _signing_key(folder / "key")

    def write(self, content: bytes, *, channel: str, mime: str, source: str, at: float,
              filename: str | None = None, voice: bool = False) -> Media:  # fmt: skip
        """Store bytes as a new file and measure it. Slow for sound and video: call from a thread."""
        mime = mime if _MIME.fullmatch(mime) else "application/octet-stream"
        if voice:
            content, mime = sound.as_voice_note(content, mime)
        media = Media(
            id=new_media_id(), channel=channel, mime=mime, size=len(content), source=source, at=at,
            sha256=hashlib.sha256(content).hexdigest(), filename=filename, voice=voice,
        )  # fmt: skip
        _measure(media, content)
        (self._folder / media.id).write_bytes(content)
        return media

    def path(self, media: Media) -> Path:
        """Where the file is."""
        return self._folder / media.id

    def remove(self, media: Media) -> None:
        """Delete the file; its row may stay."""
        self.path(media).unlink(missing_ok=True)

    def address(self, base_url: str, media: Media, *, now: float, lives_s: float) -> str:
        """A download address that works for `lives_s` seconds, with the business's token."""
        expires = str(int(now + lives_s))
        query = urlencode(
            {"mid": media.id, "source": "getMedia", "ext": expires, "hash": self._sign(media.id, expires)}
        )
        return f"{base_url}/whatsapp_business/attachments/?{query}"

    def is_valid(self, media_id: str, expires: str, signature: str, *, now: float) -> bool:
        """Whether an address was made by `address` and has not expired."""
        right = hmac.compare_digest(self._sign(media_id, expires), signature)
        return right and expires.isdigit() and now < int(expires)

    def _sign(self, media_id: str, expires: str) -> str:
        return hmac.new(self._key, f"{media_id}.{expires}".encode(), hashlib.sha256).hexdigest()[:40]


def is_alive(media: Media, now: float) -> bool:
    """Whether the id can still be used."""
    return not media.deleted and now < media.at + LIVES_S[media.source]


def sha256_as(media: Media, encoding: str) -> str:
    """The file's SHA-256 as `hex` or as `base64` of the raw digest."""
    return media.sha256 if encoding == "hex" else base64.b64encode(bytes.fromhex(media.sha256)).decode()


def _signing_key(path: Path) -> bytes:
    """A key that outlives a restart, so that addresses already given out go on working."""
    if not path.exists():
        path.write_bytes(os.urandom(32))
        path.chmod(0o600)
    return path.read_bytes()


def _measure(media: Media, content: bytes) -> None:
    """Fill in width and height, or duration and waveform, and what is wrong with the file, if anything."""
    if media.mime.startswith("image/"):
        media.width, media.height = pictures.size_of(content)
        media.flaw = pictures.flaw_of(content, media.mime)
    elif media.mime.startswith("audio/"):
        media.duration_s, media.waveform = sound.measure(content)
        media.flaw = sound.flaw_of_audio(content, media.mime)
    elif media.mime.startswith("video/"):
        media.duration_s, media.width, media.height = sound.measure_video(content)
        media.flaw = sound.flaw_of_video(content)
