"""Who sees which console page. A new address without a line here fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.tenancy import tenant_context
from inbox.console_urls import urlpatterns as inbox_pages
from inbox.operations.macros import create_macro
from inbox.operations.saved_replies import create_saved_reply
from tenants.models import Member, TeamMember
from tenants.operations.invitations import invite_member
from tenants.operations.keys import create_api_key
from tenants.operations.teams import create_team
from tenants.urls import console as people_pages
from tests.cast import Cast
from tests.console.rows import receipt


@dataclass(frozen=True)
class Page:
    """own: the row of Acme in the address; method: the one that does something; for_agents: theirs, too."""

    own: str = ""
    method: str = "get"
    fixed: dict[str, Any] = field(default_factory=dict)
    for_agents: bool = False


PAGES = {
    "console_home": Page(),
    "console_guide": Page(method="post"),
    "health": Page(),
    "channels": Page(),
    "channel_new": Page(fixed={"kind": "whatsapp"}),
    "channel": Page("channel_id"),
    "channel_check": Page("channel_id", method="post"),
    "channel_change": Page("channel_id"),
    "channel_pause": Page("channel_id"),
    "channel_return": Page("channel_id", method="post"),
    "member_departure": Page("member_id"),
    "receipts": Page(),
    "receipt": Page("receipt_id"),
    "receipt_replay": Page("receipt_id", method="post"),
    "replies": Page(for_agents=True),
    "reply_new": Page(for_agents=True),
    "reply": Page("saved_reply_id"),
    "reply_deletion": Page("saved_reply_id", method="post"),
    "macros": Page(for_agents=True),
    "macro_new": Page(for_agents=True),
    "macro": Page("macro_id"),
    "macro_deletion": Page("macro_id", method="post"),
    "inboxes": Page(),
    "inbox": Page("inbox_id"),
    "channel_old_secret": Page("channel_id", method="post"),
    "members": Page(),
    "invite": Page(),
    "member": Page("member_id"),
    "member_return": Page("member_id", method="post"),
    "invitation_revocation": Page("invitation_id", method="post"),
    "teams": Page(),
    "team_new": Page(),
    "team": Page("team_id"),
    "test_workspace": Page(),
    "hours": Page(),
    "audit": Page(),
    "audit_export": Page(),
    "keys": Page(),
    "key_new": Page(),
    "key_revocation": Page("key_id"),
}


@pytest.fixture
def addresses(cast: Cast) -> dict[str, str]:
    """Every console page with Acme's rows in it."""
    with tenant_context(cast.acme.id):
        rows = {
            "channel_id": cast.acme_number.id,
            "member_id": cast.bob.id,
            "receipt_id": receipt(cast.acme_number),
            "invitation_id": invite_member(email="dora@acme.example", role="agent", by=cast.alice)[0].id,
            "team_id": create_team(name="Fraud", members=[cast.bob]).id,
            "saved_reply_id": create_saved_reply(name="Fraud", text="Call us", owner=None).id,
            "macro_id": create_macro(name="Fraud", steps={"close": True}, owner=None).id,
            "inbox_id": cast.acme_number.inbox_id,
            "key_id": create_api_key(name="core", scopes=["messages:read"], by=cast.alice)[0].id,
        }
    return {
        name: reverse(name, kwargs={**page.fixed, **({page.own: rows[page.own]} if page.own else {})})
        for name, page in PAGES.items()
    }


def test_every_console_page_has_a_line_above() -> None:
    assert {pattern.name for pattern in [*people_pages, *inbox_pages]} == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_admins_get_it(name: str, addresses: dict[str, str], alice_client: Client) -> None:
    answer = getattr(alice_client, PAGES[name].method)(addresses[name])

    assert answer.status_code in {200, 302}


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if not page.for_agents])
def test_agents_do_not_know_it(name: str, addresses: dict[str, str], bob_client: Client) -> None:
    answers = {method: getattr(bob_client, method)(addresses[name]).status_code for method in ("get", "post")}

    assert answers[PAGES[name].method] == 404
    assert set(answers.values()) <= {404, 405}


@pytest.mark.parametrize("name", PAGES)
def test_nobody_gets_in_without_signing_in(name: str, addresses: dict[str, str], client: Client) -> None:
    answer = getattr(client, PAGES[name].method)(addresses[name])

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/?next=")


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.own])
def test_charlie_sees_404(name: str, addresses: dict[str, str], charlie_client: Client, cast: Cast) -> None:
    before = _state(cast)

    answers = {
        charlie_client.get(addresses[name]).status_code,
        charlie_client.post(addresses[name]).status_code,
    }

    assert answers <= {404, 405}
    assert 404 in answers
    assert _state(cast) == before


def _state(cast: Cast) -> list[Any]:
    with tenant_context(cast.acme.id):
        cast.acme_number.refresh_from_db()
        return [
            *Member.objects.order_by("id").values_list("id", "role", "is_active"),
            *TeamMember.objects.values_list("id"),
            cast.acme_number.is_active,
            cast.acme_number.last_error,
        ]


@pytest.mark.parametrize(
    "name", [name for name, page in PAGES.items() if page.method == "get" and not page.own]
)
def test_charlie_reads_nothing_of_acme(name: str, addresses: dict[str, str], charlie_client: Client) -> None:
    text = charlie_client.get(addresses[name]).content.decode()

    for word in ("Acme", "acme.example", "WhatsApp 604", "Fraud", "318840571926604"):
        assert word not in text


def test_a_deactivated_admin_is_led_away(cast: Cast, addresses: dict[str, str], alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        cast.alice.user.memberships.update(is_active=False)

    assert alice_client.get("/console/")["Location"] == "/accounts/nowhere/"
