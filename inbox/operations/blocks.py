"""Blocking a person on a channel: with us at once, at the provider by a row that waits for its worker."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from common import queues
from common.sql import insert_rows
from common.tenancy import tenant_context
from customers.models import Address, Customer
from events import bus
from inbox.channels import UnknownChannel, adapter_for
from inbox.models import Channel, Reach
from inbox.operations.authors import Author
from inbox.operations.channels import channel_account
from inbox.operations.errors import NoAddress, NotPossible
from inbox.ports import Account, CanBlock, Claim, SendError
from inbox.shapes import can_block

#: Where tenants stand that have somebody to block or unblock at a provider.
QUEUE = "blocks"
AT_ONCE = 10
LEASE = timedelta(seconds=90)
RETRY_S, RETRY_MAX_S = 20, 3_600

_WISH = """
(tenant_id, channel_id, address_id) DO UPDATE
SET blocked = EXCLUDED.blocked, block_due_at = EXCLUDED.block_due_at, block_attempts = 0, block_error = ''
WHERE inbox_reach.blocked <> EXCLUDED.blocked
"""


def block_customer(*, customer: Customer, channel: Channel, by: Author) -> None:
    """Send this person nothing on this channel, and hear nothing of them where the provider can stop it.

    Writes Reach, Event `customer.blocked`. Raises NotPossible, NoAddress.
    """
    _wish(customer, channel, by, blocked=True)


def unblock_customer(*, customer: Customer, channel: Channel, by: Author) -> None:
    """Undo ``block_customer``. Writes Reach, Event `customer.unblocked`. Raises NotPossible, NoAddress."""
    _wish(customer, channel, by, blocked=False)


def _wish(customer: Customer, channel: Channel, by: Author, *, blocked: bool) -> None:
    if not can_block(channel.kind):
        raise NotPossible(_("Nobody can be blocked on this kind of channel."))
    kinds = adapter_for(channel.kind).address_kinds
    addresses = list(Address.objects.filter(customer=customer, kind__in=kinds).order_by("id"))
    if not addresses:
        raise NoAddress(_("This person has no address on this channel."))
    if not wish_blocks([(channel.id, one.id) for one in addresses], blocked=blocked):
        return
    data = {"customer": {"id": customer.id, "name": customer.name}, "channel_id": channel.id}
    kind = "customer.blocked" if blocked else "customer.unblocked"
    bus.record(kind, data, actor=by.actor, customer_id=customer.id)


def wish_blocks(pairs: Iterable[tuple[UUID, UUID]], *, blocked: bool) -> list[UUID]:
    """Block or unblock (channel id, address id) and let the providers be told; returns the ids of what
    changed. Writes Reach."""
    now = timezone.now()
    rows = [
        Reach(channel_id=channel, address_id=address, blocked=blocked, block_due_at=now)
        for channel, address in pairs
    ]
    changed = [key for (key,) in insert_rows(rows, on_conflict=_WISH, returning=["id"])]
    if changed:
        queues.enqueue(QUEUE)
    return changed


# ---------------------------------------------------------------- telling


def tell_blocks() -> int:
    """Tell providers whom we block, tenant by tenant; returns how many calls were made."""
    told = 0
    while claim := queues.claim_tenant(QUEUE):
        with tenant_context(claim.tenant_id):
            jobs = _due(timezone.now())
        for job in jobs:
            error = _tell(job)
            with tenant_context(claim.tenant_id):
                _note(job, error)
        told += len(jobs)
        with tenant_context(claim.tenant_id):
            next_due = Reach.objects.aggregate(at=Min("block_due_at"))["at"]
        queues.settle(claim, next_due)
    return told


@dataclass(frozen=True, slots=True)
class _Job:
    """One person on one channel. due_at: what the rows say while we ask; who changes them meanwhile wins."""

    reach_ids: list[UUID]
    due_at: datetime
    blocked: bool
    attempts: int
    adapter: CanBlock | None
    account: Account
    person: tuple[Claim, ...]


def _due(now: datetime) -> list[_Job]:
    rows = Reach.objects.filter(block_due_at__lte=now).select_related("channel", "address")
    found = list(
        rows.select_for_update(of=("self",), skip_locked=True).order_by("block_due_at", "id")[:AT_ONCE]
    )
    lease = now + LEASE
    Reach.objects.filter(id__in=[row.id for row in found]).update(block_due_at=lease)
    people: dict[tuple[UUID, UUID, bool], list[Reach]] = defaultdict(list)
    for row in found:
        people[row.channel_id, row.address.customer_id, row.blocked].append(row)
    return [_job(mine, lease) for mine in people.values()]


def _job(rows: Sequence[Reach], due_at: datetime) -> _Job:
    first = rows[0]
    adapter = _adapter(first.channel.kind)
    kinds = adapter_for(first.channel.kind).address_kinds if adapter else ()
    claims = sorted(
        (Claim(row.address.kind, row.address.value) for row in rows if row.address.kind in kinds),
        key=lambda claim: kinds.index(claim.kind),
    )
    account = channel_account(first.channel)
    ids = [row.id for row in rows]
    return _Job(ids, due_at, first.blocked, first.block_attempts, adapter, account, tuple(claims))


def _adapter(kind: str) -> CanBlock | None:
    try:
        adapter = adapter_for(kind)
    except UnknownChannel:
        return None
    return adapter if isinstance(adapter, CanBlock) else None


def _tell(job: _Job) -> SendError | None:
    if job.adapter is None or not job.person:
        return None
    try:
        job.adapter.block(job.account, person=job.person, blocked=job.blocked)
    except SendError as error:
        return error
    return None


def _note(job: _Job, error: SendError | None) -> None:
    """What became of it: done, refused for good (we still send nothing), or to be tried again."""
    mine = Reach.objects.filter(id__in=job.reach_ids, blocked=job.blocked, block_due_at=job.due_at)
    if error is None:
        mine.update(block_due_at=None, block_attempts=0, block_error="")
        return
    attempts = min(job.attempts + 1, 100)
    wait_s = max(min(RETRY_S * 2 ** (attempts - 1), RETRY_MAX_S), error.retry_after_s or 0)
    again = None if error.permanent else timezone.now() + timedelta(seconds=wait_s)
    sentence = " ".join(_words(error))
    mine.update(block_due_at=again, block_attempts=attempts, block_error=sentence[:400])


def _words(error: SendError) -> Iterable[str]:
    return dict.fromkeys(filter(None, (error.title and f"{error.title.rstrip('.')}.", error.detail)))
