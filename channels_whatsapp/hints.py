"""What whoever wrote a message can do when the provider refuses it, by the provider's code.

Meta's own words for these codes are made for programmers ("Message Undeliverable."); where they name what is
wrong in a request, as with code 100, they say it best and there is no hint.
"""

from __future__ import annotations

_AGAIN = "It is tried again by itself; if that has ended, wait a few minutes and retry."
_GROUP = "It may be gone; look under Groups on the channel's page."
_OTHER_MESSAGES = "other messages may still be sent."

HINTS: dict[int, str] = {
    130403: "Unblock them in the customer panel to write to them again.",
    130429: _AGAIN,
    130472: "It concerns marketing alone: wait until they write, or reach them on another channel.",
    130497: "Reach them on another channel.",
    131020: _GROUP,
    131021: "Choose another number: this is the one that sends.",
    131026: "The number may not use WhatsApp, or only an old version of it. Check the number, or reach them"
    " on another channel.",
    131030: "Have the number added to that list in the app's page, or send from a real number.",
    131041: _GROUP,
    131047: "Their answer opens the conversation again.",
    131049: f"Wait a day before the next one, or until they write; {_OTHER_MESSAGES}",
    131050: f"Send none until they ask for it; {_OTHER_MESSAGES}",
    131051: "Send it as a text or as a file.",
    131052: "Attach it again; a file at an address must be open to everybody.",
    131053: "Save it in a usual format and attach it again: JPEG or PNG, MP4 with H.264 and AAC, OGG or MP3,"
    " PDF.",
    131056: _AGAIN,
    131062: "Ask for their phone number first, with the button for it.",
    132000: "Choose it anew and fill in every value.",
    132001: "Choose another one; an admin can look it up under Templates in the console.",
    132005: "Fill in shorter values.",
    132015: "Wait until it may be used again, or choose another template.",
    132016: "Choose another template.",
    132068: "Ask in a text instead; an admin can put the flow right in WhatsApp Manager › Flows.",
    139200: "Send a template instead.",
}


def advice(code: int | None, title: str, fix: str) -> str:
    """What happened and what to do, "" where the provider says it best. title, fix: of the code's ruling."""
    if code in HINTS:
        return f"{title}. {HINTS[code]}"
    return f"{title}. For an admin: {fix}" if fix else ""
