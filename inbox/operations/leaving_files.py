"""The files of messages that leave now, as adapters take them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import cast
from uuid import UUID

from django.conf import settings

from inbox.files import FileStore, signed_url
from inbox.models import Attachment, Delivery
from inbox.operations.kept_files import known_ids
from inbox.operations.own_files import named_in
from inbox.operations.rules import MARK
from inbox.ports import FileKind, OutboundFile


@dataclass(frozen=True, slots=True)
class Files:
    """Of one message. above: its own; inside: those its content names, by that name."""

    above: OutboundFile | None = None
    inside: Mapping[str, OutboundFile] = field(default_factory=dict)


NO_FILES = Files()


def files_of(rows: Sequence[Delivery], now: datetime) -> dict[UUID, Files]:
    """{message id: its files}, for those that have some. Two statements."""
    found = Attachment.objects.filter(message__in=[row.message_id for row in rows], link="").order_by("-id")
    of: dict[UUID, list[Attachment]] = defaultdict(list)
    for one in found:
        if one.message_id:
            of[one.message_id].append(one)
    sending = [row for row in rows if row.message_id in of]
    named = {row.message_id: named_in(row.message.content) for row in sending}
    above = {key: one for key in of for one in of[key] if str(one.id) not in named[key]}
    leaving = _above(sending, above, now)
    return {
        row.message_id: Files(leaving.get(row.message_id), _inside(row, of[row.message_id], named))
        for row in sending
    }


def _above(
    rows: Sequence[Delivery], files: Mapping[UUID, Attachment], now: datetime
) -> dict[UUID, OutboundFile]:
    """{message id: the file above it}. A notification's goes with many others."""
    keys = {
        row.message_id: files[row.message_id].storage_key
        for row in rows
        if row.message_id in files and MARK in row.message.content
    }
    known = known_ids(((row.channel_id, keys[row.message_id]) for row in rows if row.message_id in keys), now)
    return {
        row.message_id: _file(row, files[row.message_id], keys.get(row.message_id, ""), known)
        for row in rows
        if row.message_id in files
    }


def _inside(
    row: Delivery, files: Sequence[Attachment], named: Mapping[UUID, Mapping[str, str]]
) -> dict[str, OutboundFile]:
    return {str(one.id): _file(row, one, "", {}) for one in files if str(one.id) in named[row.message_id]}


def _file(
    row: Delivery, attachment: Attachment, key: str, known: Mapping[tuple[UUID, str], str]
) -> OutboundFile:
    return OutboundFile(
        cast(FileKind, attachment.kind),
        attachment.filename,
        attachment.mime,
        attachment.size_bytes or 0,
        partial(FileStore(row.tenant_id).open, attachment.storage_key),
        settings.PUBLIC_URL + signed_url(attachment, holder=row.channel_id),
        key,
        known.get((row.channel_id, key), "") if key else "",
    )
