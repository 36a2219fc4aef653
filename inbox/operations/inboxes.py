"""What admins set for one inbox."""

from __future__ import annotations

from typing import Any

from common.wire import ident
from events import audit, bus
from inbox.models import Inbox
from inbox.operations.authors import Author
from inbox.operations.auto_assign import ask_for_assignment
from inbox.operations.dues import renew_dues


def change_inbox(*, inbox: Inbox, by: Author, **fields: Any) -> Inbox:
    """Write what differs. Writes Inbox, Event `inbox.updated` with each value before and after."""
    changed = {name: value for name, value in fields.items() if getattr(inbox, name) != value}
    if not changed:
        return inbox
    before = {name: getattr(inbox, name) for name in changed}
    for name, value in changed.items():
        setattr(inbox, name, value)
    inbox.save(update_fields=list(changed))
    data = {"inbox": {"id": ident(inbox.id), "name": inbox.name}, "from": before, "to": changed}
    bus.record("inbox.updated", data, actor=by.actor)
    audit.note("inbox.changed", inbox.id, inbox.name, before=before, after=changed, actor=by.actor)
    if changed.keys() & {"first_answer_min", "next_answer_min"}:
        renew_dues(inbox)
    ask_for_assignment()
    return inbox
