"""What a call says, as TwiML: from the request and the stored message alone.

The words are never in an address: our address carries the delivery's id, and the door reads the message.
https://www.twilio.com/docs/voice/twiml (read in November 2026)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.sax.saxutils import escape, quoteattr

from inbox.ports import Answer, Hook, StoredCall, Unparsable
from telephony.bodies import read_body, word

XML = "text/xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
KEY_WAIT_S = 8
#: A person who presses a key nobody offered hears the script again, so often in all.
ROUNDS = 3
SAY_CHARS = 3_000

_PAUSE = re.compile(r"\[pause ([0-9]{1,2}(?:\.[0-9]{1,2})?) ?s\]")
#: What is said after a key was taken; a language not named here hears nothing and the call ends.
THANKS = {
    "en": "Thank you. Goodbye.",
    "de": "Vielen Dank. Auf Wiederhören.",
    "fr": "Merci. Au revoir.",
    "es": "Gracias. Adiós.",
    "pt": "Obrigado. Adeus.",
    "it": "Grazie. Arrivederci.",
    "nl": "Dank u wel. Tot ziens.",
}


def call_ref(hook: Hook) -> str:
    """The delivery whose words are wanted: of an answered call, or after a key was pressed."""
    return hook.query.get("ref", "") if hook.query.get("step") in {"answer", "key"} else ""


def answer_call(hook: Hook, call: StoredCall | None) -> Answer:
    """The next words of a call, or an empty answer to a report."""
    try:
        form = read_body(hook.body)
    except Unparsable:
        return _xml("")
    step = hook.query.get("step")
    if step == "answer" and call:
        return _xml(_opening(hook, form, call))
    if step == "key" and call:
        return _xml(_after_key(hook, form, call))
    if step or not _is_incoming(form):
        return _xml("<Hangup/>" if call_ref(hook) else "")
    return _xml('<Reject reason="busy"/>')


def _is_incoming(form: Mapping[str, Any]) -> bool:
    return form.get("Direction") == "inbound" and form.get("CallStatus") == "ringing"


def is_machine(answered_by: str) -> bool:
    """Did a machine take the call, as far as the provider can tell?"""
    return answered_by.startswith(("machine", "fax"))


def _opening(hook: Hook, form: Mapping[str, Any], call: StoredCall) -> str:
    if not is_machine(word(form, "AnsweredBy")):
        return _round(hook, call, 1)
    if call.content.get("voicemail") != "speak":
        return "<Hangup/>"
    return f'<Pause length="1"/>{_words(call)}<Hangup/>'


def _after_key(hook: Hook, form: Mapping[str, Any], call: StoredCall) -> str:
    digits, n = word(form, "Digits"), _round_number(hook)
    if digits in {one["key"] for one in choices(call.content)}:
        thanks = THANKS.get(str(call.content.get("language", "")).partition("-")[0].lower(), "")
        return (_say(thanks, call) if thanks else "") + "<Hangup/>"
    is_repeat = bool(digits) and digits == str(call.content.get("repeat_key") or "")
    return _round(hook, call, n + 1) if is_repeat or n < ROUNDS else "<Hangup/>"


def _round_number(hook: Hook) -> int:
    text = hook.query.get("n", "1")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 1


def _round(hook: Hook, call: StoredCall, n: int) -> str:
    """Say it all, taking a key meanwhile and for some seconds after."""
    if not choices(call.content):
        return f"{_words(call)}<Hangup/>"
    query = urlencode({"ref": hook.query.get("ref", ""), "step": "key", "n": str(n)})
    action = quoteattr(f"{urlsplit(hook.url).path}?{query}")
    head = f'<Gather input="dtmf" numDigits="1" timeout="{KEY_WAIT_S}" action={action} method="POST">'
    return f"{head}{_words(call)}</Gather><Hangup/>"


def choices(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """[{"key", "title"}] of a message; what is no choice is left out."""
    found = content.get("choices")
    rows = found if isinstance(found, list) else []
    return [
        {"key": str(row["key"]), "title": str(row.get("title") or row["key"])}
        for row in rows
        if isinstance(row, dict) and row.get("key")
    ]


def _words(call: StoredCall) -> str:
    return "".join(_parts(call))


def _parts(call: StoredCall) -> Iterator[str]:
    """Spoken parts and pauses, in turn. Pauses are rounded to the whole seconds every voice keeps."""
    for n, piece in enumerate(_PAUSE.split(call.text)):
        if n % 2:
            yield f'<Pause length="{max(1, round(float(piece)))}"/>'
        elif piece.strip():
            yield _say(piece.strip()[:SAY_CHARS], call)


def _say(text: str, call: StoredCall) -> str:
    named = {name: call.content.get(name) for name in ("language", "voice")}
    attributes = "".join(f" {name}={quoteattr(str(value))}" for name, value in named.items() if value)
    return f"<Say{attributes}>{escape(text)}</Say>"


def _xml(inner: str) -> Answer:
    return Answer(200, f"{HEAD}<Response>{inner}</Response>".encode(), XML)
