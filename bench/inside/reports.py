"""Reports of everything that was sent, as the door leaves them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson
from django.utils import timezone

from common.ids import uuid7
from common.sql import insert_rows
from common.tenancy import tenant_context
from inbox.channels import adapter_for
from inbox.models import ChannelRoute, Message, Receipt

IN_EACH = 50


def report_all(*, tenant: str, external_ids: Sequence[str]) -> dict[str, int]:
    """Store webhooks that tell of each message sent that it was delivered and read. Gives {"reports"}."""
    adapter: Any = adapter_for("whatsapp")
    told = 0
    for external_id in external_ids:
        route, now = ChannelRoute.objects.get(external_id=external_id), timezone.now()
        with tenant_context(UUID(tenant)):
            ours = Message.objects.filter(channel_id=route.channel_id, direction="outbound")
            sent = [one for one in ours.values_list("external_id", flat=True) if one]
        bodies = list(_bodies(external_id, sent))
        insert_rows([
            Receipt(
                id=uuid7(), kind="whatsapp", app_id=route.app_id, channel_id=route.channel_id,
                received_at=now, body=body, only_reports=adapter.only_reports(body),
            )
            for body in bodies
        ])  # fmt: skip
        told += 2 * len(sent)
    return {"reports": told}


def _bodies(external_id: str, sent: Sequence[str]) -> Iterator[bytes]:
    for some in _parts(sent):
        for status in ("delivered", "read"):
            yield _webhook(external_id, [_status(one, status) for one in some])


def _parts(sent: Sequence[str]) -> Iterator[Sequence[str]]:
    return (sent[at : at + IN_EACH] for at in range(0, len(sent), IN_EACH))


def _status(message_id: str, status: str) -> dict[str, Any]:
    return {
        "id": message_id, "status": status, "timestamp": str(int(time.time())),
        "recipient_id": "447700000000",
        "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"},
    }  # fmt: skip


def _webhook(external_id: str, statuses: Sequence[dict[str, Any]]) -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "442079460112", "phone_number_id": external_id},
        "statuses": list(statuses),
    }
    entry = {"id": "102290129340398", "changes": [{"field": "messages", "value": value}]}
    return orjson.dumps({"object": "whatsapp_business_account", "entry": [entry]})
