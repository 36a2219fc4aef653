"""Reading one large webhook body, as the worker does."""

from __future__ import annotations

import time
from typing import Any

import orjson

from bench.bodies import phone, text_message, webhook
from inbox.channels import adapter_for


def parse_body(*, external_id: str, updates: int, times: int) -> dict[str, Any]:
    """Parse a body of that many updates, half messages and half reports.

    Gives {"ms": […], "json_ms": […] (reading its JSON alone), "bytes"}; raises RuntimeError when one is
    missing.
    """
    body = _body(external_id, updates)
    parse = adapter_for("whatsapp").parse
    milliseconds, bare = [], []
    for _ in range(times):
        began = time.perf_counter()
        orjson.loads(body)
        bare.append((time.perf_counter() - began) * 1000)
        began = time.perf_counter()
        found = parse(body)
        milliseconds.append((time.perf_counter() - began) * 1000)
        if len(found) != updates:
            raise RuntimeError(f"{len(found)} of {updates} updates were read")
    return {"ms": milliseconds, "json_ms": bare, "bytes": len(body)}


def _body(external_id: str, updates: int) -> bytes:
    said = [
        text_message(f"wamid.large{n}", phone(n), f"Where is my card? Message {n}.")
        for n in range(updates // 2)
    ]
    envelope = orjson.loads(webhook(external_id, said))
    value = envelope["entry"][0]["changes"][0]["value"]
    value["statuses"] = [_report(n) for n in range(updates - len(said))]
    return orjson.dumps(envelope)


def _report(n: int) -> dict[str, Any]:
    return {
        "id": f"wamid.ours{n}", "status": "delivered", "timestamp": str(int(time.time())),
        "recipient_id": phone(n), "recipient_user_id": f"GB.{phone(n)}",
        "pricing": {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"},
    }  # fmt: skip
