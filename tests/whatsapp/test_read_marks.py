"""A read mark the provider refuses: what concerns the whole number is seen by admins, the rest by nobody."""

from __future__ import annotations

import pytest

from common.tenancy import tenant_context
from inbox.models import Channel, Thread
from inbox.operations.receipts import drain
from inbox.operations.seen import mark_read, tell_all
from tests import hooks
from tests.cast import Cast
from tests.far_end import FarEnd

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("code", "told"), [(190, "Access token has expired"), (131009, ""), (131000, "")])
def test_a_refused_read_mark_shows_on_the_channels_page_when_messages_would_be_refused_too(
    committed_cast: Cast, far_end: FarEnd, code: int, told: str
) -> None:
    channel, phone = committed_cast.acme_number, f"4477009560{code % 97:02}"
    with tenant_context(committed_cast.acme.id):
        Channel.objects.filter(id=channel.id).update(base_url=far_end.url)
    message_id = far_end.write(channel.external_id, phone, text="Hello?")
    said = hooks.text_message(message_id, "Hello?", phone=phone, from_user_id=None)
    hooks.post(channel, hooks.webhook(channel, messages=[said]))
    drain()
    far_end.faults(calls="reads", error_code=code)
    with tenant_context(committed_cast.acme.id):
        mark_read(thread=Thread.objects.get(), member=committed_cast.bob, read_count=1)

    tell_all()

    with tenant_context(committed_cast.acme.id):
        stored = Channel.objects.get(id=channel.id)
        thread = Thread.objects.get()
    assert told in stored.last_error
    assert bool(stored.last_error) is bool(told)
    assert thread.told_count == (0 if code == 131000 else 1)  # what may pass is asked again
