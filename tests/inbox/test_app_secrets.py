"""An app secret changes: both are good for a stated time, at every address, and then only the new one is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from common.tenancy import tenant_context
from inbox.models import Channel, ChannelRoute, Message
from inbox.operations.app_secrets import old_secret_ends
from inbox.operations.authors import SYSTEM
from inbox.operations.channels import change_channel, channel_secrets
from inbox.operations.receipts import drain
from tests import hooks
from tests.cast import ACME_ACCOUNT, APP_SECRET, Cast, connect_number
from tests.crossfire.test_door import SHARED, Visitor

NEW = "another-app-secret-0123456789"
SIBLING = "318840571926602"


@pytest.fixture
async def visitor(committed_cast: Cast) -> AsyncIterator[Visitor]:
    found = Visitor()
    yield found
    await found.leaves()


def rotate(cast: Cast, **more: Any) -> None:
    with tenant_context(cast.acme.id):
        number = Channel.objects.get(external_id=ACME_ACCOUNT)
        change_channel(channel=number, by=SYSTEM, secrets={"app_secret": NEW}, **more)


def pass_the_end() -> None:
    """The stated time is over."""
    rows = ChannelRoute.objects.filter(app_before__isnull=False)
    rows.update(app_before_until=timezone.now() - timedelta(seconds=1))


def texts(cast: Cast) -> set[str]:
    drain()
    with tenant_context(cast.acme.id):
        return set(Message.objects.values_list("text", flat=True))


async def in_thread(work: Callable[..., Any], *given: Any) -> Any:
    return await sync_to_async(work, thread_sensitive=True)(*given)


@pytest.mark.parametrize("path", [SHARED, "own"])
async def test_both_are_good_until_the_end_and_then_only_the_new_one(
    committed_cast: Cast, visitor: Visitor, path: str
) -> None:
    cast, number = committed_cast, committed_cast.acme_number
    path = f"{SHARED}{number.id}/" if path == "own" else path

    async def told(secret: str, text: str) -> int:
        message = hooks.text_message(f"wamid.{text}", text)
        return await visitor.posts(path, hooks.webhook(number, messages=[message]), secret)

    await in_thread(rotate, cast)
    during = [await told(APP_SECRET, "old during"), await told(NEW, "new during")]
    await in_thread(texts, cast)
    await in_thread(pass_the_end)
    visitor._door._signers._known.clear()  # what a few seconds do
    after = [await told(APP_SECRET, "old after"), await told(NEW, "new after")]

    assert (during, after) == ([200, 200], [401, 200])
    assert await in_thread(texts, cast) == {"old during", "new during", "new after"}


async def test_the_end_holds_for_what_the_door_remembers(committed_cast: Cast, visitor: Visitor) -> None:
    """Nobody looks into the database again, and yet the minute it ends it is refused."""
    number = committed_cast.acme_number
    soon = timezone.now() + timedelta(seconds=1.5)
    await in_thread(lambda: rotate(committed_cast, old_secret_until=soon))
    body = hooks.webhook(number, messages=[hooks.text_message("wamid.1", "Hello")])

    assert await visitor.posts(SHARED, body, APP_SECRET) == 200
    while await visitor.posts(SHARED, body, APP_SECRET) == 200:  # ends by itself at the stated time
        assert timezone.now() < soon + timedelta(seconds=1)
    assert timezone.now() >= soon


def test_a_late_webhook_of_the_old_app_finds_its_channel_only_while_it_may(cast: Cast) -> None:
    number = cast.acme_number
    early = hooks.post(number, hooks.webhook(number, messages=[hooks.text_message("wamid.1", "early")]))
    late = hooks.post(number, hooks.webhook(number, messages=[hooks.text_message("wamid.2", "late")]))
    rotate(cast, old_secret_until=timezone.now() + timedelta(hours=1))
    late.received_at = timezone.now() + timedelta(hours=2)
    late.save()

    assert early.app_id == late.app_id
    assert texts(cast) == {"early"}


def test_news_of_the_account_signed_before_the_change_still_arrives(cast: Cast) -> None:
    change = {"field": "account_update", "value": {"event": "ACCOUNT_DELETED"}}
    entry = {"id": "102290129340398", "time": int(timezone.now().timestamp()), "changes": [change]}
    hooks.post(cast.acme_number, {"object": "whatsapp_business_account", "entry": [entry]})
    rotate(cast)

    drain()

    with tenant_context(cast.acme.id):
        cast.acme_number.refresh_from_db()
    assert "account" in cast.acme_number.standing["holds"]


def test_the_other_numbers_of_the_app_change_along(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        sibling = connect_number(SIBLING, APP_SECRET, cast.alice)
        token = channel_secrets(sibling)["access_token"]

    rotate(cast)

    with tenant_context(cast.acme.id):
        sibling.refresh_from_db()
        assert channel_secrets(sibling)["app_secret"] == NEW
        assert channel_secrets(sibling)["access_token"] == token
        assert len(old_secret_ends(list(Channel.objects.all()))) == 2
    apps = set(ChannelRoute.objects.filter(tenant_id=cast.acme.id).values_list("app_id", flat=True))
    assert len(apps) == 1


def test_the_console_states_the_end_and_brings_it_about(cast: Cast, alice_client: Client) -> None:
    number = cast.acme_number
    page = f"/console/channels/{number.id}/"
    typed = {
        "name": number.name, "base_url": number.base_url, "verify_token": "verify-me", **number.config,
        "app_secret": NEW, "old_secret_h": "24",
    }  # fmt: skip

    assert "One is accepted" in alice_client.get(page).content.decode()
    alice_client.post(f"{page}change/", typed)
    with tenant_context(cast.acme.id):
        ends = old_secret_ends([number])[number.id]
    shown = alice_client.get(page).content.decode()
    ended = alice_client.post(f"{page}old-secret/", follow=True).content.decode()

    assert timedelta(hours=23) < ends - timezone.now() <= timedelta(hours=24)
    assert "Two are accepted" in shown
    assert f'datetime="{ends:%Y-%m-%dT%H:%M:%SZ}"' in shown
    assert "One is accepted" in ended


def test_the_secret_of_a_leak_ends_at_once(cast: Cast, alice_client: Client) -> None:
    rotate(cast, old_secret_until=timezone.now())

    with tenant_context(cast.acme.id):
        assert old_secret_ends([cast.acme_number]) == {}


def test_strangers_end_nothing(cast: Cast, charlie_client: Client, bob_client: Client) -> None:
    rotate(cast)

    for client in (charlie_client, bob_client):
        assert client.post(f"/console/channels/{cast.acme_number.id}/old-secret/").status_code == 404
    with tenant_context(cast.acme.id):
        assert old_secret_ends([cast.acme_number])
