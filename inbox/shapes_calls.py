"""Calls as JSON (``inbox.wire_calls``)."""

from __future__ import annotations

from common.wire import ident, stamp
from inbox import wire_calls as wire
from inbox.models import Call
from inbox.shapes import customer_line
from tenants.models import Member


def call_shape(call: Call) -> wire.Call:
    """A Call. Select `customer` and `passed_to`; prefetch `customer__addresses`."""
    return {
        "id": ident(call.id),
        "thread_id": ident(call.thread_id),
        "channel_id": ident(call.channel_id),
        "customer": customer_line(call.customer),
        "direction": call.direction,
        "state": call.state,
        "outcome": call.outcome,
        "member": {"id": ident(call.member_id), "name": call.member_name} if call.member_id else None,
        "passed_to": _member(call.passed_to),
        "ref": call.ref,
        "provider_id": call.external_id,
        "rang_at": stamp(call.rang_at),
        "answered_at": stamp(call.answered_at),
        "ended_at": stamp(call.ended_at),
        "duration_s": call.duration_s,
        "error": call.error,
        "version": call.version,
    }


def _member(member: Member | None) -> wire.CallMember | None:
    return {"id": ident(member.id), "name": member.name} if member else None
