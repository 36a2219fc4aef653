"""An event as it is sent: one envelope, serialised once. docs/wire.md says the same for programs."""

from __future__ import annotations

import orjson
from django.conf import settings

from common.wire import ident
from events.models import Event
from events.shapes import event_shape
from events.wire import Event as EventShape
from tenants.models import Tenant
from webhooks import wire
from webhooks.models import API_VERSION, Endpoint, Format
from webhooks.thin import thin_actor, thin_data

#: Of a whole body; what is larger goes by reference.
MAX_BYTES = 20_000
SAMPLE = "webhook_endpoint.tested"


def body_of(event: Event, tenant: Tenant, endpoint: Endpoint, *, is_sample: bool = False) -> bytes:
    """The bytes to sign and send to this endpoint."""
    return packed(envelope_of(event, tenant, endpoint, is_sample=is_sample), api_address())


def envelope_of(
    event: Event, tenant: Tenant, endpoint: Endpoint, *, is_sample: bool = False
) -> wire.WebhookEvent:
    """The envelope in the endpoint's own format, however large."""
    workspace: wire.Workspace = {"id": ident(tenant.id), "name": tenant.name, "slug": tenant.slug}
    is_test = is_sample or tenant.is_test
    found = envelope(event_shape(event), workspace, is_test=is_test, api_version=endpoint.api_version)
    if endpoint.event_format == Format.THIN:
        api = api_address()
        log_url = None if is_sample else _in_the_log(api, event.seq)
        found["data"] = dict(thin_data(event, api, log_url))
        found["actor"] = thin_actor(found["actor"])
    return found


def envelope(
    event: EventShape, workspace: wire.Workspace, *, is_test: bool, api_version: str = API_VERSION
) -> wire.WebhookEvent:
    """The envelope around an event as the log has it."""
    return {
        "id": event["id"],
        "seq": event["seq"],
        "type": event["type"],
        "created": event["at"],
        "api_version": api_version,
        "workspace": workspace,
        "test": is_test,
        "is_reference": False,
        "data": event["data"],
        "actor": event["actor"],
    }


def packed(whole: wire.WebhookEvent, api: str) -> bytes:
    """An envelope as bytes, at most MAX_BYTES. Of more, `data` says where to read it. api: its address."""
    body = orjson.dumps(whole)
    if len(body) <= MAX_BYTES:
        return body
    data = {"url": _in_the_log(api, whole["seq"]), "size_bytes": len(body)}
    return orjson.dumps({**whole, "is_reference": True, "data": data})


def api_address() -> str:
    """Where our own API is."""
    return f"{settings.PUBLIC_URL}/api/v1"


def _in_the_log(api: str, seq: int) -> str:
    return f"{api}/events?after={seq - 1}&limit=1"
