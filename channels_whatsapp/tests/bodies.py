"""Webhook bodies for tests, built from their parts."""

from __future__ import annotations

import json
from typing import Any

from channels_whatsapp.adapter import Adapter
from inbox.ports import Json

PNID = "318840571926604"
META = {"metadata": {"phone_number_id": PNID, "display_phone_number": "447700900201"}}


def parse(body: Any) -> list[Any]:
    """Parse bytes as they are, anything else as the JSON the provider would send."""
    return Adapter().parse(body if isinstance(body, bytes) else json.dumps(body).encode())


def change(value: Any, field: Any = "messages") -> Json:
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": field, "value": value}]}],
    }


def message(**keys: Any) -> Json:
    plain = {"from": "447700900123", "from_user_id": "GB.1", "id": "wamid.A", "timestamp": "1793000007"}
    return {**plain, "type": "text", "text": {"body": "hello"}, **keys}


def received(*messages: Any, **value: Any) -> Json:
    return change({**META, "messages": list(messages), **value})


def only(body: Any) -> Any:
    (item,) = parse(body)
    return item


def status(**keys: Any) -> Json:
    return {"id": "wamid.OUT", "status": "delivered", "timestamp": "1793000254", **keys}


def reported(*statuses: Any, **value: Any) -> Json:
    return change({**META, "statuses": list(statuses), **value})
