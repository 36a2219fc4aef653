"""Files that go with many messages: given to a provider once, and named by its id while it keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from common.ids import uuid7
from common.sql import among, insert_rows
from inbox.models import Attachment, KeptFile, Message
from inbox.ports import Kept


def shared(file: Attachment, message: Message) -> Attachment:
    """The unsaved row of a stored file as this message's own; both rows name the same bytes."""
    return Attachment(
        id=uuid7(),
        message=message,
        created_at=message.created_at,
        **{name: getattr(file, name) for name in _SAME},
    )


_SAME = (
    "kind", "filename", "mime", "size_bytes", "sha256", "storage_key", "preview_key", "width", "height",
    "duration_s", "waveform", "state",
)  # fmt: skip


def known_ids(files: Iterable[tuple[UUID, str]], now: datetime) -> dict[tuple[UUID, str], str]:
    """{(channel, storage key): the provider's id} of those it still keeps. One statement, none without
    files."""
    wanted = set(files)
    if not wanted:
        return {}
    rows = KeptFile.objects.filter(
        among("storage_key", {key for _, key in wanted}),
        channel__in={channel for channel, _ in wanted},
        until__gt=now,
    )
    return {(row.channel_id, row.storage_key): row.external_id for row in rows}


def note_kept(found: Iterable[tuple[UUID, Kept]]) -> None:
    """Keep what providers call the files they were given, by channel. Writes KeptFile."""
    now = timezone.now()
    rows = {
        (channel, kept.key): KeptFile(
            id=uuid7(),
            channel_id=channel,
            storage_key=kept.key,
            external_id=kept.external_id,
            until=now + timedelta(seconds=kept.for_s),
        )
        for channel, kept in found
    }
    insert_rows([rows[key] for key in sorted(rows, key=str)], on_conflict=_NEWER)


_NEWER = """
(tenant_id, channel_id, storage_key)
DO UPDATE SET external_id = EXCLUDED.external_id, until = EXCLUDED.until
"""
