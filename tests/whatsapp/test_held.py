"""A message whose template may not be used waits with its reason, and leaves when it may again."""

from __future__ import annotations

from typing import Any

import pytest

from channels_whatsapp.models import TemplateAccount
from channels_whatsapp.operations.templates import request_sync
from channels_whatsapp.operations.work import work_all
from common.tenancy import tenant_context
from inbox.delivery import deliver_all
from inbox.models import Message, Thread
from inbox.operations.authors import Author
from inbox.operations.errors import TemplateNotApproved
from inbox.operations.receipts import drain
from inbox.operations.reply import reply, retry_message
from tests import hooks
from tests.cast import ACME_ACCOUNT, Cast
from tests.far_end import FarEnd
from tests.whatsapp.conftest import found
from tests.whatsapp.test_sync import STATUS, hears, notice

FOLLOW_UP = {
    "name": "follow_up",
    "language": "en",
    "components": [{"type": "body", "parameters": [{"type": "text", "text": "Ada"}]}],
}


@pytest.fixture
def cast(committed_cast: Cast) -> Cast:
    """Deliveries are due by the database's clock, which stands still inside a transaction."""
    return committed_cast


@pytest.fixture
def thread(cast: Cast, account: TemplateAccount, provider: FarEnd) -> Thread:
    """Ada has written."""
    text = hooks.text_message("wamid.hello", "Hello", from_user_id=None)
    hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=[text]))
    drain()
    with tenant_context(cast.acme.id):
        return Message.objects.select_related("thread").get(external_id="wamid.hello").thread


def sends(cast: Cast, thread: Thread, ref: str = "t-1", **template: Any) -> Message:
    with tenant_context(cast.acme.id):
        message = reply(thread=thread, by=Author.of(cast.bob), client_ref=ref, template=FOLLOW_UP | template)
    deliver_all()
    return again(cast, message)


def again(cast: Cast, message: Message) -> Message:
    with tenant_context(cast.acme.id):
        return Message.objects.get(id=message.id)


def fate(far_end: FarEnd, fate: str, **more: Any) -> None:
    """The provider decides; nobody hears of it, because Acme's webhooks go nowhere in these tests."""
    said = {"channel": ACME_ACCOUNT, "name": "follow_up", "language": "en", "fate": fate, **more}
    far_end._call("POST", "/control/templates", said)


def test_a_paused_template_holds_the_message_until_the_pause_ends(
    cast: Cast, thread: Thread, provider: FarEnd
) -> None:
    pause = {"title": "FIRST_PAUSE", "description": "Paused for low quality."}
    hears(cast, notice(STATUS, event="PAUSED", reason="NONE", other_info=pause))

    held = sends(cast, thread)
    assert held.status == "held"
    assert held.error
    assert held.error["code"] == "template_held"
    assert "paused until about" in held.error["detail"]
    assert "Paused for low quality" in held.error["detail"]

    hears(cast, notice(STATUS, event="APPROVED", reason="NONE", other_info={"title": "UNPAUSE"}))
    deliver_all()
    assert again(cast, held).status == "sent"
    assert [one["kind"] for one in provider.outbox(hooks.PHONE)][-1] == "template"


def test_later_messages_of_the_conversation_do_not_wait(cast: Cast, thread: Thread) -> None:
    hears(cast, notice(STATUS, event="PAUSED", reason="NONE"))
    held = sends(cast, thread)

    with tenant_context(cast.acme.id):
        plain = reply(thread=thread, by=Author.of(cast.bob), client_ref="t-2", text="One moment")
    deliver_all()

    assert again(cast, held).status == "held"
    assert again(cast, plain).status == "sent", again(cast, plain).error


def test_a_pause_we_have_not_heard_of_holds_it_too(cast: Cast, thread: Thread, provider: FarEnd) -> None:
    fate(provider, "pause")

    held = sends(cast, thread)
    assert held.status == "held"
    assert held.error
    assert held.error["provider_code"] == "132015"

    fate(provider, "unpause")
    with tenant_context(cast.acme.id):
        request_sync(account=TemplateAccount.objects.get())
    work_all()
    deliver_all()
    assert again(cast, held).status == "sent"


def test_another_category_needs_a_person(cast: Cast, thread: Thread) -> None:
    with tenant_context(cast.acme.id):
        message = reply(thread=thread, by=Author.of(cast.bob), client_ref="t-1", template=FOLLOW_UP)
    hears(cast, notice("template_category_update", previous_category="UTILITY", new_category="MARKETING"))
    deliver_all()

    held = again(cast, message)
    assert held.status == "held"
    assert held.error
    assert "is now marketing" in held.error["detail"]
    hears(cast, notice(STATUS, event="APPROVED", reason="OTHER"))
    assert again(cast, held).status == "held"

    with tenant_context(cast.acme.id):
        retry_message(message=held, by=Author.of(cast.bob))
    deliver_all()
    assert again(cast, held).status == "sent", again(cast, held).error


def test_an_agent_who_tries_again_during_the_pause_reads_the_reason_again(cast: Cast, thread: Thread) -> None:
    hears(cast, notice(STATUS, event="PAUSED", reason="NONE"))
    held = sends(cast, thread)

    with tenant_context(cast.acme.id):
        retry_message(message=held, by=Author.of(cast.bob))
    deliver_all()

    assert again(cast, held).status == "held"


@pytest.mark.parametrize("event", ["REJECTED", "PENDING", "IN_APPEAL", "LOCKED"])
def test_a_template_that_is_not_approved_is_refused_at_once(cast: Cast, thread: Thread, event: str) -> None:
    hears(cast, notice(STATUS, event=event, reason="NONE"))

    with tenant_context(cast.acme.id), pytest.raises(TemplateNotApproved, match="follow_up is"):
        reply(thread=thread, by=Author.of(cast.bob), client_ref="t-1", template=FOLLOW_UP)
    assert found(cast, "follow_up").status == event


def test_a_template_nobody_has_a_copy_of_is_the_providers_to_judge(cast: Cast, thread: Thread) -> None:
    lost = sends(cast, thread, name="never_seen")

    assert lost.status == "failed"
    assert lost.error
    assert lost.error["provider_code"] == "132001"
