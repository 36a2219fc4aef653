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
#: Voices that keep marks (SSML) within their words, and one of them for each language:
#: https://www.twilio.com/docs/voice/twiml/say/text-speech (read in November 2026).
MARKING = ("Polly.", "Google.")
VOICES = {
    "en": "Polly.Amy", "en-gb": "Polly.Amy", "en-us": "Polly.Joanna", "de": "Polly.Vicki",
    "es": "Polly.Lucia", "fr": "Polly.Celine", "it": "Polly.Carla", "nl": "Polly.Lotte",
    "pt": "Polly.Ines", "pt-pt": "Polly.Ines", "pt-br": "Polly.Camila", "ar": "Polly.Zeina",
    "cy": "Polly.Gwyneth", "da": "Polly.Naja", "hi": "Polly.Aditi", "is": "Polly.Dora", "ja": "Polly.Mizuki",
    "ko": "Polly.Seoyeon", "nb": "Polly.Liv", "pl": "Polly.Ewa", "ro": "Polly.Carmen", "ru": "Polly.Tatyana",
    "sv": "Polly.Astrid", "tr": "Polly.Filiz", "zh": "Polly.Zhiyu",
}  # fmt: skip
#: What is said after a key was taken; a language not named here hears nothing and the call ends.
THANKS = {
    "en": "Thank you. Goodbye.",
    "de": "Vielen Dank. Auf Wiederhören.",
    "fr": "Merci. Au revoir.",
    "es": "Gracias. Adiós.",
    "pt": "Obrigado. Adeus.",
    "it": "Grazie. Arrivederci.",
    "nl": "Dank u wel. Tot ziens.",
    "ar": "شكرًا لك. مع السلامة.",
    "bg": "Благодаря. Дочуване.",
    "ca": "Gràcies. Adéu.",
    "cs": "Děkujeme. Na shledanou.",
    "da": "Tak. Farvel.",
    "el": "Ευχαριστούμε. Γεια σας.",
    "et": "Aitäh. Head aega.",
    "fi": "Kiitos. Kuulemiin.",
    "he": "תודה. להתראות.",
    "hi": "धन्यवाद। नमस्ते।",
    "hr": "Hvala. Doviđenja.",
    "hu": "Köszönjük. Viszonthallásra.",
    "id": "Terima kasih. Sampai jumpa.",
    "is": "Takk fyrir. Bless.",
    "ja": "ありがとうございました。失礼いたします。",
    "ko": "감사합니다. 안녕히 계세요.",
    "lt": "Ačiū. Viso gero.",
    "lv": "Paldies. Uz redzēšanos.",
    "ms": "Terima kasih. Selamat tinggal.",
    "nb": "Takk. Ha det bra.",
    "no": "Takk. Ha det bra.",
    "pl": "Dziękujemy. Do usłyszenia.",
    "ro": "Mulțumim. La revedere.",
    "ru": "Спасибо. До свидания.",
    "sk": "Ďakujeme. Dopočutia.",
    "sl": "Hvala. Na svidenje.",
    "sr": "Хвала. Пријатно.",
    "sv": "Tack. Hej då.",
    "th": "ขอบคุณค่ะ สวัสดีค่ะ",
    "tr": "Teşekkür ederiz. İyi günler.",
    "uk": "Дякуємо. До побачення.",
    "vi": "Cảm ơn quý khách. Xin chào.",
    "zh": "谢谢，再见。",
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
    """Spoken parts and pauses, in turn. Whole seconds are a verb of their own, which every voice keeps; parts
    of a second are marks within the words, where the voice knows them, else rounded to a second."""
    voice, words = _marking_voice(call), ""
    for n, piece in enumerate(_PAUSE.split(call.text)):
        if n % 2 == 0:
            words += escape(piece.strip()[:SAY_CHARS])
        elif voice and float(piece) % 1:
            words += f'<break time="{round(float(piece) * 1000)}ms"/>'
        else:
            yield from _said(words, call, voice)
            words = ""
            yield f'<Pause length="{max(1, round(float(piece)))}"/>'
    yield from _said(words, call, voice)


def _said(words: str, call: StoredCall, voice: str) -> Iterator[str]:
    """words: escaped, with their marks."""
    if words:
        yield _say_marked(words, call, voice if "<break" in words else "")


def _marking_voice(call: StoredCall) -> str:
    """A voice that keeps marks within the words: the one asked for, else one of the language; "" for none."""
    asked = str(call.content.get("voice") or "")
    if asked:
        return asked if asked.startswith(MARKING) else ""
    language = str(call.content.get("language") or "").lower()
    return VOICES.get(language) or VOICES.get(language.partition("-")[0], "")


def _say(text: str, call: StoredCall) -> str:
    return _say_marked(escape(text), call, "")


def _say_marked(words: str, call: StoredCall, voice: str) -> str:
    named = {"language": call.content.get("language"), "voice": voice or call.content.get("voice")}
    attributes = "".join(f" {name}={quoteattr(str(value))}" for name, value in named.items() if value)
    return f"<Say{attributes}>{words}</Say>"


def _xml(inner: str) -> Answer:
    return Answer(200, f"{HEAD}<Response>{inner}</Response>".encode(), XML)
