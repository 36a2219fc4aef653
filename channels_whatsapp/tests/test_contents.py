"""Every kind of message of ours: what it becomes on the wire, and where a mistake in it is pointed at."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.adapter import Adapter
from channels_whatsapp.tests.making import TAKEN, a_file, account, outbound
from inbox.ports import Json, SendError

TWO = [{"id": "yes", "title": "Yes"}, {"id": "no", "title": "No"}]
ROWS = [{"id": "r1", "title": "Monday", "description": "9–12"}, {"id": "r2", "title": "Tuesday"}]
PICTURE = {"image": {"link": "https://ex.example/bike.jpg"}}
CARDS = [
    {"header": PICTURE, "text": "Red", "link": {"title": "Buy", "url": "https://ex.example/red"}},
    {"header": PICTURE, "text": "Blue", "link": {"title": "Buy", "url": "https://ex.example/blue"}},
]

#: Our content → the provider's `type`, `action` and whatever else of the object is not the body.
KINDS: list[tuple[Json, Json]] = [
    (
        {"type": "buttons", "buttons": TWO, "footer": "We answer at once", "header": {"text": "Delivery"}},
        {
            "type": "button",
            "header": {"type": "text", "text": "Delivery"},
            "footer": {"text": "We answer at once"},
            "action": {"buttons": [{"type": "reply", "reply": one} for one in TWO]},
        },
    ),
    (
        {"type": "buttons", "buttons": TWO, "header": PICTURE},
        {
            "type": "button",
            "header": {"type": "image", **PICTURE},
            "action": {"buttons": [{"type": "reply", "reply": one} for one in TWO]},
        },
    ),
    (
        {"type": "list", "button": "Choose", "sections": [{"title": "Days", "rows": ROWS}]},
        {"type": "list", "action": {"button": "Choose", "sections": [{"title": "Days", "rows": ROWS}]}},
    ),
    (
        {"type": "link", "title": "Open", "url": "https://ex.example/a?b=1"},
        {
            "type": "cta_url",
            "action": {
                "name": "cta_url",
                "parameters": {"display_text": "Open", "url": "https://ex.example/a?b=1"},
            },
        },
    ),
    (
        {"type": "flow", "flow_id": "77", "title": "Book", "token": "t", "screen": "START", "data": {"a": 1}},
        {
            "type": "flow",
            "action": {
                "name": "flow",
                "parameters": {
                    "flow_message_version": "3",
                    "flow_id": "77",
                    "flow_cta": "Book",
                    "mode": "published",
                    "flow_token": "t",
                    "flow_action": "navigate",
                    "flow_action_payload": {"screen": "START", "data": {"a": 1}},
                },
            },
        },
    ),
    (
        {"type": "product", "catalog_id": "55", "product_id": "sku-1"},
        {"type": "product", "action": {"catalog_id": "55", "product_retailer_id": "sku-1"}},
    ),
    (
        {
            "type": "products",
            "header": {"text": "Bikes"},
            "catalog_id": "55",
            "sections": [{"title": "City", "product_ids": ["sku-1", "sku-2"]}],
        },
        {
            "type": "product_list",
            "header": {"type": "text", "text": "Bikes"},
            "action": {
                "catalog_id": "55",
                "sections": [
                    {
                        "title": "City",
                        "product_items": [{"product_retailer_id": "sku-1"}, {"product_retailer_id": "sku-2"}],
                    }
                ],
            },
        },
    ),
    (
        {"type": "catalog", "product_id": "sku-1"},
        {
            "type": "catalog_message",
            "action": {
                "name": "catalog_message",
                "parameters": {"thumbnail_product_retailer_id": "sku-1"},
            },
        },
    ),
    (
        {"type": "location_request"},
        {"type": "location_request_message", "action": {"name": "send_location"}},
    ),
    (
        {"type": "contact_request"},
        {"type": "request_contact_info", "action": {"name": "request_contact_info"}},
    ),
    (
        {"type": "address_request", "country": "IN"},
        {"type": "address_message", "action": {"name": "address_message", "parameters": {"country": "IN"}}},
    ),
    (
        {"type": "call", "title": "Call now", "ttl_min": 60, "payload": "p"},
        {
            "type": "voice_call",
            "action": {
                "name": "voice_call",
                "parameters": {"display_text": "Call now", "ttl_minutes": 60, "payload": "p"},
            },
        },
    ),
    (
        {"type": "call_request"},
        {"type": "call_permission_request", "action": {"name": "call_permission_request"}},
    ),
    (
        {"type": "carousel", "cards": CARDS},
        {
            "type": "carousel",
            "action": {
                "cards": [
                    {
                        "card_index": n,
                        "type": "cta_url",
                        "header": {"type": "image", **PICTURE},
                        "body": {"text": card["text"]},
                        "action": {
                            "name": "cta_url",
                            "parameters": {
                                "display_text": "Buy",
                                "url": card["link"]["url"],  # type: ignore[index]
                            },
                        },
                    }
                    for n, card in enumerate(CARDS)
                ]
            },
        },
    ),
]


@pytest.mark.parametrize(("content", "expected"), KINDS, ids=lambda one: one["type"])
def test_each_kind_in_the_providers_words(graph, content, expected):
    graph.answer(200, TAKEN)

    Adapter().send(account(graph.url), outbound(kind="interactive", text="Please", content=content))

    body = graph.asked[-1].json
    assert body["type"] == "interactive"
    assert body["interactive"] == {**expected, "body": {"text": "Please"}}


def test_an_uploaded_picture_stands_above_buttons_and_above_a_template(graph):
    for kind, content in (
        ("interactive", {"type": "buttons", "buttons": TWO}),
        ("template", {"name": "t", "language": "en", "components": []}),
    ):
        graph.answer(200, {"id": "88"})
        graph.answer(200, TAKEN)
        Adapter().send(account(graph.url), outbound(kind=kind, content=content, file=a_file()))

    buttons, template = (asked.json for asked in graph.asked if asked.path.endswith("/messages"))
    header = {"type": "image", "image": {"id": "88"}}
    assert buttons["interactive"]["header"] == header
    assert template["template"]["components"] == [{"type": "header", "parameters": [header]}]


def flaws(kind: str = "interactive", text: str = "?", content: Any = None, file_kind: str = "") -> list[str]:
    """The pointers of everything wrong with a message."""
    found = Adapter().check_content(kind=kind, text=text, content=content or {}, file_kind=file_kind)
    assert all(flaw.detail.endswith(".") for flaw in found)
    return [flaw.pointer for flaw in found]


def buttons(*these: Json, **more: Any) -> Json:
    return {"type": "buttons", "buttons": list(these), **more}


def rows(*sections: Json) -> Json:
    return {"type": "list", "button": "Choose", "sections": list(sections)}


def many(n: int) -> list[Json]:
    return [{"id": f"r{i}", "title": f"Row {i}"} for i in range(n)]


WRONG: list[tuple[Json, list[str]]] = [
    ({}, ["/content"]),
    ({"type": "poll"}, ["/content/type"]),
    ({"type": ["buttons"]}, ["/content/type"]),
    (buttons(), ["/content/buttons"]),
    (buttons(*TWO, {"id": "a", "title": "A"}, {"id": "b", "title": "B"}), ["/content/buttons"]),
    ({"type": "buttons"}, ["/content/buttons"]),
    ({"type": "buttons", "buttons": "Yes"}, ["/content/buttons"]),
    (buttons({"id": "yes"}), ["/content/buttons/0/title"]),
    (buttons({"id": "yes", "title": "x" * 21}), ["/content/buttons/0/title"]),
    (buttons({"id": "x" * 257, "title": "Yes"}), ["/content/buttons/0/id"]),
    (buttons(TWO[0], {"id": "yes", "title": "Other"}), ["/content/buttons/1/id"]),
    (buttons(TWO[0], {"id": "other", "title": "Yes"}), ["/content/buttons/1/title"]),
    (buttons({"id": "yes", "title": "Yes", "colour": "red"}), ["/content/buttons/0/colour"]),
    (buttons(*TWO, footer="x" * 61), ["/content/footer"]),
    (buttons(*TWO, header={"text": "x" * 61}), ["/content/header/text"]),
    (buttons(*TWO, header={}), ["/content/header"]),
    (buttons(*TWO, header={"text": "a", **PICTURE}), ["/content/header"]),
    (buttons(*TWO, header={"image": {"link": "ftp://ex.example"}}), ["/content/header/image/link"]),
    (rows({"rows": ROWS}, {"rows": many(1)}), ["/content/sections/0/title", "/content/sections/1/title"]),
    (rows({"title": "A", "rows": many(6)}, {"title": "B", "rows": many(5)}), ["/content/sections"] + [
        f"/content/sections/1/rows/{n}/id" for n in range(5)]),
    (rows({"rows": [{"id": "a", "title": "x" * 25}]}), ["/content/sections/0/rows/0/title"]),
    (rows({"rows": [{"id": "a", "title": "A", "description": "x" * 73}]}),
     ["/content/sections/0/rows/0/description"]),
    ({"type": "list", "button": "x" * 21, "sections": [{"rows": ROWS}]}, ["/content/button"]),
    ({"type": "list", "button": "Choose", "sections": [{"rows": ROWS}], "header": PICTURE},
     ["/content/header/image"]),
    ({"type": "link", "title": "Open", "url": "javascript:alert(1)"}, ["/content/url"]),
    ({"type": "link", "title": "x" * 21, "url": "https://ex.example"}, ["/content/title"]),
    ({"type": "flow", "title": "Book"}, ["/content/flow_id"]),
    ({"type": "product", "catalog_id": "55"}, ["/content/product_id"]),
    ({"type": "products", "catalog_id": "55", "sections": [{"title": "A", "product_ids": ["s"]}]},
     ["/content/header"]),
    ({"type": "location_request", "header": {"text": "Where?"}}, ["/content/header"]),
    ({"type": "address_request", "country": "DE"}, ["/content/country"]),
    ({"type": "call", "title": "Call", "ttl_min": 0}, ["/content/ttl_min"]),
    ({"type": "carousel", "cards": CARDS[:1]}, ["/content/cards"]),
    ({"type": "carousel", "cards": [CARDS[0], {"header": PICTURE, "buttons": TWO}]}, ["/content/cards"]),
    ({"type": "carousel", "cards": [CARDS[0], {"header": PICTURE}]}, ["/content/cards/1"]),
]  # fmt: skip


@pytest.mark.parametrize(("content", "pointers"), WRONG)
def test_each_mistake_in_a_choice_is_pointed_at(content, pointers):
    assert flaws(content=content) == pointers


@pytest.mark.parametrize(
    ("keys", "pointers"),
    [
        ({"text": "", "content": buttons(*TWO)}, ["/text"]),
        ({"text": "x" * 1025, "content": buttons(*TWO)}, ["/text"]),
        ({"text": "x" * 4096, "content": rows({"rows": ROWS})}, []),
        ({"text": "", "content": {"type": "product", "catalog_id": "55", "product_id": "s"}}, []),
        ({"content": buttons(*TWO), "file_kind": "image"}, []),
        ({"content": buttons(*TWO), "file_kind": "sticker"}, ["/attachment_ids/0"]),
        ({"content": buttons(*TWO, header={"text": "a"}), "file_kind": "image"}, ["/attachment_ids/0"]),
        ({"content": rows({"rows": ROWS}), "file_kind": "image"}, ["/attachment_ids/0"]),
        ({"kind": "text", "content": {"preview_url": False}}, []),
        ({"kind": "text", "content": {"preview_url": "no"}}, ["/content/preview_url"]),
        ({"kind": "location", "content": {"latitude": 51.5, "longitude": "-0.1", "name": "Pier"}}, []),
        ({"kind": "location", "content": {"latitude": 91}}, ["/content/latitude", "/content/longitude"]),
        (
            {"kind": "contacts", "content": {"contacts": [{"name": {"formatted_name": "Bo"}}]}},
            ["/content/contacts/0/name/first_name"],
        ),
        ({"kind": "contacts", "content": {"contacts": []}}, ["/content/contacts"]),
        ({"kind": "reaction", "content": {"emoji": "👍"}}, ["/content/target"]),
        ({"kind": "reaction", "content": {"target": "wamid.T", "emoji": None}}, []),
    ],
)
def test_each_mistake_beside_a_choice_is_pointed_at(keys, pointers):
    assert flaws(**keys) == pointers


#: Every kind of component the provider documents, rightly filled.
@pytest.mark.parametrize(("content", "pointers"), WRONG)
def test_what_is_wrong_is_never_asked_of_the_provider(graph, content, pointers):
    with pytest.raises(SendError) as caught:
        Adapter().send(account(graph.url), outbound(kind="interactive", text="?", content=content))

    assert (caught.value.reason, caught.value.permanent) == ("invalid", True)
    assert caught.value.detail.startswith(pointers[0])
    assert graph.asked == []
