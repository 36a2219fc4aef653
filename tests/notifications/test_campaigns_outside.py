"""Campaigns over the API and on the console's pages; Charlie finds nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common.tenancy import tenant_context
from customers.models import Customer
from notifications.models import Campaign, CampaignRow, Notification
from tests.api.caller import Caller
from tests.api.conftest import bob_calls, program, stranger  # noqa: F401 - fixtures
from tests.cast import Cast
from tests.notifications.campaigning import HEADER, check, fresh_phone, line, turns
from tests.notifications.conftest import DATA, make_type
from tests.notifications.forms import inputs, page

HOME = "/console/notifications/campaigns/"


@pytest.fixture
def fraud(cast: Cast) -> Any:
    with tenant_context(cast.acme.id):
        return make_type(cast.alice)


def work(cast: Cast, how: Any = check, campaign_id: str = "") -> Campaign:
    """What the worker does with Acme's first campaign, or another."""
    with tenant_context(cast.acme.id):
        rows = Campaign.objects.filter(id=campaign_id) if campaign_id else Campaign.objects.order_by("id")
        found: Campaign = how(rows[0])
        return found


# ---------------------------------------------------------------- the API


def test_a_campaign_from_rows_to_its_end(
    cast: Cast,
    fraud: Any,
    program: Caller,  # noqa: F811
    bob_calls: Caller,  # noqa: F811
    stranger: Caller,  # noqa: F811
) -> None:
    rows = [{"to": fresh_phone(), "data": DATA} for _ in range(3)] + [{"to": "12", "data": DATA}, None]
    asked = {"name": "Cards", "type": "fraud_alert", "rows": rows, "per_minute": 30}
    made = program.post("campaigns", asked, headers={"Idempotency-Key": "c-1"})
    again = program.post("campaigns", asked, headers={"Idempotency-Key": "c-1"})
    assert (made.status, made.data["state"], again.data["id"]) == (201, "checking", made.data["id"])
    path = f"campaigns/{made.data['id']}"
    work(cast)

    found = program.get(path).data
    assert (found["state"], found["counts"]["goes"], found["counts"]["bad"]) == ("ready", 3, 2)
    shown = program.get(f"{path}/preview").data
    assert len(shown["samples"]) == 3
    assert shown["samples"][0]["rungs"][0]["text"].startswith("Ada, was it you")
    assert [(one["is_first"], one["amounts"]) for one in shown["costs"]] == [(True, [])]
    with tenant_context(cast.globex.id):
        theirs = Customer.objects.create(name="Theirs")
    foreign = {
        "name": "F",
        "type": "fraud_alert",
        "rows": [{"to": {"customer_id": str(theirs.id)}, "data": DATA}],
    }
    other = program.post("campaigns", foreign).data["id"]
    work(cast, check, other)
    [row] = program.get(f"campaigns/{other}/rows").data["data"]
    assert (row["state"], row["reason"]) == ("bad", "There is no customer with this id.")
    refused = program.post(f"{path}/start", {"recipients": 5})
    assert (refused.status, refused.data["errors"][0]["pointer"]) == (422, "/recipients")
    assert bob_calls.post(f"{path}/start", {}).status == 403
    assert stranger.post(f"{path}/start", {}).status == 404

    assert program.post(f"{path}/start", {"recipients": 3}).data["state"] == "running"
    work(cast, lambda one: turns(one, 1))
    assert program.put(f"{path}/pause").data["state"] == "paused"
    assert program.post(f"{path}/start", {}).data["code"] == "campaign_state"
    assert program.delete(f"{path}/pause").data["state"] == "running"
    stopped = program.post(f"{path}/stop").data

    assert (stopped["state"], stopped["funnel"]["cancelled"]) == ("stopped", 3)
    first = program.get(f"{path}/rows", limit=2).data
    rest = program.get(f"{path}/rows", limit=10, after=first["next"]).data
    assert [row["line"] for row in first["data"] + rest["data"]] == [1, 2, 3, 4, 5]
    assert [row["line"] for row in program.get(f"{path}/rows", state="bad").data["data"]] == [4, 5]
    assert first["data"][0]["notification_id"]
    assert [row["id"] for row in program.get("campaigns", state="stopped").data["data"]] == [made.data["id"]]
    for other in (path, f"{path}/preview", f"{path}/rows"):
        assert stranger.get(other).status == 404
    assert stranger.get("campaigns").data["data"] == []
    assert stranger.put(f"{path}/pause").status == stranger.post(f"{path}/stop").status == 404


def test_a_campaign_from_csv_or_a_segment(cast: Cast, fraud: Any, program: Caller) -> None:  # noqa: F811
    table = "\n".join([HEADER, line(), line()])
    made = program.post("campaigns", {"name": "Cards", "type": "fraud_alert", "csv": table})
    assert (made.status, made.data["columns"]["phone"]) == (201, 0)
    wrong = program.post(
        "campaigns", {"name": "C", "type": "fraud_alert", "csv": table, "columns": {"phone": 0}}
    )
    assert next(fault["pointer"] for fault in wrong.data["errors"]) == "/columns/data.first_name"
    shoe = {"name": "C", "type": "fraud_alert", "csv": table, "columns": {"phone": 9, "shoe": 0}}
    assert program.post("campaigns", shoe).pointers[:2] == ["/columns/shoe", "/columns/phone"]
    assert program.post("campaigns", {"name": "C", "type": "fraud_alert", "csv": ""}).status == 400
    assert program.post("campaigns", {"name": "C", "type": "none", "rows": [{}]}).status == 422
    assert program.post("campaigns", {"name": "C", "type": "fraud_alert"}).status == 400

    texts = {"first_name": "{{first_name}}", "amount": "{{debt}}", "merchant": "Us"}
    body = {"name": "S", "type": "fraud_alert", "segment": {"label": "vip"}, "texts": texts}
    with tenant_context(cast.acme.id):
        Campaign.objects.all().update(due_at=None)
        who = Customer.objects.create(name="Ada Obi", labels=["vip"], attributes={"debt": "12.40 EUR"})
        who.addresses.create(kind="phone", value=fresh_phone())
    typo = program.post("campaigns", body | {"texts": texts | {"first_nam": "x"}})
    assert (typo.status, typo.pointers) == (422, ["/texts/first_nam"])
    lost = program.post("campaigns", {"name": "C", "type": "fraud_alert", "csv": table, "texts": texts})
    assert (lost.status, lost.pointers) == (400, ["/texts"])
    made = program.post("campaigns", body)
    with tenant_context(cast.acme.id):
        check(Campaign.objects.get(id=made.data["id"]))

    [row] = program.get(f"campaigns/{made.data['id']}/rows").data["data"]
    assert row["data"] == {
        "first_name": "Ada", "amount": {"amount": 1240, "currency": "EUR"}, "merchant": "Us",
    }  # fmt: skip


# ---------------------------------------------------------------- the pages


def upload(client: Client, *lines: str, **said: Any) -> Any:
    file = SimpleUploadedFile("cards.csv", "\n".join([HEADER, *lines]).encode())
    fields = {"name": "Cards", "type": "fraud_alert", "file": file, "once_each": "on"} | said
    return client.post(f"{HOME}new/", fields)


def test_a_file_is_read_mapped_checked_confirmed_and_run(
    cast: Cast, fraud: Any, alice_client: Client, bob_client: Client, charlie_client: Client
) -> None:
    assert "No campaign yet" in page(alice_client, HOME)
    answer = upload(alice_client, *[line() for _ in range(12)], line("12"))
    columns = answer["Location"]
    one = columns.removesuffix("columns/")

    fields = inputs(page(alice_client, columns))
    assert (fields["phone"], fields["data.merchant"], fields["language"]) == ("0", "3", "")
    assert alice_client.post(columns, fields | {"phone": ""}).status_code == 422
    assert alice_client.post(columns, fields)["Location"] == one
    assert "being checked" in page(alice_client, one)
    work(cast)

    text = page(alice_client, one)
    assert re.findall(r'data-count="(\w+)">(?:<b>)?(\d+)', text)[:1] == [("goes", "12")]
    assert text.count("data-sample=") == 3
    assert "no price is known for" in text
    assert "Write the number with its country code" in text
    typed = {"per_minute": "60", "recipients": "13", "when": "now"}
    wrong = alice_client.post(f"{one}start/", typed)
    assert wrong.status_code == 422
    assert "12 people would get this" in wrong.content.decode()
    assert alice_client.post(f"{one}start/", typed | {"recipients": "12"})["Location"] == one
    work(cast, lambda found: turns(found, 2))
    alice_client.post(f"{one}pause/")
    text = page(alice_client, one)
    assert 'data-state="paused"' in text
    assert re.findall(r'data-stage="(waiting|accepted)">(\d+)', text) == [("waiting", "8"), ("accepted", "4")]
    alice_client.post(f"{one}resumption/")
    assert "8 people are still to come" in page(alice_client, f"{one}stop/")
    alice_client.post(f"{one}stop/")
    assert 'data-state="stopped"' in page(alice_client, one)

    rows = page(alice_client, f"{one}rows/")
    with tenant_context(cast.acme.id):
        run = Notification.objects.order_by("id")[0]
    assert f"/console/notifications/log/{run.id}/" in rows
    assert page(alice_client, f"{one}rows/?state=bad").count("<tr>") == 2
    assert "None of these" in page(alice_client, f"{one}rows/?state=read")
    assert page(alice_client, f"{one}rows/?format=csv&state=bad").splitlines()[1].startswith("14,12,Ada")
    assert "Cards" in page(bob_client, HOME)  # reads, and changes nothing
    assert bob_client.post(f"{one}stop/").status_code == 404
    for other in (one, columns, f"{one}rows/", f"{one}stop/"):
        assert charlie_client.get(other).status_code == 404
    assert "No campaign yet" in page(charlie_client, HOME)


def test_people_who_get_it_in_another_language_are_named_before_it_starts(
    cast: Cast,
    fraud: Any,
    program: Caller,  # noqa: F811
    alice_client: Client,
) -> None:
    rows = [
        {"to": fresh_phone(), "data": DATA, "language": one} for one in ("de", "de-AT", "pt-BR", "en", "de")
    ]
    made = program.post(
        "campaigns",
        {"name": "C", "type": "fraud_alert", "rows": [*rows, {"to": fresh_phone(), "data": DATA}]},
    )
    work(cast)

    text = page(alice_client, f"{HOME}{made.data['id']}/")

    assert re.findall('data-borrowed="([^"]+)"', text) == ["de", "de-AT"]
    assert "2 people whose language is Deutsch get it in English" in text


def test_a_file_that_cannot_be_read_says_why_beside_its_field(
    cast: Cast, fraud: Any, alice_client: Client
) -> None:
    answer = upload(alice_client)
    assert answer.status_code == 422
    assert "no rows below it" in answer.content.decode()
    with tenant_context(cast.acme.id):
        assert not Campaign.objects.exists()

    one = upload(alice_client, line())["Location"].removesuffix("columns/")
    assert alice_client.post(f"{one}discard/")["Location"] == HOME
    with tenant_context(cast.acme.id):
        assert not CampaignRow.objects.exists()


def test_people_are_chosen_counted_and_given_words(cast: Cast, fraud: Any, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        for n in range(3):
            who = Customer.objects.create(name=f"P{n}", labels=["vip"] if n else [])
            who.addresses.create(kind="phone", value=fresh_phone())
    assert "<b>2</b> people fit" in page(alice_client, f"{HOME}people/?label=vip")
    page(alice_client, f"{HOME}new/people/?type=fraud_alert")
    fields = {
        "name": "VIP", "type": "fraud_alert", "label": "vip", "text_first_name": "{{first_name}}",
        "text_amount": "1 EUR", "text_merchant": "",
    }  # fmt: skip
    assert alice_client.post(f"{HOME}new/people/", fields).status_code == 422

    one = alice_client.post(f"{HOME}new/people/", fields | {"text_merchant": "Us"})["Location"]

    work(cast)
    assert 'data-count="goes"><b>2' in page(alice_client, one)
    fields = inputs(page(alice_client, f"{one}segment/"))
    alice_client.post(f"{one}segment/", fields | {"label": ""})
    work(cast)
    assert 'data-count="goes"><b>3' in page(alice_client, one)


def test_without_a_published_type_the_page_says_what_to_do(cast: Cast, alice_client: Client) -> None:
    for address in (f"{HOME}new/", f"{HOME}new/people/"):
        assert "Nothing to send yet" in page(alice_client, address)
