"""Pictures by Pillow: their size, and nothing more; the file itself is never changed."""

import io

from PIL import Image, UnidentifiedImageError


def size_of(content: bytes) -> tuple[int | None, int | None]:
    """Width and height in pixels; two Nones for what is not a picture."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            return picture.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return None, None


def flaw_of(content: bytes, mime: str) -> str | None:
    """Why WhatsApp would not show this picture, or None."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            form = Image.MIME.get(picture.format or "")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return "The file is not a picture."
    return None if form == mime else f"The file is {form}, not {mime}."
