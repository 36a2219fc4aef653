"""Groups, the phone's address book and another app's chats, from webhook to conversation and back."""

from __future__ import annotations

import time
from typing import Any

import pytest

from common.tenancy import tenant_context
from customers.models import Address, Customer
from customers.operations import change_customer
from events.models import Event
from inbox.delivery import deliver_all
from inbox.models import Channel, Delivery, Message, Reach, Thread
from inbox.operations.authors import Author
from inbox.operations.receipts import drain
from inbox.operations.reply import reply
from tests.api.caller import Caller
from tests.api.conftest import program_of
from tests.cast import Cast
from tests.hooks import PHONE, post, status, text_message, webhook
from tests.servers import recorded_server

pytestmark = pytest.mark.django_db(transaction=True)

GROUP = "Y2FwaV9ncm91cDo0NDc3ZD"
OMAR = "447700900145"
NOW = int(time.time())


def says(channel: Channel, phone: str, text: str, name: str, **keys: Any) -> None:
    """Somebody writes into the group."""
    said = text_message(f"wamid.{text}", text, phone=phone, group_id=GROUP, **keys)
    post(channel, webhook(channel, messages=[said], name=name))
    drain()


def hears(channel: Channel, field: str, **value: Any) -> None:
    whole = {"metadata": {"phone_number_id": channel.external_id}, **value}
    entry = {"id": "1", "changes": [{"field": field, "value": whole}]}
    post(channel, {"object": "whatsapp_business_account", "entry": [entry]})
    drain()


def test_a_group_has_one_conversation_in_which_everybody_is_named(committed_cast: Cast) -> None:
    number = committed_cast.acme_number
    created = {
        "type": "group_create", "group_id": GROUP, "timestamp": str(NOW - 60), "subject": "Tour group",
        "invite_link": "https://chat.whatsapp.com/AbC",
    }  # fmt: skip
    for _ in range(2):
        hears(number, "group_lifecycle_update", groups=[created])
        says(number, OMAR, "Hello all", "Omar Sample", at=NOW - 40)
        says(number, PHONE, "Hello Omar", "Ada Tester", at=NOW - 20)
    joined = {
        "type": "group_participants_add", "group_id": GROUP, "timestamp": str(NOW),
        "added_participants": [{"wa_id": "447700900146"}],
    }  # fmt: skip
    hears(number, "group_participants_update", groups=[joined])

    with tenant_context(committed_cast.acme.id):
        thread = Thread.objects.select_related("customer").get()
        rows = [
            (row.kind, row.author_name, row.text)
            for row in Message.objects.order_by("at", "created_at", "id")
        ]
    assert rows[:3] == [
        ("system", "", "The group “Tour group” was made. People join it by https://chat.whatsapp.com/AbC"),
        ("text", "Omar Sample", "Hello all"),
        ("text", "Ada Tester", "Hello Omar"),
    ]
    assert (thread.customer.name, thread.inbound_count, len(rows)) == ("Tour group", 2, 4)

    calls = program_of(committed_cast.acme)
    shown = calls.get("messages", thread=str(thread.id)).data["data"]
    omars = next(one for one in shown if one["text"] == "Hello all")
    assert omars["author"] == {"kind": "customer", "id": None, "name": "Omar Sample"}
    assert {"kind": "phone", "value": f"+{OMAR}"} in omars["content"]["participant"]["addresses"]
    assert calls.get(f"threads/{thread.id}").data["window_until"] is not None
    stranger: Caller = program_of(committed_cast.globex)
    assert stranger.get(f"threads/{thread.id}").status == 404


def test_a_member_who_also_writes_alone_has_a_conversation_of_their_own(committed_cast: Cast) -> None:
    number = committed_cast.acme_number
    says(number, PHONE, "To all", "Ada Tester")
    with tenant_context(committed_cast.acme.id):
        alone = Reach.objects.filter(address__kind="phone", last_inbound_at__isnull=False)
        assert not alone.exists()  # the group's window is not hers
    post(number, webhook(number, messages=[text_message("wamid.alone", "To you")]))
    drain()

    with tenant_context(committed_cast.acme.id):
        assert Thread.objects.count() == 2
        assert Customer.objects.get(addresses__value=f"+{PHONE}").name == "Ada Tester"


def test_an_answer_goes_to_the_group_and_one_who_missed_it_has_not_failed_it(
    committed_cast: Cast, settings: Any
) -> None:
    settings.OUTBOUND_ALLOW = ["127.0.0.0/8"]
    number = committed_cast.acme_number
    says(number, OMAR, "Where?", "Omar Sample")
    with tenant_context(committed_cast.acme.id):
        thread = Thread.objects.get()
        reply(thread=thread, by=Author.of(committed_cast.bob), client_ref="r-1", text="At the pier.")
    with recorded_server() as provider:
        with tenant_context(committed_cast.acme.id):
            Channel.objects.update(base_url=provider.url)
        provider.answer(200, {"messages": [{"id": "wamid.OUT", "group_id": GROUP}]})
        deliver_all(seconds=10)
    group: dict[str, Any] = {"recipient_id": GROUP, "recipient_type": "group"}
    failed: dict[str, Any] = {"errors": [{"code": 131026, "title": "Undeliverable"}]}
    post(
        number,
        webhook(
            number,
            statuses=[
                status("wamid.OUT", "sent", **group),
                status("wamid.OUT", "failed", **group, **failed, recipient_participant_id=PHONE),
                status("wamid.OUT", "delivered", **group, recipient_participant_id=OMAR),
            ],
        ),
    )
    drain()

    sent = provider.asked[-1].json
    assert (sent["recipient_type"], sent["to"], sent["text"]["body"]) == ("group", GROUP, "At the pier.")
    with tenant_context(committed_cast.acme.id):
        ours = Message.objects.get(direction="outbound")
        assert (ours.status, ours.error) == ("delivered", None)
        assert {one.get("detail", "") for one in ours.history} >= {PHONE, OMAR}
        assert Delivery.objects.get().state == "sent"


# ---------------------------------------------------------------- the phone's address book


def entry(name: str, at: int, action: str = "add", phone: str = PHONE) -> dict[str, Any]:
    contact = {"phone_number": phone} | ({"full_name": name} if name else {})
    return {"type": "contact", "action": action, "contact": contact, "metadata": {"timestamp": str(at)}}


def test_the_phones_address_book_names_people_in_whatever_order_it_comes(committed_cast: Cast) -> None:
    number = committed_cast.acme_number
    post(number, webhook(number, messages=[text_message("wamid.1", "Hi")], name="ada"))
    drain()
    later, earlier = entry("Ada Tester", NOW), entry("Ada T.", NOW - 60)
    for news in (later, earlier, later, entry("Omar Sample", NOW, phone=OMAR)):
        hears(number, "smb_app_state_sync", state_sync=[news])

    with tenant_context(committed_cast.acme.id):
        names = dict(Address.objects.filter(kind="phone").values_list("value", "customer__name"))
        assert names == {f"+{PHONE}": "Ada Tester", f"+{OMAR}": "Omar Sample"}
        assert Thread.objects.count() == 1  # an entry is no conversation
        assert Event.objects.filter(type="customer.updated").count() == 1


def test_a_name_given_here_stays_and_an_entry_that_goes_takes_nobody_along(committed_cast: Cast) -> None:
    number = committed_cast.acme_number
    post(number, webhook(number, messages=[text_message("wamid.1", "Hi")], name="ada"))
    drain()
    with tenant_context(committed_cast.acme.id):
        ada = Customer.objects.get()
        change_customer(customer=ada, by=Author.of(committed_cast.bob).actor, name="Mrs Tester")
    hears(number, "smb_app_state_sync", state_sync=[entry("Ada T.", NOW - 9)])
    hears(number, "smb_app_state_sync", state_sync=[entry("", NOW, "remove"), entry("", NOW, "remove", OMAR)])

    with tenant_context(committed_cast.acme.id):
        assert [row.name for row in Customer.objects.all()] == ["Mrs Tester"]
        assert Address.objects.get(kind="phone").label == ""


# ---------------------------------------------------------------- another app's chats


def test_a_chat_another_app_answers_is_shown_and_nobody_is_asked_to_answer(committed_cast: Cast) -> None:
    number = committed_cast.acme_number
    answer = {"to": PHONE, "type": "text", "text": {"body": "Until six."}}
    lists = {
        "messages": [text_message("wamid.q", "Open today?", at=NOW - 9)],
        "message_echoes": [{"id": "wamid.a", "timestamp": str(NOW - 5), "message": answer}],
    }
    for _ in range(2):
        hears(number, "standby", standby=lists)
    handover = {
        "sender": {"phone_number": PHONE},
        "recipient": {"phone_number_id": number.external_id},
        "type": "control_passed",
        "timestamp": str(NOW),
        "control_passed": {"previous_owner_role": "ai_agent", "new_owner_role": "escalation"},
    }
    hears(number, "messaging_handovers", metadata=None, **handover)

    with tenant_context(committed_cast.acme.id):
        thread = Thread.objects.get()
        rows = [
            (row.direction, row.kind, row.text, row.author_name)
            for row in Message.objects.order_by("at", "id")
        ]
        kinds = set(Event.objects.values_list("type", flat=True))
    assert rows == [
        ("inbound", "text", "Open today?", ""),
        ("outbound", "text", "Until six.", "Another app"),
        ("inbound", "system", "The chat went from the AI agent to the team.", ""),
    ]
    assert (thread.waiting_since, thread.inbound_count, thread.window_until) == (None, 0, None)
    assert "message.queued" in kinds
