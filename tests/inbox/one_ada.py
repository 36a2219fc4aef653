"""Ada's one long conversation: what stories of parting and joining it begin with."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from inbox.models import Message, Reaction, Thread
from inbox.operations.authors import Author
from inbox.operations.drafts import save_draft
from inbox.operations.notes import add_note
from inbox.operations.reply import reply
from inbox.operations.seen import mark_read
from inbox.operations.threads import assign_thread, label_thread, prioritize_thread
from tests.cast import Cast
from tests.inbox.ada_twice import ADA, later, picture, writes


def four(cast: Cast) -> list[Message]:
    """Four messages of Ada's in one conversation, a minute apart."""
    now = int(timezone.now().timestamp())
    words = ("one", "two", "three", "four")
    return [writes(cast, text, ADA, at=now - 400 + 60 * n) for n, text in enumerate(words)]


def furnish(cast: Cast, thread: Thread) -> None:
    """Something of every kind; must be called in the tenant's scope."""
    alice = Author.of(cast.alice)
    thread.refresh_from_db()
    first = Message.objects.filter(thread=thread).order_by("at").first()
    assert first
    mark_read(thread=thread, member=cast.bob, read_count=3)
    mark_read(thread=thread, member=cast.alice, read_count=1)
    reply(thread=thread, by=alice, text="answer", client_ref="ref")
    add_note(thread=thread, by=cast.alice, text="note", client_ref="n", mentions=[cast.bob.id])
    save_draft(thread=thread, member=cast.bob, mode="reply", text="Dear Ada")
    label_thread(thread=thread, labels=["card", "vip"], by=alice)
    assign_thread(thread=thread, assignee=cast.bob, team=None, by=alice)
    prioritize_thread(thread=thread, priority=3, by=alice)
    later(first, "later", cast)
    Reaction.objects.create(
        channel=cast.acme_number, target=str(first.external_id), by="us", emoji="👍", at=timezone.now()
    )


def rows_but(*others: Thread) -> dict[str, Any]:
    """Every row of the tenant, but for what other conversations have left behind."""
    gone = {thread.id for thread in others}
    found = picture()
    found["Thread"] = {key: row for key, row in found["Thread"].items() if key not in gone}
    for row in found["Thread"].values():
        row.pop("joined_ids")
    found["ThreadRead"] = {
        key: row for key, row in found["ThreadRead"].items() if row["thread_id"] not in gone
    }
    return found
