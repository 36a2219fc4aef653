"""Webhook bodies as a provider writes them, and receipts as the door stores them."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from inbox.models import Channel, ChannelRoute, Receipt

PHONE = "447700900123"


def text_message(
    message_id: str, text: str, *, phone: str = PHONE, at: int | None = None, **extra: Any
) -> dict[str, Any]:
    """One inbound text; at: unix seconds. Keys given as None are left out."""
    message = {
        "from": phone,
        "from_user_id": user_id(phone),
        "id": message_id,
        "timestamp": str(at or int(time.time())),
        "type": "text",
        "text": {"body": text},
        **extra,
    }
    return {key: value for key, value in message.items() if value is not None}


def user_id(phone: str) -> str:
    return f"GB.{phone}"


def webhook(
    channel: Channel,
    *,
    messages: Sequence[dict[str, Any]] = (),
    statuses: Sequence[dict[str, Any]] = (),
    name: str = "Ada Tester",
) -> dict[str, Any]:
    """The envelope around messages and statuses of one number."""
    phones = {message["from"] for message in messages if message.get("from")}
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "447700900201", "phone_number_id": channel.external_id},
        "contacts": [_contact(phone, name, messages) for phone in phones],
    }
    if messages:
        value["messages"] = list(messages)
    if statuses:
        value["statuses"] = list(statuses)
    change = {"field": "messages", "value": value}
    return {"object": "whatsapp_business_account", "entry": [{"id": "102290129340398", "changes": [change]}]}


def _contact(phone: str, name: str, messages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    contact = {"profile": {"name": name}, "wa_id": phone}
    for message in messages:
        if message.get("from") == phone and "from_user_id" in message:
            contact["user_id"] = message["from_user_id"]
    return contact


def status(message_id: str, word: str, *, at: int | None = None, **extra: Any) -> dict[str, Any]:
    """One status report."""
    return {
        "id": message_id,
        "status": word,
        "timestamp": str(at or int(time.time())),
        "recipient_id": PHONE,
        **extra,
    }


def post(channel: Channel, body: dict[str, Any] | bytes) -> Receipt:
    """Store a checked body, as the door does."""
    route = ChannelRoute.objects.get(channel_id=channel.id)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Receipt.objects.create(
        kind=channel.kind, app_id=route.app_id, channel_id=channel.id, body=raw, received_at=timezone.now()
    )
