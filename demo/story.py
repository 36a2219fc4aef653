"""What the agents have done with the first conversations, so that an inbox opens on work in progress."""

from __future__ import annotations

import time
from collections.abc import Sequence

from common.tenancy import tenant_context
from inbox.models import Priority, Thread
from inbox.operations.authors import Author
from inbox.operations.notes import add_note
from inbox.operations.reply import reply
from inbox.operations.threads import assign_thread, close_thread, label_thread, prioritize_thread
from tenants.models import Member, Team, Tenant

#: The first messages come through the front door like any other; this is how long they may take.
PATIENCE_S = 20.0


def tell(tenant: Tenant, names: Sequence[str], answer: str) -> None:
    """Once these customers' messages have arrived, assign, label, answer (the first) and close some of them.

    Without workers nothing arrives; then the conversations simply stay as they come.
    """
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with tenant_context(tenant.id):
            if Thread.objects.filter(customer__name__in=names).count() == len(names):
                _work_on(names, answer)
                return
        time.sleep(0.1)


def _work_on(names: Sequence[str], answer: str) -> None:
    first, second, *_ = Member.objects.order_by("created_at", "id")
    by_name = {thread.customer.name: thread for thread in Thread.objects.select_related("customer")}
    *others, urgent = [by_name[name] for name in names]
    _hand_over(urgent, first, second)
    for thread in others[-2:]:
        assign_thread(thread=thread, assignee=first, team=None, by=Author.of(second))
    _answer_and_close(others[0], second, answer)


def _hand_over(thread: Thread, to: Member, by: Member) -> None:
    """The one conversation that cannot wait."""
    author = Author.of(by)
    assign_thread(thread=thread, assignee=to, team=Team.objects.order_by("created_at").first(), by=author)
    prioritize_thread(thread=thread, priority=Priority.URGENT, by=author)
    label_thread(thread=thread, labels=["urgent"], by=author)
    text = f"@{to.name.split()[0]} same as the two cases this morning. Can you take it from here?"
    add_note(thread=thread, by=by, text=text, client_ref="demo-note", mentions=[to.id])


def _answer_and_close(thread: Thread, by: Member, words: str) -> None:
    author = Author.of(by)
    reply(thread=thread, by=author, text=words, client_ref="demo-answer")
    close_thread(thread=thread, by=author)
