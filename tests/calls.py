"""Webhooks of calls as WhatsApp writes them, and a call that rings at Acme."""

from __future__ import annotations

import time
from typing import Any

from inbox.models import Channel, Receipt
from inbox.operations.receipts import drain
from tests import hooks

OFFER = (
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 3480 UDP/TLS/RTP/SAVPF 111\r\n"
    "c=IN IP4 192.0.2.10\r\na=ice-ufrag:tEs7\r\na=ice-pwd:InventedIcePassword01\r\na=setup:actpass\r\n"
    "a=fingerprint:sha-256 00:11\r\na=rtpmap:111 opus/48000/2\r\n"
)
ANSWER = OFFER.replace("actpass", "active")


def event(call_id: str, event: str, *, ours: bool = False, **more: Any) -> dict[str, Any]:
    """An entry of ``calls[]``. ours: the business called."""
    side, other = ("to", "from") if ours else ("from", "to")
    return {
        "id": call_id,
        side: hooks.PHONE,
        f"{side}_user_id": hooks.user_id(hooks.PHONE),
        other: "447700900201",
        "direction": "BUSINESS_INITIATED" if ours else "USER_INITIATED",
        "event": event,
        "timestamp": str(int(time.time())),
        **more,
    }


def connect(call_id: str, **more: Any) -> dict[str, Any]:
    """A customer calls."""
    return event(call_id, "connect", session={"sdp_type": "offer", "sdp": OFFER}, **more)


def terminate(call_id: str, lasted: int | None = None, **more: Any) -> dict[str, Any]:
    """A call is over; lasted: seconds, None when nobody spoke."""
    if lasted is None:
        return event(call_id, "terminate", status="COMPLETED", **more)
    end = int(time.time())
    times: dict[str, Any] = {"start_time": str(end - lasted), "end_time": str(end), "duration": lasted}
    return event(call_id, "terminate", status="COMPLETED", **times, **more)


def status(call_id: str, word: str, **more: Any) -> dict[str, Any]:
    """How far a call of ours has come."""
    return {**hooks.status(call_id, word), "type": "call", **more}


def told(channel: Channel, *calls: dict[str, Any], statuses: tuple[dict[str, Any], ...] = ()) -> Receipt:
    """One webhook with these, read."""
    body = hooks.webhook(channel, messages=[])
    [change] = body["entry"][0]["changes"]
    card = {"profile": {"name": "Ada Tester"}, "wa_id": hooks.PHONE, "user_id": hooks.user_id(hooks.PHONE)}
    change["field"], change["value"]["contacts"] = "calls", [card]
    change["value"] |= {"calls": list(calls)} if calls else {"statuses": list(statuses)}
    receipt = hooks.post(channel, body)
    drain()
    return receipt
