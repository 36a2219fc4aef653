"""What providers kept of calls: the sound becomes a file of the call's line, its words stand beside it.

Both may come before the line is there, and before anything is known of the call: then they wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from common import queues
from common.ids import uuid7
from common.sql import insert_rows, lock_keys
from common.tenancy import require_tenant
from inbox.files import FileStore
from inbox.models import Attachment, Call, CallRecord, Message, Outcome
from inbox.operations.arrivals import MEDIA_QUEUE, TEXT_MAX, Arrival, Batch, pending_files
from inbox.operations.attachments import tell_attached
from inbox.ports import InboundCallRecord, InboundFile

#: Where the content of a call's line has its words.
TRANSCRIPT = "transcript"
UNKNOWN = "No call with this id is known here; it is kept, should the call be told of later."

#: A call as its provider knows it: (channel id, provider id).
Key = tuple[UUID, str]


def store_call_records(batch: Batch) -> None:
    """Keep what was told, and put it to the lines that are there.

    Writes CallRecord, Attachment, Message, Event `message.attached`."""
    told = [a for a in batch.arrivals if isinstance(a.item, InboundCallRecord)]
    if not told:
        return
    rows = {a.index: _row(a) for a in told}
    _lock(_key(row) for row in rows.values())
    written = insert_rows(list(rows.values()), on_conflict="DO NOTHING", returning=["id"])
    new = {row[0] for row in written}
    fresh = [row for row in rows.values() if row.id in new]
    lines = _lines({_key(row) for row in fresh})
    known = lines.keys() | _calls({_key(row) for row in fresh})
    for arrival in told:
        row = rows[arrival.index]
        if row.id not in new:
            batch.settle(arrival, Outcome.DUPLICATE)
        elif _key(row) in known:
            batch.settle(arrival, Outcome.STORED)
        else:
            batch.settle(arrival, Outcome.IGNORED, UNKNOWN)
    files = _attach(fresh, lines)
    for line in lines.values():
        line.save(update_fields=["content"])
    insert_rows(files)
    for line in lines.values():
        tell_attached(line)


def parked_files(messages: Sequence[Message]) -> list[Attachment]:
    """Give lines of calls, not yet written, what came before them: their words at once, the unsaved rows of
    their files. Writes CallRecord."""
    lines = {(one.channel_id, one.external_id or ""): one for one in messages if one.kind == "call"}
    if not lines:
        return []
    _lock(lines)
    waiting = CallRecord.objects.filter(
        channel__in={key[0] for key in lines}, external_id__in={key[1] for key in lines}, is_attached=False
    )
    return _attach(waiting.order_by("id"), lines)


def _lock(keys: Iterable[Key]) -> None:
    """Who writes a call's line and who tells what was kept of it look for each other one after the other."""
    tenant = require_tenant()
    lock_keys([f"{tenant}|call|{channel}|{external_id}" for channel, external_id in keys])


def _row(arrival: Arrival) -> CallRecord:
    item = arrival.item
    if not isinstance(item, InboundCallRecord):
        raise TypeError(f"{type(item).__name__} tells of nothing that was kept of a call")
    row = CallRecord(
        id=uuid7(), channel=arrival.channel, external_id=item.external_id, what=item.what,
        text=item.text[:TEXT_MAX], at=item.occurred_at,
    )  # fmt: skip
    if file := item.file:
        row.kind, row.media_id, row.mime = file.kind, file.media_id[:200], file.mime[:120]
        row.filename, row.url, row.sha256 = file.filename[:240], file.url, file.sha256[:64]
    return row


def _key(row: CallRecord) -> Key:
    return row.channel_id, row.external_id


def _lines(keys: set[Key]) -> dict[Key, Message]:
    """The lines of these calls, locked."""
    rows = Message.objects.filter(
        channel__in={key[0] for key in keys}, direction__in=("inbound", "outbound"),
        external_id__in={key[1] for key in keys}, kind="call",
    )  # fmt: skip
    locked = rows.select_for_update(of=("self",)).order_by("id") if keys else ()
    found = {(row.channel_id, row.external_id or ""): row for row in locked}
    return {key: row for key, row in found.items() if key in keys}


def _calls(keys: set[Key]) -> set[Key]:
    rows = Call.objects.filter(channel__in={key[0] for key in keys}, external_id__in={key[1] for key in keys})
    return {(channel, external or "") for channel, external in rows.values_list("channel_id", "external_id")}


def _attach(rows: Iterable[CallRecord], lines: Mapping[Key, Message]) -> list[Attachment]:
    files: list[Attachment] = []
    put = []
    for row in rows:
        line = lines.get(_key(row))
        if line is None:
            continue
        put.append(row.id)
        if row.text:
            line.content = {**line.content, TRANSCRIPT: row.text}
        if row.media_id:
            files += pending_files([_file(row)], line)
    if put:
        CallRecord.objects.filter(id__in=put).update(is_attached=True)
    if files:
        queues.enqueue(MEDIA_QUEUE)
    return files


def _file(row: CallRecord) -> InboundFile:
    return InboundFile(
        "audio" if row.kind == "audio" else "document",
        row.media_id,
        row.mime,
        row.filename,
        row.url,
        row.sha256,
    )


def read_transcript(attachment: Attachment) -> None:
    """Words of a call that came as a file of text are to be read in its line. Writes Message."""
    is_text = attachment.kind == "document" and attachment.mime.startswith("text/")
    if not is_text or attachment.message_id is None:
        return
    line = Message.objects.select_for_update(of=("self",)).get(id=attachment.message_id)
    if line.kind != "call" or line.content.get(TRANSCRIPT):
        return
    with FileStore(attachment.tenant_id).open(attachment.storage_key) as file:
        words = file.read(TEXT_MAX).decode(errors="replace").replace("\0", "").strip()
    if words:
        line.content = {**line.content, TRANSCRIPT: words}
        line.save(update_fields=["content"])
    attachment.message = line
