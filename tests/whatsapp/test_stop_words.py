"""A typed STOP, START, and the stop button of a template: consent at once, and seen in the thread."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from common.tenancy import tenant_context
from customers.operations import Sighting, resolve_people
from events.models import Event
from inbox.models import Delivery, Message, Reach
from inbox.operations.authors import Author
from inbox.operations.departures import claim
from inbox.operations.errors import OptedOut
from inbox.operations.receipts import drain
from inbox.operations.reply import reply
from tests import hooks
from tests.api.caller import Caller
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob_calls(bob_client: Client) -> Caller:
    return Caller(bob_client)


@pytest.fixture
def charlie_calls(charlie_client: Client) -> Caller:
    return Caller(charlie_client)


def says(cast: Cast, text: str = "", **extra: Any) -> Message:
    """Ada writes or presses something."""
    message = hooks.text_message(f"wamid.{uuid4().hex}", text, **extra)
    if "button" in extra:
        del message["text"]
    return hears(cast, message)


def hears(cast: Cast, message: dict[str, Any]) -> Message:
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=[message]))
    drain()
    with tenant_context(cast.acme.id):
        found: Message = Message.objects.select_related("thread").get(external_id=message["id"])
        return found


def sends(cast: Cast, message: Message, category: str) -> Message:
    template = {"name": "hello_world", "language": "en_US", "components": [], "category": category}
    with tenant_context(cast.acme.id):
        return reply(
            thread=message.thread, by=Author.of(cast.bob), template=template, client_ref=str(uuid4())
        )


def code_of(message: Message) -> Any:
    """Why it did not leave."""
    return (Message.objects.get(id=message.id).error or {}).get("code")


def facts(calls: Caller, message: Message) -> list[Any]:
    """What the thread shows of consent, below what was said."""
    entries = calls.get(f"threads/{message.thread_id}/timeline").data["data"]
    said = [one["event"] for one in entries if one["type"] == "event"]
    return [one["data"]["to"]["consent"] for one in said if one["type"] == "thread.consent_changed"]


def test_stop_ends_marketing_at_once_and_start_takes_it_back(
    cast: Cast, bob_calls: Caller, charlie_calls: Caller
) -> None:
    now = int(timezone.now().timestamp())
    hello = says(cast, "Hello", at=now - 60)
    offer = sends(cast, hello, "marketing")
    stop = says(cast, "Stop!", at=now - 40)

    assert (stop.text, stop.thread_id, stop.number) == ("Stop!", hello.thread_id, 2)
    with pytest.raises(OptedOut):
        sends(cast, hello, "marketing")
    assert [sends(cast, hello, one).status for one in ("utility", "authentication")] == ["queued"] * 2
    with tenant_context(cast.acme.id):
        assert {row.consent for row in Reach.objects.all()} == {"opted_out"}  # at both addresses she showed
        told = Event.objects.get(type="consent.changed")
        assert (told.data["consent"], told.data["source"], told.actor["name"]) == (
            "opted_out", "message", "Ada Tester",
        )  # fmt: skip
        # A test is one transaction, and the database's clock stands still in it.
        Delivery.objects.update(due_at=timezone.now() - timedelta(minutes=1))
        assert offer.id not in {job.row.id for job in claim(10, {})}
        assert code_of(offer) == "opted_out"
    assert facts(bob_calls, hello) == ["opted_out"]

    says(cast, "START", at=now - 20)

    assert sends(cast, hello, "marketing").status == "queued"
    assert facts(bob_calls, hello) == ["opted_out", "opted_in"]
    assert charlie_calls.get(f"threads/{hello.thread_id}/timeline").status == 404


def test_the_stop_button_of_a_template_counts_as_the_word(cast: Cast, bob_calls: Caller) -> None:
    hello = says(cast, "Hello")
    pressed = says(cast, type="button", button={"payload": "STOP_PROMO", "text": "Stop promotions"})

    assert (pressed.kind, pressed.text) == ("button_reply", "Stop promotions")
    assert facts(bob_calls, hello) == ["opted_out"]
    with pytest.raises(OptedOut):
        sends(cast, hello, "marketing")


def test_the_same_word_again_is_no_second_decision(cast: Cast, bob_calls: Caller) -> None:
    stop = hooks.text_message("wamid.stop", "stop", at=1_793_000_000)
    first = hears(cast, stop)
    hears(cast, hooks.text_message("wamid.start", "start", at=1_793_000_100))
    hears(cast, stop)
    hears(cast, hooks.text_message("wamid.yes", "Start", at=1_793_000_200))

    assert facts(bob_calls, first) == ["opted_out", "opted_in"]
    assert sends(cast, first, "marketing").status == "queued"


def test_other_words_and_other_people_decide_nothing(cast: Cast, bob_calls: Caller) -> None:
    ada = says(cast, "Stop my card, please")
    says(cast, "STOP", phone="447700900555")

    assert facts(bob_calls, ada) == []
    assert sends(cast, ada, "marketing").status == "queued"
    with tenant_context(cast.acme.id):
        sighting = Sighting((("phone", "+447700900555"),))
        other = resolve_people([sighting]).address_of(sighting)
        assert Reach.objects.get(address=other).consent == "opted_out"
        assert Delivery.objects.count() == 1
