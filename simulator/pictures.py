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
