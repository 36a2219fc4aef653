"""What may be done with one address of a customer, as JSON (``inbox.wire_reach``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from common.wire import ident, stamp
from customers.models import Address
from inbox import wire_reach as wire
from inbox.channels import UnknownChannel, adapter_for
from inbox.models import Channel, Reach


def reach_shape(reach: Reach) -> wire.Reach:
    """What we may do on one channel to one address. Select `channel`."""
    return {
        "channel_id": ident(reach.channel_id),
        "address_id": ident(reach.address_id),
        "last_inbound_at": stamp(reach.last_inbound_at),
        "window_until": stamp(window_end(reach.channel.kind, reach.last_inbound_at)),
        "blocked": reach.blocked,
        "block_error": reach.block_error,
        "consent": reach.consent,
        "free_until": stamp(reach.free_until),
        "identity_changed_at": stamp(reach.identity_changed_at),
    }


def place_shape(channel: Channel, addresses: Sequence[Address], last: datetime | None) -> wire.Place:
    """One place a customer can be written to. addresses: of one person there, the one to write to first."""
    return {
        "channel_id": ident(channel.id),
        "address_ids": [ident(row.id) for row in addresses],
        "window_until": stamp(window_end(channel.kind, last)),
    }


def window_end(kind: str, last_inbound_at: datetime | None) -> datetime | None:
    """Until when a free reply is allowed; None when there is no window, or it never opened."""
    if last_inbound_at is None or (hours := _window_h(kind)) is None:
        return None
    return last_inbound_at + timedelta(hours=hours)


def _window_h(kind: str) -> float | None:
    try:
        return adapter_for(kind).limits.reply_window_h
    except UnknownChannel:
        return None
