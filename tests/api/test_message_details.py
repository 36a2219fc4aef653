"""What is asked of one message when somebody looks closely: earlier texts, its cost, files it points at."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from common.tenancy import tenant_context
from inbox.media import fetch_all
from inbox.models import Message, Thread
from inbox.operations import departures
from inbox.operations.receipts import drain
from notifications.models import Cost
from tests import hooks
from tests.api.caller import Caller
from tests.api.conftest import customer_writes, program_of
from tests.cast import Cast
from tests.servers import Recorded, recorded_server

# ---------------------------------------------------------------- earlier texts


def edits(cast: Cast, target: str, *texts: str) -> None:
    """The customer changes what they wrote, second by second."""
    now = int(time.time())
    for n, text in enumerate(texts):
        said = {"original_message_id": target, "message": {"type": "text", "text": {"body": text}}}
        edit = hooks.text_message(f"wamid.e{n}", "", at=now + n, type="edit", edit=said)
        del edit["text"]
        hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=[edit]))
    drain()


def test_what_a_customer_wrote_before_is_listed_with_its_times(
    cast: Cast, thread: Thread, bob_calls: Caller, charlie_calls: Caller
) -> None:
    with tenant_context(cast.acme.id):
        message = Message.objects.get(thread=thread)
    path = f"messages/{message.id}/versions"
    assert bob_calls.get(path).data["data"] == []

    edits(cast, str(message.external_id), "My card is lost", "My card was stolen")

    shown = bob_calls.get(path).data["data"]
    now = bob_calls.get(f"messages/{message.id}").data
    assert [one["text"] for one in shown] == ["My card is gone", "My card is lost"]
    assert shown[0]["at"] == now["sent_at"]
    assert shown[1]["at"] < now["edited_at"]
    assert now["text"] == "My card was stolen"
    assert charlie_calls.get(path).status == 404


def test_the_list_shows_no_words_that_were_changed_or_taken_back(
    cast: Cast, thread: Thread, bob_calls: Caller
) -> None:
    with tenant_context(cast.acme.id):
        message = Message.objects.get(thread=thread)
    edits(cast, str(message.external_id), "My card was stolen")
    edited = bob_calls.get(f"threads/{thread.id}").data

    revoke = hooks.text_message(
        "wamid.r", "", type="revoke", revoke={"original_message_id": message.external_id}
    )
    del revoke["text"]
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=[revoke]))
    drain()

    assert edited["last_message"]["text"] == "My card was stolen"
    last = bob_calls.get(f"threads/{thread.id}").data["last_message"]
    assert (last["kind"], last["text"]) == ("revoked", "")


# ---------------------------------------------------------------- what it came to


def test_what_a_message_came_to_is_told_once_it_is_charged(
    cast: Cast, thread: Thread, bob_calls: Caller, charlie_calls: Caller
) -> None:
    sent = bob_calls.post(f"threads/{thread.id}/messages", {"text": "Hello"}).data
    path = f"messages/{sent['id']}/cost"
    assert bob_calls.get(path).data == {"cost": None}

    with tenant_context(cast.acme.id):
        Cost.objects.create(
            message_id=sent["id"], channel=cast.acme_number, category="service", country="GB", unit="message",
            units=1, source="listed", amount=Decimal("0.0220"), currency="EUR", at=timezone.now(),
            day=timezone.now().date(),
        )  # fmt: skip

    cost = bob_calls.get(path).data["cost"]
    assert (cost["source"], cost["amount"]) == ("listed", {"currency": "EUR", "amount": "0.022"})
    assert charlie_calls.get(path).status == 404


# ---------------------------------------------------------------- files it points at


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return out.getvalue()


@dataclass
class Shop:
    """Bob's conversation with Ada, and a web server of somebody else's."""

    cast: Cast
    thread: Thread
    bob: Caller
    web: Recorded

    def points_at(self, *links: str) -> dict[str, Any]:
        """Bob sends a choice whose cards show these."""
        cards = [
            {"header": {"image": {"link": link}}, "text": f"Bike {n}", "link": {"title": "See", "url": link}}
            for n, link in enumerate(links)
        ]
        body = {"kind": "interactive", "text": "Which?", "content": {"type": "carousel", "cards": cards}}
        sent = self.bob.post(f"threads/{self.thread.id}/messages", body)
        assert sent.status == 201, sent.data
        found: dict[str, Any] = sent.data
        return found

    def files(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """As the message shows them now."""
        found: list[dict[str, Any]] = self.bob.get(f"messages/{message['id']}").data["attachments"]
        return found


@pytest.fixture
def shop(committed_cast: Cast, settings: Any) -> Iterator[Shop]:
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    thread = customer_writes(committed_cast.acme_number, "Which bikes are there?").thread
    with recorded_server() as web:
        yield Shop(committed_cast, thread, program_of(committed_cast.acme), web)


def test_pictures_a_message_points_at_are_fetched_once_kept_and_never_sent(shop: Shop) -> None:
    red, blue = f"{shop.web.url}/red", f"{shop.web.url}/blue"
    shop.web.answer(200, png(), Content_Type="text/plain")
    shop.web.answer(200, b"<html>Not here</html>", Content_Type="image/png")
    sent = shop.points_at(red, blue)
    path = f"messages/{sent['id']}/linked_files"

    asked = shop.bob.post(path, {}).data
    assert [(one["link"], one["state"], one["url"]) for one in asked["attachments"]] == [
        (red, "pending", None), (blue, "pending", None),
    ]  # fmt: skip
    assert shop.web.asked == []
    assert fetch_all() == 2
    assert shop.bob.post(path, {}).status == 200
    assert fetch_all() == 0

    kept, lost = shop.files(sent)
    assert (kept["state"], kept["mime"], kept["width"], kept["height"]) == ("ready", "image/png", 40, 30)
    assert kept["url"] == f"/api/v1/attachments/{kept['id']}/content"
    said = "There is no picture at this address that can be shown."
    assert (lost["state"], lost["detail"]) == ("failed", said)
    assert [one.path for one in shop.web.asked] == ["/red", "/blue"]
    with tenant_context(shop.cast.acme.id):
        [job] = departures.claim(9, {})
    assert job.message.file is None
    assert program_of(shop.cast.globex).post(path, {}).status == 404


def test_no_address_inside_the_house_is_followed(shop: Shop, settings: Any) -> None:
    sent = shop.points_at(f"{shop.web.url}/red", "http://169.254.169.254/blue")
    settings.OUTBOUND_ALLOW = []

    shop.bob.post(f"messages/{sent['id']}/linked_files", {})
    fetch_all()

    assert [one["state"] for one in shop.files(sent)] == ["failed", "failed"]
    assert shop.web.asked == []
