"""Sending answers to the simulator: by the product's own delivery, and bare, with nothing but the adapter."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.utils import timezone

from bench.bodies import phone, text_message, webhook
from common import queues
from common.ids import uuid7
from common.sql import insert_rows
from common.tenancy import tenant_context
from inbox.channels import adapter_for
from inbox.delivery import deliver_all
from inbox.models import Channel, ChannelRoute, Delivery, Message, Receipt, Status, Thread
from inbox.models.deliveries import QUEUE
from inbox.operations.channels import channel_account
from inbox.operations.receipts import drain
from inbox.ports import PHONE, Claim, Outbound

#: More of them only stand in each other's way while the provider answers at once.
BARE_THREADS = 16


def send_queued(*, tenant: str, external_ids: Sequence[str], threads: int, each: int) -> dict[str, float]:
    """Queue `each` answers in each of so many threads and send them all from this one process.

    Gives {"messages", "seconds", "processor_s"}; raises RuntimeError when one was not sent.
    """
    _let_customers_write(external_ids, threads)
    with tenant_context(UUID(tenant)):
        _queue_answers(each)
    began, used = time.perf_counter(), time.process_time()
    while _waiting(tenant):
        deliver_all(seconds=60)
    seconds, processor_s = time.perf_counter() - began, time.process_time() - used
    with tenant_context(UUID(tenant)):
        sent = Delivery.objects.filter(state="sent").count()
    if sent != threads * each:
        raise RuntimeError(f"{sent} of {threads * each} answers were sent")
    return {"messages": sent, "seconds": seconds, "processor_s": processor_s}


def send_bare(*, tenant: str, external_ids: Sequence[str], threads: int, each: int) -> dict[str, float]:
    """The same requests by the same adapter on some connections, with no rows, no order and no pace."""
    with tenant_context(UUID(tenant)):
        channels = list(Channel.objects.filter(external_id__in=external_ids).order_by("external_id"))
        accounts = [channel_account(channel) for channel in channels]
    send = adapter_for("whatsapp").send

    def go(n: int) -> None:
        to = (Claim(PHONE, f"+{phone(n % threads)}"),)
        message = Outbound(ref=str(uuid7()), to=to, kind="text", text=f"Bare {n}", content={})
        send(accounts[n % threads % len(accounts)], message)

    with ThreadPoolExecutor(BARE_THREADS) as pool:
        began = time.perf_counter()
        list(pool.map(go, range(threads * each)))
        return {"messages": threads * each, "seconds": time.perf_counter() - began}


def _let_customers_write(external_ids: Sequence[str], threads: int) -> None:
    """Open `threads` threads, spread over the numbers; the n-th customer always writes to the same one."""
    for place, external_id in enumerate(external_ids):
        route = ChannelRoute.objects.get(external_id=external_id)
        said = [
            text_message(f"wamid.{uuid7().hex}", phone(n), "Hello?", has_user_id=False)
            for n in range(place, threads, len(external_ids))
        ]
        Receipt.objects.create(
            kind="whatsapp", app_id=route.app_id, channel_id=route.channel_id, received_at=timezone.now(),
            body=webhook(external_id, said),
        )  # fmt: skip
    drain()


def _queue_answers(each: int) -> None:
    """Rows as ``inbox.operations.reply`` writes them, many at a time."""
    threads = list(Thread.objects.select_related("channel", "customer").order_by("id"))
    asked = {row.thread_id: row for row in Message.objects.select_related("address")}
    answers = [_answer(asked[thread.id], n) for n in range(each) for thread in threads]
    insert_rows(answers)
    insert_rows([_delivery(answer, n // len(threads)) for n, answer in enumerate(answers)])
    queues.enqueue(QUEUE)


def _answer(asked: Message, n: int) -> Message:
    now = timezone.now()
    return Message(
        id=uuid7(), thread_id=asked.thread_id, customer_id=asked.customer_id, channel_id=asked.channel_id,
        address=asked.address, direction="outbound", kind="text", text=f"Answer {n}", status=Status.QUEUED,
        client_ref=f"answer-{n}", author_kind="system", author_name="Measuring", at=now, created_at=now,
    )  # fmt: skip


def _delivery(answer: Message, n: int) -> Delivery:
    return Delivery(
        id=uuid7(), message=answer, channel_id=answer.channel_id, order_key=answer.thread_id, seq=n + 1,
        due_at=answer.created_at, created_at=answer.created_at,
    )  # fmt: skip


def _waiting(tenant: str) -> bool:
    with tenant_context(UUID(tenant)):
        return Delivery.objects.filter(state__in=("ready", "claimed", "sending")).exists()
