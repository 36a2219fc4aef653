"""Which thread does a customer's message belong to? One unclosed thread per customer and inbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from common.sql import among, insert_rows, lock_keys
from common.tenancy import require_tenant
from customers.models import Customer
from inbox.models import Channel, Inbox, Thread, ThreadState

Pair = tuple[UUID, UUID]


@dataclass(slots=True)
class Opening:
    """A locked thread; event: what its opening is called, or "" when it was open already."""

    thread: Thread
    event: str = ""
    before: Any = None


@dataclass(frozen=True, slots=True)
class AtHand:
    """Rows of this transaction that threads refer to, by id, so that they are not read once per thread."""

    customers: Mapping[UUID, Customer]
    channels: Mapping[UUID, Channel]


NOTHING = AtHand({}, {})


def threads_for(
    pairs: Iterable[Pair], *, quiet: Iterable[Pair] = (), now: datetime, at_hand: AtHand = NOTHING
) -> dict[Pair, Opening]:
    """Lock the thread of each (customer id, inbox id), opening one where there is none. Rows that point to it
    may be added by others meanwhile.

    A snoozed thread wakes if it was to wake on reply; a closed one is reopened within its inbox's gap, else a
    new thread starts. Pairs only in `quiet` never wake or reopen anything. The caller saves the changed ones
    by ``save_thread_lines``. Writes new Threads, but where rows are at hand leaves that to it too.
    """
    loud, silent = set(pairs), set(quiet)
    wanted = loud | silent
    rows = _lock_unclosed(wanted, at_hand)
    if missing := sorted(wanted - rows.keys()):
        lock_keys([f"thread|{require_tenant()}|{customer}|{inbox}" for customer, inbox in missing])
        rows |= _lock_unclosed(missing, at_hand)
        rows |= _lock_closed(set(missing) - rows.keys(), silent - loud, now)
    openings = {pair: _wake(row, pair in loud, now) for pair, row in rows.items()}
    return openings | _start([pair for pair in sorted(wanted) if pair not in rows], now, at_hand)


def _of(pairs: Iterable[Pair]) -> Q:
    condition = Q(pk__in=[])
    by_inbox: dict[UUID, list[UUID]] = {}
    for customer, inbox in pairs:
        by_inbox.setdefault(inbox, []).append(customer)
    for inbox, customers in by_inbox.items():
        condition |= Q(inbox=inbox) & Q(among("customer", customers))
    return condition


def _lock_unclosed(pairs: Iterable[Pair], at_hand: AtHand) -> dict[Pair, Thread]:
    rows = Thread.objects.filter(_of(pairs)).exclude(status=ThreadState.CLOSED)
    rows = rows.select_for_update(of=("self",), no_key=True).order_by("id")
    if at_hand is NOTHING:
        rows = rows.select_related("customer", "channel")
    else:
        _point(rows, at_hand)
    return {(row.customer_id, row.inbox_id): row for row in rows}


def _point(threads: Iterable[Thread], at_hand: AtHand) -> None:
    """Let threads refer to the rows at hand; a channel that is not among them is read."""
    elsewhere = {thread.channel_id for thread in threads if thread.channel_id} - at_hand.channels.keys()
    channels = {**at_hand.channels, **(Channel.objects.in_bulk(elsewhere) if elsewhere else {})}
    for thread in threads:
        channel = channels[thread.channel_id] if thread.channel_id else None
        thread.refer(customer=at_hand.customers[thread.customer_id], channel=channel)


def _lock_closed(pairs: set[Pair], quiet: set[Pair], now: datetime) -> dict[Pair, Thread]:
    """The latest closed thread of each pair, where it may still be continued."""
    if not pairs:
        return {}
    gaps = dict(
        Inbox.objects.filter(id__in={inbox for _, inbox in pairs}).values_list("id", "reopen_within_h")
    )
    newest_first = Thread.objects.filter(_of(pairs)).order_by("customer", "inbox", "-active_at", "-id")
    latest = newest_first.distinct("customer", "inbox")
    ids = [
        thread_id
        for thread_id, customer, inbox, closed_at in latest.values_list(
            "id", "customer_id", "inbox_id", "closed_at"
        )
        if (customer, inbox) in quiet or (closed_at and closed_at >= now - timedelta(hours=gaps[inbox]))
    ]
    rows = Thread.objects.filter(id__in=ids).select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("customer", "channel").order_by("id")
    return {(row.customer_id, row.inbox_id): row for row in rows}


def _wake(thread: Thread, loud: bool, now: datetime) -> Opening:
    before = {"status": thread.status}
    if not loud or thread.status == ThreadState.OPEN:
        return Opening(thread)
    if thread.status == ThreadState.SNOOZED and not thread.wake_on_reply:
        return Opening(thread)
    event = "thread.woken" if thread.status == ThreadState.SNOOZED else "thread.reopened"
    if thread.status == ThreadState.CLOSED:
        thread.first_answered_at = None  # a new piece of work
    thread.status, thread.closed_at, thread.snoozed_until = ThreadState.OPEN, None, None
    thread.active_at = now
    return Opening(thread, event, before)


def _start(pairs: Iterable[Pair], now: datetime, at_hand: AtHand) -> dict[Pair, Opening]:
    new = {
        (customer, inbox): Thread.made(customer_id=customer, inbox_id=inbox, active_at=now)
        for customer, inbox in pairs
    }
    if at_hand is NOTHING:
        insert_rows(list(new.values()))
        new = _lock_unclosed(new, at_hand)
    else:
        _point(new.values(), at_hand)
    return {pair: Opening(row, "thread.opened") for pair, row in new.items()}
