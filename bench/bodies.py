"""Webhook bodies as WhatsApp writes them, and whole signed HTTP requests that carry them."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson

from bench.cast import APP_SECRET

Json = dict[str, Any]


def phone(n: int) -> str:
    """The n-th made-up phone number."""
    return f"4477{n:08d}"


def text_message(message_id: str, sender: str, text: str, *, has_user_id: bool = True) -> Json:
    """One inbound text, written now. has_user_id: whether it also shows WhatsApp's own id of the sender."""
    shown = {"from_user_id": f"GB.{sender}"} if has_user_id else {}
    return {
        "from": sender, **shown, "id": message_id, "timestamp": str(int(time.time())),
        "type": "text", "text": {"body": text},
    }  # fmt: skip


def webhook(external_id: str, messages: Sequence[Json]) -> bytes:
    """The body that brings these messages to one number."""
    senders = {message["from"]: message.get("from_user_id") for message in messages}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "442079460112", "phone_number_id": external_id},
        "contacts": [
            {
                "profile": {"name": f"Customer {sender[-5:]}"},
                "wa_id": sender,
                **({"user_id": user_id} if user_id else {}),
            }
            for sender, user_id in senders.items()
        ],
        "messages": list(messages),
    }
    change = {"field": "messages", "value": value}
    entry = {"id": "102290129340398", "changes": [change]}
    return orjson.dumps({"object": "whatsapp_business_account", "entry": [entry]})


def signed_request(url: str, body: bytes) -> bytes:
    """POST `body` to `url`, signed, as the bytes of an HTTP/1.1 request."""
    place = urlsplit(url)
    signature = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    head = (
        f"POST {place.path} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def one_message_requests(url: str, external_id: str, count: int, *, tag: str) -> list[bytes]:
    """Signed webhooks of one message each, all different, from `count` customers at most 10,000."""
    return [
        signed_request(
            url,
            webhook(
                external_id,
                [
                    text_message(
                        f"wamid.{tag}{n:08d}", phone(n % 10_000), f"Where is my card? It is number {n}."
                    )
                ],
            ),
        )
        for n in range(count)
    ]
