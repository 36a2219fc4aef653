"""The health page: each thing that can break is broken, and says so in one clear line with its remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from channels_whatsapp.models import Template, TemplateAccount
from common.ids import uuid7
from common.tenancy import tenant_context
from inbox.models import Channel, Delivery, DeliveryState, Message
from inbox.operations.receipts import drain
from inbox.operations.standing import keep_standing
from inbox.ports import Hold, Standing
from inbox.queries.health_lines import health_lines
from tests import hooks
from tests.cast import Cast
from tests.console.rows import receipt


@pytest.fixture
def number(cast: Cast) -> Channel:
    """Acme's number: a customer wrote just now, and everything works."""
    hooks.post(
        cast.acme_number, hooks.webhook(cast.acme_number, messages=[hooks.text_message("wamid.1", "Hello")])
    )
    drain()
    return cast.acme_number


def shown(client: Client) -> str:
    """The page's words, without its marks."""
    text = client.get("/console/health/").content.decode()
    return " ".join(unescape(text.split('id="health"')[1]).split())


def troubles(cast: Cast) -> list[tuple[str, str]]:
    with tenant_context(cast.acme.id):
        [one] = health_lines()
        return [(str(line.what), line.tone) for line in one.lines if line.needs_somebody]


def _set(channel: Channel, **fields: Any) -> None:
    Channel.objects.filter(id=channel.id).update(**fields)


def _silence(channel: Channel) -> None:
    _set(channel, last_inbound_at=timezone.now() - timedelta(days=8))


def _failures(channel: Channel) -> None:
    error = {"code": "recipient", "title": "Not on WhatsApp", "detail": "", "provider_code": "131026"}
    for state in (DeliveryState.SENT, *[DeliveryState.FAILED] * 3):
        _delivery(channel, state, error=error if state == DeliveryState.FAILED else None)


def _queue(channel: Channel) -> None:
    _delivery(channel, DeliveryState.READY, due_at=timezone.now() - timedelta(seconds=95))


def _delivery(channel: Channel, state: str, **fields: Any) -> None:
    first = Message.objects.get(external_id="wamid.1")
    values = {"due_at": timezone.now(), "created_at": timezone.now(), **fields}
    Delivery.objects.create(
        id=uuid7(), message=first, channel=channel, order_key=uuid4(), seq=1, state=state, **values
    )


def _refused(channel: Channel) -> None:
    _set(channel, last_error="Access token and number: Access token expired.", last_error_at=timezone.now())


def _token(**left: int) -> Callable[[Channel], None]:
    def ends(channel: Channel) -> None:
        at = timezone.now() + timedelta(**left)
        keep_standing(
            channel=Channel.objects.get(id=channel.id), news=Standing(facts={"token_until": at.isoformat()})
        )

    return ends


def _held(channel: Channel) -> None:
    hold = Hold("all", "Meta has banned this number; nothing can leave.", "Appeal in WhatsApp Manager.")
    keep_standing(channel=Channel.objects.get(id=channel.id), news=Standing(holds={"number": hold}))


def _template(status: str, quality: str = "") -> Callable[[Channel], None]:
    def keep(channel: Channel) -> None:
        account = TemplateAccount.objects.get(waba_id=channel.config["waba_id"])
        for name in ("news", "offer", "hello", "winter"):
            Template.objects.create(
                account=account, name=name, language="en", category="UTILITY", status=status, quality=quality
            )

    return keep


BREAK = {
    "silence": (_silence, "Last message in", "warn", "Nothing for 8 days.", "Write to it from a phone"),
    "errors": (
        _failures,
        "Errors, last hour",
        "bad",
        "3 of 4 sends failed (75.0 %). Most often: Not on WhatsApp.",
        "try another channel for them",
    ),
    "queue": (
        _queue,
        "Waiting to leave",
        "warn",
        "1 message, the oldest for 9",
        "check that the workers run",
    ),
    "access": (_refused, "Access", "bad", "Access token expired.", "Check the channel"),
    "token soon": (_token(days=5, hours=1), "Access", "warn", "ends in 5 days.", "Make a new access token"),
    "token over": (_token(days=-1), "Access", "bad", "has ended.", "Make a new access token"),
    "hold": (_held, "Held back", "bad", "Meta has banned this number", "Appeal in WhatsApp Manager."),
    "paused": (_template("PAUSED"), "Templates", "warn", "hello, news, offer and 1 more are paused", "wait"),
    "disabled": (_template("DISABLED"), "Templates", "bad", "are disabled by", "Write a new template"),
    "rejected": (_template("REJECTED"), "Templates", "warn", "are rejected.", "read the reason"),
    "low": (_template("APPROVED", "RED"), "Templates", "warn", "are of low quality.", "Change the text"),
}


def test_a_channel_that_works_says_so_line_by_line(cast: Cast, number: Channel, alice_client: Client) -> None:
    text = shown(alice_client)

    assert troubles(cast) == []
    for words in (
        "Nothing was sent.",
        "Nothing waits.",
        "No end of the access is known.",
        'data-style="ago"',
    ):
        assert words in text
    assert "None is paused, disabled or of low quality." in text
    assert "Every channel works." in alice_client.get("/console/health/").content.decode()


@pytest.mark.parametrize("what", BREAK)
def test_what_is_broken_is_one_line_with_its_remedy(
    what: str, cast: Cast, number: Channel, alice_client: Client, charlie_client: Client
) -> None:
    break_it, line, tone, sentence, fix = BREAK[what]
    with tenant_context(cast.acme.id):
        break_it(number)

    assert troubles(cast) == [(line, tone)]
    text = shown(alice_client)
    assert sentence in text
    assert fix in text
    assert "1 thing needs somebody" in alice_client.get("/console/health/").content.decode()
    assert sentence not in shown(charlie_client)


def test_a_number_nobody_wrote_to_is_led_through_its_set_up(cast: Cast, alice_client: Client) -> None:
    assert "No message has come yet." in shown(alice_client)
    assert "Enter the webhook address at the provider" in shown(alice_client)


def test_webhooks_nobody_could_read_are_counted(cast: Cast, number: Channel, alice_client: Client) -> None:
    receipt(number, outcome="quarantined", reason="It names nobody.")

    assert "1 webhook of the last day holds something we could not read." in shown(alice_client)


def test_the_worst_stands_first_and_htmx_gets_the_list_alone(
    cast: Cast, number: Channel, alice_client: Client
) -> None:
    with tenant_context(cast.acme.id):
        other = Channel.objects.create(
            inbox=number.inbox, kind="whatsapp", name="A second", external_id="77", last_error="Broken."
        )
        assert [one.channel.id for one in health_lines()] == [other.id, number.id]
        Channel.objects.update(is_active=False)

    part = alice_client.get("/console/health/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "No channel in use" in part
