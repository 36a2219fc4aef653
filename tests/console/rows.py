"""What the console shows in tests: webhooks as the worker leaves them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from common.tenancy import tenant_context
from inbox.models import Channel, ChannelRoute, Receipt, ReceiptOutcome

BODY = {"object": "test", "entry": [{"text": "<script>alert('canary-7f3')</script>"}]}


def receipt(
    channel: Channel,
    *,
    outcome: str = "stored",
    whole: bool = True,
    at: datetime | None = None,
    body: Any = BODY,
    reason: str = "",
) -> UUID:
    """One webhook with one item of `channel`; returns its id."""
    with tenant_context(channel.tenant_id):
        app_id = ChannelRoute.objects.get(channel_id=channel.id).app_id
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        at = at or timezone.now()
        row = Receipt.objects.create(
            kind=channel.kind,
            app_id=app_id,
            body=raw,
            received_at=at,
            state="done",
            tenant_id=channel.tenant_id if whole else None,
        )
        item = {"position": 0, "path": "entry[0]", "kind": "message", "channel_id": str(channel.id)}
        item |= {"external_id": "m-1", "outcome": outcome, "reason": reason}
        ReceiptOutcome.objects.create(
            receipt_id=row.id,
            kind=channel.kind,
            items=[item],
            whole=whole,
            received_at=at,
            size_bytes=len(raw),
            **{outcome: 1},
        )
    return row.id
