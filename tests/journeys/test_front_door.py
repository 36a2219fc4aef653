"""The front door from outside: what is signed is kept, whatever is in it; what is not is turned away."""

from __future__ import annotations

import json
import time
from typing import Any

import requests

from tests.far_end import wait_for
from tests.journeys.stack import Stack, sign

NORTHWIND = "northwind-bank"


def body(account: str, *messages: dict[str, Any]) -> bytes:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "442079460112", "phone_number_id": account},
        "contacts": [{"profile": {"name": "Door Tester"}, "wa_id": "447700900999"}],
        "messages": list(messages),
    }
    envelope = {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }
    return json.dumps(envelope, separators=(",", ":")).replace("/", "\\/").encode()


def text(message_id: str, words: str) -> dict[str, Any]:
    return {
        "from": "447700900999",
        "id": message_id,
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": words},
    }


def channel(stack: Stack, slug: str = NORTHWIND) -> dict[str, Any]:
    found: dict[str, Any] = stack.tenant(slug)["channels"][0]
    return found


def receipts(stack: Stack, slug: str = NORTHWIND) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stack.api(slug, "GET", "receipts?limit=50").json()["data"]
    return found


def newer(stack: Stack, before: set[str]) -> list[dict[str, Any]]:
    """Receipts beside those of these ids; reports about other stories' messages may be among them."""
    return [one for one in receipts(stack) if one["id"] not in before]


def test_an_unsigned_or_wrongly_signed_body_is_turned_away_and_leaves_nothing(stack: Stack) -> None:
    number = channel(stack)
    said = body(number["external_id"], text("wamid.door.1", "let me in"))

    answers = [
        requests.post(number["webhook_url"], data=said, headers=headers, timeout=30).status_code
        for headers in (
            {},
            sign("not the secret", said),
            {"X-Hub-Signature-256": "sha256=zz"},
            {"X-Hub-Signature-256": "nonsense"},
        )
    ]
    unknown = number["webhook_url"].replace(number["id"], "01a20900-0000-7000-8000-000000000000")
    answers.append(
        requests.post(unknown, data=said, headers=sign(number["secret"], said), timeout=30).status_code
    )

    assert answers == [401] * 5
    with stack.as_owner(NORTHWIND) as cursor:
        cursor.execute("SELECT count(*) FROM inbox_receipt WHERE position(%s IN body) > 0", [b"wamid.door.1"])
        assert cursor.fetchone() == (0,)


def test_a_signed_message_is_stored_once_however_often_it_comes(stack: Stack) -> None:
    number = channel(stack)
    said = body(number["external_id"], text("wamid.door.2", "once"))
    before = {one["id"] for one in receipts(stack)}

    for _ in range(3):
        assert (
            requests.post(
                number["webhook_url"], data=said, headers=sign(number["secret"], said), timeout=30
            ).status_code
            == 200
        )

    found = wait_for(lambda: stack.api(NORTHWIND, "GET", "messages?provider_id=wamid.door.2").json()["data"])
    wait_for(lambda: sum(one["counts"]["duplicate"] for one in newer(stack, before)) == 2)
    assert len(stack.api(NORTHWIND, "GET", "messages?provider_id=wamid.door.2").json()["data"]) == 1
    assert stack.api("contoso-air", "GET", "messages?provider_id=wamid.door.2").json()["data"] == []
    assert stack.api("contoso-air", "GET", f"messages/{found[0]['id']}").status_code == 404


def test_bad_content_is_answered_200_and_kept_with_a_reason(stack: Stack) -> None:
    number = channel(stack)
    bad = {
        "broken": b'{"object": "whatsapp_business_account", "entry": [',
        "unknown number": body("999999999999999", text("wamid.door.3", "who?")),
        "not an object": b"[1, 2, 3]",
    }
    before = {one["id"] for one in receipts(stack)}

    for said in bad.values():
        assert (
            requests.post(
                number["webhook_url"], data=said, headers=sign(number["secret"], said), timeout=30
            ).status_code
            == 200
        )

    def new() -> list[dict[str, Any]]:
        return [one for one in newer(stack, before) if one["counts"]["quarantined"]]

    wait_for(lambda: len(new()) >= len(bad))
    found = new()
    reasons = [item["reason"] for receipt in found for item in receipt["items"]]
    assert all(reasons)
    assert len(reasons) >= len(bad)
    assert sum(receipt["counts"]["quarantined"] for receipt in found) >= len(bad)


def test_a_body_of_a_thousand_updates_is_taken_and_one_too_large_is_refused(stack: Stack) -> None:
    number = channel(stack)
    many = body(number["external_id"], *(text(f"wamid.many.{n}", f"line {n}") for n in range(1000)))
    huge = body(number["external_id"], text("wamid.huge", "x" * 3_700_000))

    taken = requests.post(number["webhook_url"], data=many, headers=sign(number["secret"], many), timeout=30)
    refused = requests.post(
        number["webhook_url"], data=huge, headers=sign(number["secret"], huge), timeout=30
    )

    assert (taken.status_code, refused.status_code) == (200, 413)
    wait_for(lambda: stack.api(NORTHWIND, "GET", "messages?provider_id=wamid.many.999").json()["data"])


def test_the_provider_may_check_the_address_with_the_right_word_only(stack: Stack) -> None:
    number = channel(stack)
    question = {"hub.mode": "subscribe", "hub.challenge": "1702553390"}

    wrong = requests.get(number["webhook_url"], params={**question, "hub.verify_token": "guess"}, timeout=30)

    assert wrong.status_code in {401, 403}
    assert "1702553390" not in wrong.text
