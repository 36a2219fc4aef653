"""Before something dangerous is done, the page says what else it touches, and how much of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from channels_whatsapp.models import APPROVED, Template
from channels_whatsapp.operations.templates import draft_template, template_account
from common.tenancy import tenant_context
from inbox.operations.authors import Author
from inbox.operations.saved_replies import create_saved_reply
from notifications.operations.types import archive_type
from notifications.queries.types import find_type
from tests.cast import Cast
from tests.notifications.conftest import CONTENT, ask, make_type, rung, send

ENGLISH = {"whatsapp": {"en": CONTENT["en"]}}


@pytest.fixture
def template(cast: Cast) -> Template:
    """An approved template that three types use in English; 12 notifications of them are scheduled."""
    later = timezone.now() + timedelta(hours=3)
    with tenant_context(cast.acme.id):
        by, number = Author.of(cast.alice), str(cast.acme_number.id)
        row = draft_template(
            account=template_account(cast.acme_number), by=by, name="fraud_alert", language="en",
            category="UTILITY", components=[{"type": "BODY", "text": "{{1}} {{2}} {{3}} {{4}}"}],
        )  # fmt: skip
        Template.objects.filter(id=row.id).update(status=APPROVED, provider_id="77")
        for key in ("fraud_alert", "card_blocked", "card_back"):
            named = make_type(cast.alice, rung(number), key=key, contents=ENGLISH)
            send(cast.alice, *[ask(named, send_at=later, dedupe_key=f"{key}{n}") for n in range(4)])
        archived = make_type(cast.alice, key="old_alert", contents=ENGLISH)
        archive_type(named=archived, by=by)
        return Template.objects.get(id=row.id)


def test_deleting_a_used_template_names_its_types_and_what_is_scheduled(
    template: Template, alice_client: Client
) -> None:
    text = alice_client.get(f"/console/templates/{template.id}/deletion/").content.decode()

    assert "3 types use it: Card_Back, Card_Blocked, Fraud_Alert." in text
    assert "12 notifications of them are scheduled or on their way" in text


def test_switching_off_a_channel_names_the_types_that_climb_it(
    cast: Cast, template: Template, alice_client: Client, charlie_client: Client
) -> None:
    page = f"/console/channels/{cast.acme_number.id}/pause/"
    assert "3 types use it" in alice_client.get(page).content.decode()

    with tenant_context(cast.acme.id):
        for key in ("card_back", "card_blocked"):
            archive_type(named=find_type(key), by=Author.of(cast.alice))
    text = alice_client.get(page).content.decode()

    assert "1 type uses it: Fraud_Alert." in text
    assert "4 notifications of them" in text
    theirs = charlie_client.get(f"/console/channels/{cast.globex_number.id}/pause/").content.decode()
    assert "type uses it" not in theirs
    assert "Fraud_Alert" not in theirs


def test_deleting_a_reply_of_everybody_says_so_and_asks_first(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        shared = create_saved_reply(name="Card", text="Call us", owner=None)
        own = create_saved_reply(name="Mine", text="Hi", owner=cast.alice)

    asked = [
        alice_client.get(f"/console/replies/{one.id}/deletion/").content.decode() for one in (shared, own)
    ]

    assert ["Everybody in the workspace loses it." in text for text in asked] == [True, False]
    assert "Only you have it." in asked[1]


def test_two_who_change_one_reply_do_not_lose_each_others_words(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        page = f"/console/replies/{create_saved_reply(name='Card', text='Call us', owner=None).id}/"
    mine = alice_client.get(page).context["form"].initial
    alice_client.post(page, mine | {"text": "Write to us"})

    clash = alice_client.post(page, mine | {"text": "Ring us"})
    alice_client.post(page, mine | {"name": "Cards"})

    assert clash.status_code == 422
    assert "changed this to “Write to us” meanwhile" in clash.content.decode()
    kept = alice_client.get(page).context["form"].initial
    assert (kept["name"], kept["text"]) == ("Cards", "Write to us")
