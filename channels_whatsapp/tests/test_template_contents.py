"""What fills a template: each component goes out as it is, each mistake is pointed at."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.adapter import Adapter
from channels_whatsapp.tests.making import TAKEN, account, outbound
from channels_whatsapp.tests.test_contents import flaws
from inbox.ports import Json

COMPONENTS: list[Json] = [
    {"type": "header", "parameters": [{"type": "text", "text": "7781"}]},
    {"type": "header", "parameters": [{"type": "image", "image": {"id": "88"}}]},
    {"type": "header", "parameters": [{"type": "video", "video": {"link": "https://ex.example/v.mp4"}}]},
    {"type": "header", "parameters": [{"type": "document", "document": {"id": "88", "filename": "a.pdf"}}]},
    {
        "type": "header",
        "parameters": [{"type": "location", "location": {"latitude": "51.5", "longitude": "-0.12"}}],
    },
    {"type": "body", "parameters": [{"type": "text", "text": "Ada"}]},
    {"type": "body", "parameters": [{"type": "text", "parameter_name": "order_no", "text": "7781"}]},
    {
        "type": "body",
        "parameters": [
            {
                "type": "currency",
                "currency": {"fallback_value": "£10", "code": "GBP", "amount_1000": 10_000},
            },
            {"type": "date_time", "date_time": {"fallback_value": "1 May"}},
        ],
    },
    {
        "type": "button",
        "sub_type": "quick_reply",
        "index": "0",
        "parameters": [{"type": "payload", "payload": "STOP"}],
    },
    {"type": "button", "sub_type": "url", "index": 1, "parameters": [{"type": "text", "text": "7781"}]},
    {
        "type": "button",
        "sub_type": "copy_code",
        "index": "2",
        "parameters": [{"type": "coupon_code", "coupon_code": "SPRING20"}],
    },
    {
        "type": "button",
        "sub_type": "flow",
        "index": "0",
        "parameters": [{"type": "action", "action": {"flow_token": "t", "flow_action_data": {}}}],
    },
    {
        "type": "button",
        "sub_type": "catalog",
        "index": "0",
        "parameters": [{"type": "action", "action": {"thumbnail_product_retailer_id": "sku-1"}}],
    },
    {
        "type": "button",
        "sub_type": "mpm",
        "index": "0",
        "parameters": [{"type": "action", "action": {"sections": [{"title": "A", "product_items": []}]}}],
    },
    {
        "type": "button",
        "sub_type": "voice_call",
        "index": "0",
        "parameters": [{"type": "ttl_minutes", "ttl_minutes": 1440}, {"type": "payload", "payload": "p"}],
    },
    {
        "type": "limited_time_offer",
        "parameters": [
            {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1_790_000_000_000}}
        ],
    },
    {
        "type": "carousel",
        "cards": [
            {
                "card_index": 0,
                "components": [
                    {"type": "header", "parameters": [{"type": "image", "image": {"id": "88"}}]},
                    {"type": "body", "parameters": [{"type": "text", "text": "Red"}]},
                ],
            }
        ],
    },
]


def template(*components: Json, **more: Any) -> Json:
    return {"name": "order_ready", "language": "en_GB", "components": list(components), **more}


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_component_of_a_template_may_be_filled_and_goes_out_as_it_is(graph, component):
    content = template(component)
    graph.answer(200, TAKEN)

    assert flaws("template", "", content) == []
    Adapter().send(account(graph.url), outbound(kind="template", text="", content=content))

    assert graph.asked[-1].json["template"]["components"] == [component]


@pytest.mark.parametrize(
    ("content", "pointers"),
    [
        (template(name="Order Ready"), ["/template/name"]),
        (template(language=""), ["/template/language"]),
        (template({"type": "footer"}), ["/template/components/0/type"]),
        (
            template({"type": "body", "parameters": [{"type": "text", "text": "two\nlines"}]}),
            ["/template/components/0/parameters/0/text"],
        ),
        (
            template({"type": "body", "parameters": [{"type": "text"}]}),
            ["/template/components/0/parameters/0/text"],
        ),
        (
            template(
                {
                    "type": "body",
                    "parameters": [
                        {"type": "text", "text": "Ada"},
                        {"type": "text", "parameter_name": "order", "text": "1"},
                    ],
                }
            ),
            ["/template/components/0/parameters"],
        ),
        (
            template({"type": "header", "parameters": [{"type": "image", "image": {}}]}),
            ["/template/components/0/parameters/0/image"],
        ),
        (
            template({**COMPONENTS[10], "parameters": [{"type": "coupon_code", "coupon_code": "x" * 21}]}),
            ["/template/components/0/parameters/0/coupon_code"],
        ),
        (template(COMPONENTS[5], COMPONENTS[5]), ["/template/components/1"]),
        (template({**COMPONENTS[8], "index": "12"}), ["/template/components/0/index"]),
        (template({"type": "button", "sub_type": "phone"}), ["/template/components/0/sub_type"]),
    ],
)
def test_each_mistake_in_a_template_is_pointed_at(content, pointers):
    assert flaws("template", "", content) == pointers


@pytest.mark.parametrize("file_kind", ["image", ""])
def test_a_header_is_given_once(file_kind):
    assert flaws("template", "", template(COMPONENTS[1]), file_kind) == (
        ["/attachment_ids/0"] if file_kind else []
    )
