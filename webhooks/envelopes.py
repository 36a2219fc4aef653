"""An event as it is sent: one envelope, serialised once. docs/wire.md says the same for programs."""

from __future__ import annotations

import orjson
from django.conf import settings

from common.wire import ident, stamp
from events.models import Event
from tenants.models import Tenant
from webhooks import wire

#: Of a whole body; what is larger goes by reference.
MAX_BYTES = 20_000
SAMPLE = "webhook_endpoint.tested"


def envelope_of(
    event: Event, tenant: Tenant, api_version: str, *, is_sample: bool = False
) -> wire.WebhookEvent:
    """The envelope, however large."""
    return {
        "id": ident(event.id),
        "seq": event.seq,
        "type": event.type,
        "created": stamp(event.at),
        "api_version": api_version,
        "workspace": {"id": ident(tenant.id), "name": tenant.name, "slug": tenant.slug},
        "test": is_sample or tenant.is_test,
        "is_reference": False,
        "data": event.data,
        "actor": event.actor,
    }


def body_of(event: Event, tenant: Tenant, api_version: str, *, is_sample: bool = False) -> bytes:
    """The bytes to sign and send: at most MAX_BYTES. Of more, `data` says where to read it."""
    envelope = envelope_of(event, tenant, api_version, is_sample=is_sample)
    body = orjson.dumps(envelope)
    if len(body) <= MAX_BYTES:
        return body
    url = f"{settings.PUBLIC_URL}/api/v1/events?after={event.seq - 1}&limit=1"
    return orjson.dumps(envelope | {"is_reference": True, "data": {"url": url, "size_bytes": len(body)}})
