"""Rows as JSON."""

from __future__ import annotations

from common.wire import ident, stamp
from webhooks import wire
from webhooks.models import Delivery, Endpoint
from webhooks.operations.secrets import old_secret_ends_at


def endpoint_shape(endpoint: Endpoint) -> wire.WebhookEndpoint:
    """A WebhookEndpoint."""
    return {
        "id": ident(endpoint.id),
        "url": endpoint.url,
        "description": endpoint.description,
        "types": endpoint.types,
        "format": endpoint.event_format,
        "enabled": endpoint.is_enabled,
        "disabled_reason": endpoint.why_disabled or None,
        "disabled_at": stamp(endpoint.disabled_at),
        "api_version": endpoint.api_version,
        "failing_since": stamp(endpoint.failing_since),
        "rests_until": stamp(endpoint.rests_until),
        "delivered_at": stamp(endpoint.delivered_at),
        "seq": endpoint.seq,
        "old_secret_ends_at": stamp(old_secret_ends_at(endpoint)),
        "created_at": stamp(endpoint.created_at),
        "updated_at": stamp(endpoint.updated_at),
    }


def delivery_shape(row: Delivery) -> wire.WebhookDelivery:
    """A WebhookDelivery."""
    return {
        "id": ident(row.id),
        "event_id": ident(row.event_id),
        "seq": row.seq,
        "type": row.type,
        "state": row.state,
        "attempts": row.attempts,
        "next_at": stamp(row.next_at),
        "replays": row.replays,
        "tries": row.tries,
        "created_at": stamp(row.created_at),
        "ended_at": stamp(row.ended_at),
    }
