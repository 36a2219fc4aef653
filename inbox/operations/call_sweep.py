"""Calls that nobody tells us the end of: whoever rings too long has hung up long ago."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Min
from django.utils import timezone

from common import queues
from common.tenancy import tenant_context
from inbox.models import Call, CallState
from inbox.operations.arrivals import Arrival
from inbox.operations.call_changes import QUEUE
from inbox.operations.calls import line_of
from inbox.operations.receive import receive
from inbox.ports import Claim, InboundCall, InboundMessage, Person, SendError
from inbox.queries.calls import call_rows

AT_ONCE = 50
MISSED = "Missed call"


def end_overdue() -> int:
    """End every call whose time is over, tenant by tenant; returns how many.

    One that a member took and never got is ended at the provider too. Writes what ``receive`` writes.
    """
    ended = 0
    while claim := queues.claim_tenant(QUEUE):
        with tenant_context(claim.tenant_id):
            due = list(call_rows().filter(due_at__lte=timezone.now()).order_by("due_at", "id")[:AT_ONCE])
        for call in due:
            _hang_up(claim.tenant_id, call)
            with tenant_context(claim.tenant_id):
                _close(call, timezone.now())
        ended += len(due)
        with tenant_context(claim.tenant_id):
            next_due = Call.objects.aggregate(first=Min("due_at"))["first"]
        queues.settle(claim, next_due)
    return ended


def _hang_up(tenant_id: UUID, call: Call) -> None:
    """A call that hangs between us and the provider must not run on there unheard."""
    is_theirs_to_end = call.direction == "inbound" and call.state == CallState.RINGING
    if is_theirs_to_end or not call.external_id:
        return
    with tenant_context(tenant_id):
        line = line_of(call)
    try:
        line.adapter.end_call(line.account, external_id=call.external_id)
    except SendError:
        return  # without sound the provider ends it by itself


def _close(call: Call, now: datetime) -> None:
    """As if the provider had told of it. What it tells later changes what it knows better."""
    if not Call.objects.filter(id=call.id, due_at=call.due_at).exists():
        return  # somebody moved it on meanwhile
    address = call.address
    person = Person((Claim(address.kind, address.value),))
    account, external_id = call.channel.external_id, call.external_id or str(call.id)
    news = InboundCall(
        account=account, path="", external_id=external_id, news="ended", occurred_at=now, person=person,
        direction="inbound" if call.direction == "inbound" else "outbound", ref=str(call.id),
    )  # fmt: skip
    arrivals = [Arrival(0, call.channel, news, now)]
    if call.direction == "inbound":
        content = {"direction": "inbound", "answered": False}
        line = InboundMessage(
            account=account, path="", external_id=external_id, sender=person, kind="call",
            occurred_at=call.rang_at, text=MISSED, content=content,
        )  # fmt: skip
        arrivals.append(Arrival(1, call.channel, line, now))
    receive(arrivals)
