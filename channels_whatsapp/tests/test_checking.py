"""Checking an account and listing its templates, against recorded answers of a real local server."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp import template_calls
from channels_whatsapp.adapter import Adapter
from channels_whatsapp.tests.making import account
from inbox.ports import CheckStep, Json, SendError
from tests.servers import Recorded

HOOK = "https://parley.example/hooks/whatsapp/7/"
NUMBER: Json = {
    "id": "318840571926604", "display_phone_number": "+44 7700 900201", "verified_name": "Harbour Bikes",
    "quality_rating": "GREEN", "code_verification_status": "VERIFIED", "status": "CONNECTED",
    "webhook_configuration": {"application": HOOK},
}  # fmt: skip
APPS: Json = {"data": [{"whatsapp_business_api_data": {"id": "1", "name": "Parley"}}]}


def steps(graph: Recorded, config: Json | None = None) -> list[CheckStep]:
    config = (
        {"waba_id": "204881736650091", "display_phone_number": "+447700900201"} if config is None else config
    )
    return Adapter().check(account(graph.url, config=config), webhook_url=HOOK)


def one(graph: Recorded, name: str, number: Json, apps: Json = APPS, **config: Any) -> CheckStep:
    graph.answer(200, {**NUMBER, **number})
    graph.answer(200, apps)
    return {step.name: step for step in steps(graph, config.get("config"))}[name]


def test_account_that_works(graph):
    graph.answer(200, NUMBER)
    graph.answer(200, APPS)

    found = steps(graph)

    assert [step.name for step in found] == [
        "Access token and number",
        "Phone number",
        "Registration",
        "Quality",
        "Subscription",
        "Webhook address",
    ]
    assert all(step.ok and step.detail and not step.fix for step in found)
    assert "Harbour Bikes" in found[0].detail
    number, apps = graph.asked
    assert number.path.startswith("/v26.0/318840571926604?fields=id%2Cdisplay_phone_number")
    assert apps.path == "/v26.0/204881736650091/subscribed_apps"


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [(401, 190, "token"), (400, 33, "phone number ID"), (400, 4, "minute"), (503, 2, "reach")],
)
def test_refused_token_or_number_ends_with_the_fix(graph, status, code, told):
    graph.answer(status, {"error": {"code": code, "message": "No."}})

    (step,) = steps(graph)

    assert not step.ok
    assert step.detail.endswith("No.")
    assert told in step.fix


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Phone number", {"display_phone_number": "+44 7700 900999"}),
        ("Registration", {"status": "BANNED"}),
        ("Registration", {"status": "PENDING"}),
        ("Quality", {"quality_rating": "RED"}),
        ("Webhook address", {"webhook_configuration": {}}),
        ("Webhook address", {"webhook_configuration": {"application": "https://elsewhere.example/"}}),
        (
            "Webhook address",
            {"webhook_configuration": {"application": HOOK, "phone_number": "https://old.example/"}},
        ),
    ],
)
def test_what_is_wrong_comes_with_what_to_do(graph, name, number):
    step = one(graph, name, number)

    assert not step.ok
    assert step.detail.endswith(".")
    assert step.fix.endswith(".")


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Quality", {"quality_rating": "YELLOW"}),
        ("Quality", {"quality_rating": None}),
        ("Registration", {"status": None}),
        ("Webhook address", {"webhook_configuration": {"application": "x", "phone_number": HOOK[:-1]}}),
        (
            "Webhook address",
            {"webhook_configuration": {"application": "x", "whatsapp_business_account": HOOK}},
        ),
    ],
)
def test_what_is_still_right(graph, name, number):
    assert one(graph, name, number).ok


def test_override_of_the_account_wins_over_the_app(graph):
    apps = {"data": [{**APPS["data"][0], "override_callback_uri": "https://old.example/"}]}

    step = one(graph, "Webhook address", {}, apps)

    assert not step.ok
    assert "old.example" in step.detail


@pytest.mark.parametrize(
    "apps", [{"data": []}, {"data": None, "x": 1}, {"error": {"code": 200, "message": "No."}}]
)
def test_account_nobody_hears_of(graph, apps):
    step = one(graph, "Subscription", {}, apps)

    assert not step.ok
    assert step.fix


def test_missing_account_id_is_asked_for(graph):
    step = one(graph, "Subscription", {}, config={})

    assert not step.ok
    assert "WhatsApp Business Account ID" in step.fix


# ---------------------------------------------------------------- templates


def row(**keys: Any) -> Json:
    return {
        "id": "9",
        "name": "order_ready",
        "language": "en_GB",
        "category": "UTILITY",
        "status": "APPROVED",
        "components": [{"type": "BODY", "text": "Hi"}],
        **keys,
    }


def test_a_page_of_templates_names_the_next_one(graph):
    graph.answer(200, {"data": [row()], "paging": {"cursors": {"after": "AB=="}, "next": "https://x"}})
    graph.answer(200, {"data": [row(id="10")], "paging": {"cursors": {"after": "CD"}}})

    first = template_calls.page(account(graph.url), "")
    last = template_calls.page(account(graph.url), first.after)

    assert [one["provider_id"] for one in first.rows + last.rows] == ["9", "10"]
    assert (first.after, last.after) == ("AB==", "")
    assert [("after=AB%3D%3D" in asked.path) for asked in graph.asked] == [False, True]


def test_odd_rows_of_a_page_are_left_out(graph):
    odd = row(id="11", language="pt-BR", components=7, quality_score={"score": "green"})
    graph.answer(200, {"data": [row(id=""), None, "x", odd]})

    (kept,) = template_calls.page(account(graph.url), "").rows

    assert (kept["language"], kept["components"], kept["quality"]) == ("pt_BR", [], "GREEN")
    assert kept["parameter_format"] == "POSITIONAL"


def test_templates_need_the_account_id(graph):
    with pytest.raises(SendError) as caught:
        template_calls.page(account(graph.url, config={}), "")

    assert caught.value.reason == "config"


def test_an_account_no_app_hears_of_is_subscribed_and_looked_at_again(graph):
    graph.answer(200, NUMBER)
    graph.answer(200, {"data": []})
    graph.answer(200, {"success": True})
    graph.answer(200, APPS)

    found = {step.name: step for step in steps(graph)}

    assert found["Subscription"].ok
    assert [one.method for one in graph.asked] == ["GET", "GET", "POST", "GET"]
    assert graph.asked[2].path == "/v26.0/204881736650091/subscribed_apps"
