"""Direct Send: what Meta is asked, what it would refuse, and what its refusals mean."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.adapter import Adapter
from channels_whatsapp.prices import charge
from channels_whatsapp.tests.making import PNID, TAKEN, account, outbound
from inbox.ports import Direct, DirectRule, Json, SendError, Use
from tests.servers import Recorded

UTILITY = Direct("utility", 600)
BUTTONS = {"type": "buttons", "buttons": [{"id": "yes", "title": "Yes"}]}


def test_a_text_goes_with_its_category_and_its_time(graph: Recorded) -> None:
    graph.answer(200, TAKEN)

    Adapter().send(account(graph.url), outbound(direct=UTILITY))

    [asked] = graph.asked
    assert asked.path == f"/v26.0/{PNID}/messages"
    assert (asked.json["category"], asked.json["ttl_seconds"]) == ("utility", 600)
    assert asked.json["text"]["body"] == "hello"


def test_a_choice_goes_so_too_and_without_a_time_none_is_said(graph: Recorded) -> None:
    graph.answer(200, TAKEN)

    Adapter().send(
        account(graph.url), outbound(kind="interactive", content=BUTTONS, direct=Direct("utility"))
    )

    body = graph.asked[0].json
    assert (body["category"], body["interactive"]["type"]) == ("utility", "button")
    assert "ttl_seconds" not in body


def test_only_a_number_that_is_set_so_may() -> None:
    assert Adapter().direct_rule({}) is None
    assert Adapter().direct_rule({"direct_send": "yes"}) is None
    assert Adapter().direct_rule({"direct_send": True}) == DirectRule(("utility",), 1024)


@pytest.mark.parametrize(
    ("said", "pointers"),
    [
        ({}, []),
        ({"kind": "interactive", "content": BUTTONS}, []),
        ({"kind": "interactive", "content": {**BUTTONS, "header": {"text": "Order"}}}, []),
        ({"text": "x" * 1024}, []),
        ({"text": "x" * 1025}, ["/text"]),
        ({"direct": Direct("marketing")}, ["/category"]),
        ({"direct": Direct("authentication")}, ["/category"]),
        ({"direct": Direct("utility", 29)}, ["/ttl_s"]),
        ({"direct": Direct("utility", 43_201)}, ["/ttl_s"]),
        ({"kind": "location"}, ["/kind"]),
        ({"kind": "image", "file_kind": "image"}, ["/kind", "/content/header"]),
        ({"kind": "interactive", "content": {"type": "list"}}, ["/content/type"]),
        (
            {
                "kind": "interactive",
                "content": {**BUTTONS, "header": {"image": {"link": "https://a.example"}}},
            },
            ["/content/header"],
        ),
    ],
)
def test_what_meta_would_refuse_is_told_before(said: Json, pointers: list[str]) -> None:
    usual: dict[str, Any] = {
        "kind": "text", "text": "hello", "content": {}, "file_kind": "", "direct": UTILITY,
    }  # fmt: skip

    assert [flaw.pointer for flaw in Adapter().direct_flaws(**{**usual, **said})] == pointers


def refusal(graph: Recorded, code: int, details: str, direct: Direct | None = UTILITY) -> SendError:
    graph.answer(400, {"error": {"code": code, "message": "no", "error_data": {"details": details}}})
    with pytest.raises(SendError) as caught:
        Adapter().send(account(graph.url), outbound(direct=direct))
    return caught.value


@pytest.mark.parametrize(
    ("code", "details"),
    [
        (100, "Direct Send is not enabled for this phone number."),
        (100, 'Unexpected key "category" on param "messages".'),
        (100, "This feature is not yet available."),
        (139200, "Blocked for low quality."),
    ],
)
def test_a_refusal_of_the_number_holds_for_all_such_messages_and_no_others(
    graph: Recorded, code: int, details: str
) -> None:
    error = refusal(graph, code, details)

    assert (error.reason, error.permanent, error.provider_code) == ("config", True, str(code))
    assert error.hold
    assert error.hold.what == "direct"
    assert details.rstrip(".") in error.hold.why
    assert "template instead" in error.hold.fix


def test_a_refusal_of_the_message_is_of_the_message_alone(graph: Recorded) -> None:
    wrong = refusal(graph, 100, "Param text['body'] must be a non-empty string.")
    usual = refusal(graph, 100, "Direct Send is not enabled.", direct=None)

    assert (wrong.reason, wrong.hold) == ("invalid", None)
    assert (usual.reason, usual.hold) == ("invalid", None)


def test_it_is_charged_as_utility_until_meta_says_otherwise() -> None:
    content = {"direct": {"category": "utility"}}

    planned = charge(Use("text", "hello", content=content))
    told = charge(Use("text", "hello", content=content, pricing={"category": "service"}))

    assert planned
    assert planned.categories == ("utility",)
    assert told
    assert told.categories == ("service", "utility")
