"""The sound and the words of calls: what Meta is asked to keep of one, and how it tells that they are there.

https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/recording (June 2026,
read in November 2026). The shape of a transcription is not written down: words and files are both taken.
"""

from __future__ import annotations

from channels_whatsapp.messages import Update, file_of
from channels_whatsapp.values import Malformed, identifier, moment, record, word
from inbox.ports import FileKind, Inbound, InboundCallRecord, InboundFile, Json

#: In a channel's config.
RECORDING, TRANSCRIPTION = "call_recording", "call_transcription"
PURPOSE, LANGUAGE = "call_purpose", "call_language"
PURPOSE_CHARS = 250
WORDS_CHARS = 65_536
RECORDED, TRANSCRIBED = "call_recording_available", "call_transcription_available"
#: Their type of file → our kind.
_FILES: dict[str, FileKind] = {
    "document": "document",
    "file": "document",
    "text": "document",
    "audio": "audio",
}


def asked_of(config: Json) -> Json:
    """What the call is to leave behind, as `accept` and `connect` say it; nothing while nobody wants it."""
    why = {"purpose": config.get(PURPOSE), "announcement_language": config.get(LANGUAGE)}
    said = {name: value for name, value in why.items() if isinstance(value, str) and value}
    wanted = {"recording": RECORDING, "transcription": TRANSCRIPTION}
    return {name: {"status": "ENABLED", **said} for name, key in wanted.items() if config.get(key) is True}


def read_call_record(update: Update) -> Inbound:
    """A recording or a transcription that is there now. Raises Malformed."""
    call = update.raw
    if word(call, "event") == RECORDED:
        said = record(call.get("call_recording"))
        return _item(update, "recording", file=file_of(record(said.get("audio")), "audio"))
    said = record(call.get("call_transcription")) or record(call.get("transcription"))
    file, text = _file(said), _words(said)
    if file is None and not text:
        raise Malformed("The transcription has neither words nor a file.")
    return _item(update, "transcript", file=file, text=text)


def _item(update: Update, what: str, *, file: InboundFile | None, text: str = "") -> InboundCallRecord:
    return InboundCallRecord(
        **update.place,
        external_id=identifier(update.raw, "id"),
        what="recording" if what == "recording" else "transcript",
        occurred_at=moment(update.raw),
        text=text,
        file=file,
    )


def _file(said: Json) -> InboundFile | None:
    for name, kind in _FILES.items():
        if word(media := record(said.get(name)), "id"):
            return file_of({"mime_type": "text/plain", "filename": "transcript.txt", **media}, kind)
    return None


def _words(said: Json) -> str:
    inside = record(said.get("text"))
    found = [said.get("text"), inside.get("body"), said.get("body"), said.get("transcript")]
    return next((one for one in found if isinstance(one, str) and one), "")[:WORDS_CHARS]
