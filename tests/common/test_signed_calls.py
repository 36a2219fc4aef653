"""Calls to tenants' own servers are signed as Standard Webhooks has it: its test vector, and one anew."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from common.signed_calls import new_secret, signed_headers

BODY = (
    '{"type":"message.received","timestamp":"2023-11-14T22:13:20.000000Z",'
    '"data":{"id":"0190a0c4-0000-7000-8000-000000000001","text":"café ✈"}}'
).encode()
AT = datetime.fromtimestamp(1_700_000_000, UTC)
KEY = "whsec_" + base64.b64encode(bytes(range(0x01, 0x21))).decode()
OLDER = "whsec_" + base64.b64encode(bytes(range(0x21, 0x41))).decode()


def test_the_signature_is_the_one_of_the_test_vector() -> None:
    headers = signed_headers(BODY, keys=[KEY, OLDER], call_id="msg_01JZTESTVECTOR0000000001", at=AT)

    assert headers == {
        "webhook-id": "msg_01JZTESTVECTOR0000000001",
        "webhook-timestamp": "1700000000",
        "webhook-signature": (
            "v1,zs2nZL/KBkQLc+lhyTihte9W9n2yTv58ctfOtkOvkKo= v1,+RtZcxfSupbtGyyImwd0JNKCJEcGkqsz80HYRkIyQxM="
        ),
    }


def test_each_secret_is_a_new_one_of_32_bytes() -> None:
    first, second = new_secret(), new_secret()

    assert first != second
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32
