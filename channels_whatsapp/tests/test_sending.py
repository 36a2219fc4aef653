"""Messages of ours against a real local server: what the provider is asked."""

from __future__ import annotations

from email.parser import BytesParser
from typing import Any

import pytest

from channels_whatsapp.adapter import Adapter
from channels_whatsapp.tests.making import ADA, PNG, PNID, TAKEN, a_file, account, outbound
from channels_whatsapp.tests.real_files import picture, voice_note
from inbox.ports import Claim, Json, SendError
from tests.servers import Asked, Recorded

GIF_HEADER = {"type": "header", "parameters": [{"type": "gif", "gif": {"link": "https://ex.example/a.mp4"}}]}


def send(graph: Recorded, **keys: Any) -> Asked:
    """Send one message, the provider's yes recorded; gives the last request."""
    graph.answer(200, TAKEN)
    Adapter().send(account(graph.url), outbound(**keys))
    return graph.asked[-1]


def test_text_goes_to_the_number_with_token_and_reference(graph):
    asked = send(graph)

    assert (asked.method, asked.path) == ("POST", f"/v26.0/{PNID}/messages")
    assert asked.headers["authorization"] == "Bearer EAAGtoken"
    assert asked.json == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+447700900123",
        "type": "text",
        "text": {"body": "hello", "preview_url": False},
        "biz_opaque_callback_data": "0190-ref",
    }


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("", "/v26.0/"),
        ("/", "/v26.0/"),
        ("/v25.0", "/v25.0/"),
        ("/v25.0/", "/v25.0/"),
        ("/proxy", "/proxy/v26.0/"),
    ],
)
def test_address_of_the_api_may_name_a_version(graph, given, path):
    graph.answer(200, TAKEN)

    Adapter().send(account(graph.url + given), outbound())

    assert graph.asked[0].path == f"{path}{PNID}/messages"


def test_account_id_cannot_leave_its_place_in_the_address(graph):
    graph.answer(200, TAKEN)

    Adapter().send(account(graph.url, external_id="../me?x="), outbound())

    assert graph.asked[0].path == "/v26.0/..%2Fme%3Fx%3D/messages"


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (ADA, {"to": "+447700900123"}),
        ((Claim("whatsapp_id", "GB.48"), *ADA), {"recipient": "GB.48"}),
        ((Claim("email", "a@example.org"), *ADA), {"to": "+447700900123"}),
    ],
)
def test_best_usable_address_is_used(graph, to, expected):
    body = send(graph, to=to).json

    assert {key: body[key] for key in ("to", "recipient") if key in body} == expected


def test_a_code_goes_to_the_number_because_a_user_id_is_refused(graph):
    code = {"name": "code", "language": "en", "category": "authentication"}
    to = (Claim("whatsapp_id", "GB.48"), *ADA)

    coded = send(graph, kind="template", text="", content=code, to=to).json
    other = send(graph, kind="template", text="", content=code | {"category": "utility"}, to=to).json

    assert (coded.get("to"), coded.get("recipient")) == ("+447700900123", None)
    assert (other.get("to"), other.get("recipient")) == (None, "GB.48")


CONTENTS: list[tuple[Json, Json]] = [
    (
        {"text": "see https://ex.example"},
        {"type": "text", "text": {"body": "see https://ex.example", "preview_url": True}},
    ),
    (
        {"text": "see https://ex.example", "content": {"preview_url": False}},
        {"type": "text", "text": {"body": "see https://ex.example", "preview_url": False}},
    ),
    ({"reply_to": "wamid.Q"}, {"type": "text", "context": {"message_id": "wamid.Q"}}),
    (
        {"kind": "reaction", "content": {"target": "wamid.T", "emoji": "👍"}, "reply_to": "wamid.T"},
        {"type": "reaction", "reaction": {"message_id": "wamid.T", "emoji": "👍"}},
    ),
    (
        {"kind": "reaction", "content": {"target": "wamid.T", "emoji": None}},
        {"type": "reaction", "reaction": {"message_id": "wamid.T", "emoji": ""}},
    ),
    (
        {"kind": "template", "content": {"name": "order_ready", "language": "en_GB"}},
        {
            "type": "template",
            "template": {"name": "order_ready", "language": {"code": "en_GB", "policy": "deterministic"}},
        },
    ),
    (
        {
            "kind": "template",
            "content": {"name": "t", "language": "de", "components": [{"type": "body", "parameters": []}]},
        },
        {
            "type": "template",
            "template": {
                "name": "t",
                "language": {"code": "de", "policy": "deterministic"},
                "components": [{"type": "body", "parameters": []}],
            },
        },
    ),
    (
        {"kind": "location", "content": {"latitude": 51.5, "longitude": 0, "name": "Pier"}},
        {"type": "location", "location": {"latitude": 51.5, "longitude": 0, "name": "Pier"}},
    ),
    (
        {
            "kind": "contacts",
            "content": {"contacts": [{"name": {"formatted_name": "Bo Test", "first_name": "Bo"}}]},
        },
        {"type": "contacts", "contacts": [{"name": {"formatted_name": "Bo Test", "first_name": "Bo"}}]},
    ),
]


@pytest.mark.parametrize(("keys", "expected"), CONTENTS)
def test_contents_in_the_providers_words(graph, keys, expected):
    body = send(graph, **keys).json

    assert {key: body[key] for key in expected} == expected
    assert ("context" in body) == ("context" in expected)


@pytest.mark.parametrize(
    ("kind", "mime", "text", "expected", "content"),
    [
        ("image", "image/png", "my bike", {"id": "88", "caption": "my bike"}, PNG),
        ("video", "video/mp4", "", {"id": "88"}, PNG),
        ("audio", "audio/mpeg", "", {"id": "88"}, PNG),
        ("voice", "audio/ogg", "", {"id": "88", "voice": True}, voice_note()),
        ("document", "application/pdf", "bill", {"id": "88", "caption": "bill", "filename": "bike.png"}, PNG),
        ("sticker", "image/webp", "", {"id": "88"}, picture((512, 512), "WEBP")),
    ],
)
def test_file_is_uploaded_then_named(graph, kind, mime, text, expected, content):
    graph.answer(200, {"id": "88"})

    body = send(graph, kind=kind, text=text, file=a_file(kind, mime, content=content)).json

    upload = graph.asked[0]
    head = f"Content-Type: {upload.headers['content-type']}\r\n\r\n".encode()
    parts: Any = BytesParser().parsebytes(head + upload.body).get_payload()
    fields = {
        part.get_param("name", header="content-disposition"): part.get_payload(decode=True) for part in parts
    }
    assert upload.path == f"/v26.0/{PNID}/media"
    assert fields == {"messaging_product": b"whatsapp", "type": mime.encode(), "file": content}
    type_ = "audio" if kind == "voice" else kind
    assert (body["type"], body[type_]) == (type_, expected)


def test_mark_read_and_typing(graph):
    graph.answer(200, {"success": True})
    graph.answer(200, {"success": True})

    Adapter().mark_read(account(graph.url), external_id="wamid.IN")
    Adapter().mark_read(account(graph.url), external_id="wamid.IN", typing=True)

    read = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN"}
    assert [asked.json for asked in graph.asked] == [read, read | {"typing_indicator": {"type": "text"}}]


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({"to": ()}, "recipient"),
        ({"to": (Claim("email", "a@example.org"),)}, "recipient"),
        ({"kind": "order"}, "invalid"),
        ({"kind": "image"}, "invalid"),
        ({"kind": "voice", "text": "beside", "file": a_file("voice", "audio/ogg")}, "invalid"),
        ({"kind": "template", "content": {"name": "t"}}, "invalid"),
        ({"kind": "reaction", "content": {}}, "invalid"),
    ],
)
def test_what_cannot_be_sent_is_refused_without_a_call(graph, keys, reason):
    with pytest.raises(SendError) as caught:
        Adapter().send(account(graph.url), outbound(**keys))

    assert (caught.value.reason, caught.value.permanent, caught.value.may_have_sent) == (reason, True, False)
    assert graph.asked == []


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "schlüssel"])
def test_token_that_cannot_be_one_is_refused_without_a_call(graph, token):
    with pytest.raises(SendError) as caught:
        Adapter().send(account(graph.url, secrets={"access_token": token}), outbound())

    assert (caught.value.reason, caught.value.permanent) == ("auth", True)
    assert graph.asked == []


def test_text_with_half_a_character_is_sent_all_the_same(graph):
    assert rb"a\ud83db" in send(graph, text="a\ud83db").body


OFF = {"error": {"code": 131063, "message": "(#131063) Marketing is off."}}
PROMO = {"kind": "template", "text": "", "content": {"name": "spring", "language": "en"}}


def test_marketing_that_is_off_at_the_usual_address_goes_by_the_marketing_messages_api(graph):
    graph.answer(400, OFF)
    graph.answer(200, TAKEN)

    result = Adapter().send(account(graph.url), outbound(**PROMO))

    usual, lite = graph.asked
    assert result.external_id == "wamid.OUT"
    assert lite.path == f"/v26.0/{PNID}/marketing_messages"
    assert lite.json == usual.json | {"product_policy": "STRICT"}


def test_marketing_that_is_off_at_both_addresses_waits_with_all_marketing(graph):
    for _ in range(2):
        graph.answer(400, OFF)

    with pytest.raises(SendError) as caught:
        Adapter().send(account(graph.url), outbound(**PROMO))

    assert caught.value.hold
    assert (caught.value.hold.what, len(graph.asked)) == ("marketing", 2)


@pytest.mark.parametrize(
    ("config", "options"),
    [
        ({}, {"product_policy": "STRICT"}),
        ({"marketing_fallback": True}, {"product_policy": "CLOUD_API_FALLBACK"}),
        (
            {"marketing_fallback": False, "marketing_activity": "on"},
            {"product_policy": "STRICT", "message_activity_sharing": True},
        ),
        ({"marketing_activity": "off"}, {"product_policy": "STRICT", "message_activity_sharing": False}),
        ({"marketing_activity": ""}, {"product_policy": "STRICT"}),
    ],
)
def test_marketing_goes_with_what_the_number_has_chosen(graph: Recorded, config: Json, options: Json) -> None:
    graph.answer(200, TAKEN)
    said = {"name": "news", "language": "en", "category": "marketing"}
    number = account(graph.url, config={"marketing_api": True, **config})

    Adapter().send(number, outbound(kind="template", text="", content=said))

    names = ("product_policy", "message_activity_sharing")
    assert {name: graph.asked[0].json[name] for name in names if name in graph.asked[0].json} == options


@pytest.mark.parametrize(
    ("config", "content", "edge"),
    [
        ({}, {"category": "marketing"}, "messages"),
        ({"marketing_api": True}, {"category": "marketing"}, "marketing_messages"),
        ({"marketing_api": True}, {"category": "utility"}, "messages"),
        ({}, {"category": "marketing", "components": [GIF_HEADER]}, "marketing_messages"),
    ],
)
def test_a_gif_and_the_marketing_of_a_number_set_so_go_by_the_marketing_messages_api(
    graph: Recorded, config: Json, content: Json, edge: str
) -> None:
    graph.answer(200, TAKEN)
    said = {"name": "news", "language": "en", **content}

    Adapter().send(account(graph.url, config=config), outbound(kind="template", text="", content=said))

    assert [asked.path.rpartition("/")[2] for asked in graph.asked] == [edge]
    assert graph.asked[0].json.get("product_policy") == ("STRICT" if edge != "messages" else None)
