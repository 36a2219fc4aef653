"""Calling a customer: who may be called is asked first, then their phone rings."""

from __future__ import annotations

import contextlib
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from common import queues
from common.ids import uuid7
from common.sql import insert_rows
from common.tenancy import tenant_context
from customers.models import Address
from inbox.channels import is_able
from inbox.models import Call, CallOutcome, CallState, Channel, Reach, Thread
from inbox.operations.authors import Author
from inbox.operations.call_changes import QUEUE, RINGS, move_call, over, tell_call
from inbox.operations.calls import CallRefused, line_of
from inbox.operations.errors import NotPossible
from inbox.operations.rules import address_for
from inbox.ports import CallPermission, CarriesCalls, Claim, SendError
from inbox.queries.calls import find_call
from tenants.models import Member


def ask_permission(*, tenant_id: UUID, thread: Thread) -> tuple[CallPermission, Channel]:
    """May we call this customer, and by which channel? Raises NotPossible, NoAddress, CallRefused."""
    with tenant_context(tenant_id):
        call = _draft(thread)
        line, to = line_of(call), _claims(call)
    try:
        return line.adapter.call_permission(line.account, to=to), call.channel
    except SendError as error:
        raise CallRefused(error) from None


def start_call(*, tenant_id: UUID, thread: Thread, by: Member, ref: str, sdp: str) -> Call:
    """Let the customer's phone ring, with our session. The same page (ref) may repeat itself.

    Writes Call, Event `call.started`; a refusal ends it (`call.ended`). Raises NotPossible, NoAddress,
    CallRefused.
    """
    now = timezone.now()
    with tenant_context(tenant_id):
        call = _draft(thread)
        if not _begin(call, by=by, ref=ref, sdp=sdp, now=now):
            return find_call(Call.objects.get(thread=thread, direction="outbound", ref=ref).id)
        line, to = line_of(call), _claims(call)
    external_id: str | None
    try:
        external_id = line.adapter.start_call(line.account, to=to, sdp=sdp, ref=str(call.id))
    except SendError as error:
        if not error.may_have_sent:
            _give_up(tenant_id, call, by, error)
            raise CallRefused(error) from None
        external_id = None  # the provider's news of it tells, or the sweep ends it
    with tenant_context(tenant_id):
        Call.objects.filter(id=call.id, external_id=None).update(external_id=external_id)
        found = find_call(call.id)
    if external_id and not found.is_live:  # hung up while the provider was asked
        with contextlib.suppress(SendError):  # it rings out by itself
            line.adapter.end_call(line.account, external_id=external_id)
    return found


def _draft(thread: Thread) -> Call:
    """A call of ours in this conversation, not yet written."""
    channel = _channel(thread)
    address = address_for(customer_id=thread.customer_id, channel=channel)
    if Reach.objects.filter(channel=channel, address=address, blocked=True).exists():
        raise NotPossible(_("This customer is blocked on this channel."))
    return Call(
        id=uuid7(), channel=channel, thread=thread, customer=thread.customer, address=address,
        direction="outbound", state=CallState.DIALING,
    )  # fmt: skip


def _channel(thread: Thread) -> Channel:
    """Where the conversation is held, if that carries calls; else another of its inbox that does."""
    mine = [thread.channel] if thread.channel else []
    others = Channel.objects.filter(inbox=thread.inbox_id).order_by("id")
    for channel in (*mine, *others):
        if channel.is_active and is_able(channel.kind, CarriesCalls):
            return channel
    raise NotPossible(_("No channel of this conversation carries calls."))


def _claims(call: Call) -> tuple[Claim, ...]:
    """Where they are called: the address that was reached, then whatever else they have there."""
    others = Address.objects.filter(customer=call.customer_id).exclude(id=call.address_id).order_by("id")
    return tuple(Claim(row.kind, row.value) for row in (call.address, *others))


def _begin(call: Call, *, by: Member, ref: str, sdp: str, now: datetime) -> bool:
    """Write it; False when the same page has done so already, a moment ago perhaps."""
    call.member, call.member_name, call.ref, call.offer = by, by.name, ref, sdp
    call.rang_at, call.due_at = now, now + RINGS
    if not insert_rows([call], on_conflict="DO NOTHING", returning=["id"]):
        return False
    queues.enqueue(QUEUE, call.due_at)
    tell_call("call.started", call.id, actor=Author.of(by).actor)
    return True


def _give_up(tenant_id: UUID, call: Call, by: Member, error: SendError) -> None:
    """It never rang: nothing of it stands in the conversation."""
    told = {"title": error.title, "detail": error.detail, "provider_code": error.provider_code}
    with tenant_context(tenant_id):
        to = {**over(call, outcome=CallOutcome.FAILED), "error": told}
        if move_call(call.id, of=(CallState.DIALING,), to=to):
            tell_call("call.ended", call.id, actor=Author.of(by).actor)
