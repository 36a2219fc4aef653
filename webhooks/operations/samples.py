"""A sample event, sent at once: does the endpoint take it, and what does it say?"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from common.ids import uuid7
from common.tenancy import tenant_context
from events.models import Event
from inbox.operations.authors import Author
from tenants.models import Tenant
from webhooks.envelopes import SAMPLE, body_of
from webhooks.models import Endpoint
from webhooks.operations.secrets import signing_secrets
from webhooks.sending import Try, post


def send_sample(*, tenant_id: UUID, endpoint_id: UUID, by: Author) -> Try:
    """Send `webhook_endpoint.tested` to an endpoint, switched off or not; nothing is written.

    Opens the scope itself: no request waits for another's server inside a transaction. Raises
    Endpoint.DoesNotExist.
    """
    now = timezone.now()
    with tenant_context(tenant_id):
        endpoint = Endpoint.objects.get(id=endpoint_id, removed_at=None)
        tenant = Tenant.objects.get(id=tenant_id)
        event = Event(id=uuid7(), seq=0, type=SAMPLE, at=now, actor=by.actor, data=_data(endpoint))
    body = body_of(event, tenant, endpoint, is_sample=True)
    secrets = signing_secrets(endpoint, bytes(tenant.data_key), now)
    return post(endpoint.url, body, event_id=str(event.id), secrets=secrets)


def _data(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "endpoint": {"id": endpoint.id, "description": endpoint.description},
        "text": "This is a sample. If you can read it and its signature is right, everything works.",
    }
