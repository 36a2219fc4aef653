"""Writing after the reply window has closed without a template, where a number may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.models import WorkQueue
from common.tenancy import tenant_context
from common.wire import stamp
from customers.models import Address
from inbox.delivery import deliver_all
from inbox.models import Channel, Consent, Delivery, Message, Reach
from inbox.operations.receipts import drain
from inbox.operations.scheduled import send_due
from tests import hooks
from tests.api.caller import Answer, Caller
from tests.api.conftest import program_of
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.reading import find

ADA = "447700900188"
READY = "Your order 7781 is ready to be picked up."


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    """Deliveries are due by the database's clock, which stands still inside a transaction."""
    return committed_cast


@pytest.fixture
def provider(cast: Cast, far_end: FarEnd) -> FarEnd:
    """Meta, which lets Acme's number send so; the number is set to do it."""
    far_end.register(ACME_ACCOUNT, direct_send="on")
    with tenant_context(cast.acme.id):
        Channel.objects.update(base_url=far_end.url)
    assert options(cast, direct_send=True) == {"direct_send": True}
    return far_end


@pytest.fixture
def program(cast: Cast) -> Caller:
    return program_of(cast.acme)


def options(cast: Cast, **wanted: Any) -> Any:
    path = f"whatsapp/numbers/{cast.acme_number.id}/options"
    found = program_of(cast.acme).patch(path, wanted).data
    return {name: found[name] for name in wanted}


def tells(program: Caller, **more: Any) -> Answer:
    """A message to somebody who has never written."""
    said = {"to": {"phone": f"+{ADA}"}, "text": READY, "category": "utility", **more}
    return program.post("messages", {name: value for name, value in said.items() if value is not None})


def now(cast: Cast, answer: Answer) -> Message:
    with tenant_context(cast.acme.id):
        return Message.objects.get(id=answer.data["id"])


def rule(program: Caller, cast: Cast) -> Any:
    return program.get(f"channels/{cast.acme_number.id}").data["direct"]


def got(provider: FarEnd) -> list[str]:
    return [one["text"] for one in provider.outbox(ADA)]


def test_a_text_reaches_somebody_who_never_wrote(cast: Cast, provider: FarEnd, program: Caller) -> None:
    before = len(got(provider))

    answer = tells(program, ttl_s=600)
    deliver_all()

    assert answer.data["content"] == {"direct": {"category": "utility", "ttl_s": 600}}
    assert now(cast, answer).status == "sent"
    assert got(provider)[before:] == [READY]
    assert rule(program, cast) == {"categories": ["utility"], "text_chars": 1024}
    with tenant_context(cast.acme.id):
        assert Delivery.objects.get().lane == 2
    assert program_of(cast.globex).get(f"messages/{answer.data['id']}").status == 404


def test_in_a_conversation_too_and_a_usual_answer_there_is_refused(
    cast: Cast, provider: FarEnd, program: Caller
) -> None:
    thread = tells(program).data["thread_id"]

    plain = program.post(f"threads/{thread}/messages", {"text": "Hello?"})
    direct = program.post(f"threads/{thread}/messages", {"text": "It waits for you.", "category": "utility"})

    assert (plain.status, plain.code) == (409, "window_closed")
    assert direct.status == 201


def test_it_may_leave_later_too(cast: Cast, provider: FarEnd, program: Caller) -> None:
    thread = tells(program).data["thread_id"]
    deliver_all()
    said = {"text": "It still waits for you.", "category": "utility", "ttl_s": 600}
    tomorrow = {"send_at": stamp(timezone.now() + timedelta(days=1))}

    kept = program.post(f"threads/{thread}/scheduled_messages", said | tomorrow)
    wrong = program.post(f"threads/{thread}/scheduled_messages", said | tomorrow | {"category": "marketing"})
    WorkQueue.objects.filter(queue="scheduled").update(due_at=timezone.now() - timedelta(hours=1))
    left = send_due(now=timezone.now() + timedelta(days=2))
    deliver_all()

    assert (kept.data["content"], wrong.status) == ({"direct": {"category": "utility", "ttl_s": 600}}, 422)
    assert left == 1
    assert got(provider)[-1] == said["text"]
    assert program_of(cast.globex).get(f"scheduled_messages/{kept.data['id']}").status == 404


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"category": "marketing"}, "/category"),
        ({"category": "authentication"}, "/category"),
        ({"text": "x" * 1025}, "/text"),
        ({"ttl_s": 10}, "/ttl_s"),
        ({"kind": "location", "content": {"latitude": 1, "longitude": 2}, "text": ""}, "/kind"),
        ({"template": {"name": "order_update", "language": "en"}, "text": ""}, "/category"),
        ({"content": {"direct": {"category": "utility"}}, "category": None}, "/content/direct"),
        ({"ttl_s": 600, "category": None}, "/ttl_s"),
    ],
)
def test_what_is_out_of_bounds_is_refused_before_anybody_is_asked(
    cast: Cast, provider: FarEnd, program: Caller, more: dict[str, Any], pointer: str
) -> None:
    answer = tells(program, **more)

    assert answer.status in (400, 422)
    assert pointer in [fault["pointer"] for fault in answer.data["errors"]]
    with tenant_context(cast.acme.id):
        assert not Message.objects.exists()


def test_a_number_that_is_not_set_so_asks_for_a_template(
    cast: Cast, provider: FarEnd, program: Caller
) -> None:
    options(cast, direct_send=False)

    answer = tells(program)

    assert (answer.status, answer.code) == (422, "content_invalid")
    assert "sends nothing outside the reply window without a template" in answer.data["detail"]
    assert rule(program, cast) is None


@pytest.mark.parametrize(
    ("setting", "words", "code"),
    [("off", "is not enabled for this number", "100"), ("blocked", "is blocked for this number", "139200")],
)
def test_a_refusal_of_the_number_is_kept_on_it_and_nothing_is_tried_in_vain(
    cast: Cast, provider: FarEnd, program: Caller, setting: str, words: str, code: str,
    alice_client: Client,
) -> None:  # fmt: skip
    provider.register(ACME_ACCOUNT, direct_send=setting)
    first, second = tells(program), tells(program, text="And your invoice.")
    deliver_all()
    deliver_all()

    refused, third = now(cast, first), tells(program)

    assert (refused.status, (refused.error or {})["provider_code"]) == ("failed", code)
    assert now(cast, second).status == "failed"
    assert (third.status, third.data["errors"][0]["pointer"]) == (422, "/category")
    assert words in third.data["detail"]
    assert rule(program, cast) is None
    page = f"/console/channels/{cast.acme_number.id}/"
    assert words in alice_client.get(page).content.decode()
    assert words in alice_client.get(f"{page}options/").content.decode()

    provider.register(ACME_ACCOUNT, direct_send="on")
    options(cast, direct_send=True)
    again = program.post(f"messages/{first.data['id']}/retry")
    deliver_all()
    assert again.status == 200
    assert now(cast, first).status == "sent"
    assert now(cast, first).content == {"direct": {"category": "utility"}}


def test_what_was_queued_before_it_was_switched_off_does_not_leave(
    cast: Cast, provider: FarEnd, program: Caller
) -> None:
    answer = tells(program)
    options(cast, direct_send=False)
    before = len(got(provider))

    deliver_all()

    error = now(cast, answer).error or {}
    assert (now(cast, answer).status, error["code"]) == ("failed", "config")
    assert got(provider)[before:] == []


def test_who_stopped_marketing_gets_it_and_who_is_blocked_does_not(
    cast: Cast, provider: FarEnd, program: Caller
) -> None:
    first = tells(program)
    with tenant_context(cast.acme.id):
        address = Address.objects.get(value=f"+{ADA}")
        Reach.objects.create(channel=cast.acme_number, address=address, consent=Consent.OPTED_OUT)
    deliver_all()
    second = tells(program)
    with tenant_context(cast.acme.id):
        Reach.objects.update(blocked=True)
    deliver_all()

    assert now(cast, first).status == "sent"
    assert (now(cast, second).status, (now(cast, second).error or {})["code"]) == ("failed", "opted_out")


def test_it_counts_as_a_new_person_of_the_day(cast: Cast, provider: FarEnd, program: Caller) -> None:
    with tenant_context(cast.acme.id):
        Channel.objects.update(standing={"facts": {"people_per_day": 0}})

    answer = tells(program)
    deliver_all()

    assert now(cast, answer).status == "held"
    assert "new people" in (now(cast, answer).error or {})["detail"]


def test_its_price_is_kept_as_the_provider_tells_it(cast: Cast, provider: FarEnd, program: Caller) -> None:
    answer = tells(program)
    deliver_all()
    sent = now(cast, answer).external_id or ""
    pricing = {"billable": True, "pricing_model": "PMP", "type": "regular", "category": "utility"}
    report = hooks.status(sent, "delivered", pricing=pricing)

    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, statuses=[report]))
    drain()

    assert program.get(f"messages/{answer.data['id']}").data["pricing"] == pricing


def test_an_admin_chooses_it_on_a_page_and_a_stranger_finds_nothing(
    cast: Cast, alice_client: Client, charlie_client: Client
) -> None:
    page = f"/console/channels/{cast.acme_number.id}/options/"
    shown = alice_client.get(page).content.decode()
    seen = find(r'name="seen" value="([^"]+)"', " ".join(shown.split()))
    assert "Meta must have enabled it" in shown

    saved = alice_client.post(page, {"seen": seen, "direct_send": "on"}, follow=True)

    assert "Saved." in saved.content.decode()
    with tenant_context(cast.acme.id):
        assert Channel.objects.get(id=cast.acme_number.id).config["direct_send"] is True
    assert alice_client.get(f"/console/channels/{cast.acme_number.id}/").content.decode().count(page) == 1
    assert charlie_client.get(page).status_code == 404
    assert charlie_client.post(page, {"direct_send": "on"}).status_code == 404
    api = f"whatsapp/numbers/{cast.acme_number.id}/options"
    stranger = program_of(cast.globex)
    assert stranger.get(api).status == 404
    assert stranger.patch(api, {"direct_send": False}).status == 404
