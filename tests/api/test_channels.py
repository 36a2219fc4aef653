"""Channels, templates and raw webhooks."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from common.tenancy import tenant_context
from inbox.models import Channel, Message, ReceiptOutcome, Thread
from inbox.operations.channels import channel_secrets
from inbox.operations.receipts import drain
from tests import hooks
from tests.api.caller import Caller
from tests.api.conftest import Writes
from tests.cast import GLOBEX_ACCOUNT, Cast

NUMBER: dict[str, Any] = {
    "kind": "whatsapp",
    "name": "Support",
    "external_id": "318840571926777",
    "config": {"waba_id": "102290129340398", "display_phone_number": "+44 7700 900277"},
    "secrets": {"app_secret": "new-app-secret", "access_token": "EAAGnew", "verify_token": "v"},
    "base_url": "http://127.0.0.1:9",
}


def changed(pointer: str, value: Any) -> dict[str, Any]:
    """NUMBER with one place changed; None takes it out."""
    body = copy.deepcopy(NUMBER)
    *path, last = pointer.strip("/").split("/")
    place = body[path[0]] if path else body
    place[last] = value
    if value is None:
        del place[last]
    return body


def test_a_number_is_connected_and_its_secrets_never_shown(cast: Cast, alice_calls: Caller) -> None:
    answer = alice_calls.post("channels", NUMBER)

    assert answer.status == 201
    channel = answer.data
    assert channel["webhook_url"].endswith(f"/hooks/whatsapp/{channel['id']}/")
    assert (channel["address"], channel["is_active"], channel["label"]) == ("+447700900277", True, "WhatsApp")
    assert channel["limits"]["reply_window_h"] == 24
    listed = alice_calls.get("channels")
    assert [one["id"] for one in listed.data["data"]] == [channel["id"], str(cast.acme_number.id)]
    assert alice_calls.get(f"channels/{channel['id']}").data == channel
    for body in (answer.body, listed.body):
        assert not any(secret.encode() in body for secret in ("new-app-secret", "EAAGnew"))


def test_the_secrets_arrive_where_they_are_needed(cast: Cast, alice_calls: Caller) -> None:
    key = alice_calls.post("channels", NUMBER).data["id"]

    with tenant_context(cast.acme.id):
        assert channel_secrets(Channel.objects.get(id=key)) == NUMBER["secrets"]


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/kind", "pigeon"),
        ("/kind", None),
        ("/name", ""),
        ("/external_id", "not a number"),
        ("/config/waba_id", None),
        ("/config/display_phone_number", "hello"),
        ("/secrets/app_secret", None),
        ("/secrets/access_token", "with spaces in it"),
        ("/base_url", "ftp://example.com"),
        ("/inbox_id", "0190a0c4-0000-7000-8000-000000000000"),
        ("/is_active", True),
    ],
)
def test_what_is_wrong_is_named(cast: Cast, alice_calls: Caller, pointer: str, value: Any) -> None:
    answer = alice_calls.post("channels", changed(pointer, value))

    assert (answer.status, answer.code, answer.pointers) == (400, "validation_failed", [pointer])
    with tenant_context(cast.acme.id):
        assert Channel.objects.count() == 1


def test_an_account_is_connected_once_whosever_it_is(alice_calls: Caller) -> None:
    alice_calls.post("channels", NUMBER)

    again = alice_calls.post("channels", NUMBER)
    of_globex = alice_calls.post("channels", changed("/external_id", GLOBEX_ACCOUNT))

    assert (again.status, again.code, again.pointers) == (409, "channel_taken", ["/external_id"])
    assert (of_globex.code, of_globex.pointers) == ("channel_taken", ["/external_id"])


def test_a_channel_is_changed_in_parts(cast: Cast, alice_calls: Caller) -> None:
    path = f"channels/{cast.acme_number.id}"

    off = alice_calls.patch(path, {"is_active": False})
    named = alice_calls.patch(path, {"name": "Orders", "secrets": {"access_token": "EAAGnext"}})
    wrong = alice_calls.patch(path, {"config": {"waba_id": "x"}})

    assert (off.data["is_active"], off.data["name"]) == (False, cast.acme_number.name)
    assert (named.data["name"], named.data["is_active"]) == ("Orders", False)
    assert wrong.pointers == ["/config/waba_id"]
    with tenant_context(cast.acme.id):
        secrets = channel_secrets(Channel.objects.get(id=cast.acme_number.id))
    assert (secrets["access_token"], secrets["verify_token"]) == ("EAAGnext", "verify-me")


# ---------------------------------------------------------------- receipts


def test_raw_webhooks_show_what_became_of_each_item(cast: Cast, thread: Thread, alice_calls: Caller) -> None:
    known = alice_calls.get("receipts").data["data"][0]
    hooks.post(cast.acme_number, b'{"object": "whatsapp_business_account", "entry": 7}')
    drain()

    listed = alice_calls.get("receipts").data["data"]
    quarantined = alice_calls.get("receipts", outcome="quarantined").data["data"]

    assert (known["counts"]["stored"], known["body"]) == (1, None)
    assert [one["id"] for one in listed][-1] == known["id"]
    assert [one["id"] for one in quarantined] == [listed[0]["id"]]
    assert quarantined[0]["items"][0]["reason"]
    whole = alice_calls.get(f"receipts/{known['id']}").data
    assert "My card is gone" in whole["body"]
    assert whole["size_bytes"] == len(whole["body"].encode())


def test_a_body_shared_with_another_tenant_is_not_shown(
    cast: Cast, thread: Thread, alice_calls: Caller
) -> None:
    with tenant_context(cast.acme.id):
        ReceiptOutcome.objects.update(whole=False)
    receipt = alice_calls.get("receipts").data["data"][0]

    assert alice_calls.get(f"receipts/{receipt['id']}").data["body"] is None


def test_a_replay_stores_nothing_twice(cast: Cast, thread: Thread, alice_calls: Caller) -> None:
    receipt = alice_calls.get("receipts").data["data"][0]

    answer = alice_calls.post(f"receipts/{receipt['id']}/replay")
    drain()

    assert answer.status == 202
    with tenant_context(cast.acme.id):
        assert Message.objects.count() == 1
        assert ReceiptOutcome.objects.get().duplicate == 1


# ---------------------------------------------------------------- strangers


def test_charlie_of_globex_sees_none_of_it(
    cast: Cast, thread: Thread, alice_calls: Caller, charlie_calls: Caller, writes: Writes
) -> None:
    channel, receipt = cast.acme_number.id, alice_calls.get("receipts").data["data"][0]["id"]

    for answer in (
        charlie_calls.get(f"channels/{channel}"),
        charlie_calls.patch(f"channels/{channel}", {"name": "Mine"}),
        charlie_calls.get("templates", channel=str(channel)),
        charlie_calls.get(f"receipts/{receipt}"),
        charlie_calls.post(f"receipts/{receipt}/replay"),
    ):
        assert (answer.status, answer.code) == (404, "not_found")
    assert [one["id"] for one in charlie_calls.get("channels").data["data"]] == [str(cast.globex_number.id)]
    assert charlie_calls.get("receipts").data["data"] == []
    inbox = charlie_calls.post("channels", changed("/inbox_id", str(cast.acme_number.inbox_id)))
    assert inbox.pointers == ["/inbox_id"]


def test_over_the_api_the_end_can_be_said_and_is_told(cast: Cast, alice_calls: Caller) -> None:
    path = f"channels/{cast.acme_number.id}"
    said = {
        "secrets": {"app_secret": "another-app-secret-0123456789"},
        "old_secret_ends_at": "2030-01-01T00:00:00Z",
    }

    answer = alice_calls.patch(path, said)

    assert answer.data["old_secret_ends_at"] == "2030-01-01T00:00:00.000000Z"
    assert alice_calls.get("channels").data["data"][0] == answer.data
