"""A backlog is stored by several hands at once, and comes out as if by one."""

from __future__ import annotations

import time

from common.tenancy import tenant_context
from events.models import Event
from inbox.models import Message, Receipt, Thread
from inbox.operations import receipts
from inbox.operations.receipts import drain
from tests import hooks
from tests.cast import Cast

CUSTOMERS, IN_EACH, BODIES = 40, 50, 45
ALL = IN_EACH * BODIES


def backlog(cast: Cast) -> None:
    """Messages of every customer in every body, a second apart, and each body twice."""
    began = int(time.time()) - ALL - 60
    for body in range(BODIES):
        every = range(body * IN_EACH, (body + 1) * IN_EACH)
        messages = [
            hooks.text_message(f"wamid.{n}", f"Word {n}", phone=f"4477009{n % CUSTOMERS:05}", at=began + n)
            for n in every
        ]
        for _ in range(2):
            hooks.post(cast.acme_number, hooks.webhook(cast.acme_number, messages=messages))


def test_each_word_stands_once_in_its_order_and_every_event_has_its_number(committed_cast: Cast) -> None:
    backlog(committed_cast)
    assert ALL > receipts.ITEMS_AT_ONCE, "one group would not need several hands"

    assert drain(seconds=120) == 2 * BODIES

    assert set(Receipt.objects.values_list("state", "attempts")) == {("done", 1)}
    with tenant_context(committed_cast.acme.id):
        assert Message.objects.count() == ALL
        threads = list(Thread.objects.all())
        assert len(threads) == CUSTOMERS
        for thread in threads:
            words = list(
                Message.objects.filter(thread=thread).order_by("at", "id").values_list("text", flat=True)
            )
            assert words == sorted(words, key=lambda text: int(text.split()[1]))
            assert thread.inbound_count == len(words)
            assert thread.last_text == words[-1]
        numbers = list(Event.objects.order_by("seq").values_list("seq", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
    with tenant_context(committed_cast.globex.id):
        assert not Message.objects.exists()
