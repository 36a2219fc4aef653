"""Ada, who wrote from two numbers: what stories of merging begin with."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from common.tenancy import tenant_context
from customers.models import Address, Customer, CustomerMerge
from customers.operations import preview_merge
from inbox.models import Delivery, Draft, Message, Note, Reach, Reaction, ScheduledMessage, Thread, ThreadRead
from inbox.operations.authors import Author
from inbox.operations.merging import merge_people
from inbox.operations.receipts import drain
from inbox.operations.scheduled import schedule_message
from inbox.queries.timeline import Window, timeline
from notifications.models import Consent, Preference
from tests import hooks
from tests.cast import Cast

ADA, ADA_AGAIN = "447700900123", "447700900124"

#: What is compared before and after; times of writing and versions move on.
TABLES: tuple[Any, ...] = (
    Customer, Address, Thread, Message, Note, Draft, ThreadRead, Reach, Reaction, Delivery, Consent,
    Preference, ScheduledMessage,
)  # fmt: skip
MOVES_ON = {"version", "updated_at", "block_due_at", "block_attempts"}


def picture() -> dict[str, Any]:
    """Every row of the tenant, by table and id."""
    return {
        model.__name__: {row.pop("id"): _still(row) for row in model.objects.values()} for model in TABLES
    }


def _still(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in MOVES_ON}


def writes(cast: Cast, text: str, phone: str, *, at: int | None = None, **extra: Any) -> Message:
    """A customer writes to Acme."""
    body = hooks.webhook(
        cast.acme_number, messages=[hooks.text_message(f"wamid.{text}", text, phone=phone, at=at, **extra)]
    )
    hooks.post(cast.acme_number, body)
    drain()
    with tenant_context(cast.acme.id):
        return Message.objects.select_related("thread", "customer").get(external_id=f"wamid.{text}")


def merge(cast: Cast, survivor: Customer, other: Customer) -> CustomerMerge:
    """Look, then merge."""
    survivor.refresh_from_db()
    other.refresh_from_db()
    token = preview_merge(survivor=survivor, other=other).token
    return merge_people(survivor=survivor, other=other, token=token, by=Author.of(cast.alice))


Two = tuple[Message, Message]


def two_of(cast: Cast) -> Two:
    """The first message of Ada, and of Ada under another number; both have an open conversation."""
    now = int(timezone.now().timestamp())
    first = writes(cast, "one", ADA, at=now - 400)
    second = writes(cast, "two", ADA_AGAIN, at=now - 300)
    writes(cast, "three", ADA, at=now - 200)
    writes(cast, "four", ADA_AGAIN, at=now - 100)
    return first, second


def lines(thread: Thread) -> list[str]:
    """The words of a timeline."""
    thread.refresh_from_db()
    found: list[Any] = timeline(thread, Window(100))["data"]
    return [entry[entry["type"]]["text"] for entry in found if entry["type"] != "event"]


def later(message: Message, ref: str, cast: Cast) -> ScheduledMessage:
    """An answer that leaves tomorrow."""
    tomorrow = timezone.now() + timedelta(days=1)
    return schedule_message(
        thread=message.thread, by=Author.of(cast.alice), client_ref=ref, send_at=tomorrow, text=ref
    )
