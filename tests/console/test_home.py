"""The home page: health in words, and a list that ticks itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from channels_whatsapp.models import TemplateAccount
from common.ids import uuid7
from common.tenancy import tenant_context
from inbox.models import Channel, ReceiptOutcome
from inbox.queries.health import Figures, channel_health, health_of
from inbox.queries.start import first_steps
from tests.cast import Cast
from tests.console.rows import receipt

NOW = timezone.now()


@pytest.mark.parametrize(
    ("fields", "figures", "tone", "words"),
    [
        ({}, Figures(), "blue", "No message has come yet"),
        ({"last_inbound_at": NOW}, Figures(sent=9), "ok", ""),
        ({"last_inbound_at": NOW}, Figures(waiting=2, oldest=NOW - timedelta(seconds=29)), "ok", ""),
        (
            {"last_inbound_at": NOW},
            Figures(waiting=2, oldest=NOW - timedelta(seconds=31)),
            "warn",
            "2 messages wait",
        ),
        ({"last_inbound_at": NOW}, Figures(sent=10, failed=2), "ok", ""),
        ({"last_inbound_at": NOW}, Figures(sent=97, failed=3), "ok", ""),
        ({"last_inbound_at": NOW}, Figures(sent=37, failed=3), "bad", "3 of 40 sends failed"),
        ({"last_inbound_at": NOW, "last_error": "Token ended."}, Figures(), "bad", "Token ended."),
        ({"is_active": False, "last_error": "Token ended."}, Figures(failed=9), "mute", "still comes in"),
    ],
)
def test_one_state_and_one_sentence(fields: dict[str, Any], figures: Figures, tone: str, words: str) -> None:
    channel = Channel(id=uuid7(), tenant_id=uuid7(), kind="whatsapp", name="Orders", **fields)

    health = health_of(channel, figures, NOW)

    assert health.tone == tone
    assert words in health.sentence


def test_who_needs_somebody_stands_first(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        Channel.objects.update(name="A working one", last_inbound_at=NOW)
        inbox = cast.acme_number.inbox
        Channel.objects.create(inbox=inbox, kind="gone_kind", name="B off", external_id="1", is_active=False)
        Channel.objects.create(
            inbox=inbox, kind="whatsapp", name="C broken", external_id="2", last_error="No."
        )

        assert [one.channel.name for one in channel_health()] == ["C broken", "A working one", "B off"]


def test_home_says_what_is_wrong(cast: Cast, alice_client: Client) -> None:
    receipt(cast.acme_number, outcome="quarantined")
    with tenant_context(cast.acme.id):
        Channel.objects.update(last_error="The token has ended.")

    page = alice_client.get("/console/").content.decode()

    assert "The token has ended." in page
    assert "1 webhook of the last day" in page
    assert "Nothing is lost" in page


def test_htmx_gets_the_health_part_alone(cast: Cast, alice_client: Client) -> None:
    part = alice_client.get("/console/", headers={"HX-Request": "true"}).content.decode()

    assert part.strip().startswith("<section")
    assert "WhatsApp 604" in part
    assert "<html" not in part


def test_home_takes_few_statements(cast: Cast, alice_client: Client, django_assert_max_num_queries) -> None:
    alice_client.get("/console/")

    with django_assert_max_num_queries(26):
        alice_client.get("/console/")


def test_home_speaks_of_messages_only_when_some_came(cast: Cast, alice_client: Client) -> None:
    before = alice_client.get("/console/").content.decode()
    with tenant_context(cast.acme.id):
        Channel.objects.update(last_inbound_at=NOW)

    after = alice_client.get("/console/").content.decode()

    assert "Messages come in and go out" not in before
    assert "Messages come in and go out" in after


def test_the_list_ticks_itself(cast: Cast) -> None:
    with tenant_context(cast.acme.id):
        before = {step.key: bool(step.at) for step in first_steps(cast.alice)}
        current = [step.key for step in first_steps(cast.alice) if step.is_current]

    assert before == {
        "channel": True, "hello": False, "answer": False, "invite": True, "key": False, "two_steps": False,
    }  # fmt: skip
    assert current == ["hello"]


def test_the_list_can_be_hidden(cast: Cast, alice_client: Client) -> None:
    assert "Getting started" in alice_client.get("/console/").content.decode()

    alice_client.post("/console/guide/")

    assert "Getting started" not in alice_client.get("/console/").content.decode()


def test_a_workspace_without_channels_is_led_to_one(cast: Cast, alice_client: Client) -> None:
    with tenant_context(cast.acme.id):
        TemplateAccount.objects.all().delete()
        Channel.objects.all().delete()
        ReceiptOutcome.objects.all().delete()

    home = alice_client.get("/console/").content.decode()
    channels = alice_client.get("/console/channels/").content.decode()

    assert "No channel yet" in home
    assert 'href="/console/channels/new/whatsapp/"' in channels
    assert "Nothing has come yet" in alice_client.get("/console/receipts/").content.decode()
