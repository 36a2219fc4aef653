"""Whatever a signed body holds, reading it gives items that can be kept, or says that it cannot be read."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from hypothesis import given
from hypothesis import strategies as st

from channels_voice.adapter import Adapter
from inbox.ports import Unparsable

GOOD = {
    "CallSid": "CA1", "CallStatus": "completed", "Direction": "outbound-api", "From": "+442079460123",
    "To": "+447700900127", "Digits": "1", "AnsweredBy": "human", "CallDuration": "3", "SequenceNumber": "1",
    "Timestamp": "Mon, 23 Nov 2026 10:20:03 +0000", "SipResponseCode": "603", "ErrorCode": "1", "_n": "1",
}  # fmt: skip
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.just({"a": [1]}),
    st.just([[]]),
)


def read(body: bytes) -> None:
    try:
        items = Adapter().parse(body)
    except Unparsable:
        return
    for item in items:
        told = json.dumps(
            [item.raw, getattr(item, "content", None), getattr(item, "text", "")], allow_nan=False
        )
        assert "\\u0000" not in told
        getattr(item, "text", "").encode()
        getattr(item, "external_id", "").encode()


@given(st.binary(max_size=300))
def test_any_bytes(body: bytes) -> None:
    read(body)


@given(
    st.dictionaries(st.sampled_from(sorted(GOOD)), st.text(max_size=60)),
    st.sets(st.sampled_from(sorted(GOOD))),
)
def test_forms_with_strange_and_missing_values(strange: dict[str, str], missing: set[str]) -> None:
    form = {name: value for name, value in {**GOOD, **strange}.items() if name not in missing}

    read(urlencode(form, errors="surrogatepass").encode())


ROW = {"sid": "X1", "from": "+447700900127", "to": "+442079460123", "status": "sent", "direction": "inbound"}


@given(
    st.lists(
        st.one_of(VALUES, st.dictionaries(st.sampled_from([*ROW, "body", "media", "price"]), VALUES)),
        max_size=4,
    )
)
def test_lists_of_anything(rows: list[Any]) -> None:
    read(json.dumps({"calls": [{**ROW, **row} if isinstance(row, dict) else row for row in rows]}).encode())
