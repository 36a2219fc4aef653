"""Draining a backlog of webhooks, as a worker does, in this one process."""

from __future__ import annotations

import time
from uuid import UUID

from django.utils import timezone

from bench.bodies import phone, text_message, webhook
from bench.inside.counting import counted
from common.ids import uuid7
from common.sql import insert_rows
from common.tenancy import tenant_context
from inbox.models import ChannelRoute, Message, Receipt
from inbox.operations.receipts import drain


def drain_backlog(
    *, tenant: str, external_id: str, messages: int, in_each: int, customers: int
) -> dict[str, float]:
    """Store `messages` from `customers`, `in_each` to a webhook, and drain them.

    Gives {"messages", "seconds", "processor_s" (of this process), "statements"}; raises RuntimeError when one
    is missing. BEGIN and COMMIT are not counted; savepoints and SET LOCAL are. One webhook goes ahead, for a
    worker has read its code long since.
    """
    _fill(external_id, in_each, in_each, in_each)
    drain(seconds=600)
    _fill(external_id, messages, in_each, customers)
    with counted() as statements:
        began, used = time.perf_counter(), time.process_time()
        drain(seconds=600)
        seconds, processor_s = time.perf_counter() - began, time.process_time() - used
    with tenant_context(UUID(tenant)):
        stored = Message.objects.filter(direction="inbound").count()
    if stored != in_each + messages:
        raise RuntimeError(f"{stored} of {in_each + messages} messages were stored")
    return {
        "messages": messages,
        "seconds": seconds,
        "processor_s": processor_s,
        "statements": len(statements),
    }


def _fill(external_id: str, messages: int, in_each: int, customers: int) -> None:
    """Webhooks as the door leaves them."""
    route = ChannelRoute.objects.get(external_id=external_id)
    now, tag = timezone.now(), uuid7().hex
    every = [
        text_message(f"wamid.{tag}{n}", phone(n % customers), f"Where is my card? Message {n}.")
        for n in range(messages)
    ]
    insert_rows([
        Receipt(
            id=uuid7(), kind="whatsapp", app_id=route.app_id, channel_id=route.channel_id, received_at=now,
            body=webhook(external_id, every[at : at + in_each]),
        )
        for at in range(0, messages, in_each)
    ])  # fmt: skip
