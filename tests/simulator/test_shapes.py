"""Bodies of a wrong shape: every part of a good body is replaced by nonsense, and nothing ever breaks."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.conftest import Business

Json = dict[str, Any]
NONSENSE: list[Any] = [None, 5, "\x00", {"a": {"b": []}}, [[1]]]
TEXT = {"type": "text", "text": {"body": "Hi", "preview_url": True}, "context": {"message_id": "wamid.x"}}
IMAGE = {"type": "image", "image": {"id": "1", "caption": "Look"}}
PLACE = {"type": "location", "location": {"latitude": 1, "longitude": "2", "name": "Pier"}}
CARD = {
    "type": "contacts",
    "contacts": [{"name": {"formatted_name": "Bo", "first_name": "Bo"}, "phones": [{}]}],
}
LIST = {
    "type": "interactive",
    "interactive": {
        "type": "list",
        "header": {"type": "text", "text": "Days"},
        "body": {"text": "When?"},
        "footer": {"text": "Times are local"},
        "action": {
            "button": "Choose",
            "sections": [{"title": "Week", "rows": [{"id": "1", "title": "Mon"}]}],
        },
    },
}
BUTTONS = {
    "type": "interactive",
    "interactive": {
        "type": "button",
        "header": {"type": "image", "image": {"id": "1"}},
        "body": {"text": "Was it you?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]},
    },
}
OFFER = {
    "type": "template",
    "template": {
        "name": "spring_offer",
        "language": {"code": "en"},
        "components": [
            {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]},
            {
                "type": "body",
                "parameters": [{"type": "text", "text": "Ada"}, {"type": "text", "text": "20%"}],
            },
            {
                "type": "button",
                "sub_type": "copy_code",
                "index": "1",
                "parameters": [{"coupon_code": "SPRING20"}],
            },
        ],
    },
}
READ = {"status": "read", "message_id": "wamid.x", "typing_indicator": {"type": "text"}}


def broken(good: Any) -> Iterator[Any]:
    """Copies of a value with one of its parts replaced by nonsense."""
    yield from NONSENSE
    keys = good.keys() if isinstance(good, dict) else range(len(good)) if isinstance(good, list) else ()
    for key in keys:
        for part in broken(good[key]):
            copied = copy.copy(good)
            copied[key] = part
            yield copied


@pytest.mark.parametrize(
    "good", [TEXT, IMAGE, PLACE, CARD, LIST, BUTTONS, OFFER, READ], ids=lambda body: str(body)[:24]
)
def test_a_misshapen_send_is_refused_or_taken_but_never_breaks(business: Business, good: Json) -> None:
    business.put(throughput_per_s=None, pair_rate="off")
    envelope = {"messaging_product": "whatsapp", "to": business.phone}

    for body in broken(envelope | good):
        answer = business.graph("POST", f"{business.id}/messages", json=body)

        assert answer.status_code in (200, 400, 404), (body, answer.text)
        assert answer.status_code == 200 or answer.json()["error"]["code"], body


@pytest.mark.parametrize(
    "good",
    [
        {
            "text": "Hi",
            "reply_to": "wamid.x",
            "timestamp": 1790000000,
            "name": "Ada",
            "referral": {"source_type": "ad"},
        },
        {
            "media": {
                "kind": "image",
                "sample": "photo",
                "caption": "Look",
                "filename": "a.jpg",
                "mime": "image/jpeg",
            }
        },
        {"document": {"base64": "aGk=", "mime": "application/pdf", "filename": "offer.pdf"}},
        {"contacts": [{"name": {"formatted_name": "Bo"}}]},
        {"location": {"latitude": 1, "longitude": 2, "name": "Pier"}},
        {"button": {"target": "wamid.x", "payload": "yes", "text": "Yes"}},
        {"reaction": {"target": "wamid.x", "emoji": "👍"}},
        {"raw": {"type": "order", "order": {"catalog_id": "5"}, "context": {"id": "wamid.x"}}},
    ],
    ids=lambda body: next(iter(body)),
)
def test_a_misshapen_control_message_is_refused_or_taken_but_never_breaks(
    business: Business, good: Json
) -> None:
    envelope = {"channel": business.id, "from": business.phone}

    for body in broken(envelope | good):
        answer = business.session.post(f"{business.sim.url}/control/messages", json=body)

        assert answer.status_code in (201, 400, 404), (body, answer.text)


TEMPLATE = {
    "name": "a",
    "language": "en",
    "category": "UTILITY",
    "components": [{"type": "BODY", "text": "Hi"}],
}
NUMBER = {"verified_name": "A", "webhook_version": 24, "bsuid": True, "templates": [TEMPLATE], "profile": {}}
FAULT = {"to": "447700900999", "status": 503, "webhook": {"duplicate": 0}, "count": 0}
BATCH = {"channel": "nobody", "messages": [{"from": "447700900998", "text": "a"}]}
PHONE = {"name": "Ada", "username": "ada", "settings": {"offline": False}}


@pytest.mark.parametrize(
    ("method", "path", "good"),
    [
        ("PUT", "/control/numbers/{id}", NUMBER),
        ("POST", "/control/faults", FAULT),
        ("POST", "/control/messages/batch", BATCH),
        ("POST", "/control/webhooks", {"channel": "nobody", "field": "x", "value": {}}),
        ("PUT", "/control/clock", {"offset_s": 0}),
        ("PATCH", "/phone/customers/{phone}", PHONE),
    ],
)
def test_misshapen_control_calls_never_break(business: Business, method: str, path: str, good: Json) -> None:
    business.hears(text="Hi")
    url = business.sim.url + path.format(id=business.id, phone=business.phone)

    for body in broken(good):
        answer = business.session.request(method, url, json=body)
        assert answer.status_code < 500, (body, answer.text)
    business.sim.call("PUT", "/control/clock", {"offset_s": 0})
    assert business.graph("GET", f"{business.waba_id}/message_templates").status_code == 200
