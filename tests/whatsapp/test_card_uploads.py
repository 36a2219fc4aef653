"""Cards whose pictures a writer uploads: given to the provider, named by it, and shown on the cards alone."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from channels_whatsapp.operations.work import work_all
from common.tenancy import tenant_context
from inbox.delivery import deliver_all
from inbox.models import Channel, Delivery
from inbox.operations.receipts import drain
from tests import hooks
from tests.api.caller import Caller
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.test_cards import png

pytestmark = pytest.mark.django_db(transaction=True)
phones = (f"44770095{n:04}" for n in count(5001))


def card(text: str) -> dict[str, Any]:
    return {"components": [
        {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}},
        {"type": "BODY", "text": text},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Tell me more"}]},
    ]}  # fmt: skip


BICYCLES = {
    "name": "bicycles", "language": "en", "category": "MARKETING", "status": "APPROVED",
    "parameter_format": "POSITIONAL",
    "components": [
        {"type": "BODY", "text": "These arrived today."},
        {"type": "CAROUSEL", "cards": [card("The red one"), card("The blue one")]},
    ],
}  # fmt: skip


@pytest.fixture
def phone() -> str:
    return next(phones)


@pytest.fixture
def calls(committed_cast: Cast, far_end: FarEnd, phone: str) -> Caller:
    """Bob, whose customer has just written, and a provider that knows a template with two cards."""
    far_end.register(ACME_ACCOUNT, templates=[BICYCLES])
    channel = committed_cast.acme_number
    with tenant_context(committed_cast.acme.id):
        Channel.objects.filter(id=channel.id).update(base_url=far_end.url)
    message_id = far_end.write(channel.external_id, phone, text="What is new?")
    said = hooks.text_message(message_id, "What is new?", phone=phone, from_user_id=None)
    hooks.post(channel, hooks.webhook(channel, messages=[said]))
    drain()
    work_all()
    client = Client()
    client.force_login(committed_cast.bob.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session["tenant_id"] = str(committed_cast.acme.id)
    session.save()
    return Caller(client)


def filled(*files: dict[str, Any]) -> dict[str, Any]:
    """The template with a picture on each card."""
    cards = [
        {"card_index": n, "components": [
            {"type": "header", "parameters": [{"type": "image", "image": file}]},
        ]} for n, file in enumerate(files)
    ]  # fmt: skip
    return {"name": "bicycles", "language": "en", "components": [{"type": "carousel", "cards": cards}]}


def test_uploaded_pictures_stand_on_their_cards_also_when_it_is_sent_again(
    committed_cast: Cast, calls: Caller, far_end: FarEnd, phone: str
) -> None:
    thread = calls.get("threads").data["data"][0]["id"]
    red, blue = (calls.upload("attachments", file=png(colour)).data["id"] for colour in ("red", "blue"))
    template = filled({"attachment_id": red}, {"attachment_id": blue})
    far_end.faults(to=phone, error_code=131053, count=1)

    made = calls.post(
        f"threads/{thread}/messages",
        {"template": template, "attachment_ids": [red, blue], "client_ref": "c1"},
    )
    assert made.status == 201, made.data
    deliver_all()
    assert calls.get(f"messages/{made.data['id']}").data["status"] == "failed"
    again = calls.post(f"messages/{made.data['id']}/retry")
    assert again.status == 200, again.data
    deliver_all()

    [got] = far_end.outbox(phone)
    assert sorted(got["card_media"]) == ["0", "1"]
    assert got["card_media"]["0"]["filename"] == "red.png"
    assert "media" not in got
    named = got["content"]["template"]["components"][0]["cards"]
    assert all(set(one["components"][0]["parameters"][0]["image"]) == {"id"} for one in named)
    shown = calls.get(f"messages/{made.data['id']}").data
    assert [file["id"] for file in shown["attachments"]] == [red, blue]
    assert shown["content"]["components"] == template["components"]


def test_a_card_names_only_what_was_given_and_only_as_what_it_is(committed_cast: Cast, calls: Caller) -> None:
    thread = calls.get("threads").data["data"][0]["id"]
    red = calls.upload("attachments", file=png("red")).data["id"]
    address = {"link": "https://example.com/blue.png"}

    missing = calls.post(f"threads/{thread}/messages", {"template": filled({"attachment_id": red}, address)})
    both = calls.post(
        f"threads/{thread}/messages",
        {"template": filled({"attachment_id": red, **address}, address), "attachment_ids": [red]},
    )
    film = filled({"attachment_id": red}, address)
    film["components"][0]["cards"][0]["components"][0]["parameters"][0] = {
        "type": "video", "video": {"attachment_id": red}
    }  # fmt: skip
    other = calls.post(f"threads/{thread}/messages", {"template": film, "attachment_ids": [red]})

    assert {missing.status, both.status, other.status} == {422}
    assert "not among those that were given" in missing.data["detail"]
    assert "named by link" in both.data["detail"]
    assert "no file of the kind" in other.data["detail"]
    with tenant_context(committed_cast.acme.id):
        assert not Delivery.objects.exists()


def test_cards_of_a_choice_take_uploads_too(calls: Caller, far_end: FarEnd, phone: str) -> None:
    thread = calls.get("threads").data["data"][0]["id"]
    files = [calls.upload("attachments", file=png(colour)).data["id"] for colour in ("green", "black")]
    cards = [
        {"header": {"image": {"attachment_id": file}}, "buttons": [{"id": file[-9:], "title": "Pick"}]}
        for file in files
    ]
    body = {"kind": "interactive", "text": "Choose.", "content": {"type": "carousel", "cards": cards}}

    made = calls.post(f"threads/{thread}/messages", body | {"attachment_ids": files})
    assert made.status == 201, made.data
    deliver_all()

    got = far_end.outbox(phone)[-1]
    assert [got["card_media"][n]["filename"] for n in ("0", "1")] == ["green.png", "black.png"]
