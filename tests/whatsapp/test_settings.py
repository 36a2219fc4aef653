"""What is set for a number at Meta: calls and the check of people; read, changed, never overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_whatsapp.models import NumberCopy
from common.tenancy import tenant_context
from customers.models import Address, Customer
from inbox.models import Channel, Reach
from inbox.operations.receipts import drain
from tenants.operations.hours import set_hours
from tests import hooks
from tests.api.caller import Caller
from tests.api.conftest import program_of
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.reading import find
from tests.whatsapp.conftest import graph

OPEN = {"calling": "on", "call_button": "on", "callback": "on", "call_hours": "always"}


@pytest.fixture
def meta(cast: Cast, far_end: FarEnd) -> Iterator[FarEnd]:
    usual = {"calling": True, "identity_check": False, "people_per_day": None}
    far_end.register(ACME_ACCOUNT, **usual)
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    change(far_end, calling={"status": "ENABLED", "call_icon_visibility": "DEFAULT",
        "callback_permission_status": "ENABLED", "call_hours": {"status": "DISABLED"},
        "voicemail": {"status": "DISABLED"}})  # fmt: skip
    yield far_end
    far_end.register(ACME_ACCOUNT, **usual)


@pytest.fixture
def page(cast: Cast, meta: FarEnd, alice_client: Client) -> str:
    address = f"/console/channels/{cast.acme_number.id}/settings/"
    assert "have not been read yet" in words(alice_client.get(address))
    alice_client.post(f"{address}reading/")
    return address


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def seen_on(client: Client, page: str) -> str:
    return find(r'name="seen" value="([^"]+)"', words(client.get(page)))


def change(meta: FarEnd, **said: Any) -> None:
    assert graph(meta, "POST", f"{ACME_ACCOUNT}/settings", json=said).json() == {"success": True}


def at_meta(meta: FarEnd) -> dict[str, Any]:
    found: dict[str, Any] = graph(meta, "GET", f"{ACME_ACCOUNT}/settings").json()
    return found


def test_calls_and_the_check_are_switched_at_meta(meta: FarEnd, page: str, alice_client: Client) -> None:
    wanted = {"seen": seen_on(alice_client, page), "calling": "on", "call_hours": "always"}

    answer = alice_client.post(page, {**wanted, "identity_check": "on", "voicemail": "on"}, follow=True)

    assert "Saved. Meta uses it from now on." in words(answer)
    found = at_meta(meta)
    assert found["user_identity_change"] == {"enable_identity_key_check": True}
    calling = found["calling"]
    assert (calling["status"], calling["callback_permission_status"]) == ("ENABLED", "DISABLED")
    assert calling["call_icon_visibility"] == "DISABLE_ALL"
    assert calling["voicemail"] == {
        "status": "ENABLED",
        "triggers": ["REJECT", "TIMEOUT"],
        "timeout_seconds": 20,
    }


def test_what_somebody_else_changed_there_stays(meta: FarEnd, page: str, alice_client: Client) -> None:
    seen = seen_on(alice_client, page)
    change(meta, calling={"status": "DISABLED"})

    alice_client.post(page, {**OPEN, "seen": seen, "identity_check": "on"})

    found = at_meta(meta)
    assert found["calling"]["status"] == "DISABLED"
    assert found["user_identity_change"]["enable_identity_key_check"] is True


def test_the_opening_hours_become_the_hours_of_calls(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    with tenant_context(cast.acme.id):
        hours([[540, 720], [780, 1440]])
    alice_client.post(page, {**OPEN, "seen": seen_on(alice_client, page), "call_hours": "opening_hours"})

    found = at_meta(meta)["calling"]["call_hours"]
    assert (found["timezone_id"], len(found["weekly_operating_hours"])) == ("Europe/London", 10)
    assert found["weekly_operating_hours"][1] == {
        "day_of_week": "MONDAY", "open_time": "1300", "close_time": "2359",
    }  # fmt: skip
    assert find(r'(<input[^>]*value="opening_hours"[^>]*checked)', words(alice_client.get(page)))

    with tenant_context(cast.acme.id):
        hours([[540, 600], [620, 700], [720, 800]])
    shown = alice_client.get(page)
    assert "As it was set in WhatsApp Manager" in words(shown)
    refused = alice_client.post(
        page, {**OPEN, "seen": seen_on(alice_client, page), "call_hours": "opening_hours"}
    )
    assert (refused.status_code, "two times a day at most" in words(refused)) == (422, True)


def hours(day: list[list[int]]) -> None:
    spans = [(start, end) for start, end in day]
    set_hours(zone="Europe/London", week=[*[spans] * 5, [], []])


def test_switching_the_check_off_forgets_the_keys_and_lets_everything_go(cast: Cast, meta: FarEnd) -> None:
    program = program_of(cast.acme)
    path = f"whatsapp/numbers/{cast.acme_number.id}/settings"
    assert program.patch(path, {"identity_check": True}).data["identity_check"] is True
    with tenant_context(cast.acme.id):
        address = Address.made(customer=Customer.made(name="Ada"), kind="phone", value="+447700900123")
        address.customer.save()
        address.save()
        Reach.objects.create(
            channel=cast.acme_number, address=address, identity_key="k=", identity_changed_at=timezone.now()
        )

    answer = program.patch(path, {"identity_check": False})

    assert answer.data["identity_check"] is False
    with tenant_context(cast.acme.id):
        row = Reach.objects.get()
        assert (row.identity_key, row.identity_changed_at) == ("", None)


def test_a_refusal_of_meta_is_said_and_what_was_chosen_stays(
    meta: FarEnd, page: str, alice_client: Client
) -> None:
    seen = seen_on(alice_client, page)
    change(meta, calling={"status": "DISABLED"})
    alice_client.post(f"{page}reading/")
    meta.register(ACME_ACCOUNT, people_per_day=250)

    answer = alice_client.post(page, {**OPEN, "seen": seen_on(alice_client, page)})

    assert seen
    assert (answer.status_code, "messaging limit is too low for calling" in words(answer)) == (422, True)


def test_a_webhook_keeps_the_settings_of_calls_up_to_date(
    cast: Cast, page: str, alice_client: Client
) -> None:
    restricted = {
        "restrictions_list": [{"type": "RESTRICTED_CALLING", "reason": "Too few calls were answered."}]
    }
    value = {
        "messaging_product": "whatsapp",
        "type": "phone_number_settings",
        "phone_number_settings": {
            "phone_number_id": cast.acme_number.external_id,
            "calling": {"status": "DISABLED", "restrictions": restricted},
        },
    }
    entry = {"id": "102290129340398", "changes": [{"field": "account_settings_update", "value": value}]}
    hooks.post(cast.acme_number, {"object": "whatsapp_business_account", "entry": [entry]})
    drain()

    with tenant_context(cast.acme.id):
        assert NumberCopy.objects.get(what="settings").found["calling"] is False
    assert "Too few calls were answered." in words(alice_client.get(page))


def test_the_contact_book_is_deleted_once_it_is_clear_what_that_means(
    cast: Cast, meta: FarEnd, page: str, alice_client: Client
) -> None:
    meta.register(ACME_ACCOUNT, contact_book=True)
    asked = alice_client.get(f"{page}contact-book/")
    assert "What is known of them here stays." in words(asked)

    answer = alice_client.post(f"{page}contact-book/", follow=True)

    assert "Meta has deleted its contact book." in words(answer)
    assert meta.number(ACME_ACCOUNT)["contact_book"] is False
    assert program_of(cast.acme).delete(f"whatsapp/numbers/{cast.acme_number.id}/contact_book").status == 204


def test_a_program_reads_and_changes_them_and_a_stranger_finds_nothing(
    cast: Cast, meta: FarEnd, page: str, charlie_client: Client
) -> None:
    path = f"whatsapp/numbers/{cast.acme_number.id}/settings"
    program: Caller = program_of(cast.acme)

    found = program.get(path).data
    assert (found["calling"], found["call_hours"], found["restrictions"]) == (True, "always", [])
    assert program.patch(path, {"calling": False, "voicemail": True}).data["voicemail"] is True
    assert at_meta(meta)["calling"]["status"] == "DISABLED"
    assert charlie_client.get(page).status_code == 404
    assert program_of(cast.globex).get(path).status == 404
