"""Have the files fetched that a message only points at, so that they can be shown."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from common import queues
from inbox.linked import linked_files
from inbox.models import Attachment, Message
from inbox.operations.arrivals import MEDIA_QUEUE
from inbox.operations.attachments import tell_attached


@transaction.atomic
def fetch_linked(*, message: Message) -> Message:
    """Note each file for the worker that fetches files, once; nothing is asked of anybody here.

    Writes Attachment, Event `message.attached`. Asking again changes nothing.
    """
    message = Message.objects.select_for_update(of=("self",)).get(id=message.id)
    known = set(message.attachments.values_list("link", flat=True))
    now = timezone.now()
    rows = [
        Attachment(
            message=message, channel=message.channel, kind=kind, mime=f"{kind}/*", link=link, due_at=now
        )
        for kind, link in linked_files(message.content)
        if link not in known
    ]
    for row in rows:
        row.save(force_insert=True)
    if rows:
        queues.enqueue(MEDIA_QUEUE)
        tell_attached(message)
    return message
