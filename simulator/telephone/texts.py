"""Parts of a text, as the network cuts it, and what they cost."""

_SMALL = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = set("\f^{}\\[~]|€")
_PRICE = 0.04


def parts_of(text: str) -> int:
    """Into how many parts a text is cut; an empty one is one part."""
    if set(text) <= _SMALL | _ESCAPED:
        widths, single, joined = [2 if char in _ESCAPED else 1 for char in text], 160, 153
    else:
        widths, single, joined = [2 if ord(char) > 0xFFFF else 1 for char in text], 70, 67
    if sum(widths) <= single:
        return 1
    count, room = 1, joined
    for width in widths:
        if width > room:
            count, room = count + 1, joined
        room -= width
    return count


def price_of(text: str) -> str:
    """Negative, as it stands on the bill."""
    return f"-{parts_of(text) * _PRICE:.5f}"
