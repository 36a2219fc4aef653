"""What is asked of the provider, and what its answers mean."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import orjson
import pytest

from channels_sms.adapter import Adapter
from channels_sms.tests.contract import ACCOUNT, NUMBER, account
from inbox.ports import Account, Claim, InboundMessage, Outbound, OutboundFile, SendError
from tests.servers import recorded_server

ADA = (Claim("phone", "+447700900123"),)


@pytest.fixture(autouse=True)
def this_machine_may_be_called(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]


def test_a_text_goes_out_with_our_address_for_reports():
    with recorded_server() as provider:
        provider.answer(201, {"sid": "SM77", "status": "queued"})

        found = Adapter().send(
            account(provider.url), Outbound(ref="0190", to=ADA, kind="text", text="Grüße €")
        )

    asked = provider.asked[0]
    assert found.external_id == "SM77"
    assert asked.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert parse_qs(asked.body.decode()) == {
        "To": ["+447700900123"],
        "From": [NUMBER],
        "Body": ["Grüße €"],
        "StatusCallback": ["https://parley.example/hooks/sms/0190/?ref=0190"],
    }


@pytest.mark.parametrize(
    ("lasts", "told"),
    [
        (timedelta(minutes=5, seconds=30), range(325, 331)),
        (timedelta(days=3), range(36_000, 36_001)),
        (timedelta(milliseconds=200), range(1, 2)),
    ],
)
def test_the_provider_is_told_how_long_a_text_is_of_use(lasts: timedelta, told: range) -> None:
    void_from = datetime.now(UTC) + lasts
    with recorded_server() as provider:
        provider.answer(201, {"sid": "SM77", "status": "queued"})

        Adapter().send(
            account(provider.url),
            Outbound(ref="1", to=ADA, kind="text", text="Your code is 123456", expires_at=void_from),
        )

    [seconds] = parse_qs(provider.asked[0].body.decode())["ValidityPeriod"]
    assert int(seconds) in told


def test_a_messaging_service_chooses_the_sender():
    service = "MG" + "0" * 32
    with recorded_server() as provider:
        provider.answer(201, {"sid": "SM77", "status": "accepted"})
        ours = account(provider.url)

        Adapter().send(
            Account(service, ours.base_url, ours.config, ours.secrets),
            Outbound(ref="1", to=ADA, kind="text", text="hi"),
        )

    fields = parse_qs(provider.asked[0].body.decode())
    assert fields["MessagingServiceSid"] == [service]
    assert "From" not in fields


def test_a_picture_is_named_by_an_address_the_provider_can_fetch():
    file = OutboundFile("image", "a.jpg", "image/jpeg", 3, lambda: io.BytesIO(b"abc"), "https://p.example/f")
    with recorded_server() as provider:
        provider.answer(201, {"sid": "MM77"})

        Adapter().send(account(provider.url), Outbound(ref="1", to=ADA, kind="image", text="Look", file=file))

    fields = parse_qs(provider.asked[0].body.decode())
    assert (fields["MediaUrl"], fields["Body"]) == (["https://p.example/f"], ["Look"])


@pytest.mark.parametrize("message", [
    Outbound(ref="1", to=(), kind="text", text="hi"),
    Outbound(ref="1", to=ADA, kind="image", text="hi"),
    Outbound(ref="1", to=ADA, kind="location", content={"latitude": 1}),
])  # fmt: skip
def test_what_cannot_be_sent_is_refused_before_anything_leaves(message):
    with pytest.raises(SendError) as caught:
        Adapter().send(account("http://127.0.0.1:9"), message)

    assert caught.value.permanent
    assert not caught.value.may_have_sent


def test_a_yes_without_a_name_may_have_sent():
    with recorded_server() as provider:
        provider.answer(201, {"status": "queued"})

        with pytest.raises(SendError) as caught:
            Adapter().send(account(provider.url), Outbound(ref="1", to=ADA, kind="text", text="hi"))

    assert caught.value.may_have_sent


def test_the_api_key_is_used_where_there_is_one():
    with recorded_server() as provider:
        provider.answer(201, {"sid": "SM1"})
        ours = account(provider.url)
        keys = {**ours.secrets, "api_key_sid": "SK1", "api_key_secret": "s"}

        Adapter().send(
            Account(NUMBER, ours.base_url, ours.config, keys),
            Outbound(ref="1", to=ADA, kind="text", text="hi"),
        )

    assert provider.asked[0].headers["authorization"] == "Basic U0sxOnM="


def test_recent_messages_of_this_number_are_listed_as_readable_bodies():
    row = {"sid": "SM1", "from": "+447700900123", "to": NUMBER, "body": "hi", "direction": "inbound",
           "status": "received", "num_media": "0",
           "date_sent": "Mon, 23 Nov 2026 10:15:09 +0000"}  # fmt: skip
    with recorded_server() as provider:
        provider.answer(200, {"messages": [row, {**row, "to": "+442079460999"}], "next_page_uri": None})

        [body] = Adapter().list_recent(account(provider.url), since=datetime(2026, 11, 23, 9, tzinfo=UTC))

    [item] = Adapter().parse(body)
    assert isinstance(item, InboundMessage)
    assert (item.external_id, item.content["caught_up"]) == ("SM1", True)
    assert item.occurred_at == datetime(2026, 11, 23, 10, 15, 9, tzinfo=UTC)
    assert orjson.loads(body)["messages"] == [row]
