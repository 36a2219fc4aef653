"""Connecting, checking, changing and switching off a channel in the console."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from common.tenancy import tenant_context
from common.wire import stamp
from inbox.models import Channel, ChannelRoute
from inbox.operations.app_secrets import app_credentials
from inbox.operations.channels import channel_secrets, webhook_url
from tests.cast import ACME_ACCOUNT, APP_SECRET, GLOBEX_ACCOUNT, Cast
from tests.reading import find

NEW = {
    "name": "Orders",
    "display_phone_number": "+44 7700 900209",
    "external_id": "318840571926611",
    "waba_id": "102290129340398",
    "access_token": "EAAG-canary-token",
    "app_secret": "canary-secret-0123456789abcdef00",
    "verify_token": "hand-this-over",
    "base_url": "http://127.0.0.1:9",
}
CONNECT = "/console/channels/new/whatsapp/"


def change_of(channel: Channel) -> str:
    return f"/console/channels/{channel.id}/change/"


def same(channel: Channel, **other: str) -> dict[str, str]:
    """The change form as it is filled in, with `other` typed over it."""
    return {
        "name": channel.name,
        "base_url": channel.base_url,
        "verify_token": "verify-me",
        **channel.config,
        **other,
    }


def test_connecting_a_number(cast: Cast, alice_client: Client) -> None:
    answer = alice_client.post(CONNECT, NEW)

    with tenant_context(cast.acme.id):
        channel = Channel.objects.get(name="Orders")
        assert channel_secrets(channel) == {
            key: NEW[key] for key in ("access_token", "app_secret", "verify_token")
        }
        page = alice_client.get(answer["Location"]).content.decode()
        assert webhook_url(channel) in page
    assert answer["Location"] == f"/console/channels/{channel.id}/"
    assert "hand-this-over" in page
    assert "canary" not in page


def test_what_is_wrong_is_said_beside_it_and_secrets_stay_out(cast: Cast, alice_client: Client) -> None:
    answer = alice_client.post(CONNECT, {**NEW, "external_id": "+44 7700"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'<input[^>]*name="external_id"(?=[^>]*aria-invalid="true")(?=[^>]*autofocus)', page)
    assert 'value="Orders"' in page
    assert "canary" not in page


@pytest.mark.parametrize("taken", [ACME_ACCOUNT, GLOBEX_ACCOUNT])
def test_an_account_is_connected_once(cast: Cast, alice_client: Client, taken: str) -> None:
    answer = alice_client.post(CONNECT, {**NEW, "external_id": taken})

    assert (answer.status_code, b"connected already" in answer.content) == (422, True)


def test_an_unknown_kind_is_no_page(cast: Cast, alice_client: Client) -> None:
    assert alice_client.get("/console/channels/new/carrier-pigeon/").status_code == 404


def test_changing_the_name_keeps_every_secret(cast: Cast, alice_client: Client) -> None:
    number = cast.acme_number
    with tenant_context(cast.acme.id):
        before = channel_secrets(number)

    answer = alice_client.post(change_of(number), same(number, name="Orders", access_token="", app_secret=""))

    assert answer.status_code == 302
    with tenant_context(cast.acme.id):
        number.refresh_from_db()
        assert (number.name, number.external_id) == ("Orders", ACME_ACCOUNT)
        assert channel_secrets(number) == before


def test_the_change_page_shows_no_secret(cast: Cast, alice_client: Client) -> None:
    shown = alice_client.get(change_of(cast.acme_number)).content.decode()
    refused = alice_client.post(change_of(cast.acme_number), same(cast.acme_number, name="")).content.decode()

    for page in (shown, refused):
        assert APP_SECRET not in page
        assert "EAAGtesttoken" not in page


def test_a_new_secret_is_taken_beside_the_old_one(cast: Cast, alice_client: Client) -> None:
    number = cast.acme_number

    alice_client.post(change_of(number), same(number, app_secret="another-app-secret-0123456789"))

    with tenant_context(cast.acme.id):
        route = ChannelRoute.objects.select_related("app", "app_before").get(channel_id=number.id)
    assert app_credentials(route.app)["app_secret"] == ["another-app-secret-0123456789"]
    assert route.app_before
    assert app_credentials(route.app_before)["app_secret"] == [APP_SECRET]


def test_the_account_id_never_changes(cast: Cast, alice_client: Client) -> None:
    alice_client.post(change_of(cast.acme_number), same(cast.acme_number, external_id="999999999999"))

    with tenant_context(cast.acme.id):
        cast.acme_number.refresh_from_db()
    assert cast.acme_number.external_id == ACME_ACCOUNT


def test_two_admins_change_different_fields(cast: Cast, alice_client: Client) -> None:
    number = cast.acme_number
    seen = find(r'name="seen" value="([^"]+)"', alice_client.get(change_of(number)).content.decode())
    first = same(number, waba_id="55555555")
    second = same(number, name="Orders", seen=seen)

    alice_client.post(change_of(number), first)
    alice_client.post(change_of(number), second)

    with tenant_context(cast.acme.id):
        number.refresh_from_db()
    assert (number.name, number.config["waba_id"]) == ("Orders", "55555555")


def test_two_admins_change_the_same_field(cast: Cast, alice_client: Client) -> None:
    number = cast.acme_number
    seen = find(r'name="seen" value="([^"]+)"', alice_client.get(change_of(number)).content.decode())
    mine = same(number, name="Mine", seen=seen)
    alice_client.post(change_of(number), same(number, name="Theirs"))

    answer = alice_client.post(change_of(number), mine)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "changed this to “Theirs” meanwhile" in page
    assert 'value="Mine"' in page


def test_a_check_says_what_to_do_and_is_remembered(committed_cast: Cast) -> None:
    cast, client = committed_cast, Client()
    client.force_login(cast.alice.user)

    answer = client.post(f"/console/channels/{cast.acme_number.id}/check/")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Access token and number" in page
    assert 'class="fix"' in page
    with tenant_context(cast.acme.id):
        cast.acme_number.refresh_from_db()
    assert cast.acme_number.last_error.startswith("Access token and number: ")
    assert "Needs you" in client.get("/console/").content.decode()


def test_switching_off_and_on(cast: Cast, alice_client: Client) -> None:
    address = f"/console/channels/{cast.acme_number.id}/"

    assert b"Nothing leaves from" in alice_client.get(f"{address}pause/").content
    alice_client.post(f"{address}pause/")
    off = alice_client.get("/console/channels/").content.decode()
    alice_client.post(f"{address}return/")
    on = alice_client.get("/console/channels/").content.decode()

    assert ("Switched off" in off, "Switched off" in on) == (True, False)


# ---------------------------------------------------------------- how the provider sees it


def test_what_the_provider_holds_against_a_number_stands_on_its_page_with_the_remedy(
    cast: Cast, alice_client: Client
) -> None:
    hold = {
        "what": "started", "why": "Meta has restricted this account.", "fix": "Ask for a review.",
        "until": None, "at": "2026-11-01T00:00:00.000000Z",
    }  # fmt: skip
    facts = {"quality": "low", "people_per_day": 250, "per_second": 80, "name": "in review"}
    with tenant_context(cast.acme.id):
        Channel.objects.update(standing={"facts": facts, "holds": {"restriction": hold}})
        channel = Channel.objects.get(id=cast.acme_number.id)

    page = " ".join(alice_client.get(f"/console/channels/{channel.id}/").content.decode().split())

    for words in (
        "Meta has restricted this account. Ask for a review.",
        "Low: many people blocked or reported it.",
        "0 of 250 in the last 24 hours",
        "80 messages a second",
        "In review",
        "Held back",
    ):
        assert words in page


def test_a_stranger_does_not_see_how_a_number_stands(cast: Cast, charlie_client: Client) -> None:
    assert charlie_client.get(f"/console/channels/{cast.acme_number.id}/").status_code == 404


def test_a_token_that_ends_soon_is_said_before_it_ends(cast: Cast, alice_client: Client) -> None:
    ends = timezone.now() + timedelta(days=3)
    with tenant_context(cast.acme.id):
        Channel.objects.update(
            standing={"facts": {"token_until": stamp(ends)}}, last_inbound_at=timezone.now()
        )

    page = alice_client.get("/console/channels/").content.decode()

    assert "Ends soon" in page
    assert f"The access token ends on {ends.day} {ends:%b %Y}" in page
