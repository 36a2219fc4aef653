"""What the endpoints of the inbox share: the caller as an author, and rows that input refers to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from common.api.endpoints import Endpoint
from common.api.problems import Fault, Problem
from inbox import wire
from inbox.models import Attachment, FileState, Message, Thread
from inbox.operations.authors import Author
from inbox.queries.messages import message_shapes
from inbox.queries.threads import find_thread, thread_shapes


class InboxEndpoint(Endpoint):
    """An address of the inbox's API."""

    @property
    def author(self) -> Author:
        """Who does what this call does."""
        who = self.principal
        return Author.of(who.member) if who.member else Author("api_key", who.row.id, who.row.name)

    @property
    def me(self) -> UUID | None:
        """The calling member's id; None for a key."""
        return self.principal.row.id if self.principal.kind == "member" else None

    def thread_answer(self, thread_id: UUID) -> wire.Thread:
        """The thread as it is now, as the caller sees it. Raises Thread.DoesNotExist."""
        return thread_shapes([find_thread(thread_id, self.me)], self.me)[0]


def thread_row(thread_id: UUID) -> Thread:
    """The thread, or the one that has taken it in, for an operation. Raises Thread.DoesNotExist."""
    row: Thread = Thread.objects.get(id=thread_id)
    while row.joined_to_id:
        row = Thread.objects.get(id=row.joined_to_id)
    return row


def message_answer(message: Message) -> wire.Message:
    """One message."""
    return message_shapes([message])[0]


def referred(rows: QuerySet[Any], key: UUID | None, pointer: str) -> Any:
    """The row that a field of the body names, None for null. Raises Problem with the pointer."""
    if key is None:
        return None
    row = rows.filter(id=key).first()
    if row is None:
        raise Problem("validation_failed", errors=[Fault(pointer, "There is none with this id.")])
    return row


def uploaded(keys: list[UUID]) -> list[Attachment]:
    """Uploaded files no message has yet, in the order given. Raises Problem pointing at a wrong one."""
    rows = Attachment.objects.filter(id__in=keys, message=None, state=FileState.READY).select_for_update()
    found = {row.id: row for row in rows.order_by("id")}
    faults = [
        Fault(f"/attachment_ids/{place}", "There is no uploaded file with this id that could still be sent.")
        for place, key in enumerate(keys)
        if key not in found
    ]
    if faults:
        raise Problem("validation_failed", errors=faults)
    return [found[key] for key in dict.fromkeys(keys)]
