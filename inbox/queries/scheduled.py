"""Messages that wait for their time, or could not leave then."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from common.api.pages import Keyset, Page, moment
from inbox import wire_words as wire
from inbox.models import Attachment, ScheduledMessage
from inbox.models.scheduled import SHOWN
from inbox.queries.messages import thread_of
from inbox.shapes_words import scheduled_shape

BY_TIME = Keyset("scheduled", ("send_at", "id"), (moment, UUID), is_falling=False)


def scheduled_page(
    *, limit: int, after: str | None = None, thread: UUID | None = None, state: str | None = None
) -> Page[ScheduledMessage]:
    """Those of a thread, which may have been taken in by another, or of all, the next first; by default those
    that still stand in their thread."""
    rows: QuerySet[ScheduledMessage] = ScheduledMessage.objects.filter(state__in=[state] if state else SHOWN)
    if thread:
        now = thread_of(thread)
        rows = rows.filter(thread__in={thread, now.id if now else thread})
    return BY_TIME.page(rows, limit=limit, after=after)


def scheduled_shapes(rows: Sequence[ScheduledMessage]) -> list[wire.ScheduledMessage]:
    """As JSON, with their files: one statement more, however many there are."""
    keys = [key for row in rows for key in row.attachment_ids]
    files = Attachment.objects.in_bulk(keys) if keys else {}
    return [scheduled_shape(row, [files[key] for key in row.attachment_ids if key in files]) for row in rows]
